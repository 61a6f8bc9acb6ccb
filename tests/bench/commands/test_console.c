/* What the program says of itself, and while it runs. */
#include "tests/support/program.h"

/* Whether a text of several lines holds each of the words, parted by '|'. */
static void assert_holds(const char *text, const char *words) {
  char *copy = strdup(words), *rest = copy, *word;
  while ((word = strsep(&rest, "|")))
    ck_assert_msg(strstr(text, word), "'%s' is not in: %s", word, text);
  free(copy);
}

static char *printed(const char *arguments) {
  ck_assert_msg(ystep("%s", arguments) == 0, "%s", arguments);
  return slurp("out.txt");
}

static void assert_prints(const char *arguments, const char *words) {
  char *text = printed(arguments);
  assert_holds(text, words);
  free(text);
}

/* ------------------------------------------------------- about itself ---- */

START_TEST(it_knows_its_version_and_commands) {
  assert_prints("--version", "ystep 0.|(");
  assert_prints("-V", "ystep 0.");
  assert_prints("help", "commands:|sweep|help COMMAND");
  assert_prints("help run", "usage: ystep run|--solver SOLVER...|examples:");
  assert_refuses("help rn", "rn|run");
}
END_TEST

START_TEST(a_list_shows_what_is_named) {
  char *text = printed("list solvers fw em");
  ck_assert_ptr_nonnull(strstr(text, "corrective="));
  ck_assert(strncmp(text, "fw", 2) == 0 && strstr(text, "\nem"));
  ck_assert_ptr_null(strstr(text, "\npgd"));
  free(text);
  text = printed("list solvers em --format json");
  ck_assert(strncmp(text, "[", 1) == 0 && strstr(text, "\"em\""));
  ck_assert_ptr_null(strstr(text, "\"pgd\""));
  free(text);
  assert_refuses("list solvers emm", "emm|em");
}
END_TEST

START_TEST(every_command_has_a_manual_page) {
  char *list = printed("complete ''"), *rest = list, *line;
  size_t pages = 0;
  for (; (line = strsep(&rest, "\n")) && *line; pages += line[0] != '-') {
    char arguments[64];
    line[strcspn(line, "\t")] = '\0';
    snprintf(arguments, sizeof arguments, "help %.32s --man", line);
    if (line[0] != '-')
      assert_prints(arguments,
                    ".TH YSTEP-|.SH SYNOPSIS|\\-\\-help|.SH EXAMPLES");
  }
  ck_assert_uint_gt(pages, 12);
  free(list);
  assert_prints("help --man", ".TH YSTEP 1|ystep\\-sweep(1)");
  if (system("command -v man >/dev/null") == 0)
    ck_assert_int_eq(
        system("\"$YSTEP\" help run --man >r.1 && man --warnings -E UTF-8 -l "
               "-Tutf8 r.1 2>warned >/dev/null; test ! -s warned"),
        0);
}
END_TEST

/* ------------------------------------------------------------- a run ----- */

START_TEST(a_solver_that_leaves_the_domain_fails_no_command) {
  char *text = printed("run -p dirichlet:M=500,K=20 -s pgd:step=10 exact "
                       "--lambda 10 -o out");
  assert_holds(text, "left domain|left the domain: step=10 is too long|column|"
                     "1 left the domain (pgd with long steps)|1 converged|"
                     "ystep table out|ystep plot out");
  free(text);
  table runs = read_table("out/runs.csv");
  size_t failed = 0;
  for (size_t i = 1; i < runs.rows; i++)
    failed += strcmp(at(&runs, i, "status"), "failed") == 0;
  ck_assert_uint_eq(failed, 1);
  free_table(&runs);
}
END_TEST

/* Columns begin where the head says, whatever the length of a spec. */
START_TEST(rows_are_aligned_and_say_why) {
  char *text = printed("run -p dirichlet:M=30,K=3,alpha=1.0000000000000001,"
                       "seed=12345678 -s em pgd:step=0.0100000000000000002 "
                       "--loss collision reverse --max-iter 3 -o out");
  const char *head = text;
  const long loss = strstr(text, "  loss") - head + 2,
             status = strstr(text, "  status") - head + 2;
  size_t rows = 0;
  for (char *line = strchr(text, '\n') + 1; *line != '\n';
       line = strchr(line, '\n') + 1, rows++) {
    ck_assert(strncmp(line + loss, "collision", 9) == 0 ||
              strncmp(line + loss, "reverse", 7) == 0);
    ck_assert_int_eq(strncmp(line + status, "max_iter", 8), 0);
    ck_assert_ptr_nonnull(strstr(line, "--max-iter 3"));
  }
  ck_assert_uint_eq(rows, 4);
  ck_assert_ptr_null(strchr(text, '\033'));
  free(text);
  assert_prints("run -p dirichlet:M=30,K=3 -s exact -v -o b",
                "set up in|lower bound|seed 1");
}
END_TEST

/* On a terminal, which `script` makes, and without NO_COLOR. */
START_TEST(statuses_have_colours_on_a_terminal) {
  const char *run = "\\\"$YSTEP\\\" run -p dirichlet:M=500,K=20 -s exact "
                    "pgd:step=10 --lambda 10 --force -o out";
  char command[512];
  if (system("script -qec true /dev/null >/dev/null 2>&1") != 0)
    return;
  for (int plain = 0; plain < 2; plain++) {
    snprintf(command, sizeof command,
             "%s script -qec \"%s\" /dev/null >out.txt 2>&1 </dev/null",
             plain ? "NO_COLOR=1" : "NO_COLOR=", run);
    ck_assert_int_eq(system(command), 0);
    char *text = slurp("out.txt");
    ck_assert_msg((strstr(text, "\033[32mconverged") != NULL) == !plain, "%s",
                  text);
    ck_assert((strstr(text, "\033[33mleft domain") != NULL) == !plain);
    free(text);
  }
}
END_TEST

START_TEST(quiet_says_nothing) {
  const char *const commands[] = {
      "run -q -p dirichlet:M=30,K=3 -s em pgd --save-labels -o out",
      "gen -q -p dirichlet:M=30,K=3 -o s.csv",
      "solve -q s.csv -o y.npz",
      "report -q out",
      "sweep -q s.yaml -o swept",
      "train -q -d moons --epochs 1 -o trained"};
  put_text("s.yaml", "problems: [\"dirichlet:M=30,K=3\"]\nsolvers: [em]\n");
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    ck_assert_msg(ystep("%s", commands[i]) == 0, "%s", commands[i]);
    char *text = slurp("out.txt"), *errors = slurp("err.txt");
    ck_assert_msg(!*text && !*errors, "%s: %s%s", commands[i], text, errors);
    free(text);
    free(errors);
  }
  assert_refuses("run -q -p dirichlt -s em", "dirichlt");
}
END_TEST

START_TEST(all_is_every_solver_that_serves) {
  char *text = printed("run -p dirichlet:M=30,K=3 -s all em:accel=squarem "
                       "--loss collision reverse shannon --max-iter 3 "
                       "--time-limit 1 -o out");
  table runs = read_table("out/runs.csv");
  size_t em = 0, pgd = 0;
  for (size_t i = 1; i < runs.rows; i++) {
    const char *solver = at(&runs, i, "solver");
    em += strncmp(solver, "em", 2) == 0;
    pgd += strcmp(solver, "pgd") == 0;
  }
  ck_assert(em == 4 && pgd == 3);
  char *errors = slurp("err.txt");
  assert_holds(errors, "left out: em serves");
  free(errors);
  free_table(&runs);
  free(text);
}
END_TEST

/* --------------------------------------------------------- resuming ------ */

#define RUN "run -p dirichlet:M=30,K=3 dirichlet:M=40,K=3 -s em pgd -o out "

/* What is done stays, with its bits; what is missing is run. */
START_TEST(a_run_goes_on_where_it_was) {
  ck_assert_int_eq(ystep(RUN "--lambda 1 --resume"), 0);
  table first = read_table("out/runs.csv");
  assert_prints(RUN "--lambda 1 --resume", "4 of 4 runs are done; 0 to run");
  assert_prints(RUN "--lambda 1 2 --resume", "4 of 8 runs are done; 4 to run");
  table all = read_table("out/runs.csv");
  ck_assert_uint_eq(all.rows, 9);
  for (size_t i = 1; i < all.rows; i++)
    for (size_t j = 1; j < i; j++)
      ck_assert_str_ne(at(&all, i, "run_id"), at(&all, j, "run_id"));
  for (size_t i = 0; i < first.rows * first.columns; i++)
    ck_assert_str_eq(first.field[i], all.field[i]);
  free_table(&all);
  free_table(&first);
  assert_refuses(RUN "--lambda 1 --tol 1e-3 --resume",
                 "other limits|another directory|--force");
  assert_refuses("run -p dirichlet -s em --resume", "-o DIR");
  assert_refuses(RUN "--resume --start warm", "--start warm");
}
END_TEST

/* A run that was interrupted is in no table unless asked for, and is done
 * again. */
START_TEST(an_interrupted_run_is_done_again) {
  ck_assert_int_eq(ystep(RUN "--save-labels"), 0);
  ck_assert_int_eq(system("sed -i '2s/,converged,/,interrupted,/' "
                          "out/runs.csv && cp -r out before"),
                   0);
  char *text = printed("table out --format csv"), *errors = slurp("err.txt");
  assert_holds(errors, "1 interrupted runs are left out|--interrupted");
  ck_assert_ptr_null(strstr(text, "interrupted"));
  free(errors);
  free(text);
  assert_prints("table out --interrupted", "interrupted");
  assert_prints("table out --total", "solver");
  assert_prints(RUN "--save-labels --resume", "3 of 4 runs are done; 1 to run");
  table runs = read_table("out/runs.csv"),
        before = read_table("before/runs.csv");
  ck_assert_uint_eq(runs.rows, 5);
  for (size_t i = 1; i < runs.rows; i++)
    ck_assert_str_eq(at(&runs, i, "status"), "converged");
  ck_assert_str_eq(at(&runs, 4, "run_id"), at(&before, 1, "run_id"));
  ck_assert_str_eq(at(&runs, 4, "objective"), at(&before, 1, "objective"));
  free_table(&before);
  free_table(&runs);
  ck_assert_int_eq(system("sed -i 's/,converged,/,interrupted,/' out/runs.csv"),
                   0);
  assert_refuses("table out", "all of its runs were interrupted|--interrupted");
}
END_TEST

START_TEST(a_sweep_does_interrupted_runs_again) {
  put_text("s.yaml",
           "problems: [\"dirichlet:M=30,K=3\"]\nsolvers: [em, pgd]\n");
  ck_assert_int_eq(ystep("sweep s.yaml -o out"), 0);
  ck_assert_int_eq(
      system("sed -i '3s/,converged,/,interrupted,/' out/runs.csv"), 0);
  assert_prints("sweep s.yaml -o out --resume", "1 done, 1 to run|1 converged");
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 3);
  free_table(&runs);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("console");
  TCase *tests = tcase_create("console");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, it_knows_its_version_and_commands);
  tcase_add_test(tests, a_list_shows_what_is_named);
  tcase_add_test(tests, every_command_has_a_manual_page);
  tcase_add_test(tests, a_solver_that_leaves_the_domain_fails_no_command);
  tcase_add_test(tests, rows_are_aligned_and_say_why);
  tcase_add_test(tests, statuses_have_colours_on_a_terminal);
  tcase_add_test(tests, quiet_says_nothing);
  tcase_add_test(tests, all_is_every_solver_that_serves);
  tcase_add_test(tests, a_run_goes_on_where_it_was);
  tcase_add_test(tests, an_interrupted_run_is_done_again);
  tcase_add_test(tests, a_sweep_does_interrupted_runs_again);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
