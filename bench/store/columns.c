#include "bench/store/columns.h"

#include "bench/checks/checks.h"
#include "bench/run/request.h"
#include "bench/run/run.h"
#include "bench/train/train_log.h"

#include <float.h>
#include <math.h>

/* Every whole number is one that counts on without wrapping, and is exact as a
 * double. */
#define MOST REQUEST_ITERATIONS

/* --------------------------------------------------------------- words ---- */

static const char *loss(int i) {
  return i < YS_LOSSES ? ys_loss_name((ys_loss)i) : NULL;
}

static const char *fairness(int i) {
  return i < YS_FAIRNESSES ? ys_fairness_name((ys_fairness)i) : NULL;
}

/* Trainings without a y-step leave the loss empty, checks write "-". */
static const char *none(int i) {
  static const char *const words[] = {"-", "", NULL};
  return words[i];
}

static const char *loss_or_none(int i) {
  return i < YS_LOSSES ? loss(i) : none(i - YS_LOSSES);
}

static const char *fairness_or_none(int i) {
  return i < YS_FAIRNESSES ? fairness(i) : none(i - YS_FAIRNESSES);
}

static const char *status(int i) {
  return i < RUN_STATUSES ? run_status_name((run_status)i) : NULL;
}

static const char *training_status(int i) {
  return i <= TRAIN_INTERRUPTED ? train_status_name((train_status)i) : NULL;
}

static const char *panel(int i) {
  return i < YS_LOSSES ? loss(i) : i == YS_LOSSES ? "joint" : NULL;
}

static const char *law(int i) {
  static const char *const words[] = {"holds", "violated", NULL};
  return words[i];
}

static const char *verdict(int i) {
  static const char *const words[] = {"ok", "FAIL", NULL};
  return words[i];
}

const record_rule column_loss = {RECORD_TEXT, 0, 0, loss, false};
const record_rule column_fairness = {RECORD_TEXT, 0, 0, fairness, false};
const record_rule column_status = {RECORD_TEXT, 0, 0, status, false};
const record_rule column_loss_or_none = {RECORD_TEXT, 0, 0, loss_or_none,
                                         false};
const record_rule column_fairness_or_none = {RECORD_TEXT, 0, 0,
                                             fairness_or_none, false};
const record_rule column_training_status = {RECORD_TEXT, 0, 0, training_status,
                                            false};
const record_rule column_panel = {RECORD_TEXT, 0, 0, panel, false};
const record_rule column_law = {RECORD_TEXT, 0, 0, law, false};
const record_rule column_verdict = {RECORD_TEXT, 0, 0, verdict, false};

/* ----------------------------------------------------- texts and numbers -- */

const record_rule column_text = {RECORD_TEXT, 0, 0, NULL, false};
const record_rule column_id = {RECORD_WHOLE, 1, MOST, NULL, false};
const record_rule column_size = {RECORD_WHOLE, 1, MOST, NULL, false};
const record_rule column_count = {RECORD_WHOLE, 0, MOST, NULL, false};
const record_rule column_seed = {RECORD_WHOLE, 0, REQUEST_MOST_SEED + 1e6, NULL,
                                 false};
const record_rule column_threads = {RECORD_WHOLE, 0, 1024, NULL, false};
const record_rule column_schedule = {RECORD_WHOLE, -1, MOST, NULL, false};
const record_rule column_lambda = {RECORD_NUMBER, 0, DBL_MAX, NULL, false};
const record_rule column_seconds = {RECORD_NUMBER, 0, DBL_MAX, NULL, false};
const record_rule column_limit = {RECORD_NUMBER, 0, INFINITY, NULL, false};
const record_rule column_value = {RECORD_NUMBER, -INFINITY, INFINITY, NULL,
                                  false};
const record_rule column_share = {RECORD_NUMBER, 0, 1, NULL, false};
const record_rule column_score = {RECORD_NUMBER, -1, 1, NULL, true};
