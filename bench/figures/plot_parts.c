/* What the kinds of figures share in their gnuplot settings and captions. */
#include "bench/figures/plot.h"

#include "bench/run/request.h"
#include "bench/text/gnuplot.h"
#include "bench/text/latex.h"

#include <math.h>
#include <string.h>

double plot_cost_of(const plot_figure *figure, size_t group, size_t solver) {
  const gap_summary *cell = gap_matrix_at(&figure->of, group, solver);
  return cell->runs ? cell->to[figure->cost].median : INFINITY;
}

plot_key *plot_add_key(plot_figure *figure, size_t solver) {
  plot_key *key = &figure->keys[figure->key_count++];
  key->solver = solver;
  strcpy(key->text, figure->solvers->labels[solver].text);
  return key;
}

void plot_put_string(FILE *out, const char *text, bool latex) {
  char step[LATEX_STEP];
  if (!latex) {
    gnuplot_put_string(out, text);
    return;
  }
  fputc('"', out);
  while (*text) {
    text += latex_step(text, step);
    gnuplot_put_part(out, step);
  }
  fputc('"', out);
}

void plot_put_title(FILE *out, const plot_figure *figure, const char *text,
                    bool latex) {
  const char *given = figure->request->look->title;
  plot_put_text(out, "title", given ? given : text, latex);
}

void plot_put_text(FILE *out, const char *name, const char *text, bool latex) {
  fprintf(out, "%s = ", name);
  plot_put_string(out, text, latex);
  fputc('\n', out);
}

size_t legend_columns(size_t longest, size_t count, double width) {
  const double room = width / LEGEND_WIDTH, letters = (double)longest;
  size_t fit = letters <= 23 * room ? 2 : 1;
  if (letters <= 11 * room)
    fit = 3;
  if (letters <= 8 * room)
    fit = 4;
  if (room > 1.5 && letters <= 4 * room)
    fit = 6;
  return count < fit ? count : fit;
}

/* A line that is a whole curve: what is drawn of it goes by these arrays. */
static void put_key(FILE *out, const plot_figure *figure, size_t i,
                    bool latex) {
  const plot_key *key = &figure->keys[i];
  const solver_style *style = &figure->solvers->styles[key->solver];
  fputs("curves = curves + 1; labels[curves] = ", out);
  plot_put_string(out, key->text, latex);
  fprintf(out,
          "; colours[curves] = \"%s\"; dashes[curves] = %d; marks[curves] = "
          "%d; blocks[curves] = %zu\n",
          style->colour, style->dash, style->mark, i);
}

void plot_put_keys(FILE *out, const plot_figure *figure, const char *title,
                   bool latex) {
  const double width = figure->request->look->width;
  size_t longest = 0, count = figure->key_count;
  fprintf(out,
          "# A line a curve: without it go the curve, its band and its name.\n"
          "curves = 0; blocks_in_all = %zu; array labels[%zu]; array "
          "colours[%zu]; array dashes[%zu]; array marks[%zu]; array "
          "blocks[%zu]\n",
          count, count, count, count, count, count);
  for (size_t i = 0; i < count; i++) {
    size_t length = strlen(figure->keys[i].text);
    longest = length > longest ? length : longest;
    put_key(out, figure, i, latex);
  }
  fprintf(out, "legend_columns = %zu; legend_letters = %zu\n",
          legend_columns(longest, count, width > 0 ? width : LEGEND_WIDTH),
          longest);
  plot_put_text(out, "legend_title", title, latex);
}

/* ----------------------------------------------------------------- axes --- */

void plot_widen(plot_range *range, double number) {
  range->low = fmin(range->low, number);
  range->high = fmax(range->high, number);
}

static double round_down(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 + 1e-12);
  return lead >= 5 ? 5 * decade : lead >= 2 ? 2 * decade : decade;
}

/* The least of 1, 2, 5 times a power of ten that is >= x. */
static double round_up(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 - 1e-12);
  return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

void plot_round_axis(plot_range *range) {
  double first = round_down(range->low), last = round_up(range->high);
  if (ceil(log10(first) - 1e-9) + 1 > floor(log10(last) + 1e-9)) {
    first = pow(10, floor(log10(first) + 1e-9));
    last = pow(10, ceil(log10(last) - 1e-9));
  }
  range->low = first;
  range->high = last > 2 * first ? last : 10 * first;
}

void plot_put_axes(FILE *out, const plot_figure *figure) {
  const double *x = figure->request->x_limits, *y = figure->request->y_limits;
  fprintf(out, "x_low = %.6g; x_high = %.6g", x ? x[0] : figure->x.low,
          x ? x[1] : figure->x.high);
  if (y || figure->y.low <= figure->y.high)
    fprintf(out, "; y_low = %.6g; y_high = %.6g", y ? y[0] : figure->y.low,
            y ? y[1] : figure->y.high);
  fputc('\n', out);
}

/* ------------------------------------------------------------- captions --- */

typedef struct limits {
  plot_range gap, seconds, iterations, threads;
  bool has_endless; /* a run without a limit of iterations */
} limits;

static void add_run(limits *of, const result_row *run) {
  plot_widen(&of->threads, (double)run->threads);
  if (!run->settings)
    return;
  plot_widen(&of->gap, run->settings->tolerance);
  plot_widen(&of->seconds, run->settings->time_limit);
  if ((double)run->settings->max_iterations < REQUEST_ITERATIONS)
    plot_widen(&of->iterations, (double)run->settings->max_iterations);
  else
    of->has_endless = true;
}

static limits limits_of(const group_set *set) {
  limits of = {PLOT_NOTHING, PLOT_NOTHING, PLOT_NOTHING, PLOT_NOTHING, false};
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++)
      for (size_t i = 0; i < set->groups[g].solvers[s].count; i++)
        add_run(&of, set->groups[g].solvers[s].runs[i]);
  return of;
}

/* "1", or "1 to 3"; each end as `text` writes it. */
static void put_range(FILE *out, const plot_range *of,
                      const char *text(char *, double)) {
  char number[NUMBER_ROOM];
  if (of->low < of->high)
    fprintf(out, "%s to ", text(number, of->low));
  fputs(text(number, of->high), out);
}

void plot_put_limits(FILE *out, const plot_figure *figure) {
  limits of = limits_of(&figure->groups);
  bool counted = of.iterations.low <= of.iterations.high;
  if (of.gap.low > of.gap.high)
    return;
  fputs("Runs stopped at a gap of ", out);
  put_range(out, &of.gap, text_target);
  fputs(counted ? " nats, after " : " nats or after ", out);
  put_range(out, &of.seconds, text_seconds);
  fputs(" s of solver time", out);
  if (counted) {
    fputs(of.has_endless ? " or, some of them, after " : " or after ", out);
    put_range(out, &of.iterations, text_count);
    fputs(" iterations", out);
  }
  fputs(".\n", out);
}

void plot_put_end(FILE *out, const plot_figure *figure) {
  char line[512];
  limits of = limits_of(&figure->groups);
  for (size_t i = 0; i < figure->key_count; i++)
    solver_style_explain(out, figure->solvers, figure->keys[i].solver);
  provenance_line(figure->request->made, line, sizeof line);
  fputs("Measured with ", out);
  put_range(out, &of.threads, text_count);
  fprintf(out, " thread%s on %s.\n", of.threads.high == 1 ? "" : "s", line);
}

void plot_put_solved(FILE *out, const plot_figure *figure) {
  const gap_matrix *of = &figure->of;
  plot_range runs = PLOT_NOTHING;
  for (size_t i = 0; i < of->set->count * of->solvers->count; i++)
    if (of->cells[i].runs)
      plot_widen(&runs, (double)of->cells[i].runs);
  fprintf(out,
          "Solved: within a certified gap of %s nats of the optimum, by the "
          "median over the runs of a solver (",
          figure->gap_text);
  put_range(out, &runs, text_count);
  fputs(" on each y-step), where a run that was never recorded within the gap "
        "counts as infinitely late.\n",
        out);
  for (size_t s = 0; s < of->solvers->count; s++) {
    size_t missing = 0;
    for (size_t g = 0; g < of->set->count; g++)
      missing += !gap_matrix_at(of, g, s)->runs;
    if (missing == of->set->count)
      fprintf(out, "%s: not drawn: it ran on none of the y-steps.\n",
              solver_style_name(of->solvers, s));
    else if (missing)
      fprintf(out,
              "%s: has no run on %zu of the y-steps, which count as not "
              "solved.\n",
              solver_style_name(of->solvers, s), missing);
  }
}
