#include "bench/report/report.h"
#include "bench/text/html.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <string.h>

void report_put_head(FILE *out, const char *kind, const char *text) {
  fprintf(out, "<th class=\"%s\">", kind);
  html_put(out, text);
  fputs("</th>", out);
}

void report_begin_table(FILE *out) {
  fputs("<div class=\"scroll\"><table class=\"sortable\">\n<thead><tr>", out);
}

void report_end_table(FILE *out) {
  fputs("</tbody></table></div>\n", out);
}

/* The row of the solver that came first within gap i of the table; NULL if
 * none did. */
static const gap_row *find_fastest(const gap_row *rows, size_t count,
                                   size_t i) {
  const gap_row *best = NULL;
  for (size_t s = 0; s < count; s++)
    if (isfinite(rows[s].to[i].to[COST_TIME].median) &&
        (!best ||
         rows[s].to[i].to[COST_TIME].median < best->to[i].to[COST_TIME].median))
      best = &rows[s];
  return best;
}

/* ------------------------------------------------------------- overview --- */

/* A run that left the domain is no other failure. */
enum { LEFT_DOMAIN = RUN_FAILED + 1, STATUSES = LEFT_DOMAIN + 1 };

static int status_of(const result_row *run) {
  int status = 0;
  if (result_left_domain(run))
    return LEFT_DOMAIN;
  while (status < RUN_FAILED && !result_has_status(run, (run_status)status))
    status++;
  return status;
}

/* How many runs there are, and how many ended with each status. */
static size_t count_runs(const group_set *set, size_t ended[STATUSES]) {
  size_t runs = 0;
  memset(ended, 0, STATUSES * sizeof *ended);
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++) {
      const solver_runs *solver = &set->groups[g].solvers[s];
      runs += solver->count;
      for (size_t r = 0; r < solver->count; r++)
        ended[status_of(solver->runs[r])]++;
    }
  return runs;
}

static void put_statuses(FILE *out, const group_set *set) {
  size_t ended[STATUSES], runs = count_runs(set, ended);
  fprintf(out, "<p>%zu run%s on %zu y-step%s", runs, runs == 1 ? "" : "s",
          set->count, set->count == 1 ? "" : "s");
  for (int status = 0; status < STATUSES; status++)
    if (ended[status])
      fprintf(out, "; %zu %s", ended[status],
              status == LEFT_DOMAIN ? "left the domain"
                                    : run_status_name((run_status)status));
  fputs(".</p>\n", out);
}

static void put_fastest(FILE *out, const gap_row *fastest, size_t i) {
  char seconds[NUMBER_ROOM];
  if (!fastest) {
    html_put_cell(out, "", "-");
    return;
  }
  fputs("<td>", out);
  html_put(out, solver_runs_name(fastest->solver));
  fprintf(out, ", %s s</td>",
          text_seconds(seconds, fastest->to[i].to[COST_TIME].median));
}

void report_put_statuses(FILE *out, const report_part *part) {
  put_statuses(out, part->table->set);
}

void report_put_firsts(FILE *out, const report_part *part) {
  const gap_table *table = part->table;
  const gap_row *rows = table->rows;
  char text[512], gap[NUMBER_ROOM];
  report_begin_table(out);
  report_put_head(out, "", "y-step");
  for (size_t i = 0; i < table->gap_count; i++) {
    snprintf(text, sizeof text, "first within %s",
             text_target(gap, table->gaps[i]));
    report_put_head(out, "", text);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
  for (size_t g = 0; g < table->set->count; g++) {
    const run_group *group = &table->set->groups[g];
    fprintf(out, "<tr data-group=\"%zu\"><td><a href=\"#y-step-%zu\">",
            part->first + g, part->first + g + 1);
    html_put(out, group_title(group, text));
    fputs("</a></td>", out);
    for (size_t i = 0; i < table->gap_count; i++)
      put_fastest(out, find_fastest(rows, group->solver_count, i), i);
    fputs("</tr>\n", out);
    rows += group->solver_count;
  }
  report_end_table(out);
}

/* -------------------------------------------------------------- y-steps --- */

static bool has_messages(const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++)
    if (solver_runs_message(&group->solvers[s]))
      return true;
  return false;
}

static void put_row_head(FILE *out, const gap_table *table,
                         const run_group *group) {
  char text[96], gap[NUMBER_ROOM];
  report_put_head(out, "", "solver");
  report_put_head(out, "number", "runs");
  report_put_head(out, "", "status");
  report_put_head(out, "number", "iterations");
  report_put_head(out, "number", "s/iteration");
  if (group_has_repeats(group))
    report_put_head(out, "number", "noise");
  for (size_t i = 0; i < table->gap_count; i++) {
    snprintf(text, sizeof text, "to %s: s (it.)",
             text_target(gap, table->gaps[i]));
    report_put_head(out, "number", text);
  }
  report_put_head(out, "number", "final gap");
  if (has_messages(group))
    report_put_head(out, "", "message");
  fputs("</tr></thead>\n<tbody>\n", out);
}

static void put_time_to_gap(FILE *out, const gap_summary *to, bool is_best) {
  char seconds[NUMBER_ROOM], count[NUMBER_ROOM], text[128];
  int used = 0;
  if (!isfinite(to->to[COST_TIME].median))
    used = snprintf(text, sizeof text, "not reached");
  else
    used = snprintf(text, sizeof text, "%s (%s)",
                    text_seconds(seconds, to->to[COST_TIME].median),
                    text_count(count, to->to[COST_ITERATION].median));
  if (to->reached && to->reached < to->runs)
    snprintf(text + used, sizeof text - (size_t)used, ", %zu of %zu runs",
             to->reached, to->runs);
  html_put_cell(out, is_best ? "number best" : "number", text);
}

static void put_row(FILE *out, const gap_table *table, const gap_row *row,
                    const gap_row *rows, const run_group *group) {
  char text[NUMBER_ROOM];
  const result_row *telling = solver_runs_message(row->solver);
  fputs("<tr data-solver=\"", out);
  html_put(out, solver_runs_name(row->solver));
  fputs("\">", out);
  html_put_cell(out, "solver", solver_runs_name(row->solver));
  html_put_cell(out, "number", text_count(text, (double)row->solver->count));
  html_put_cell(out, "", row->status);
  html_put_cell(out, "number", text_count(text, row->iterations));
  html_put_cell(out, "number", text_seconds(text, row->seconds_per_iteration));
  if (group_has_repeats(group)) {
    snprintf(text, sizeof text, isnan(row->noise) ? "-" : "%.0f %%",
             100 * row->noise);
    html_put_cell(out, "number", text);
  }
  for (size_t i = 0; i < table->gap_count; i++)
    put_time_to_gap(out, &row->to[i],
                    find_fastest(rows, group->solver_count, i) == row);
  html_put_cell(out, "number", text_gap(text, row->gap));
  if (has_messages(group))
    html_put_cell(out, "message", telling ? telling->message : "");
  fputs("</tr>\n", out);
}

static void put_ystep(FILE *out, const report_part *part, size_t g,
                      const gap_row *rows) {
  const gap_table *table = part->table;
  const run_group *group = &table->set->groups[g];
  const size_t number = part->first + g;
  char title[512];
  fprintf(out,
          "<details class=\"ystep\" id=\"y-step-%zu\" data-group=\"%zu\">"
          "<summary><h3>",
          number + 1, number);
  html_put(out, group_title(group, title));
  fputs("</h3></summary>\n<div class=\"legend\"></div>\n<div "
        "class=\"figures\"><figure data-axis=\"time\"></figure>"
        "<figure data-axis=\"iteration\"></figure></div>\n",
        out);
  report_begin_table(out);
  put_row_head(out, table, group);
  for (size_t s = 0; s < group->solver_count; s++)
    put_row(out, table, &rows[s], rows, group);
  report_end_table(out);
  fputs("</details>\n", out);
}

void report_put_ysteps(FILE *out, const report_part *part) {
  const gap_row *rows = part->table->rows;
  for (size_t g = 0; g < part->table->set->count; g++) {
    put_ystep(out, part, g, rows);
    rows += part->table->set->groups[g].solver_count;
  }
}

/* ------------------------------------------------------------- failures --- */

static bool has_failed(const result_row *run) {
  return result_has_status(run, RUN_FAILED) ||
         result_has_status(run, RUN_UNSUPPORTED);
}

static bool is_same_end(const result_row *a, const result_row *b) {
  return strcmp(a->status, b->status) == 0 &&
         strcmp(a->message, b->message) == 0;
}

/* One row for the runs that ended as run `first` did, if they failed, unless an
 * earlier run had it. */
static void put_failure(FILE *out, const run_group *group, size_t number,
                        const solver_runs *solver, size_t first) {
  const result_row *run = solver->runs[first];
  char title[512];
  if (!has_failed(run))
    return;
  for (size_t i = 0; i < first; i++)
    if (is_same_end(solver->runs[i], run))
      return;
  fprintf(out, "<tr data-group=\"%zu\" data-solver=\"", number);
  html_put(out, solver_runs_name(solver));
  fputs("\">", out);
  html_put_cell(out, "solver", solver_runs_name(solver));
  fprintf(out, "<td><a href=\"#y-step-%zu\">", number + 1);
  html_put(out, group_title(group, title));
  fputs("</a></td>", out);
  html_put_cell(out, "", run->status);
  html_put_cell(out, "message", run->message);
  fprintf(out, "<td>%ld", run->run_id);
  for (size_t i = first + 1; i < solver->count; i++)
    if (is_same_end(solver->runs[i], run))
      fprintf(out, ", %ld", solver->runs[i]->run_id);
  fputs("</td></tr>\n", out);
}

size_t report_count_failures(const report_part *part, size_t *left) {
  size_t ended[STATUSES];
  count_runs(part->table->set, ended);
  *left += ended[LEFT_DOMAIN];
  return ended[RUN_FAILED] + ended[RUN_UNSUPPORTED];
}

void report_put_failures(FILE *out, const report_part *part) {
  const group_set *set = part->table->set;
  size_t left = 0;
  if (!report_count_failures(part, &left) && !left) {
    fputs("<p>None: no run failed, and every solver served what it was run "
          "on.</p>\n",
          out);
    return;
  }
  report_begin_table(out);
  fputs("<th>solver</th><th>y-step</th><th>status</th><th>reason</th>"
        "<th>runs</th></tr></thead>\n<tbody>\n",
        out);
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++)
      for (size_t r = 0; r < set->groups[g].solvers[s].count; r++)
        put_failure(out, &set->groups[g], part->first + g,
                    &set->groups[g].solvers[s], r);
  report_end_table(out);
}

/* --------------------------------------------------------------- checks --- */

static void put_check(FILE *out, const check_row *row) {
  char worst[NUMBER_ROOM], tolerance[NUMBER_ROOM], samples[NUMBER_ROOM];
  bool is_good = strcmp(row->verdict, "ok") == 0;
  fprintf(out, "<tr class=\"%s\">", is_good ? "" : "bad");
  html_put_cell(out, "", row->check);
  html_put_cell(out, "", row->problem);
  html_put_cell(out, "", row->loss);
  html_put_cell(out, "", row->fairness);
  html_put_cell(out, "number", text_count(samples, (double)row->samples));
  html_put_cell(out, "number", text_gap(worst, row->worst));
  html_put_cell(out, "number", text_gap(tolerance, row->tolerance));
  html_put_cell(out, "", row->expected);
  html_put_cell(out, "", row->observed);
  html_put_cell(out, "", row->verdict);
  fputs("</tr>\n", out);
}

void report_put_checks(FILE *out, const report_part *part) {
  const check_table *checks = part->checks;
  if (!checks->count)
    return;
  size_t bad = 0;
  for (size_t i = 0; i < checks->count; i++)
    bad += strcmp(checks->rows[i].verdict, "ok") != 0;
  fprintf(out,
          "<p>%zu checks, %zu not as expected. A negative control is expected "
          "to be violated, and shows that the check is able to fail.</p>\n"
          "<div class=\"scroll\"><table class=\"sortable\">\n"
          "<thead><tr><th>check</th>"
          "<th>problem</th><th>loss</th><th>fairness</th>"
          "<th class=\"number\">samples</th><th class=\"number\">worst</th>"
          "<th class=\"number\">tolerance</th><th>expected</th>"
          "<th>observed</th><th>verdict</th></tr></thead>\n<tbody>\n",
          checks->count, bad);
  for (size_t i = 0; i < checks->count; i++)
    put_check(out, &checks->rows[i]);
  report_end_table(out);
}
