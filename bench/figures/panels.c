/* Small multiples: the gap against time or iterations, a panel a problem, all
 * on the same axes. */
#include "bench/analysis/curve.h"
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

typedef struct panels {
  plot_figure base; /* of y-steps that differ in the problem alone */
  curve *curves;    /* panels x keys; without points where there is none */
} panels;

static size_t panel_count(const panels *figure) {
  return figure->base.groups.count;
}

static curve *curve_at(const panels *figure, size_t panel, size_t key) {
  return &figure->curves[panel * figure->base.solvers->count + key];
}

/* ------------------------------------------------------------- families --- */

static bool same_but_problem(const result_row *a, const result_row *b,
                             int size) {
  result_row other = *b;
  (void)size;
  other.problem = a->problem;
  return group_same_ystep(a, &other);
}

static bool has_larger_problem(const result_row *a, const result_row *b,
                               int size) {
  (void)size;
  if (a->classes != b->classes)
    return a->classes > b->classes;
  if (a->rows != b->rows)
    return a->rows > b->rows;
  return strcmp(a->problem, b->problem) > 0;
}

/* "-lambda1", "-reverse-weak-lambda1", and a number behind the first figure:
 * what else may differ is not in the name. */
static void set_slug(plot_figure *figure) {
  enum { LONGEST = 63 };
  const result_row *row = figure->groups.groups->sample;
  char terms[512];
  bool usual = strcmp(row->loss, "collision") == 0 &&
               strcmp(row->fairness, "strong") == 0;
  snprintf(terms, sizeof terms, "%s%s%s%slambda%g", usual ? "" : row->loss,
           usual ? "" : "-", usual ? "" : row->fairness, usual ? "" : "-",
           row->lambda);
  figure->slug[0] = '-';
  size_t used = file_name_append(figure->slug, 1, LONGEST + 1, terms);
  if (figure->number)
    snprintf(figure->slug + used, sizeof figure->slug - used, "-%zu",
             figure->number + 1);
}

/* ------------------------------------------------------------ one figure -- */

static void discard(void *made) {
  panels *figure = made;
  size_t count = figure->curves ? panel_count(figure) : 0;
  for (size_t p = 0; p < count; p++)
    for (size_t s = 0; s < figure->base.solvers->count; s++)
      curve_free(curve_at(figure, p, s));
}

static ys_code add_curve(panels *figure, size_t panel,
                         const solver_runs *solver, ys_error *error) {
  size_t number = solver_style_number(figure->base.solvers, solver->solver);
  curve *made = curve_at(figure, panel, number);
  ys_code code = curve_make(solver, figure->base.cost, made, error);
  for (size_t i = 0; !code && i < made->count; i++)
    if (curve_point_is_drawable(&made->points[i])) {
      plot_widen(&figure->base.x, made->points[i].median);
      plot_widen(&figure->base.y, made->points[i].gap);
    }
  return code;
}

static bool is_drawn(const panels *figure, size_t solver) {
  for (size_t p = 0; p < panel_count(figure); p++)
    if (curve_is_drawable(curve_at(figure, p, solver)))
      return true;
  return false;
}

static ys_code fill(void *made, ys_error *error) {
  panels *figure = made;
  plot_figure *base = &figure->base;
  const size_t solvers = base->solvers->count;
  figure->curves =
      ys_take(&base->memory, ys_times(panel_count(figure), solvers),
              sizeof *figure->curves, "a figure");
  ys_code code = ys_memory_check(&base->memory, error);
  for (size_t p = 0; !code && p < panel_count(figure); p++) {
    const run_group *group = &base->groups.groups[p];
    for (size_t s = 0; !code && s < group->solver_count; s++)
      code = add_curve(figure, p, &group->solvers[s], error);
  }
  if (code)
    return code;
  for (size_t s = 0; s < solvers; s++)
    if (is_drawn(figure, s))
      plot_add_key(base, s);
  set_slug(base);
  snprintf(base->title, sizeof base->title, "lambda %g",
           base->groups.groups->sample->lambda);
  if (!base->key_count)
    return ys_fail(error, YS_UNSUPPORTED,
                   "nothing to draw at %s: no solver recorded a finite gap "
                   "after its start",
                   base->title);
  plot_round_axis(&base->x);
  plot_round_axis(&base->y);
  return YS_OK;
}

/* ----------------------------------------------------------------- files -- */

static bool is_near(const panels *figure, const curve_point *a,
                    const curve_point *b) {
  const plot_range *x = &figure->base.x, *y = &figure->base.y;
  return hypot(log(a->median / b->median) / log(x->high / x->low),
               log(a->gap / b->gap) / log(y->high / y->low)) < 0.004;
}

/* With a marker at its end. */
static void put_curve(FILE *out, const panels *figure, const curve *drawn) {
  const curve_point *last = NULL;
  fputs("# x gap marker\n", out);
  if (!curve_is_drawable(drawn))
    fputs("nan nan 0\n", out); /* a block without a line would be none */
  for (size_t i = 0; i < drawn->count; i++) {
    const curve_point *point = &drawn->points[i];
    bool ends = i + 1 == drawn->count ||
                !curve_point_is_drawable(&drawn->points[i + 1]);
    if (!curve_point_is_drawable(point) ||
        (last && !ends && is_near(figure, last, point)))
      continue;
    fprintf(out, "%.10g %.10g %d\n", point->median, point->gap, ends);
    last = point;
  }
}

static void panels_write_data(FILE *out, const void *context) {
  const panels *figure = context;
  const plot_figure *base = &figure->base;
  char title[GROUP_TITLE];
  fprintf(out,
          "# Certified gap (nats) against %s: median over runs of when a run "
          "was first within the gap\n",
          plot_costs[base->cost].name);
  for (size_t p = 0; p < panel_count(figure); p++)
    for (size_t k = 0; k < base->key_count; k++) {
      size_t index = p * base->key_count + k;
      fprintf(out, "%s# index %zu: %s on %s\n", index ? "\n\n" : "", index,
              base->solvers->names[base->keys[k].solver],
              group_title(&base->groups.groups[p], title));
      put_curve(out, figure, curve_at(figure, p, base->keys[k].solver));
    }
}

/* The problem and, where there is room, its shape. */
static void panel_title(const result_row *row, char *text, size_t room) {
  enum { LONGEST = 24 };
  char shape[64];
  problem_short_name(row, text, room);
  size_t used = strlen(text);
  snprintf(shape, sizeof shape, ", %ld x %ld", row->rows, row->classes);
  if (used + strlen(shape) <= LONGEST)
    snprintf(text + used, room - used, "%s", shape);
}

static void panels_write_settings(FILE *out, const void *context, bool latex) {
  const panels *figure = context;
  const size_t count = panel_count(figure);
  char text[512];
  plot_put_keys(out, &figure->base, "", latex);
  plot_put_title(out, &figure->base, figure->base.title, latex);
  fprintf(out, "panels = %zu\nplot_height = %.2f\narray panel_names[%zu] = [",
          count, 0.42 + 1.2 * (double)((count + 1) / 2), count);
  for (size_t p = 0; p < count; p++) {
    panel_title(figure->base.groups.groups[p].sample, text, sizeof text);
    fputs(p ? ", " : "", out);
    plot_put_string(out, text, latex);
  }
  fputs("]\n", out);
  plot_put_axes(out, &figure->base);
  plot_put_text(out, "x_name", plot_costs[figure->base.cost].name, latex);
  plot_put_text(out, "y_name", "certified gap (nats)", latex);
}

static void panels_write_caption(FILE *out, const void *context) {
  const panels *figure = context;
  const result_row *row = figure->base.groups.groups->sample;
  char own[OWN_TERMS], title[GROUP_TITLE];
  fprintf(out,
          "Certified gap against %s, a panel a problem (%s + %s, lambda %g%s); "
          "both axes logarithmic, and the same in all panels.\n",
          plot_costs[figure->base.cost].name, row->loss, row->fairness,
          row->lambda, group_own_terms(row, own));
  fputs("Lines: median over the runs of a solver of when a run was first "
        "recorded within the gap, as far as half the runs got; a mark at its "
        "end, which is at most the gap at which they were to stop.\nPanels:",
        out);
  for (size_t p = 0; p < panel_count(figure); p++)
    fprintf(out, "%s %s", p ? ";" : "",
            group_title(&figure->base.groups.groups[p], title));
  fputs(".\n", out);
  plot_put_limits(out, &figure->base);
  plot_put_end(out, &figure->base);
}

const plot_kind plot_panels = {
    .name = "panels",
    .summary = "gap against time and iterations, a panel a problem",
    .table = PLOT_TABLE_OF_RUNS,
    .uses = PLOT_RUNS | PLOT_AXIS | PLOT_BOTH | PLOT_X | PLOT_Y | PLOT_LEGEND,
    .script = "panels.gp",
    .has_legend = true,
    .figure_size = sizeof(panels),
    .alike = same_but_problem,
    .is_larger = has_larger_problem,
    .none =
        "no panels to draw: no two y-steps that differ in the problem alone",
    .fill = fill,
    .discard = discard,
    .data = panels_write_data,
    .caption = panels_write_caption,
    .settings = panels_write_settings};
