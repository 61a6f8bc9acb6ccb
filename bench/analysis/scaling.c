/* Time, or iterations, to a gap against the number of classes and against the
 * number of points, on problems that differ in nothing else; and the exponents
 * of the power laws that fit best. */
#include "bench/analysis/scaling.h"

#include "problems/vector/array.h"

#include "bench/analysis/axis.h"
#include "bench/analysis/brief.h"
#include "bench/text/gaptext.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *scaling_size_name(const scaling *figure) {
  return figure->size == SCALING_K ? "K" : "M";
}

double scaling_size_of(const scaling *figure, const result_row *row) {
  return (double)(figure->size == SCALING_K ? row->classes : row->rows);
}

double scaling_cost(const scaling *figure, size_t member, size_t solver) {
  return gapmatrix_cost(gapmatrix_at(&figure->of, member, solver),
                        figure->axis);
}

const result_row *scaling_member(const scaling *figure, size_t member) {
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
  brief_spec(a->problem, key, x, sizeof x);
  brief_spec(b->problem, key, y, sizeof y);
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

void scaling_family(const scaling *figure, char *text, size_t room) {
  const result_row *row = scaling_member(figure, 0);
  size_t used;
  brief_spec(row->problem, scaling_size_name(figure), text, room);
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
    axis_round(&figure->y_low, &figure->y_high);
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
  char name[GROUP_SLUG + 96], gap[48], family[512];
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
  brief_gap_slug(figure->of.gap, gap, sizeof gap);
  snprintf(name, sizeof name, "scaling-%s-%s%s-%s", scaling_size_name(figure),
           figure->family.groups[0].slug, gap, plot_axis_names[figure->axis]);
  return plot_draw(figure->request, name, &drawing, error);
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  size_t first = 0, found, variant = number % variants(request);
  scaling figure = {.request = request, .axis = plot_axis_of(request, number)};
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
