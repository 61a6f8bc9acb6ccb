#include "bench/analysis/train_summary.h"

#include "bench/store/schema.h"

#include "problems/vector/array.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The columns that this needs. */
static const char *const needed[] = {"data",
                                     "classifier",
                                     "loss",
                                     "fairness",
                                     "solver",
                                     "targets",
                                     "settings",
                                     "status",
                                     "max_iterations",
                                     "epochs",
                                     "epochs_done",
                                     "ysteps",
                                     "ystep_iterations",
                                     "lambda",
                                     "tolerance",
                                     "total_seconds",
                                     "ystep_seconds",
                                     "accuracy",
                                     "plain_accuracy",
                                     "nmi",
                                     "ari"};

static record_table pick(record_field fields[RECORD_FIELDS]) {
  return record_pick(&schema_trainings, needed, sizeof needed / sizeof *needed,
                     fields);
}

/* ----------------------------------------------------------- reading ---- */

static ys_code read_rows(records *file, train_summary *s, size_t *room,
                         ys_error *error) {
  bool more = true;
  ys_code code = YS_OK;
  while (!code && more) {
    training_row record = {0};
    code = records_next(file, &record, &more, error);
    if (code || !more)
      break;
    code = ys_grow((void **)&s->record, s->records, room, sizeof *s->record,
                   record_rows, error);
    if (code)
      record_free(file->table, &record);
    else
      s->record[s->records++] = record;
  }
  return code;
}

static ys_code read_dir(const char *dir, train_summary *s, size_t *room,
                        ys_error *error) {
  records file;
  record_field fields[RECORD_FIELDS];
  record_table trainings = pick(fields);
  ys_code code = records_open(dir, &trainings, &file, error);
  if (code)
    return code;
  code = read_rows(&file, s, room, error);
  records_close(&file);
  return code;
}

/* ---------------------------------------------------------- grouping ---- */

static bool same(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

static bool is_repeat(const training_row *a, const training_row *b) {
  return same(a->data, b->data) && same(a->classifier, b->classifier) &&
         same(a->loss, b->loss) && same(a->fairness, b->fairness) &&
         same(a->solver, b->solver) && same(a->targets, b->targets) &&
         same(a->settings, b->settings) && a->lambda == b->lambda &&
         a->tolerance == b->tolerance &&
         a->max_iterations == b->max_iterations && a->epochs == b->epochs;
}

static double accuracy_of(const training_row *r) {
  return r->targets[0] ? r->plain_accuracy : r->accuracy;
}
static double nmi_of(const training_row *r) {
  return r->nmi;
}
static double ari_of(const training_row *r) {
  return r->ari;
}
static double seconds_of(const training_row *r) {
  return r->total_seconds;
}
static double share_of(const training_row *r) {
  return r->total_seconds > 0 ? r->ystep_seconds / r->total_seconds : 0;
}
static double iterations_of(const training_row *r) {
  return r->ysteps ? (double)r->ystep_iterations / (double)r->ysteps : 0;
}

/* Of the trainings that were done. `room` holds a number for each record. */
static spread find_spread(const train_summary *s, const train_group *g,
                          double (*of)(const training_row *), double *room) {
  size_t n = 0;
  for (size_t i = 0; i < s->records; i++)
    if (is_repeat(&s->record[i], g->sample) &&
        same(s->record[i].status, "done"))
      room[n++] = of(&s->record[i]);
  if (!n)
    return (spread){NAN, NAN, NAN, NAN};
  return (spread){gsl_stats_mean(room, 1, n),
                  n > 1 ? gsl_stats_sd(room, 1, n) : room[0] - room[0],
                  gsl_stats_min(room, 1, n), gsl_stats_max(room, 1, n)};
}

static void fill_group(const train_summary *s, train_group *g, double *room) {
  for (size_t i = 0; i < s->records; i++)
    if (is_repeat(&s->record[i], g->sample)) {
      g->trainings++;
      g->failed += !same(s->record[i].status, "done");
    }
  g->accuracy = find_spread(s, g, accuracy_of, room);
  g->nmi = find_spread(s, g, nmi_of, room);
  g->ari = find_spread(s, g, ari_of, room);
  g->seconds = find_spread(s, g, seconds_of, room);
  g->share = find_spread(s, g, share_of, room);
  g->iterations = find_spread(s, g, iterations_of, room).mean;
}

static bool is_known(const train_summary *s, const training_row *r) {
  for (size_t g = 0; g < s->groups; g++)
    if (is_repeat(s->group[g].sample, r))
      return true;
  return false;
}

static ys_code group(train_summary *s, ys_error *error) {
  double *room = ys_array(s->records + 1, sizeof *room);
  s->group = calloc(s->records + 1, sizeof *s->group);
  if (!room || !s->group) {
    free(room);
    return ys_fail_memory(error, "a summary");
  }
  for (size_t i = 0; i < s->records; i++)
    if (!is_known(s, &s->record[i])) {
      s->group[s->groups].sample = &s->record[i];
      fill_group(s, &s->group[s->groups++], room);
    }
  free(room);
  return YS_OK;
}

ys_code train_summary_make(const char *const *dirs, size_t count,
                           train_summary *summary, ys_error *error) {
  size_t room = 0;
  ys_code code = YS_OK;
  *summary = (train_summary){0};
  for (size_t i = 0; !code && i < count; i++)
    code = read_dir(dirs[i], summary, &room, error);
  if (!code)
    code = group(summary, error);
  if (code)
    train_summary_free(summary);
  return code;
}

void train_summary_free(train_summary *summary) {
  record_field fields[RECORD_FIELDS];
  record_table trainings = pick(fields);
  for (size_t i = 0; i < summary->records; i++)
    record_free(&trainings, &summary->record[i]);
  free(summary->record);
  free(summary->group);
  *summary = (train_summary){0};
}
