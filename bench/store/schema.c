#include "bench/store/schema.h"

#include "bench/run/request.h"
#include "bench/run/run.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

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

const char *train_status_name(train_status status) {
  static const char *const names[] = {"done", "failed", "interrupted"};
  return names[status];
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

#define WORDS(word)                                                            \
  { RECORD_TEXT, 0, 0, word, false }

const record_rule column_loss = WORDS(loss);
const record_rule column_fairness = WORDS(fairness);
static const record_rule column_status = WORDS(status);
static const record_rule column_loss_or_none = WORDS(loss_or_none);
static const record_rule column_fairness_or_none = WORDS(fairness_or_none);
static const record_rule column_training_status = WORDS(training_status);
static const record_rule column_panel = WORDS(panel); /* a loss, or joint */
static const record_rule column_law = WORDS(law);
static const record_rule column_verdict = WORDS(verdict);

/* ----------------------------------------------------- texts and numbers -- */

#define RULE(name, kind, low, high, is_optional)                               \
  static const record_rule column_##name = {kind, low, high, NULL, is_optional}

RULE(text, RECORD_TEXT, 0, 0, false);
RULE(id, RECORD_WHOLE, 1, MOST, false);
RULE(size, RECORD_WHOLE, 1, MOST, false);
RULE(count, RECORD_WHOLE, 0, MOST, false);
RULE(seed, RECORD_WHOLE, 0, ARGS_MOST_SEED + 1e6, false); /* counted on */
RULE(threads, RECORD_WHOLE, 0, 1024, false);   /* 0: of a run that never ran */
RULE(schedule, RECORD_WHOLE, -1, MOST, false); /* trace_every */
RULE(lambda, RECORD_NUMBER, 0, DBL_MAX, false);
RULE(seconds, RECORD_SECONDS, 0, DBL_MAX, false);
RULE(maybe_seconds, RECORD_SECONDS, 0, DBL_MAX, true);
RULE(maybe_count, RECORD_NUMBER, 0, MOST, true);
RULE(limit, RECORD_NUMBER, 0, INFINITY, false);
RULE(value, RECORD_NUMBER, -INFINITY, INFINITY, false);
RULE(measure, RECORD_NUMBER, -INFINITY, INFINITY, true); /* or none */
RULE(share, RECORD_NUMBER, 0, 1, false);
RULE(score, RECORD_NUMBER, -1, 1, true);

/* -------------------------------------------------------------- tables -- */

#define FIELD(row, column, rule)                                               \
  { #column, &rule, offsetof(row, column), false }
#define LATER(row, column, rule)                                               \
  { #column, &rule, offsetof(row, column), true }
#define PART(row, column, member, rule)                                        \
  { column, &rule, offsetof(row, member), false }
#define TABLE(name, fields, row, line)                                         \
  { name, fields, sizeof fields / sizeof *fields, sizeof(row), line }

static const record_field run_fields[] = {
    FIELD(result_row, run_id, column_id),
    FIELD(result_row, problem, column_text),
    FIELD(result_row, rows, column_size),
    FIELD(result_row, classes, column_size),
    FIELD(result_row, loss, column_loss),
    FIELD(result_row, fairness, column_fairness),
    FIELD(result_row, lambda, column_lambda),
    FIELD(result_row, solver, column_text),
    FIELD(result_row, repeat, column_count),
    FIELD(result_row, seed, column_seed),
    FIELD(result_row, threads, column_threads),
    FIELD(result_row, status, column_status),
    FIELD(result_row, iterations, column_count),
    FIELD(result_row, setup_seconds, column_seconds),
    FIELD(result_row, solve_seconds, column_seconds),
    FIELD(result_row, monitor_seconds, column_seconds),
    FIELD(result_row, objective, column_value),
    FIELD(result_row, lower_bound, column_value),
    FIELD(result_row, gap, column_value),
    FIELD(result_row, message, column_text),
    LATER(result_row, empty_step_seconds, column_maybe_seconds),
    LATER(result_row, own_seconds, column_maybe_seconds),
    LATER(result_row, sent_bytes, column_maybe_count),
    LATER(result_row, sent_messages, column_maybe_count),
};
const record_table schema_runs =
    TABLE("runs.csv", run_fields, result_row, offsetof(result_row, line));

static const record_field trace_fields[] = {
    FIELD(traced_point, run_id, column_id),
    PART(traced_point, "iteration", point.iteration, column_count),
    PART(traced_point, "solve_seconds", point.solve_seconds, column_seconds),
    PART(traced_point, "objective", point.objective, column_value),
    PART(traced_point, "lower_bound", point.lower_bound, column_value),
    PART(traced_point, "gap", point.gap, column_value),
};
const record_table schema_traces =
    TABLE("traces.csv", trace_fields, traced_point, 0);

static const record_field setting_fields[] = {
    FIELD(run_settings, run_id, column_id),
    FIELD(run_settings, hash, column_text),
    FIELD(run_settings, batch, column_text),
    FIELD(run_settings, start, column_text),
    FIELD(run_settings, prior, column_text),
    FIELD(run_settings, tolerance, column_limit),
    FIELD(run_settings, max_iterations, column_count),
    FIELD(run_settings, time_limit, column_limit),
    FIELD(run_settings, trace_every, column_schedule),
    FIELD(run_settings, wall_limit, column_limit),
    FIELD(run_settings, memory_limit, column_limit),
    FIELD(run_settings, version, column_text),
    FIELD(run_settings, commit, column_text),
    FIELD(run_settings, cpu, column_text),
    LATER(run_settings, ranks, column_maybe_count),
};
const record_table schema_settings = TABLE(
    "settings.csv", setting_fields, run_settings, offsetof(run_settings, line));

static const record_field check_fields[] = {
    FIELD(check_row, check, column_text),
    FIELD(check_row, problem, column_text),
    FIELD(check_row, loss, column_loss_or_none),
    FIELD(check_row, fairness, column_fairness_or_none),
    FIELD(check_row, samples, column_count),
    FIELD(check_row, worst, column_value),
    FIELD(check_row, tolerance, column_limit),
    FIELD(check_row, expected, column_law),
    FIELD(check_row, observed, column_law),
    FIELD(check_row, verdict, column_verdict),
};
const record_table schema_checks =
    TABLE("checks.csv", check_fields, check_row, 0);

static const record_field segment_fields[] = {
    FIELD(segment_row, problem, column_text),
    FIELD(segment_row, seed, column_seed),
    FIELD(segment_row, panel, column_panel),
    FIELD(segment_row, segment, column_count),
    FIELD(segment_row, t, column_share),
    FIELD(segment_row, objective, column_value),
};
const record_table schema_segments =
    TABLE("segments.csv", segment_fields, segment_row, 0);

static const record_field training_fields[] = {
    FIELD(training_row, train_id, column_id),
    FIELD(training_row, data, column_text),
    FIELD(training_row, rows, column_size),
    FIELD(training_row, classes, column_size),
    FIELD(training_row, classifier, column_text),
    FIELD(training_row, parameters, column_count),
    FIELD(training_row, loss, column_loss_or_none),
    FIELD(training_row, fairness, column_fairness),
    FIELD(training_row, lambda, column_lambda),
    FIELD(training_row, solver, column_text),
    FIELD(training_row, tolerance, column_limit),
    FIELD(training_row, max_iterations, column_count),
    FIELD(training_row, targets, column_text),
    FIELD(training_row, settings, column_text),
    FIELD(training_row, epochs, column_count),
    FIELD(training_row, repeat, column_count),
    FIELD(training_row, seed, column_seed),
    FIELD(training_row, threads, column_threads),
    FIELD(training_row, status, column_training_status),
    PART(training_row, "epochs_done", totals.epoch, column_count),
    FIELD(training_row, total_seconds, column_seconds),
    PART(training_row, "ystep_seconds", totals.ystep_seconds, column_seconds),
    PART(training_row, "monitor_seconds", totals.ystep_monitor, column_seconds),
    PART(training_row, "step_seconds", totals.step_seconds, column_seconds),
    PART(training_row, "predict_seconds", totals.predict_seconds,
         column_seconds),
    PART(training_row, "ysteps", totals.ysteps, column_count),
    PART(training_row, "ystep_iterations", totals.ystep_iterations,
         column_count),
    PART(training_row, "train_loss", totals.loss, column_measure),
    PART(training_row, "objective", totals.objective, column_measure),
    PART(training_row, "gap", totals.gap, column_measure),
    PART(training_row, "accuracy", scores.accuracy, column_score),
    PART(training_row, "plain_accuracy", scores.plain, column_score),
    PART(training_row, "nmi", scores.nmi, column_score),
    PART(training_row, "ari", scores.ari, column_score),
    FIELD(training_row, message, column_text),
};
const record_table schema_trainings =
    TABLE("training.csv", training_fields, training_row, 0);

static const record_field epoch_fields[] = {
    FIELD(epoch_row, train_id, column_id),
    PART(epoch_row, "epoch", totals.epoch, column_count),
    PART(epoch_row, "train_loss", totals.loss, column_measure),
    PART(epoch_row, "objective", totals.objective, column_measure),
    PART(epoch_row, "gap", totals.gap, column_measure),
    PART(epoch_row, "ystep_iterations", totals.last_iterations, column_measure),
    PART(epoch_row, "ystep_seconds", totals.ystep_seconds, column_seconds),
    FIELD(epoch_row, total_seconds, column_seconds),
    PART(epoch_row, "accuracy", scores.accuracy, column_score),
    PART(epoch_row, "plain_accuracy", scores.plain, column_score),
    PART(epoch_row, "nmi", scores.nmi, column_score),
    PART(epoch_row, "ari", scores.ari, column_score),
};
const record_table schema_epochs =
    TABLE("epochs.csv", epoch_fields, epoch_row, 0);

static const record_field index_fields[] = {
    FIELD(index_row, epoch, column_id),
    FIELD(index_row, file, column_text),
};
const record_table schema_index =
    TABLE("index.csv", index_fields, index_row, 0);

result_row schema_row_of(const run_spec *run, run_settings *settings) {
  *settings =
      (run_settings){.run_id = (long)run->id,
                     .hash = run->hash,
                     .batch = run->batch,
                     .start = run->start,
                     .prior = run->prior,
                     .tolerance = run->limits.tolerance,
                     .time_limit = run->limits.seconds,
                     .wall_limit = run->wall_seconds,
                     .memory_limit = run->memory_mebibytes,
                     .max_iterations = run->limits.max_iterations,
                     .trace_every = run->limits.trace_every,
                     .ranks = run->ranks > 1 ? (double)run->ranks : NAN};
  return (result_row){.run_id = (long)run->id,
                      .problem = run->problem,
                      .rows = (long)run->rows,
                      .classes = (long)run->classes,
                      .loss = ys_loss_name(run->loss),
                      .fairness = ys_fairness_name(run->fairness),
                      .lambda = run->lambda,
                      .solver = run->solver,
                      .repeat = (long)run->repeat,
                      .seed = (long)run->seed,
                      .threads = run->threads,
                      .empty_step_seconds = NAN,
                      .own_seconds = NAN,
                      .sent_bytes = NAN,
                      .sent_messages = NAN,
                      .settings = settings};
}
