/* Reading a run directory back: runs.csv, traces.csv and, where a sweep left
 * one, settings.csv as structs. Columns are found by their names, so files may
 * have them in another order, and others beside them. */
#ifndef RESULTS_H
#define RESULTS_H

#include "bench/store/schema.h"
#include "problems/memory.h"

/* settings.csv. Rows of runs that were cut off may be among them, and the same
 * run_id twice, the later row last. */
typedef struct settings_table {
  run_settings *rows; /* by run_id; owned */
  size_t count;
} settings_table;

/* The last row of that run, or NULL. */
const run_settings *settings_find(const settings_table *table, long run_id);

/* checks.csv, in the order of the file. */
typedef struct check_table {
  check_row *rows;
  size_t count;
} check_table;

typedef struct result_set {
  result_row *rows; /* by run_id; each of them occurs once */
  size_t count;     /* >= 1 */
  trace_point *points;
  size_t point_count;
  settings_table settings;
  ys_memory names; /* of solvers that labels are made for */
} result_set;

/* Read DIR/runs.csv, DIR/traces.csv and, if it is there, DIR/settings.csv.
 * Refuses a directory without them, a header without one of the columns, a row
 * of another width, a field that is no number where one is expected, a run_id
 * that occurs twice, and files without runs, each with file and line. A last
 * line without its end, as a killed run may leave it, is left out, and so are
 * traces of runs that are not in runs.csv; both with a note on standard error.
 * On failure nothing is left to free. */
ys_code results_read(const char *dir, result_set *results, ys_error *error);
void results_free(result_set *results);

/* Leave out the runs that ended with this status; how many they are. */
size_t results_leave_out(result_set *results, run_status status);

/* Start and prior of the run as the user wrote them; "" where they are not
 * known. */
const char *result_start(const result_row *row);
const char *result_prior(const result_row *row);

/* How many ranks did it; 1: a process alone, or not known. */
double result_ranks(const result_row *row);

/* Problem and solver as tables, figures and pages call them: by their labels,
 * if they have any. */
const char *result_problem_name(const result_row *row);
const char *result_solver_name(const result_row *row);

/* Whether the run ended with this status. */
bool result_has_status(const result_row *row, run_status status);

/* Whether it failed as is expected of a step that is too long: its message says
 * so (file-formats.md). */
bool result_left_domain(const result_row *row);

/* Whether it has a result, and so a trace and labels to go with it. */
bool result_has_trace(const result_row *row);

#endif
