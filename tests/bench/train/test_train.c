/* `ystep train` and the replay of what it recorded, by the program itself. */
#include "tests/support/program.h"

#include <signal.h>
#include <sys/types.h>

#define SMALL "train -d glyphs:M=200,K=4 -c mlp:hidden=32 -s fw --lambda 10 "

/* Whether two files hold the same bytes. */
static void assert_same_file(const char *a, const char *b) {
  char command[256];
  snprintf(command, sizeof command, "cmp %s %s", a, b);
  ck_assert_msg(system(command) == 0, "%s and %s differ", a, b);
}

START_TEST(a_product_of_trainings_is_logged) {
  ck_assert_int_eq(ystep(SMALL "--loss collision shannon --repeat 2 --epochs 4 "
                               "--init-epochs 1 -o out"),
                   0);
  table t = read_table("out/training.csv"), e = read_table("out/epochs.csv");
  ck_assert_uint_eq(t.rows, 1 + 4);
  ck_assert_uint_eq(e.rows, 1 + 16);
  ck_assert_str_eq(at(&t, 1, "loss"), "collision");
  ck_assert_str_eq(at(&t, 3, "loss"), "shannon");
  for (size_t i = 1; i < t.rows; i++) {
    ck_assert_str_eq(at(&t, i, "status"), "done");
    ck_assert(number_at(&t, i, "ysteps") == 3); /* not in the first epoch */
    ck_assert(number_at(&t, i, "gap") <= 1e-3);
    ck_assert(number_at(&t, i, "accuracy") >= 0.25);
    ck_assert(number_at(&t, i, "total_seconds") >=
              number_at(&t, i, "ystep_seconds"));
  }
  ck_assert(!exists("out/checkpoint.bin"));
  assert_no_nan("out/training.csv");
  assert_no_nan("out/epochs.csv");
  free_table(&t);
  free_table(&e);
}
END_TEST

/* Where y-steps may be: between epochs; on mini-batches, the last of which has
 * 20 rows. */
static const char *const places[] = {"", "--batch 60 --ystep batch:queue=2"};

START_TEST(the_same_seed_gives_the_same_bits_at_every_thread_count) {
  char more[120];
  snprintf(more, sizeof more,
           "--augment shift=1,noise=0.1 --epochs 6 --save %s", places[_i]);
  ck_assert_int_eq(ystep(SMALL "%s --threads 1 -o a", more), 0);
  ck_assert_int_eq(ystep(SMALL "%s --threads 1 -o b", more), 0);
  ck_assert_int_eq(ystep(SMALL "%s --threads 3 -o c", more), 0);
  assert_same_file("a/parameters/1.npy", "b/parameters/1.npy");
  assert_same_file("a/parameters/1.npy", "c/parameters/1.npy");
  assert_same_file("a/sigma/1.npy", "c/sigma/1.npy");
}
END_TEST

START_TEST(other_seeds_give_other_bits) {
  ck_assert_int_eq(ystep(SMALL "--epochs 2 --save --repeat 2 -o a"), 0);
  ck_assert_int_ne(system("cmp -s a/parameters/1.npy a/parameters/2.npy"), 0);
}
END_TEST

/* Start the program on its own; its process id. */
static pid_t launch(const char *arguments) {
  pid_t child = fork();
  if (child == 0) {
    char command[1200];
    snprintf(command, sizeof command, "exec \"$YSTEP\" %s >k.txt 2>&1",
             arguments);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  return child;
}

static void wait_for_file(const char *path) {
  for (int i = 0; i < 12000 && !exists(path); i++) {
    struct timespec nap = {0, 5000000};
    nanosleep(&nap, NULL);
  }
  ck_assert_msg(exists(path), "%s did not come", path);
}

/* Columns that are no times must be the same. */
static void assert_same_epochs(const char *a, const char *b) {
  char command[512];
  snprintf(command, sizeof command,
           "cut -d, -f1-6,9-12 %s >a.txt; cut -d, -f1-6,9-12 %s >b.txt; "
           "cmp a.txt b.txt",
           a, b);
  ck_assert_int_eq(system(command), 0);
}

START_TEST(a_killed_training_ends_in_the_same_bits) {
  char all[400], command[600];
  snprintf(all, sizeof all,
           SMALL "--augment shift=1 --epochs 400 --repeat 2 --save "
                 "--checkpoint 3 %s %s ",
           _i ? "" : "--record rec", places[_i]);
  ck_assert_int_eq(ystep("%s -o whole", all), 0);
  ck_assert_int_eq(_i ? 0 : system("mv rec whole-rec"), 0);
  snprintf(command, sizeof command, "%s -o killed", all);
  pid_t child = launch(command);
  wait_for_file("killed/checkpoint.bin");
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  ck_assert(!exists("killed/parameters/2.npy")); /* it was under way */
  /* Killed while it recorded, it leaves such a file, or half a row. */
  ck_assert_int_eq(_i ? 0
                      : system("mkdir -p rec/2 && "
                               "echo half >rec/2/epoch-0400.npy.tmp"),
                   0);
  if (!_i && !exists("killed/parameters/1.npy"))
    ck_assert_int_eq(system("printf 1 >>rec/1/index.csv"), 0);
  snprintf(command, sizeof command, "%s -o killed --resume", all);
  ck_assert_int_eq(ystep("%s", command), 0);
  char *note = slurp("err.txt");
  ck_assert_msg(strstr(note, "goes on after epoch") != NULL, "%s", note);
  free(note);
  for (int id = 1; id <= 2; id++) {
    char a[64], b[64];
    snprintf(a, sizeof a, "whole/parameters/%d.npy", id);
    snprintf(b, sizeof b, "killed/parameters/%d.npy", id);
    assert_same_file(a, b);
  }
  assert_same_epochs("whole/epochs.csv", "killed/epochs.csv");
  ck_assert_int_eq(_i ? 0 : system("diff -r rec whole-rec"), 0);
  ck_assert_int_eq(ystep("%s", command), 0); /* nothing is left to do */
  table t = read_table("killed/training.csv");
  ck_assert_uint_eq(t.rows, 1 + 2);
  free_table(&t);
}
END_TEST

START_TEST(an_interrupt_keeps_the_checkpoint) {
  const char *all = SMALL "--checkpoint 1 -o out";
  char command[300], again[320];
  int status;
  snprintf(command, sizeof command, "%s %s --epochs 100000", all, places[_i]);
  pid_t child = launch(command);
  wait_for_file("out/checkpoint.bin");
  kill(child, SIGINT);
  waitpid(child, &status, 0);
  ck_assert(WIFEXITED(status));
  ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGINT);
  ck_assert(exists("out/checkpoint.bin"));
  snprintf(again, sizeof again, "%s %s --epochs 200000 --resume", all,
           places[_i]);
  assert_refuses(again, "begun with --epochs 100000, not with --epochs 200000");
  FILE *file = fopen("out/checkpoint.bin", "r+");
  fseek(file, 500, SEEK_SET);
  fputs("damage", file);
  fclose(file);
  snprintf(again, sizeof again, "%s --resume", command);
  assert_refuses(again, "damaged");
}
END_TEST

/* --------------------------------------------- y-steps on mini-batches ---- */

START_TEST(each_mini_batch_has_a_y_step) {
  ck_assert_int_eq(ystep(SMALL "--batch 60 --ystep batch:queue=2 --epochs 5 "
                               "--init-epochs 2 -o out"),
                   0);
  char *errors = slurp("err.txt");
  ck_assert_ptr_null(strstr(errors, "note"));
  free(errors);
  table t = read_table("out/training.csv"), e = read_table("out/epochs.csv");
  double iterations = 0;
  ck_assert(number_at(&t, 1, "ysteps") == 3 * 4);
  assert_says(at(&t, 1, "settings"),
              "batch=60|init-epochs=2 ystep=batch:queue=2 start=warm");
  for (size_t i = 1; i <= 5; i++) {
    iterations += number_at(&e, i, "ystep_iterations");
    ck_assert((number_at(&e, i, "ystep_iterations") > 0) == (i > 2));
    ck_assert(i <= 2 || number_at(&e, i, "gap") <= 1e-3);
  }
  ck_assert(number_at(&t, 1, "ystep_iterations") == iterations);
  ck_assert(number_at(&t, 1, "ystep_seconds") > 0);
  ck_assert_str_eq(at(&t, 1, "objective"), at(&e, 5, "objective"));
  assert_refuses(SMALL "--batch 60 --ystep batch:queue=1 --epochs 5 "
                       "--init-epochs 2 -o out --resume",
                 "with --ystep batch:queue=2, not with --ystep batch:queue=1");
  free_table(&t);
  free_table(&e);
}
END_TEST

/* In an epoch of one mini-batch the y-step is that on all rows, in another
 * order. */
START_TEST(a_mini_batch_of_all_rows_has_the_y_step_of_an_epoch) {
  const char *same = "train -d glyphs:M=200,K=4 -c mlp:hidden=32 -s em "
                     "--lambda 10 --max-iter 20 --tol 0 --epochs 4 --batch 200";
  ck_assert_int_eq(ystep("%s -o a", same), 0);
  ck_assert_int_eq(ystep("%s --ystep batch -o b", same), 0);
  table a = read_table("a/epochs.csv"), b = read_table("b/epochs.csv");
  for (size_t i = 1; i <= 4; i++) {
    ck_assert(number_at(&a, i, "ystep_iterations") == 20);
    ck_assert(number_at(&b, i, "ystep_iterations") == 20);
    assert_close(number_at(&b, i, "objective"), number_at(&a, i, "objective"),
                 1e-6);
    assert_close(number_at(&b, i, "train_loss"), number_at(&a, i, "train_loss"),
                 1e-6);
  }
  free_table(&a);
  free_table(&b);
}
END_TEST

START_TEST(a_window_of_fewer_rows_than_classes_is_noted) {
  const char *all = "train -d glyphs:M=40,K=10 glyphs:M=50,K=10 -c linear "
                    "-s fw --batch 3 --epochs 2 --force -o out --lambda";
  ck_assert_int_eq(ystep("%s 0 10 --ystep batch:queue=2", all), 0);
  char *errors = slurp("err.txt");
  errors[strlen(errors) - 1] = '\0'; /* a line: it is said once */
  assert_says(errors, "ystep: note: |9 rows|fewer than the 10 classes|queue");
  free(errors);
  table t = read_table("out/training.csv");
  for (size_t i = 1; i < t.rows; i++)
    ck_assert(isfinite(number_at(&t, i, "objective")));
  free_table(&t);
  static const char *const silent[] = {"10 --ystep batch:queue=3",
                                       "0 --ystep batch:queue=2"};
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(ystep("%s %s", all, silent[i]), 0);
    errors = slurp("err.txt");
    ck_assert_ptr_null(strstr(errors, "note"));
    free(errors);
  }
}
END_TEST

START_TEST(y_steps_are_exact_unless_told_otherwise) {
  ck_assert_int_eq(ystep("train -d glyphs:M=40,K=4 -c linear --lambda 10 "
                         "--loss collision shannon reverse --tol 1e-9 "
                         "--epochs 2 -o out"),
                   0);
  table t = read_table("out/training.csv");
  ck_assert_uint_eq(t.rows, 1 + 3);
  for (size_t i = 1; i < t.rows; i++) {
    ck_assert_str_eq(at(&t, i, "solver"), "exact");
    ck_assert(number_at(&t, i, "gap") <= 1e-9);
  }
  free_table(&t);
}
END_TEST

/* ------------------------------------------------------- other trainings -- */

START_TEST(a_loss_that_is_no_number_is_a_failed_training) {
  ck_assert_int_eq(
      ystep("train -d glyphs:M=100 -c mlp:hidden=8 "
            "--supervised wrong=0 --optimiser sgd:rate=1e6,decay=1e3 "
            "--epochs 40 -o out"),
      1);
  table t = read_table("out/training.csv");
  ck_assert_str_eq(at(&t, 1, "status"), "failed");
  assert_says(at(&t, 1, "message"), "epoch |batch |the loss is |layer ");
  free_table(&t);
}
END_TEST

START_TEST(supervised_training_scores_the_rows_held_out) {
  ck_assert_int_eq(ystep("train -d glyphs:M=400,K=4 -c mlp:hidden=32 "
                         "--optimiser adam:rate=0.005 "
                         "--supervised wrong=0 mix=0.5 blank=0.9 --holdout 0.5 "
                         "--epochs 30 -o out"),
                   0);
  table t = read_table("out/training.csv");
  ck_assert_uint_eq(t.rows, 1 + 3);
  for (size_t i = 1; i < t.rows; i++)
    ck_assert(number_at(&t, i, "ysteps") == 0);
  ck_assert(number_at(&t, 1, "plain_accuracy") > 0.8);
  ck_assert(number_at(&t, 1, "plain_accuracy") >
            number_at(&t, 3, "plain_accuracy"));
  free_table(&t);
}
END_TEST

START_TEST(kmeans_is_a_row_like_the_others) {
  ck_assert_int_eq(
      ystep("train -d blobs:K=3,noise=0.1 -c kmeans:restarts=3 -o out"), 0);
  table t = read_table("out/training.csv");
  ck_assert(number_at(&t, 1, "accuracy") == 1);
  ck_assert_str_eq(at(&t, 1, "loss"), "");
  free_table(&t);
}
END_TEST

START_TEST(a_map_holds_points_and_a_grid) {
  ck_assert_int_eq(ystep("train -d moons:M=50 -c linear -s fw --epochs 3 --map "
                         "-o out"),
                   0);
  table t = read_table("out/map/1.csv");
  ck_assert_uint_eq(t.rows, 1 + 50 + 120 * 120);
  ck_assert_str_eq(at(&t, 1, "kind"), "point");
  ck_assert_str_eq(at(&t, 51, "kind"), "grid");
  ck_assert(number_at(&t, 51, "sure") >= 0.5);
  free_table(&t);
}
END_TEST

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"train", "needs data"},
    {"train -d glyfs", "did you mean 'glyphs'"},
    {"train -d glyphs -c mpl", "did you mean 'mlp'"},
    {"train -d glyphs -c kmeans:restarts=10junk", "kmeans|10junk"},
    {"train -d glyphs -c kmeans:restarts=0", "kmeans|restarts"},
    {"train -d glyphs -c kmeans:restart=9", "did you mean 'restarts'"},
    {"train -d glyphs -s ems", "did you mean 'em'"},
    {"train -d glyphs --loss shanon", "did you mean 'shannon'"},
    {"train -d glyphs --loss shannon -s em", "em|shannon"},
    {"train -d glyphs --optimiser adm", "did you mean 'adam'"},
    {"train -d glyphs --augment shfit=1", "did you mean 'shift'"},
    {"train -d glyphs --supervised rong=1", "did you mean 'wrong'"},
    {"train -d glyphs --start cold", "expected warm or uniform"},
    {"train -d glyphs --ystep bacth", "did you mean 'batch'"},
    {"train -d glyphs --ystep epoch:every=3", "--ystep epoch takes no options"},
    {"train -d glyphs --ystep batch:queu=3", "--ystep batch|'queue'"},
    {"train -d glyphs --ystep batch:queue=-1", "--ystep batch|queue=-1"},
    {"train -d glyphs --ystep batch:queue=1.5", "whole number"},
    {"train -d glyphs --ystep batch:queue=1e9", "--ystep batch|queue=1e9"},
    {"train -d glyphs:M=200 --batch 64 --ystep batch:queue=4",
     "200 training rows|4 mini-batches|at most 3"},
    {"train -d glyphs:M=200 --batch 64 --holdout 0.5 --ystep batch:queue=2",
     "100 training rows|2 mini-batches|at most 1"},
    {"train -d glyphs --ystep batch --ystep-every 2", "exclude each other"},
    {"train -d glyphs --ystep batch --record rec", "exclude each other"},
    {"train -d glyphs --ystep batch --every 3", "exclude each other"},
    {"train -d glyphs --ystep batch --supervised wrong=0",
     "exclude each other"},
    {"train -d moons -c conv", "expected images"},
    {"train -d glyphs --resume", "needs the directory"},
    {"run -p recorded:dir=/nowhere -s em", "/nowhere/index.csv"},
    {"gen -p recorded:dir=rec -o x.npy", "expected epoch=N"},
    {"gen -p recorded:dir=rec,epoch=3 -o x.npy", "epoch 3 was not recorded"},
    {"run -p recorded:dir=bad -s em", "bad/index.csv, line 3|above 4"},
    {"run -p recorded:dir=rec -s em --start warm:mix=2", "mix"},
};

START_TEST(slips_are_refused) {
  ck_assert_int_eq(system("mkdir rec bad"), 0);
  put_text("rec/index.csv", "epoch,file\n1,a.npy\n4,b.npy\n");
  put_text("bad/index.csv", "epoch,file\n4,a.npy\n4,b.npy\n");
  assert_refuses(refused[_i].arguments, refused[_i].says);
}
END_TEST

/* Mean and spread over seeds, of what training.csv says. */
START_TEST(scores_are_means_over_seeds) {
  ck_assert_int_eq(ystep(SMALL "--repeat 3 --epochs 3 -o out"), 0);
  ck_assert_int_eq(ystep(SMALL "--epochs 3 --init-epochs 1 -o other"), 0);
  ck_assert_int_eq(ystep("scores out other --format csv -o s.csv"), 0);
  table t = read_table("out/training.csv"), s = read_table("s.csv");
  double sum = 0, square = 0;
  for (size_t i = 1; i <= 3; i++) {
    double accuracy = number_at(&t, i, "accuracy");
    sum += accuracy;
    square += accuracy * accuracy;
  }
  ck_assert_uint_eq(s.rows, 1 + 2); /* the other differs by its settings */
  assert_close(number_at(&s, 1, "accuracy"), sum / 3, 1e-12);
  assert_close(number_at(&s, 1, "accuracy_sd"),
               sqrt((square - sum * sum / 3) / 2), 1e-9);
  ck_assert(number_at(&s, 1, "trainings") == 3);
  ck_assert(number_at(&s, 2, "trainings") == 1);
  ck_assert(number_at(&s, 2, "accuracy_sd") == 0);
  ck_assert_int_eq(ystep("scores out other"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "| settings |"));
  free(text);
  ck_assert_int_eq(ystep("report out other -o page.html"), 0);
  char *page = slurp("page.html");
  ck_assert_ptr_nonnull(strstr(page, "<h2 id=\"trainings\">"));
  ck_assert_ptr_nonnull(strstr(page, "\"trainings\":[{\"id\":1,"));
  ck_assert_ptr_null(strstr(page, "id=\"y-steps\""));
  free(page);
  ck_assert_int_eq(ystep("scores out other --label collision=Ours"), 0);
  text = slurp("out.txt");
  ck_assert_msg(strstr(text, "| Ours |"), "%s", text);
  free(text);
  assert_refuses("scores out --label colision=x", "--label|'collision'");
  assert_refuses("scores nowhere", "nowhere/training.csv");
  free_table(&t);
  free_table(&s);
}
END_TEST

/* ------------------------------------------------------------ replay ---- */

START_TEST(a_recording_replays_cold_and_warm) {
  ck_assert_int_eq(ystep(SMALL "--epochs 9 --record rec --every 3 -o out"), 0);
  table index = read_table("rec/index.csv");
  ck_assert_uint_eq(index.rows, 1 + 3);
  ck_assert(number_at(&index, 3, "epoch") == 7);
  free_table(&index);
  ck_assert_int_eq(ystep("run -p recorded:dir=rec -s em md ipm --lambda 10 "
                         "--tol 1e-5 --repeat 2 -o cold"),
                   0);
  ck_assert_int_eq(ystep("run -p recorded:dir=rec -s em md ipm --lambda 10 "
                         "--tol 1e-5 --repeat 2 --start warm -o warm"),
                   0);
  table cold = read_table("cold/runs.csv"), warm = read_table("warm/runs.csv");
  ck_assert_uint_eq(cold.rows, 1 + 3 * 3 * 2);
  ck_assert_uint_eq(warm.rows, 1 + 3 * 3 * 2);
  double last = 0;
  for (size_t i = 1; i < warm.rows; i++) { /* epochs rise within a chain */
    const char *epoch = strstr(at(&warm, i, "problem"), "epoch=");
    ck_assert_ptr_nonnull(epoch);
    ck_assert_str_eq(at(&warm, i, "status"), "converged");
    double number = strtod(epoch + 6, NULL);
    ck_assert(number == 1 || number == last + 3);
    last = number;
  }
  free_table(&cold);
  free_table(&warm);
  ck_assert_int_eq(ystep("table warm --total -o totals.csv"), 0);
  table totals = read_table("totals.csv");
  ck_assert_uint_eq(totals.rows, 1 + 3);
  for (size_t i = 1; i < totals.rows; i++) {
    ck_assert(number_at(&totals, i, "runs") == 6);
    ck_assert(number_at(&totals, i, "converged") == 6);
  }
  free_table(&totals);
}
END_TEST

/* The same batch twice: warm, the second is over before it begins. */
START_TEST(a_warm_start_takes_the_labels_of_the_batch_before) {
  ck_assert_int_eq(ystep("gen -p dirichlet:M=200,K=4 -o s.npy"), 0);
  ck_assert_int_eq(ystep("run -p file:path=s.npy file:path=s.npy -s em "
                         "--start warm:mix=0 -o warm"),
                   0);
  table t = read_table("warm/runs.csv");
  ck_assert(number_at(&t, 1, "iterations") > 5);
  ck_assert(number_at(&t, 2, "iterations") <= 1);
  free_table(&t);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("train");
  TCase *train = tcase_create("train");
  tcase_add_checked_fixture(train, enter_folder, leave_folder);
  tcase_add_test(train, a_product_of_trainings_is_logged);
  tcase_add_loop_test(
      train, the_same_seed_gives_the_same_bits_at_every_thread_count, 0, 2);
  tcase_add_test(train, other_seeds_give_other_bits);
  tcase_add_loop_test(train, a_killed_training_ends_in_the_same_bits, 0, 2);
  tcase_add_loop_test(train, an_interrupt_keeps_the_checkpoint, 0, 2);
  tcase_add_test(train, each_mini_batch_has_a_y_step);
  tcase_add_test(train, a_mini_batch_of_all_rows_has_the_y_step_of_an_epoch);
  tcase_add_test(train, a_window_of_fewer_rows_than_classes_is_noted);
  tcase_add_test(train, y_steps_are_exact_unless_told_otherwise);
  tcase_add_test(train, a_loss_that_is_no_number_is_a_failed_training);
  tcase_add_test(train, supervised_training_scores_the_rows_held_out);
  tcase_add_test(train, kmeans_is_a_row_like_the_others);
  tcase_add_test(train, a_map_holds_points_and_a_grid);
  tcase_add_loop_test(train, slips_are_refused, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(train, scores_are_means_over_seeds);
  tcase_add_test(train, a_recording_replays_cold_and_warm);
  tcase_add_test(train, a_warm_start_takes_the_labels_of_the_batch_before);
  suite_add_tcase(suite, train);
  return run_suite(suite);
}
