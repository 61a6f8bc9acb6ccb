#include "convergence.h"

#include "plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The largest of 1, 2, 5 times a power of ten that is <= x. */
static double round_down(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 + 1e-12);
  return lead >= 5 ? 5 * decade : lead >= 2 ? 2 * decade : decade;
}

/* The least of 1, 2, 5 times a power of ten that is >= x. */
static double round_up(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 - 1e-12);
  return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/* Round a range outwards; to whole decades if it would otherwise hold fewer
 * than two powers of ten, which are what an axis names. */
static void round_range(double *low, double *high) {
  double first = round_down(*low), last = round_up(*high);
  if (ceil(log10(first) - 1e-9) + 1 > floor(log10(last) + 1e-9)) {
    first = pow(10, floor(log10(first) + 1e-9));
    last = pow(10, ceil(log10(last) - 1e-9));
  }
  *low = first;
  *high = last > 2 * first ? last : 10 * first;
}

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
  round_range(&figure->x_low, &figure->x_high);
  round_range(&figure->y_low, &figure->y_high);
}

/* --------------------------------------------------------- one figure ----- */

static void discard(convergence *figure) {
  for (size_t s = 0; figure->curves && s < figure->group->solver_count; s++)
    curve_free(&figure->curves[s]);
  free(figure->curves);
  free(figure->labels);
}

static ys_code make(const plot_request *request, const run_group *group,
                    curve_axis axis, convergence *figure, ys_error *error) {
  size_t count = group->solver_count;
  ys_code code = YS_OK;
  *figure = (convergence){.group = group,
                          .made = request->made,
                          .axis = axis,
                          .curves = calloc(count, sizeof *figure->curves),
                          .labels = calloc(count, sizeof *figure->labels),
                          .least_runs = (size_t)-1};
  if (!figure->curves || !figure->labels)
    code = ys_fail_memory(error, "a figure");
  for (size_t s = 0; !code && s < count; s++) {
    const solver_runs *solver = &group->solvers[s];
    code = curve_make(solver, axis, &figure->curves[s], error);
    figure->drawn += !code && curve_is_drawable(&figure->curves[s]);
    if (solver->count < figure->least_runs)
      figure->least_runs = solver->count;
    if (solver->count > figure->most_runs)
      figure->most_runs = solver->count;
  }
  if (code) {
    discard(figure);
    return code;
  }
  legend_make(group, figure->labels);
  if (figure->drawn)
    set_axes(figure);
  return YS_OK;
}

static ys_code write_data(const convergence *figure, const char *stem,
                          ys_error *error) {
  char *path;
  if (asprintf(&path, "%s.dat", stem) < 0)
    return ys_fail_memory(error, "a file name");
  FILE *out = fopen(path, "we");
  bool failed = !out;
  if (out) {
    convergence_write_data(out, figure);
    failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
  }
  ys_code code = failed ? ys_fail(error, YS_IO, "%s: cannot write: %s", path,
                                  strerror(errno))
                        : YS_OK;
  free(path);
  return code;
}

/* The caption as text, to be freed. */
static ys_code make_caption(const convergence *figure, char **caption,
                            ys_error *error) {
  size_t size;
  *caption = NULL;
  FILE *out = open_memstream(caption, &size);
  if (!out)
    return ys_fail_memory(error, "a caption");
  convergence_write_caption(out, figure);
  bool failed = ferror(out) != 0;
  failed = fclose(out) != 0 || failed;
  if (!failed)
    return YS_OK;
  free(*caption);
  *caption = NULL;
  return ys_fail_memory(error, "a caption");
}

static ys_code draw_figure(const plot_request *request,
                           const convergence *figure, const char *stem,
                           ys_error *error) {
  char *caption;
  ys_code code = write_data(figure, stem, error);
  if (!code)
    code = make_caption(figure, &caption, error);
  if (code)
    return code;
  plot_drawing drawing = {.script = "convergence.gp",
                          .caption = caption,
                          .context = figure,
                          .settings = convergence_write_settings};
  code = plot_draw(request, stem, &drawing, error);
  free(caption);
  return code;
}

/* ------------------------------------------------------------- the kind --- */

static size_t axes_of(const plot_request *request) {
  return request->axis ? 1 : 2;
}

static size_t count(const plot_request *request) {
  return request->set->count * axes_of(request);
}

static curve_axis axis_of(const plot_request *request, size_t number) {
  if (request->axis)
    return strcmp(request->axis, "time") == 0 ? CURVE_TIME : CURVE_ITERATION;
  return number % 2 ? CURVE_ITERATION : CURVE_TIME;
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  const run_group *group = &request->set->groups[number / axes_of(request)];
  curve_axis axis = axis_of(request, number);
  convergence figure;
  char name[GROUP_SLUG + 32], title[512], *stem;
  ys_code code = make(request, group, axis, &figure, error);
  if (code)
    return code;
  snprintf(name, sizeof name, "convergence-%s-%s", group->slug,
           axis == CURVE_TIME ? "time" : "iteration");
  group_title(group, title, sizeof title);
  if (!figure.drawn)
    code = ys_fail(error, YS_UNSUPPORTED,
                   "nothing to draw on %s: no solver recorded a finite gap "
                   "after its start",
                   title);
  else
    code = plot_stem(request, name, &stem, error);
  if (!code) {
    code = draw_figure(request, &figure, stem, error);
    free(stem);
  }
  discard(&figure);
  return code;
}

const plot_kind plot_convergence = {
    "convergence", "gap against solver time and against iterations", count,
    draw};
