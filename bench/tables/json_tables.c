#include "bench/tables/tables.h"
#include "bench/text/exact_json.h"
#include "bench/text/html.h"

#include <math.h>
#include <stdbool.h>

/* Every table is one object: where its numbers come from, what it was asked
 * for, and "rows". Want of memory leaves NULL of the part, and so of the
 * document, which exact_json_put refuses. */

static json_t *count_json(size_t count) {
  return json_integer((json_int_t)count);
}

static json_t *provenance_json(const provenance *made) {
  return json_pack("{s:o, s:o, s:o, s:o}", "cpu", html_json_string(made->cpu),
                   "version", html_json_string(made->version), "commit",
                   html_json_string(made->commit), "date",
                   html_json_string(made->date));
}

/* What a row is about; the columns of table_put_run. */
static json_t *run_json(const result_row *run) {
  return json_pack(
      "{s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "problem",
      html_json_string(run->problem), "rows", (json_int_t)run->rows, "classes",
      (json_int_t)run->classes, "loss", html_json_string(run->loss), "fairness",
      html_json_string(run->fairness), "lambda", exact_json_number(run->lambda),
      "start", html_json_string(result_start(run)), "prior",
      html_json_string(result_prior(run)), "solver",
      html_json_string(run->solver));
}

static void drop_unless(bool whole, json_t **part) {
  if (whole)
    return;
  json_decref(*part);
  *part = NULL;
}

static void put(json_t **object, const char *key, json_t *value) {
  drop_unless(json_object_set_new(*object, key, value) == 0, object);
}

static void append(json_t **array, json_t *value) {
  drop_unless(json_array_append_new(*array, value) == 0, array);
}

static ys_code write_document(FILE *out, json_t *document, ys_error *error) {
  const int failed = exact_json_put(out, document);
  fputc('\n', out);
  json_decref(document);
  return failed ? ys_fail_memory(error, "a table as JSON") : YS_OK;
}

static json_t *band_json(const cost_band *band) {
  return json_pack("{s:o, s:o, s:o}", "median", exact_json_number(band->median),
                   "low", exact_json_number(band->low), "high",
                   exact_json_number(band->high));
}

static json_t *summary_json(const gap_summary *to) {
  return json_pack(
      "{s:o, s:o, s:o, s:o, s:o}", "gap", exact_json_number(to->gap), "reached",
      count_json(to->reached), "seconds", band_json(&to->to[COST_TIME]),
      "iterations", band_json(&to->to[COST_ITERATION]), "best_gap",
      exact_json_number(to->best));
}

/* --------------------------------------------------------- times to gaps ---
 */

static json_t *gap_row_json(const gap_table *table, const gap_row *row) {
  const result_row *telling = solver_runs_message(row->solver);
  json_t *made = run_json(row->solver->runs[0]), *to = json_array();
  put(&made, "runs", count_json(row->solver->count));
  put(&made, "status", html_json_string(row->status));
  put(&made, "iterations", exact_json_number(row->iterations));
  put(&made, "seconds_per_iteration",
      exact_json_number(row->seconds_per_iteration));
  put(&made, "noise", exact_json_number(row->noise));
  put(&made, "setup_seconds", exact_json_number(row->setup_seconds));
  put(&made, "solve_seconds", exact_json_number(row->solve_seconds));
  put(&made, "final_gap", exact_json_number(row->gap));
  for (size_t i = 0; i < table->gap_count; i++)
    append(&to, summary_json(&row->to[i]));
  put(&made, "to", to);
  put(&made, "message", html_json_string(telling ? telling->message : ""));
  return made;
}

ys_code gap_table_json(FILE *out, const gap_table *table,
                       const provenance *made, ys_error *error) {
  json_t *rows = json_array();
  const size_t count = groups_count_solvers(table->set);
  for (size_t i = 0; i < count; i++)
    append(&rows, gap_row_json(table, &table->rows[i]));
  return write_document(
      out, json_pack("{s:o, s:o}", "made", provenance_json(made), "rows", rows),
      error);
}

/* ---------------------------------------------------------------- pivot --- */

static json_t *pivot_row_json(const pivot *of, const pivot_row *row) {
  json_t *ysteps = json_array();
  for (size_t g = 0; g < of->matrix.set->count; g++) {
    const gap_summary *to = gap_matrix_at(&of->matrix, g, row->solver);
    append(&ysteps, to->runs ? summary_json(to) : json_null());
  }
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "solver",
                   html_json_string(of->solvers.names[row->solver]), "solved",
                   count_json(row->solved), "mean_seconds",
                   exact_json_number(row->seconds), "times_best",
                   exact_json_number(row->times), "ysteps", ysteps);
}

ys_code pivot_json(FILE *out, const pivot *made, const provenance *from,
                   ys_error *error) {
  json_t *rows = json_array(), *ysteps = json_array();
  for (size_t g = 0; g < made->matrix.set->count; g++) {
    json_t *ystep = run_json(made->matrix.set->groups[g].sample);
    json_object_del(ystep, "solver");
    append(&ysteps, ystep);
  }
  for (size_t i = 0; i < made->count; i++)
    append(&rows, pivot_row_json(made, &made->rows[i]));
  return write_document(out,
                        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "made",
                                  provenance_json(from), "gap",
                                  exact_json_number(made->matrix.gap), "shift",
                                  json_real(PIVOT_SHIFT), "penalty",
                                  exact_json_number(made->penalty), "ysteps",
                                  ysteps, "rows", rows),
                        error);
}

/* -------------------------------------------------------- over problems --- */

static json_t *total_json(const total *t) {
  return json_pack(
      "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "solver",
      html_json_string(t->sample->solver), "loss",
      html_json_string(t->sample->loss), "fairness",
      html_json_string(t->sample->fairness), "lambda",
      exact_json_number(t->sample->lambda), "repeats", count_json(t->repeats),
      "runs", count_json(t->runs), "converged", count_json(t->converged),
      "iterations", exact_json_number(t->iterations), "solve_seconds",
      exact_json_number(t->median), "seconds_low", exact_json_number(t->least),
      "seconds_high", exact_json_number(t->most), "worst_gap",
      exact_json_number(t->worst_gap));
}

ys_code total_times_json(FILE *out, const total_times *made, ys_error *error) {
  json_t *rows = json_array();
  for (size_t i = 0; i < made->count; i++)
    append(&rows, total_json(&made->row[i]));
  return write_document(out, json_pack("{s:o}", "rows", rows), error);
}

/* ------------------------------------------------- of two directories ----- */

static json_t *side_json(const compare_side *side) {
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "runs", count_json(side->runs),
                   "reached", count_json(side->reached), "seconds",
                   exact_json_number(side->seconds), "iterations",
                   exact_json_number(side->iterations), "objective",
                   exact_json_number(side->objective));
}

static json_t *comparison_json(const comparison *row) {
  json_t *made = run_json(row->a.solver->runs[0]);
  put(&made, "gap", exact_json_number(row->gap));
  put(&made, "a", side_json(&row->a));
  put(&made, "b", side_json(&row->b));
  put(&made, "ratio", exact_json_number(row->ratio));
  put(&made, "ratio_low", exact_json_number(row->low));
  put(&made, "ratio_high", exact_json_number(row->high));
  put(&made, "p", exact_json_number(row->p));
  put(&made, "same_iterations", json_boolean(row->same_iterations));
  put(&made, "objectives_agree", json_boolean(row->agree));
  put(&made, "verdict", json_string(compare_verdict_text(row->verdict)));
  return made;
}

static json_t *input_json(const compare_input *input) {
  return json_pack("{s:o, s:o}", "directory", html_json_string(input->dir),
                   "made", provenance_json(input->made));
}

ys_code compare_write_json(FILE *out, const compare_request *request,
                           const compare_result *result, ys_error *error) {
  json_t *rows = json_array();
  for (size_t i = 0; i < result->count; i++)
    append(&rows, comparison_json(&result->rows[i]));
  return write_document(out,
                        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "a",
                                  input_json(&request->a), "b",
                                  input_json(&request->b), "confidence",
                                  json_real(request->confidence), "tested",
                                  count_json(result->tested), "only_a",
                                  count_json(result->only_a), "only_b",
                                  count_json(result->only_b), "rows", rows),
                        error);
}
