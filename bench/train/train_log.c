#include "bench/train/train_log.h"

#include "bench/cli/console.h"
#include "bench/store/schema.h"
#include "bench/store/wholerows.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static ys_code open_both(record_opener *open, train_log *log, const rundir *dir,
                         ys_error *error) {
  *log = (train_log)TRAIN_LOG_CLOSED;
  ys_code code = record_open_table(open, &log->trainings, dir->path,
                                   &schema_trainings, error);
  if (!code)
    code =
        record_open_table(open, &log->epochs, dir->path, &schema_epochs, error);
  if (code)
    train_log_close(log);
  return code;
}

ys_code train_log_open(train_log *log, const rundir *dir, ys_error *error) {
  return open_both(csvout_open, log, dir, error);
}

void train_log_close(train_log *log) {
  csvout_close(&log->trainings);
  csvout_close(&log->epochs);
}

/* ---------------------------------------------------------- resuming ---- */

/* Which training a row is of, and which epoch: `column` of its table. */
static ys_code read_place(const ys_csv *row, const record_table *table,
                          const char *column, long *id, long *epoch,
                          ys_error *error) {
  ys_code code =
      wholerows_number(row, record_column(table, "train_id"), id, error);
  return code ? code
              : wholerows_number(row, record_column(table, column), epoch,
                                 error);
}

/* The trainings of training.csv, and how far epochs.csv goes for each. */
typedef struct trainings_done {
  size_t rows, count; /* of training.csv; up to the first gap */
  size_t room;
  long *wanted, *found; /* the last epoch of each */
} trainings_done;

/* train_ids are 1, 2, ...; what comes behind a gap is done again. */
static ys_code take_training(const ys_csv *row, void *context,
                             ys_error *error) {
  trainings_done *f = context;
  long id, epochs;
  ys_code code =
      read_place(row, &schema_trainings, "epochs_done", &id, &epochs, error);
  if (code)
    return code;
  f->rows++;
  if (id != (long)f->count + 1)
    return YS_OK;
  code = ys_grow(&f->wanted, f->count, &f->room, sizeof *f->wanted,
                 "the trainings", error);
  if (!code)
    f->wanted[f->count++] = epochs;
  return code;
}

static ys_code take_epoch(const ys_csv *row, void *context, ys_error *error) {
  const trainings_done *f = context;
  long id, epoch;
  ys_code code = read_place(row, &schema_epochs, "epoch", &id, &epoch, error);
  if (!code && id >= 1 && (size_t)id <= f->count && epoch > f->found[id - 1])
    f->found[id - 1] = epoch;
  return code;
}

ys_code train_log_finished(const rundir *dir, size_t *count, ys_error *error) {
  trainings_done f = {0};
  ys_code code =
      wholerows_each(dir->path, &schema_trainings, take_training, &f, error);
  f.found = calloc(f.count + 1, sizeof *f.found);
  if (!code)
    code = f.found ? wholerows_each(dir->path, &schema_epochs, take_epoch, &f,
                                    error)
                   : ys_fail_memory(error, "the trainings");
  *count = 0;
  while (!code && *count < f.count && f.found[*count] >= f.wanted[*count])
    ++*count;
  if (!code && *count < f.rows)
    console_note("%s: of training %zu the row or the last epoch is gone: it is "
                 "done again, and all after it",
                 dir->path, *count + 1);
  free(f.wanted);
  free(f.found);
  return code;
}

/* Which rows stay. */
typedef struct rows_kept {
  long id, epoch;
} rows_kept;

static ys_code keep_training(const ys_csv *row, void *context, long *id,
                             ys_error *error) {
  const rows_kept *k = context;
  (void)row;
  (void)error;
  *id = *id < k->id ? *id : 0;
  return YS_OK;
}

static ys_code keep_epoch(const ys_csv *row, void *context, long *id,
                          ys_error *error) {
  const rows_kept *k = context;
  long epoch;
  ys_code code = wholerows_number(row, record_column(&schema_epochs, "epoch"),
                                  &epoch, error);
  if (*id > k->id || (*id == k->id && epoch > k->epoch))
    *id = 0;
  return code;
}

ys_code train_log_resume(train_log *log, const rundir *dir, size_t id,
                         long epoch, ys_error *error) {
  rows_kept k = {(long)id, epoch};
  ys_code code =
      wholerows_rewrite(dir->path, &schema_trainings, keep_training, &k, error);
  if (!code)
    code = wholerows_rewrite(dir->path, &schema_epochs, keep_epoch, &k, error);
  return code ? code : open_both(csvout_append, log, dir, error);
}

/* ----------------------------------------------------------- writing ---- */

static const ys_scores none = {
    .accuracy = NAN, .plain = NAN, .nmi = NAN, .ari = NAN};

ys_code train_log_epoch(train_log *log, const train_job *job,
                        const train_totals *totals, const ys_scores *scores,
                        ys_error *error) {
  const epoch_row row = {.train_id = (long)job->id,
                         .total_seconds = train_total_seconds(totals),
                         .totals = *totals,
                         .scores = scores ? *scores : none};
  record_write(&log->epochs, &schema_epochs, &row);
  return csvout_flush(&log->epochs, error);
}

/* What else decides a training, in the words of the command line. */
static void put_settings(const train_request *r, const train_job *job,
                         char *text, size_t room) {
  char where[60], own[200];
  if (r->on_batches)
    snprintf(where, sizeof where, "ystep=batch:queue=%zu", r->queue);
  else
    snprintf(where, sizeof where, "ystep-every=%ld", r->ystep_every);
  if (job->targets)
    snprintf(own, sizeof own, "holdout=%g", r->holdout);
  else
    snprintf(own, sizeof own, "init-epochs=%ld %s start=%s:mix=%g",
             r->init_epochs, where, r->warm ? "warm" : "uniform", r->warm_mix);
  snprintf(text, room, "%s batch=%zu views=%zu augment=%s %s",
           r->optimiser_text, r->batch, r->views, r->augment_text, own);
}

ys_code train_log_training(train_log *log, const train_request *r,
                           const train_job *job, const train_result *result,
                           ys_error *error) {
  char settings[512];
  training_row row = result->row;
  put_settings(r, job, settings, sizeof settings);
  row.train_id = (long)job->id;
  row.data = job->data;
  row.classifier = job->classifier;
  row.loss = job->kmeans ? "" : ys_loss_name(job->loss);
  row.fairness = ys_fairness_name(job->fairness);
  row.lambda = job->lambda;
  row.solver = job->kmeans ? "" : job->solver;
  row.tolerance = r->limits.tolerance;
  row.max_iterations = r->limits.max_iterations;
  row.targets = job->targets ? job->targets : "";
  row.settings = job->kmeans ? "" : settings;
  row.epochs = r->epochs;
  row.repeat = (long)job->repeat;
  row.seed = (long)job->seed;
  row.threads = r->threads;
  row.status = train_status_name(result->status);
  row.total_seconds = train_total_seconds(&row.totals);
  if (!result->scored)
    row.scores = none;
  row.message = result->message;
  record_write(&log->trainings, &schema_trainings, &row);
  return csvout_flush(&log->trainings, error);
}
