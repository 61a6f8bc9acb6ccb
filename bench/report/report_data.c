#include "bench/analysis/curve.h"
#include "bench/report/report.h"
#include "bench/text/html.h"

#include <math.h>
#include <stdlib.h>

/* Of the points of a figure, those that a reader can tell apart: each is at
 * least a 1/steps of the figure's width or height from the one before. */
enum { MOST_STEPS = 200, LEAST_STEPS = 25, ALL_STEPS = 60000 };

static size_t count_steps(const group_set *set) {
  size_t curves = 0;
  for (size_t g = 0; g < set->count; g++)
    curves += 2 * set->groups[g].solver_count;
  size_t steps = ALL_STEPS / (curves + 1);
  return steps > MOST_STEPS ? MOST_STEPS
                            : (steps < LEAST_STEPS ? LEAST_STEPS : steps);
}

/* How far the curve goes on logarithmic axes. */
typedef struct extent {
  double x, gap;
} extent;

static extent measure(const curve *made) {
  double x_low = INFINITY, x_high = -INFINITY;
  double gap_low = INFINITY, gap_high = -INFINITY;
  for (size_t i = 0; i < made->count; i++) {
    const curve_point *point = &made->points[i];
    if (!curve_point_is_drawable(point))
      continue;
    x_low = fmin(x_low, log(point->median));
    x_high = fmax(x_high, log(point->median));
    gap_low = fmin(gap_low, log(point->gap));
    gap_high = fmax(gap_high, log(point->gap));
  }
  return (extent){x_high - x_low, gap_high - gap_low};
}

static bool is_far(const curve_point *a, const curve_point *b,
                   const extent *whole, size_t steps) {
  double share = 1 / (double)steps;
  return fabs(log(a->median / b->median)) > share * whole->x ||
         fabs(log(a->gap / b->gap)) > share * whole->gap;
}

static json_t *real_or_null(double number) {
  return isfinite(number) ? json_real(number) : json_null();
}

static json_t *point_json(const curve_point *point, bool has_band) {
  json_t *made = json_array();
  json_array_append_new(made, json_real(point->gap));
  json_array_append_new(made, json_real(point->median));
  if (has_band) {
    json_array_append_new(made, real_or_null(point->low));
    json_array_append_new(made, real_or_null(point->high));
  }
  return made;
}

/* The points that are worth drawing; the first and the last always are. */
static json_t *curve_json(const curve *made, bool has_band, size_t steps) {
  json_t *points = json_array();
  extent whole = measure(made);
  const curve_point *kept = NULL, *last = NULL;
  for (size_t i = 0; i < made->count; i++) {
    const curve_point *point = &made->points[i];
    if (!curve_point_is_drawable(point))
      continue;
    last = point;
    if (kept && !is_far(point, kept, &whole, steps))
      continue;
    json_array_append_new(points, point_json(point, has_band));
    kept = point;
  }
  if (last != kept)
    json_array_append_new(points, point_json(last, has_band));
  return points;
}

/* NULL without memory. */
static json_t *cost_json(const solver_runs *runs, cost_kind cost,
                         size_t steps) {
  curve made;
  if (curve_make(runs, cost, &made, NULL))
    return NULL;
  json_t *points = curve_json(&made, runs->count > 1, steps);
  curve_free(&made);
  return points;
}

static json_t *solver_json(const solver_runs *runs,
                           const solver_styles *solvers, size_t steps) {
  const solver_style *style =
      &solvers->styles[solver_style_number(solvers, runs->solver)];
  return json_pack("{s:o, s:s, s:i, s:i, s:o, s:o}", "name",
                   html_json_string(solver_runs_name(runs)), "colour",
                   style->colour, "dash", style->dash, "mark", style->mark,
                   "time", cost_json(runs, COST_TIME, steps), "iteration",
                   cost_json(runs, COST_ITERATION, steps));
}

static json_t *group_json(const run_group *group, const solver_styles *solvers,
                          size_t steps) {
  json_t *made = json_array();
  bool whole = true;
  for (size_t s = 0; whole && s < group->solver_count; s++)
    whole = json_array_append_new(
                made, solver_json(&group->solvers[s], solvers, steps)) == 0;
  if (whole)
    return json_pack("{s:o}", "solvers", made);
  json_decref(made);
  return NULL;
}

ys_code report_put_data(FILE *out, const report *page, ys_error *error) {
  const group_set *set = page->table->set;
  json_t *groups = json_array(), *data = json_pack("{s:o}", "groups", groups);
  size_t steps = count_steps(set);
  solver_styles solvers;
  bool whole = data && !solver_styles_make(set, NULL, &solvers, error);
  for (size_t g = 0; whole && g < set->count; g++)
    whole = json_array_append_new(
                groups, group_json(&set->groups[g], &solvers, steps)) == 0;
  solver_styles_free(&solvers);
  fputs("<script type=\"application/json\" id=\"data\">", out);
  whole = whole && html_put_json(out, data) == 0;
  fputs("</script>\n", out);
  json_decref(data);
  return whole ? YS_OK : ys_fail_memory(error, "the data of the figures");
}
