#include "bench/analysis/scaling.h"

#include "bench/text/gaptext.h"

#include <math.h>

static const char *what(const scaling *figure) {
  return figure->axis == PLOT_TIME ? "solver time (s)" : "iterations";
}

static void put_points(FILE *out, const scaling *figure, size_t solver) {
  bool time = figure->axis == PLOT_TIME;
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

void scaling_write_data(FILE *out, const void *context) {
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

void scaling_write_settings(FILE *out, const void *context, bool latex) {
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
           figure->axis == PLOT_TIME ? "seconds" : "iterations",
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

void scaling_write_caption(FILE *out, const void *context) {
  const scaling *figure = context;
  const result_row *row = scaling_member(figure, 0);
  char text[512];
  scaling_family(figure, text, sizeof text);
  fprintf(out,
          "%s against %s on %s (%s + %s); both axes logarithmic. Points: "
          "medians; bars: %d %% to %d %% quantiles over runs, where there are "
          "several. Lines: least squares of the logarithms, where a solver "
          "has three points or more.\n",
          figure->axis == PLOT_TIME
              ? "Solver time, without set-up and monitoring,"
              : "Iterations",
          scaling_size_name(figure), text, row->loss, row->fairness,
          GAP_BAND_LOW, GAP_BAND_HIGH);
  put_slopes(out, figure);
  gapmatrix_explain(out, &figure->of);
  put_missing(out, figure);
  plot_put_limits(out, figure->family.groups, figure->family.count);
  for (size_t i = 0; i < figure->line_count; i++)
    roster_explain(out, figure->of.solvers, figure->lines[i].solver);
  plot_put_provenance(out, figure->request, figure->family.groups,
                      figure->family.count);
}
