/* Reading a run directory back: runs.csv, traces.csv and, where a sweep left
 * one, settings.csv as structs. Columns are
 * found by their names, so files may have them in another order, and others
 * beside them. */
#ifndef RESULTS_H
#define RESULTS_H

#include "bench/run/run.h"
#include "bench/store/runsettings.h"

/* A row of runs.csv and the run's rows of traces.csv. Text is owned by the
 * results it belongs to; numbers may be infinite. */
typedef struct result_row {
  long run_id;
  char *problem, *loss, *fairness, *solver, *status, *message;
  long rows, classes, repeat, seed, threads, iterations;
  double lambda, setup_seconds, solve_seconds, monitor_seconds;
  double objective, lower_bound, gap;
  size_t line;              /* of runs.csv */
  const trace_point *trace; /* by iteration; NULL if there is none */
  size_t traced;
  const run_settings *settings; /* NULL: not those of a sweep */
} result_row;

typedef struct result_set {
  result_row *rows; /* by run_id; each of them occurs once */
  size_t count;     /* >= 1 */
  trace_point *points;
  size_t point_count;
  settings_table settings;
} result_set;

/* The columns of runs.csv and traces.csv that are read. */
extern const record_table results_runs, results_traces;

/* Read DIR/runs.csv, DIR/traces.csv and, if it is there, DIR/settings.csv.
 * Refuses a directory without them, a
 * header without one of the columns, a row of another width, a field that is no
 * number where one is expected, a run_id that occurs twice, and files without
 * runs, each with file and line. A last line without its end, as a killed run
 * may leave it, is left out, and so are traces of runs that are not in
 * runs.csv; both with a note on standard error. On failure nothing is left to
 * free. */
ys_code results_read(const char *dir, result_set *results, ys_error *error);
void results_free(result_set *results);

/* Whether the run ended with this status. */
bool result_has_status(const result_row *row, run_status status);

#endif
