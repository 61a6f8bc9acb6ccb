#include "bench/analysis/pivot.h"
#include "bench/report/report.h"
#include "bench/text/html.h"
#include "bench/text/numbers.h"

#include <math.h>

/* One pivot a gap of the table, and the rows of the tightest. */
static void put_head(FILE *out, const gap_table *table) {
  char text[96], gap[NUMBER_ROOM];
  report_begin_table(out);
  report_put_head(out, "", "solver");
  for (size_t i = 0; i < table->gap_count; i++) {
    text_target(gap, table->gaps[i]);
    snprintf(text, sizeof text, "solved to %s", gap);
    report_put_head(out, "number", text);
    snprintf(text, sizeof text, "mean s to %s", gap);
    report_put_head(out, "number", text);
    report_put_head(out, "number", "times the best");
  }
  fputs("</tr></thead>\n<tbody>\n", out);
}

static const pivot_row *find_row(const pivot *of, size_t solver) {
  size_t i = 0;
  while (of->rows[i].solver != solver)
    i++;
  return &of->rows[i];
}

static void put_row(FILE *out, const pivot *pivots, size_t count,
                    size_t solver) {
  const char *name = solver_style_name(&pivots->solvers, solver);
  char text[64];
  fputs("<tr data-solver=\"", out);
  html_put(out, name);
  fputs("\">", out);
  html_put_cell(out, "solver", name);
  for (size_t i = 0; i < count; i++) {
    const pivot_row *row = find_row(&pivots[i], solver);
    snprintf(text, sizeof text, "%zu of %zu", row->solved,
             pivots[i].matrix.set->count);
    html_put_cell(out, "number", text);
    html_put_cell(out, "number", text_seconds(text, row->seconds));
    html_put_cell(out, row == pivots[i].rows ? "number best" : "number",
                  text_seconds(text, row->times));
  }
  fputs("</tr>\n", out);
}

/* `first`: the number of its first y-step on the page. */
static void put_table(FILE *out, const gap_table *table, const pivot *pivots,
                      size_t first) {
  const pivot *tightest = &pivots[table->gap_count - 1];
  char seconds[NUMBER_ROOM];
  fprintf(out, "<div class=\"ranking\" data-first=\"%zu\">", first);
  put_head(out, table);
  for (size_t i = 0; i < tightest->count; i++)
    put_row(out, pivots, table->gap_count, tightest->rows[i].solver);
  report_end_table(out);
  fprintf(out,
          "</div><p class=\"faint\">Over the y-steps that the filters show. "
          "Solved: by the median run. "
          "Mean: geometric, shifted by %g s; what is not solved counts as %s "
          "s.</p>\n",
          PIVOT_SHIFT, text_seconds(seconds, tightest->penalty));
}

ys_code report_put_ranking(FILE *out, const report_part *part,
                           ys_error *error) {
  const gap_table *table = part->table;
  ys_memory memory = {0};
  pivot *pivots = ys_take(&memory, table->gap_count, sizeof *pivots,
                          "the table of solvers");
  ys_code code = ys_memory_check(&memory, error);
  size_t made = 0;
  for (; !code && made < table->gap_count; made += !code)
    code = pivot_make(table->set, table->gaps[made], &pivots[made], error);
  if (!code)
    put_table(out, table, pivots, part->first);
  while (made--)
    pivot_free(&pivots[made]);
  ys_give_back(&memory);
  return code;
}
