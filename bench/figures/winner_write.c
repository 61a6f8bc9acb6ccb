#include "bench/analysis/winner.h"

#include "bench/analysis/brief.h"
#include "bench/text/gaptext.h"

#include <string.h>

void winner_write_data(FILE *out, const void *context) {
  const winners *map = context;
  char gap[NUMBER_ROOM];
  fprintf(out,
          "# The solver with the %s to a certified gap of %s nats, by median\n"
          "# column row lambda K winner %s second/winner; winner 0: nobody\n",
          map->axis == PLOT_TIME ? "least solver time" : "fewest iterations",
          text_target(gap, map->of.gap), plot_axis_names[map->axis]);
  for (size_t i = 0; i < map->cell_count; i++) {
    const winner_cell *at = &map->cells[i];
    const result_row *row = map->groups.groups[at->group].sample;
    fprintf(out, "%zu %zu %.10g %ld %ld %.10g %.10g # %s, %s\n", at->x + 1,
            at->y + 1, row->lambda, row->classes, at->key + 1, at->cost,
            at->ratio, row->problem,
            at->key == NOBODY
                ? "nobody"
                : map->of.solvers->names[map->keys[at->key].solver]);
  }
}

/* "NAME = [...]": a text for each row. */
static void put_rows(FILE *out, const winners *map, const char *name,
                     bool shapes, bool latex) {
  char text[512];
  fprintf(out, "array %s[%zu] = [", name, map->row_count);
  for (size_t i = 0; i < map->row_count; i++) {
    const result_row *row = map->rows[i];
    if (shapes)
      snprintf(text, sizeof text, "%ld x %ld", row->rows, row->classes);
    else
      brief_name(row, text, sizeof text);
    fputs(i ? ", " : "", out);
    plot_put_string(out, text, latex);
  }
  fputs("]\n", out);
}

static size_t longest_name(const winners *map) {
  char text[512];
  size_t longest = 10;
  for (size_t i = 0; i < map->row_count; i++) {
    brief_name(map->rows[i], text, sizeof text);
    longest = strlen(text) > longest ? strlen(text) : longest;
  }
  return longest;
}

void winner_write_settings(FILE *out, const void *context, bool latex) {
  const winners *map = context;
  char text[128], gap[NUMBER_ROOM];
  snprintf(text, sizeof text, "%s to gap %s, and by what factor",
           map->axis == PLOT_TIME ? "fastest" : "fewest iterations",
           text_target(gap, map->of.gap));
  plot_put_keys(out, map->keys, map->key_count, text, latex);
  plot_put_text(out, "title", "Who is first", latex);
  fprintf(out, "keys_are_boxes = 1\nplot_height = %.2f\nrow_letters = %zu\n",
          0.5 + 0.27 * (double)map->row_count, longest_name(map));
  put_rows(out, map, "rows", false, latex);
  put_rows(out, map, "shapes_of", true, latex);
  fprintf(out, "array columns_of[%zu] = [", map->column_count);
  for (size_t i = 0; i < map->column_count; i++)
    fprintf(out, "%s\"%g\"", i ? ", " : "", map->lambdas[i]);
  fputs("]\n", out);
}

void winner_write_caption(FILE *out, const void *context) {
  const winners *map = context;
  const result_row *row = map->groups.groups->sample;
  const char *start = group_own_start(row), *prior = group_own_prior(row);
  fprintf(
      out,
      "The solver with the %s on each problem and lambda (%s + %s%s%s%s%s), "
      "and by what factor the second needed more.\n",
      map->axis == PLOT_TIME
          ? "least solver time (without set-up and monitoring)"
          : "fewest iterations (whose costs differ)",
      row->loss, row->fairness, start ? ", start " : "", start ? start : "",
      prior ? ", prior " : "", prior ? prior : "");
  gapmatrix_explain(out, &map->of);
  fputs("A blank field was not run; \"nobody\": no solver got there.\n"
        "Compared are:",
        out);
  for (size_t s = 0; s < map->of.solvers->count; s++)
    if (gapmatrix_ran(&map->of, s))
      fprintf(out, " %s", map->of.solvers->names[s]);
  fputs(".\n", out);
  plot_put_limits(out, map->groups.groups, map->groups.count);
  for (size_t i = 0; i < map->key_count; i++)
    roster_explain(out, map->of.solvers, map->keys[i].solver);
  plot_put_provenance(out, map->request, map->groups.groups, map->groups.count);
}
