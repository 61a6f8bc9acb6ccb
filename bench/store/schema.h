/* The tables of a run directory: what a row of each holds, in which columns,
 * and what a field of each column may be. Header lines, writing and reading all
 * come from here; docs/file-formats.md says it to users. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "bench/run/run.h"
#include "bench/store/records.h"
#include "training/scores.h"

/* Text of a row that was read is owned by whoever read it; numbers may be
 * infinite. */

/* settings.csv: what decided a run beyond the columns of runs.csv. */
typedef struct run_settings {
  long run_id;
  const char *hash, *batch; /* of a sweep's runs; empty for `ystep run` */
  const char *start, *prior;
  double tolerance, time_limit, wall_limit, memory_limit;
  long max_iterations, trace_every;
  const char *version, *commit, *cpu;
  double ranks; /* NaN: a process alone */
  size_t line;  /* of settings.csv */
} run_settings;

/* runs.csv: a run that has ended. */
typedef struct result_row {
  long run_id;
  const char *problem, *loss, *fairness, *solver, *status, *message;
  long rows, classes, repeat, seed, threads, iterations;
  double lambda, setup_seconds, solve_seconds, monitor_seconds;
  double objective, lower_bound, gap;
  double empty_step_seconds, own_seconds; /* NaN: not of a process */
  double sent_bytes, sent_messages;       /* NaN: not of ranks */
  size_t line;                            /* of runs.csv */
  const trace_point *trace; /* by iteration; NULL if there is none */
  size_t traced;
  const run_settings *settings;             /* NULL: not known */
  const char *problem_label, *solver_label; /* what pages call them; NULL: as
                                               above */
} result_row;

/* traces.csv. */
typedef struct traced_point {
  long run_id;
  trace_point point;
} traced_point;

/* checks.csv. */
typedef struct check_row {
  const char *check, *problem, *loss, *fairness, *expected, *observed, *verdict;
  long samples;
  double worst, tolerance;
} check_row;

/* segments.csv. */
typedef struct segment_row {
  const char *problem, *panel;
  long seed, segment;
  double t, objective;
} segment_row;

/* What a training adds up; a checkpoint keeps it. */
typedef struct train_totals {
  long epoch;             /* epochs done */
  long ysteps;            /* y-steps done, */
  long ystep_iterations;  /* their iterations, */
  double ystep_seconds;   /* inside the solver, setting up included, */
  double ystep_monitor;   /* and in judging its iterates */
  double step_seconds;    /* in the steps of the parameters */
  double predict_seconds; /* in predicting sigma */
  double loss;            /* mean over the last epoch; NaN: there was none */
  double objective, gap;  /* of the last y-step, or of those on an epoch's
                             mini-batches the mean and the largest; NaN before */
  double last_iterations; /* of it, or of them all */
} train_totals;

/* training.csv: a training that is over. */
typedef struct training_row {
  long train_id, rows, classes, parameters, repeat, seed, threads;
  const char *data, *classifier, *loss, *fairness, *solver, *targets, *settings,
      *status, *message;
  long max_iterations, epochs;
  double lambda, tolerance, total_seconds;
  train_totals totals;
  ys_scores scores; /* NaN: the data had no labels */
} training_row;

/* epochs.csv: an epoch of one. */
typedef struct epoch_row {
  long train_id;
  double total_seconds;
  train_totals totals;
  ys_scores scores;
} epoch_row;

/* index.csv of a recording. */
typedef struct index_row {
  long epoch;
  const char *file;
} index_row;

/* What the tables hold of a run before it has run: its row, whose settings are
 * *settings. Texts are those of `run`; not among them are the program and the
 * processor. */
result_row schema_row_of(const run_spec *run, run_settings *settings);

extern const record_table schema_runs, schema_traces, schema_settings,
    schema_checks, schema_segments, schema_trainings, schema_epochs,
    schema_index;

/* How a training ended: the words of its status. */
typedef enum train_status {
  TRAIN_DONE,
  TRAIN_FAILED,      /* a y-step broke down, or a loss was not finite */
  TRAIN_INTERRUPTED, /* by a signal; the checkpoint is kept */
} train_status;
const char *train_status_name(train_status status);

/* What a field may be that is a word: the names of losses and of fairness. */
extern const record_rule column_loss, column_fairness;

#endif
