#include "bench/tables/latex_table.h"
#include "bench/tables/tables.h"
#include "bench/text/latex.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"

#include <math.h>
#include <string.h>

enum { CELL_ROOM = 160, TITLE_ROOM = 512 };

/* "0.0123 (14)"; else why not, and how near: "not reached, 4e-6", "failed". */
static const char *cell_text(const pivot *of, size_t group, size_t solver,
                             char text[CELL_ROOM]) {
  char seconds[NUMBER_ROOM], count[NUMBER_ROOM], status[96];
  const gap_summary *to = gap_matrix_at(&of->matrix, group, solver);
  const solver_runs *runs = pivot_runs(of, group, solver);
  if (!to->runs)
    return runs ? "not served" : "-";
  if (isfinite(to->to[COST_TIME].median)) {
    snprintf(text, CELL_ROOM, "%s (%s)",
             text_seconds(seconds, to->to[COST_TIME].median),
             text_count(count, to->to[COST_ITERATION].median));
    return text;
  }
  solver_runs_status(runs, status, sizeof status);
  if (strcmp(status, run_status_name(RUN_FAILED)) == 0)
    return solver_runs_failure(runs);
  int used = snprintf(text, CELL_ROOM, "%s",
                      strcmp(status, run_status_name(RUN_STALLED)) == 0
                          ? "stalled"
                          : "not reached");
  if (isfinite(to->best))
    snprintf(text + used, CELL_ROOM - (size_t)used, ", %s",
             text_gap(count, to->best));
  return text;
}

static const result_row *sample(const pivot *of, size_t group) {
  return of->matrix.set->groups[group].sample;
}

/* ------------------------------------------------------------- Markdown --- */

static void put_markdown_head(FILE *out, const pivot *of) {
  char title[TITLE_ROOM];
  fputs("| solver | solved | mean s | times the best |", out);
  for (size_t g = 0; g < of->matrix.set->count; g++) {
    ystep_short_title(sample(of, g), title, sizeof title);
    table_put_markdown(out, " ", title, " |");
  }
  fputs("\n|---|---:|---:|---:|", out);
  for (size_t g = 0; g < of->matrix.set->count; g++)
    fputs("---:|", out);
  fputc('\n', out);
}

static void put_notes(FILE *out, const pivot *of) {
  char gap[NUMBER_ROOM], penalty[NUMBER_ROOM];
  fprintf(out,
          "Seconds (iterations) to a certified gap of %s, medians over "
          "repeats; solved of %zu y-steps; mean of seconds: geometric, shifted "
          "by %g s, where what is not solved counts as %s s.",
          text_target(gap, of->matrix.gap), of->matrix.set->count, PIVOT_SHIFT,
          text_seconds(penalty, of->penalty));
}

static void put_markdown(FILE *out, const pivot *of, const provenance *from) {
  char mean[NUMBER_ROOM], times[NUMBER_ROOM], text[TITLE_ROOM];
  put_markdown_head(out, of);
  for (size_t i = 0; i < of->count; i++) {
    const pivot_row *row = &of->rows[i];
    table_put_markdown(out, "| ", solver_style_name(&of->solvers, row->solver),
                       " |");
    fprintf(out, " %zu of %zu | %s | %s |", row->solved, of->matrix.set->count,
            text_seconds(mean, row->seconds), text_seconds(times, row->times));
    for (size_t g = 0; g < of->matrix.set->count; g++)
      table_put_markdown(out, " ", cell_text(of, g, row->solver, text), " |");
    fputc('\n', out);
  }
  fputc('\n', out);
  put_notes(out, of);
  provenance_line(from, text, sizeof text);
  table_put_markdown(out, "\n\n", text, "\n");
}

/* ----------------------------------------------------------- transposed --- */

enum { SUMS = 3 };
static const char *const sums[SUMS] = {"solved", "mean s", "times the best"};

/* A row a y-step, and then one a sum: its name, and what it says of a solver.
 */
static const char *line_name(const pivot *of, size_t line,
                             char text[TITLE_ROOM]) {
  if (line >= of->matrix.set->count)
    return sums[line - of->matrix.set->count];
  ystep_short_title(sample(of, line), text, TITLE_ROOM);
  return text;
}

static const char *line_text(const pivot *of, size_t line, const pivot_row *row,
                             char text[CELL_ROOM]) {
  const size_t ysteps = of->matrix.set->count;
  if (line < ysteps)
    return cell_text(of, line, row->solver, text);
  if (line > ysteps)
    return text_seconds(text, line == ysteps + 1 ? row->seconds : row->times);
  return text_count(text, (double)row->solved);
}

static void put_transposed(FILE *out, const pivot *of, const provenance *from) {
  char text[TITLE_ROOM];
  fputs("| y-step |", out);
  for (size_t i = 0; i < of->count; i++)
    table_put_markdown(
        out, " ", solver_style_name(&of->solvers, of->rows[i].solver), " |");
  fputs("\n|---|", out);
  for (size_t i = 0; i < of->count; i++)
    fputs("---:|", out);
  fputc('\n', out);
  for (size_t line = 0; line < of->matrix.set->count + SUMS; line++) {
    table_put_markdown(out, "| ", line_name(of, line, text), " |");
    for (size_t i = 0; i < of->count; i++)
      table_put_markdown(out, " ", line_text(of, line, &of->rows[i], text),
                         " |");
    fputc('\n', out);
  }
  fputc('\n', out);
  put_notes(out, of);
  provenance_line(from, text, sizeof text);
  table_put_markdown(out, "\n\n", text, "\n");
}

/* ------------------------------------------------------------------ CSV --- */

static void put_csv(FILE *out, const pivot *of) {
  char title[GROUP_TITLE];
  fputs("solver,target_gap,ysteps,solved,mean_seconds,times_best", out);
  for (size_t g = 0; g < of->matrix.set->count; g++) {
    fputc(',', out);
    table_put_csv(out, group_title(&of->matrix.set->groups[g], title), "");
  }
  fputc('\n', out);
  for (size_t i = 0; i < of->count; i++) {
    const pivot_row *row = &of->rows[i];
    table_put_csv(out, of->solvers.names[row->solver], "");
    fprintf(out, ",%.15g,%zu,%zu,%.9g,%.9g", of->matrix.gap,
            of->matrix.set->count, row->solved, row->seconds, row->times);
    for (size_t g = 0; g < of->matrix.set->count; g++) {
      const gap_summary *to = gap_matrix_at(&of->matrix, g, row->solver);
      fputc(',', out);
      if (to->runs)
        fprintf(out, "%.9g", to->to[COST_TIME].median);
    }
    fputc('\n', out);
  }
}

/* ---------------------------------------------------------------- LaTeX --- */

static void put_latex_caption(FILE *out, const void *context) {
  put_notes(out, context);
}

/* What the numbers of y-steps stand for, and the labels of solvers. */
static void put_latex_notes(FILE *out, const void *context) {
  const pivot *of = context;
  char title[TITLE_ROOM];
  fputs("\\par\\raggedright\n", out);
  for (size_t g = 0; g < of->matrix.set->count; g++) {
    ystep_short_title(sample(of, g), title, sizeof title);
    fprintf(out, "%s%zu: ", g ? "; " : "\n", g + 1);
    latex_put(out, title);
  }
  fputs(".\n", out);
  for (size_t i = 0; i < of->count; i++)
    latex_explain_solver(out, &of->solvers, i);
}

static bool is_solved(const pivot *of, size_t group, size_t solver) {
  const gap_summary *to = gap_matrix_at(&of->matrix, group, solver);
  return to->runs && isfinite(to->to[COST_TIME].median);
}

/* The page of cells, which are freed. */
static ys_code put_latex_cells(FILE *out, const pivot *of,
                               const provenance *from, latex_table *cells,
                               ys_error *error) {
  latex_put_beginning(out, from);
  const ys_code code = latex_table_write(
      out, cells, &(latex_frame){put_latex_caption, put_latex_notes, of},
      error);
  latex_table_free(cells);
  return code;
}

static ys_code put_latex_transposed(FILE *out, const pivot *of,
                                    const provenance *from, ys_error *error) {
  latex_table cells = {0};
  char text[TITLE_ROOM];
  const size_t ysteps = of->matrix.set->count;
  latex_table_make(&cells, 1 + of->count, ysteps + SUMS + 1);
  latex_table_add(&cells, LATEX_TEXT, "y-step");
  for (size_t i = 0; i < of->count; i++)
    latex_table_add_solver(&cells, &of->solvers, of->rows[i].solver);
  for (size_t line = 0; line < ysteps + SUMS; line++) {
    snprintf(text, sizeof text, "%zu", line + 1);
    latex_table_add(&cells, LATEX_TEXT,
                    line < ysteps ? text : sums[line - ysteps]);
    for (size_t i = 0; i < of->count; i++)
      latex_table_add(&cells,
                      line >= ysteps || is_solved(of, line, of->rows[i].solver)
                          ? LATEX_NUMBER
                          : LATEX_TEXT,
                      line_text(of, line, &of->rows[i], text));
  }
  return put_latex_cells(out, of, from, &cells, error);
}

static ys_code put_latex(FILE *out, const pivot *of, const provenance *from,
                         ys_error *error) {
  static const char *const head[] = {"solver", "solved", "mean s",
                                     "times the best"};
  enum { HEAD = sizeof head / sizeof *head };
  latex_table cells = {0};
  char text[TITLE_ROOM];
  const size_t ysteps = of->matrix.set->count;
  latex_table_make(&cells, HEAD + ysteps, of->count + 1);
  for (size_t i = 0; i < HEAD; i++)
    latex_table_add(&cells, LATEX_TEXT, head[i]);
  for (size_t g = 0; g < ysteps; g++) {
    snprintf(text, sizeof text, "%zu", g + 1);
    latex_table_add(&cells, LATEX_TEXT, text);
  }
  for (size_t i = 0; i < of->count; i++) {
    const pivot_row *row = &of->rows[i];
    latex_table_add_solver(&cells, &of->solvers, row->solver);
    latex_table_add(&cells, LATEX_NUMBER,
                    text_count(text, (double)row->solved));
    latex_table_add(&cells, LATEX_NUMBER, text_seconds(text, row->seconds));
    latex_table_add(&cells, LATEX_NUMBER, text_seconds(text, row->times));
    for (size_t g = 0; g < ysteps; g++) {
      latex_table_add(&cells,
                      is_solved(of, g, row->solver) ? LATEX_NUMBER : LATEX_TEXT,
                      cell_text(of, g, row->solver, text));
    }
  }
  return put_latex_cells(out, of, from, &cells, error);
}

/* ------------------------------------------------------------------ all --- */

ys_code pivot_write(FILE *out, table_format format, bool is_transposed,
                    const pivot *made, const provenance *from,
                    ys_error *error) {
  if (format == TABLE_LATEX)
    return is_transposed ? put_latex_transposed(out, made, from, error)
                         : put_latex(out, made, from, error);
  if (format == TABLE_JSON)
    return pivot_json(out, made, from, error);
  if (format == TABLE_CSV)
    put_csv(out, made);
  else if (is_transposed)
    put_transposed(out, made, from);
  else
    put_markdown(out, made, from);
  return YS_OK;
}
