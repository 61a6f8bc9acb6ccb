/* Profiles: the share of y-steps that each solver solved, against how long it
 * took. Performance profiles compare with the best solver of each y-step (Dolan
 * and More, "Benchmarking optimization software with performance profiles",
 * Math. Program. 91, 2002); data profiles show a budget of work (More and Wild,
 * "Benchmarking derivative-free optimization algorithms", SIAM J. Optim. 20,
 * 2009). There the unit of work is a simplex gradient, n + 1 values of the
 * objective, for methods without derivatives; here it is an iteration of one
 * solver on the same y-step, EM unless another is named: O(MK), as one value
 * with its gradient is. */
#include "bench/analysis/profile.h"

#include "problems/vector/array.h"

#include "bench/analysis/axis.h"
#include "bench/analysis/brief.h"
#include "bench/text/gaptext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t profile_steps(const profile *p) {
  return p->of.set->count;
}

/* ---------------------------------------------------------------- costs --- */

/* Nothing is faster than this, so that ratios are finite: a solver whose start
 * is within the gap takes no time. */
static double least_cost(plot_axis axis) {
  return axis == PLOT_TIME ? 1e-9 : 1;
}

static double cost_of(const profile *p, size_t group, size_t solver) {
  double cost = gapmatrix_cost(gapmatrix_at(&p->of, group, solver), p->axis);
  return fmax(cost, least_cost(p->axis));
}

/* Of a performance profile: the best solver's cost on a y-step. */
static double best_cost(const profile *p, size_t group) {
  double best = INFINITY;
  for (size_t s = 0; s < p->of.solvers->count; s++)
    best = fmin(best, cost_of(p, group, s));
  return best;
}

/* The median of the seconds an iteration of the unit's solver took, over its
 * runs on the y-step; NaN if it has none. */
static ys_code iteration_seconds(const plot_request *request, size_t group,
                                 double *seconds, ys_error *error) {
  const result_set *all = request->results;
  const result_row *sample = request->set->groups[group].sample;
  double *values = ys_array(all->count, sizeof *values);
  size_t count = 0;
  if (!values)
    return ys_fail_memory(error, "the unit of a profile");
  for (size_t i = 0; i < all->count; i++) {
    const result_row *row = &all->rows[i];
    if (group_same_ystep(sample, row) && row->iterations > 0 &&
        row->solve_seconds > 0 && strcmp(row->solver, request->unit) == 0)
      values[count++] = row->solve_seconds / (double)row->iterations;
  }
  *seconds = count ? quantile(values, count, 0.5) : NAN;
  free(values);
  return YS_OK;
}

static ys_code find_unit(profile *p, size_t group, ys_error *error) {
  char title[512];
  if (!p->is_data)
    p->units[group] = best_cost(p, group);
  else if (p->axis == PLOT_ITERATION)
    p->units[group] = 1;
  else {
    ys_code code =
        iteration_seconds(p->request, group, &p->units[group], error);
    if (code)
      return code;
  }
  if (!isnan(p->units[group]))
    return YS_OK;
  group_title(&p->of.set->groups[group], title, sizeof title);
  return ys_fail(error, YS_UNSUPPORTED,
                 "no data profile against time: its unit is an iteration of "
                 "%s, which did none on %s; name another solver with --unit",
                 p->request->unit, title);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void add_solver(profile *p, size_t solver) {
  double *costs = p->costs + p->drawn * profile_steps(p);
  plot_key *key = &p->keys[p->drawn++];
  key->solver = solver;
  snprintf(key->text, sizeof key->text, "%s",
           p->of.solvers->labels[solver].text);
  for (size_t g = 0; g < profile_steps(p); g++) {
    double cost = cost_of(p, g, solver);
    costs[g] = isfinite(cost) ? cost / p->units[g] : INFINITY;
  }
  qsort(costs, profile_steps(p), sizeof *costs, ascending);
}

static void set_axis(profile *p) {
  p->low = p->is_data ? INFINITY : 1;
  p->high = p->is_data ? 0 : 1;
  for (size_t i = 0; i < p->drawn * profile_steps(p); i++)
    if (isfinite(p->costs[i])) {
      p->low = fmin(p->low, p->costs[i]);
      p->high = fmax(p->high, p->costs[i]);
    }
  if (p->high > 0)
    axis_round(&p->low, &p->high);
}

size_t profile_unsolved(const profile *p) {
  size_t count = 0;
  for (size_t g = 0; g < profile_steps(p); g++)
    count += isinf(best_cost(p, g)) != 0;
  return count;
}

/* ------------------------------------------------------------ one figure -- */

static void discard(profile *p) {
  gapmatrix_free(&p->of);
  free(p->units);
  free(p->costs);
  free(p->keys);
}

static ys_code fill(profile *p, ys_error *error) {
  size_t solvers = p->of.solvers->count;
  ys_code code = YS_OK;
  p->units = calloc(profile_steps(p), sizeof *p->units);
  p->costs = calloc(ys_times(solvers, profile_steps(p)), sizeof *p->costs);
  p->keys = calloc(solvers, sizeof *p->keys);
  if (!p->units || !p->costs || !p->keys)
    return ys_fail_memory(error, "a profile");
  for (size_t g = 0; !code && g < profile_steps(p); g++)
    code = find_unit(p, g, error);
  for (size_t s = 0; !code && s < solvers; s++)
    if (gapmatrix_ran(&p->of, s))
      add_solver(p, s);
  if (!code)
    set_axis(p);
  return code;
}

/* --------------------------------------------------------------- the kinds */

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  (void)error;
  *count = request->gap_count * plot_axis_count(request);
  return YS_OK;
}

static ys_code draw_profile(const profile *p, ys_error *error) {
  char name[96], gap[48];
  plot_drawing drawing = {.script = "profile.gp",
                          .has_legend = true,
                          .context = p,
                          .data = profile_write_data,
                          .caption = profile_write_caption,
                          .settings = profile_write_settings};
  if (p->high == 0 || profile_unsolved(p) == profile_steps(p))
    return ys_fail(error, YS_UNSUPPORTED,
                   "no profile at gap %s: no solver came within it on any "
                   "y-step",
                   text_target(gap, p->of.gap));
  brief_gap_slug(p->of.gap, gap, sizeof gap);
  snprintf(name, sizeof name, "%sprofile%s-%s", p->is_data ? "data-" : "", gap,
           plot_axis_names[p->axis]);
  return plot_draw(p->request, name, &drawing, error);
}

static ys_code draw_one(const plot_request *request, size_t number,
                        bool is_data, ys_error *error) {
  double gap = request->gaps[number / plot_axis_count(request)];
  profile p = {.request = request,
               .is_data = is_data,
               .axis = plot_axis_of(request, number)};
  ys_code code =
      gapmatrix_make(request->set, request->solvers, gap, &p.of, error);
  if (!code)
    code = fill(&p, error);
  if (!code)
    code = draw_profile(&p, error);
  discard(&p);
  return code;
}

static ys_code draw_performance(const plot_request *request, size_t number,
                                ys_error *error) {
  return draw_one(request, number, false, error);
}

static ys_code draw_data(const plot_request *request, size_t number,
                         ys_error *error) {
  return draw_one(request, number, true, error);
}

const plot_kind plot_profile = {
    "profile", "performance profile: solved within a factor of the best",
    PLOT_RUNS | PLOT_AXIS | PLOT_GAP, count_figures, draw_performance};

const plot_kind plot_data_profile = {
    "data-profile", "data profile: solved within a budget of EM iterations",
    PLOT_RUNS | PLOT_AXIS | PLOT_GAP | PLOT_UNIT, count_figures, draw_data};
