#include "bench/analysis/curve.h"
#include "bench/analysis/labelling.h"
#include "bench/analysis/pivot.h"
#include "bench/analysis/problem_title.h"
#include "bench/report/report.h"
#include "bench/text/html.h"

#include <math.h>
#include <stdlib.h>

/* Of the points of a figure, those that a reader can tell apart: each is at
 * least a 1/steps of the figure's width or height from the one before. */
enum { MOST_STEPS = 200, LEAST_STEPS = 25, ALL_STEPS = 60000 };

static size_t count_steps(const report *page) {
  size_t curves = 0;
  for (size_t i = 0; i < page->count; i++)
    if (page->parts[i].table)
      curves += 2 * groups_count_solvers(page->parts[i].table->set);
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

/* Seconds and iterations to each gap; null where half the runs or more did not
 * get there. */
static json_t *reached_json(const gap_table *table, const gap_row *row) {
  json_t *made = json_array();
  for (size_t i = 0; i < table->gap_count; i++)
    json_array_append_new(
        made, json_pack("[o, o]", real_or_null(row->to[i].to[COST_TIME].median),
                        real_or_null(row->to[i].to[COST_ITERATION].median)));
  return made;
}

static json_t *solver_json(const gap_table *table, const gap_row *row,
                           const solver_styles *solvers, size_t steps) {
  const solver_runs *runs = row->solver;
  const solver_style *style =
      &solvers->styles[solver_style_number(solvers, runs->solver)];
  return json_pack("{s:o, s:s, s:i, s:i, s:o, s:o, s:o}", "name",
                   html_json_string(solver_runs_name(runs)), "colour",
                   style->colour, "dash", style->dash, "mark", style->mark,
                   "time", cost_json(runs, COST_TIME, steps), "iteration",
                   cost_json(runs, COST_ITERATION, steps), "to",
                   reached_json(table, row));
}

/* NULL without memory, as in what follows. */
static json_t *group_json(const report_part *part, size_t dir,
                          const run_group *group, const gap_row *rows,
                          const solver_styles *solvers, size_t steps) {
  json_t *made = json_array();
  char title[GROUP_TITLE], name[512];
  bool whole = true;
  for (size_t s = 0; whole && s < group->solver_count; s++)
    whole = json_array_append_new(
                made, solver_json(part->table, &rows[s], solvers, steps)) == 0;
  ystep_short_title(group->sample, name, sizeof name);
  if (whole)
    return json_pack("{s:o, s:o, s:o, s:f, s:I, s:o}", "title",
                     html_json_string(group_title(group, title)), "problem",
                     html_json_string(result_problem_name(group->sample)),
                     "short", html_json_string(name), "lambda",
                     group->sample->lambda, "directory", (json_int_t)dir,
                     "solvers", made);
  json_decref(made);
  return NULL;
}

static bool add_groups(json_t *groups, const report *page, size_t dir,
                       size_t steps, ys_error *error) {
  const report_part *part = &page->parts[dir];
  const gap_row *rows = part->table->rows;
  const group_set *set = part->table->set;
  solver_styles solvers;
  if (solver_styles_make(set, NULL, &solvers, error))
    return false;
  bool whole = true;
  for (size_t g = 0; whole && g < set->count; g++) {
    whole =
        json_array_append_new(groups, group_json(part, dir, &set->groups[g],
                                                 rows, &solvers, steps)) == 0;
    rows += set->groups[g].solver_count;
  }
  solver_styles_free(&solvers);
  return whole;
}

/* ------------------------------------------------------------ trainings --- */

static json_t *epochs_json(const training_table *of, long train_id) {
  json_t *made = json_array();
  for (size_t i = 0; i < of->epoch_count; i++) {
    const epoch_row *epoch = &of->epochs[i];
    if (epoch->train_id != train_id)
      continue;
    json_array_append_new(
        made, json_pack("[I, o, o, o]", (json_int_t)epoch->totals.epoch,
                        real_or_null(epoch->scores.accuracy),
                        real_or_null(epoch->totals.ystep_seconds),
                        real_or_null(epoch->totals.gap)));
  }
  return made;
}

static bool add_trainings(json_t *trainings, const training_table *of,
                          arg_texts labels) {
  bool whole = true;
  for (size_t i = 0; whole && i < of->count; i++) {
    const training_row *row = &of->rows[i];
    const char *ystep = row->targets[0] ? row->targets : row->solver;
    const solver_style style = solver_style_of(row->solver);
    whole =
        json_array_append_new(
            trainings,
            json_pack("{s:I, s:s, s:i, s:o, s:o, s:o, s:f, s:I, s:o}", "id",
                      (json_int_t)row->train_id, "colour", style.colour, "dash",
                      style.dash, "data",
                      html_json_string(labelling_name(labels, row->data)),
                      "ystep", html_json_string(labelling_name(labels, ystep)),
                      "loss", html_json_string(row->loss), "lambda",
                      row->lambda, "seed", (json_int_t)row->seed, "epochs",
                      epochs_json(of, row->train_id))) == 0;
  }
  return whole;
}

/* ------------------------------------------------------------------ all --- */

/* Of all parts; the gaps are the same in each. */
static json_t *gaps_json(const report *page) {
  json_t *made = json_array();
  for (size_t p = 0; p < page->count; p++) {
    const gap_table *table = page->parts[p].table;
    for (size_t i = 0; table && i < table->gap_count; i++)
      json_array_append_new(made, json_real(table->gaps[i]));
    if (table)
      break;
  }
  return made;
}

ys_code report_put_data(FILE *out, const report *page, ys_error *error) {
  json_t *groups = json_array(), *trainings = json_array(),
         *dirs = json_array();
  json_t *penalties = json_array();
  json_t *data = json_pack("{s:o, s:o, s:o, s:o, s:o}", "gaps", gaps_json(page),
                           "directories", dirs, "penalties", penalties,
                           "groups", groups, "trainings", trainings);
  size_t steps = count_steps(page);
  bool whole = data != NULL;
  for (size_t i = 0; whole && i < page->count; i++) {
    const report_part *part = &page->parts[i];
    const double penalty = part->table ? pivot_penalty(part->table->set) : NAN;
    whole = json_array_append_new(dirs, html_json_string(part->dir)) == 0 &&
            json_array_append_new(penalties, real_or_null(penalty)) == 0 &&
            (!part->table || add_groups(groups, page, i, steps, error)) &&
            add_trainings(trainings, part->trainings, part->labels);
  }
  fputs("<script type=\"application/json\" id=\"data\">", out);
  whole = whole && html_put_json(out, data) == 0;
  fputs("</script>\n", out);
  json_decref(data);
  return whole ? YS_OK : ys_fail_memory(error, "the data of the figures");
}
