/* Solvers and the judge where ranks hold the rows between them: the same bits
 * of everything, on any number of ranks, as in one process. */
#include "library/run.h"
#include "problems/problem.h"
#include "tests/support/testing.h"
#include "tests/support/thread_ranks.h"

#include <string.h>

typedef struct a_case {
  const char *problem, *solver, *start;
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
  long iterations;
} a_case;

/* Of no rows that are divided by anything. */
static const a_case cases[] = {
    {"dirichlet:M=20011,K=2", "em", "uniform", YS_COLLISION, YS_STRONG, 1, 60},
    {"gaussian:M=5003,K=10,scale=3,skew=2", "em", "random", YS_COLLISION,
     YS_STRONG, 1, 40},
    {"dirichlet:M=3001,K=20,alpha=0.01", "em:accel=squarem", "uniform",
     YS_COLLISION, YS_STRONG, 10, 12},
    {"dirichlet:M=3001,K=20", "em:accel=anderson", "uniform", YS_COLLISION,
     YS_STRONG, 10, 20},
    {"gaussian:M=997,K=50,noise=0.5", "em", "sigma", YS_REVERSE, YS_STRONG, 1,
     40},
    {"dirichlet:M=331,K=1000,alpha=0.1", "em", "uniform", YS_COLLISION,
     YS_STRONG, 1, 12},
    {"dirichlet:M=20011,K=2", "md", "uniform", YS_COLLISION, YS_STRONG, 10, 40},
    {"gaussian:M=5003,K=10,scale=3,skew=2", "md", "random", YS_SHANNON, YS_WEAK,
     1, 30},
    {"gaussian:M=2003,K=30,scale=2", "md:accel=1", "uniform", YS_COLLISION,
     YS_STRONG, 10, 30},
    {"gaussian:M=2003,K=30,scale=2", "md:step=1", "uniform", YS_REVERSE,
     YS_STRONG, 1, 30},
    {"dirichlet:M=331,K=1000,alpha=0.1", "md", "uniform", YS_COLLISION,
     YS_STRONG, 1, 8},
    {"dirichlet:M=20011,K=2", "pgd", "uniform", YS_COLLISION, YS_STRONG, 1, 40},
    {"gaussian:M=5003,K=10,scale=3,skew=2", "pgd", "random", YS_COLLISION,
     YS_WEAK, 10, 40},
    {"gaussian:M=5003,K=10,scale=3,skew=2", "pgd:step=bb", "uniform",
     YS_COLLISION, YS_STRONG, 1, 40},
    {"gaussian:M=2003,K=30,scale=2", "pgd:accel=1", "uniform", YS_SHANNON,
     YS_STRONG, 1, 30},
    {"dirichlet:M=3001,K=20", "pgd:step=1000", "uniform", YS_COLLISION,
     YS_STRONG, 10, 30}, /* leaves the domain */
    {"dirichlet:M=331,K=1000,alpha=0.1", "pgd", "uniform", YS_COLLISION,
     YS_STRONG, 1, 8},
    {"dirichlet:M=20011,K=2", "em", "zeros", YS_COLLISION, YS_STRONG, 1, 40},
    /* exact: what every rank does alone, */
    {"gaussian:M=5003,K=10,scale=3,skew=2", "exact", "gathered", YS_COLLISION,
     YS_STRONG, 1, 9},
    {"gaussian:M=331,K=1000,scale=4,skew=1", "exact", "random", YS_COLLISION,
     YS_STRONG, 10, 9},
    {"gaussian:M=997,K=50", "exact", "uniform", YS_REVERSE, YS_WEAK, 1, 9},
    /* what Newton's method does, */
    {"dirichlet:M=1050011,K=2", "exact", "sparse", YS_COLLISION, YS_STRONG, 1,
     3},
    {"gaussian:M=420011,K=5,scale=4,skew=1", "exact", "sparse", YS_COLLISION,
     YS_STRONG, 1, 3},
    {"gaussian:M=210011,K=10,scale=4,skew=1", "exact", "sparse", YS_COLLISION,
     YS_STRONG, 0.01, 3},
    {"gaussian:M=30011,K=100,scale=4,skew=1", "exact", "sparse", YS_COLLISION,
     YS_STRONG, 1, 3},
    {"gaussian:M=30011,K=100,scale=4,skew=1", "exact", "uniform", YS_COLLISION,
     YS_STRONG, 100, 2},
    {"gaussian:M=16411,K=200,scale=3,skew=1", "exact", "sparse", YS_COLLISION,
     YS_STRONG, 1, 3},
    /* what rounds do, on samples and on all rows, and sweeps */
    {"gaussian:M=220003,K=10,scale=3,skew=3", "exact", "sparse", YS_COLLISION,
     YS_STRONG, 10, 5},
    {"gaussian:M=20011,K=200,scale=10,skew=1", "exact", "gathered",
     YS_COLLISION, YS_STRONG, 10, 2},
};
enum { CASES = sizeof cases / sizeof *cases };

typedef struct outcome {
  ys_code code;
  ys_error error;
  ys_run_end end;
  long iterations;
  double objective, bound, gap, frank_wolfe, lower;
  char message[256];
  size_t first, rows; /* of the labels */
  size_t entries;     /* that sparse ones have */
  double *y;
} outcome;

typedef struct job {
  const a_case *of;
  size_t lost; /* the rank that is lost, in the step that it says */
  long when;
  bool stops; /* a stop is wanted as soon as anybody asks */
  outcome out[MOST_RANKS];
} job;

/* --------------------------------------------------------- one process ---- */

static double no_seconds(void *context) {
  (void)context;
  return 0;
}

static bool stops(const ys_run *run, void *context) {
  (void)run;
  return ((job *)context)->stops;
}

static const char *ends_with_ranks(const ys_run *run, void *context) {
  const ys_ranks *ranks = run->objective->batch->ranks;
  const job *j = context;
  if (ranks && ranks->rank == j->lost && run->iterations == j->when)
    post_lose(ranks);
  return ys_ranks_loss(ranks);
}

/* The first rows stay where they are, and the others do not. */
static void start_with_zeros(const ys_batch *batch, double *y) {
  const ys_share share = ys_batch_share(batch);
  const size_t n = batch->classes, first = ys_share_first_row(&share);
  for (size_t i = 0; i < batch->rows; i++)
    for (size_t k = 0; k < n; k++)
      y[i * n + k] = first + i > 5000       ? 1 / (double)n
                     : k == (first + i) % n ? 0
                                            : 1 / (double)(n - 1);
}

/* Sparse labels: of large batches, whose rows stay with their ranks, or are
 * gathered by all. */
static bool is_sparse(const char *start) {
  return strcmp(start, "sparse") == 0 || strcmp(start, "gathered") == 0;
}

static ys_code make_labels(const char *start, const ys_objective *objective,
                           ys_labels *y, ys_error *error) {
  if (is_sparse(start))
    return ys_labels_make_sparse(y, objective->batch->rows,
                                 objective->batch->classes, error);
  ys_code code = ys_labels_make_dense(y, objective->batch->rows,
                                      objective->batch->classes, error);
  if (code)
    return code;
  if (strcmp(start, "random") == 0)
    return ys_start_random(objective, 7, y->dense, error);
  if (strcmp(start, "sigma") == 0)
    ys_start_sigma(objective, y->dense);
  else if (strcmp(start, "zeros") == 0)
    start_with_zeros(objective->batch, y->dense);
  else
    ys_start_uniform(objective, y->dense);
  return YS_OK;
}

static void solve(const ys_objective *objective, job *j, ys_labels *y,
                  outcome *out) {
  const a_case *c = j->of;
  ys_options options;
  ys_scratch scratch;
  ys_labels spare = {0};
  ys_run run = {.objective = objective,
                .options = &options,
                .tolerance = 1e-9,
                .max_iterations = c->iterations,
                .y = y,
                .scratch = &scratch,
                .spare = &spare,
                .host = {j, no_seconds, ends_with_ranks, stops, NULL, NULL}};
  out->code = ys_solver_parse(c->solver, &run.solver, &options, &out->error);
  if (!out->code)
    out->code = ys_scratch_init(&scratch, objective, &out->error);
  if (!out->code)
    out->code = make_labels(c->start, objective, y, &out->error);
  if (!out->code)
    out->code = ys_run_go(&run, &out->error);
  out->end = run.end;
  out->iterations = run.iterations;
  out->objective = run.last.objective;
  out->bound = run.last.lower_bound;
  out->gap = run.last.gap;
  memcpy(out->message, run.message, sizeof run.message);
  if (!out->code) {
    out->frank_wolfe =
        y->dense ? ys_frank_wolfe_gap(objective, y, &scratch) : 0;
    out->lower = ys_lower_bound(objective, objective->prior, &scratch);
  }
  ys_labels_free(&spare);
  ys_scratch_free(&scratch);
  ys_options_free(&options);
}

/* Dense, whatever they are. */
static void take_labels(ys_labels *y, outcome *out) {
  ys_labels dense = {0};
  out->entries = y->begin ? ys_labels_entries(y) : 0;
  if (y->begin && !out->code)
    out->code = ys_labels_to_dense(y, &dense, &out->error);
  out->y = y->begin ? dense.dense : y->dense;
  if (y->begin)
    ys_labels_free(y);
}

/* What a rank does, every other one with two threads, or a process alone
 * (NULL).
 */
static void do_share(const ys_ranks *ranks, void *context) {
  job *j = context;
  outcome *out = &j->out[ranks ? ranks->rank : 0];
  ys_batch batch;
  ys_objective objective;
  ys_labels y = {0};
  out->code =
      ys_problem_make_share(j->of->problem, ranks, 1, &batch, &out->error);
  if (out->code)
    return;
  const ys_share share = ys_batch_share(&batch);
  out->first = ys_share_first_row(&share) * batch.classes;
  out->rows = batch.rows * batch.classes;
  out->code = ys_objective_init(
      &objective, &batch, j->of->loss, j->of->fairness, j->of->lambda, NULL,
      ranks ? 1 + (int)(ranks->rank % 2) : 1, &out->error);
  if (!out->code)
    solve(&objective, j, &y, out);
  take_labels(&y, out);
  ys_objective_free(&objective);
  ys_batch_free(&batch);
}

static void free_job(job *j) {
  for (size_t r = 0; r < MOST_RANKS; r++)
    free(j->out[r].y);
}

/* --------------------------------------------------------------- tests ---- */

static bool same(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static void compare(const a_case *c, size_t count, const outcome *rank,
                    const outcome *alone) {
  ck_assert_msg(rank->code == YS_OK, "%s on %s: %s", c->solver, c->problem,
                rank->error.text);
  ck_assert_msg(
      rank->end == alone->end && rank->iterations == alone->iterations &&
          same(rank->objective, alone->objective) &&
          same(rank->bound, alone->bound) && same(rank->gap, alone->gap) &&
          same(rank->frank_wolfe, alone->frank_wolfe) &&
          same(rank->lower, alone->lower),
      "%s on %s, %zu ranks: %ld %.17g %.17g, alone %ld %.17g %.17g", c->solver,
      c->problem, count, rank->iterations, rank->objective, rank->gap,
      alone->iterations, alone->objective, alone->gap);
  ck_assert_str_eq(rank->message, alone->message);
  ck_assert_msg(memcmp(rank->y, alone->y + rank->first,
                       rank->rows * sizeof *rank->y) == 0,
                "%s on %s, %zu ranks: labels", c->solver, c->problem, count);
}

/* A pass of exact over the rows is a message of a rank's a level of the tree:
 * in the mean of at most 8 K x 4 bytes. */
static void assert_little_is_sent(const a_case *c, const post_office *sent,
                                  size_t rank) {
  size_t n = 0;
  ck_assert_int_eq(sscanf(strstr(c->problem, "K="), "K=%zu", &n), 1);
  const size_t most = 8 * n * 4;
  ck_assert_msg(sent->bytes[rank] <= most * sent->sent[rank],
                "%s: %zu bytes in %zu messages", c->problem, sent->bytes[rank],
                sent->sent[rank]);
}

/* On how many numbers of ranks batches, and large ones, are solved, and how
 * often a rank is lost: fewer where the sanitizers make it ten times as slow.
 */
#ifdef YS_SANITIZE
enum { COUNTS = 2, LARGE_COUNTS = 1, LOSSES = 1 };
#else
enum { COUNTS = 5, LARGE_COUNTS = 2, LOSSES = 3 };
#endif

START_TEST(any_number_of_ranks_has_the_same_bits) {
  static job alone, spread;
  alone = (job){.of = &cases[_i], .lost = MOST_RANKS};
  do_share(NULL, &alone);
  ck_assert_msg(alone.out->code == YS_OK, "%s", alone.out->error.text);
  ck_assert_int_gt(alone.out->iterations, 0);
  static const size_t counts[] = {3, 2, 5, 4, 7};
  const bool is_large = is_sparse(cases[_i].start);
  for (size_t i = 0; i < (is_large ? LARGE_COUNTS : COUNTS); i++) {
    const size_t count = counts[i];
    spread = (job){.of = &cases[_i], .lost = MOST_RANKS};
    const post_office sent = run_ranks(count, do_share, &spread);
    size_t entries = 0;
    for (size_t r = 0; r < count; r++) {
      compare(&cases[_i], count, &spread.out[r], alone.out);
      entries += spread.out[r].rows;
      if (strcmp(cases[_i].start, "sparse") == 0)
        assert_little_is_sent(&cases[_i], &sent, r);
    }
    ck_assert_uint_eq(entries, alone.out->rows);
    free_job(&spread);
  }
  free_job(&alone);
}
END_TEST

/* Batches that every rank has the whole of, and not: rows without entries are
 * those of one process. */
START_TEST(a_stop_before_the_first_step_leaves_the_same_entries) {
  static const char *const problems[] = {
      "gaussian:M=100003,K=10,scale=3", "gaussian:M=5003,K=10,scale=3",
      "gaussian:M=2003,K=200,scale=3", "gaussian:M=220003,K=10,scale=3"};
  static job alone, spread;
  const a_case c = {problems[_i], "exact", "sparse", YS_COLLISION,
                    YS_STRONG,    1,       1};
  alone = (job){.of = &c, .lost = MOST_RANKS, .stops = true};
  spread = alone;
  do_share(NULL, &alone);
  run_ranks(3, do_share, &spread);
  size_t entries = 0;
  for (size_t r = 0; r < 3; r++) {
    compare(&c, 3, &spread.out[r], alone.out);
    entries += spread.out[r].entries;
  }
  ck_assert_uint_eq(entries, alone.out->entries);
  free_job(&spread);
  free_job(&alone);
}
END_TEST

/* At most 8 K x 4 x log2(ranks) bytes of a rank, in the mean over a run's
 * iterations, the judge's looks and the first numbers included; twice that
 * where the ranks are no power of two, which hold several nodes each. */
START_TEST(few_bytes_are_sent_an_iteration) {
  static const char *const solvers[] = {"em", "md", "pgd", "md:step=1"};
  static const struct {
    const char *problem;
    size_t classes;
  } on[] = {{"gaussian:M=20011,K=10,scale=3,skew=1", 10},
            {"gaussian:M=4009,K=100,scale=3", 100},
            {"dirichlet:M=331,K=1000,alpha=0.1", 1000}};
  static const size_t counts[] = {2, 3, 4, 8};
  const double n = (double)on[_i].classes;
  for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++)
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
      const size_t count = counts[i];
      static job j;
      const a_case c = {on[_i].problem, solvers[s], "uniform", YS_COLLISION,
                        YS_STRONG,      1,          60};
      j = (job){.of = &c, .lost = MOST_RANKS};
      const post_office sent = run_ranks(count, do_share, &j);
      for (size_t r = 0; r < count; r++) {
        const double a_step =
            (double)sent.bytes[r] / (double)j.out[0].iterations;
        const double most = 8 * n * 4 * log2((double)count);
        const bool subtrees = (count & (count - 1)) == 0;
        ck_assert_msg(a_step <= (subtrees ? most : 2 * most),
                      "%s, K = %g: rank %zu of %zu: %g bytes", solvers[s], n, r,
                      count, a_step);
      }
      free_job(&j);
    }
}
END_TEST

START_TEST(a_lost_rank_ends_the_run_of_all) {
  for (int c = 0; strcmp(cases[c].solver, "exact") != 0; c += 3)
    for (size_t lost = 0; lost < 3; lost++) {
      static job j;
      j = (job){.of = &cases[c], .lost = lost, .when = 3};
      run_ranks(3, do_share, &j);
      for (size_t r = 0; r < 3; r++)
        ck_assert_msg(j.out[r].code != YS_OK ||
                          j.out[r].end != YS_RUN_CONVERGED,
                      "%s: rank %zu", cases[c].solver, r);
      free_job(&j);
    }
}
END_TEST

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* In exact's long steps: with any letter. Nobody waits as long as it takes to
 * give somebody up. */
START_TEST(a_rank_lost_inside_a_step_ends_the_run_of_all) {
  static const a_case lost[] = {
      {"gaussian:M=210011,K=10,scale=4,skew=1", "exact", "sparse", YS_COLLISION,
       YS_STRONG, 1, 3},
      {"gaussian:M=220003,K=10,scale=3,skew=3", "exact", "sparse", YS_COLLISION,
       YS_STRONG, 10, 5},
      {"gaussian:M=20011,K=200,scale=10,skew=1", "exact", "sparse",
       YS_COLLISION, YS_STRONG, 10, 1},
      {"gaussian:M=5003,K=10,scale=3,skew=2", "exact", "uniform", YS_COLLISION,
       YS_STRONG, 1, 9}};
  static job j;
  j = (job){.of = &lost[_i], .lost = MOST_RANKS};
  const post_office whole = run_ranks(3, do_share, &j);
  free_job(&j);
  for (size_t trial = 0; trial < LOSSES; trial++) {
    const size_t rank = ((size_t)_i + trial) % 3;
    const size_t last = 1 + whole.sent[rank] * rank / 3;
    j = (job){.of = &lost[_i], .lost = MOST_RANKS};
    const double since = seconds_now();
    run_mortal_ranks(3, rank, last, do_share, &j);
    ck_assert_double_lt(seconds_now() - since, LONGEST_WAIT);
    for (size_t r = 0; r < 3; r++)
      ck_assert_msg(j.out[r].code != YS_OK ||
                        j.out[r].end != YS_RUN_CONVERGED ||
                        !isfinite(j.out[r].gap),
                    "rank %zu of which %zu was lost with letter %zu of %zu", r,
                    rank, last, whole.sent[rank]);
    free_job(&j);
  }
}
END_TEST

START_TEST(what_is_not_for_ranks_is_refused_by_all) {
  static const struct {
    const char *problem, *why;
  } refused[] = {{"planted:M=4000,K=10", "planted"},
                 {"dirichlet:M=100,K=10", "3 ranks"},
                 {"dirichlet:M=0,K=10", "M"},
                 {"file:path=no.npy", "no.npy"}};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    static job j;
    const a_case c = {.problem = refused[i].problem};
    j = (job){.of = &c, .lost = MOST_RANKS};
    run_ranks(3, do_share, &j);
    for (size_t r = 0; r < 3; r++) {
      ck_assert_int_ne(j.out[r].code, YS_OK);
      ck_assert_msg(strstr(j.out[r].error.text, refused[i].why), "%s",
                    j.out[r].error.text);
      ck_assert(strncmp(j.out[r].error.text, "rank", 4) != 0);
    }
  }
}
END_TEST

/* A batch of 2^27 numbers and a row's more: its shape, which is all that is
 * looked at before it is refused. */
static void begin_too_large(const ys_ranks *ranks, void *context) {
  enum { CLASSES = 1000, ROWS = (1 << 27) / CLASSES + 1 };
  outcome *out = &((job *)context)->out[ranks->rank];
  const ys_share share = ys_share_make(ranks, ROWS, CLASSES);
  const ys_batch batch = {.rows = ys_share_blocks(&share).rows,
                          .classes = CLASSES,
                          .ranks = ranks,
                          .whole_rows = ROWS};
  const ys_solver *exact;
  ys_options options;
  ys_objective objective;
  ys_labels y = {0};
  void *work = NULL;
  ys_solver_parse("exact", &exact, &options, NULL);
  out->code = ys_objective_init(&objective, &batch, YS_REVERSE, YS_STRONG, 1,
                                NULL, 1, &out->error);
  if (!out->code)
    out->code = ys_labels_make_sparse(&y, batch.rows, CLASSES, &out->error);
  if (!out->code)
    out->code = exact->init(&work, &objective, &options, &y, &out->error);
  out->iterations = work != NULL;
  ys_labels_free(&y);
  ys_objective_free(&objective);
  ys_options_free(&options);
}

START_TEST(what_is_too_large_for_every_rank_is_refused_by_all) {
  static job j;
  run_ranks(3, begin_too_large, &j);
  for (size_t r = 0; r < 3; r++) {
    const outcome *out = &j.out[r];
    ck_assert_int_eq(out->code, YS_UNSUPPORTED);
    ck_assert_msg(strstr(out->error.text, "134218 x 1000") &&
                      strstr(out->error.text, "up to 134217728"),
                  "%s", out->error.text);
    ck_assert_int_eq(out->iterations, 0);
  }
}
END_TEST

START_TEST(few_solvers_say_that_they_serve_ranks) {
  for (size_t s = 0; ys_solvers[s]; s++) {
    const char *name = ys_solvers[s]->name;
    const bool is_known = strcmp(name, "em") == 0 || strcmp(name, "md") == 0 ||
                          strcmp(name, "pgd") == 0 ||
                          strcmp(name, "exact") == 0;
    ck_assert_msg(ys_solvers[s]->over_ranks == is_known, "%s", name);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("over ranks");
  TCase *tests = tcase_create("over ranks");
  tcase_add_loop_test(tests, any_number_of_ranks_has_the_same_bits, 0, CASES);
  tcase_add_loop_test(
      tests, a_stop_before_the_first_step_leaves_the_same_entries, 0, 4);
  tcase_add_loop_test(tests, few_bytes_are_sent_an_iteration, 0, 3);
  tcase_add_test(tests, a_lost_rank_ends_the_run_of_all);
  tcase_add_loop_test(tests, a_rank_lost_inside_a_step_ends_the_run_of_all, 0,
                      4);
  tcase_add_test(tests, what_is_not_for_ranks_is_refused_by_all);
  tcase_add_test(tests, what_is_too_large_for_every_rank_is_refused_by_all);
  tcase_add_test(tests, few_solvers_say_that_they_serve_ranks);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
