/* Bars of the iterations, or the seconds, that each solver needed to come
 * within a gap: a figure a y-step. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"

#include <stdlib.h>
#include <string.h>

typedef struct bar {
  size_t solver; /* in the solver styles */
  const solver_runs *runs;
  const gap_summary *to;
  double length; /* infinite: not reached */
} bar;

typedef struct bars {
  plot_figure base; /* of one y-step; a key a bar */
  bar *bar;         /* the shortest first */
  size_t count;
} bars;

static int by_length(const void *a, const void *b) {
  const bar *x = a, *y = b;
  if (x->length != y->length)
    return x->length < y->length ? -1 : 1;
  return (x->solver > y->solver) - (x->solver < y->solver);
}

static void set_axis(plot_range *axis, cost_kind cost) {
  double most = axis->high;
  if (cost == COST_ITERATION)
    axis->low = 1;
  plot_round_axis(axis);
  /* Bars begin left of the least, so that it has one too, and behind the
   * longest there is room for its number. */
  axis->low *= 0.6;
  axis->high = most * pow(most / axis->low, 0.25);
}

static void add_bar(bars *figure, const solver_runs *runs) {
  size_t solver =
      solver_style_number(figure->base.request->solvers, runs->solver);
  const gap_summary *to = gap_matrix_at(&figure->base.of, 0, solver);
  double length = plot_cost_of(&figure->base, 0, solver);
  if (to->runs)
    figure->bar[figure->count++] = (bar){solver, runs, to, length};
  if (length > 0 && isfinite(length))
    plot_widen(&figure->base.x, length);
}

static ys_code fill(void *made, ys_error *error) {
  bars *figure = made;
  const run_group *group = figure->base.groups.groups;
  figure->bar = ys_take(&figure->base.memory, group->solver_count,
                        sizeof *figure->bar, "bars");
  if (!figure->bar)
    return ys_memory_check(&figure->base.memory, error);
  for (size_t s = 0; s < group->solver_count; s++)
    add_bar(figure, &group->solvers[s]);
  qsort(figure->bar, figure->count, sizeof *figure->bar, by_length);
  for (size_t i = 0; i < figure->count; i++)
    plot_add_key(&figure->base, figure->bar[i].solver);
  if (!(figure->base.x.high > 0))
    return ys_fail(error, YS_UNSUPPORTED,
                   "no bars on %s: no solver came within gap %s after its "
                   "start",
                   figure->base.title, figure->base.gap_text);
  set_axis(&figure->base.x, figure->base.cost);
  return YS_OK;
}

/* ----------------------------------------------------------------- files -- */

/* What stands behind the bar. */
static void end_text(const bars *figure, const bar *of, char *text,
                     size_t room) {
  char number[NUMBER_ROOM], gap[NUMBER_ROOM];
  if (isfinite(of->length))
    snprintf(text, room, "%s",
             figure->base.cost == COST_TIME ? text_seconds(number, of->length)
                                            : text_count(number, of->length));
  else if (result_has_status(of->runs->runs[0], RUN_FAILED))
    snprintf(text, room, "%s", solver_runs_failure(of->runs));
  else
    snprintf(text, room, "not reached in %s s: gap %s",
             text_seconds(number, of->to->spent), text_gap(gap, of->to->best));
}

static const char *x_name(const bars *figure, char *text, size_t room) {
  snprintf(text, room, "%s to gap %s", plot_costs[figure->base.cost].name,
           figure->base.gap_text);
  return text;
}

static void write_data(FILE *out, const void *context) {
  const bars *figure = context;
  char name[64];
  fprintf(out,
          "# %s, certified, in nats\n# %s\n"
          "# place median low high: medians over runs, %d %% and %d %% "
          "quantiles; inf: not reached\n",
          x_name(figure, name, sizeof name), figure->base.title, GAP_BAND_LOW,
          GAP_BAND_HIGH);
  for (size_t i = 0; i < figure->count; i++) {
    const gap_summary *to = figure->bar[i].to;
    fprintf(out, "%zu %.10g %.10g %.10g # %s, %zu of %zu runs\n", i + 1,
            figure->bar[i].length, to->to[figure->base.cost].low,
            to->to[figure->base.cost].high, figure->bar[i].runs->solver,
            to->reached, to->runs);
  }
}

static void write_settings(FILE *out, const void *context, bool latex) {
  const bars *figure = context;
  char text[512];
  plot_put_keys(out, &figure->base, "", latex);
  fprintf(out, "legend_rows = 0\nplot_height = %.2f\n",
          0.45 + 0.15 * (double)figure->count);
  fprintf(out, "array ends[%zu] = [", figure->count);
  for (size_t i = 0; i < figure->count; i++) {
    end_text(figure, &figure->bar[i], text, sizeof text);
    fputs(i ? ", " : "", out);
    plot_put_string(out, text, latex);
  }
  fputs("]\n", out);
  plot_put_axes(out, &figure->base);
  plot_put_text(out, "x_name", x_name(figure, text, sizeof text), latex);
  ystep_short_title(figure->base.groups.groups->sample, text, sizeof text);
  plot_put_title(out, &figure->base, text, latex);
}

static bool has_repeats(const bars *figure) {
  for (size_t i = 0; i < figure->count; i++)
    if (figure->bar[i].to->runs > 1)
      return true;
  return false;
}

static void write_caption(FILE *out, const void *context) {
  const bars *figure = context;
  fprintf(out,
          "%s to a certified gap of %s nats on %s; the axis is logarithmic.\n",
          plot_costs[figure->base.cost].phrase, figure->base.gap_text,
          figure->base.title);
  if (figure->base.cost == COST_ITERATION)
    fputs("An iteration is what each solver calls one: their costs differ.\n",
          out);
  if (has_repeats(figure))
    fprintf(out,
            "Medians over the runs of a solver; whiskers: %d %% to %d %% "
            "quantiles. A run that was never recorded within the gap counts "
            "as infinitely late.\n",
            GAP_BAND_LOW, GAP_BAND_HIGH);
  for (size_t i = 0; i < figure->count; i++) {
    const result_row *telling = solver_runs_message(figure->bar[i].runs);
    if (telling && !isfinite(figure->bar[i].length))
      fprintf(out, "%s: %s: %s.\n", solver_runs_name(figure->bar[i].runs),
              telling->status, telling->message);
  }
  plot_put_limits(out, &figure->base);
  plot_put_end(out, &figure->base);
}

const plot_kind plot_bars = {
    .name = "bars",
    .summary = "iterations of each solver to a gap, a figure a y-step",
    .table = PLOT_TABLE_OF_RUNS,
    .uses = PLOT_RUNS | PLOT_AXIS | PLOT_GAP | PLOT_X,
    .usual = COST_ITERATION,
    .script = "bars.gp",
    .figure_size = sizeof(bars),
    .fill = fill,
    .data = write_data,
    .caption = write_caption,
    .settings = write_settings};
