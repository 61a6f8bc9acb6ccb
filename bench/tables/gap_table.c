#include "bench/tables/tables.h"
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

static void put_noise(FILE *out, double noise) {
  if (isnan(noise))
    fputs(" - |", out);
  else
    fprintf(out, " %.0f %% |", 100 * noise);
}

static void put_markdown_row(FILE *out, const gap_table *table,
                             const run_group *group, const gap_row *row) {
  char iterations[NUMBER_ROOM], seconds[NUMBER_ROOM], gap[NUMBER_ROOM];
  table_put_markdown(out, "| ", solver_runs_name(row->solver), " | ");
  table_put_markdown(out, "", row->status, " | ");
  fprintf(out, "%s | %s |", text_count(iterations, row->iterations),
          text_seconds(seconds, row->seconds_per_iteration));
  if (group_has_repeats(group))
    put_noise(out, row->noise);
  for (size_t i = 0; i < table->gap_count; i++)
    put_markdown_gap(out, &row->to[i], i == 0);
  fprintf(out, " %s |\n", text_gap(gap, row->gap));
}

static void put_markdown_head(FILE *out, const gap_table *table,
                              const run_group *group) {
  char text[512];
  table_put_markdown(out, "### ", group_title(group, text),
                     "\n\n| solver | status | iterations | s/iteration |");
  if (group_has_repeats(group))
    fputs(" noise |", out);
  for (size_t i = 0; i < table->gap_count; i++)
    fprintf(out, " to %s: s (iterations) |", text_target(text, table->gaps[i]));
  fputs(" final gap |\n|---|---|---:|---:|", out);
  if (group_has_repeats(group))
    fputs("---:|", out);
  for (size_t i = 0; i < table->gap_count; i++)
    fputs("---:|", out);
  fputs("---:|\n", out);
}

/* Of a process, the first run that got so far: what of its time is the cost of
 * asking it. Whether there is such a run. */
static bool put_empty_step(FILE *out, const solver_runs *solver) {
  char cost[NUMBER_ROOM], own[NUMBER_ROOM], whole[NUMBER_ROOM];
  size_t i = 0;
  while (i < solver->count && !(solver->runs[i]->empty_step_seconds > 0 &&
                                solver->runs[i]->solve_seconds > 0))
    i++;
  if (i == solver->count)
    return false;
  const result_row *run = solver->runs[i];
  const double share = run->empty_step_seconds * (double)run->iterations;
  table_put_markdown(out, "- ", result_solver_name(run), "");
  fprintf(out, ", run %ld: an empty step costs %s s, %.0f %% of its time",
          run->run_id, text_seconds(cost, run->empty_step_seconds),
          100 * share / run->solve_seconds);
  if (!isnan(run->own_seconds))
    fprintf(out, "; by its own clock its steps took %s s of %s s",
            text_seconds(own, run->own_seconds),
            text_seconds(whole, run->solve_seconds));
  fputs("\n", out);
  return true;
}

static void put_markdown_notes(FILE *out, const run_group *group) {
  fputs("\n", out);
  bool any = false;
  for (size_t s = 0; s < group->solver_count; s++)
    any = put_empty_step(out, &group->solvers[s]) || any;
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

/* ------------------------------------------------------------------ CSV --- */

const char gap_table_csv_header[] =
    "problem,rows,classes,loss,fairness,lambda,start,prior,solver,runs,status,"
    "iterations,seconds_per_iteration,setup_seconds,solve_seconds,final_gap,"
    "target_gap,"
    "reached,seconds_to_gap,seconds_low,seconds_high,iterations_to_gap,"
    "best_gap,message,noise";

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
    table_put_csv(out, telling ? telling->message : "", ",");
    if (!isnan(row->noise))
      fprintf(out, "%.9g", row->noise);
    fputc('\n', out);
  }
}

/* --------------------------------------------------------- every format --- */

const char *const table_formats[TABLE_FORMATS] = {"md", "csv", "tex", "json"};

static void put_markdown_group(FILE *out, const gap_table *table,
                               const run_group *group, const gap_row *rows) {
  put_markdown_head(out, table, group);
  for (size_t s = 0; s < group->solver_count; s++)
    put_markdown_row(out, table, group, &rows[s]);
  put_markdown_notes(out, group);
}

static void put_markdown(FILE *out, const gap_table *table,
                         const provenance *made) {
  const gap_row *rows = table->rows;
  char text[512];
  bool noise = false;
  for (size_t g = 0; g < table->set->count; g++) {
    const run_group *group = &table->set->groups[g];
    put_markdown_group(out, table, group, rows);
    noise = noise || group_has_repeats(group);
    rows += group->solver_count;
  }
  fputs("Medians over repeats. Gaps are certified bounds on the distance to "
        "the optimum, in nats. Seconds are the solver's own, without set-up "
        "and monitoring, at the first recorded iterate within the gap.",
        out);
  if (noise)
    fputs(" Noise: from the least to the most seconds an iteration over "
          "repeats, in per cent of the median.",
          out);
  provenance_line(made, text, sizeof text);
  table_put_markdown(out, "\n\n", text, "\n");
}

static void put_csv(FILE *out, const gap_table *table) {
  const gap_row *row = table->rows;
  fprintf(out, "%s\n", gap_table_csv_header);
  for (size_t g = 0; g < table->set->count; g++)
    for (size_t s = 0; s < table->set->groups[g].solver_count; s++)
      put_csv_rows(out, table, row++);
}

ys_code gap_table_write(FILE *out, table_format format, const gap_table *table,
                        const provenance *made, ys_error *error) {
  if (format == TABLE_LATEX)
    return gap_table_latex(out, table, made, error);
  if (format == TABLE_JSON)
    return gap_table_json(out, table, made, error);
  if (format == TABLE_CSV)
    put_csv(out, table);
  else
    put_markdown(out, table, made);
  return YS_OK;
}
