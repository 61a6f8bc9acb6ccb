/* Time, or iterations, to a gap against the number of classes and against the
 * number of points, on problems that differ in nothing else, and the exponents
 * of the power laws that fit best; and against lambda, without such a law. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "problems/vector/array.h"

#include <gsl/gsl_fit.h>
#include <string.h>

extern const plot_kind plot_lambda;

enum { SCALING_K, SCALING_M, SCALING_SIZES, SCALING_LAMBDA };

/* A solver's line. */
typedef struct scaling_line {
  size_t solver;
  size_t points;              /* sizes at which it came within the gap */
  double level, slope, error; /* log10 y = level + slope log10 x, and the
                                 standard error of slope; NaN below three
                                 points */
} scaling_line;

typedef struct scaling {
  plot_figure base; /* of a family that differs in its size alone, ascending */
  scaling_line *lines; /* a key each */
} scaling;

static const char *size_name(int size) {
  static const char *const names[] = {
      [SCALING_K] = "K", [SCALING_M] = "M", [SCALING_LAMBDA] = "lambda"};
  return names[size];
}

static double size_of(const result_row *row, int size) {
  if (size == SCALING_LAMBDA)
    return row->lambda;
  return (double)(size == SCALING_K ? row->classes : row->rows);
}

/* What stands on the x axis. */
static int scaling_size(const scaling *figure) {
  return figure->base.kind == &plot_lambda ? SCALING_LAMBDA : figure->base.size;
}

static const char *scaling_size_name(const scaling *figure) {
  return size_name(scaling_size(figure));
}

static double member_size(const scaling *figure, size_t member) {
  return size_of(figure->base.groups.groups[member].sample,
                 scaling_size(figure));
}

static double scaling_cost(const scaling *figure, size_t member,
                           size_t solver) {
  return plot_cost_of(&figure->base, member, solver);
}

/* ------------------------------------------------------------- families --- */

/* Whether two y-steps differ in at most one of their sizes. */
static bool same_family(const result_row *a, const result_row *b, int size) {
  result_row other = *b;
  other.problem = a->problem;
  return problem_is_same_without(a, b, size_name(size)) &&
         group_same_ystep(a, &other) && size_of(a, !size) == size_of(b, !size);
}

static bool is_larger(const result_row *a, const result_row *b, int size) {
  return size_of(a, size) > size_of(b, size);
}

/* Whether two y-steps differ in lambda at most, which has a place on the axis:
 * zero has none. */
static bool same_but_lambda(const result_row *a, const result_row *b,
                            int size) {
  result_row other = *b;
  (void)size;
  other.lambda = a->lambda;
  return group_same_ystep(a, &other) && a->lambda > 0 && b->lambda > 0;
}

static bool has_larger_lambda(const result_row *a, const result_row *b,
                              int size) {
  (void)size;
  return a->lambda > b->lambda;
}

static void put_family(scaling *figure) {
  const result_row *row = figure->base.groups.groups->sample;
  short_text to = {figure->base.title, 0, sizeof figure->base.title};
  char text[GROUP_TITLE];
  if (scaling_size(figure) == SCALING_LAMBDA) {
    short_text_add(&to, "%s (%ld x %ld)", result_problem_name(row), row->rows,
                   row->classes);
    return;
  }
  problem_without_option(row->problem, scaling_size_name(figure), text,
                         sizeof text);
  short_text_add(&to, "%s, lambda %g", text, row->lambda);
}

/* ----------------------------------------------------------------- fits --- */

/* Least squares of the logarithms, with memory for two numbers a member. */
static void fit_line(const scaling *figure, scaling_line *line,
                     double *memory) {
  double *x = memory, *y = memory + figure->base.groups.count;
  double variance, covariance, unused, residue;
  size_t count = 0;
  for (size_t m = 0; m < figure->base.groups.count; m++) {
    double cost = scaling_cost(figure, m, line->solver);
    if (!(cost > 0) || !isfinite(cost))
      continue;
    x[count] = log10(member_size(figure, m));
    y[count++] = log10(cost);
  }
  line->points = count;
  line->level = line->slope = line->error = NAN;
  if (count < 3 || x[0] == x[count - 1] ||
      scaling_size(figure) == SCALING_LAMBDA)
    return;
  gsl_fit_linear(x, 1, y, 1, count, &line->level, &line->slope, &unused,
                 &covariance, &variance, &residue);
  line->error = sqrt(variance);
}

static void add_line(scaling *figure, size_t solver, double *memory) {
  scaling_line line = {.solver = solver};
  fit_line(figure, &line, memory);
  if (!line.points)
    return;
  figure->lines[figure->base.key_count] = line;
  plot_key *key = plot_add_key(&figure->base, solver);
  size_t used = strlen(key->text);
  if (!isnan(line.slope))
    snprintf(key->text + used, sizeof key->text - used, "  %.2f", line.slope);
  for (size_t m = 0; m < figure->base.groups.count; m++) {
    double cost = scaling_cost(figure, m, solver);
    if (cost > 0 && isfinite(cost))
      plot_widen(&figure->base.y, cost);
  }
}

/* A little room on both sides of the points. */
static void set_axes(scaling *figure) {
  double low = member_size(figure, 0);
  double high = member_size(figure, figure->base.groups.count - 1);
  double room = pow(high / low, 0.06);
  figure->base.x = (plot_range){low / room, high * room};
  plot_round_axis(&figure->base.y);
}

/* ------------------------------------------------------------ one figure -- */

/* Of the first y-step; against lambda without its own. */
static void set_slug(scaling *figure) {
  plot_figure *base = &figure->base;
  const char *first = base->groups.groups->slug;
  char own[64];
  snprintf(own, sizeof own, "-lambda%g", base->groups.groups->sample->lambda);
  const char *cut =
      scaling_size(figure) == SCALING_LAMBDA ? strstr(first, own) : NULL;
  if (cut)
    snprintf(base->slug, sizeof base->slug, "-%.*s%s", (int)(cut - first),
             first, cut + strlen(own));
  else
    snprintf(base->slug, sizeof base->slug, "-%s-%s", scaling_size_name(figure),
             first);
}

static ys_code fill(void *made, ys_error *error) {
  scaling *figure = made;
  plot_figure *base = &figure->base;
  size_t solvers = base->request->solvers->count;
  put_family(figure);
  set_slug(figure);
  figure->lines =
      ys_take(&base->memory, solvers, sizeof *figure->lines, "a figure");
  double *memory = ys_take_numbers(&base->memory,
                                   ys_times(2, base->groups.count), "a figure");
  ys_code code = ys_memory_check(&base->memory, error);
  for (size_t s = 0; !code && s < solvers; s++)
    add_line(figure, s, memory);
  if (!code && !base->key_count)
    code = ys_fail(error, YS_UNSUPPORTED,
                   "no scaling on %s: no solver came within gap %s",
                   base->title, base->gap_text);
  if (!code)
    set_axes(figure);
  return code;
}

static void put_points(FILE *out, const scaling *figure, size_t solver) {
  fprintf(out, "# %s median low high\n", scaling_size_name(figure));
  for (size_t m = 0; m < figure->base.groups.count; m++) {
    const gap_summary *cell = gap_matrix_at(&figure->base.of, m, solver);
    if (!cell->runs)
      continue;
    fprintf(out, "%.10g %.10g %.10g %.10g\n", member_size(figure, m),
            scaling_cost(figure, m, solver), cell->to[figure->base.cost].low,
            cell->to[figure->base.cost].high);
  }
}

/* Of figures against lambda there is none. */
static bool has_fits(const scaling *figure) {
  return scaling_size(figure) != SCALING_LAMBDA;
}

/* The fit at the first and the last size at which there is a point. */
static void put_fit(FILE *out, const scaling *figure,
                    const scaling_line *line) {
  double first = NAN, last = NAN;
  for (size_t m = 0; m < figure->base.groups.count; m++) {
    if (!isfinite(scaling_cost(figure, m, line->solver)))
      continue;
    last = member_size(figure, m);
    first = isnan(first) ? last : first;
  }
  fprintf(out, "# %s fit\n%.10g %.10g\n%.10g %.10g\n",
          scaling_size_name(figure), first,
          pow(10, line->level + line->slope * log10(first)), last,
          pow(10, line->level + line->slope * log10(last)));
}

static void scaling_write_data(FILE *out, const void *context) {
  const scaling *figure = context;
  fprintf(out,
          "# %s to a certified gap of %s nats against %s\n# %s\n"
          "# medians over runs, %d %% and %d %% quantiles; inf: not reached\n",
          plot_costs[figure->base.cost].name, figure->base.gap_text,
          scaling_size_name(figure), figure->base.title, GAP_BAND_LOW,
          GAP_BAND_HIGH);
  for (size_t i = 0; i < figure->base.key_count; i++) {
    fprintf(out, "%s# index %zu: %s\n", i ? "\n\n" : "", i,
            figure->base.request->solvers->names[figure->lines[i].solver]);
    put_points(out, figure, figure->lines[i].solver);
  }
  for (size_t i = 0; has_fits(figure) && i < figure->base.key_count; i++) {
    const scaling_line *line = &figure->lines[i];
    fprintf(out,
            "\n\n# index %zu: %s, %zu points, slope %.6g, standard error "
            "%.3g\n",
            figure->base.key_count + i,
            figure->base.request->solvers->names[line->solver], line->points,
            line->slope, line->error);
    put_fit(out, figure, line);
  }
}

static void scaling_write_settings(FILE *out, const void *context, bool latex) {
  const scaling *figure = context;
  char text[512];
  snprintf(text, sizeof text, "solvers and their slopes in log %s",
           scaling_size_name(figure));
  plot_put_keys(out, &figure->base, has_fits(figure) ? text : "", latex);
  plot_put_title(out, &figure->base, figure->base.title, latex);
  static const char *const names[] = {[SCALING_K] = "classes, K",
                                      [SCALING_M] = "points, M",
                                      [SCALING_LAMBDA] = "lambda"};
  plot_put_text(out, "x_name", names[scaling_size(figure)], latex);
  fprintf(out, "has_fits = %d\n", has_fits(figure));
  snprintf(text, sizeof text, "%s to gap %s",
           figure->base.cost == COST_TIME ? "seconds" : "iterations",
           figure->base.gap_text);
  plot_put_text(out, "y_name", text, latex);
  plot_put_axes(out, &figure->base);
  fprintf(out, "array sizes[%zu] = [", figure->base.groups.count);
  for (size_t m = 0; m < figure->base.groups.count; m++)
    fprintf(out, "%s%.10g", m ? ", " : "", member_size(figure, m));
  fputs("]\n", out);
}

static void put_slopes(FILE *out, const scaling *figure) {
  const char *before = "Slopes with their standard errors:";
  for (size_t i = 0; i < figure->base.key_count; i++) {
    const scaling_line *line = &figure->lines[i];
    if (isnan(line->slope))
      continue;
    fprintf(out, "%s %s %.2f (%.2f)", before,
            solver_style_name(figure->base.request->solvers, line->solver),
            line->slope, line->error);
    before = ",";
  }
  if (*before == ',')
    fputs(".\n", out);
}

/* At which sizes a solver did not get there. */
static void put_missing(FILE *out, const scaling *figure) {
  for (size_t s = 0; s < figure->base.request->solvers->count; s++) {
    const char *before = "";
    for (size_t m = 0; m < figure->base.groups.count; m++) {
      if (isfinite(scaling_cost(figure, m, s)))
        continue;
      if (!*before)
        fprintf(out, "%s: not solved at %s = ",
                solver_style_name(figure->base.request->solvers, s),
                scaling_size_name(figure));
      fprintf(out, "%s%.10g", before, member_size(figure, m));
      before = ", ";
    }
    if (*before)
      fputs(".\n", out);
  }
}

static void scaling_write_caption(FILE *out, const void *context) {
  const scaling *figure = context;
  const result_row *row = figure->base.groups.groups->sample;
  fprintf(out,
          "%s against %s on %s (%s + %s); both axes logarithmic. Points: "
          "medians; bars: %d %% to %d %% quantiles over runs, where there are "
          "several. %s\n",
          plot_costs[figure->base.cost].phrase, scaling_size_name(figure),
          figure->base.title, row->loss, row->fairness, GAP_BAND_LOW,
          GAP_BAND_HIGH,
          has_fits(figure)
              ? "Lines: least squares of the logarithms, where a solver has "
                "three points or more, with their slopes in the legend."
              : "Lines join the points, and break where a solver did not get "
                "there.");
  put_slopes(out, figure);
  plot_put_solved(out, &figure->base);
  put_missing(out, figure);
  plot_put_limits(out, &figure->base);
  plot_put_end(out, &figure->base);
}

/* What both have in common. */
#define SCALING                                                                \
  .table = PLOT_TABLE_OF_RUNS,                                                 \
  .uses = PLOT_RUNS | PLOT_AXIS | PLOT_BOTH | PLOT_GAP | PLOT_X | PLOT_Y |     \
          PLOT_LEGEND,                                                         \
  .script = "scaling.gp", .has_legend = true, .figure_size = sizeof(scaling),  \
  .fill = fill, .data = scaling_write_data, .caption = scaling_write_caption,  \
  .settings = scaling_write_settings

const plot_kind plot_lambda = {
    .name = "lambda",
    .summary = "time to a gap against lambda, a figure a problem",
    .alike = same_but_lambda,
    .is_larger = has_larger_lambda,
    .none = "nothing to draw against lambda: no two y-steps that differ in it "
            "alone, and it is above zero",
    SCALING};

const plot_kind plot_scaling = {
    .name = "scaling",
    .summary = "time to a gap against K and against M, with fitted slopes",
    .alike = same_family,
    .sizes = SCALING_SIZES,
    .is_larger = is_larger,
    .none = "no scaling to draw: no two y-steps that differ in K or in M alone",
    SCALING};
