/* Sweeps end to end: what is killed goes on, what is cut is mended, what
 * crashes is a row. */
#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Runs that end after so many iterations, and so the same way each time. */
static const char plan[] = "problems:\n"
                           "  - dirichlet:M=200,K=4\n"
                           "  - gaussian:M=100,K=3\n"
                           "solvers: [em, md, 'pgd:step=0.1']\n"
                           "lambdas: [0.5, 2]\n"
                           "losses: [collision, shannon]\n"
                           "repeats: 2\n"
                           "tol: 0\n"
                           "max-iter: 30\n"
                           "threads: 1\n";
enum { RUNS = 2 * 3 * 2 * 2 * 2 };

static void write_plan(void) {
  put_text("plan.yaml", plan);
}

/* ------------------------------------------------------- sets of results -- */

/* All that a directory holds but what differs from time to time, as sorted
 * lines: a line for each run and one for each of its recorded iterations. */
typedef struct lines {
  char **line;
  size_t count;
} lines;

static void add_line(lines *all, char *line) {
  all->line = realloc(all->line, (all->count + 1) * sizeof *all->line);
  all->line[all->count++] = line;
}

static char *join_fields(const table *t, size_t row,
                         const char *const *columns) {
  char *text = strdup("");
  for (; *columns; columns++) {
    char *longer;
    ck_assert_int_gt(asprintf(&longer, "%s%s;", text, at(t, row, *columns)), 0);
    free(text);
    text = longer;
  }
  return text;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static lines read_lines(const char *dir) {
  static const char *const key[] = {"problem", "loss",   "fairness", "lambda",
                                    "solver",  "repeat", "seed",     NULL};
  static const char *const end[] = {"threads",   "status",      "iterations",
                                    "objective", "lower_bound", "gap",
                                    "message",   NULL};
  static const char *const point[] = {"iteration", "objective", "lower_bound",
                                      "gap", NULL};
  char path[128], *line;
  lines all = {NULL, 0};
  snprintf(path, sizeof path, "%s/runs.csv", dir);
  table runs = read_table(path);
  snprintf(path, sizeof path, "%s/traces.csv", dir);
  table traces = read_table(path);
  for (size_t i = 1; i < runs.rows; i++) {
    char *name = join_fields(&runs, i, key), *how = join_fields(&runs, i, end);
    ck_assert_int_gt(asprintf(&line, "%s%s", name, how), 0);
    add_line(&all, line);
    for (size_t j = 1; j < traces.rows; j++)
      if (strcmp(at(&traces, j, "run_id"), at(&runs, i, "run_id")) == 0) {
        char *where = join_fields(&traces, j, point);
        ck_assert_int_gt(asprintf(&line, "%s%s", name, where), 0);
        add_line(&all, line);
        free(where);
      }
    free(name);
    free(how);
  }
  /* Traces of no run would have been left out here. */
  ck_assert_uint_eq(all.count, runs.rows - 1 + traces.rows - 1);
  qsort(all.line, all.count, sizeof *all.line, by_text);
  free_table(&runs);
  free_table(&traces);
  return all;
}

static void free_lines(lines *all) {
  for (size_t i = 0; i < all->count; i++)
    free(all->line[i]);
  free(all->line);
}

static void assert_same(const char *a, const char *b) {
  lines x = read_lines(a), y = read_lines(b);
  ck_assert_uint_eq(x.count, y.count);
  for (size_t i = 0; i < x.count; i++)
    ck_assert_str_eq(x.line[i], y.line[i]);
  free_lines(&x);
  free_lines(&y);
}

static size_t count_rows(const char *path) {
  table t = read_table(path);
  size_t rows = t.rows - 1;
  free_table(&t);
  return rows;
}

/* The whole plan, undisturbed, in `whole`. */
static void run_whole(void) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole"), 0);
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS);
}

/* ---------------------------------------------------------------- plans -- */

START_TEST(a_sweep_leaves_its_tables) {
  run_whole();
  table runs = read_table("whole/runs.csv");
  table settings = read_table("whole/settings.csv");
  size_t unsupported = 0;
  bool seen[RUNS + 1] = {false};
  ck_assert_uint_eq(settings.rows, runs.rows);
  for (size_t i = 1; i < runs.rows; i++) {
    size_t id = (size_t)number_at(&runs, i, "run_id");
    ck_assert(id >= 1 && id <= RUNS && !seen[id]);
    seen[id] = true;
    if (strcmp(at(&runs, i, "status"), "unsupported") == 0) {
      unsupported++;
      assert_says(at(&runs, i, "message"), "em serves|shannon");
    } else {
      bool stalled = strcmp(at(&runs, i, "status"), "stalled") == 0;
      ck_assert_str_eq(at(&runs, i, "status"),
                       stalled ? "stalled" : "max_iter");
      ck_assert(stalled || number_at(&runs, i, "iterations") == 30);
    }
  }
  ck_assert_uint_eq(unsupported, RUNS / 6);
  ck_assert(exists("whole/meta.json"));
  assert_no_nan("whole/runs.csv");
  free_table(&runs);
  free_table(&settings);
}
END_TEST

START_TEST(a_dry_run_writes_nothing) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --dry-run"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "48 runs planned, 0 done, 48 to run, 8 of "
                                     "them unsupported"));
  ck_assert_ptr_nonnull(strstr(text, "at most 40 min"));
  free(text);
  ck_assert(!exists("out") && !exists("results"));
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --dry-run"), 0);
  text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "48 runs planned, 48 done, 0 to run"));
  free(text);
}
END_TEST

START_TEST(bad_input_is_one_line_and_writes_nothing) {
  write_plan();
  put_text("bad.yaml", "problems: dirichlet\nsolvers: em\nlamda: 1\n");
  assert_refuses("sweep", "FILE.yaml");
  assert_refuses("sweep none.yaml", "none.yaml|No such file");
  assert_refuses("sweep bad.yaml -o out", "bad.yaml:3:1: |lamda|lambdas");
  assert_refuses("sweep plan.yaml --shard 0/2 -o out", "--shard 0/2|I/N");
  assert_refuses("sweep plan.yaml --shard 3/2 -o out", "--shard 3/2|I/N");
  assert_refuses("sweep plan.yaml --jobs 0 -o out", "--jobs 0");
  assert_refuses("sweep plan.yaml --resume", "-o DIR");
  assert_refuses("merge out", "merge OUT DIR");
  assert_refuses("merge out none", "none|settings.csv");
  ck_assert(!exists("out") && !exists("results"));
}
END_TEST

/* A path may hold a comma, doubled in a spec; folders are made as needed. */
START_TEST(paths_may_be_what_they_like) {
  put_text("a,b.csv", "0.5,0.25,0.25\n0.125,0.5,0.375\n");
  put_text("comma.yaml",
           "problems: ['file:path=a,,b.csv']\nsolvers: em\nmax-iter: 2\n");
  put_text("with.yaml", "problems: {problem: file, with: {path: 'a,b.csv'}}\n"
                        "solvers: em\nmax-iter: 2\n");
  ck_assert_int_eq(ystep("sweep comma.yaml -o deep/er/out"), 0);
  ck_assert_int_eq(ystep("sweep with.yaml -o deep/er/out --resume"), 0);
  ck_assert_int_eq(ystep("sweep with.yaml -o other/out/ --resume"), 0);
  ck_assert_int_eq(
      ystep("run -p file:path=a,,b.csv -s em --max-iter 2 -o deep/run"), 0);
  ck_assert_uint_eq(count_rows("deep/er/out/runs.csv"), 1);
  table runs = read_table("deep/run/runs.csv");
  ck_assert_str_eq(at(&runs, 1, "problem"), "file:path=a,,b.csv");
  free_table(&runs);
  assert_refuses("sweep comma.yaml -o a,b.csv/out", "a,b.csv|directory");
}
END_TEST

START_TEST(side_by_side_is_the_same) {
  run_whole();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --jobs 3"), 0);
  assert_same("out", "whole");
}
END_TEST

/* The row of runs.csv with that run_id. */
static size_t find_run(const table *runs, const char *id) {
  for (size_t i = 1; i < runs->rows; i++)
    if (strcmp(at(runs, i, "run_id"), id) == 0)
      return i;
  ck_abort_msg("no run %s", id);
}

/* Run the line below "# run ID, ..." of a report and compare. */
static void run_again(const table *runs, const char *heading) {
  static const char *const same[] = {
      "problem", "solver",    "loss",        "lambda",  "status",  "iterations",
      "gap",     "objective", "lower_bound", "threads", "fairness"};
  char id[16];
  snprintf(id, sizeof id, "%.*s", (int)strspn(heading, "0123456789"), heading);
  const char *line = strstr(heading, "\nystep run ") + strlen("\nystep ");
  ck_assert_int_eq(
      ystep("%.*s -o again --force", (int)strcspn(line, "\n"), line), 0);
  table made = read_table("again/runs.csv");
  size_t row = find_run(runs, id);
  ck_assert_uint_eq(made.rows, 2);
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    ck_assert_str_eq(at(&made, 1, same[i]), at(runs, row, same[i]));
  free_table(&made);
}

START_TEST(a_report_says_how_to_do_each_run_again) {
  put_text("prior.csv", "0.5,0.25,0.25\n");
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\n"
                        "solvers: [pgd, 'em:accel=squarem']\n"
                        "starts: [random, sigma]\nseeds: [3, 4]\n"
                        "priors: [uniform, prior.csv]\n"
                        "lambdas: 0.3\nlosses: [collision]\n"
                        "tol: 1e-30\nmax-iter: 7\nthreads: 1\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  ck_assert_int_eq(ystep("report out"), 0);
  table runs = read_table("out/runs.csv");
  char *page = slurp("out/report.html");
  size_t done = 0;
  for (char *at = page; (at = strstr(at, "# run ")); done++)
    run_again(&runs, at += strlen("# run "));
  /* A start that is not random needs no seed: one line for both. */
  ck_assert_uint_ge(done, 2 * 3);
  free(page);
  free_table(&runs);
}
END_TEST

START_TEST(labels_are_saved) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --save-labels --shard 1/4"),
                   0);
  table runs = read_table("out/runs.csv");
  for (size_t i = 1; i < runs.rows; i++) {
    char path[64];
    snprintf(path, sizeof path, "out/labels/%s.npy", at(&runs, i, "run_id"));
    ck_assert(exists(path) ==
              (strcmp(at(&runs, i, "status"), "unsupported") != 0));
  }
  free_table(&runs);
}
END_TEST

/* -------------------------------------------------------------- resuming -- */

/* Start `ystep sweep plan.yaml -o out --resume` and leave it running. */
static pid_t start_sweep(const char *jobs) {
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
      _exit(99);
    execl(getenv("YSTEP"), "ystep", "sweep", "plan.yaml", "-o", "out",
          "--resume", "--jobs", jobs, NULL);
    _exit(99);
  }
  ck_assert_int_gt(child, 0);
  return child;
}

static void nap(double seconds) {
  struct timespec time = {(time_t)seconds,
                          (long)(1e9 * (seconds - (double)(time_t)seconds))};
  nanosleep(&time, NULL);
}

/* How many whole lines the table has, 0 if it is not there. */
static size_t count_lines(const char *path) {
  size_t count = 0;
  if (!exists(path))
    return 0;
  char *text = slurp(path);
  for (const char *c = text; *c; c++)
    count += *c == '\n';
  free(text);
  return count;
}

/* Kill the sweep three times, at moments that differ from one time the test is
 * run to the next, each within so many seconds; then let it end. */
static void kill_and_go_on(const char *jobs, double within) {
  unsigned seed = (unsigned)time(NULL);
  size_t before = 0;
  srand(seed);
  for (int i = 0; i < 3; i++) {
    int status;
    pid_t child = start_sweep(jobs);
    nap(0.02 + within * rand() / RAND_MAX);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    size_t after = count_lines("out/runs.csv");
    ck_assert_msg(after >= before, "seed %u: runs were lost", seed);
    before = after;
  }
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume --jobs %s", jobs), 0);
}

START_TEST(a_killed_sweep_goes_on) {
  run_whole();
  kill_and_go_on("1", 0.4);
  assert_same("out", "whole");
}
END_TEST

/* bench/ of the sources in the test's folder. */
static void link_bench(void) {
  char *link;
  ck_assert_ptr_nonnull(getenv("YSTEP_SOURCE")); /* run through `make test` */
  ck_assert_int_gt(asprintf(&link, "%s/bench", getenv("YSTEP_SOURCE")), 0);
  ck_assert_int_eq(symlink(link, "bench"), 0);
  free(link);
}

START_TEST(the_sweeps_that_are_shipped_can_be_planned) {
  static const char *const names[] = {"broad", "paper"};
  link_bench();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    ck_assert_int_eq(ystep("sweep bench/sweeps/%s.yaml --dry-run", names[i]),
                     0);
    char *said = slurp("out.txt");
    ck_assert_ptr_nonnull(strstr(said, " runs planned, 0 done"));
    free(said);
  }
}
END_TEST

/* The same with the broad sweep over synthetic and recorded batches. */
START_TEST(a_killed_broad_sweep_goes_on) {
  link_bench();
  ck_assert_int_eq(symlink("bench/sweeps/broad.yaml", "plan.yaml"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --jobs 2"), 0);
  ck_assert_uint_ge(count_rows("whole/runs.csv"), 300);
  kill_and_go_on("2", 5);
  assert_same("out", "whole");
}
END_TEST

/* Cut the last `bytes` bytes off a file. */
static void cut(const char *path, off_t bytes) {
  struct stat status;
  ck_assert_int_eq(stat(path, &status), 0);
  ck_assert_int_eq(
      truncate(path, status.st_size > bytes ? status.st_size - bytes : 0), 0);
}

/* A table that ends anywhere, even within its header, or is not there. */
START_TEST(a_torn_table_is_mended) {
  const char *const names[] = {"out/runs.csv", "out/traces.csv",
                               "out/settings.csv"};
  const off_t bytes[] = {1, 60, 1 << 20};
  run_whole();
  for (size_t n = 0; n < 3; n++)
    for (size_t b = 0; b < 3; b++) {
      bool is_settings = n == 2;
      ck_assert_int_eq(system("rm -rf out && cp -r whole out"), 0);
      cut(names[n], bytes[b]);
      /* Written last, runs.csv is never longer than settings.csv allows; and
       * what is in runs.csv has its whole trace. */
      if (is_settings || n == 1)
        cut("out/runs.csv", is_settings && b < 2 ? 2000 : 1 << 20);
      ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
      assert_same("out", "whole");
    }
}
END_TEST

/* A full disk, played by a limit on the size of files: the sweep stops with a
 * message, and goes on when there is room again. */
START_TEST(a_full_disk_stops_a_sweep_that_then_goes_on) {
  int status;
  run_whole();
  for (rlim_t most = 200; most < 8000; most = most * 3 / 2) {
    pid_t child = fork();
    if (child == 0) {
      struct rlimit limit = {most, most};
      signal(SIGXFSZ, SIG_IGN);
      if (!freopen("/dev/null", "w", stdout) ||
          !freopen("/dev/null", "w", stderr))
        _exit(99);
      setrlimit(RLIMIT_FSIZE, &limit);
      execl(getenv("YSTEP"), "ystep", "sweep", "plan.yaml", "-o", "out",
            "--resume", NULL);
      _exit(99);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 2);
  }
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(an_interrupt_keeps_what_is_done) {
  int status;
  run_whole();
  pid_t child = start_sweep("1");
  wait_for_rows("out/runs.csv");
  kill(child, SIGINT);
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert(WIFEXITED(status));
  ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGINT);
  char *errors = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(errors, "interrupted"));
  free(errors);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(a_new_solver_runs_alone) {
  char more[1024];
  run_whole();
  char *before = slurp("whole/runs.csv");
  strcpy(more, plan);
  char *place = strstr(more, "md, 'pgd");
  memmove(place + 7, place, strlen(place) + 1);
  memcpy(place, "pgd,   ", 7);
  put_text("plan.yaml", more);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume"), 0);
  char *after = slurp("whole/runs.csv");
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS + RUNS / 3);
  ck_assert(strncmp(before, after, strlen(before)) == 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  assert_same("out", "whole");
  /* One that is taken out again leaves its runs. */
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume"), 0);
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS + RUNS / 3);
  free(before);
  free(after);
}
END_TEST

START_TEST(other_settings_do_not_mix) {
  char other[1024];
  run_whole();
  strcpy(other, plan);
  memcpy(strstr(other, "max-iter: 30"), "max-iter: 20", 12);
  put_text("plan.yaml", other);
  char *before = slurp("whole/runs.csv");
  assert_refuses("sweep plan.yaml -o whole", "whole|--resume|--force");
  assert_refuses("sweep plan.yaml -o whole --resume",
                 "whole|run 1|other limits|--replace");
  char *after = slurp("whole/runs.csv");
  ck_assert_str_eq(before, after);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume --replace"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  assert_same("out", "whole");
  free(before);
  free(after);
}
END_TEST

START_TEST(the_directory_of_a_run_is_left_alone) {
  write_plan();
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em --max-iter 2 -o out"),
                   0);
  char *before = slurp("out/runs.csv");
  assert_refuses("sweep plan.yaml -o out", "out|--force");
  assert_refuses("sweep plan.yaml -o out --resume", "out|settings.csv");
  assert_refuses("merge new out", "out|settings.csv");
  char *after = slurp("out/runs.csv");
  ck_assert_str_eq(before, after);
  free(before);
  free(after);
}
END_TEST

/* --------------------------------------------------------------- shards -- */

START_TEST(shards_merge_to_the_whole) {
  run_whole();
  ck_assert_int_eq(ystep("sweep plan.yaml -o a --shard 1/2 --save-labels"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o b --shard 2/2 --save-labels"), 0);
  ck_assert_uint_gt(count_rows("a/runs.csv"), 0);
  ck_assert_uint_gt(count_rows("b/runs.csv"), 0);
  ck_assert_int_eq(ystep("merge out a b a"), 0);
  assert_same("out", "whole");
  ck_assert_uint_eq(count_rows("out/settings.csv"), RUNS);
  table runs = read_table("out/runs.csv"), all = read_table("whole/runs.csv");
  for (size_t i = 1; i < runs.rows; i++)
    for (size_t j = 1; j < all.rows; j++)
      if (strcmp(at(&runs, i, "run_id"), at(&all, j, "run_id")) == 0) {
        ck_assert_str_eq(at(&runs, i, "solver"), at(&all, j, "solver"));
        ck_assert_str_eq(at(&runs, i, "problem"), at(&all, j, "problem"));
        ck_assert_str_eq(at(&runs, i, "repeat"), at(&all, j, "repeat"));
      }
  free_table(&runs);
  free_table(&all);
  ck_assert_int_eq(system("test $(ls out/labels | wc -l) -eq 40"), 0);
  ck_assert_int_eq(system("grep -q '\"merged\"' out/meta.json"), 0);
  /* A merged directory is one that a sweep can go on in. */
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(runs_done_twice_are_not_merged) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o a --shard 1/2"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o b --shard 1/2"), 0);
  assert_refuses("merge out a b", "a, run|b, run|done twice");
  ck_assert(!exists("out"));
}
END_TEST

/* Directories that gave the same run_id to different runs. */
START_TEST(merged_runs_have_ids_of_their_own) {
  write_plan();
  put_text("other.yaml", "problems: dirichlet:M=50,K=3\nsolvers: [em, md]\n"
                         "max-iter: 5\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o a"), 0);
  ck_assert_int_eq(ystep("sweep other.yaml -o b"), 0);
  ck_assert_int_eq(ystep("merge out a b"), 0);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 1 + RUNS + 2);
  for (size_t i = 1; i < runs.rows; i++)
    for (size_t j = 1; j < i; j++)
      ck_assert_str_ne(at(&runs, i, "run_id"), at(&runs, j, "run_id"));
  free_table(&runs);
}
END_TEST

/* -------------------------------------------------------------- misfits -- */

/* The path of the program whose table has solvers that misbehave. */
static void use_misfits(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s", getenv("YSTEP"));
  *strrchr(path, '/') = '\0';
  strcat(path, "/tests/support/ystep-misfits");
  ck_assert_msg(exists(path), "%s is not built", path);
  setenv("YSTEP", path, 1);
}

/* A program under AddressSanitizer has no memory limit. */
#ifdef YS_SANITIZE
#define HOARD ""
enum { MISFITS = 2 };
#else
#define HOARD ", hoard"
enum { MISFITS = 3 };
#endif

static const char misfits[] =
    "problems: dirichlet:M=50,K=3\n"
    "solvers: [em, crash, {solver: hang, wall-limit: 2}" HOARD "]\n"
    "tol: 0\nmax-iter: 5\nmemory-limit: 600\nthreads: 1\n";

START_TEST(a_misbehaving_solver_is_a_failed_row) {
  use_misfits();
  put_text("misfits.yaml", misfits);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out"), 1);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 2 + MISFITS);
  for (size_t i = 1; i < runs.rows; i++) {
    const char *solver = at(&runs, i, "solver");
    const char *message = at(&runs, i, "message");
    ck_assert_str_eq(at(&runs, i, "status"),
                     strcmp(solver, "em") == 0 ? "max_iter" : "failed");
    if (strcmp(solver, "crash") == 0)
      assert_says(message, "signal 11|Segmentation fault");
    else if (strcmp(solver, "hang") == 0)
      assert_says(message, "killed at the wall limit of 2 s");
    else if (strcmp(solver, "hoard") == 0)
      assert_says(message, "killed by signal|limit: 600 MiB");
  }
  free_table(&runs);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out --resume"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 1 + MISFITS);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out --resume --retry-failed"),
                   1);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 1 + MISFITS);
  ck_assert_uint_eq(count_rows("out/settings.csv"), 1 + MISFITS);
}
END_TEST

/* Whether a process is there and is not merely waiting to be buried. */
static bool is_alive(int pid) {
  char path[64], state = 'Z';
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file)
    return false;
  ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
  fclose(file);
  return state != 'Z' && state != 'X';
}

/* The first child of a process, waited for. */
static int child_of(pid_t parent) {
  char path[64];
  int child = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
  for (int i = 0; i < 3000 && !child; i++) {
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%d", &child) != 1)
      child = 0;
    if (file)
      fclose(file);
    nap(0.01);
  }
  ck_assert_msg(child != 0, "no worker came");
  return child;
}

START_TEST(workers_die_with_their_sweep) {
  int status;
  use_misfits();
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\nsolvers: hang\n"
                        "wall-limit: 600\n");
  pid_t sweep = start_sweep("1");
  int worker = child_of(sweep);
  ck_assert(is_alive(worker));
  kill(sweep, SIGKILL);
  ck_assert_int_eq(waitpid(sweep, &status, 0), sweep);
  for (int i = 0; i < 1000 && is_alive(worker); i++)
    nap(0.01);
  ck_assert(!is_alive(worker));
}
END_TEST

START_TEST(two_sweeps_do_not_share_a_directory) {
  int status;
  use_misfits();
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\nsolvers: hang\n"
                        "wall-limit: 600\n");
  pid_t sweep = start_sweep("1");
  child_of(sweep);
  ck_assert_int_eq(system("\"$YSTEP\" sweep plan.yaml -o out --resume "
                          "2>second.txt >/dev/null"),
                   2 << 8);
  char *text = slurp("second.txt");
  ck_assert_ptr_nonnull(strstr(text, "another command"));
  free(text);
  kill(sweep, SIGKILL);
  ck_assert_int_eq(waitpid(sweep, &status, 0), sweep);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep");
  TCase *tests = tcase_create("sweep");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, a_sweep_leaves_its_tables);
  tcase_add_test(tests, a_dry_run_writes_nothing);
  tcase_add_test(tests, bad_input_is_one_line_and_writes_nothing);
  tcase_add_test(tests, paths_may_be_what_they_like);
  tcase_add_test(tests, side_by_side_is_the_same);
  tcase_add_test(tests, a_report_says_how_to_do_each_run_again);
  tcase_add_test(tests, labels_are_saved);
  tcase_add_test(tests, a_killed_sweep_goes_on);
  tcase_add_test(tests, the_sweeps_that_are_shipped_can_be_planned);
  tcase_add_test(tests, a_killed_broad_sweep_goes_on);
  tcase_add_test(tests, a_torn_table_is_mended);
  tcase_add_test(tests, a_full_disk_stops_a_sweep_that_then_goes_on);
  tcase_add_test(tests, an_interrupt_keeps_what_is_done);
  tcase_add_test(tests, a_new_solver_runs_alone);
  tcase_add_test(tests, other_settings_do_not_mix);
  tcase_add_test(tests, the_directory_of_a_run_is_left_alone);
  tcase_add_test(tests, shards_merge_to_the_whole);
  tcase_add_test(tests, runs_done_twice_are_not_merged);
  tcase_add_test(tests, merged_runs_have_ids_of_their_own);
  tcase_add_test(tests, a_misbehaving_solver_is_a_failed_row);
  tcase_add_test(tests, workers_die_with_their_sweep);
  tcase_add_test(tests, two_sweeps_do_not_share_a_directory);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
