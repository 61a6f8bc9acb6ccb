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
#include <stdlib.h>

/* ----------------------------------------------------------- opening ---- */

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
  t->train_rows = count - (size_t)floor(share * (double)count);
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

static ys_code open_ystep(training *t, ys_error *error) {
  t->batch = (ys_batch){.rows = t->train_rows,
                        .classes = t->data->classes,
                        .sigma = t->sigma,
                        .planted_lambda = NAN,
                        .planted_optimum = NAN};
  ys_code code = ys_objective_init(&t->objective, &t->batch, t->job->loss,
                                   t->request->fairness, t->job->lambda, NULL,
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
  free(t->rows);
  free(t->sigma);
  *t = (training){0};
}

/* ------------------------------------------------------------- moves ---- */

bool training_wants_ystep(const training *t) {
  long done = t->totals.epoch - t->request->init_epochs;
  return !t->job->targets && done >= 0 && done % t->request->ystep_every == 0;
}

static void start_ystep(training *t) {
  if (t->labelled && t->request->warm)
    start_mix(t->request->warm_mix, t->train_rows, t->data->classes,
              t->trainer.labels);
  else
    ys_start_uniform(&t->objective, t->trainer.labels);
}

static void add_up(training *t, const run_result *result) {
  train_totals *totals = &t->totals;
  totals->ysteps++;
  totals->ystep_iterations += result->iterations;
  totals->ystep_seconds += result->setup_seconds + result->solve_seconds;
  totals->ystep_monitor += result->monitor_seconds;
  totals->objective = result->last.objective;
  totals->gap = result->last.gap;
  totals->last_iterations = (double)result->iterations;
}

ys_code training_ystep(training *t, ys_error *error) {
  run_result result;
  ys_labels labels =
      ys_labels_view(t->trainer.labels, t->train_rows, t->data->classes);
  start_ystep(t);
  ys_code code = run_solver(t->job->chosen->solver, &t->job->chosen->options,
                            &t->objective, &t->request->limits, &labels, NULL,
                            NULL, &result, error);
  if (code)
    return code;
  t->labelled = true;
  add_up(t, &result);
  if (result.status == RUN_FAILED)
    code = ys_fail(error, YS_BAD_NUMERICS, "epoch %ld: the y-step of %s: %s",
                   t->totals.epoch + 1, t->job->solver, result.message);
  run_result_free(&result);
  return code;
}

ys_code training_epoch(training *t, ys_error *error) {
  double before = clock_seconds();
  ys_code code = ys_trainer_epoch(&t->trainer, &t->totals.loss, error);
  t->totals.step_seconds += clock_seconds() - before;
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
