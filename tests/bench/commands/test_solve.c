/* `ystep solve`: the labels of one batch, what it prints and refuses. */
#include "tests/support/program.h"

#include "problems/certificate.h"
#include "problems/formats/labels_file.h"
#include "problems/problem.h"

#include <signal.h>
#include <sys/stat.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static ys_error error;

static void shell(const char *command) {
  ck_assert_msg(system(command) == 0, "%s", command);
}

static void make_batch(void) {
  enter_folder();
  ck_assert_int_eq(ystep("gen -p gaussian:M=60,K=5,scale=3 -o b.npy"), 0);
}

/* What was printed: objective, bound, gap. */
static void read_printed(double printed[3]) {
  char *text = slurp("out.txt");
  ck_assert_int_eq(sscanf(text, "objective %lf\nbound %lf\ngap %lf\n",
                          &printed[0], &printed[1], &printed[2]),
                   3);
  free(text);
}

static ys_labels labels_in(const char *path) {
  ys_labels labels;
  ck_assert_msg(ys_labels_read(path, &labels, &error) == YS_OK, "%s",
                error.text);
  return labels;
}

static ys_verdict judge_file(const char *path, double lambda) {
  ys_batch batch;
  ys_objective f;
  ys_scratch scratch;
  ys_labels labels = labels_in(path);
  ck_assert_int_eq(ys_problem_make("file:path=b.npy", 1, &batch, &error),
                   YS_OK);
  ck_assert_int_eq(ys_objective_init(&f, &batch, YS_COLLISION, YS_STRONG,
                                     lambda, NULL, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&scratch, &f, &error), YS_OK);
  ys_verdict verdict = ys_certify(&f, &labels, NULL, &scratch);
  ys_scratch_free(&scratch);
  ys_objective_free(&f);
  ys_batch_free(&batch);
  ys_labels_free(&labels);
  return verdict;
}

START_TEST(the_labels_have_what_is_printed) {
  static const char *const names[] = {"y.npz", "y.npy", "y"};
  static const double lambdas[] = {0.1, 1, 10};
  for (int l = 0; l < COUNT(lambdas); l++)
    for (int i = 0; i < COUNT(names); i++) {
      double printed[3];
      ck_assert_int_eq(ystep("solve b.npy -o %s --force --tol 1e-9 --lambda %g",
                             names[i], lambdas[l]),
                       0);
      read_printed(printed);
      ys_verdict verdict = judge_file(names[i], lambdas[l]);
      assert_close(verdict.objective, printed[0], 1e-14);
      ck_assert(printed[1] <= printed[0] && printed[2] <= 1e-9);
      ck_assert(printed[0] - printed[1] <= 1.01e-9);
    }
}
END_TEST

/* F is ln 2 here, which has 16 digits and with 17 would have another. */
START_TEST(numbers_are_printed_in_their_shortest_exact_form) {
  put_text("half.csv", "0.5,0.5\n0.5,0.5\n");
  ck_assert_int_eq(ystep("solve half.csv -o y --loss reverse --lambda 0"), 0);
  char *text = slurp("out.txt"), objective[64], exact[64];
  ck_assert_int_eq(sscanf(text, "objective %63s", objective), 1);
  int digits = 1;
  do
    snprintf(exact, sizeof exact, "%.*g", digits++, strtod(objective, NULL));
  while (strtod(exact, NULL) != strtod(objective, NULL));
  ck_assert_msg(strlen(objective) <= strlen(exact), "%s", text);
  ck_assert(strtod(exact, NULL) > 0.69);
  free(text);
  ck_assert_int_eq(ystep("solve --help"), 0);
  text = slurp("out.txt");
  ck_assert(strstr(text, "float16") && strstr(text, ".npz"));
  free(text);
}
END_TEST

START_TEST(both_kinds_hold_the_same_numbers) {
  double room[5];
  for (int s = 0; s < 2; s++) {
    const char *solver = s ? "-s em --tol 1e-3" : "";
    ck_assert_int_eq(ystep("solve b.npy -o y.npz --force %s", solver), 0);
    ck_assert_int_eq(ystep("solve b.npy -o y.npy --force %s", solver), 0);
    ys_labels sparse = labels_in("y.npz"), dense = labels_in("y.npy");
    ck_assert(!sparse.dense && dense.dense && dense.rows == 60);
    for (size_t i = 0; i < 60; i++)
      ck_assert_mem_eq(ys_labels_row(&sparse, i, room), dense.dense + i * 5,
                       sizeof room);
    ys_labels_free(&sparse);
    ys_labels_free(&dense);
  }
}
END_TEST

/* As `run` has it, whose options of the same names these are. */
START_TEST(it_solves_what_run_does) {
  static const char *const ways[] = {
      "-s fw --lambda 3",
      "-s fw --loss shannon --fairness weak",
      "-s md --loss reverse --tol 1e-4",
      "-s fw --prior prior.csv",
      "-s fw --start sigma --threads 2",
      "-s em --start start.npy:mix=0.1 --tol 1e-3",
  };
  put_text("prior.csv", "0.1,0.2,0.3,0.3,0.1\n");
  ck_assert_int_eq(ystep("solve b.npy -o start.npy --tol 1e-2"), 0);
  for (int w = 0; w < COUNT(ways); w++) {
    double printed[3];
    ck_assert_int_eq(ystep("run -p file:path=b.npy %s -o out --force", ways[w]),
                     0);
    table t = read_table("out/runs.csv");
    ck_assert_int_eq(ystep("solve b.npy -o y.npz --force %s", ways[w]), 0);
    read_printed(printed);
    assert_close(printed[0], number_at(&t, 1, "objective"), 1e-14);
    assert_close(printed[2], number_at(&t, 1, "gap"), 1e-2);
    free_table(&t);
  }
}
END_TEST

START_TEST(a_batch_may_be_a_problem) {
  shell("cp b.npy a,b.npy");
  ck_assert_int_eq(ystep("solve a,b.npy -o y.npz"), 0);
  ck_assert_int_eq(ystep("solve planted:M=20,K=3 -o z.npz"), 0);
  ck_assert_int_eq(ystep("solve file:path=b.npy,logits=1 -o w.npz"), 0);
  ck_assert_int_eq(ystep("train -d moons:M=24 -c mlp:hidden=3 --epochs 3 "
                         "--record rec -o t"),
                   0);
  assert_refuses("solve recorded:dir=rec -o v.npz", "batches|epoch=N");
  ck_assert_int_eq(ystep("solve recorded:dir=rec,epoch=2 -o v.npz"), 0);
}
END_TEST

START_TEST(an_end_without_the_gap_is_status_1) {
  double printed[3];
  ck_assert_int_eq(ystep("solve b.npy -o y.npy -s pgd --tol 0 --time-limit 0"),
                   1);
  read_printed(printed);
  ck_assert_double_gt(printed[2], 1e-3);
  char *notes = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(notes, "not reached: time_limit"));
  free(notes);
  ck_assert(exists("y.npy")); /* the best there are */
  ck_assert_int_eq(
      ystep("solve b.npy -o z.npy -s pgd:step=1e6 --lambda 30 --tol 0"), 1);
  ck_assert(!exists("z.npy") && !exists("z.npy.tmp")); /* it failed */
}
END_TEST

/* ------------------------------------------------------------ refusals ---- */

static void assert_nothing_written(void) {
  ck_assert(!exists("x.npz") && !exists("x.npz.tmp"));
}

/* What `run` refuses is refused with the same line. */
START_TEST(it_refuses_what_run_refuses) {
  static const struct {
    const char *batch, *options;
  } bad[] = {
      {"nowhere.npy", ""},
      {"text.npy", ""},
      {"words.csv", ""},
      {"sums.csv", ""},
      {"one.csv", ""},
      {"b.npy", "--lambda -1"},
      {"b.npy", "--lambda nan"},
      {"b.npy", "--loss colision"},
      {"b.npy", "--fairness hard"},
      {"b.npy", "--tol -1"},
      {"b.npy", "--threads 0"},
      {"b.npy", "--prior short.csv"},
      {"b.npy", "--prior nowhere.csv"},
      {"b.npy", "--start short.csv"},
      {"b.npy", "--start shape.npz"},
      {"b.npy", "--start broken.npz"},
      {"b.npy", "--start nowhere.npz"},
      {"b.npy", "--start uniform:mix=2"},
      {"b.npy", "-s epm"},
      {"b.npy", "-s em --loss shannon"},
      {"b.npy", "-s md:step=-1"},
  };
  shell("printf '0.5,0.5\\n' >short.csv; printf 'no\\n' >text.npy; "
        "printf 'a,b\\nc,d\\n' >words.csv; printf '0.5,0.6\\n' >sums.csv; "
        "printf '1\\n1\\n' >one.csv; printf 'PK' >broken.npz");
  ck_assert_int_eq(ystep("solve dirichlet:M=9,K=5 -o shape.npz"), 0);
  for (int i = 0; i < COUNT(bad); i++) {
    const bool has_solver = strncmp(bad[i].options, "-s", 2) == 0;
    ck_assert_int_eq(ystep("run -p file:path=%s %s %s -o x", bad[i].batch,
                           has_solver ? "" : "-s ipm", bad[i].options),
                     2);
    shell("grep error: err.txt >expected");
    ck_assert_int_eq(
        ystep("solve %s -o x.npz %s", bad[i].batch, bad[i].options), 2);
    shell("grep error: err.txt >found; test $(wc -l <found) = 1");
    ck_assert_msg(system("cmp found expected") == 0, "%s %s", bad[i].batch,
                  bad[i].options);
    assert_nothing_written();
  }
}
END_TEST

START_TEST(it_refuses_arguments_of_its_own) {
  assert_refuses("solve", "needs a batch");
  assert_refuses("solve b.npy", "-o LABELS");
  assert_refuses("solve b.npy b.npy -o x.npz", "b.npy");
  assert_refuses("solve b.npy -o x.npz --lamda 1", "lamda|lambda");
  assert_nothing_written();
}
END_TEST

/* An output is not what is read, by whatever name, nor where none can be. */
START_TEST(an_output_is_nothing_that_is_read) {
  static const char *const outputs[] = {
      "b.npy",     "./b.npy",   "link.npy",        "hard.npy",
      "prior.csv", "start.npz", "folder/up/b.npy",
  };
  shell("ln -s b.npy link.npy; ln b.npy hard.npy; mkdir folder; "
        "ln -s .. folder/up; printf '.2,.2,.2,.2,.2\\n' >prior.csv");
  ck_assert_int_eq(ystep("solve b.npy -o start.npz"), 0);
  shell("cksum b.npy prior.csv start.npz >before");
  for (int i = 0; i < COUNT(outputs); i++) {
    ck_assert_int_eq(ystep("solve b.npy -o %s --prior prior.csv --start "
                           "start.npz --force",
                           outputs[i]),
                     2);
    shell("grep -q 'is read' err.txt; cksum b.npy prior.csv start.npz | cmp - "
          "before");
  }
  ck_assert_int_eq(ystep("solve b.npy -o /dev/null/x.npz"), 2);
  shell("grep -q '/dev/null/x.npz: cannot write' err.txt");
  ck_assert_int_eq(ystep("solve b.npy -o folder --force"), 2);
  put_text("mine.npz", "mine");
  ck_assert_int_eq(ystep("solve b.npy -o mine.npz"), 2);
  shell("grep -q 'mine.npz: exists; give --force' err.txt; "
        "test $(cat mine.npz) = mine; test -z \"$(ls | grep tmp)\"");
  ck_assert_int_eq(ystep("solve b.npy -o mine.npz --force"), 0);
  ys_labels labels = labels_in("mine.npz");
  ys_labels_free(&labels);
}
END_TEST

/* A run that would not end by itself leaves nothing. */
START_TEST(an_interrupt_leaves_no_half_file) {
  const int signals[] = {SIGINT, SIGTERM};
  for (int i = 0; i < COUNT(signals); i++) {
    pid_t child = fork();
    if (child == 0) {
      ck_assert_ptr_nonnull(freopen("out.txt", "w", stdout));
      ck_assert_ptr_nonnull(freopen("err.txt", "w", stderr));
      execl(getenv("YSTEP"), "ystep", "solve", "dirichlet:M=3000,K=50", "-o",
            "x.npz", "-s", "em", "--tol", "0", "--lambda", "10", (char *)NULL);
      _exit(127);
    }
    for (int wait = 0; wait < 2000 && !exists("x.npz.tmp"); wait++)
      nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    ck_assert(exists("x.npz.tmp"));
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    kill(child, signals[i]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 128 + signals[i]);
    assert_nothing_written();
    shell("grep -q interrupted err.txt");
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("solve");
  TCase *tests = tcase_create("solve");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, make_batch, leave_folder);
  tcase_add_test(tests, the_labels_have_what_is_printed);
  tcase_add_test(tests, numbers_are_printed_in_their_shortest_exact_form);
  tcase_add_test(tests, both_kinds_hold_the_same_numbers);
  tcase_add_test(tests, it_solves_what_run_does);
  tcase_add_test(tests, a_batch_may_be_a_problem);
  tcase_add_test(tests, an_end_without_the_gap_is_status_1);
  tcase_add_test(tests, it_refuses_what_run_refuses);
  tcase_add_test(tests, it_refuses_arguments_of_its_own);
  tcase_add_test(tests, an_output_is_nothing_that_is_read);
  tcase_add_test(tests, an_interrupt_leaves_no_half_file);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
