/* What the kinds of figures share in their captions. */
#include "bench/figures/plot.h"

#include "bench/run/request.h"

typedef struct limits {
  plot_range gap, seconds, iterations, threads;
  bool has_endless; /* a run without a limit of iterations */
} limits;

static void add_run(limits *of, const result_row *run) {
  plot_widen(&of->threads, (double)run->threads);
  if (!run->settings)
    return;
  plot_widen(&of->gap, run->settings->tolerance);
  plot_widen(&of->seconds, run->settings->time_limit);
  if ((double)run->settings->max_iterations < REQUEST_ITERATIONS)
    plot_widen(&of->iterations, (double)run->settings->max_iterations);
  else
    of->has_endless = true;
}

static limits limits_of(const group_set *set) {
  limits of = {PLOT_NOTHING, PLOT_NOTHING, PLOT_NOTHING, PLOT_NOTHING, false};
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++)
      for (size_t i = 0; i < set->groups[g].solvers[s].count; i++)
        add_run(&of, set->groups[g].solvers[s].runs[i]);
  return of;
}

/* "1", or "1 to 3"; each end as `text` writes it. */
static void put_range(FILE *out, const plot_range *of,
                      const char *text(char *, double)) {
  char number[NUMBER_ROOM];
  if (of->low < of->high)
    fprintf(out, "%s to ", text(number, of->low));
  fputs(text(number, of->high), out);
}

void plot_put_limits(FILE *out, const plot_figure *figure) {
  limits of = limits_of(&figure->groups);
  bool counted = of.iterations.low <= of.iterations.high;
  if (of.gap.low > of.gap.high)
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

void plot_put_end(FILE *out, const plot_figure *figure) {
  char line[512];
  limits of = limits_of(&figure->groups);
  for (size_t i = 0; i < figure->key_count; i++)
    solver_style_explain(out, figure->request->solvers, figure->keys[i].solver);
  provenance_line(figure->request->made, line, sizeof line);
  fputs("Measured with ", out);
  put_range(out, &of.threads, text_count);
  fprintf(out, " thread%s on %s.\n", of.threads.high == 1 ? "" : "s", line);
}

void plot_put_solved(FILE *out, const plot_figure *figure) {
  const gap_matrix *of = &figure->of;
  plot_range runs = PLOT_NOTHING;
  for (size_t i = 0; i < of->set->count * of->solvers->count; i++)
    if (of->cells[i].runs)
      plot_widen(&runs, (double)of->cells[i].runs);
  fprintf(out,
          "Solved: within a certified gap of %s nats of the optimum, by the "
          "median over the runs of a solver (",
          figure->gap_text);
  put_range(out, &runs, text_count);
  fputs(" on each y-step), where a run that was never recorded within the gap "
        "counts as infinitely late.\n",
        out);
  for (size_t s = 0; s < of->solvers->count; s++) {
    size_t missing = 0;
    for (size_t g = 0; g < of->set->count; g++)
      missing += !gap_matrix_at(of, g, s)->runs;
    if (missing == of->set->count)
      fprintf(out, "%s: not drawn: it ran on none of the y-steps.\n",
              of->solvers->names[s]);
    else if (missing)
      fprintf(out,
              "%s: has no run on %zu of the y-steps, which count as not "
              "solved.\n",
              of->solvers->names[s], missing);
  }
}
