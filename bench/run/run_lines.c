#include "bench/run/run_lines.h"

#include "bench/cli/console.h"
#include "bench/run/exec_spec.h"
#include "bench/text/numbers.h"
#include "problems/options.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the line calls the solver: a command of its own name, which is short. */
static const char *name_of(const run_spec *run, char label[EXEC_LABEL]) {
  const char *name = exec_spec_label(run->solver, label);
  return name ? name : run->solver;
}

ys_code run_lines_fit(run_lines *lines, const run_spec *run, ys_error *error) {
  char label[EXEC_LABEL];
  const int solver = (int)strlen(name_of(run, label)),
            problem = (int)strlen(run->problem);
  if (!lines->first) {
    lines->first = run;
    if (getloadavg(&lines->load, 1) != 1)
      lines->load = 0;
    lines->solver = (int)strlen("solver");
    lines->problem = (int)strlen("problem");
  }
  lines->solver = solver > lines->solver ? solver : lines->solver;
  lines->problem = problem > lines->problem ? problem : lines->problem;
  lines->losses = lines->losses || run->loss != lines->first->loss;
  lines->fairness = lines->fairness || run->fairness != lines->first->fairness;
  lines->ranks = lines->ranks || run->ranks != lines->first->ranks;
  return noise_expect(&lines->noise, error);
}

void run_lines_put_head(const run_lines *lines) {
  if (console_is_quiet() || !lines->first)
    return;
  printf("%-*s  %-*s", lines->solver, "solver", lines->problem, "problem");
  if (lines->losses)
    printf("  %-9s", "loss");
  if (lines->fairness)
    printf("  %-8s", "fairness");
  if (lines->ranks)
    printf("  %5s", "ranks");
  printf("  %8s  %-11s %9s %10s %12s %9s\n", "lambda", "status", "iterations",
         "seconds", "objective", "gap");
}

/* Where a run did not converge, why not. */
static void put_reason(const run_spec *run, const run_result *result) {
  if (result->message[0])
    printf("  %s", result->message);
  else if (result->status == RUN_MAX_ITER)
    printf("  --max-iter %ld", run->limits.max_iterations);
  else if (result->status == RUN_TIME_LIMIT)
    printf("  --time-limit %g", run->limits.seconds);
}

static void put_more(const run_spec *run, const run_result *result) {
  printf("    set up in %.3g s, judged in %.3g s; lower bound %.12g; start %s, "
         "seed %lu, repeat %zu, %d threads, %zu iterates recorded\n",
         result->setup_seconds, result->monitor_seconds,
         result->last.lower_bound, run->start, run->seed, run->repeat,
         run->threads, result->traced);
  if (!isnan(result->empty_step_seconds))
    printf("    an empty step costs %.3g s", result->empty_step_seconds);
  if (!isnan(result->own_seconds))
    printf("; by its own clock its steps took %.3g s", result->own_seconds);
  if (!isnan(result->empty_step_seconds))
    putchar('\n');
}

static console_colour colour_of(const run_result *result) {
  switch (result->status) {
  case RUN_CONVERGED:
    return CONSOLE_GREEN;
  case RUN_FAILED:
    return result->left_domain ? CONSOLE_YELLOW : CONSOLE_RED;
  case RUN_UNSUPPORTED:
    return CONSOLE_PLAIN;
  default:
    return CONSOLE_YELLOW;
  }
}

static void put_line(const run_lines *lines, const run_spec *run,
                     const run_result *result) {
  char label[EXEC_LABEL];
  console_progress(NULL);
  printf("%-*s  %-*s", lines->solver, name_of(run, label), lines->problem,
         run->problem);
  if (lines->losses)
    printf("  %-9s", ys_loss_name(run->loss));
  if (lines->fairness)
    printf("  %-8s", ys_fairness_name(run->fairness));
  if (lines->ranks)
    printf("  %5zu", run->ranks);
  printf("  %8g  %s%-11s%s %9ld %10.4g %12.6g %9.2e", run->lambda,
         console_paint(colour_of(result)),
         result->left_domain ? "left domain" : run_status_name(result->status),
         console_paint(CONSOLE_PLAIN), result->iterations,
         result->solve_seconds, result->last.objective, result->last.gap);
  put_reason(run, result);
  putchar('\n');
  if (lines->is_verbose)
    put_more(run, result);
  fflush(stdout);
}

static void count_leaver(run_lines *lines, const char *spec) {
  char name[32];
  snprintf(name, sizeof name, "%.*s", (int)ys_spec_name_length(spec), spec);
  const size_t used = strlen(lines->leavers);
  lines->left++;
  if (!strstr(lines->leavers, name))
    snprintf(lines->leavers + used, sizeof lines->leavers - used, "%s%s",
             used ? " and " : "", name);
}

void run_lines_put(run_lines *lines, const run_spec *run,
                   const run_result *result) {
  lines->done++;
  noise_add(&lines->noise, run, result);
  lines->ended[result->status]++;
  if (result->left_domain)
    count_leaver(lines, run->solver);
  if (!console_is_quiet())
    put_line(lines, run, result);
}

size_t run_lines_failed(const run_lines *lines) {
  return lines->ended[RUN_FAILED] - lines->left;
}

static const char *put_count(size_t count, const char *what, const char *by,
                             const char *separator) {
  if (!count)
    return separator;
  printf("%s%zu %s%s", separator, count, what, by);
  return ", ";
}

void run_lines_put_end(run_lines *lines, double seconds) {
  char text[DURATION_ROOM], steps[96];
  const char *separator = ": ";
  if (console_is_quiet())
    return;
  if (seconds < 10)
    snprintf(text, sizeof text, "%.1f s", seconds);
  else
    duration_text(text, seconds);
  printf("\n%zu run%s in %s", lines->done, lines->done == 1 ? "" : "s", text);
  for (int s = 0; s < RUN_STATUSES; s++)
    separator =
        put_count(s == RUN_FAILED ? run_lines_failed(lines) : lines->ended[s],
                  run_status_name((run_status)s), "", separator);
  snprintf(steps, sizeof steps, " (%s with long steps)", lines->leavers);
  put_count(lines->left, "left the domain", steps, separator);
  putchar('\n');
  const noise_verdict verdict = noise_judge(&lines->noise);
  noise_put(&verdict, lines->load, omp_get_num_procs());
}

void run_lines_free(run_lines *lines) {
  noise_free(&lines->noise);
}
