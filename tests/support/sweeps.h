/* What suites of whole sweeps share: a plan, its results as sorted lines to
 * compare, a sweep left running. */
#ifndef SWEEPS_H
#define SWEEPS_H

#include "tests/support/program.h"

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

static inline void write_plan(void) {
  put_text("plan.yaml", plan);
}

/* ------------------------------------------------------- sets of results -- */

/* All that a directory holds but what differs from time to time, as sorted
 * lines: a line for each run and one for each of its recorded iterations. */
typedef struct lines {
  char **line;
  size_t count;
} lines;

static inline void add_line(lines *all, char *line) {
  all->line = realloc(all->line, (all->count + 1) * sizeof *all->line);
  all->line[all->count++] = line;
}

static inline char *join_fields(const table *t, size_t row,
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

static inline int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline lines read_lines(const char *dir) {
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

static inline void free_lines(lines *all) {
  for (size_t i = 0; i < all->count; i++)
    free(all->line[i]);
  free(all->line);
}

static inline void assert_same(const char *a, const char *b) {
  lines x = read_lines(a), y = read_lines(b);
  ck_assert_uint_eq(x.count, y.count);
  for (size_t i = 0; i < x.count; i++)
    ck_assert_str_eq(x.line[i], y.line[i]);
  free_lines(&x);
  free_lines(&y);
}

static inline size_t count_rows(const char *path) {
  table t = read_table(path);
  size_t rows = t.rows - 1;
  free_table(&t);
  return rows;
}

/* The whole plan, undisturbed, in `whole`. */
static inline void run_whole(void) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole"), 0);
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS);
}

/* -------------------------------------------------------- running sweeps -- */

/* Start `ystep sweep plan.yaml -o out --resume` and leave it running. */
static inline pid_t start_sweep(const char *jobs) {
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

static inline void nap(double seconds) {
  struct timespec time = {(time_t)seconds,
                          (long)(1e9 * (seconds - (double)(time_t)seconds))};
  nanosleep(&time, NULL);
}

/* bench/ of the sources in the test's folder. */
static inline void link_bench(void) {
  char *link;
  ck_assert_ptr_nonnull(getenv("YSTEP_SOURCE")); /* run through `make test` */
  ck_assert_int_gt(asprintf(&link, "%s/bench", getenv("YSTEP_SOURCE")), 0);
  ck_assert_int_eq(symlink(link, "bench"), 0);
  free(link);
}

#endif
