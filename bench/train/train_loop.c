#include "bench/train/train_loop.h"

#include "problems/vector/array.h"

#include "bench/cli/console.h"
#include "bench/system/clock_and_signals.h"
#include "bench/train/checkpoint.h"
#include "bench/train/train_save.h"
#include "training/kmeans.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void show_progress(const training *t, const ys_scores *scores,
                          double *shown) {
  char line[200], score[32] = "";
  double now = clock_seconds();
  if (!console_is_terminal() || now - *shown < 0.1)
    return;
  *shown = now;
  if (scores)
    snprintf(score, sizeof score, ", accuracy %.3f",
             t->job->targets ? scores->plain : scores->accuracy);
  snprintf(line, sizeof line, "%zu: %.40s, seed %lu: epoch %ld of %ld%s",
           t->job->id, t->job->classifier, t->job->seed, t->totals.epoch,
           t->request->epochs, score);
  console_progress(line);
}

/* A loss of power must not leave a checkpoint of epochs whose rows are gone. */
static ys_code leave_checkpoint(const train_place *place, const training *t,
                                ys_error *error) {
  ys_code code = csvout_sync(&place->log->epochs, error);
  return code ? code
              : checkpoint_write(place->checkpoint, t, place->key, error);
}

/* Score, log, and now and then a checkpoint. */
static ys_code after_epoch(const train_place *place, training *t,
                           train_result *result, double *shown,
                           ys_error *error) {
  const train_request *r = t->request;
  ys_code code = YS_OK;
  if (result->scored)
    code = training_score(t, &result->scores, error);
  const ys_scores *scores = result->scored ? &result->scores : NULL;
  if (!code)
    code = train_log_epoch(place->log, t->job, &t->totals, scores, error);
  if (!code && r->checkpoint_every &&
      t->totals.epoch % r->checkpoint_every == 0)
    code = leave_checkpoint(place, t, error);
  if (!code)
    show_progress(t, scores, shown);
  return code;
}

static ys_code one_epoch(const train_place *place, training *t, recording *rec,
                         train_result *result, double *shown, ys_error *error) {
  ys_code code = YS_OK;
  if (training_wants_ystep(t)) {
    code = recording_write(rec, t, error);
    if (!code)
      code = training_ystep(t, error);
    if (code || interrupt_signal())
      return code;
  } else
    t->totals.last_iterations = 0;
  code = training_epoch(t, error);
  return code ? code : after_epoch(place, t, result, shown, error);
}

/* A state to go on from, unless the signal came within an epoch: the last
 * checkpoint holds then. */
static void note_interrupt(train_result *result) {
  result->status = TRAIN_INTERRUPTED;
  snprintf(result->message, sizeof result->message, "interrupted by signal %d",
           interrupt_signal());
}

static ys_code run(const train_place *place, training *t, recording *rec,
                   train_result *result, ys_error *error) {
  double shown = 0;
  ys_code code = YS_OK;
  while (!code && !interrupt_signal() && t->totals.epoch < t->request->epochs)
    code = one_epoch(place, t, rec, result, &shown, error);
  result->totals = t->totals;
  if (code == YS_BAD_NUMERICS) {
    result->status = TRAIN_FAILED;
    snprintf(result->message, sizeof result->message, "%s", error->text);
    return YS_OK;
  }
  if (!code && interrupt_signal() && t->totals.epoch < t->request->epochs)
    note_interrupt(result);
  return code;
}

static ys_code leave_files(const train_place *place, training *t,
                           ys_error *error) {
  const train_request *r = t->request;
  ys_code code = YS_OK;
  if (r->save)
    code = train_save_end(place->dir, t, error);
  if (!code && r->map && ys_shape_size(t->data->shape) == 2)
    code = train_save_map(place->dir, t, error);
  return code;
}

/* From the start, or from the checkpoint. */
static ys_code begin(const train_place *place, training *t, ys_error *error) {
  bool found = false;
  ys_code code = YS_OK;
  if (!place->resume)
    return YS_OK;
  code = checkpoint_read(place->checkpoint, t, place->key, &found, error);
  if (!code)
    code = train_log_resume(place->log, place->dir, t->job->id, t->totals.epoch,
                            error);
  if (!code && found)
    console_note("training %zu goes on after epoch %ld", t->job->id,
                 t->totals.epoch);
  return code;
}

/* The baseline on the same inputs. */
static ys_code score_kmeans(const train_place *place, const train_job *job,
                            const ys_dataset *data, train_result *result,
                            ys_error *error) {
  size_t *cluster = ys_array(data->rows, sizeof *cluster);
  double before = clock_seconds();
  if (!cluster)
    return ys_fail_memory(error, "clusters");
  ys_code code =
      ys_kmeans(data, job->kmeans, job->seed, place->request->threads, cluster,
                &result->totals.loss, error);
  result->totals.step_seconds = clock_seconds() - before;
  if (!code && data->label)
    code = ys_scores_find(cluster, data->label, data->rows, data->classes,
                          &result->scores, error);
  if (!code && place->resume)
    code = train_log_resume(place->log, place->dir, job->id, 0, error);
  free(cluster);
  return code;
}

ys_code train_loop(const train_place *place, const train_job *job,
                   const ys_dataset *data, train_result *result,
                   ys_error *error) {
  training t;
  recording rec;
  *result = (train_result){.scored = data->label != NULL,
                           .rows = data->rows,
                           .classes = data->classes,
                           .totals = {.objective = NAN, .gap = NAN}};
  if (job->kmeans)
    return score_kmeans(place, job, data, result, error);
  ys_code code = training_open(&t, place->request, job, data, error);
  if (code)
    return code;
  result->parameters = t.trainer.network.parameters;
  code = begin(place, &t, error);
  if (!code)
    code = recording_open(&rec, &t, error);
  if (!code) {
    if (result->scored)
      code = training_score(&t, &result->scores, error);
    if (!code)
      code = run(place, &t, &rec, result, error);
    recording_close(&rec);
  }
  if (!code && result->status == TRAIN_DONE)
    code = leave_files(place, &t, error);
  training_close(&t);
  return code;
}
