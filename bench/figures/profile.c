/* Profiles: the share of y-steps that each solver solved, against how long it
 * took. Performance profiles compare with the best solver of each y-step (Dolan
 * and More, "Benchmarking optimization software with performance profiles",
 * Math. Program. 91, 2002); data profiles show a budget of work (More and Wild,
 * "Benchmarking derivative-free optimization algorithms", SIAM J. Optim. 20,
 * 2009). There the unit of work is a simplex gradient, n + 1 values of the
 * objective, for methods without derivatives; here it is an iteration of one
 * solver on the same y-step, EM unless another is named: O(MK), as one value
 * with its gradient is. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "bench/text/numbers.h"
#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct profile {
  const plot_request *request;
  bool is_data;
  cost_kind cost;
  gap_matrix of;
  double *units;  /* of time, a y-step */
  double *costs;  /* drawn x y-steps, ascending; infinite where not solved */
  plot_key *keys; /* of the drawn solvers */
  size_t drawn;
  double low, high; /* of the axis */
} profile;

static size_t profile_steps(const profile *p) {
  return p->of.set->count;
}

/* ---------------------------------------------------------------- costs --- */

/* Nothing is faster than this, so that ratios are finite: a solver whose start
 * is within the gap takes no time. */
static double least_cost(cost_kind axis) {
  return axis == COST_TIME ? 1e-9 : 1;
}

static double cost_of(const profile *p, size_t group, size_t solver) {
  double cost = gapmatrix_cost(gapmatrix_at(&p->of, group, solver), p->cost);
  return fmax(cost, least_cost(p->cost));
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
  else if (p->cost == COST_ITERATION)
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
  gsl_sort(costs, 1, profile_steps(p));
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
    plot_round_axis(&p->low, &p->high);
}

static size_t profile_unsolved(const profile *p) {
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

static size_t solved(const profile *p, size_t drawn, double budget) {
  const double *costs = p->costs + drawn * profile_steps(p);
  size_t count = 0;
  while (count < profile_steps(p) && costs[count] <= budget)
    count++;
  return count;
}

/* ----------------------------------------------------------------- files -- */

static void put_step(FILE *out, const profile *p, size_t drawn, double budget,
                     bool marked) {
  size_t count = solved(p, drawn, budget);
  fprintf(out, "%.10g %.10g %zu %d\n", budget,
          (double)count / (double)profile_steps(p), count, marked);
}

/* The curve rises at each cost; about five markers, at other places on every
 * curve, and one at its end. */
static void put_curve(FILE *out, const profile *p, size_t drawn) {
  const double *costs = p->costs + drawn * profile_steps(p);
  size_t most = solved(p, drawn, p->high), every = most / 5 + 1;
  fprintf(out, "# x share solved marker\n");
  if (!most || costs[0] > p->low)
    put_step(out, p, drawn, p->low, false);
  for (size_t i = 0; i < most; i++)
    if (i + 1 == most || costs[i + 1] > costs[i])
      put_step(out, p, drawn, costs[i],
               i + 1 == most || i % every == drawn % every);
  put_step(out, p, drawn, p->high, false);
}

static const char *x_name(const profile *p, char *text, size_t room) {
  if (!p->is_data)
    return p->cost == COST_TIME ? "solver time, as a multiple of the fastest's"
                                : "iterations, as a multiple of the fewest";
  if (p->cost == COST_ITERATION)
    return "iterations";
  snprintf(text, room, "solver time, in iterations of %s", p->request->unit);
  return text;
}

static void profile_write_data(FILE *out, const void *context) {
  const profile *p = context;
  char text[512], gap[NUMBER_ROOM];
  fprintf(out,
          "# %s profile: the share of %zu y-steps solved to a certified gap of "
          "%s nats\n# x: %s\n",
          p->is_data ? "Data" : "Performance", profile_steps(p),
          text_target(gap, p->of.gap), x_name(p, text, sizeof text));
  for (size_t g = 0; g < profile_steps(p); g++) {
    group_title(&p->of.set->groups[g], text, sizeof text);
    fprintf(out, "# y-step %zu: %s; unit %.6g\n", g + 1, text, p->units[g]);
  }
  for (size_t i = 0; i < p->drawn; i++) {
    fprintf(out, "%s# index %zu: %s\n", i ? "\n\n" : "", i,
            p->of.solvers->names[p->keys[i].solver]);
    put_curve(out, p, i);
  }
}

static void profile_write_settings(FILE *out, const void *context, bool latex) {
  const profile *p = context;
  char text[128], gap[NUMBER_ROOM];
  text_target(gap, p->of.gap);
  snprintf(text, sizeof text, "to gap %s on %zu y-steps", gap,
           profile_steps(p));
  plot_put_keys(out, p->keys, p->drawn, text, latex);
  plot_put_text(out, "title",
                p->is_data ? "Data profile" : "Performance profile", latex);
  plot_put_text(out, "x_name", x_name(p, text, sizeof text), latex);
  fprintf(out, "x_low = %.6g; x_high = %.6g\n", p->low, p->high);
}

static void put_performance(FILE *out, const profile *p) {
  fprintf(out,
          "Performance profile (Dolan and More 2002): the share of %zu y-steps "
          "that a solver solved within a multiple of the %s any of the solvers "
          "shown needed there.\n",
          profile_steps(p),
          p->cost == COST_TIME ? "least solver time that"
                               : "fewest iterations that");
}

static void put_budget(FILE *out, const profile *p) {
  fprintf(out,
          "Data profile (More and Wild 2009): the share of %zu y-steps that a "
          "solver solved within a budget of ",
          profile_steps(p));
  if (p->cost == COST_ITERATION)
    fputs("its own iterations, whatever they cost.\n", out);
  else
    fprintf(out,
            "solver time. The unit, in place of the simplex gradients of "
            "methods without derivatives, is the time of one iteration of %s "
            "on the same y-step (the median over its runs).\n",
            p->request->unit);
}

static void profile_write_caption(FILE *out, const void *context) {
  const profile *p = context;
  size_t unsolved = profile_unsolved(p);
  (p->is_data ? put_budget : put_performance)(out, p);
  gapmatrix_explain(out, &p->of);
  fputs("A y-step that a solver did not solve counts as infinitely dear, so "
        "its curve ends at the share that it did.\n",
        out);
  if (unsolved)
    fprintf(out, "%zu of the y-steps nobody solved; they count too.\n",
            unsolved);
  plot_put_limits(out, p->of.set->groups, profile_steps(p));
  fputs("The y-steps are listed in the data file.\n", out);
  for (size_t i = 0; i < p->drawn; i++)
    solver_style_explain(out, p->of.solvers, p->keys[i].solver);
  plot_put_provenance(out, p->request, p->of.set->groups, profile_steps(p));
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
  file_name_of_gap(p->of.gap, gap, sizeof gap);
  snprintf(name, sizeof name, "%sprofile%s-%s", p->is_data ? "data-" : "", gap,
           plot_axis_names[p->cost]);
  return plot_draw(p->request, name, &drawing, error);
}

static ys_code draw_one(const plot_request *request, size_t number,
                        bool is_data, ys_error *error) {
  double gap = request->gaps[number / plot_axis_count(request)];
  profile p = {.request = request,
               .is_data = is_data,
               .cost = plot_axis_of(request, number)};
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
