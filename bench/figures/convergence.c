/* Convergence: the gap against time or iterations, a figure a y-step. */
#include "bench/analysis/curve.h"
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"

#include <stdlib.h>
#include <string.h>

typedef struct convergence {
  plot_figure base;             /* of one y-step */
  curve *curves;                /* one a solver of it, also what is not drawn */
  size_t least_runs, most_runs; /* repeats of a solver */
  char runs[64];                /* the same: "3", or "1 to 3" */
} convergence;

static const run_group *group_of(const convergence *figure) {
  return figure->base.groups.groups;
}

static bool convergence_has_bands(const convergence *figure) {
  return figure->most_runs > 1;
}

/* --------------------------------------------------------- one figure ----- */

static void widen(convergence *figure, const curve_point *point) {
  if (!curve_point_is_drawable(point))
    return;
  plot_widen(&figure->base.x, point->low > 0 ? point->low : point->median);
  plot_widen(&figure->base.x,
             isfinite(point->high) ? point->high : point->median);
  plot_widen(&figure->base.y, point->gap);
}

static void discard(void *made) {
  convergence *figure = made;
  for (size_t s = 0; figure->curves && s < group_of(figure)->solver_count; s++)
    curve_free(&figure->curves[s]);
}

static ys_code add_solver(convergence *figure, size_t s, ys_error *error) {
  const solver_runs *solver = &group_of(figure)->solvers[s];
  curve *made = &figure->curves[s];
  ys_code code = curve_make(solver, figure->base.cost, made, error);
  if (!code && curve_is_drawable(made))
    plot_add_key(
        &figure->base,
        solver_style_number(figure->base.request->solvers, solver->solver));
  for (size_t i = 0; i < made->count; i++)
    widen(figure, &made->points[i]);
  if (solver->count < figure->least_runs)
    figure->least_runs = solver->count;
  if (solver->count > figure->most_runs)
    figure->most_runs = solver->count;
  return code;
}

static ys_code fill(void *made, ys_error *error) {
  convergence *figure = made;
  ys_code code = YS_OK;
  figure->least_runs = (size_t)-1;
  figure->curves = ys_take(&figure->base.memory, group_of(figure)->solver_count,
                           sizeof *figure->curves, "a figure");
  if (!figure->curves)
    return ys_memory_check(&figure->base.memory, error);
  for (size_t s = 0; !code && s < group_of(figure)->solver_count; s++)
    code = add_solver(figure, s, error);
  if (code)
    return code;
  snprintf(figure->runs, sizeof figure->runs,
           figure->least_runs < figure->most_runs ? "%zu to %zu" : "%zu",
           figure->least_runs, figure->most_runs);
  if (!figure->base.key_count)
    return ys_fail(error, YS_UNSUPPORTED,
                   "nothing to draw on %s: no solver recorded a finite gap "
                   "after its start",
                   figure->base.title);
  plot_round_axis(&figure->base.x);
  plot_round_axis(&figure->base.y);
  return YS_OK;
}

static const double thinnest = 0.002;

/* ----------------------------------------------------------------- data --- */

static bool is_near(const curve_point *a, const curve_point *b) {
  return fabs(log10(a->median / b->median)) < thinnest &&
         log10(a->gap / b->gap) < thinnest;
}

/* How far apart two points are drawn, where an axis is 1 long. */
static double drawn_distance(const convergence *figure, const curve_point *a,
                             const curve_point *b) {
  const plot_range *x = &figure->base.x, *y = &figure->base.y;
  return hypot(log(a->median / b->median) / log(x->high / x->low),
               log(a->gap / b->gap) / log(y->high / y->low));
}

/* The length of a curve as it is drawn. */
static double drawn_length(const convergence *figure, const curve *drawn) {
  const curve_point *last = NULL;
  double length = 0;
  for (size_t i = 0; i < drawn->count; i++) {
    if (!curve_point_is_drawable(&drawn->points[i]))
      continue;
    length += last ? drawn_distance(figure, last, &drawn->points[i]) : 0;
    last = &drawn->points[i];
  }
  return length;
}

static bool is_last(const curve *drawn, size_t i) {
  return i + 1 == drawn->count ||
         !curve_point_is_drawable(&drawn->points[i + 1]);
}

/* Markers in equal distances, at other places on every curve, and one at its
 * end. */
static void put_curve(FILE *out, const convergence *figure, size_t solver) {
  const double spacing = 0.2;
  const curve *drawn = &figure->curves[solver];
  const curve_point *last = NULL;
  double left = drawn_length(figure, drawn);
  double since = spacing * (double)(solver % 4) / 4;
  fprintf(out, "%zu runs\n# x_median gap x_low x_high marker\n",
          group_of(figure)->solvers[solver].count);
  for (size_t i = 0; i < drawn->count; i++) {
    const curve_point *point = &drawn->points[i];
    if (!(point->median > 0) ||
        (last && !is_last(drawn, i) && is_near(last, point)))
      continue;
    double way = last && curve_point_is_drawable(point)
                     ? drawn_distance(figure, last, point)
                     : 0;
    since += way;
    left -= way;
    bool marked =
        curve_point_is_drawable(point) &&
        (is_last(drawn, i) || (since >= spacing && left >= spacing / 3));
    fprintf(out, "%.10g %.10g %.10g %.10g %d\n", point->median, point->gap,
            point->low, point->high, marked);
    since = marked ? 0 : since;
    last = point;
  }
}

/* Where both quantiles have a place on the axis. */
static bool has_band(const curve_point *point) {
  return point->high > 0 && isfinite(point->high);
}

/* Down the low quantiles and up the high ones, as far as both are finite: a
 * band to the end of the axis would say that somebody got there. */
static void put_band(FILE *out, const convergence *figure, const curve *drawn) {
  size_t count = 0;
  fputs("outline of the band\n# x gap\n", out);
  for (size_t i = 0; i < drawn->count; i++)
    if (has_band(&drawn->points[i])) {
      fprintf(out, "%.10g %.10g\n",
              fmax(drawn->points[i].low, figure->base.x.low),
              drawn->points[i].gap);
      count++;
    }
  for (size_t i = drawn->count; i-- > 0;)
    if (has_band(&drawn->points[i]))
      fprintf(out, "%.10g %.10g\n", drawn->points[i].high,
              drawn->points[i].gap);
  if (!count) /* a block without a line would be none */
    fputs("nan nan\n", out);
}

static void convergence_write_data(FILE *out, const void *context) {
  const convergence *figure = context;
  const run_group *group = group_of(figure);
  size_t index = 0;
  fprintf(out,
          "# Certified gap (nats) against %s\n# %s\n"
          "# x: when a run was first within the gap; median, %d %% and %d %% "
          "quantile over runs, inf where too few ever were\n",
          plot_costs[figure->base.cost].name, figure->base.title, GAP_BAND_LOW,
          GAP_BAND_HIGH);
  for (int band = 0; band <= convergence_has_bands(figure); band++)
    for (size_t s = 0; s < group->solver_count; s++) {
      if (!curve_is_drawable(&figure->curves[s]))
        continue;
      fprintf(out, "%s# index %zu: %s, ", index ? "\n\n" : "", index,
              group->solvers[s].solver);
      index++;
      if (band)
        put_band(out, figure, &figure->curves[s]);
      else
        put_curve(out, figure, s);
    }
}

/* ------------------------------------------------------------- settings --- */

static void convergence_write_settings(FILE *out, const void *context,
                                       bool latex) {
  const convergence *figure = context;
  char what[512];
  plot_put_keys(out, &figure->base, "", latex);
  ystep_short_title(group_of(figure)->sample, what, sizeof what);
  plot_put_title(out, &figure->base, what, latex);
  fprintf(out, "bands = %d\n", convergence_has_bands(figure));
  plot_put_axes(out, &figure->base);
  plot_put_text(out, "x_name", plot_costs[figure->base.cost].name, latex);
  plot_put_text(out, "y_name", "certified gap (nats)", latex);
}

/* -------------------------------------------------------------- caption --- */

static void put_what(FILE *out, const convergence *figure) {
  bool floored = false;
  for (size_t s = 0; s < group_of(figure)->solver_count; s++)
    floored = floored || figure->curves[s].floored;
  fprintf(out,
          "Certified gap against %s on %s; both axes logarithmic.\n"
          "The gap bounds F(y) - F* from above, in nats, and is computed from "
          "the data and the iterate alone.\n",
          plot_costs[figure->base.cost].name, figure->base.title);
  if (figure->base.cost == COST_TIME)
    fputs("Time is the solver's own, without set-up and monitoring.\n", out);
  if (convergence_has_bands(figure))
    fprintf(out,
            "Lines: median over %s runs of when a run was first recorded "
            "within the gap; bands: %d %% to %d %% quantiles. A run that never "
            "was counts as infinitely late, so that a line ends where half "
            "the runs do, and a band where a tenth of them does.\n",
            figure->runs, GAP_BAND_LOW, GAP_BAND_HIGH);
  else
    fputs("Lines: when the one run of a solver was first recorded within the "
          "gap.\n",
          out);
  fputs("A curve ends at the gap at which its runs were to stop.\n", out);
  if (floored)
    fprintf(out, "Gaps below %g are drawn there.\n", CURVE_FLOOR);
}

static bool all_converged(const solver_runs *solver) {
  for (size_t i = 0; i < solver->count; i++)
    if (!result_has_status(solver->runs[i], RUN_CONVERGED))
      return false;
  return true;
}

/* How far a curve goes that is not drawn. */
static void put_missing(FILE *out, const solver_runs *solver) {
  char gap[NUMBER_ROOM];
  double best = INFINITY;
  for (size_t i = 0; i < solver->count; i++)
    best = fmin(best, timetogap_best(solver->runs[i]));
  if (isfinite(best))
    fprintf(out, "; not drawn: no gap but the start's (%s)",
            text_gap(gap, best));
  else
    fputs("; not drawn: no finite gap", out);
}

static void put_ends(FILE *out, const convergence *figure) {
  for (size_t s = 0; s < group_of(figure)->solver_count; s++) {
    const solver_runs *solver = &group_of(figure)->solvers[s];
    const result_row *telling = solver_runs_message(solver);
    bool missing = !curve_is_drawable(&figure->curves[s]);
    char status[128];
    if (all_converged(solver) && !missing)
      continue;
    solver_runs_status(solver, status, sizeof status);
    fprintf(out, "%s: %s", solver_runs_name(solver), status);
    if (missing)
      put_missing(out, solver);
    fprintf(out, "%s%s.\n", telling ? ": " : "",
            telling ? telling->message : "");
  }
}

static void convergence_write_caption(FILE *out, const void *context) {
  const convergence *figure = context;
  put_what(out, figure);
  plot_put_limits(out, &figure->base);
  put_ends(out, figure);
  plot_put_end(out, &figure->base);
}

const plot_kind plot_convergence = {
    .name = "convergence",
    .summary = "gap against solver time and against iterations",
    .table = PLOT_TABLE_OF_RUNS,
    .uses = PLOT_RUNS | PLOT_AXIS | PLOT_BOTH | PLOT_X | PLOT_Y | PLOT_LEGEND,
    .script = "convergence.gp",
    .has_legend = true,
    .figure_size = sizeof(convergence),
    .fill = fill,
    .discard = discard,
    .data = convergence_write_data,
    .caption = convergence_write_caption,
    .settings = convergence_write_settings};
