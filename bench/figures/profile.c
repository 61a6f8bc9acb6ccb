/* Profiles: the share of y-steps that each solver solved, against how long it
 * took. Performance profiles compare with the best solver of each y-step (Dolan
 * and More, "Benchmarking optimization software with performance profiles",
 * Math. Program. 91, 2002); data profiles show a budget of work (More and Wild,
 * "Benchmarking derivative-free optimization algorithms", SIAM J. Optim. 20,
 * 2009). There the unit of work is a simplex gradient, n + 1 values of the
 * objective, for methods without derivatives; here it is an iteration of one
 * solver on the same y-step, EM unless another is named: O(MK), as one value
 * with its gradient is. */
#include "bench/figures/plot.h"
#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <stdlib.h>
#include <string.h>

extern const plot_kind plot_data_profile;

typedef struct profile {
  plot_figure base; /* of all y-steps; keys: the drawn solvers */
  double *units;    /* of time, a y-step */
  double *costs;    /* drawn x y-steps, ascending; infinite where not solved */
} profile;

static bool is_data(const profile *p) {
  return p->base.kind == &plot_data_profile;
}

static size_t profile_steps(const profile *p) {
  return p->base.groups.count;
}

/* ---------------------------------------------------------------- costs --- */

/* Nothing is faster than a nanosecond or an iteration, so that ratios are
 * finite: a solver whose start is within the gap takes no time. */
static double cost_of(const profile *p, size_t group, size_t solver) {
  return fmax(plot_cost_of(&p->base, group, solver),
              p->base.cost == COST_TIME ? 1e-9 : 1);
}

/* Of a performance profile: the best solver's cost on a y-step. */
static double best_cost(const profile *p, size_t group) {
  double best = INFINITY;
  for (size_t s = 0; s < p->base.request->solvers->count; s++)
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
  if (!is_data(p))
    p->units[group] = best_cost(p, group);
  else if (p->base.cost == COST_ITERATION)
    p->units[group] = 1;
  else {
    ys_code code =
        iteration_seconds(p->base.request, group, &p->units[group], error);
    if (code)
      return code;
  }
  if (!isnan(p->units[group]))
    return YS_OK;
  return ys_fail(error, YS_UNSUPPORTED,
                 "no data profile against time: its unit is an iteration of "
                 "%s, which did none on %s; name another solver with --unit",
                 p->base.request->unit,
                 group_title(&p->base.groups.groups[group], title));
}

static void add_solver(profile *p, size_t solver) {
  double *costs = p->costs + p->base.key_count * profile_steps(p);
  plot_add_key(&p->base, solver);
  for (size_t g = 0; g < profile_steps(p); g++) {
    double cost = cost_of(p, g, solver);
    costs[g] = isfinite(cost) ? cost / p->units[g] : INFINITY;
    if (isfinite(costs[g]))
      plot_widen(&p->base.x, costs[g]);
  }
  gsl_sort(costs, 1, profile_steps(p));
}

static size_t profile_unsolved(const profile *p) {
  size_t count = 0;
  for (size_t g = 0; g < profile_steps(p); g++)
    count += isinf(best_cost(p, g)) != 0;
  return count;
}

/* ------------------------------------------------------------ one figure -- */

static ys_code fill(void *made, ys_error *error) {
  profile *p = made;
  size_t solvers = p->base.request->solvers->count;
  p->units = ys_take_numbers(&p->base.memory, profile_steps(p), "a profile");
  p->costs = ys_take_numbers(&p->base.memory,
                             ys_times(solvers, profile_steps(p)), "a profile");
  ys_code code = ys_memory_check(&p->base.memory, error);
  for (size_t g = 0; !code && g < profile_steps(p); g++)
    code = find_unit(p, g, error);
  if (code)
    return code;
  if (!is_data(p))
    plot_widen(&p->base.x, 1);
  for (size_t s = 0; s < solvers; s++)
    if (gap_matrix_ran(&p->base.of, s))
      add_solver(p, s);
  if (profile_unsolved(p) == profile_steps(p))
    return ys_fail(error, YS_UNSUPPORTED,
                   "no profile at gap %s: no solver came within it on any "
                   "y-step",
                   p->base.gap_text);
  plot_round_axis(&p->base.x);
  p->base.y = (plot_range){-0.02, 1.02};
  return YS_OK;
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
  size_t most = solved(p, drawn, p->base.x.high), every = most / 5 + 1;
  fprintf(out, "# x share solved marker\n");
  if (!most || costs[0] > p->base.x.low)
    put_step(out, p, drawn, p->base.x.low, false);
  for (size_t i = 0; i < most; i++)
    if (i + 1 == most || costs[i + 1] > costs[i])
      put_step(out, p, drawn, costs[i],
               i + 1 == most || i % every == drawn % every);
  put_step(out, p, drawn, p->base.x.high, false);
}

static const char *x_name(const profile *p, char *text, size_t room) {
  if (!is_data(p))
    return p->base.cost == COST_TIME
               ? "solver time, as a multiple of the fastest's"
               : "iterations, as a multiple of the fewest";
  if (p->base.cost == COST_ITERATION)
    return "iterations";
  snprintf(text, room, "solver time, in iterations of %s",
           p->base.request->unit);
  return text;
}

static void profile_write_data(FILE *out, const void *context) {
  const profile *p = context;
  char text[512];
  fprintf(out,
          "# %s profile: the share of %zu y-steps solved to a certified gap of "
          "%s nats\n# x: %s\n",
          is_data(p) ? "Data" : "Performance", profile_steps(p),
          p->base.gap_text, x_name(p, text, sizeof text));
  for (size_t g = 0; g < profile_steps(p); g++)
    fprintf(out, "# y-step %zu: %s; unit %.6g\n", g + 1,
            group_title(&p->base.groups.groups[g], text), p->units[g]);
  for (size_t i = 0; i < p->base.key_count; i++) {
    fprintf(out, "%s# index %zu: %s\n", i ? "\n\n" : "", i,
            p->base.request->solvers->names[p->base.keys[i].solver]);
    put_curve(out, p, i);
  }
}

static void profile_write_settings(FILE *out, const void *context, bool latex) {
  const profile *p = context;
  char text[128];
  snprintf(text, sizeof text, "to gap %s on %zu y-steps", p->base.gap_text,
           profile_steps(p));
  plot_put_keys(out, &p->base, text, latex);
  plot_put_title(out, &p->base,
                 is_data(p) ? "Data profile" : "Performance profile", latex);
  plot_put_text(out, "x_name", x_name(p, text, sizeof text), latex);
  plot_put_text(out, "y_name", "share of y-steps", latex);
  plot_put_axes(out, &p->base);
}

static void put_performance(FILE *out, const profile *p) {
  fprintf(out,
          "Performance profile (Dolan and More 2002): the share of %zu y-steps "
          "that a solver solved within a multiple of the %s any of the solvers "
          "shown needed there.\n",
          profile_steps(p),
          p->base.cost == COST_TIME ? "least solver time that"
                                    : "fewest iterations that");
}

static void put_budget(FILE *out, const profile *p) {
  fprintf(out,
          "Data profile (More and Wild 2009): the share of %zu y-steps that a "
          "solver solved within a budget of ",
          profile_steps(p));
  if (p->base.cost == COST_ITERATION)
    fputs("its own iterations, whatever they cost.\n", out);
  else
    fprintf(out,
            "solver time. The unit, in place of the simplex gradients of "
            "methods without derivatives, is the time of one iteration of %s "
            "on the same y-step (the median over its runs).\n",
            p->base.request->unit);
}

static void profile_write_caption(FILE *out, const void *context) {
  const profile *p = context;
  size_t unsolved = profile_unsolved(p);
  (is_data(p) ? put_budget : put_performance)(out, p);
  plot_put_solved(out, &p->base);
  fputs("A y-step that a solver did not solve counts as infinitely dear, so "
        "its curve ends at the share that it did.\n",
        out);
  if (unsolved)
    fprintf(out, "%zu of the y-steps nobody solved; they count too.\n",
            unsolved);
  plot_put_limits(out, &p->base);
  fputs("The y-steps are listed in the data file.\n", out);
  plot_put_end(out, &p->base);
}

/* --------------------------------------------------------------- the kinds */

static bool any_two(const result_row *a, const result_row *b, int size) {
  (void)a;
  (void)b;
  (void)size;
  return true;
}

enum {
  PROFILE_USES = PLOT_RUNS | PLOT_AXIS | PLOT_BOTH | PLOT_GAP | PLOT_X |
                 PLOT_Y | PLOT_LINEAR_Y | PLOT_LEGEND
};

/* What both have in common. */
#define PROFILE                                                                \
  .table = PLOT_TABLE_OF_RUNS, .script = "profile.gp", .has_legend = true,     \
  .figure_size = sizeof(profile), .alike = any_two, .fill = fill,              \
  .data = profile_write_data, .caption = profile_write_caption,                \
  .settings = profile_write_settings

const plot_kind plot_profile = {
    .name = "profile",
    .summary = "performance profile: solved within a factor of the best",
    .uses = PROFILE_USES,
    PROFILE};

const plot_kind plot_data_profile = {
    .name = "data-profile",
    .summary = "data profile: solved within a budget of EM iterations",
    .uses = PROFILE_USES | PLOT_UNIT,
    PROFILE};
