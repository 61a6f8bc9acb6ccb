#include "bench/train/train_log.h"

#include "bench/cli/console.h"
#include "bench/store/wholerows.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char trainings_header[] =
    "train_id,data,rows,classes,classifier,parameters,loss,fairness,lambda,"
    "solver,tolerance,max_iterations,targets,settings,epochs,repeat,seed,"
    "threads,status,"
    "epochs_done,total_seconds,ystep_seconds,monitor_seconds,step_seconds,"
    "predict_seconds,ysteps,ystep_iterations,train_loss,objective,gap,accuracy,"
    "plain_accuracy,nmi,ari,message";
static const char epochs_header[] =
    "train_id,epoch,train_loss,objective,gap,ystep_iterations,ystep_seconds,"
    "total_seconds,accuracy,plain_accuracy,nmi,ari";

const char *train_status_name(train_status status) {
  static const char *const names[] = {"done", "failed", "interrupted"};
  return names[status];
}

/* csvout_open or csvout_append. */
typedef ys_code opener(csvout *csv, const char *path, const char *header,
                       ys_error *error);

static ys_code open_table(opener *open, csvout *csv, const rundir *dir,
                          const char *name, const char *header,
                          ys_error *error) {
  char *path = rundir_file(dir->path, name);
  ys_code code = path ? open(csv, path, header, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code open_both(opener *open, train_log *log, const rundir *dir,
                         ys_error *error) {
  *log = (train_log){.trainings = {.file = -1}, .epochs = {.file = -1}};
  ys_code code = open_table(open, &log->trainings, dir, "training.csv",
                            trainings_header, error);
  if (!code)
    code =
        open_table(open, &log->epochs, dir, "epochs.csv", epochs_header, error);
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

enum { EPOCHS_DONE = 19 }; /* its column of training.csv */

/* The trainings of training.csv, and how far epochs.csv goes for each. */
typedef struct finished {
  size_t rows, count; /* of training.csv; up to the first gap */
  size_t room;
  long *wanted, *found; /* the last epoch of each */
} finished;

/* train_ids are 1, 2, ...; what comes behind a gap is done again. */
static ys_code take_training(const ys_csv *row, void *context,
                             ys_error *error) {
  finished *f = context;
  long id, epochs;
  ys_code code = wholerows_number(row, 0, &id, error);
  if (!code)
    code = wholerows_number(row, EPOCHS_DONE, &epochs, error);
  if (code)
    return code;
  f->rows++;
  if (id != (long)f->count + 1)
    return YS_OK;
  void *wanted = f->wanted;
  code = ys_grow(&wanted, f->count, &f->room, sizeof *f->wanted,
                 "the trainings", error);
  f->wanted = wanted;
  if (!code)
    f->wanted[f->count++] = epochs;
  return code;
}

static ys_code take_epoch(const ys_csv *row, void *context, ys_error *error) {
  const finished *f = context;
  long id, epoch;
  ys_code code = wholerows_number(row, 0, &id, error);
  if (!code)
    code = wholerows_number(row, 1, &epoch, error);
  if (!code && id >= 1 && (size_t)id <= f->count && epoch > f->found[id - 1])
    f->found[id - 1] = epoch;
  return code;
}

static ys_code each_row(const rundir *dir, const char *name, const char *header,
                        wholerows_visit *visit, void *context,
                        ys_error *error) {
  char *path = rundir_file(dir->path, name);
  ys_code code = path ? wholerows_each(path, header, visit, context, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code read_finished(const rundir *dir, finished *f, ys_error *error) {
  ys_code code =
      each_row(dir, "training.csv", trainings_header, take_training, f, error);
  if (code)
    return code;
  f->found = calloc(f->count + 1, sizeof *f->found);
  return f->found
             ? each_row(dir, "epochs.csv", epochs_header, take_epoch, f, error)
             : ys_fail_memory(error, "the trainings");
}

ys_code train_log_finished(const rundir *dir, size_t *count, ys_error *error) {
  finished f = {0};
  ys_code code = read_finished(dir, &f, error);
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
typedef struct kept {
  long id, epoch;
} kept;

static ys_code is_kept_training(const ys_csv *row, void *context, bool *keep,
                                ys_error *error) {
  const kept *k = context;
  long id;
  ys_code code = wholerows_number(row, 0, &id, error);
  *keep = !code && id < k->id;
  return code;
}

static ys_code is_kept_epoch(const ys_csv *row, void *context, bool *keep,
                             ys_error *error) {
  const kept *k = context;
  long id, epoch;
  ys_code code = wholerows_number(row, 0, &id, error);
  if (!code)
    code = wholerows_number(row, 1, &epoch, error);
  *keep = !code && (id < k->id || (id == k->id && epoch <= k->epoch));
  return code;
}

static ys_code trim(const rundir *dir, const char *name, const char *header,
                    wholerows_filter *filter, kept *k, ys_error *error) {
  char *path = rundir_file(dir->path, name);
  ys_code code = path ? wholerows_rewrite(path, header, filter, k, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

ys_code train_log_resume(train_log *log, const rundir *dir, size_t id,
                         long epoch, ys_error *error) {
  kept k = {(long)id, epoch};
  ys_code code =
      trim(dir, "training.csv", trainings_header, is_kept_training, &k, error);
  if (!code)
    code = trim(dir, "epochs.csv", epochs_header, is_kept_epoch, &k, error);
  return code ? code : open_both(csvout_append, log, dir, error);
}

/* ----------------------------------------------------------- writing ---- */

static double total_seconds(const train_totals *t) {
  return t->ystep_seconds + t->step_seconds + t->predict_seconds;
}

/* Unknown numbers are empty fields. */
static void put_number(csvout *csv, double number) {
  if (isnan(number))
    csvout_text(csv, "");
  else
    csvout_number(csv, number);
}

static void put_scores(csvout *csv, const ys_scores *scores) {
  put_number(csv, scores ? scores->accuracy : NAN);
  put_number(csv, scores ? scores->plain : NAN);
  put_number(csv, scores ? scores->nmi : NAN);
  put_number(csv, scores ? scores->ari : NAN);
}

ys_code train_log_epoch(train_log *log, const train_job *job,
                        const train_totals *t, const ys_scores *scores,
                        ys_error *error) {
  csvout *csv = &log->epochs;
  csvout_integer(csv, (long long)job->id);
  csvout_integer(csv, t->epoch);
  put_number(csv, t->loss);
  put_number(csv, t->objective);
  put_number(csv, t->gap);
  put_number(csv, t->last_iterations);
  csvout_seconds(csv, t->ystep_seconds);
  csvout_seconds(csv, total_seconds(t));
  put_scores(csv, scores);
  csvout_end_row(csv);
  return csvout_flush(csv, error);
}

/* What else decides a training, in the words of the command line. */
static void put_settings(csvout *csv, const train_request *r,
                         const train_job *job) {
  char text[512];
  int used = snprintf(text, sizeof text, "%s batch=%zu views=%zu augment=%s",
                      r->optimiser, r->batch, r->views, r->augment);
  if (!job->targets && used > 0 && (size_t)used < sizeof text)
    snprintf(text + used, sizeof text - (size_t)used,
             " init-epochs=%ld ystep-every=%ld start=%s:mix=%g", r->init_epochs,
             r->ystep_every, r->warm ? "warm" : "uniform", r->warm_mix);
  else if (used > 0 && (size_t)used < sizeof text)
    snprintf(text + used, sizeof text - (size_t)used, " holdout=%g",
             r->holdout);
  csvout_text(csv, job->kmeans ? "" : text);
}

static void put_asked(csvout *csv, const train_request *r, const train_job *job,
                      const train_result *result) {
  csvout_integer(csv, (long long)job->id);
  csvout_text(csv, job->data);
  csvout_integer(csv, (long long)result->rows);
  csvout_integer(csv, (long long)result->classes);
  csvout_text(csv, job->classifier);
  csvout_integer(csv, (long long)result->parameters);
  csvout_text(csv, job->kmeans ? "" : ys_loss_name(job->loss));
  csvout_text(csv, ys_fairness_name(r->fairness));
  csvout_number(csv, job->lambda);
  csvout_text(csv, job->kmeans ? "" : job->solver);
  csvout_number(csv, r->limits.tolerance);
  csvout_integer(csv, r->limits.max_iterations);
  csvout_text(csv, job->targets ? job->targets : "");
  put_settings(csv, r, job);
  csvout_integer(csv, r->epochs);
  csvout_integer(csv, (long long)job->repeat);
  csvout_integer(csv, (long long)job->seed);
  csvout_integer(csv, r->threads);
}

ys_code train_log_training(train_log *log, const train_request *r,
                           const train_job *job, const train_result *result,
                           ys_error *error) {
  csvout *csv = &log->trainings;
  const train_totals *t = &result->totals;
  put_asked(csv, r, job, result);
  csvout_text(csv, train_status_name(result->status));
  csvout_integer(csv, t->epoch);
  csvout_seconds(csv, total_seconds(t));
  csvout_seconds(csv, t->ystep_seconds);
  csvout_seconds(csv, t->ystep_monitor);
  csvout_seconds(csv, t->step_seconds);
  csvout_seconds(csv, t->predict_seconds);
  csvout_integer(csv, t->ysteps);
  csvout_integer(csv, t->ystep_iterations);
  put_number(csv, t->loss);
  put_number(csv, t->objective);
  put_number(csv, t->gap);
  put_scores(csv, result->scored ? &result->scores : NULL);
  csvout_text(csv, result->message);
  csvout_end_row(csv);
  return csvout_flush(csv, error);
}
