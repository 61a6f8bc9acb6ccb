/* Who is first: a map of the solver that comes within a gap first, or in the
 * fewest iterations, over lambda and the problems, which are ordered by K. */
#include "bench/analysis/problem_title.h"
#include "bench/figures/plot.h"
#include "bench/text/numbers.h"
#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1 };

/* One y-step of the map. */
typedef struct winner_cell {
  size_t group;
  size_t x, y;  /* its column and row */
  long key;     /* of the winner; NOBODY if nobody came within the gap */
  double cost;  /* of the winner */
  double ratio; /* the second's cost over the winner's; infinite without one */
} winner_cell;

typedef struct winners {
  const plot_request *request;
  cost_kind cost;
  group_set groups; /* of one loss, fairness, start and prior; nothing else is
                       owned */
  gap_matrix of;    /* those groups */
  winner_cell *cells;
  size_t cell_count;
  double *lambdas;         /* of the columns, ascending */
  const result_row **rows; /* a run of each row's problem */
  size_t column_count, row_count;
  plot_key *keys; /* of the winners */
  size_t key_count;
} winners;

/* Whether two y-steps differ in nothing but problem and lambda. */
static bool same_map(const result_row *a, const result_row *b) {
  result_row other = *b;
  other.problem = a->problem;
  other.lambda = a->lambda;
  return group_same_ystep(a, &other);
}

/* ------------------------------------------------------------ the places -- */

static void add_column(winners *map, double lambda) {
  for (size_t i = 0; i < map->column_count; i++)
    if (map->lambdas[i] == lambda)
      return;
  map->lambdas[map->column_count++] = lambda;
}

static bool same_family(const result_row *a, const result_row *b) {
  char x[512], y[512];
  problem_without_option(a->problem, "K", x, sizeof x);
  problem_without_option(b->problem, "K", y, sizeof y);
  return strcmp(x, y) == 0;
}

/* Behind the problems of the same family (all options but K) with smaller K; a
 * new family comes last. */
static void add_row(winners *map, const result_row *row) {
  size_t place = map->row_count;
  for (size_t i = 0; i < map->row_count; i++)
    if (strcmp(map->rows[i]->problem, row->problem) == 0)
      return;
  for (size_t i = map->row_count; i-- > 0;)
    if (same_family(map->rows[i], row)) {
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
  const group_set *set = &map->groups;
  for (size_t g = 0; g < set->count; g++) {
    map->cells[map->cell_count++].group = g;
    add_column(map, set->groups[g].sample->lambda);
    add_row(map, set->groups[g].sample);
  }
  gsl_sort(map->lambdas, 1, map->column_count);
  for (size_t i = 0; i < map->cell_count; i++) {
    winner_cell *at = &map->cells[i];
    const result_row *row = set->groups[at->group].sample;
    while (map->lambdas[at->x] != row->lambda)
      at->x++;
    while (strcmp(map->rows[at->y]->problem, row->problem) != 0)
      at->y++;
  }
}

/* ----------------------------------------------------------- the winners -- */

static long key_of(winners *map, size_t solver) {
  size_t i = 0;
  while (i < map->key_count && map->keys[i].solver != solver)
    i++;
  if (i < map->key_count)
    return (long)i;
  map->keys[i].solver = solver;
  strcpy(map->keys[i].text, map->of.solvers->labels[solver].text);
  map->key_count++;
  return (long)i;
}

static void decide(winners *map, winner_cell *at) {
  double best = INFINITY, second = INFINITY;
  size_t winner = 0;
  for (size_t s = 0; s < map->of.solvers->count; s++) {
    double cost =
        gapmatrix_cost(gapmatrix_at(&map->of, at->group, s), map->cost);
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

static void discard(winners *map) {
  gapmatrix_free(&map->of);
  free(map->groups.groups);
  free(map->cells);
  free(map->lambdas);
  free(map->rows);
  free(map->keys);
}

static ys_code fill(winners *map, ys_error *error) {
  size_t groups = map->groups.count;
  map->cells = calloc(groups, sizeof *map->cells);
  map->lambdas = calloc(groups, sizeof *map->lambdas);
  map->rows = calloc(groups + 1, sizeof *map->rows);
  map->keys = calloc(map->of.solvers->count, sizeof *map->keys);
  if (!map->cells || !map->lambdas || !map->rows || !map->keys)
    return ys_fail_memory(error, "the map of winners");
  place(map);
  for (size_t i = 0; i < map->cell_count; i++)
    decide(map, &map->cells[i]);
  return YS_OK;
}

static void winner_write_data(FILE *out, const void *context) {
  const winners *map = context;
  char gap[NUMBER_ROOM];
  fprintf(out,
          "# The solver with the %s to a certified gap of %s nats, by median\n"
          "# column row lambda K winner %s second/winner; winner 0: nobody\n",
          map->cost == COST_TIME ? "least solver time" : "fewest iterations",
          text_target(gap, map->of.gap), plot_axis_names[map->cost]);
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
  char text[128], gap[NUMBER_ROOM];
  snprintf(text, sizeof text, "%s to gap %s, and by what factor",
           map->cost == COST_TIME ? "fastest" : "fewest iterations",
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

static void winner_write_caption(FILE *out, const void *context) {
  const winners *map = context;
  const result_row *row = map->groups.groups->sample;
  const char *start = group_own_start(row), *prior = group_own_prior(row);
  fprintf(
      out,
      "The solver with the %s on each problem and lambda (%s + %s%s%s%s%s), "
      "and by what factor the second needed more.\n",
      map->cost == COST_TIME
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
    solver_style_explain(out, map->of.solvers, map->keys[i].solver);
  plot_put_provenance(out, map->request, map->groups.groups, map->groups.count);
}

/* --------------------------------------------------------------- the kind - */

/* The number'th group that is the first of its map; NULL if there are fewer:
 * then *found says how many. */
static const run_group *find_map(const group_set *set, size_t number,
                                 size_t *found) {
  *found = 0;
  for (size_t g = 0; g < set->count; g++) {
    bool first = true;
    for (size_t i = 0; i < g; i++)
      first = first && !same_map(set->groups[i].sample, set->groups[g].sample);
    if (first && (*found)++ == number)
      return &set->groups[g];
  }
  return NULL;
}

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  size_t maps;
  (void)error;
  find_map(request->set, (size_t)-1, &maps);
  *count = maps * request->gap_count;
  return YS_OK;
}

static ys_code draw_map(const winners *map, size_t number, ys_error *error) {
  char name[192], slug[64], gap[48], which[32] = "";
  const result_row *row = map->groups.groups->sample;
  plot_drawing drawing = {.script = "winner.gp",
                          .has_legend = true,
                          .context = map,
                          .data = winner_write_data,
                          .caption = winner_write_caption,
                          .settings = winner_write_settings};
  if (!map->key_count)
    return ys_fail(error, YS_UNSUPPORTED,
                   "no winners at gap %s: no solver came within it",
                   text_target(gap, map->of.gap));
  file_name_of_gap(map->of.gap, gap, sizeof gap);
  if (number)
    snprintf(which, sizeof which, "-%zu", number + 1);
  size_t used = file_name_append(slug, 0, sizeof slug - 1, row->loss);
  used = file_name_append(slug, used, sizeof slug - 1, "-");
  file_name_append(slug, used, sizeof slug - 1, row->fairness);
  snprintf(name, sizeof name, "winner-%s%s%s-%s", slug, which, gap,
           plot_axis_names[map->cost]);
  return plot_draw(map->request, name, &drawing, error);
}

/* The groups of the map that `first` is of. */
static ys_code gather(const group_set *set, const run_group *first,
                      group_set *map, ys_error *error) {
  map->groups = ys_array(set->count, sizeof *map->groups);
  if (!map->groups)
    return ys_fail_memory(error, "the map of winners");
  for (size_t g = 0; g < set->count; g++)
    if (same_map(first->sample, set->groups[g].sample))
      map->groups[map->count++] = set->groups[g];
  return YS_OK;
}

static ys_code draw(const plot_request *request, size_t number,
                    ys_error *error) {
  size_t found, which = number / request->gap_count;
  const run_group *first = find_map(request->set, which, &found);
  winners map = {.request = request, .cost = plot_axis_or(request, COST_TIME)};
  ys_code code = gather(request->set, first, &map.groups, error);
  if (!code)
    code = gapmatrix_make(&map.groups, request->solvers,
                          request->gaps[number % request->gap_count], &map.of,
                          error);
  if (!code)
    code = fill(&map, error);
  if (!code)
    code = draw_map(&map, which, error);
  discard(&map);
  return code;
}

const plot_kind plot_winner = {
    "winner", "map over lambda and K of who is first to a gap",
    PLOT_RUNS | PLOT_AXIS | PLOT_GAP, count_figures, draw};
