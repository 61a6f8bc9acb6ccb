#include "bench/tables/latex_table.h"
#include "bench/tables/tables.h"
#include "bench/text/latex.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- cells --- */

enum { WHOLE = 4 }; /* columns about whole runs */

static void add_gap(latex_table *cells, const gap_summary *to) {
  char seconds[NUMBER_ROOM], count[NUMBER_ROOM], text[128];
  const bool reached = isfinite(to->to[COST_TIME].median);
  int used = 0;
  if (reached)
    used = snprintf(text, sizeof text, "%s (%s)",
                    text_seconds(seconds, to->to[COST_TIME].median),
                    text_count(count, to->to[COST_ITERATION].median));
  if (to->reached && to->reached < to->runs)
    used +=
        snprintf(text + used, sizeof text - (size_t)used, "%s%zu of %zu runs",
                 used ? ", " : "", to->reached, to->runs);
  latex_table_add(cells, reached ? LATEX_NUMBER : LATEX_TEXT,
                  used ? text : "not reached");
}

static void add_row(latex_table *cells, const gap_table *table,
                    const solver_styles *solvers, const gap_row *row) {
  char text[NUMBER_ROOM];
  latex_table_add_solver(cells, solvers,
                         solver_style_number(solvers, row->solver->solver));
  for (size_t i = 0; i < table->gap_count; i++)
    add_gap(cells, &row->to[i]);
  latex_table_add(cells, LATEX_TEXT, row->status);
  latex_table_add(cells, LATEX_NUMBER, text_count(text, row->iterations));
  latex_table_add(cells, LATEX_NUMBER,
                  text_seconds(text, row->seconds_per_iteration));
  latex_table_add(cells, LATEX_NUMBER, text_gap(text, row->gap));
}

static void add_head(latex_table *cells, const gap_table *table) {
  static const char *const whole[WHOLE] = {"status", "iterations",
                                           "s/iteration", "final gap"};
  char text[NUMBER_ROOM];
  latex_table_add(cells, LATEX_TEXT, "solver");
  for (size_t i = 0; i < table->gap_count; i++)
    latex_table_add(cells, LATEX_NUMBER, text_target(text, table->gaps[i]));
  for (size_t i = 0; i < WHOLE; i++)
    latex_table_add(cells, LATEX_TEXT, whole[i]);
}

/* --------------------------------------------------- what stands around ----
 */

typedef struct latex_group {
  const run_group *group;
  const solver_styles *solvers;
} latex_group;

static void put_caption(FILE *out, const void *of) {
  const result_row *row = ((const latex_group *)of)->group->sample;
  fputs("Seconds (iterations) to a certified gap, medians over repeats: ", out);
  if (row->problem_label) /* words, not code */
    latex_put(out, row->problem_label);
  else
    latex_put_long_name(out, row->problem);
  fprintf(out, " ($%ld\\times%ld$), ", row->rows, row->classes);
  latex_put(out, row->loss);
  fputs(" + ", out);
  latex_put(out, row->fairness);
  fprintf(out, ", $\\lambda=%g$.", row->lambda);
}

static bool is_said_before(const run_group *group, size_t solver,
                           const result_row *run) {
  for (size_t s = 0; s < solver; s++) {
    const result_row *other = solver_runs_message(&group->solvers[s]);
    if (other && strcmp(other->message, run->message) == 0 &&
        strcmp(other->status, run->status) == 0)
      return true;
  }
  return false;
}

/* What a run had to say, once for all solvers of which one said it. */
static void put_message(FILE *out, const latex_group *of, size_t solver) {
  const run_group *group = of->group;
  const result_row *run = solver_runs_message(&group->solvers[solver]);
  if (!run || is_said_before(group, solver, run))
    return;
  fputs("\n", out);
  for (size_t s = solver; s < group->solver_count; s++) {
    const result_row *other = solver_runs_message(&group->solvers[s]);
    if (!other || strcmp(other->message, run->message) != 0 ||
        strcmp(other->status, run->status) != 0)
      continue;
    fputs(s == solver ? "" : ", ", out);
    latex_put_solver(out, of->solvers,
                     solver_style_number(of->solvers, other->solver));
  }
  fputs(": ", out);
  latex_put(out, run->status);
  fputs(": ", out);
  latex_put(out, run->message);
  fputs("\n", out);
}

static void put_notes(FILE *out, const void *context) {
  const latex_group *of = context;
  fputs("\\par\\raggedright\n", out);
  for (size_t s = 0; s < of->group->solver_count; s++)
    latex_explain_solver(
        out, of->solvers,
        solver_style_number(of->solvers, of->group->solvers[s].solver));
  for (size_t s = 0; s < of->group->solver_count; s++)
    put_message(out, of, s);
}

/* ------------------------------------------------------------------ all --- */

static ys_code put_group(FILE *out, latex_table *cells, const gap_table *table,
                         const latex_group *of, const gap_row *rows,
                         ys_error *error) {
  const size_t count = of->group->solver_count;
  latex_table_make(cells, 1 + table->gap_count + WHOLE, count + 1);
  add_head(cells, table);
  for (size_t s = 0; s < count; s++)
    add_row(cells, table, of->solvers, &rows[s]);
  ys_code code = latex_table_write(
      out, cells, &(latex_frame){put_caption, put_notes, of}, error);
  latex_table_free(cells);
  return code;
}

ys_code gap_table_latex(FILE *out, const gap_table *table,
                        const provenance *made, ys_error *error) {
  const gap_row *rows = table->rows;
  solver_styles solvers;
  latex_table cells = {0};
  ys_code code = solver_styles_make(table->set, NULL, &solvers, error);
  if (code)
    return code;
  latex_put_beginning(out, made);
  for (size_t g = 0; !code && g < table->set->count; g++) {
    const latex_group of = {&table->set->groups[g], &solvers};
    code = put_group(out, &cells, table, &of, rows, error);
    rows += of.group->solver_count;
  }
  solver_styles_free(&solvers);
  return code;
}
