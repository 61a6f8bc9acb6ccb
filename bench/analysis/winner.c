/* Who is first: a map of the solver that comes within a gap first, or in the
 * fewest iterations, over lambda and the problems, which are ordered by K. */
#include "bench/analysis/winner.h"

#include "problems/vector/array.h"

#include "bench/analysis/brief.h"
#include "bench/analysis/slug.h"
#include "bench/text/gaptext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether two y-steps differ in nothing but problem and lambda. */
static bool same_map(const result_row *a, const result_row *b) {
  result_row other = *b;
  other.problem = a->problem;
  other.lambda = a->lambda;
  return group_same_ystep(a, &other);
}

/* ------------------------------------------------------------ the places -- */

static int by_lambda(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void add_column(winners *map, double lambda) {
  for (size_t i = 0; i < map->column_count; i++)
    if (map->lambdas[i] == lambda)
      return;
  map->lambdas[map->column_count++] = lambda;
}

static bool same_family(const result_row *a, const result_row *b) {
  char x[512], y[512];
  brief_spec(a->problem, "K", x, sizeof x);
  brief_spec(b->problem, "K", y, sizeof y);
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
  qsort(map->lambdas, map->column_count, sizeof *map->lambdas, by_lambda);
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
        gapmatrix_cost(gapmatrix_at(&map->of, at->group, s), map->axis);
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
  brief_gap_slug(map->of.gap, gap, sizeof gap);
  if (number)
    snprintf(which, sizeof which, "-%zu", number + 1);
  size_t used = slug_append(slug, 0, sizeof slug - 1, row->loss);
  used = slug_append(slug, used, sizeof slug - 1, "-");
  slug_append(slug, used, sizeof slug - 1, row->fairness);
  snprintf(name, sizeof name, "winner-%s%s%s-%s", slug, which, gap,
           plot_axis_names[map->axis]);
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
  winners map = {.request = request, .axis = plot_axis_or(request, PLOT_TIME)};
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
