#include "bench/checks/checker.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

ys_code checker_open(checker *c, const check_setting *setting, check_sink *sink,
                     void *context, ys_error *error) {
  *c = (checker){setting, setting->subject, sink, context, ys_rng_alloc()};
  if (!c->rng)
    return ys_fail_memory(error, "random numbers");
  ys_rng_seed(c->rng, setting->seed, YS_RNG_START, 0);
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

ys_code check_report(const checker *c, const check_law *law, const char *loss,
                     const char *fairness, check_tally tally, ys_error *error) {
  check_finding finding = {.check = law->name,
                           .problem = c->setting->problem,
                           .loss = loss ? loss : "-",
                           .fairness = fairness ? fairness : "-",
                           .samples = tally.samples,
                           .worst = tally.samples ? tally.worst : 0,
                           .tolerance = law->tolerance,
                           .expected = law->expected};
  return c->sink(c->context, &finding, error);
}

ys_code check_report_pair(const checker *c, const check_law *law, int pair,
                          check_tally tally, ys_error *error) {
  return check_report(c, law, ys_loss_name((ys_loss)(pair / YS_FAIRNESSES)),
                      ys_fairness_name((ys_fairness)(pair % YS_FAIRNESSES)),
                      tally, error);
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
  const ys_batch *batch = c->setting->batch;
  bool all = classes == CHECK_ALL;
  size_t count = all ? batch->classes : least(classes, batch->classes);
  rows = affordable_rows(batch, rows, count);
  column *columns = list_columns(batch, rows, !all);
  if (!columns)
    return ys_fail_memory(error, "a sample of the batch");
  while (!all && count > 2 && columns[count - 1].mean == 0)
    count--;
  ys_code code =
      ys_batch_alloc(sample, c->setting->problem, rows, count, error);
  for (size_t i = 0; !code && i < rows; i++)
    copy_row(spaced_row(batch, i, rows), columns, sample->sigma + i * count,
             count);
  free(columns);
  return code;
}

void checker_empty_some(ys_batch *sample) {
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
  free(stage->y);
  free(stage->from);
  free(stage->to);
  free(stage->gradient);
}

static ys_code allocate(check_stage *stage, ys_error *error) {
  const ys_batch *batch = stage->objective.batch;
  double **points[] = {&stage->y, &stage->from, &stage->to, &stage->gradient};
  ys_code code = ys_scratch_init(&stage->scratch, &stage->objective, error);
  for (size_t p = 0; !code && p < 4; p++) {
    *points[p] = calloc(ys_times(batch->rows, batch->classes), sizeof(double));
    if (!*points[p])
      code = ys_fail_memory(error, "the points of a check");
  }
  return code;
}

ys_code checker_stage(const checker *c, const ys_batch *sample, int pair,
                      double lambda, bool prior, check_stage *stage,
                      ys_error *error) {
  *stage = (check_stage){0};
  double *u = NULL;
  if (prior) {
    u = ys_array(sample->classes, sizeof *u);
    if (!u)
      return ys_fail_memory(error, "a prior");
    checker_row(c, 3, u, sample->classes); /* never near 0 */
  }
  ys_code code = ys_objective_init(&stage->objective, sample,
                                   (ys_loss)(pair / YS_FAIRNESSES),
                                   (ys_fairness)(pair % YS_FAIRNESSES), lambda,
                                   u, c->setting->threads, error);
  free(u);
  if (!code)
    code = allocate(stage, error);
  if (code)
    check_stage_free(stage);
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

void check_between(const double *from, const double *to, double t, double *y,
                   size_t count) {
  for (size_t e = 0; e < count; e++)
    y[e] = (1 - t) * from[e] + t * to[e];
}

/* ---------------------------------------------------------- one row ---- */

ys_code checker_row_open(const checker *c, size_t classes, check_row *row,
                         ys_error *error) {
  *row = (check_row){0};
  row->room = calloc(ys_times(classes, 4), sizeof *row->room);
  ys_code code = row->room ? ys_batch_alloc(&row->batch, c->setting->problem, 1,
                                            classes, error)
                           : ys_fail_memory(error, "the rows of a check");
  if (!code)
    code = checker_stage(c, &row->batch, 0, 0, false, &row->stage, error);
  if (code)
    check_row_close(row);
  return code;
}

void check_row_close(check_row *row) {
  check_stage_free(&row->stage);
  ys_batch_free(&row->batch);
  free(row->room);
}

double check_row_loss(const checker *c, check_row *row, ys_loss loss,
                      const double *sigma, const double *y) {
  row->stage.objective.loss = loss;
  memcpy(row->batch.sigma, sigma, row->batch.classes * sizeof *sigma);
  return c->subject->value(&row->stage.objective, y, &row->stage.scratch);
}
