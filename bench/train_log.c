#include "train_log.h"

#include "../problems/input.h"

#include <errno.h>
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

size_t train_log_finished(const rundir *dir) {
  char *path = rundir_file(dir->path, "training.csv"), *line = NULL;
  FILE *file = NULL;
  if (path)
    ys_input_open(path, &file, NULL);
  size_t lines = 0, room = 0;
  ssize_t length;
  while (file && (length = getline(&line, &room, file)) > 0)
    lines += line[length - 1] == '\n';
  if (file)
    fclose(file);
  free(line);
  free(path);
  return lines ? lines - 1 : 0;
}

/* Whether a line of epochs.csv stays. */
static bool is_kept(const char *line, size_t id, long epoch) {
  size_t row_id;
  long row_epoch;
  if (sscanf(line, "%zu,%ld,", &row_id, &row_epoch) != 2)
    return true; /* the header */
  return row_id < id || (row_id == id && row_epoch <= epoch);
}

static void copy_kept(FILE *from, FILE *to, size_t id, long epoch) {
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&line, &room, from)) > 0)
    if (line[length - 1] == '\n' && is_kept(line, id, epoch))
      fputs(line, to);
  free(line);
}

/* Rewrite epochs.csv without the rows that will come again. */
static ys_code trim(const char *path, size_t id, long epoch, ys_error *error) {
  char *temporary;
  FILE *from;
  ys_code code = ys_input_open(path, &from, error);
  if (code)
    return errno == ENOENT ? YS_OK : code;
  if (asprintf(&temporary, "%s.tmp", path) < 0) {
    fclose(from);
    return ys_fail_memory(error, "a file name");
  }
  FILE *to = fopen(temporary, "we");
  if (to)
    copy_kept(from, to, id, epoch);
  bool wrote = to && !ferror(to);
  wrote = to && fclose(to) == 0 && wrote && rename(temporary, path) == 0;
  fclose(from);
  free(temporary);
  return wrote ? YS_OK
               : ys_fail(error, YS_IO, "%s: cannot rewrite: %s", path,
                         strerror(errno));
}

ys_code train_log_resume(train_log *log, const rundir *dir, size_t id,
                         long epoch, ys_error *error) {
  char *path = rundir_file(dir->path, "epochs.csv");
  ys_code code = path ? trim(path, id, epoch, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
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
