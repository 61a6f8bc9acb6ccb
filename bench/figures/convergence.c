#include "bench/figures/convergence.h"

#include "bench/analysis/axis.h"

#include <math.h>
#include <stdlib.h>

const char *convergence_x_name(const convergence *figure) {
  return figure->axis == CURVE_TIME ? "solver time (s)" : "iterations";
}

bool convergence_has_bands(const convergence *figure) {
  return figure->most_runs > 1;
}

void convergence_runs_text(const convergence *figure, char *text, size_t room) {
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
  axis_round(&figure->x_low, &figure->x_high);
  axis_round(&figure->y_low, &figure->y_high);
}

/* --------------------------------------------------------- one figure ----- */

static void discard(convergence *figure) {
  for (size_t s = 0; figure->curves && s < figure->group->solver_count; s++)
    curve_free(&figure->curves[s]);
  free(figure->curves);
  free(figure->keys);
}

static void add_key(convergence *figure, const char *solver) {
  const roster *solvers = figure->request->solvers;
  plot_key *key = &figure->keys[figure->drawn++];
  key->solver = roster_number(solvers, solver);
  snprintf(key->text, sizeof key->text, "%s",
           solvers->labels[key->solver].text);
}

static ys_code make(const plot_request *request, const run_group *group,
                    curve_axis axis, convergence *figure, ys_error *error) {
  size_t count = group->solver_count;
  ys_code code = YS_OK;
  *figure = (convergence){.request = request,
                          .group = group,
                          .axis = axis,
                          .curves = calloc(count, sizeof *figure->curves),
                          .keys = calloc(count, sizeof *figure->keys),
                          .least_runs = (size_t)-1};
  if (!figure->curves || !figure->keys)
    code = ys_fail_memory(error, "a figure");
  for (size_t s = 0; !code && s < count; s++) {
    const solver_runs *solver = &group->solvers[s];
    code = curve_make(solver, axis, &figure->curves[s], error);
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

/* ------------------------------------------------------------- the kind --- */

static ys_code count(const plot_request *request, size_t *figures,
                     ys_error *error) {
  (void)error;
  *figures = request->set->count * plot_axis_count(request);
  return YS_OK;
}

static ys_code draw_figure(const plot_request *request,
                           const convergence *figure, ys_error *error) {
  char name[GROUP_SLUG + 32];
  plot_drawing drawing = {.script = "convergence.gp",
                          .has_legend = true,
                          .context = figure,
                          .data = convergence_write_data,
                          .caption = convergence_write_caption,
                          .settings = convergence_write_settings};
  snprintf(name, sizeof name, "convergence-%s-%s", figure->group->slug,
           figure->axis == CURVE_TIME ? "time" : "iteration");
  return plot_draw(request, name, &drawing, error);
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  const run_group *group =
      &request->set->groups[number / plot_axis_count(request)];
  bool time = plot_axis_of(request, number) == PLOT_TIME;
  convergence figure;
  char title[512];
  ys_code code =
      make(request, group, time ? CURVE_TIME : CURVE_ITERATION, &figure, error);
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
