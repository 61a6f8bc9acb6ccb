/* Time, or iterations, to a gap against the number of classes and against the
 * number of points, on problems that differ in nothing else; and the exponents
 * of the power laws that fit best. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "bench/text/numbers.h"
#include "problems/vector/array.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum scaling_size { SCALING_K, SCALING_M } scaling_size;

/* A solver's line. */
typedef struct scaling_line {
  size_t solver;
  size_t points;              /* sizes at which it came within the gap */
  double level, slope, error; /* log10 y = level + slope log10 x, and the
                                 standard error of slope; NaN below three
                                 points */
} scaling_line;

typedef struct scaling {
  const plot_request *request;
  scaling_size size;
  cost_kind cost;
  group_set family;    /* its groups by ascending size; nothing else is owned */
  gap_matrix of;       /* the family */
  scaling_line *lines; /* of the solvers that are drawn */
  plot_key *keys;
  size_t line_count;
  double x_low, x_high, y_low, y_high;
} scaling;

static const char *scaling_size_name(const scaling *figure) {
  return figure->size == SCALING_K ? "K" : "M";
}

static double scaling_size_of(const scaling *figure, const result_row *row) {
  return (double)(figure->size == SCALING_K ? row->classes : row->rows);
}

static double scaling_cost(const scaling *figure, size_t member,
                           size_t solver) {
  return gapmatrix_cost(gapmatrix_at(&figure->of, member, solver),
                        figure->cost);
}

static const result_row *scaling_member(const scaling *figure, size_t member) {
  return figure->family.groups[member].sample;
}

/* ------------------------------------------------------------- families --- */

/* Whether two y-steps differ in at most one of their sizes. */
static bool same_family(const result_row *a, const result_row *b,
                        scaling_size size) {
  char x[512], y[512];
  result_row other = *b;
  other.problem = a->problem;
  const char *key = size == SCALING_K ? "K" : "M";
  problem_without_option(a->problem, key, x, sizeof x);
  problem_without_option(b->problem, key, y, sizeof y);
  return strcmp(x, y) == 0 && group_same_ystep(a, &other) &&
         (size == SCALING_K ? a->rows == b->rows : a->classes == b->classes);
}

static bool is_larger(const result_row *a, const result_row *b,
                      scaling_size size) {
  return size == SCALING_K ? a->classes > b->classes : a->rows > b->rows;
}

/* Whether the group is the first of its family, and not alone in it. */
static bool leads_family(const group_set *set, size_t group,
                         scaling_size size) {
  const result_row *row = set->groups[group].sample;
  bool has_others = false;
  for (size_t g = 0; g < set->count; g++) {
    const result_row *other = set->groups[g].sample;
    if (!same_family(row, other, size))
      continue;
    if (g < group)
      return false;
    has_others = has_others || is_larger(row, other, size) ||
                 is_larger(other, row, size);
  }
  return has_others;
}

/* The number'th family: its first group and its size; false if there are fewer:
 * then *found says how many. */
static bool find_family(const group_set *set, size_t number, size_t *group,
                        scaling_size *size, size_t *found) {
  *found = 0;
  for (int s = SCALING_K; s <= SCALING_M; s++)
    for (size_t g = 0; g < set->count; g++)
      if (leads_family(set, g, (scaling_size)s) && (*found)++ == number) {
        *group = g;
        *size = (scaling_size)s;
        return true;
      }
  return false;
}

/* The family of set->groups[first]. */
static ys_code gather(const group_set *set, size_t first, scaling *figure,
                      ys_error *error) {
  group_set *family = &figure->family;
  const result_row *row = set->groups[first].sample;
  family->groups = ys_array(set->count, sizeof *family->groups);
  if (!family->groups)
    return ys_fail_memory(error, "a family of problems");
  for (size_t g = first; g < set->count; g++) {
    size_t place = family->count;
    if (!same_family(row, set->groups[g].sample, figure->size))
      continue;
    for (; place > 0 && is_larger(family->groups[place - 1].sample,
                                  set->groups[g].sample, figure->size);
         place--)
      family->groups[place] = family->groups[place - 1];
    family->groups[place] = set->groups[g];
    family->count++;
  }
  return YS_OK;
}

static void scaling_family(const scaling *figure, char *text, size_t room) {
  const result_row *row = scaling_member(figure, 0);
  size_t used;
  problem_without_option(row->problem, scaling_size_name(figure), text, room);
  used = strlen(text);
  snprintf(text + used, room - used, ", lambda %g", row->lambda);
}

/* ----------------------------------------------------------------- fits --- */

/* Least squares of the logarithms, with memory for two numbers a member. */
static void fit_line(const scaling *figure, scaling_line *line,
                     double *memory) {
  double *x = memory, *y = memory + figure->family.count;
  double variance, covariance, unused, residue;
  size_t count = 0;
  for (size_t m = 0; m < figure->family.count; m++) {
    double cost = scaling_cost(figure, m, line->solver);
    if (!(cost > 0) || !isfinite(cost))
      continue;
    x[count] = log10(scaling_size_of(figure, scaling_member(figure, m)));
    y[count++] = log10(cost);
  }
  line->points = count;
  line->level = line->slope = line->error = NAN;
  if (count < 3 || x[0] == x[count - 1])
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
  plot_key *key = &figure->keys[figure->line_count];
  const char *label = figure->of.solvers->labels[solver].text;
  key->solver = solver;
  if (isnan(line.slope))
    snprintf(key->text, sizeof key->text, "%s", label);
  else
    snprintf(key->text, sizeof key->text, "%s  %.2f", label, line.slope);
  figure->lines[figure->line_count++] = line;
}

static void set_axes(scaling *figure) {
  size_t last = figure->family.count - 1;
  figure->x_low = scaling_size_of(figure, scaling_member(figure, 0));
  figure->x_high = scaling_size_of(figure, scaling_member(figure, last));
  figure->y_low = INFINITY;
  figure->y_high = 0;
  for (size_t i = 0; i < figure->line_count; i++)
    for (size_t m = 0; m < figure->family.count; m++) {
      double cost = scaling_cost(figure, m, figure->lines[i].solver);
      if (!(cost > 0) || !isfinite(cost))
        continue;
      figure->y_low = fmin(figure->y_low, cost);
      figure->y_high = fmax(figure->y_high, cost);
    }
  if (figure->line_count)
    plot_round_axis(&figure->y_low, &figure->y_high);
  /* A little room on both sides of the points. */
  double room = pow(figure->x_high / figure->x_low, 0.06);
  figure->x_low /= room;
  figure->x_high *= room;
}

/* ------------------------------------------------------------ one figure -- */

static ys_code fill(scaling *figure, ys_error *error) {
  size_t solvers = figure->of.solvers->count;
  figure->lines = calloc(solvers, sizeof *figure->lines);
  figure->keys = calloc(solvers, sizeof *figure->keys);
  double *memory = calloc(ys_times(2, figure->family.count), sizeof *memory);
  ys_code code = YS_OK;
  if (!figure->lines || !figure->keys || !memory) {
    code = ys_fail_memory(error, "a figure");
  } else {
    for (size_t s = 0; s < solvers; s++)
      add_line(figure, s, memory);
    set_axes(figure);
  }
  free(memory);
  return code;
}

static void discard(scaling *figure) {
  gapmatrix_free(&figure->of);
  free(figure->family.groups);
  free(figure->lines);
  free(figure->keys);
}

static const char *what(const scaling *figure) {
  return figure->cost == COST_TIME ? "solver time (s)" : "iterations";
}

static void put_points(FILE *out, const scaling *figure, size_t solver) {
  bool time = figure->cost == COST_TIME;
  fprintf(out, "# %s median low high\n", scaling_size_name(figure));
  for (size_t m = 0; m < figure->family.count; m++) {
    const gap_summary *cell = gapmatrix_at(&figure->of, m, solver);
    if (!cell->runs)
      continue;
    fprintf(out, "%.10g %.10g %.10g %.10g\n",
            scaling_size_of(figure, scaling_member(figure, m)),
            scaling_cost(figure, m, solver),
            time ? cell->seconds_low : cell->iterations_low,
            time ? cell->seconds_high : cell->iterations_high);
  }
}

/* The fit at the first and the last size at which there is a point. */
static void put_fit(FILE *out, const scaling *figure,
                    const scaling_line *line) {
  double first = NAN, last = NAN;
  for (size_t m = 0; m < figure->family.count; m++) {
    if (!isfinite(scaling_cost(figure, m, line->solver)))
      continue;
    last = scaling_size_of(figure, scaling_member(figure, m));
    first = isnan(first) ? last : first;
  }
  fprintf(out, "# %s fit\n%.10g %.10g\n%.10g %.10g\n",
          scaling_size_name(figure), first,
          pow(10, line->level + line->slope * log10(first)), last,
          pow(10, line->level + line->slope * log10(last)));
}

static void scaling_write_data(FILE *out, const void *context) {
  const scaling *figure = context;
  char text[512], gap[NUMBER_ROOM];
  scaling_family(figure, text, sizeof text);
  fprintf(out,
          "# %s to a certified gap of %s nats against %s\n# %s\n"
          "# medians over runs, %d %% and %d %% quantiles; inf: not reached\n",
          what(figure), text_target(gap, figure->of.gap),
          scaling_size_name(figure), text, GAP_BAND_LOW, GAP_BAND_HIGH);
  for (size_t i = 0; i < figure->line_count; i++) {
    fprintf(out, "%s# index %zu: %s\n", i ? "\n\n" : "", i,
            figure->of.solvers->names[figure->lines[i].solver]);
    put_points(out, figure, figure->lines[i].solver);
  }
  for (size_t i = 0; i < figure->line_count; i++) {
    const scaling_line *line = &figure->lines[i];
    fprintf(out,
            "\n\n# index %zu: %s, %zu points, slope %.6g, standard error "
            "%.3g\n",
            figure->line_count + i, figure->of.solvers->names[line->solver],
            line->points, line->slope, line->error);
    put_fit(out, figure, line);
  }
}

static void scaling_write_settings(FILE *out, const void *context, bool latex) {
  const scaling *figure = context;
  char text[512], gap[NUMBER_ROOM];
  snprintf(text, sizeof text, "solvers and their slopes in log %s",
           scaling_size_name(figure));
  plot_put_keys(out, figure->keys, figure->line_count, text, latex);
  scaling_family(figure, text, sizeof text);
  plot_put_text(out, "title", text, latex);
  snprintf(text, sizeof text, "%s, %s",
           figure->size == SCALING_K ? "classes" : "points",
           scaling_size_name(figure));
  plot_put_text(out, "x_name", text, latex);
  snprintf(text, sizeof text, "%s to gap %s",
           figure->cost == COST_TIME ? "seconds" : "iterations",
           text_target(gap, figure->of.gap));
  plot_put_text(out, "y_name", text, latex);
  fprintf(out,
          "x_low = %.6g; x_high = %.6g; y_low = %.6g; y_high = %.6g\n"
          "array sizes[%zu] = [",
          figure->x_low, figure->x_high, figure->y_low, figure->y_high,
          figure->family.count);
  for (size_t m = 0; m < figure->family.count; m++)
    fprintf(out, "%s%.10g", m ? ", " : "",
            scaling_size_of(figure, scaling_member(figure, m)));
  fputs("]\n", out);
}

static void put_slopes(FILE *out, const scaling *figure) {
  const char *before = "Slopes with their standard errors:";
  for (size_t i = 0; i < figure->line_count; i++) {
    const scaling_line *line = &figure->lines[i];
    if (isnan(line->slope))
      continue;
    fprintf(out, "%s %s %.2f (%.2f)", before,
            figure->of.solvers->names[line->solver], line->slope, line->error);
    before = ",";
  }
  if (*before == ',')
    fputs(".\n", out);
}

/* At which sizes a solver did not get there. */
static void put_missing(FILE *out, const scaling *figure) {
  for (size_t s = 0; s < figure->of.solvers->count; s++) {
    const char *before = "";
    for (size_t m = 0; m < figure->family.count; m++) {
      if (isfinite(scaling_cost(figure, m, s)))
        continue;
      if (!*before)
        fprintf(out, "%s: not solved at %s = ", figure->of.solvers->names[s],
                scaling_size_name(figure));
      fprintf(out, "%s%.10g", before,
              scaling_size_of(figure, scaling_member(figure, m)));
      before = ", ";
    }
    if (*before)
      fputs(".\n", out);
  }
}

static void scaling_write_caption(FILE *out, const void *context) {
  const scaling *figure = context;
  const result_row *row = scaling_member(figure, 0);
  char text[512];
  scaling_family(figure, text, sizeof text);
  fprintf(out,
          "%s against %s on %s (%s + %s); both axes logarithmic. Points: "
          "medians; bars: %d %% to %d %% quantiles over runs, where there are "
          "several. Lines: least squares of the logarithms, where a solver "
          "has three points or more.\n",
          figure->cost == COST_TIME
              ? "Solver time, without set-up and monitoring,"
              : "Iterations",
          scaling_size_name(figure), text, row->loss, row->fairness,
          GAP_BAND_LOW, GAP_BAND_HIGH);
  put_slopes(out, figure);
  gapmatrix_explain(out, &figure->of);
  put_missing(out, figure);
  plot_put_limits(out, figure->family.groups, figure->family.count);
  for (size_t i = 0; i < figure->line_count; i++)
    solver_style_explain(out, figure->of.solvers, figure->lines[i].solver);
  plot_put_provenance(out, figure->request, figure->family.groups,
                      figure->family.count);
}

/* --------------------------------------------------------------- the kind - */

static size_t variants(const plot_request *request) {
  return request->gap_count * plot_axis_count(request);
}

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  size_t group, families;
  scaling_size size;
  find_family(request->set, (size_t)-1, &group, &size, &families);
  *count = families * variants(request);
  return families ? YS_OK
                  : ys_fail(error, YS_BAD_INPUT,
                            "no scaling to draw: no two y-steps that differ in "
                            "K or in M alone");
}

static ys_code draw_scaling(const scaling *figure, ys_error *error) {
  char name[GROUP_FILE_NAME + 96], gap[48], family[512];
  plot_drawing drawing = {.script = "scaling.gp",
                          .has_legend = true,
                          .context = figure,
                          .data = scaling_write_data,
                          .caption = scaling_write_caption,
                          .settings = scaling_write_settings};
  scaling_family(figure, family, sizeof family);
  if (!figure->line_count)
    return ys_fail(error, YS_UNSUPPORTED,
                   "no scaling on %s: no solver came within gap %s", family,
                   text_target(gap, figure->of.gap));
  file_name_of_gap(figure->of.gap, gap, sizeof gap);
  snprintf(name, sizeof name, "scaling-%s-%s%s-%s", scaling_size_name(figure),
           figure->family.groups[0].slug, gap, plot_axis_names[figure->cost]);
  return plot_draw(figure->request, name, &drawing, error);
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  size_t first = 0, found, variant = number % variants(request);
  scaling figure = {.request = request, .cost = plot_axis_of(request, number)};
  find_family(request->set, number / variants(request), &first, &figure.size,
              &found);
  ys_code code = gather(request->set, first, &figure, error);
  if (!code)
    code = gapmatrix_make(&figure.family, request->solvers,
                          request->gaps[variant / plot_axis_count(request)],
                          &figure.of, error);
  if (!code)
    code = fill(&figure, error);
  if (!code)
    code = draw_scaling(&figure, error);
  discard(&figure);
  return code;
}

const plot_kind plot_scaling = {
    "scaling", "time to a gap against K and against M, with fitted slopes",
    PLOT_RUNS | PLOT_AXIS | PLOT_GAP, count_figures, draw};
