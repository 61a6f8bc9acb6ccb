/* What the kinds of figures share in their captions. */
#include "bench/figures/plot.h"

#include "bench/run/request.h"
#include "bench/text/numbers.h"

#include <math.h>

/* The least and the most of a number over runs. */
typedef struct range {
  double least, most;
} range;

static const range nothing = {INFINITY, -INFINITY};

static void widen(range *over, double number) {
  over->least = fmin(over->least, number);
  over->most = fmax(over->most, number);
}

typedef struct limits {
  range gap, seconds, iterations, threads;
  bool has_endless; /* a run without a limit of iterations */
} limits;

static void add_run(limits *of, const result_row *run) {
  widen(&of->threads, (double)run->threads);
  if (!run->settings)
    return;
  widen(&of->gap, run->settings->tolerance);
  widen(&of->seconds, run->settings->time_limit);
  if ((double)run->settings->max_iterations < REQUEST_ITERATIONS)
    widen(&of->iterations, (double)run->settings->max_iterations);
  else
    of->has_endless = true;
}

static limits limits_of(const run_group *groups, size_t count) {
  limits of = {nothing, nothing, nothing, nothing, false};
  for (size_t g = 0; g < count; g++)
    for (size_t s = 0; s < groups[g].solver_count; s++)
      for (size_t i = 0; i < groups[g].solvers[s].count; i++)
        add_run(&of, groups[g].solvers[s].runs[i]);
  return of;
}

/* "1", or "1 to 3"; each end as `text` writes it. */
static void put_range(FILE *out, const range *of,
                      const char *text(char *, double)) {
  char number[NUMBER_ROOM];
  if (of->least < of->most)
    fprintf(out, "%s to ", text(number, of->least));
  fputs(text(number, of->most), out);
}

void plot_put_limits(FILE *out, const run_group *groups, size_t count) {
  limits of = limits_of(groups, count);
  bool counted = of.iterations.least <= of.iterations.most;
  if (of.gap.least > of.gap.most)
    return;
  fputs("Runs stopped at a gap of ", out);
  put_range(out, &of.gap, text_target);
  fputs(counted ? " nats, after " : " nats or after ", out);
  put_range(out, &of.seconds, text_seconds);
  fputs(" s of solver time", out);
  if (counted) {
    fputs(of.has_endless ? " or, some of them, after " : " or after ", out);
    put_range(out, &of.iterations, text_count);
    fputs(" iterations", out);
  }
  fputs(".\n", out);
}

void plot_put_provenance(FILE *out, const plot_request *asked,
                         const run_group *groups, size_t count) {
  char line[512];
  limits of = limits_of(groups, count);
  provenance_line(asked->made, line, sizeof line);
  fputs("Measured with ", out);
  put_range(out, &of.threads, text_count);
  fprintf(out, " thread%s on %s.\n", of.threads.most == 1 ? "" : "s", line);
}
