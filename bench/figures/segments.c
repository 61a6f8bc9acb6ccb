/* The objective along random segments, less its chord: a figure for each
 * problem that `ystep check` was about. */
#include "bench/analysis/problem_title.h"
#include "bench/checks/checks.h"
#include "bench/figures/plot.h"
#include "bench/store/schema.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------- the table ---- */

typedef struct segments {
  plot_figure base;
  void *rows;               /* all of segments.csv; owned */
  size_t total;             /* of them */
  const segment_row *first; /* of this problem's rows, panel by panel and
                               segment by segment */
  size_t count;
} segments;

static void discard(void *made) {
  segments *figure = made;
  records_free_all(&schema_segments, figure->rows, figure->total);
}

static ys_code read_rows(segments *figure, const char *dir, ys_error *error) {
  ys_code code = records_read_all(dir, &schema_segments, false, &figure->rows,
                                  &figure->total, error);
  return code || figure->total ? code
                               : ys_fail(error, YS_BAD_INPUT,
                                         "%s/segments.csv: has no rows", dir);
}

/* The first row of the number'th problem; NULL if there are fewer: then *found
 * says how many. Rows of a problem are neighbours. */
static const segment_row *find_problem(const segments *figure, size_t number,
                                       size_t *found) {
  const segment_row *rows = figure->rows;
  *found = 0;
  for (size_t i = 0; i < figure->total; i++) {
    const segment_row *row = &rows[i];
    if ((i == 0 || strcmp(row->problem, row[-1].problem) != 0) &&
        (*found)++ == number)
      return row;
  }
  return NULL;
}

/* ------------------------------------------------------------ one figure -- */

static size_t rows_alike(const segments *figure, size_t from,
                         bool same_segment) {
  const segment_row *row = &figure->first[from];
  size_t end = from;
  while (end < figure->count &&
         strcmp(figure->first[end].panel, row->panel) == 0 &&
         (!same_segment || figure->first[end].segment == row->segment))
    end++;
  return end - from;
}

/* F less the straight line between its values at the ends; infinite where F is,
 * or an end. */
static double departure(const segment_row *rows, size_t count, size_t point) {
  double t = rows[point].t;
  double d = rows[point].objective - (1 - t) * rows[0].objective -
             t * rows[count - 1].objective;
  return isfinite(d) ? d : INFINITY;
}

/* The largest departure of a panel, by which its curves are divided. */
static double largest_departure(const segments *figure, size_t from,
                                size_t count) {
  double largest = 0;
  for (size_t i = from, length; i < from + count; i += length) {
    length = rows_alike(figure, i, true);
    for (size_t point = 0; point < length; point++) {
      double d = fabs(departure(&figure->first[i], length, point));
      largest = d < INFINITY ? fmax(largest, d) : largest;
    }
  }
  return largest > 0 ? largest : 1;
}

static void put_panel(FILE *out, const segments *figure, size_t from,
                      size_t count) {
  double scale = largest_departure(figure, from, count);
  size_t points = rows_alike(figure, from, true);
  fprintf(out, "# %s: departures are divided by %.6g nats\n",
          figure->first[from].panel, scale);
  for (size_t point = 0; point < points; point++) {
    fprintf(out, "%.2f", figure->first[from + point].t);
    for (size_t i = from; i < from + count; i += points)
      fprintf(out, " %.9g",
              departure(&figure->first[i], points, point) / scale);
    for (size_t i = from; i < from + count; i += points)
      fprintf(out, " %.9g", figure->first[i + point].objective);
    fputc('\n', out);
  }
  fputs("\n\n", out);
}

static size_t curves(const segments *figure) {
  return rows_alike(figure, 0, false) / rows_alike(figure, 0, true);
}

static void write_data(FILE *out, const void *context) {
  const segments *figure = context;
  fprintf(out,
          "# %s, seed %ld\n# t, %zu departures of F from its chord (scaled), "
          "the same %zu F in nats; a block a panel\n",
          figure->first->problem, figure->first->seed, curves(figure),
          curves(figure));
  for (size_t i = 0, count; i < figure->count; i += count) {
    count = rows_alike(figure, i, false);
    put_panel(out, figure, i, count);
  }
}

static void write_settings(FILE *out, const void *context, bool latex) {
  const segments *figure = context;
  fprintf(out, "segments = %zu\nlegend_rows = 0\nplot_height = 2.6\n",
          curves(figure));
  plot_put_title(out, &figure->base, figure->first->problem, latex);
  plot_put_axes(out, &figure->base);
}

static void write_caption(FILE *out, const void *context) {
  const segments *figure = context;
  char line[512];
  provenance_line(figure->base.request->made, line, sizeof line);
  fprintf(out,
          "The objective (strong fairness, lambda = 1, a few rows of %s) along "
          "%zu random segments of y between peaked points, less the straight "
          "line between its ends, in units of each panel's largest departure; "
          "a convex function is nowhere above 0 (an infinite one is left "
          "out).\nLast panel, a control: the collision loss of one row with "
          "sigma and y moving together (y = sigma), in which it is not "
          "convex.\nSeed %ld. %s.\n",
          figure->first->problem, curves(figure), figure->first->seed, line);
}

/* A table that was cut off, or tampered with, is no figure. */
static bool is_whole(const segments *figure) {
  size_t points = rows_alike(figure, 0, true), panels = 0;
  for (size_t i = 0, count; i < figure->count; i += count, panels++) {
    count = rows_alike(figure, i, false);
    if (count != points * curves(figure))
      return false;
    for (size_t j = i; j < i + count; j += points)
      if (rows_alike(figure, j, true) != points)
        return false;
  }
  return panels == CHECK_PANELS;
}

/* ------------------------------------------------------------- the kind --- */

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  segments all = {.rows = NULL};
  ys_code code = read_rows(&all, request->dir, error);
  if (!code)
    find_problem(&all, (size_t)-1, count);
  discard(&all);
  return code;
}

static ys_code fill(void *made, ys_error *error) {
  segments *figure = made;
  const char *dir = figure->base.request->dir;
  size_t number = figure->base.number, found;
  char slug[FILE_NAME_PROBLEM + 1];
  ys_code code = read_rows(figure, dir, error);
  if (code)
    return code;
  figure->first = find_problem(figure, number, &found);
  const segment_row *end = find_problem(figure, number + 1, &found);
  if (!end)
    end = (const segment_row *)figure->rows + figure->total;
  figure->count = (size_t)(end - figure->first);
  if (!is_whole(figure))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s/segments.csv: the rows of %s are not whole: expected "
                   "%d panels of equally many segments and points",
                   dir, figure->first->problem, CHECK_PANELS);
  figure->base.x = (plot_range){0, 1};
  figure->base.y = (plot_range){-1.1, 1.1};
  file_name_of_problem(slug, figure->first->problem);
  snprintf(figure->base.slug, sizeof figure->base.slug, "-%zu-%s", number + 1,
           slug);
  return YS_OK;
}

const plot_kind plot_segments = {
    .name = "segments",
    .summary = "of `ystep check`: the objective along random segments",
    .table = "segments.csv",
    .uses = PLOT_X | PLOT_Y | PLOT_LINEAR_X | PLOT_LINEAR_Y,
    .script = "segments.gp",
    .figure_size = sizeof(segments),
    .count = count_figures,
    .fill = fill,
    .discard = discard,
    .data = write_data,
    .caption = write_caption,
    .settings = write_settings};
