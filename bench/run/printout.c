#include "bench/run/printout.h"

#include "bench/cli/console.h"

#include <stdio.h>

void printout_header(void) {
  printf("%-28s %-34s %8s  %-10s %9s %10s %12s %9s\n", "solver", "problem",
         "lambda", "status", "iterations", "seconds", "objective", "gap");
}

void printout_row(const run_spec *run, const run_result *result) {
  console_progress(NULL);
  printf("%-28s %-34s %8g  %-10s %9ld %10.4g %12.6g %9.2e\n", run->solver,
         run->problem, run->lambda, run_status_name(result->status),
         result->iterations, result->solve_seconds, result->last.objective,
         result->last.gap);
  fflush(stdout);
}
