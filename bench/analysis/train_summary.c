#include "bench/analysis/train_summary.h"

#include "bench/analysis/labelling.h"

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

static ys_code read_dir(const char *dir, train_summary *s, ys_error *error) {
  record_field fields[RECORD_FIELDS];
  record_table trainings = pick(fields);
  void *rows;
  size_t count;
  ys_code code = records_read_all(dir, &trainings, false, &rows, &count, error);
  if (code)
    return code;
  training_row *all =
      realloc(s->record, ys_times(ys_plus(s->records, count + 1), sizeof *all));
  if (!all) {
    records_free_all(&trainings, rows, count);
    return ys_fail_memory(error, record_rows);
  }
  s->record = all;
  if (count)
    memcpy(all + s->records, rows, count * sizeof *all);
  s->records += count;
  free(rows);
  return YS_OK;
}

/* ---------------------------------------------------------- grouping ---- */

static bool same(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

void train_texts(const training_row *r, const char *texts[TRAIN_TEXTS]) {
  const char *const all[TRAIN_TEXTS] = {r->data,     r->classifier, r->loss,
                                        r->fairness, r->solver,     r->targets,
                                        r->settings};
  memcpy(texts, all, sizeof all);
}

ys_code train_check_labels(arg_texts words, const training_row *rows,
                           size_t count, ys_error *error) {
  const size_t texts = ys_times(TRAIN_TEXTS, count);
  const char **specs = ys_array(ys_plus(texts, 1), sizeof *specs);
  if (!specs)
    return ys_fail_memory(error, "the labels of trainings");
  for (size_t i = 0; i < count; i++)
    train_texts(&rows[i], specs + TRAIN_TEXTS * i);
  ys_code code = labelling_check(words, (arg_texts){specs, texts}, error);
  free(specs);
  return code;
}

bool train_is_repeat(const training_row *a, const training_row *b) {
  const char *of_a[TRAIN_TEXTS], *of_b[TRAIN_TEXTS];
  train_texts(a, of_a);
  train_texts(b, of_b);
  for (int t = 0; t < TRAIN_TEXTS; t++)
    if (!same(of_a[t], of_b[t]))
      return false;
  return a->lambda == b->lambda && a->tolerance == b->tolerance &&
         a->max_iterations == b->max_iterations && a->epochs == b->epochs;
}

static double number_of(const training_row *r, int which) {
  const double numbers[] = {
      [TRAIN_ACCURACY] = r->targets[0] ? r->scores.plain : r->scores.accuracy,
      [TRAIN_NMI] = r->scores.nmi,
      [TRAIN_ARI] = r->scores.ari,
      [TRAIN_SECONDS] = r->total_seconds,
      [TRAIN_SHARE] =
          r->total_seconds > 0 ? r->totals.ystep_seconds / r->total_seconds : 0,
      [TRAIN_ITERATIONS] =
          r->totals.ysteps
              ? (double)r->totals.ystep_iterations / (double)r->totals.ysteps
              : 0};
  return numbers[which];
}

/* Of the trainings that were done. `room` holds a number for each record. */
static spread find_spread(const train_summary *s, const train_group *g,
                          int which, double *room) {
  size_t n = 0;
  for (size_t i = 0; i < s->records; i++)
    if (train_is_repeat(&s->record[i], g->sample) &&
        same(s->record[i].status, "done"))
      room[n++] = number_of(&s->record[i], which);
  if (!n)
    return (spread){NAN, NAN, NAN, NAN};
  return (spread){gsl_stats_mean(room, 1, n),
                  n > 1 ? gsl_stats_sd(room, 1, n) : room[0] - room[0],
                  gsl_stats_min(room, 1, n), gsl_stats_max(room, 1, n)};
}

static void fill_group(const train_summary *s, train_group *g, double *room) {
  for (size_t i = 0; i < s->records; i++)
    if (train_is_repeat(&s->record[i], g->sample)) {
      g->trainings++;
      g->failed += !same(s->record[i].status, "done");
    }
  for (int which = 0; which < TRAIN_NUMBERS; which++)
    g->of[which] = find_spread(s, g, which, room);
}

static bool is_known(const train_summary *s, const training_row *r) {
  for (size_t g = 0; g < s->groups; g++)
    if (train_is_repeat(s->group[g].sample, r))
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
  ys_code code = YS_OK;
  *summary = (train_summary){0};
  for (size_t i = 0; !code && i < count; i++)
    code = read_dir(dirs[i], summary, error);
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
