/* Solvers in processes of their own: what they say and do, right and wrong, and
 * that none of them is left. Their programs are shell scripts. */
#include "tests/support/sweeps.h"

#include <dirent.h>
#include <math.h>

/* ---------------------------------------------------------- processes ---- */

/* Whether a process works in the test's folder: each that a script is, or
 * starts, does. */
static bool is_ours(const char *number) {
  char path[300], where[300], state = 'Z';
  snprintf(path, sizeof path, "/proc/%s/cwd", number);
  const ssize_t length = readlink(path, where, sizeof where - 1);
  if (atoi(number) <= 0 || atoi(number) == getpid() || length < 0)
    return false;
  where[length] = '\0';
  snprintf(path, sizeof path, "/proc/%s/stat", number);
  FILE *file = fopen(path, "r");
  if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
    state = 'Z';
  if (file)
    fclose(file);
  return strcmp(where, folder) == 0 && state != 'Z' && state != 'X';
}

static size_t count_ours(void) {
  size_t count = 0;
  DIR *all = opendir("/proc");
  ck_assert_ptr_nonnull(all);
  for (struct dirent *one; (one = readdir(all));)
    count += is_ours(one->d_name);
  closedir(all);
  return count;
}

static void assert_none_left(void) {
  for (int i = 0; i < 1000 && count_ours(); i++)
    nap(0.01);
  ck_assert_uint_eq(count_ours(), 0);
}

/* ------------------------------------------------------------ scripts ---- */

/* A program that does what `step` says when it is asked for one, and what
 * `begin` says first. $y is the path of y. */
static void put_script(const char *name, const char *begin, const char *step) {
  char *text;
  ck_assert_int_gt(
      asprintf(&text,
               "read -r task\n"
               "y=$(echo \"$task\" | sed 's/.*\"y\":\"\\([^\"]*\\)\".*/\\1/')\n"
               "%s\n"
               "while read -r line; do\n"
               "  case $line in\n"
               "  ping) echo pong ;;\n"
               "  step) %s ;;\n"
               "  quit) touch quit; exit ;;\n"
               "  esac\n"
               "done\n",
               begin, step),
      0);
  put_text(name, text);
  free(text);
}

static const char ready[] = "echo ready 1";

/* Runs of a script and of em, which must come to its end whatever the script
 * does; the row of the script. */
static size_t run_beside_em(const char *options, const char *limits,
                            table *runs) {
  const int status = ystep("run -p dirichlet:M=20,K=3 -s em 'exec:command=sh "
                           "mine.sh%s' --tol 0 %s -o out --force",
                           options, limits);
  char *errors = slurp("err.txt");
  ck_assert_msg(status <= 1, "status %d: %s", status, errors);
  free(errors);
  *runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs->rows, 3);
  const size_t mine = number_at(runs, 1, "run_id") == 2 ? 1 : 2, em = 3 - mine;
  ck_assert_str_eq(at(runs, em, "solver"), "em");
  ck_assert_str_ne(at(runs, em, "status"), "failed");
  ck_assert_str_eq(at(runs, em, "empty_step_seconds"), "");
  ck_assert_str_eq(at(runs, em, "own_seconds"), "");
  ck_assert_int_eq(status, strcmp(at(runs, mine, "status"), "failed") == 0);
  assert_none_left();
  return mine;
}

/* ------------------------------------------------------------- right ----- */

START_TEST(a_process_is_a_solver_like_any_other) {
  table runs;
  put_script("mine.sh", ready, "echo done 0.25");
  const size_t mine = run_beside_em("", "--max-iter 4", &runs);
  ck_assert_str_eq(at(&runs, mine, "solver"), "exec:command=sh mine.sh");
  ck_assert_str_eq(at(&runs, mine, "status"), "max_iter");
  ck_assert_str_eq(at(&runs, mine, "iterations"), "4");
  ck_assert_double_eq(number_at(&runs, mine, "own_seconds"), 1);
  ck_assert_double_gt(number_at(&runs, mine, "empty_step_seconds"), 0);
  ck_assert_double_lt(number_at(&runs, mine, "empty_step_seconds"), 0.5);
  ck_assert_double_gt(number_at(&runs, mine, "solve_seconds"), 0);
  ck_assert(exists("quit"));
  free_table(&runs);
  ck_assert_int_eq(ystep("table out"), 0);
  char *said = slurp("out.txt");
  ck_assert_msg(strstr(said, "| sh mine.sh |"), "%s", said);
  ck_assert_msg(strstr(said, "- sh mine.sh, run 2: an empty step costs "), "%s",
                said);
  ck_assert_msg(strstr(said, "; by its own clock its steps took 1 s of "), "%s",
                said);
  ck_assert_msg(!strstr(said, "- em, run"), "%s", said);
  free(said);
  ck_assert_int_eq(ystep("table out -s 'sh mine.sh'"), 0);
}
END_TEST

START_TEST(seconds_that_one_step_lacks_are_none) {
  table runs;
  put_script(
      "mine.sh", ready,
      "if [ -e once ]; then echo done; else touch once; echo done 3; fi");
  const size_t mine = run_beside_em(",name=mine,step=3", "--max-iter 2", &runs);
  ck_assert_str_eq(at(&runs, mine, "own_seconds"), "");
  free_table(&runs);
  ck_assert_int_eq(ystep("table out --pivot"), 0);
  char *said = slurp("out.txt");
  ck_assert_msg(strstr(said, "| mine:step=3 |"), "%s", said);
  free(said);
}
END_TEST

START_TEST(one_that_has_converged_ends_as_the_judge_finds_it) {
  table runs;
  put_script("mine.sh", ready, "echo converged 1e-3");
  const size_t mine = run_beside_em("", "--max-iter 4", &runs);
  ck_assert_str_eq(at(&runs, mine, "status"), "stalled");
  assert_says(at(&runs, mine, "message"), "says that it has converged");
  ck_assert_str_eq(at(&runs, mine, "iterations"), "1");
  free_table(&runs);
  run_beside_em("", "--tol 100 --max-iter 4", &runs);
  ck_assert_str_eq(at(&runs, mine, "status"), "converged");
  ck_assert_str_eq(at(&runs, mine, "iterations"), "0");
  free_table(&runs);
}
END_TEST

/* What it is told, and what of y is put right: rows off by 1e-10 are divided by
 * their sums, or the judge, whose tolerance is 1e-12, would not have them. */
START_TEST(it_is_told_the_problem_and_its_options) {
  table runs;
  put_script("mine.sh",
             "echo \"$task\" >told; env >environment; echo ready 1 mine",
             "printf '\\065\\322\\160\\125\\125\\125\\325\\077' | dd of=\"$y\" "
             "bs=1 seek=128 conv=notrunc 2>/dev/null; echo done");
  const size_t mine = run_beside_em(
      ",a=1,,2,b=x y", "--max-iter 3 --lambda 0.5 --seed 7 --threads 2", &runs);
  ck_assert_str_eq(at(&runs, mine, "status"), "max_iter");
  free_table(&runs);
  char *told = slurp("told"), *environment = slurp("environment");
  const char *const words[] = {
      "{\"ystep\":1,\"rows\":20,\"classes\":3,\"sigma\":\"/",
      "\"prior\":\"/",
      "\"y_offset\":128",
      "\"sigma_offset\":128",
      "\"sigma_type\":\"float64\"",
      "\"lambda\":0.5",
      "\"loss\":\"collision\"",
      "\"fairness\":\"strong\"",
      "\"seed\":7",
      "\"threads\":",
      "\"tol\":0.0",
      "\"options\":{\"a\":\"1,2\",\"b\":\"x y\"}"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    ck_assert_msg(strstr(told, words[i]), "'%s' is not in %s", words[i], told);
  ck_assert_ptr_nonnull(strstr(environment, "OMP_NUM_THREADS="));
  free(told);
  free(environment);
}
END_TEST

/* What it writes to standard error is shown when that is asked for. */
START_TEST(verbose_shows_what_it_says_and_its_clock) {
  put_script("mine.sh", "echo here I am >&2; echo ready 1", "echo done 0.25");
  for (int verbose = 0; verbose < 2; verbose++) {
    ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s 'exec:command=sh "
                           "mine.sh' --max-iter 4 -o out --force %s",
                           verbose ? "-v" : ""),
                     0);
    char *errors = slurp("err.txt"), *said = slurp("out.txt");
    ck_assert_int_eq(strstr(errors, "here I am") != NULL, verbose);
    ck_assert_int_eq(strstr(said, "an empty step costs") != NULL, verbose);
    ck_assert_int_eq(strstr(said, "its steps took 1 s") != NULL, verbose);
    free(errors);
    free(said);
  }
}
END_TEST

/* y cannot be cut off under the harness. */
START_TEST(y_cannot_be_cut_off) {
  table runs;
  put_script("mine.sh", ready,
             "if (: >\"$y\") 2>/dev/null; then echo cut; else echo done; fi");
  const size_t mine = run_beside_em("", "--max-iter 3", &runs);
  ck_assert_str_eq(at(&runs, mine, "status"), "max_iter");
  free_table(&runs);
}
END_TEST

/* Quotes hold blanks, and nothing is expanded. */
START_TEST(words_are_quoted_as_in_a_shell) {
  table runs;
  put_script("a b.sh", "echo \"$1|$2\" >words; echo ready 1", "echo done");
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=20,K=3 -s \"exec:command=sh 'a b.sh' \\\"x  "
            "y\\\" \\\\\\$HOME\\\\ *\" --max-iter 2 -o out"),
      0);
  char *words = slurp("words");
  ck_assert_str_eq(words, "x  y|$HOME *\n");
  free(words);
  runs = read_table("out/runs.csv");
  ck_assert_str_eq(at(&runs, 1, "status"), "max_iter");
  free_table(&runs);
}
END_TEST

START_TEST(solve_takes_one_and_train_does_not) {
  put_script("mine.sh", ready, "echo done");
  ck_assert_int_eq(
      ystep("solve dirichlet:M=20,K=3 -s 'exec:command=sh mine.sh' "
            "--tol 100 -o y.npy"),
      0);
  ck_assert(exists("y.npy"));
  assert_refuses("train -d digits -s 'exec:command=sh mine.sh' -o t",
                 "exec:command=sh mine.sh|run, sweep and solve");
  assert_none_left();
}
END_TEST

/* ------------------------------------------------------------- wrong ----- */

/* Each is a failed row, with all of these words. */
static const struct {
  const char *begin, *step, *options, *limits, *words;
} wrong[] = {
    {"echo ready 1", "echo boom >&2; exit 3", "", "",
     "exited with status 3|it said: boom"},
    {"echo ready 1", "kill -SEGV $$", "", "", "killed by signal 11"},
    {"echo ready 1", "kill -KILL $$", "", "", "killed by signal 9"},
    {"exit 4", "", "", "", "exited with status 4"},
    {"echo error knows shannon alone", "", "", "", "says: knows shannon alone"},
    {"echo hello", "", "", "", "answered 'hello': expected 'ready 1'"},
    {"echo ready 12", "", "", "", "answered 'ready 12'"},
    {"sleep 1000", "", ",start=0.3", "", "not ready within 0.3 s"},
    {"echo ready 1; read -r ping; sleep 1000", "", ",start=0.3", "",
     "not ready within 0.3 s"},
    {"echo ready 1; read -r ping; echo peng", "", "", "",
     "answered 'peng': expected 'pong'"},
    {ready, "sleep 1000", "", "--time-limit 0.2",
     "did not answer 'step' within the time limit of 0.2 s and 2 s more"},
    {ready, "trap '' TERM INT HUP; while :; do :; done", "", "--time-limit 0.1",
     "did not answer"},
    {ready, "echo 'error gave up'", "", "", "says: gave up"},
    {ready, "echo done -1", "", "", "answered 'done -1'"},
    {ready, "echo done inf", "", "", "answered 'done inf'"},
    {ready, "echo done 1 2", "", "", "answered 'done 1 2'"},
    {ready, "echo donee", "", "", "answered 'donee'"},
    {ready, "echo", "", "", "answered ''"},
    {ready, "printf 'done\\0\\n'", "", "", "says more than it was asked"},
    {ready, "printf '\\377\\033[31m\\n'", "", "", "answered '\\xff\\x1b[31m'"},
    {ready, "echo done; echo done; echo done", "", "", "the process "},
    {ready, "echo done; sleep 0.1; echo done", "", "--max-iter 1",
     "answered 'done': expected 'pong'"},
    {"yes", "", "", "", "answered 'y': expected 'ready 1'"},
    {"echo ready 1; yes pong", "", "", "", "says more than it was asked"},
    {ready, "yes", "", "", "answered 'y'"},
    {ready, "head -c 100000 /dev/zero | tr '\\0' x; sleep 1000", "", "",
     "a line of more than 65536 bytes"},
    {ready, "exec >&-; sleep 1000", "", "", "closed its pipe|was ended"},
    {"exec <&-; echo ready 1; sleep 1000", "", "", "", "closed its pipe"},
    {ready,
     "printf '\\0\\0\\0\\0\\0\\0\\0\\100' | dd of=\"$y\" bs=1 seek=152 "
     "conv=notrunc 2>/dev/null; echo done",
     "", "", "left the simplex: row 1 (from 0) sums to 2.66666666667"},
    {ready,
     "printf '\\0\\0\\0\\0\\0\\0\\370\\177' | dd of=\"$y\" bs=1 seek=128 "
     "conv=notrunc 2>/dev/null; echo done",
     "", "", "row 0 (from 0)|not finite"},
    {ready,
     "printf '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\300' | dd "
     "of=\"$y\" bs=1 seek=128 conv=notrunc 2>/dev/null; echo converged",
     "", "", "left the simplex|least entry -2"},
};
enum { WRONG = sizeof wrong / sizeof *wrong };

START_TEST(what_it_does_wrong_is_a_failed_row) {
  char limits[64];
  table runs;
  snprintf(limits, sizeof limits, "--max-iter 6 %s", wrong[_i].limits);
  put_script("mine.sh", wrong[_i].begin, wrong[_i].step);
  const size_t mine = run_beside_em(wrong[_i].options, limits, &runs);
  ck_assert_msg(strcmp(at(&runs, mine, "status"), "failed") == 0, "%s: %s",
                wrong[_i].step, at(&runs, mine, "status"));
  assert_says(at(&runs, mine, "message"), wrong[_i].words);
  assert_no_nan("out/runs.csv");
  assert_no_nan("out/traces.csv");
  free_table(&runs);
  ck_assert_int_eq(ystep("table out"), 0);
}
END_TEST

START_TEST(a_command_that_is_not_there_is_a_failed_row) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em "
                         "'exec:command=./nobody --fast' --max-iter 3 -o out"),
                   1);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 3);
  const size_t mine = number_at(&runs, 1, "run_id") == 2 ? 1 : 2;
  ck_assert_str_eq(at(&runs, mine, "status"), "failed");
  ck_assert_str_eq(at(&runs, mine, "iterations"), "0");
  ck_assert_str_eq(at(&runs, mine, "empty_step_seconds"), "");
  assert_says(at(&runs, mine, "message"),
              "status 127|cannot run './nobody'|No such file");
  free_table(&runs);
}
END_TEST

static const struct {
  const char *spec, *words;
} misspelt[] = {
    {"exec", "exec needs the option command"},
    {"exec:name=x", "exec needs the option command"},
    {"exec:command=", "expected a program"},
    {"exec:command=  ", "expected a program"},
    {"exec:command=sh \\\"x", "a quote has no end"},
    {"exec:command=sh x,step", "expected key=value, found 'step'"},
    {"exec:command=sh x,=3", "expected key=value, found '=3'"},
    {"exec:command=sh x,a=1,b=2,a=3", "option 'a' is given twice"},
    {"exec:command=sh x,command=sh y", "'command' is given twice"},
    {"exec:command=sh x,start=soon", "start=soon is not valid"},
};

START_TEST(what_is_written_wrong_is_refused) {
  char line[200];
  snprintf(line, sizeof line, "run -p dirichlet:M=20,K=3 -s \"%s\" -o out",
           misspelt[_i].spec);
  assert_refuses(line, misspelt[_i].words);
  ck_assert(!exists("out"));
}
END_TEST

/* --------------------------------------------------------------- ends ---- */

/* Hangs in its first step, and so do four that it started: in its group, out of
 * it, out of its session, and one whose parent is gone. `here` is there then.
 */
static const char family[] =
    "sleep 1000 & (sleep 1000 &) ; setsid sh -c 'sleep 1000; :' & "
    "setsid sh -c 'setsid sleep 1000 & sleep 1000' & "
    "sleep 0.2; touch here; sleep 1000";

static void wait_for_family(void) {
  for (int i = 0; i < 3000 && !exists("here"); i++)
    nap(0.01);
  ck_assert(exists("here"));
  ck_assert_uint_gt(count_ours(), 4);
}

static pid_t start_run(const char *begin, const char *step) {
  put_script("mine.sh", begin, step);
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
      _exit(99);
    execl(getenv("YSTEP"), "ystep", "run", "-p", "dirichlet:M=20,K=3", "-s",
          "exec:command=sh mine.sh", "em", "-o", "out", NULL);
    _exit(99);
  }
  ck_assert_int_gt(child, 0);
  wait_for_family();
  return child;
}

/* Killed, it has no say in it. */
START_TEST(none_is_left_when_the_program_is_killed) {
  int status;
  const pid_t run = start_run(ready, family);
  kill(run, SIGKILL);
  ck_assert_int_eq(waitpid(run, &status, 0), run);
  assert_none_left();
}
END_TEST

/* Nor when a sweep is, whose worker is between. */
START_TEST(none_is_left_when_a_sweep_is_killed) {
  int status;
  put_script("mine.sh", ready, family);
  put_text("plan.yaml", "problems: dirichlet:M=20,K=3\n"
                        "solvers: 'exec:command=sh mine.sh'\n");
  const pid_t sweep = start_sweep("1");
  wait_for_family();
  kill(sweep, SIGKILL);
  ck_assert_int_eq(waitpid(sweep, &status, 0), sweep);
  assert_none_left();
}
END_TEST

/* In its first step, and before it is ready. */
START_TEST(an_interrupt_does_not_wait_for_an_answer) {
  static const int signals[] = {SIGINT, SIGTERM, SIGINT};
  int status;
  const pid_t run =
      _i < 2 ? start_run(ready, family) : start_run(family, "echo done");
  kill(run, signals[_i]);
  ck_assert_int_eq(waitpid(run, &status, 0), run);
  ck_assert(WIFEXITED(status));
  ck_assert_int_eq(WEXITSTATUS(status), 128 + signals[_i]);
  assert_none_left();
  char *errors = slurp("err.txt");
  ck_assert_msg(strstr(errors, "interrupted by signal"), "%s", errors);
  free(errors);
  table runs = read_table("out/runs.csv");
  ck_assert_str_eq(at(&runs, runs.rows - 1, "status"), "interrupted");
  free_table(&runs);
}
END_TEST

START_TEST(none_is_left_of_a_step_that_hangs) {
  table runs;
  put_script("mine.sh", ready, family);
  const size_t mine = run_beside_em("", "--time-limit 0.5", &runs);
  assert_says(at(&runs, mine, "message"), "did not answer 'step'");
  free_table(&runs);
}
END_TEST

/* What a program that has done all right leaves behind ends, too. */
START_TEST(none_is_left_of_one_that_ends_well) {
  table runs;
  put_script("mine.sh", "setsid sleep 1000 & echo ready 1", "echo done");
  const size_t mine = run_beside_em("", "--max-iter 2", &runs);
  ck_assert_str_eq(at(&runs, mine, "status"), "max_iter");
  free_table(&runs);
}
END_TEST

/* ------------------------------------------------------------- sweeps ---- */

static const char swept[] = "problems: dirichlet:M=20,K=3\n"
                            "solvers:\n"
                            "  - em\n"
                            "  - solver: 'exec:command=sh mine.sh,name=mine'\n"
                            "    with: {step: [1, 2], kind: [a]}\n"
                            "  - 'exec:command=sh gone.sh'\n"
                            "  - solver: 'exec:command=sh hangs.sh'\n"
                            "    wall-limit: 2\n"
                            "tol: 0\nmax-iter: 3\nthreads: 1\n";

START_TEST(a_sweep_goes_on_and_knows_the_script) {
  put_script("mine.sh", ready, "echo done");
  put_script("hangs.sh", ready, family);
  put_text("plan.yaml", swept);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 1);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 6);
  size_t right = 0;
  for (size_t i = 1; i < runs.rows; i++) {
    const char *solver = at(&runs, i, "solver");
    const char *message = at(&runs, i, "message");
    if (strstr(solver, "mine.sh") || strcmp(solver, "em") == 0) {
      ck_assert_str_eq(at(&runs, i, "status"), "max_iter");
      right++;
    } else if (strstr(solver, "gone.sh"))
      assert_says(message, "exited with status|gone.sh");
    else
      assert_says(message, "killed at the wall limit of 2 s");
  }
  ck_assert_uint_eq(right, 3);
  free_table(&runs);
  assert_none_left();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 5);
  put_script("mine.sh", ready, "echo done 0");
  ystep("sweep plan.yaml -o out --resume");
  char *errors = slurp("err.txt");
  ck_assert_msg(strstr(errors, "--replace"), "%s", errors);
  free(errors);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume --replace"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 5);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  ck_assert_int_eq(ystep("table out"), 0);
  char *said = slurp("out.txt");
  ck_assert_msg(strstr(said, "| mine:step=2,kind=a |"), "%s", said);
  free(said);
}
END_TEST

/* --------------------------------------------------------------- store --- */

/* Without the columns that versions before had not. */
static void make_older(const char *dir) {
  char command[400];
  snprintf(command, sizeof command,
           "sed -i 's/,empty_step_seconds,own_seconds,sent_bytes,"
           "sent_messages$//; s/,,,,$//' %s/runs.csv && "
           "sed -i 's/,ranks$//; s/,$//' %s/settings.csv && "
           "! grep -q 'own_seconds\\|sent\\|ranks' %s/runs.csv "
           "%s/settings.csv",
           dir, dir, dir, dir);
  ck_assert_int_eq(system(command), 0);
}

/* A directory of a version that had no such columns is read, and gone on in. */
START_TEST(an_older_directory_is_read_and_gone_on_in) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em --max-iter 3 -o out"),
                   0);
  make_older("out");
  ck_assert_int_eq(ystep("table out"), 0);
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em md --max-iter 3 "
                         "-o out --resume"),
                   0);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 3);
  ck_assert_str_eq(at(&runs, 1, "own_seconds"), "");
  ck_assert_str_eq(at(&runs, 2, "own_seconds"), "");
  free_table(&runs);
}
END_TEST

/* Merged with one of today, in either order, they have the columns of today. */
START_TEST(older_and_newer_sweeps_are_merged) {
  put_text("a.yaml", "problems: dirichlet:M=20,K=3\nsolvers: em\n"
                     "max-iter: 3\nthreads: 1\n");
  put_script("mine.sh", ready, "echo done 0.5");
  put_text("b.yaml", "problems: dirichlet:M=20,K=3\n"
                     "solvers: 'exec:command=sh mine.sh'\n"
                     "max-iter: 3\nthreads: 1\n");
  ck_assert_int_eq(ystep("sweep a.yaml -o a"), 0);
  ck_assert_int_eq(ystep("sweep b.yaml -o b"), 0);
  make_older("a");
  ck_assert_int_eq(ystep("repair a"), 0);
  ck_assert_int_eq(ystep("merge out %s", _i ? "a b" : "b a"), 0);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 3);
  for (size_t i = 1; i < runs.rows; i++)
    ck_assert_str_eq(at(&runs, i, "own_seconds"),
                     strcmp(at(&runs, i, "solver"), "em") == 0 ? ""
                                                               : "1.500000000");
  free_table(&runs);
}
END_TEST

START_TEST(the_page_does_what_it_says) {
  ck_assert_int_eq(system("\"$YSTEP_SOURCE\"/scripts/try-exec \"$YSTEP\" "
                          "\"$YSTEP_SOURCE\""),
                   0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("exec");
  TCase *tests = tcase_create("exec");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, a_process_is_a_solver_like_any_other);
  tcase_add_test(tests, seconds_that_one_step_lacks_are_none);
  tcase_add_test(tests, one_that_has_converged_ends_as_the_judge_finds_it);
  tcase_add_test(tests, it_is_told_the_problem_and_its_options);
  tcase_add_test(tests, verbose_shows_what_it_says_and_its_clock);
  tcase_add_test(tests, y_cannot_be_cut_off);
  tcase_add_test(tests, words_are_quoted_as_in_a_shell);
  tcase_add_test(tests, solve_takes_one_and_train_does_not);
  tcase_add_loop_test(tests, what_it_does_wrong_is_a_failed_row, 0, WRONG);
  tcase_add_test(tests, a_command_that_is_not_there_is_a_failed_row);
  tcase_add_loop_test(tests, what_is_written_wrong_is_refused, 0,
                      sizeof misspelt / sizeof *misspelt);
  tcase_add_test(tests, none_is_left_when_the_program_is_killed);
  tcase_add_test(tests, none_is_left_when_a_sweep_is_killed);
  tcase_add_loop_test(tests, an_interrupt_does_not_wait_for_an_answer, 0, 3);
  tcase_add_test(tests, none_is_left_of_a_step_that_hangs);
  tcase_add_test(tests, none_is_left_of_one_that_ends_well);
  tcase_add_test(tests, a_sweep_goes_on_and_knows_the_script);
  tcase_add_test(tests, an_older_directory_is_read_and_gone_on_in);
  tcase_add_loop_test(tests, older_and_newer_sweeps_are_merged, 0, 2);
  tcase_add_test(tests, the_page_does_what_it_says);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
