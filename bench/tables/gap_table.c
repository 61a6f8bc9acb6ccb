#include "bench/tables/tables.h"
#include "bench/text/latex.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"

#include <math.h>
#include <string.h>

static bool is_reached(const gap_summary *to) {
  return isfinite(to->to[COST_TIME].median);
}

/* "not reached in 60 s, gap 3.2e-5", and how many runs did if some did. */
static void not_reached(const gap_summary *to, char *text, size_t room) {
  char seconds[NUMBER_ROOM], gap[NUMBER_ROOM];
  int used =
      snprintf(text, room, "not reached in %s s, gap %s",
               text_seconds(seconds, to->spent), text_gap(gap, to->best));
  if (to->reached)
    snprintf(text + used, room - (size_t)used, " (%zu of %zu runs did)",
             to->reached, to->runs);
}

/* ------------------------------------------------------------- Markdown --- */

void table_put_markdown(FILE *out, const char *before, const char *text,
                        const char *after) {
  fputs(before, out);
  cell_put_markdown(out, text);
  fputs(after, out);
}

/* What holds of a gap in the cell before holds of all smaller ones: it is said
 * once. */
static void put_markdown_gap(FILE *out, const gap_summary *to, bool is_first) {
  char seconds[NUMBER_ROOM], iterations[NUMBER_ROOM], text[128], before[128];
  if (!is_reached(to)) {
    not_reached(to, text, sizeof text);
    if (!is_first && !is_reached(to - 1)) {
      not_reached(to - 1, before, sizeof before);
      if (strcmp(text, before) == 0)
        strcpy(text, "-");
    }
    fprintf(out, " %s |", text);
    return;
  }
  fprintf(out, " %s (%s)", text_seconds(seconds, to->to[COST_TIME].median),
          text_count(iterations, to->to[COST_ITERATION].median));
  if (to->reached < to->runs)
    fprintf(out, ", %zu of %zu runs", to->reached, to->runs);
  fputs(" |", out);
}

static void put_markdown_row(FILE *out, const gap_table *table,
                             const gap_row *row) {
  char iterations[NUMBER_ROOM], seconds[NUMBER_ROOM], gap[NUMBER_ROOM];
  table_put_markdown(out, "| ", solver_runs_name(row->solver), " | ");
  table_put_markdown(out, "", row->status, " | ");
  fprintf(out, "%s | %s |", text_count(iterations, row->iterations),
          text_seconds(seconds, row->seconds_per_iteration));
  for (size_t i = 0; i < table->gap_count; i++)
    put_markdown_gap(out, &row->to[i], i == 0);
  fprintf(out, " %s |\n", text_gap(gap, row->gap));
}

static void put_markdown_head(FILE *out, const gap_table *table,
                              const run_group *group) {
  char text[512];
  table_put_markdown(out, "### ", group_title(group, text),
                     "\n\n| solver | status | iterations | s/iteration |");
  for (size_t i = 0; i < table->gap_count; i++)
    fprintf(out, " to %s: s (iterations) |", text_target(text, table->gaps[i]));
  fputs(" final gap |\n|---|---|---:|---:|", out);
  for (size_t i = 0; i < table->gap_count; i++)
    fputs("---:|", out);
  fputs("---:|\n", out);
}

static void put_markdown_notes(FILE *out, const run_group *group) {
  fputs("\n", out);
  bool any = false;
  for (size_t s = 0; s < group->solver_count; s++) {
    const result_row *run = solver_runs_message(&group->solvers[s]);
    if (!run)
      continue;
    table_put_markdown(out, "- ", result_solver_name(run), "");
    fprintf(out, ", run %ld, %s: ", run->run_id, run->status);
    table_put_markdown(out, "", run->message, "\n");
    any = true;
  }
  if (any)
    fputs("\n", out);
}

/* ---------------------------------------------------------------- LaTeX --- */

static void put_latex(FILE *out, const char *before, const char *text,
                      const char *after) {
  fputs(before, out);
  latex_put(out, text);
  fputs(after, out);
}

/* A spec is code, a label is words. */
static void put_latex_solver(FILE *out, const char *before,
                             const result_row *row, const char *after) {
  bool label = row->solver_label != NULL;
  fprintf(out, "%s%s", before, label ? "" : "\\texttt{");
  put_latex(out, "", result_solver_name(row), label ? "" : "}");
  fputs(after, out);
}

/* The gaps descend, so that those not reached come last: one cell over all of
 * them. */
static void put_latex_gaps(FILE *out, const gap_table *table,
                           const gap_row *row) {
  char text[128];
  size_t i = 0;
  for (; i < table->gap_count && is_reached(&row->to[i]); i++) {
    fputs(" & ", out);
    latex_put_number(out, text_seconds(text, row->to[i].to[COST_TIME].median));
    fprintf(out, " (%s)",
            text_count(text, row->to[i].to[COST_ITERATION].median));
    if (row->to[i].reached < row->to[i].runs)
      fprintf(out, ", %zu of %zu runs", row->to[i].reached, row->to[i].runs);
  }
  if (i == table->gap_count)
    return;
  not_reached(&row->to[i], text, sizeof text);
  fprintf(out, " & \\multicolumn{%zu}{l}", table->gap_count - i);
  put_latex(out, "{", text, "}");
}

static void put_latex_row(FILE *out, const gap_table *table,
                          const gap_row *row) {
  char text[NUMBER_ROOM];
  put_latex_solver(out, "", row->solver->runs[0], " & ");
  put_latex(out, "", row->status, " & ");
  fprintf(out, "%s & ", text_count(text, row->iterations));
  latex_put_number(out, text_seconds(text, row->seconds_per_iteration));
  put_latex_gaps(out, table, row);
  fputs(" & ", out);
  latex_put_number(out, text_gap(text, row->gap));
  fputs(" \\\\\n", out);
}

static void put_latex_caption(FILE *out, const result_row *row) {
  bool label = row->problem_label != NULL;
  put_latex(out,
            "\\caption{Seconds (iterations) to a certified gap, medians over "
            "repeats: ",
            "", label ? "" : "\\texttt{");
  put_latex(out, "", result_problem_name(row), label ? "" : "}");
  fprintf(out, " ($%ld\\times%ld$), ", row->rows, row->classes);
  put_latex(out, "", row->loss, " + ");
  latex_put(out, row->fairness);
  fprintf(out, ", $\\lambda=%g$.}\n", row->lambda);
}

static void put_latex_head(FILE *out, const gap_table *table,
                           const run_group *group) {
  char text[NUMBER_ROOM];
  fputs("\\begin{table}\n", out);
  put_latex_caption(out, group->sample);
  fputs("\\smallskip\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}\n"
        "\\begin{tabular}{@{}llrr",
        out);
  for (size_t i = 0; i < table->gap_count; i++)
    fputs("l", out);
  fprintf(out,
          "r@{}}\n\\toprule\n & & & & \\multicolumn{%zu}{l}{seconds "
          "(iterations) to gap} & \\\\\n"
          "solver & status & iterations & s/iteration",
          table->gap_count);
  for (size_t i = 0; i < table->gap_count; i++) {
    fputs(" & ", out);
    latex_put_number(out, text_target(text, table->gaps[i]));
  }
  fputs(" & final gap \\\\\n\\midrule\n", out);
}

static void put_latex_notes(FILE *out, const run_group *group) {
  fputs("\\bottomrule\n\\end{tabular}\n", out);
  for (size_t s = 0; s < group->solver_count; s++) {
    const result_row *run = solver_runs_message(&group->solvers[s]);
    if (!run)
      continue;
    put_latex_solver(out, "\n", run, ": ");
    put_latex(out, "", run->status, ": ");
    put_latex(out, "", run->message, "\n");
  }
  fputs("\\end{table}\n", out);
}

/* ------------------------------------------------------------------ CSV --- */

const char gap_table_csv_header[] =
    "problem,rows,classes,loss,fairness,lambda,start,prior,solver,runs,status,"
    "iterations,seconds_per_iteration,setup_seconds,solve_seconds,final_gap,"
    "target_gap,"
    "reached,seconds_to_gap,seconds_low,seconds_high,iterations_to_gap,"
    "best_gap,message";

void table_put_csv(FILE *out, const char *text, const char *after) {
  cell_put_csv(out, text);
  fputs(after, out);
}

void table_put_run(FILE *out, const result_row *run) {
  char number[NUMBER_ROOM];
  cell_put_csv(out, run->problem);
  fprintf(out, ",%ld,%ld,", run->rows, run->classes);
  table_put_csv(out, run->loss, ",");
  cell_put_csv(out, run->fairness);
  fprintf(out, ",%s,", text_exact(number, run->lambda));
  table_put_csv(out, result_start(run), ",");
  table_put_csv(out, result_prior(run), ",");
  cell_put_csv(out, run->solver);
}

static void put_csv_rows(FILE *out, const gap_table *table,
                         const gap_row *row) {
  const result_row *telling = solver_runs_message(row->solver);
  for (size_t i = 0; i < table->gap_count; i++) {
    const gap_summary *to = &row->to[i];
    const cost_band *time = &to->to[COST_TIME];
    table_put_run(out, row->solver->runs[0]);
    fprintf(out, ",%zu,", row->solver->count);
    cell_put_csv(out, row->status);
    fprintf(out,
            ",%.15g,%.9g,%.9g,%.9g,%.9g,%.15g,%zu,%.9g,%.9g,%.9g,%.15g,"
            "%.9g,",
            row->iterations, row->seconds_per_iteration, row->setup_seconds,
            row->solve_seconds, row->gap, to->gap, to->reached, time->median,
            time->low, time->high, to->to[COST_ITERATION].median, to->best);
    table_put_csv(out, telling ? telling->message : "", "\n");
  }
}

/* --------------------------------------------------------- every format --- */

const char *const table_formats[3] = {"md", "csv", "tex"};

static const struct {
  void (*head)(FILE *, const gap_table *, const run_group *);
  void (*row)(FILE *, const gap_table *, const gap_row *);
  void (*end)(FILE *, const run_group *);
} parts[] = {[TABLE_MARKDOWN] = {put_markdown_head, put_markdown_row,
                                 put_markdown_notes},
             [TABLE_CSV] = {NULL, put_csv_rows, NULL},
             [TABLE_LATEX] = {put_latex_head, put_latex_row, put_latex_notes}};

void gap_table_write(FILE *out, table_format format, const gap_table *table,
                     const provenance *made) {
  const gap_row *row = table->rows;
  char text[512];
  provenance_line(made, text, sizeof text);
  if (format == TABLE_LATEX)
    put_latex(out, "% ", text, "\n% Needs \\usepackage{booktabs}.\n");
  if (format == TABLE_CSV)
    fprintf(out, "%s\n", gap_table_csv_header);
  for (size_t g = 0; g < table->set->count; g++) {
    const run_group *group = &table->set->groups[g];
    if (parts[format].head)
      parts[format].head(out, table, group);
    for (size_t s = 0; s < group->solver_count; s++)
      parts[format].row(out, table, row++);
    if (parts[format].end)
      parts[format].end(out, group);
  }
  if (format == TABLE_MARKDOWN)
    table_put_markdown(
        out,
        "Medians over repeats. Gaps are certified bounds on the distance to "
        "the optimum, in nats. Seconds are the solver's own, without set-up "
        "and monitoring, at the first recorded iterate within the gap.\n\n",
        text, "\n");
}

/* ------------------------------------------------------ over problems --- */

void total_times_write_markdown(FILE *out, const total_times *made) {
  fputs("| solver | loss | lambda | batches | converged | iterations | solver "
        "seconds | least to most | worst gap |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |\n",
        out);
  for (size_t i = 0; i < made->count; i++) {
    const total *t = &made->row[i];
    table_put_markdown(out, "| ", result_solver_name(t->sample), " | ");
    table_put_markdown(out, "", t->sample->loss, " | ");
    fprintf(out, "%g | %zu | %zu | %.0f | %.3g | %.3g to %.3g | %.1e |\n",
            t->sample->lambda, t->runs / t->repeats, t->converged / t->repeats,
            t->iterations, t->median, t->least, t->most, t->worst_gap);
  }
}

void total_times_write_csv(FILE *out, const total_times *made) {
  fputs("solver,loss,fairness,lambda,repeats,runs,converged,iterations,"
        "solve_seconds,seconds_low,seconds_high,worst_gap\n",
        out);
  for (size_t i = 0; i < made->count; i++) {
    const total *t = &made->row[i];
    char lambda[NUMBER_ROOM], iterations[NUMBER_ROOM], gap[NUMBER_ROOM];
    table_put_csv(out, t->sample->solver, ",");
    table_put_csv(out, t->sample->loss, ",");
    table_put_csv(out, t->sample->fairness, ",");
    fprintf(out, "%s,%zu,%zu,%zu,%s,%.9f,%.9f,%.9f,%s\n",
            text_exact(lambda, t->sample->lambda), t->repeats, t->runs,
            t->converged, text_exact(iterations, t->iterations), t->median,
            t->least, t->most, text_exact(gap, t->worst_gap));
  }
}
