/* What the kinds of figures share in their captions. */
#include "plot.h"

#include "gaptext.h"
#include "request.h"

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
} limits;

static void add_run(limits *of, const result_row *run) {
  widen(&of->threads, (double)run->threads);
  if (!run->settings)
    return;
  widen(&of->gap, run->settings->tolerance);
  widen(&of->seconds, run->settings->time_limit);
  widen(&of->iterations, (double)run->settings->max_iterations);
}

static limits limits_of(const run_group *groups, size_t count) {
  limits of = {nothing, nothing, nothing, nothing};
  for (size_t g = 0; g < count; g++)
    for (size_t s = 0; s < groups[g].solver_count; s++)
      for (size_t i = 0; i < groups[g].solvers[s].count; i++)
        add_run(&of, groups[g].solvers[s].runs[i]);
  return of;
}

static void put_range(FILE *out, const range *of, const char *unit) {
  char least[NUMBER_ROOM], most[NUMBER_ROOM];
  if (of->least < of->most)
    fprintf(out, "%s to ", text_target(least, of->least));
  fprintf(out, "%s%s", text_target(most, of->most), unit);
}

/* Of a sweep: settings.csv has the limits of each run. */
static void put_sweep_limits(FILE *out, const limits *of) {
  bool counted = of->iterations.least < REQUEST_ITERATIONS;
  fputs("Runs stopped at a gap of ", out);
  put_range(out, &of->gap, counted ? " nats, after " : " nats or after ");
  put_range(out, &of->seconds, " s of solver time");
  if (counted) {
    fputs(" or after ", out);
    put_range(out, &of->iterations, " iterations");
  }
  fputs(".\n", out);
}

void plot_put_limits(FILE *out, const plot_request *asked,
                     const run_group *groups, size_t count) {
  const provenance *made = asked->made;
  limits of = limits_of(groups, count);
  if (of.gap.least <= of.gap.most)
    put_sweep_limits(out, &of);
  else if (made->tolerance && made->time_limit)
    fprintf(out,
            "Runs stopped at a gap of %s nats or after %s s of solver time.\n",
            made->tolerance, made->time_limit);
}

void plot_put_provenance(FILE *out, const plot_request *asked,
                         const run_group *groups, size_t count) {
  char line[512];
  limits of = limits_of(groups, count);
  provenance_line(asked->made, line, sizeof line);
  fputs("Measured with ", out);
  if (of.threads.least < of.threads.most)
    fprintf(out, "%.0f to ", of.threads.least);
  fprintf(out, "%.0f thread%s on %s.\n", of.threads.most,
          of.threads.most == 1 ? "" : "s", line);
}
