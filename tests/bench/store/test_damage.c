/* Directories that a loss of power, a bad disk or an editor has damaged: what
 * is gone is done again, what is damaged is refused with its place and left as
 * it is. */
#include "tests/support/sweeps.h"

#include <sys/stat.h>

/* Eight runs of 3 iterations. */
static const char small[] = "problems: ['dirichlet:M=20,K=3']\n"
                            "solvers: [em, md]\n"
                            "lambdas: [0.5, 2]\n"
                            "repeats: 2\n"
                            "tol: 0\n"
                            "max-iter: 3\n"
                            "threads: 1\n";

static void run_small(const char *options) {
  put_text("plan.yaml", small);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole %s", options), 0);
}

static const char *const names[] = {"runs.csv", "traces.csv", "settings.csv"};
enum { NAMES = 3 };

static const char *in_out(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "out/%s", name);
  return path;
}

static void copy_whole(void) {
  ck_assert_int_eq(system("rm -rf out && cp -r whole out"), 0);
}

/* The command says all of `words` on standard error, in any lines. */
static void assert_said(const char *words) {
  char *errors = slurp("err.txt"), all[256];
  strcpy(all, words);
  for (char *word = strtok(all, "|"); word; word = strtok(NULL, "|"))
    ck_assert_msg(strstr(errors, word) != NULL, "'%s' does not say '%s'",
                  errors, word);
  free(errors);
}

/* Put `text` at the beginning of the second field of that line. */
static void put_into_line(const char *path, size_t line, const char *text) {
  char *all = slurp(path), *place = all;
  for (size_t i = 1; i < line; i++)
    place = strchr(place, '\n') + 1;
  place = strchr(place, ',') + 1;
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "%.*s%s%s", (int)(place - all), all, text, place);
  ck_assert_int_eq(fclose(file), 0);
  free(all);
}

static const struct {
  const char *text, *words;
} damages[] = {
    {"\"", "line 5"},
    {"x\"", "line 5"},
    {"1,", "line 5"},
};

START_TEST(damage_in_the_middle_is_refused_and_nothing_is_cut) {
  char words[128], command[256];
  run_small("");
  for (size_t n = 0; n < NAMES; n++) {
    copy_whole();
    put_into_line(in_out(names[n]), 5, damages[_i].text);
    ck_assert_int_eq(system("rm -rf kept && cp -r out kept"), 0);
    snprintf(words, sizeof words, "out/%s|%s|ystep repair", names[n],
             damages[_i].words);
    assert_refuses("sweep plan.yaml -o out --resume", words);
    assert_refuses("sweep plan.yaml -o out --resume --retry-failed", words);
    assert_refuses("merge all out", words);
    ck_assert(!exists("all"));
    snprintf(command, sizeof command, "diff -r out kept >/dev/null");
    ck_assert_int_eq(system(command), 0);
  }
}
END_TEST

/* A repair says what goes, keeps the file as it was, and leaves what a resume
 * then makes whole. */
START_TEST(a_repair_keeps_what_is_whole) {
  char path[160];
  run_small("");
  for (size_t n = 0; n < NAMES; n++) {
    copy_whole();
    put_into_line(in_out(names[n]), 5, damages[_i].text);
    char *before = slurp(in_out(names[n]));
    ck_assert_int_eq(ystep("repair out --dry-run"), 0);
    char *after = slurp(in_out(names[n]));
    ck_assert_str_eq(before, after);
    free(after);
    ck_assert_int_eq(ystep("repair out"), 0);
    char *said = slurp("out.txt");
    ck_assert_msg(strstr(said, "line 5") && strstr(said, names[n]), "%s", said);
    free(said);
    snprintf(path, sizeof path, "out/%s.damaged", names[n]);
    after = slurp(path);
    ck_assert_str_eq(before, after);
    free(after);
    free(before);
    ck_assert_int_eq(ystep("table out"), 0);
    ck_assert_uint_eq(count_rows("out/runs.csv"), 7);
    ck_assert_int_eq(ystep("repair out"), 0);
    said = slurp("out.txt");
    ck_assert_str_eq(said, "out: nothing is damaged\n");
    free(said);
    ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
    assert_same("out", "whole");
  }
}
END_TEST

START_TEST(a_repair_mends_a_run_its_meta_and_its_labels) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em md fw --max-iter 4 "
                         "--save-labels -o out"),
                   0);
  put_into_line("out/traces.csv", 2, "x");
  ck_assert_int_eq(system("printf '3,diri' >>out/runs.csv; sed -n 3p "
                          "out/runs.csv >>out/runs.csv; printf '{' "
                          ">out/meta.json; truncate -s 90 out/labels/2.npy"),
                   0);
  ck_assert_int_eq(ystep("table out"), 2);
  ck_assert_int_eq(ystep("repair out"), 0);
  ck_assert(exists("out/meta.json.damaged") && !exists("out/meta.json"));
  ck_assert(exists("out/labels/2.npy.damaged") && !exists("out/labels/2.npy"));
  ck_assert_int_eq(ystep("table out"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 3);
}
END_TEST

START_TEST(a_repair_mends_a_training) {
  static const char command[] =
      "train -d moons:M=20 -c mlp:hidden=3 --epochs 2 --repeat 3 --threads 1 "
      "-o out";
  ck_assert_int_eq(ystep("%s", command), 0);
  put_into_line("out/training.csv", 3, "\"");
  put_into_line("out/epochs.csv", 4, "\"");
  ck_assert_int_eq(ystep("%s --resume", command), 2);
  assert_said("training.csv, line 3");
  ck_assert_int_eq(ystep("repair out"), 0);
  ck_assert_int_eq(ystep("%s --resume", command), 0);
  ck_assert_uint_eq(count_rows("out/training.csv"), 3);
  ck_assert_uint_eq(count_rows("out/epochs.csv"), 6);
  ck_assert_int_eq(ystep("scores out"), 0);
}
END_TEST

START_TEST(a_repair_refuses_what_is_no_directory) {
  assert_refuses("repair nowhere", "nowhere");
  put_text("file", "");
  assert_refuses("repair file", "file|not a directory");
  ck_assert(!exists("nowhere"));
}
END_TEST

/* What a loss of power may leave of a file. */
static const char *const losses[] = {
    "printf '\\0\\0\\0\\0\\0\\0\\0' >>%s",
    "printf '3,\\0\\0\\0\\0\\0' >>%s",
    "truncate -s 0 %s",
    "truncate -s 700 %s",
    "s=$(stat -c %%s %s); truncate -s 500 %s; truncate -s $s %s",
    "rm %s",
};

START_TEST(what_a_loss_of_power_took_is_done_again) {
  char command[512];
  run_small("");
  for (size_t n = 0; n < NAMES; n++) {
    const char *path = in_out(names[n]);
    copy_whole();
    snprintf(command, sizeof command, losses[_i], path, path, path);
    ck_assert_int_eq(system(command), 0);
    /* Without any settings it is not known to be a sweep's. */
    if (!exists("out/settings.csv"))
      continue;
    ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
    assert_same("out", "whole");
    ck_assert_int_eq(ystep("table out"), 0);
  }
}
END_TEST

START_TEST(an_emptied_meta_json_is_written_anew) {
  run_small("");
  copy_whole();
  ck_assert_int_eq(system("truncate -s 0 out/meta.json"), 0);
  ck_assert_int_eq(ystep("table out"), 0);
  assert_said("meta.json|empty");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  ck_assert_int_eq(ystep("table out"), 0);
  char *meta = slurp("out/meta.json");
  ck_assert_ptr_nonnull(strstr(meta, "schema"));
  free(meta);
}
END_TEST

/* ---------------------------------------------------------------- labels -- */

static void assert_same_labels(void) {
  ck_assert_int_eq(system("diff -r out/labels whole/labels >/dev/null"), 0);
}

START_TEST(lost_labels_are_made_again) {
  static const char *const harm[] = {
      "rm out/labels/3.npy", "truncate -s 100 out/labels/3.npy",
      "truncate -s 0 out/labels/3.npy", "rm -r out/labels && mkdir out/labels"};
  run_small("--save-labels");
  for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
    copy_whole();
    ck_assert_int_eq(system(harm[i]), 0);
    ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume --save-labels"), 0);
    assert_said(i < 3 ? "1 runs have no whole labels" : "no whole labels");
    assert_same("out", "whole");
    assert_same_labels();
  }
}
END_TEST

START_TEST(labels_that_never_were_are_made_on_demand_alone) {
  run_small("");
  copy_whole();
  assert_refuses("sweep plan.yaml -o out --resume --save-labels",
                 "out|8 runs|--save-labels|--replace");
  assert_same("out", "whole");
  ck_assert_int_eq(
      ystep("sweep plan.yaml -o out --resume --save-labels --replace"), 0);
  assert_same("out", "whole");
  ck_assert(exists("out/labels/8.npy"));
}
END_TEST

/* As on a full disk: the label's file cannot be put in its place. */
START_TEST(a_run_whose_labels_are_not_written_is_no_failed_run) {
  run_small("--save-labels");
  ck_assert_int_eq(system("mkdir -p out/labels/5.npy"), 0);
  assert_refuses("sweep plan.yaml -o out --resume --save-labels",
                 "out/labels/5.npy");
  char *runs = slurp("out/runs.csv");
  ck_assert_ptr_null(strstr(runs, "failed"));
  free(runs);
  ck_assert_int_eq(rmdir("out/labels/5.npy"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume --save-labels"), 0);
  assert_same("out", "whole");
  assert_same_labels();
}
END_TEST

START_TEST(a_merge_misses_no_labels_in_silence) {
  run_small("--save-labels");
  copy_whole();
  ck_assert_int_eq(system("rm out/labels/3.npy"), 0);
  ck_assert_int_eq(ystep("merge all out"), 0);
  assert_said("out|1 runs have no labels|run 3");
  ck_assert(exists("all/labels/4.npy") && !exists("all/labels/3.npy"));
  ck_assert_int_eq(system("truncate -s 300 out/labels/4.npy"), 0);
  assert_refuses("merge every out", "out/labels/4.npy|truncated");
  ck_assert_int_eq(system("rm out/labels/4.npy && mkdir out/labels/4.npy"), 0);
  assert_refuses("merge each out", "out/labels/4.npy");
}
END_TEST

/* ---------------------------------------------------------------- limits -- */

/* Run `ystep ARGUMENTS` under `ulimit LIMIT`; the exit status. */
static int ystep_limited(const char *limit, const char *arguments) {
  char command[512];
  snprintf(command, sizeof command,
           "ulimit %s; \"$YSTEP\" %s >out.txt 2>err.txt", limit, arguments);
  int status = system(command);
  ck_assert_msg(WIFEXITED(status), "%s: killed", command);
  return WEXITSTATUS(status);
}

/* AddressSanitizer has no use for such limits. */
#ifndef YS_SANITIZE
START_TEST(too_little_address_space_is_refused_with_the_number) {
  static const char *const limits[] = {"-v 100000", "-v 150000", "-v 190000"};
  for (size_t i = 0; i < 3; i++) {
    ck_assert_int_ne(ystep_limited(limits[i], "list solvers"), 0);
    assert_said("error|MiB|ulimit -v");
  }
  ck_assert_int_eq(ystep_limited("-v 300000", "list solvers"), 0);
}
END_TEST

START_TEST(training_needs_room_for_each_thread) {
  ck_assert_int_ne(
      ystep_limited("-v 300000",
                    "train -d moons --epochs 1 --threads 8 -o out"),
      0);
  assert_said("error|MiB|ulimit -v");
  ck_assert(!exists("out"));
}
END_TEST

START_TEST(a_memory_limit_below_the_program_is_refused) {
  put_text("plan.yaml", small);
  ck_assert_int_eq(system("echo 'memory-limit: 100' >>plan.yaml"), 0);
  assert_refuses("sweep plan.yaml -o out",
                 "memory-limit|100 MiB|the program alone takes");
  ck_assert(!exists("out"));
}
END_TEST
#endif

START_TEST(a_file_that_may_not_grow_is_an_error) {
  ck_assert_int_eq(
      ystep_limited("-f 8", "gen -p dirichlet:M=2000,K=5 -o x.npy"), 2);
  assert_said("x.npy|File too large");
  ck_assert(!exists("x.npy"));
  ck_assert_int_eq(
      ystep_limited("-f 8", "run -p dirichlet:M=2000,K=5 -s em --max-iter 3 "
                            "--save-labels -o out"),
      2);
  assert_said("File too large");
}
END_TEST

/* --------------------------------------------------------------- gnuplot -- */

START_TEST(a_users_gnuplot_changes_no_figure) {
  put_text(".gnuplot", "set title 'mine'\nset xrange [0:1]\n");
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=20,K=3 -s em --max-iter 3 -o whole"), 0);
  copy_whole();
  ck_assert_int_eq(ystep("plot whole --format svg"), 0);
  setenv("HOME", folder, 1);
  setenv("GNUTERM", "nonsense", 1);
  ck_assert_int_eq(ystep("plot out --format svg"), 0);
  char *errors = slurp("err.txt");
  ck_assert_str_eq(errors, "");
  free(errors);
  ck_assert_int_eq(system("diff -r out/figures whole/figures >/dev/null"), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("damage");
  TCase *tests = tcase_create("damage");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_loop_test(tests, damage_in_the_middle_is_refused_and_nothing_is_cut,
                      0, (int)(sizeof damages / sizeof *damages));
  tcase_add_loop_test(tests, a_repair_keeps_what_is_whole, 0,
                      (int)(sizeof damages / sizeof *damages));
  tcase_add_test(tests, a_repair_mends_a_run_its_meta_and_its_labels);
  tcase_add_test(tests, a_repair_mends_a_training);
  tcase_add_test(tests, a_repair_refuses_what_is_no_directory);
  tcase_add_loop_test(tests, what_a_loss_of_power_took_is_done_again, 0,
                      (int)(sizeof losses / sizeof *losses));
  tcase_add_test(tests, an_emptied_meta_json_is_written_anew);
  tcase_add_test(tests, lost_labels_are_made_again);
  tcase_add_test(tests, labels_that_never_were_are_made_on_demand_alone);
  tcase_add_test(tests, a_run_whose_labels_are_not_written_is_no_failed_run);
  tcase_add_test(tests, a_merge_misses_no_labels_in_silence);
#ifndef YS_SANITIZE
  tcase_add_test(tests, too_little_address_space_is_refused_with_the_number);
  tcase_add_test(tests, training_needs_room_for_each_thread);
  tcase_add_test(tests, a_memory_limit_below_the_program_is_refused);
#endif
  tcase_add_test(tests, a_file_that_may_not_grow_is_an_error);
  tcase_add_test(tests, a_users_gnuplot_changes_no_figure);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
