#include "bench/checks/checker.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

ys_code checker_open(checker *c, const check_task *task, check_sink *sink,
                     void *context, ys_error *error) {
  *c = (checker){task, task->subject, sink, context, ys_rng_alloc()};
  if (!c->rng)
    return ys_fail_memory(error, "random numbers");
  ys_rng_seed(c->rng, task->seed, YS_RNG_START, 0);
  return YS_OK;
}

void checker_close(checker *c) {
  ys_rng_free(c->rng);
  c->rng = NULL;
}

/* --------------------------------------------------------- findings ---- */

void check_count(check_tally *tally, double violation) {
  tally->samples++;
  tally->worst = fmax(tally->worst, isnan(violation) ? INFINITY : violation);
}

bool check_observed(const check_finding *finding) {
  return finding->worst <= finding->tolerance;
}

bool check_passed(const check_finding *finding) {
  return check_observed(finding) == finding->expected;
}

ys_code check_report(const checker *c, const check_law *law, const char *loss,
                     const char *fairness, check_tally tally, ys_error *error) {
  check_finding finding = {.check = law->name,
                           .problem = c->task->problem,
                           .loss = loss,
                           .fairness = fairness,
                           .samples = tally.samples,
                           .worst = tally.samples ? tally.worst : 0,
                           .tolerance = law->tolerance,
                           .expected = law->expected};
  return c->sink(c->context, &finding, error);
}

/* ---------------------------------------------------------- samples ---- */

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

typedef struct column {
  double mean;
  size_t index;
} column;

static int by_mean(const void *a, const void *b) {
  const column *left = a, *right = b;
  if (left->mean != right->mean)
    return left->mean < right->mean ? 1 : -1;
  return left->index < right->index ? -1 : 1;
}

/* Row i of `rows` evenly spaced ones. */
static const double *spaced_row(const ys_batch *batch, size_t i, size_t rows) {
  return batch->sigma + i * batch->rows / rows * batch->classes;
}

/* The columns over these rows: as they are, or those of largest mean first. */
static column *list_columns(const ys_batch *batch, size_t rows, bool ranked) {
  column *columns = calloc(batch->classes, sizeof *columns);
  for (size_t k = 0; columns && k < batch->classes; k++) {
    columns[k].index = k;
    for (size_t i = 0; i < rows; i++)
      columns[k].mean += spaced_row(batch, i, rows)[k];
  }
  if (columns && ranked)
    qsort(columns, batch->classes, sizeof *columns, by_mean);
  return columns;
}

static void copy_row(const double *from, const column *columns, double *row,
                     size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row[k] = from[columns[k].index];
  for (size_t k = 0; k < n; k++) /* a row without any of them is uniform */
    row[k] = sum > 0 ? row[k] / sum : 1 / (double)n;
}

static size_t affordable_rows(const ys_batch *batch, size_t rows,
                              size_t classes) {
  size_t most = CHECK_ENTRIES / classes;
  most = most < CHECK_LEAST_ROWS ? CHECK_LEAST_ROWS : most;
  rows = least(least(rows, most), batch->rows);
  return rows - (rows % 2 == 0); /* 1, 3, ... */
}

ys_code checker_sample(const checker *c, size_t rows, size_t classes,
                       ys_batch *sample, ys_error *error) {
  const ys_batch *batch = c->task->batch;
  bool all = classes == CHECK_ALL;
  size_t count = all ? batch->classes : least(classes, batch->classes);
  rows = affordable_rows(batch, rows, count);
  column *columns = list_columns(batch, rows, !all);
  if (!columns)
    return ys_fail_memory(error, "a sample of the batch");
  while (!all && count > 2 && columns[count - 1].mean == 0)
    count--;
  ys_code code = ys_batch_alloc(sample, c->task->problem, rows, count, error);
  for (size_t i = 0; !code && i < rows; i++)
    copy_row(spaced_row(batch, i, rows), columns, sample->sigma + i * count,
             count);
  free(columns);
  return code;
}

static void clear_some(ys_batch *sample) {
  const size_t n = sample->classes;
  for (size_t i = 0; i < sample->rows; i += 2) {
    double *row = sample->sigma + i * n, rest = 1 - row[i / 2 % n];
    if (rest < 1e-3)
      continue;
    row[i / 2 % n] = 0;
    for (size_t k = 0; k < n; k++)
      row[k] /= rest;
  }
}

void checker_row(const checker *c, double parameter, double *row, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row[k] = gsl_ran_gamma(c->rng, parameter, 1);
  for (size_t k = 0; k < n; k++)
    row[k] = sum > 0 ? row[k] / sum : 1 / (double)n;
}

/* ----------------------------------------------------------- stages ---- */

void check_stage_free(check_stage *stage) {
  ys_objective_free(&stage->objective);
  ys_scratch_free(&stage->scratch);
  ys_give_back(&stage->memory);
}

ys_code checker_stage(const checker *c, const ys_batch *sample, int pair,
                      double lambda, bool prior, check_stage *stage,
                      ys_error *error) {
  const size_t entries = ys_times(sample->rows, sample->classes);
  double *u = NULL;
  *stage = (check_stage){0};
  ys_memory *memory = &stage->memory;
  double **points[] = {&stage->y, &stage->from, &stage->to, &stage->gradient};
  for (size_t p = 0; p < sizeof points / sizeof *points; p++)
    *points[p] = ys_take_numbers(memory, entries, "the points of a check");
  if (prior)
    u = ys_take_numbers(memory, sample->classes, "a prior");
  ys_code code = ys_memory_check(memory, error);
  if (!code && prior)
    checker_row(c, 3, u, sample->classes); /* never near 0 */
  if (!code)
    code = ys_objective_init(&stage->objective, sample,
                             (ys_loss)(pair / YS_FAIRNESSES),
                             (ys_fairness)(pair % YS_FAIRNESSES), lambda, u,
                             c->task->threads, error);
  if (!code)
    code = ys_scratch_init(&stage->scratch, &stage->objective, error);
  return code;
}

/* Clear the entries where sigma is 0; a row with no others becomes sigma. */
static void avoid_zeros(const double *sigma, double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += y[k] = sigma[k] > 0 ? y[k] : 0;
  for (size_t k = 0; k < n; k++)
    y[k] = sum > 0 ? y[k] / sum : sigma[k];
}

void checker_point(const checker *c, const check_stage *stage, double parameter,
                   double *y) {
  const ys_batch *batch = stage->objective.batch;
  const size_t n = batch->classes;
  for (size_t i = 0; i < batch->rows; i++) {
    checker_row(c, parameter, y + i * n, n);
    if (stage->objective.loss == YS_SHANNON)
      avoid_zeros(batch->sigma + i * n, y + i * n, n);
  }
}

void check_between(const check_stage *stage, double t, double *y) {
  const ys_batch *batch = stage->objective.batch;
  for (size_t e = 0; e < batch->rows * batch->classes; e++)
    y[e] = (1 - t) * stage->from[e] + t * stage->to[e];
}

double checker_value(const checker *c, check_stage *stage, const double *y) {
  return c->subject->value(&stage->objective, y, &stage->scratch);
}

ys_labels check_labels(const check_stage *stage) {
  const ys_batch *batch = stage->objective.batch;
  return ys_labels_view(stage->y, batch->rows, batch->classes);
}

ys_verdict checker_judge(const checker *c, check_stage *stage,
                         const double *hint) {
  const ys_labels y = check_labels(stage);
  return c->subject->judge(&stage->objective, &y, hint, &stage->scratch);
}

double checker_loss(const checker *c, check_stage *stage, ys_loss loss,
                    const double *sigma, const double *y) {
  const ys_batch *batch = stage->objective.batch;
  stage->objective.loss = loss;
  memcpy(batch->sigma, sigma, batch->classes * sizeof *sigma);
  return checker_value(c, stage, y);
}

/* ----------------------------------------------------------- trials ---- */

static ys_code make_rows(const checker *c, const check_trial *trial,
                         ys_batch *rows, ys_error *error) {
  const size_t all = c->task->batch->classes;
  if (trial->kind == CHECK_PLANTED)
    return ys_batch_alloc(
        rows, c->task->problem, trial->rows,
        trial->classes == CHECK_ALL ? all : least(trial->classes, all), error);
  ys_code code = checker_sample(c, trial->rows ? trial->rows : CHECK_ROWS,
                                trial->classes, rows, error);
  if (!code && trial->kind == CHECK_ZEROS)
    clear_some(rows);
  return code;
}

static ys_code try_stage(const checker *c, const check_trial *trial,
                         const ys_batch *rows, int pair, int at,
                         check_tally *tallies, ys_error *error) {
  static const double usual[] = {0.1, 1, 10};
  const bool own = trial->lambdas > 0;
  check_stage stage;
  ys_code code =
      checker_stage(c, rows, pair, own ? trial->at[at].lambda : usual[at],
                    own ? trial->at[at].prior : usual[at] != 1, &stage, error);
  for (int i = 0; !code && (i == 0 || i < trial->tries); i++)
    code = trial->try(c, &stage, tallies, error);
  check_stage_free(&stage);
  return code;
}

static ys_code try_pair(const checker *c, const check_trial *trial,
                        const ys_batch *rows, int pair, ys_error *error) {
  check_tally tallies[CHECK_LAWS] = {NO_SAMPLES, NO_SAMPLES, NO_SAMPLES};
  const int lambdas = trial->lambdas ? trial->lambdas : 3;
  const int stages = trial->stages ? trial->stages : 1;
  ys_code code = YS_OK;
  for (int i = 0; !code && i < lambdas * stages; i++)
    code = try_stage(c, trial, rows, pair, i / stages, tallies, error);
  const char *loss = ys_loss_name((ys_loss)(pair / YS_FAIRNESSES));
  const char *fairness = ys_fairness_name((ys_fairness)(pair % YS_FAIRNESSES));
  for (int i = 0; !code && i < CHECK_LAWS && trial->laws[i].name; i++)
    code = check_report(c, &trial->laws[i], trial->no_loss ? "-" : loss,
                        trial->no_fairness ? "-" : fairness, tallies[i], error);
  return code;
}

static ys_code run_trial(const checker *c, const check_trial *trial,
                         ys_error *error) {
  const check_subject *instead = &trial->instead;
  check_subject subject = *c->subject;
  checker own = *c;
  ys_batch rows;
  own.subject = &subject;
  subject.gradient = instead->gradient ? instead->gradient : subject.gradient;
  subject.bound = instead->bound ? instead->bound : subject.bound;
  subject.judge = instead->judge ? instead->judge : subject.judge;
  ys_code code = make_rows(c, trial, &rows, error);
  if (code)
    return code;
  const int first = trial->pairs == CHECK_MAIN_PAIR ? CHECK_MAIN : 0;
  const int pairs = trial->pairs == CHECK_EVERY_PAIR  ? CHECK_PAIRS
                    : trial->pairs == CHECK_MAIN_PAIR ? 1
                                                      : YS_FAIRNESSES;
  for (int pair = first; !code && pair < first + pairs; pair++)
    code = try_pair(&own, trial, &rows, pair, error);
  ys_batch_free(&rows);
  return code;
}

const check_subject check_library = {ys_objective_value, ys_objective_gradient,
                                     ys_lower_bound, ys_certify};

ys_code checks_run(const check_task *task, check_sink *sink, void *context,
                   ys_error *error) {
  static const check_trial *const trials[] = {
      &check_convexity, &check_joint_convexity,
      &check_gradients, &check_forgetful_gradient,
      &check_curvature, &check_joint_curvature,
      &check_bounds,    &check_raised_bound,
      &check_judge};
  checker c;
  ys_code code = checker_open(&c, task, sink, context, error);
  for (size_t i = 0; !code && i < sizeof trials / sizeof *trials; i++)
    code = run_trial(&c, trials[i], error);
  if (!code)
    code = check_losses(&c, error);
  if (!code)
    code = run_trial(&c, &check_fairness, error);
  checker_close(&c);
  return code;
}
