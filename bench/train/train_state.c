#include "bench/train/train_state.h"

#include "bench/run/experiment.h"
#include "bench/run/starts.h"
#include "bench/system/clock_and_signals.h"
#include "problems/generators/rng.h"
#include "problems/vector/array.h"
#include "training/dataset.h"
#include "training/kmeans.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------- opening ---- */

size_t training_rows(const train_request *r, const ys_dataset *data) {
  return data->rows - (size_t)floor(r->holdout * (double)data->rows);
}

/* Put the rows in random order if some of them, the last, are held out. */
static ys_code choose_rows(training *t, ys_error *error) {
  size_t count = t->data->rows;
  double share = t->request->holdout;
  t->rows = ys_array(count, sizeof *t->rows);
  gsl_rng *rng = ys_rng_alloc();
  if (!t->rows || !rng) {
    ys_rng_free(rng);
    return ys_fail_memory(error, "the rows");
  }
  for (size_t i = 0; i < count; i++)
    t->rows[i] = i;
  ys_rng_seed(rng, t->job->seed, YS_RNG_ORDER, 0);
  if (share > 0)
    gsl_ran_shuffle(rng, t->rows, count, sizeof *t->rows);
  ys_rng_free(rng);
  t->train_rows = training_rows(t->request, t->data);
  return YS_OK;
}

static ys_code open_trainer(training *t, ys_error *error) {
  const train_request *r = t->request;
  const ys_trainer_settings settings = {.classifier = t->job->classifier,
                                        .optimiser = r->optimiser,
                                        .augment = r->augment,
                                        .loss = t->job->loss,
                                        .batch = r->batch,
                                        .views = r->views,
                                        .seed = t->job->seed,
                                        .threads = r->threads};
  ys_code code = ys_trainer_init(&t->trainer, t->data, t->rows, t->train_rows,
                                 &settings, error);
  if (code)
    return code;
  t->sigma =
      ys_array(ys_times(t->data->rows, t->data->classes), sizeof *t->sigma);
  return t->sigma ? YS_OK : ys_fail_memory(error, "sigma");
}

/* The batch of the y-steps: all rows; or the window, of as many rows as it will
 * have once its queue is full. No row has had labels yet: they are uniform. */
static ys_code choose_batch(training *t, ys_error *error) {
  const size_t classes = t->data->classes;
  t->batch = (ys_batch){.rows = t->train_rows,
                        .classes = classes,
                        .sigma = t->sigma,
                        .planted_lambda = NAN,
                        .planted_optimum = NAN};
  if (!t->request->on_batches)
    return YS_OK;
  ys_code code = row_window_init(&t->window, t->train_rows, t->trainer.batch,
                                 t->request->queue, classes, error);
  t->batch.rows = row_window_most(&t->window);
  t->batch.sigma = t->window.sigma;
  for (size_t i = 0; i < t->train_rows * classes; i++)
    t->trainer.labels[i] = 1 / (double)classes;
  return code;
}

static ys_code open_ystep(training *t, ys_error *error) {
  ys_code code = choose_batch(t, error);
  if (code)
    return code;
  code = ys_objective_init(&t->objective, &t->batch, t->job->loss,
                           t->job->fairness, t->job->lambda, NULL,
                           t->request->threads, error);
  return code ? code
              : experiment_check_solver(t->job->chosen, &t->objective, error);
}

static ys_code fill_targets(training *t, ys_error *error) {
  return t->data->label
             ? ys_targets_fill(t->job->target, t->data, t->rows, t->train_rows,
                               t->job->seed, t->trainer.labels, error)
             : ys_fail(error, YS_BAD_INPUT, "%s: --supervised needs labels",
                       t->job->data);
}

/* Labels from K-means: nine parts its cluster, one part uniform. */
static ys_code start_from_kmeans(training *t, ys_error *error) {
  const double smooth = 0.1;
  size_t classes = t->data->classes;
  double inertia;
  size_t *cluster = ys_array(t->data->rows, sizeof *cluster);
  if (!cluster)
    return ys_fail_memory(error, "clusters");
  ys_code code = ys_kmeans(t->data, 10, t->job->seed, t->request->threads,
                           cluster, &inertia, error);
  for (size_t i = 0; !code && i < t->train_rows; i++)
    for (size_t k = 0; k < classes; k++)
      t->trainer.labels[i * classes + k] =
          smooth / (double)classes +
          (cluster[t->rows[i]] == k ? 1 - smooth : 0);
  free(cluster);
  t->labelled = true;
  return code;
}

static void predict(training *t) {
  double before = clock_seconds();
  ys_trainer_predict(&t->trainer, t->data->input, t->rows, t->data->rows,
                     t->sigma);
  t->totals.predict_seconds += clock_seconds() - before;
}

ys_code training_open(training *t, const train_request *asked,
                      const train_job *which, const ys_dataset *data,
                      ys_error *error) {
  *t = (training){
      .request = asked,
      .job = which,
      .data = data,
      .totals = {
          .loss = NAN, .objective = NAN, .gap = NAN, .last_iterations = NAN}};
  ys_code code = choose_rows(t, error);
  if (!code)
    code = open_trainer(t, error);
  if (!code && !which->targets)
    code = open_ystep(t, error);
  if (!code && which->targets)
    code = fill_targets(t, error);
  else if (!code && asked->init_epochs)
    code = start_from_kmeans(t, error);
  if (code)
    training_close(t);
  else
    predict(t);
  return code;
}

void training_close(training *t) {
  ys_trainer_free(&t->trainer);
  ys_objective_free(&t->objective);
  row_window_free(&t->window);
  free(t->rows);
  free(t->sigma);
  *t = (training){0};
}

/* ------------------------------------------------------------- moves ---- */

/* Whether training_epoch has y-steps, in this epoch. */
static bool has_ysteps(const training *t) {
  return t->request->on_batches && t->totals.epoch >= t->request->init_epochs;
}

bool training_wants_ystep(const training *t) {
  long done = t->totals.epoch - t->request->init_epochs;
  return !t->request->on_batches && !t->job->targets && done >= 0 &&
         done % t->request->ystep_every == 0;
}

static void add_up(training *t, const run_result *result) {
  train_totals *totals = &t->totals;
  totals->ysteps++;
  totals->ystep_iterations += result->iterations;
  totals->ystep_seconds += result->setup_seconds + result->solve_seconds;
  totals->ystep_monitor += result->monitor_seconds;
}

/* The y-step on t->batch, in place on `labels`. */
static ys_code solve(training *t, double *labels, bool warm, run_result *result,
                     ys_error *error) {
  const train_request *r = t->request;
  ys_labels y = ys_labels_view(labels, t->batch.rows, t->batch.classes);
  if (warm)
    start_mix(r->warm_mix, t->batch.rows, t->batch.classes, labels);
  else
    ys_start_uniform(&t->objective, labels);
  ys_code code =
      run_solver(t->job->chosen->solver, &t->job->chosen->options,
                 &t->objective, &r->limits, &y, NULL, NULL, result, error);
  if (!code)
    add_up(t, result);
  return code;
}

/* Let go of the result; `where` in the epoch, for a solver that broke down. */
static ys_code finish(const training *t, run_result *result, const char *where,
                      ys_error *error) {
  run_result_free(result);
  return result->status == RUN_FAILED
             ? ys_fail(error, YS_BAD_NUMERICS,
                       "epoch %ld%s: the y-step of %s: %s", t->totals.epoch + 1,
                       where, t->job->solver, result->message)
             : YS_OK;
}

ys_code training_ystep(training *t, ys_error *error) {
  run_result result;
  ys_code code = solve(t, t->trainer.labels, t->labelled && t->request->warm,
                       &result, error);
  if (code)
    return code;
  t->labelled = true;
  t->totals.objective = result.last.objective;
  t->totals.gap = result.last.gap;
  t->totals.last_iterations = (double)result.iterations;
  return finish(t, &result, "", error);
}

/* ---------------------------------------------- y-steps on mini-batches -- */

/* Behind the window's queue: the next mini-batch and the labels that its rows
 * had last; and sigma of all, without augmentation. Kept from the steps before,
 * sigma of the queue would make training swing: docs/training.md, section 8. */
static void load_window(training *t, size_t kept, size_t rows) {
  const size_t classes = t->batch.classes;
  const size_t *place = t->trainer.order + t->trainer.begin;
  row_window *w = &t->window;
  double before = clock_seconds();
  for (size_t i = 0; i < rows; i++) {
    w->row[kept + i] = t->rows[place[i]];
    memcpy(w->labels + (kept + i) * classes,
           t->trainer.labels + place[i] * classes, classes * sizeof *w->labels);
  }
  ys_trainer_predict(&t->trainer, t->data->input, w->row, kept + rows,
                     w->sigma);
  t->totals.predict_seconds += clock_seconds() - before;
}

/* Of an epoch's y-steps, up to `step` (from 0): the mean of their objectives,
 * the largest gap, all iterations. */
static void add_to_epoch(train_totals *totals, const run_result *result,
                         size_t step) {
  const double value = result->last.objective, gap = result->last.gap;
  const double before = totals->objective, count = (double)(step + 1);
  totals->objective = step ? before + (value - before) / count : value;
  totals->gap = step ? fmax(totals->gap, gap) : gap;
  totals->last_iterations += (double)result->iterations;
}

/* The y-step on the next mini-batch and the queue, of which it then is. */
static ys_code ystep_on_batch(training *t, ys_error *error) {
  const size_t classes = t->batch.classes, rows = ys_trainer_next(&t->trainer);
  const size_t *place = t->trainer.order + t->trainer.begin;
  const size_t done = (size_t)t->totals.ysteps, step = t->trainer.step;
  const size_t kept = row_window_kept(&t->window, done);
  run_result result;
  char where[40];
  load_window(t, kept, rows);
  t->batch.rows = kept + rows;
  ys_code code = solve(t, t->window.labels, t->request->warm, &result, error);
  if (code)
    return code;
  add_to_epoch(&t->totals, &result, step);
  for (size_t i = 0; i < rows; i++)
    memcpy(t->trainer.labels + place[i] * classes,
           t->window.labels + (kept + i) * classes,
           classes * sizeof *t->trainer.labels);
  row_window_slide(&t->window, done, rows);
  snprintf(where, sizeof where, ", batch %zu", step + 1);
  return finish(t, &result, where, error);
}

/* --------------------------------------------------------------- epochs -- */

static ys_code step(training *t, ys_error *error) {
  double before = clock_seconds();
  ys_code code = ys_trainer_step(&t->trainer, error);
  t->totals.step_seconds += clock_seconds() - before;
  return code;
}

ys_code training_epoch(training *t, ys_error *error) {
  const bool on_batches = has_ysteps(t);
  ys_code code = YS_OK;
  ys_trainer_begin(&t->trainer);
  while (!code && ys_trainer_next(&t->trainer)) {
    if (on_batches)
      code = ystep_on_batch(t, error);
    if (on_batches && !code && interrupt_signal())
      return YS_OK;
    if (!code)
      code = step(t, error);
  }
  t->totals.loss = t->trainer.loss_sum / (double)t->trainer.count;
  if (code)
    return code;
  t->totals.epoch++;
  predict(t);
  return YS_OK;
}

ys_code training_score(const training *t, ys_scores *scores, ys_error *error) {
  size_t held = t->data->rows - t->train_rows, classes = t->data->classes;
  size_t first = held ? t->train_rows : 0, count = t->data->rows - first;
  size_t *cluster = ys_array(ys_times(2, count), sizeof *cluster);
  if (!cluster)
    return ys_fail_memory(error, "clusters");
  ys_largest_columns(t->sigma + first * classes, count, classes, cluster);
  for (size_t i = 0; i < count; i++)
    cluster[count + i] = t->data->label[t->rows[first + i]];
  ys_code code =
      ys_scores_find(cluster, cluster + count, count, classes, scores, error);
  free(cluster);
  return code;
}
