/* Convergence: the gap against time or iterations, a figure a y-step. */
#include "bench/analysis/curve.h"
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct convergence {
  const plot_request *request;
  const run_group *group;
  cost_kind cost;
  curve *curves;  /* one a solver of the group, also what is not drawn */
  plot_key *keys; /* one a curve that is drawn */
  size_t drawn;   /* how many those are */
  size_t least_runs, most_runs;        /* repeats of a solver */
  double x_low, x_high, y_low, y_high; /* of the axes */
} convergence;

static const char *convergence_x_name(const convergence *figure) {
  return figure->cost == COST_TIME ? "solver time (s)" : "iterations";
}

static bool convergence_has_bands(const convergence *figure) {
  return figure->most_runs > 1;
}

static void convergence_runs_text(const convergence *figure, char *text,
                                  size_t room) {
  if (figure->least_runs == figure->most_runs)
    snprintf(text, room, "%zu", figure->most_runs);
  else
    snprintf(text, room, "%zu to %zu", figure->least_runs, figure->most_runs);
}

/* ----------------------------------------------------------------- axes --- */

static void widen(convergence *figure, const curve_point *point) {
  if (!curve_point_is_drawable(point))
    return;
  double low = point->low > 0 ? point->low : point->median;
  double high = isfinite(point->high) ? point->high : point->median;
  figure->x_low = fmin(figure->x_low, low);
  figure->x_high = fmax(figure->x_high, high);
  figure->y_low = fmin(figure->y_low, point->gap);
  figure->y_high = fmax(figure->y_high, point->gap);
}

static void set_axes(convergence *figure) {
  figure->x_low = figure->y_low = INFINITY;
  figure->x_high = figure->y_high = 0;
  for (size_t s = 0; s < figure->group->solver_count; s++)
    for (size_t i = 0; i < figure->curves[s].count; i++)
      widen(figure, &figure->curves[s].points[i]);
  plot_round_axis(&figure->x_low, &figure->x_high);
  plot_round_axis(&figure->y_low, &figure->y_high);
}

/* --------------------------------------------------------- one figure ----- */

static void discard(convergence *figure) {
  for (size_t s = 0; figure->curves && s < figure->group->solver_count; s++)
    curve_free(&figure->curves[s]);
  free(figure->curves);
  free(figure->keys);
}

static void add_key(convergence *figure, const char *solver) {
  const solver_styles *solvers = figure->request->solvers;
  plot_key *key = &figure->keys[figure->drawn++];
  key->solver = solver_style_number(solvers, solver);
  snprintf(key->text, sizeof key->text, "%s",
           solvers->labels[key->solver].text);
}

static ys_code make(const plot_request *request, const run_group *group,
                    cost_kind cost, convergence *figure, ys_error *error) {
  size_t count = group->solver_count;
  ys_code code = YS_OK;
  *figure = (convergence){.request = request,
                          .group = group,
                          .cost = cost,
                          .curves = calloc(count, sizeof *figure->curves),
                          .keys = calloc(count, sizeof *figure->keys),
                          .least_runs = (size_t)-1};
  if (!figure->curves || !figure->keys)
    code = ys_fail_memory(error, "a figure");
  for (size_t s = 0; !code && s < count; s++) {
    const solver_runs *solver = &group->solvers[s];
    code = curve_make(solver, cost, &figure->curves[s], error);
    if (!code && curve_is_drawable(&figure->curves[s]))
      add_key(figure, solver->solver);
    if (solver->count < figure->least_runs)
      figure->least_runs = solver->count;
    if (solver->count > figure->most_runs)
      figure->most_runs = solver->count;
  }
  if (code) {
    discard(figure);
    return code;
  }
  if (figure->drawn)
    set_axes(figure);
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
  return hypot(log(a->median / b->median) / log(figure->x_high / figure->x_low),
               log(a->gap / b->gap) / log(figure->y_high / figure->y_low));
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
  fputs("# x_median gap x_low x_high marker\n", out);
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

static double clamp(const convergence *figure, double x) {
  return fmin(fmax(x, figure->x_low), figure->x_high);
}

/* Down the low quantiles and up the high ones; what lies beyond the axes is
 * brought to their ends. */
static void put_band(FILE *out, const convergence *figure, const curve *drawn) {
  fputs("# x gap\n", out);
  for (size_t i = 0; i < drawn->count; i++)
    if (drawn->points[i].high > 0)
      fprintf(out, "%.10g %.10g\n", clamp(figure, drawn->points[i].low),
              drawn->points[i].gap);
  for (size_t i = drawn->count; i-- > 0;)
    if (drawn->points[i].high > 0)
      fprintf(out, "%.10g %.10g\n", clamp(figure, drawn->points[i].high),
              drawn->points[i].gap);
}

static void convergence_write_data(FILE *out, const void *context) {
  const convergence *figure = context;
  const run_group *group = figure->group;
  char title[512];
  size_t index = 0;
  group_title(group, title, sizeof title);
  fprintf(out,
          "# Certified gap (nats) against %s\n# %s\n"
          "# x: when a run was first within the gap; median, %d %% and %d %% "
          "quantile over runs, inf where too few ever were\n",
          convergence_x_name(figure), title, GAP_BAND_LOW, GAP_BAND_HIGH);
  for (size_t s = 0; s < group->solver_count; s++) {
    if (!curve_is_drawable(&figure->curves[s]))
      continue;
    fprintf(out, "%s# index %zu: %s, %zu runs\n", index ? "\n\n" : "", index,
            group->solvers[s].solver, group->solvers[s].count);
    put_curve(out, figure, s);
    index++;
  }
  for (size_t s = 0; convergence_has_bands(figure) && s < group->solver_count;
       s++) {
    if (!curve_is_drawable(&figure->curves[s]))
      continue;
    fprintf(out, "\n\n# index %zu: %s, outline of the band\n", index,
            group->solvers[s].solver);
    put_band(out, figure, &figure->curves[s]);
    index++;
  }
}

/* ------------------------------------------------------------- settings --- */

/* What the lines and bands are. */
static void make_title(const convergence *figure, char *title, size_t room) {
  char runs[64];
  convergence_runs_text(figure, runs, sizeof runs);
  if (convergence_has_bands(figure))
    snprintf(title, room, "median and %d-%d %% band of %s runs", GAP_BAND_LOW,
             GAP_BAND_HIGH, runs);
}

static void convergence_write_settings(FILE *out, const void *context,
                                       bool latex) {
  const convergence *figure = context;
  char title[128] = "", what[512];
  make_title(figure, title, sizeof title);
  plot_put_keys(out, figure->keys, figure->drawn, title, latex);
  ystep_short_title(figure->group->sample, what, sizeof what);
  plot_put_text(out, "title", what, latex);
  fprintf(out,
          "bands = %d\n"
          "x_low = %.6g; x_high = %.6g; y_low = %.6g; y_high = %.6g\n",
          convergence_has_bands(figure), figure->x_low, figure->x_high,
          figure->y_low, figure->y_high);
  plot_put_text(out, "x_name", convergence_x_name(figure), latex);
  plot_put_text(out, "y_name", "certified gap (nats)", latex);
}

/* -------------------------------------------------------------- caption --- */

static void put_what(FILE *out, const convergence *figure) {
  char title[512], runs[64];
  bool floored = false;
  group_title(figure->group, title, sizeof title);
  convergence_runs_text(figure, runs, sizeof runs);
  for (size_t s = 0; s < figure->group->solver_count; s++)
    floored = floored || figure->curves[s].floored;
  fprintf(out,
          "Certified gap against %s on %s; both axes logarithmic.\n"
          "The gap bounds F(y) - F* from above, in nats, and is computed from "
          "the data and the iterate alone.\n",
          convergence_x_name(figure), title);
  if (figure->cost == COST_TIME)
    fputs("Time is the solver's own, without set-up and monitoring.\n", out);
  if (convergence_has_bands(figure))
    fprintf(out,
            "Lines: median over %s runs of when a run was first recorded "
            "within the gap; bands: %d %% to %d %% quantiles. A run that never "
            "was counts as infinitely late, so that a line ends where half "
            "the runs do.\n",
            runs, GAP_BAND_LOW, GAP_BAND_HIGH);
  else
    fputs("Lines: when the one run of a solver was first recorded within the "
          "gap.\n",
          out);
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
  for (size_t s = 0; s < figure->group->solver_count; s++) {
    const solver_runs *solver = &figure->group->solvers[s];
    const result_row *telling = solver_runs_message(solver);
    bool missing = !curve_is_drawable(&figure->curves[s]);
    char status[128];
    if (all_converged(solver) && !missing)
      continue;
    solver_runs_status(solver, status, sizeof status);
    fprintf(out, "%s: %s", solver->solver, status);
    if (missing)
      put_missing(out, solver);
    fprintf(out, "%s%s.\n", telling ? ": " : "",
            telling ? telling->message : "");
  }
}

static void put_labels(FILE *out, const convergence *figure) {
  const solver_styles *solvers = figure->request->solvers;
  for (size_t s = 0; s < figure->group->solver_count; s++)
    if (curve_is_drawable(&figure->curves[s]))
      solver_style_explain(
          out, solvers,
          solver_style_number(solvers, figure->group->solvers[s].solver));
}

static void convergence_write_caption(FILE *out, const void *context) {
  const convergence *figure = context;
  put_what(out, figure);
  plot_put_limits(out, figure->group, 1);
  put_ends(out, figure);
  put_labels(out, figure);
  plot_put_provenance(out, figure->request, figure->group, 1);
}

/* ------------------------------------------------------------- the kind --- */

static ys_code count(const plot_request *request, size_t *figures,
                     ys_error *error) {
  (void)error;
  *figures = request->set->count * plot_axis_count(request);
  return YS_OK;
}

static ys_code draw_figure(const plot_request *request,
                           const convergence *figure, ys_error *error) {
  char name[GROUP_FILE_NAME + 32];
  plot_drawing drawing = {.script = "convergence.gp",
                          .has_legend = true,
                          .context = figure,
                          .data = convergence_write_data,
                          .caption = convergence_write_caption,
                          .settings = convergence_write_settings};
  snprintf(name, sizeof name, "convergence-%s-%s", figure->group->slug,
           figure->cost == COST_TIME ? "time" : "iteration");
  return plot_draw(request, name, &drawing, error);
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  const run_group *group =
      &request->set->groups[number / plot_axis_count(request)];
  bool time = plot_axis_of(request, number) == COST_TIME;
  convergence figure;
  char title[512];
  ys_code code =
      make(request, group, time ? COST_TIME : COST_ITERATION, &figure, error);
  if (code)
    return code;
  group_title(group, title, sizeof title);
  code = figure.drawn
             ? draw_figure(request, &figure, error)
             : ys_fail(error, YS_UNSUPPORTED,
                       "nothing to draw on %s: no solver recorded a finite "
                       "gap after its start",
                       title);
  discard(&figure);
  return code;
}

const plot_kind plot_convergence = {
    "convergence", "gap against solver time and against iterations",
    PLOT_RUNS | PLOT_AXIS, count, draw};
