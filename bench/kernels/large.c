#include "bench/kernels/large.h"

#include "bench/kernels/measure.h"
#include "bench/system/clock_and_signals.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "solvers/solver.h"

#include <omp.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

typedef struct large {
  const char *spec;
  double lambda, tolerance;
} large;

static const large batches[] = {
    {"gaussian:M=1000000,K=10,scale=4,skew=1", 1, 1e-6},
    {"gaussian:M=400000,K=10,scale=3,skew=3", 1, 1e-8},
    {"gaussian:M=400000,K=10,scale=3,skew=3", 10, 1e-8},
    {"gaussian:M=200000,K=100,scale=4,skew=1", 1, 1e-6},
    {"gaussian:M=100000,K=1000,scale=6,skew=1", 1, 1e-6},
};
static const large small[] = {
    {"gaussian:M=40000,K=10,scale=4,skew=1", 1, 1e-6}};

/* One solve. */
typedef struct solve {
  ys_objective objective;
  ys_scratch scratch; /* the judge's */
  ys_labels y;
  const ys_solver *solver;
  void *work;
} solve;

static void close_solve(solve *s) {
  if (s->work)
    s->solver->free(s->work);
  ys_labels_free(&s->y);
  ys_scratch_free(&s->scratch);
  ys_objective_free(&s->objective);
}

static ys_code open_solve(solve *s, const ys_batch *batch, double lambda,
                          int threads, ys_error *error) {
  *s = (solve){0};
  ys_code code = ys_objective_init(&s->objective, batch, YS_COLLISION,
                                   YS_STRONG, lambda, NULL, threads, error);
  if (!code)
    code = ys_scratch_init(&s->scratch, &s->objective, error);
  if (!code)
    code = ys_labels_make_sparse(&s->y, batch->rows, batch->classes, error);
  return code;
}

/* Until the gap is small; *seconds by the clock, judging not counted. */
static ys_code run(solve *s, double tolerance, double (*clock)(void),
                   regions *watch, double *seconds, ys_error *error) {
  enum { MOST_STEPS = 200 };
  ys_options options;
  ys_code code = ys_solver_parse("exact", &s->solver, &options, error);
  if (code)
    return code;
  *seconds = -clock();
  regions_watch(watch);
  code = s->solver->init(&s->work, &s->objective, &options, &s->y, error);
  ys_options_free(&options);
  for (int i = 0; !code && i < MOST_STEPS; i++) {
    if (s->solver->step(s->work, &s->y, error) == YS_STEP_FAILED)
      code = YS_BAD_NUMERICS;
    *seconds += clock();
    regions_watch(NULL);
    if (code || ys_certify(&s->objective, &s->y,
                           s->solver->multipliers(s->work), &s->scratch)
                        .gap <= tolerance)
      return code;
    *seconds -= clock();
    regions_watch(watch);
  }
  regions_watch(NULL);
  return code ? code
              : ys_fail(error, YS_BAD_NUMERICS, "exact does not converge");
}

/* A solve from nothing, as the first of a process is. */
static ys_code measure(const large *l, const ys_batch *batch, int threads,
                       double (*clock)(void), regions *watch, double *seconds,
                       ys_error *error) {
  solve s;
  ys_code code = open_solve(&s, batch, l->lambda, threads, error);
  if (!code)
    code = run(&s, l->tolerance, clock, watch, seconds, error);
  close_solve(&s);
  return code;
}

static double time_read(const ys_batch *batch) {
  const double before = clock_seconds();
  volatile double sum = sigma_read(batch, 1);
  (void)sum;
  return clock_seconds() - before;
}

/* What is measured of a batch, a number a round. Timings by turns are many: how
 * fast two cores of a shared machine are together changes from one to the next.
 */
enum { ROUNDS = 25, WATCHED = 5 };
typedef struct measured {
  double one[ROUNDS], all[ROUNDS]; /* seconds by one thread and by all */
  double reads[ROUNDS];            /* one thread's, in reads of sigma */
  double faster[ROUNDS];
  double serial[WATCHED]; /* its share of one thread's work */
  double cores[WATCHED], law[WATCHED];
  bool seen; /* regions */
} measured;

/* Amdahl (1967). */
static double law_of(double serial) {
  return 1 / (serial + (1 - serial) / REGIONS_CORES);
}

static ys_code time_round(const large *l, const ys_batch *batch, int threads,
                          measured *m, size_t i, ys_error *error) {
  const double read = time_read(batch);
  ys_code code = measure(l, batch, 1, clock_seconds, NULL, &m->one[i], error);
  if (!code)
    code = measure(l, batch, threads, clock_seconds, NULL, &m->all[i], error);
  m->reads[i] = m->one[i] / read;
  m->faster[i] = m->one[i] / m->all[i];
  return code;
}

/* Not between timings: what so many threads ask for, and leave, is other memory
 * than theirs, and they take longer then. */
static ys_code watch_round(const large *l, const ys_batch *batch, measured *m,
                           size_t i, ys_error *error) {
  regions seen = {0};
  double worked = 0;
  ys_code code =
      measure(l, batch, REGIONS_CORES, regions_clock, &seen, &worked, error);
  m->serial[i] = regions_serial(&seen, worked) / worked;
  m->cores[i] = regions_speedup(&seen, worked);
  m->law[i] = law_of(m->serial[i]);
  m->seen = seen.count > 0;
  return code;
}

static double middle(double *values, size_t count) {
  return quartiles_of(values, count).median;
}

static void print_row(FILE *out, const large *l, measured *m, size_t rounds,
                      size_t watched) {
  fprintf(out, "| `%s` | %g | %.3g | %.1f | %.2f |", l->spec, l->lambda,
          middle(m->one, rounds), middle(m->reads, rounds),
          middle(m->faster, rounds));
  if (m->seen)
    fprintf(out, " %.1f | %.0f | %.0f |\n", 100 * middle(m->serial, watched),
            middle(m->law, watched), middle(m->cores, watched));
  else
    fprintf(out, " | | |\n");
  fflush(out);
}

static ys_code measure_batch(const large *l, int threads, size_t rounds,
                             FILE *out, ys_error *error) {
  ys_batch batch;
  measured m = {.seen = false};
  const size_t watched = rounds < WATCHED ? rounds : WATCHED;
  ys_code code = ys_problem_make(l->spec, threads, &batch, error);
  if (code)
    return code;
  for (size_t i = 0; !code && i < rounds; i++)
    code = time_round(l, &batch, threads, &m, i, error);
  for (size_t i = 0; !code && i < watched; i++)
    code = watch_round(l, &batch, &m, i, error);
  if (!code)
    print_row(out, l, &m, rounds, watched);
  ys_batch_free(&batch);
  return code;
}

ys_code large_measure(bool quick, FILE *out, ys_error *error) {
  const int threads = omp_get_num_procs();
  const large *all = quick ? small : batches;
  const size_t count =
      quick ? sizeof small / sizeof *small : sizeof batches / sizeof *batches;
  ys_code code = YS_OK;
  /* Large pieces from the system, even when others have been given back. */
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
  fprintf(out,
          "| batch | lambda | seconds | reads of sigma | times as fast by %d "
          "threads | %% serial | Amdahl with %d cores | region by region |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
          threads, REGIONS_CORES);
  for (size_t b = 0; !code && b < count && !interrupt_signal(); b++)
    code = measure_batch(&all[b], threads, quick ? 1 : ROUNDS, out, error);
  return code;
}
