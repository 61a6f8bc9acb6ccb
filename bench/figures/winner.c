/* Who is first: a map of the solver that comes within a gap first, or in the
 * fewest iterations, over lambda and the problems, which are ordered by K. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"

#include <gsl/gsl_sort.h>
#include <string.h>

enum { NOBODY = -1 };

/* One y-step of the map. */
typedef struct winner_cell {
  size_t x, y;  /* its column and row */
  long key;     /* of the winner; NOBODY if nobody came within the gap */
  double cost;  /* of the winner */
  double ratio; /* the second's cost over the winner's; infinite without one */
} winner_cell;

typedef struct winners {
  plot_figure base;        /* of one loss, fairness, start and prior; a key a
                              winner */
  winner_cell *cells;      /* a y-step each */
  double *lambdas;         /* of the columns, ascending */
  const result_row **rows; /* a run of each row's problem */
  size_t column_count, row_count;
} winners;

/* Whether two y-steps differ in nothing but problem and lambda. */
static bool same_map(const result_row *a, const result_row *b, int size) {
  result_row other = *b;
  (void)size;
  other.problem = a->problem;
  other.lambda = a->lambda;
  return group_same_ystep(a, &other);
}

/* ------------------------------------------------------------ the places -- */

/* Behind the problems of the same family (all options but K) with smaller K; a
 * new family comes last. */
static void add_row(winners *map, const result_row *row) {
  size_t place = map->row_count;
  for (size_t i = 0; i < map->row_count; i++)
    if (strcmp(map->rows[i]->problem, row->problem) == 0)
      return;
  for (size_t i = map->row_count; i-- > 0;)
    if (problem_is_same_without(map->rows[i], row, "K")) {
      if (map->rows[i]->classes <= row->classes) {
        place = i + 1;
        break;
      }
      place = i;
    }
  memmove(map->rows + place + 1, map->rows + place,
          (map->row_count - place) * sizeof *map->rows);
  map->rows[place] = row;
  map->row_count++;
}

static void place(winners *map) {
  const group_set *set = &map->base.groups;
  for (size_t g = 0; g < set->count; g++) {
    map->lambdas[g] = set->groups[g].sample->lambda;
    add_row(map, set->groups[g].sample);
  }
  gsl_sort(map->lambdas, 1, set->count);
  for (size_t g = 0; g < set->count; g++)
    if (g == 0 || map->lambdas[g] != map->lambdas[map->column_count - 1])
      map->lambdas[map->column_count++] = map->lambdas[g];
  for (size_t g = 0; g < set->count; g++) {
    winner_cell *at = &map->cells[g];
    const result_row *row = set->groups[g].sample;
    while (map->lambdas[at->x] != row->lambda)
      at->x++;
    while (strcmp(map->rows[at->y]->problem, row->problem) != 0)
      at->y++;
  }
}

/* ----------------------------------------------------------- the winners -- */

static long key_of(winners *map, size_t solver) {
  size_t i = 0;
  while (i < map->base.key_count && map->base.keys[i].solver != solver)
    i++;
  if (i == map->base.key_count)
    plot_add_key(&map->base, solver);
  return (long)i;
}

static void decide(winners *map, size_t group) {
  winner_cell *at = &map->cells[group];
  double best = INFINITY, second = INFINITY;
  size_t winner = 0;
  for (size_t s = 0; s < map->base.request->solvers->count; s++) {
    double cost = plot_cost_of(&map->base, group, s);
    if (cost < best) {
      second = best;
      best = cost;
      winner = s;
    } else {
      second = fmin(second, cost);
    }
  }
  at->key = isfinite(best) ? key_of(map, winner) : NOBODY;
  at->cost = best;
  at->ratio = best > 0 && isfinite(best) ? second / best : INFINITY;
}

/* "-LOSS-FAIRNESS", and "-2", ... for further maps. */
static void set_slug(plot_figure *figure) {
  enum { LONGEST = 63 };
  const result_row *row = figure->groups.groups->sample;
  char *slug = figure->slug, terms[512];
  size_t used = 1;
  slug[0] = '-';
  snprintf(terms, sizeof terms, "%s-%s", row->loss, row->fairness);
  used = file_name_append(slug, used, LONGEST + 1, terms);
  if (figure->number)
    snprintf(slug + used, sizeof figure->slug - used, "-%zu",
             figure->number + 1);
}

static ys_code fill(void *made, ys_error *error) {
  winners *map = made;
  size_t groups = map->base.groups.count;
  ys_memory *memory = &map->base.memory;
  const char *const what = "the map of winners";
  map->cells = ys_take(memory, groups, sizeof *map->cells, what);
  map->lambdas = ys_take_numbers(memory, groups, what);
  map->rows = ys_take(memory, groups + 1, sizeof *map->rows, what);
  ys_code code = ys_memory_check(memory, error);
  if (code)
    return code;
  place(map);
  for (size_t g = 0; g < groups; g++)
    decide(map, g);
  set_slug(&map->base);
  return map->base.key_count
             ? YS_OK
             : ys_fail(error, YS_UNSUPPORTED,
                       "no winners at gap %s: no solver came within it",
                       map->base.gap_text);
}

static void winner_write_data(FILE *out, const void *context) {
  const winners *map = context;
  fprintf(out,
          "# The solver with the %s to a certified gap of %s nats, by median\n"
          "# column row lambda K winner %s second/winner; winner 0: nobody\n",
          map->base.cost == COST_TIME ? "least solver time"
                                      : "fewest iterations",
          map->base.gap_text, plot_costs[map->base.cost].axis);
  for (size_t i = 0; i < map->base.groups.count; i++) {
    const winner_cell *at = &map->cells[i];
    const result_row *row = map->base.groups.groups[i].sample;
    fprintf(out, "%zu %zu %.10g %ld %ld %.10g %.10g # %s, %s\n", at->x + 1,
            at->y + 1, row->lambda, row->classes, at->key + 1, at->cost,
            at->ratio, row->problem,
            at->key == NOBODY ? "nobody"
                              : map->base.request->solvers
                                    ->names[map->base.keys[at->key].solver]);
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
      problem_short_name(row, text, sizeof text);
    fputs(i ? ", " : "", out);
    plot_put_string(out, text, latex);
  }
  fputs("]\n", out);
}

static size_t longest_name(const winners *map) {
  char text[512];
  size_t longest = 10;
  for (size_t i = 0; i < map->row_count; i++) {
    problem_short_name(map->rows[i], text, sizeof text);
    longest = strlen(text) > longest ? strlen(text) : longest;
  }
  return longest;
}

static void winner_write_settings(FILE *out, const void *context, bool latex) {
  const winners *map = context;
  char text[128];
  snprintf(text, sizeof text, "%s to gap %s, and by what factor",
           map->base.cost == COST_TIME ? "fastest" : "fewest iterations",
           map->base.gap_text);
  plot_put_keys(out, &map->base, text, latex);
  plot_put_title(out, &map->base, "Who is first", latex);
  fprintf(out, "keys_are_boxes = 1\nplot_height = %.2f\nrow_letters = %zu\n",
          0.5 + 0.27 * (double)map->row_count, longest_name(map));
  put_rows(out, map, "rows", false, latex);
  put_rows(out, map, "shapes_of", true, latex);
  fprintf(out, "array columns_of[%zu] = [", map->column_count);
  for (size_t i = 0; i < map->column_count; i++)
    fprintf(out, "%s\"%g\"", i ? ", " : "", map->lambdas[i]);
  fputs("]\n", out);
}

static void winner_write_caption(FILE *out, const void *context) {
  const winners *map = context;
  const result_row *row = map->base.groups.groups->sample;
  char own[OWN_TERMS];
  fprintf(out,
          "The solver with the %s on each problem and lambda (%s + %s%s), "
          "and by what factor the second needed more.\n",
          map->base.cost == COST_TIME
              ? "least solver time (without set-up and monitoring)"
              : "fewest iterations (whose costs differ)",
          row->loss, row->fairness, group_own_terms(row, own));
  plot_put_solved(out, &map->base);
  fputs("A blank field was not run; \"nobody\": no solver got there.\n"
        "Compared are:",
        out);
  for (size_t s = 0; s < map->base.request->solvers->count; s++)
    if (gap_matrix_ran(&map->base.of, s))
      fprintf(out, " %s", solver_style_name(map->base.request->solvers, s));
  fputs(".\n", out);
  plot_put_limits(out, &map->base);
  plot_put_end(out, &map->base);
}

const plot_kind plot_winner = {
    .name = "winner",
    .summary = "map over lambda and K of who is first to a gap",
    .table = PLOT_TABLE_OF_RUNS,
    .uses = PLOT_RUNS | PLOT_AXIS | PLOT_GAP,
    .script = "winner.gp",
    .has_legend = true,
    .figure_size = sizeof(winners),
    .alike = same_map,
    .fill = fill,
    .data = winner_write_data,
    .caption = winner_write_caption,
    .settings = winner_write_settings};
