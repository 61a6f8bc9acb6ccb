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

/* A training under way. */
typedef struct training_run {
  train_files *files;
  training t;
  recording record;
  train_result *result;
  double shown; /* when the progress line was last drawn */
} training_run;

static void show_progress(training_run *run) {
  const training *t = &run->t;
  const ys_scores *scores = &run->result->row.scores;
  char line[200], score[32] = "";
  double now = clock_seconds();
  if (!console_is_terminal() || now - run->shown < 0.1)
    return;
  run->shown = now;
  if (run->result->scored)
    snprintf(score, sizeof score, ", accuracy %.3f",
             t->job->targets ? scores->plain : scores->accuracy);
  snprintf(line, sizeof line, "%zu: %.40s, seed %lu: epoch %ld of %ld%s",
           t->job->id, t->job->classifier, t->job->seed, t->totals.epoch,
           t->request->epochs, score);
  console_progress(line);
}

/* Score, log, and now and then a checkpoint. */
static ys_code after_epoch(training_run *run, ys_error *error) {
  const training *t = &run->t;
  const long every = t->request->checkpoint_every;
  train_log *log = &run->files->log;
  ys_code code = YS_OK;
  if (run->result->scored)
    code = training_score(t, &run->result->row.scores, error);
  if (!code)
    code = train_log_epoch(
        log, t->job, &t->totals,
        run->result->scored ? &run->result->row.scores : NULL, error);
  if (!code && every && t->totals.epoch % every == 0) {
    /* A loss of power must not leave a checkpoint of epochs whose rows are
     * gone. */
    code = csvout_sync(&log->epochs, error);
    if (!code)
      code =
          checkpoint_write(run->files->checkpoint, t, run->files->key, error);
  }
  if (!code)
    show_progress(run);
  return code;
}

static ys_code one_epoch(training_run *run, ys_error *error) {
  training *t = &run->t;
  const long before = t->totals.epoch;
  ys_code code = YS_OK;
  if (training_wants_ystep(t)) {
    code = recording_write(&run->record, t, error);
    if (!code)
      code = training_ystep(t, error);
    if (code || interrupt_signal())
      return code;
  } else
    t->totals.last_iterations = 0;
  code = training_epoch(t, error);
  return code || t->totals.epoch == before ? code : after_epoch(run, error);
}

static ys_code train(training_run *run, ys_error *error) {
  const training *t = &run->t;
  train_result *result = run->result;
  ys_code code = YS_OK;
  if (result->scored)
    code = training_score(t, &result->row.scores, error);
  while (!code && !interrupt_signal() && t->totals.epoch < t->request->epochs)
    code = one_epoch(run, error);
  result->row.totals = t->totals;
  if (code == YS_BAD_NUMERICS) {
    result->status = TRAIN_FAILED;
    snprintf(result->message, sizeof result->message, "%s", error->text);
    return YS_OK;
  }
  /* A state to go on from, unless the signal came within an epoch: the last
   * checkpoint holds then. */
  if (!code && interrupt_signal() && t->totals.epoch < t->request->epochs) {
    result->status = TRAIN_INTERRUPTED;
    snprintf(result->message, sizeof result->message,
             "interrupted by signal %d", interrupt_signal());
  }
  return code;
}

static ys_code leave_files(training_run *run, ys_error *error) {
  const train_request *r = run->t.request;
  ys_code code = YS_OK;
  if (r->save)
    code = train_save_end(&run->files->dir, &run->t, error);
  if (!code && r->map && ys_shape_size(run->t.data->shape) == 2)
    code = train_save_map(&run->files->dir, &run->t, error);
  return code;
}

/* From the start, or from the checkpoint. */
static ys_code begin(train_files *files, training *t, ys_error *error) {
  bool found = false;
  if (!files->resume)
    return YS_OK;
  ys_code code =
      checkpoint_read(files->checkpoint, t, files->key, &found, error);
  if (!code)
    code = train_log_resume(&files->log, &files->dir, t->job->id,
                            t->totals.epoch, error);
  if (!code && found)
    console_note("training %zu goes on after epoch %ld", t->job->id,
                 t->totals.epoch);
  return code;
}

/* The baseline on the same inputs. */
static ys_code score_kmeans(train_files *files, const train_job *job,
                            const ys_dataset *data, train_result *result,
                            ys_error *error) {
  size_t *cluster = ys_array(data->rows, sizeof *cluster);
  double before = clock_seconds();
  if (!cluster)
    return ys_fail_memory(error, "clusters");
  ys_code code =
      ys_kmeans(data, job->kmeans, job->seed, files->request->threads, cluster,
                &result->row.totals.loss, error);
  result->row.totals.step_seconds = clock_seconds() - before;
  if (!code && data->label)
    code = ys_scores_find(cluster, data->label, data->rows, data->classes,
                          &result->row.scores, error);
  if (!code && files->resume)
    code = train_log_resume(&files->log, &files->dir, job->id, 0, error);
  free(cluster);
  return code;
}

ys_code train_loop(train_files *files, const train_job *job,
                   const ys_dataset *data, train_result *result,
                   ys_error *error) {
  training_run run = {.files = files, .result = result};
  *result = (train_result){.scored = data->label != NULL,
                           .row = {.rows = (long)data->rows,
                                   .classes = (long)data->classes,
                                   .totals = {.objective = NAN, .gap = NAN}}};
  if (job->kmeans)
    return score_kmeans(files, job, data, result, error);
  ys_code code = training_open(&run.t, files->request, job, data, error);
  if (code)
    return code;
  result->row.parameters = (long)run.t.trainer.network.parameters;
  code = begin(files, &run.t, error);
  if (!code)
    code = recording_open(&run.record, &run.t, error);
  if (!code)
    code = train(&run, error);
  if (!code && result->status == TRAIN_DONE)
    code = leave_files(&run, error);
  recording_close(&run.record);
  training_close(&run.t);
  return code;
}
