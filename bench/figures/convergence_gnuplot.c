#include "bench/figures/convergence.h"

#include "bench/analysis/brief.h"

#include <math.h>
#include <string.h>

/* Points nearer to each other than this on both axes, in decades, cannot be
 * told apart in print: far below the width of a line. */
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

void convergence_write_data(FILE *out, const void *context) {
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

void convergence_write_settings(FILE *out, const void *context, bool latex) {
  const convergence *figure = context;
  char title[128] = "", what[512];
  make_title(figure, title, sizeof title);
  plot_put_keys(out, figure->keys, figure->drawn, title, latex);
  brief_ystep(figure->group->sample, what, sizeof what);
  plot_put_text(out, "title", what, latex);
  fprintf(out,
          "bands = %d\n"
          "x_low = %.6g; x_high = %.6g; y_low = %.6g; y_high = %.6g\n",
          convergence_has_bands(figure), figure->x_low, figure->x_high,
          figure->y_low, figure->y_high);
  plot_put_text(out, "x_name", convergence_x_name(figure), latex);
  plot_put_text(out, "y_name", "certified gap (nats)", latex);
}
