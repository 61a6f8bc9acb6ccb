#include "bench/tables/tables.h"

#include "bench/analysis/ranktest.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------- Markdown --- */

static void put_input(FILE *out, const char *name, const compare_input *input) {
  char text[512];
  provenance_line(input->made, text, sizeof text);
  table_put_markdown(out, name, input->dir, "; ");
  table_put_markdown(out, "", text, "\n");
}

static void put_seconds(FILE *out, const compare_side *side) {
  char text[NUMBER_ROOM];
  if (isfinite(side->seconds))
    fprintf(out, " %s", text_seconds(text, side->seconds));
  else
    fputs(" not reached", out);
  if (side->reached < side->runs)
    fprintf(out, ", %zu of %zu runs", side->reached, side->runs);
  fputs(" |", out);
}

static void put_ratio(FILE *out, const comparison *row) {
  if (isnan(row->ratio))
    fputs(" - |", out);
  else
    fprintf(out, " %.3g |", row->ratio);
  if (isnan(row->low))
    fputs(" - |", out);
  else
    fprintf(out, " %.3g to %.3g |", row->low, row->high);
}

static void put_iterations(FILE *out, const comparison *row) {
  char a[NUMBER_ROOM], b[NUMBER_ROOM];
  if (!row->a.reached || !row->b.reached || row->verdict == COMPARE_OTHER_BATCH)
    fputs(" - |", out);
  else if (row->same_iterations)
    fputs(" same |", out);
  else
    fprintf(out, " %s, now %s |", text_count(a, row->a.iterations),
            text_count(b, row->b.iterations));
}

static void put_row(FILE *out, const comparison *row) {
  char gap[NUMBER_ROOM];
  table_put_markdown(out, "| ", solver_runs_name(row->a.solver), " | ");
  fprintf(out, "%s |", text_target(gap, row->gap));
  put_seconds(out, &row->a);
  put_seconds(out, &row->b);
  put_ratio(out, row);
  if (isnan(row->p))
    fputs(" - |", out);
  else
    fprintf(out, row->p < 0.001 ? " %.0e |" : " %.3f |", row->p);
  put_iterations(out, row);
  fprintf(out, " %s%s |\n", compare_verdict_text(row->verdict),
          row->agree ? "" : "; optima contradict each other");
}

static void put_head(FILE *out, const compare_request *request,
                     const run_group *group) {
  char title[512];
  table_put_markdown(out, "\n### ", group_title(group, title), "\n\n");
  fprintf(out,
          "| solver | gap | A: s | B: s | B / A | %g %% interval | "
          "p | iterations | verdict |\n"
          "|---|---|---:|---:|---:|---|---:|---|---|\n",
          100 * request->confidence);
}

/* The repeats on both sides with which the test could show something. */
static size_t repeats_needed(const compare_request *request, size_t tested) {
  size_t n = 2;
  while (ranktest_least(n, n) * (double)tested > 1 - request->confidence)
    n++;
  return n;
}

static void put_notes(FILE *out, const compare_request *request,
                      const compare_result *result) {
  fprintf(
      out,
      "\nSeconds are medians, over repeats, of solver time to the first "
      "recorded iterate within the certified gap. Intervals: %g %% "
      "percentile bootstrap of the ratio of medians, %d resamples, each "
      "by itself. p: two-sided Mann-Whitney U test, adjusted for %zu "
      "comparisons with Holm's method, so that on a machine that does "
      "not drift the chance of any wrong verdict of faster or slower is "
      "%g at most. A run that did not reach the "
      "gap counts as the latest. Iterations are compared by seed and repeat: "
      "a program that does the same takes the same.\n",
      100 * request->confidence, BOOTSTRAP_RESAMPLES, result->tested,
      1 - request->confidence);
  for (size_t i = 0; i < result->count; i++)
    if (result->rows[i].verdict == COMPARE_TOO_FEW) {
      fprintf(out,
              "Too few repeats: with %zu comparisons the test can show nothing "
              "below %zu repeats on both sides.\n",
              result->tested, repeats_needed(request, result->tested));
      break;
    }
  if (result->only_a || result->only_b)
    fprintf(out,
            "Not compared: %zu solvers on y-steps that are in A alone, %zu in "
            "B alone.\n",
            result->only_a, result->only_b);
}

void compare_write_markdown(FILE *out, const compare_request *request,
                            const compare_result *result) {
  put_input(out, "A: ", &request->a);
  put_input(out, "B: ", &request->b);
  for (size_t i = 0; i < result->count; i++) {
    if (i == 0 || result->rows[i].group != result->rows[i - 1].group)
      put_head(out, request, result->rows[i].group);
    put_row(out, &result->rows[i]);
  }
  put_notes(out, request, result);
}

/* ------------------------------------------------------------------ CSV --- */

const char compare_csv_header[] =
    "problem,rows,classes,loss,fairness,lambda,start,prior,solver,gap,runs_a,"
    "runs_b,reached_a,reached_b,seconds_a,seconds_b,ratio,ratio_low,ratio_high,"
    "p,iterations_a,iterations_b,same_iterations,objective_a,objective_b,"
    "objectives_agree,verdict";

static void put_numbers(FILE *out, const char *format, const double *numbers,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    fputc(',', out);
    if (!isnan(numbers[i]))
      fprintf(out, format, numbers[i]);
  }
}

static void put_exact(FILE *out, double number) {
  char text[NUMBER_ROOM];
  fprintf(out, ",%s", isnan(number) ? "" : text_exact(text, number));
}

static void put_csv_row(FILE *out, const comparison *row) {
  const compare_side *a = &row->a, *b = &row->b;
  table_put_run(out, row->a.solver->runs[0]);
  fprintf(out, ",%.15g,%zu,%zu,%zu,%zu", row->gap, a->runs, b->runs, a->reached,
          b->reached);
  put_numbers(out, "%.9g",
              (const double[]){a->seconds, b->seconds, row->ratio, row->low,
                               row->high, row->p},
              6);
  put_numbers(out, "%.15g", (const double[]){a->iterations, b->iterations}, 2);
  fprintf(out, ",%s", row->same_iterations ? "yes" : "no");
  put_exact(out, a->objective);
  put_exact(out, b->objective);
  fprintf(out, ",%s,%s\n", row->agree ? "yes" : "no",
          compare_verdict_text(row->verdict));
}

void compare_write_csv(FILE *out, const compare_result *result) {
  fprintf(out, "%s\n", compare_csv_header);
  for (size_t i = 0; i < result->count; i++)
    put_csv_row(out, &result->rows[i]);
}
