/* Bars of the iterations, or the seconds, that each solver needed to come
 * within a gap: a figure a y-step. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct bar {
  size_t solver; /* in the solver styles */
  const solver_runs *runs;
  gap_summary to;
  double length; /* infinite: not reached */
} bar;

typedef struct bars {
  const plot_request *request;
  const run_group *group;
  cost_kind cost;
  double gap;
  bar *bar; /* the shortest first */
  plot_key *keys;
  size_t count;
  double low, high; /* of the axis */
} bars;

static int by_length(const void *a, const void *b) {
  const bar *x = a, *y = b;
  if (x->length != y->length)
    return x->length < y->length ? -1 : 1;
  return (x->solver > y->solver) - (x->solver < y->solver);
}

static void set_axis(bars *figure) {
  double least = INFINITY, most = 0;
  for (size_t i = 0; i < figure->count; i++) {
    double length = figure->bar[i].length;
    if (!isfinite(length) || !(length > 0))
      continue;
    least = fmin(least, length);
    most = fmax(most, length);
  }
  figure->high = most;
  if (!(most > 0))
    return;
  figure->low = figure->cost == COST_ITERATION ? 1 : least;
  plot_round_axis(&figure->low, &figure->high);
  /* Bars begin left of the least, so that it has one too, and behind the
   * longest there is room for its number. */
  figure->low *= 0.6;
  figure->high = most * pow(most / figure->low, 0.25);
}

static ys_code add_bar(bars *figure, const solver_runs *runs, ys_error *error) {
  bar *made = &figure->bar[figure->count];
  if (gapmatrix_is_unsupported(runs))
    return YS_OK;
  made->runs = runs;
  made->solver = solver_style_number(figure->request->solvers, runs->solver);
  ys_code code = timetogap_summarise(runs, figure->gap, &made->to, error);
  made->length = gapmatrix_cost(&made->to, figure->cost);
  figure->count += !code;
  return code;
}

static ys_code fill(bars *figure, ys_error *error) {
  const run_group *group = figure->group;
  ys_code code = YS_OK;
  figure->bar = calloc(group->solver_count, sizeof *figure->bar);
  figure->keys = calloc(group->solver_count, sizeof *figure->keys);
  if (!figure->bar || !figure->keys)
    return ys_fail_memory(error, "bars");
  for (size_t s = 0; !code && s < group->solver_count; s++)
    code = add_bar(figure, &group->solvers[s], error);
  if (code)
    return code;
  qsort(figure->bar, figure->count, sizeof *figure->bar, by_length);
  for (size_t i = 0; i < figure->count; i++) {
    figure->keys[i].solver = figure->bar[i].solver;
    strcpy(figure->keys[i].text,
           figure->request->solvers->labels[figure->bar[i].solver].text);
  }
  set_axis(figure);
  return YS_OK;
}

/* ----------------------------------------------------------------- files -- */

/* What stands behind the bar. */
static void end_text(const bars *figure, const bar *of, char *text,
                     size_t room) {
  char number[NUMBER_ROOM], gap[NUMBER_ROOM];
  if (isfinite(of->length))
    snprintf(text, room, "%s",
             figure->cost == COST_TIME ? text_seconds(number, of->length)
                                       : text_count(number, of->length));
  else if (result_has_status(of->runs->runs[0], RUN_FAILED))
    snprintf(text, room, "failed");
  else
    snprintf(text, room, "not reached in %s s: gap %s",
             text_seconds(number, of->to.spent), text_gap(gap, of->to.best));
}

static const char *x_name(const bars *figure, char *text, size_t room) {
  char gap[NUMBER_ROOM];
  snprintf(text, room, "%s to gap %s",
           figure->cost == COST_TIME ? "solver time (s)" : "iterations",
           text_target(gap, figure->gap));
  return text;
}

static void write_data(FILE *out, const void *context) {
  const bars *figure = context;
  char text[512], name[64];
  group_title(figure->group, text, sizeof text);
  fprintf(out,
          "# %s, certified, in nats\n# %s\n"
          "# place median low high: medians over runs, %d %% and %d %% "
          "quantiles; inf: not reached\n",
          x_name(figure, name, sizeof name), text, GAP_BAND_LOW, GAP_BAND_HIGH);
  for (size_t i = 0; i < figure->count; i++) {
    const gap_summary *to = &figure->bar[i].to;
    bool time = figure->cost == COST_TIME;
    fprintf(out, "%zu %.10g %.10g %.10g # %s, %zu of %zu runs\n", i + 1,
            figure->bar[i].length, time ? to->seconds_low : to->iterations_low,
            time ? to->seconds_high : to->iterations_high,
            figure->bar[i].runs->solver, to->reached, to->runs);
  }
}

static void write_settings(FILE *out, const void *context, bool latex) {
  const bars *figure = context;
  char text[512];
  plot_put_keys(out, figure->keys, figure->count, "", latex);
  fprintf(out, "legend_rows = 0\nplot_height = %.2f\n",
          0.45 + 0.15 * (double)figure->count);
  fprintf(out, "array ends[%zu] = [", figure->count);
  for (size_t i = 0; i < figure->count; i++) {
    end_text(figure, &figure->bar[i], text, sizeof text);
    fputs(i ? ", " : "", out);
    plot_put_string(out, text, latex);
  }
  fprintf(out, "]\nx_low = %.6g; x_high = %.6g\n", figure->low, figure->high);
  plot_put_text(out, "x_name", x_name(figure, text, sizeof text), latex);
  ystep_short_title(figure->group->sample, text, sizeof text);
  plot_put_text(out, "title", text, latex);
}

static bool has_repeats(const bars *figure) {
  for (size_t i = 0; i < figure->count; i++)
    if (figure->bar[i].to.runs > 1)
      return true;
  return false;
}

static void write_caption(FILE *out, const void *context) {
  const bars *figure = context;
  char title[512], gap[NUMBER_ROOM];
  group_title(figure->group, title, sizeof title);
  fprintf(
      out, "%s to a certified gap of %s nats on %s; the axis is logarithmic.\n",
      figure->cost == COST_TIME ? "Solver time, without set-up and monitoring,"
                                : "Iterations",
      text_target(gap, figure->gap), title);
  if (figure->cost == COST_ITERATION)
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
      fprintf(out, "%s: %s: %s.\n", figure->bar[i].runs->solver,
              telling->status, telling->message);
  }
  plot_put_limits(out, figure->group, 1);
  for (size_t i = 0; i < figure->count; i++)
    solver_style_explain(out, figure->request->solvers, figure->keys[i].solver);
  plot_put_provenance(out, figure->request, figure->group, 1);
}

/* --------------------------------------------------------------- the kind - */

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  (void)error;
  *count = request->set->count * request->gap_count;
  return YS_OK;
}

static ys_code draw_bars(const bars *figure, ys_error *error) {
  char name[GROUP_FILE_NAME + 64], gap[48], title[512];
  plot_drawing drawing = {.script = "bars.gp",
                          .context = figure,
                          .data = write_data,
                          .caption = write_caption,
                          .settings = write_settings};
  group_title(figure->group, title, sizeof title);
  if (!(figure->high > 0))
    return ys_fail(
        error, YS_UNSUPPORTED,
        "no bars on %s: no solver came within gap %s after its start", title,
        text_target(gap, figure->gap));
  file_name_of_gap(figure->gap, gap, sizeof gap);
  snprintf(name, sizeof name, "bars-%s%s-%s", figure->group->slug, gap,
           plot_axis_names[figure->cost]);
  return plot_draw(figure->request, name, &drawing, error);
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  bars figure = {.request = request,
                 .group = &request->set->groups[number / request->gap_count],
                 .cost = plot_axis_or(request, COST_ITERATION),
                 .gap = request->gaps[number % request->gap_count]};
  ys_code code = fill(&figure, error);
  if (!code)
    code = draw_bars(&figure, error);
  free(figure.bar);
  free(figure.keys);
  return code;
}

const plot_kind plot_bars = {
    "bars", "iterations of each solver to a gap, a figure a y-step",
    PLOT_RUNS | PLOT_AXIS | PLOT_GAP, count_figures, draw};
