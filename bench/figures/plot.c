#include "bench/figures/plot.h"

#include "bench/store/rundir.h"

#include <stdlib.h>
#include <string.h>

#define PLOT(kind) extern const plot_kind kind;
#include "bench/figures/plots.def"
#undef PLOT

const plot_kind *const plot_kinds[] = {
#define PLOT(kind) &kind,
#include "bench/figures/plots.def"
#undef PLOT
    NULL,
};

const plot_cost plot_costs[2] = {
    {"time", "solver time (s)", "Solver time, without set-up and monitoring,"},
    {"iteration", "iterations", "Iterations"}};

/* ------------------------------------------------------------- the y-steps -
 */

/* Whether the group is the first of its figure, and not alone where the kind
 * wants others. */
static bool leads(const plot_kind *kind, const group_set *set, size_t group,
                  int size) {
  const result_row *row = set->groups[group].sample;
  bool enough = !kind->is_larger;
  for (size_t g = 0; g < set->count; g++) {
    const result_row *other = set->groups[g].sample;
    if (!kind->alike(row, other, size))
      continue;
    if (g < group)
      return false;
    enough = enough || kind->is_larger(row, other, size) ||
             kind->is_larger(other, row, size);
  }
  return enough;
}

/* The first group of the number'th figure, and its size; false if there are
 * fewer: then *found says how many. */
static bool find_first(const plot_kind *kind, const group_set *set,
                       size_t number, size_t *first, int *size, size_t *found) {
  *found = 0;
  for (*size = 0; *size == 0 || *size < kind->sizes; ++*size)
    for (*first = 0; *first < set->count; ++*first)
      if (leads(kind, set, *first, *size) && (*found)++ == number)
        return true;
  return false;
}

/* Insert a group where its size wants it. */
static void insert(plot_figure *figure, const run_group *group) {
  const plot_kind *kind = figure->kind;
  group_set *to = &figure->groups;
  size_t place = to->count++;
  for (; place > 0 && kind->is_larger &&
         kind->is_larger(to->groups[place - 1].sample, group->sample,
                         figure->size);
       place--)
    to->groups[place] = to->groups[place - 1];
  to->groups[place] = *group;
}

static ys_code gather(plot_figure *figure, ys_error *error) {
  const plot_kind *kind = figure->kind;
  const group_set *set = figure->request->set;
  size_t first = figure->number, found;
  figure->groups.groups =
      ys_take(&figure->memory, set->count, sizeof *set->groups, "a figure");
  figure->keys = ys_take(&figure->memory, figure->request->solvers->count,
                         sizeof *figure->keys, "a figure");
  ys_code code = ys_memory_check(&figure->memory, error);
  if (code)
    return code;
  if (kind->alike)
    find_first(kind, set, figure->number, &first, &figure->size, &found);
  for (size_t g = first; g < set->count; g++)
    if (g == first ||
        (kind->alike && kind->alike(set->groups[first].sample,
                                    set->groups[g].sample, figure->size)))
      insert(figure, &set->groups[g]);
  group_title(figure->groups.groups, figure->title);
  if (!kind->alike)
    snprintf(figure->slug, sizeof figure->slug, "-%s",
             figure->groups.groups->slug);
  return kind->uses & PLOT_GAP
             ? gap_matrix_make(&figure->groups, figure->request->solvers,
                               figure->gap, &figure->of, error)
             : YS_OK;
}

/* ------------------------------------------------------------- how many ----
 */

static size_t count_axes(const plot_kind *kind, const plot_request *request) {
  return kind->uses & PLOT_BOTH && !request->axis ? 2 : 1;
}

static size_t count_gaps(const plot_kind *kind, const plot_request *request) {
  return kind->uses & PLOT_GAP ? request->gap_count : 1;
}

ys_code plot_count(const plot_kind *kind, const plot_request *request,
                   size_t *count, ys_error *error) {
  size_t first;
  int size;
  if (kind->count)
    return kind->count(request, count, error);
  *count = request->set->count;
  if (kind->alike)
    find_first(kind, request->set, (size_t)-1, &first, &size, count);
  if (!*count && kind->none)
    return ys_fail(error, YS_UNSUPPORTED, "%s", kind->none);
  *count *= count_gaps(kind, request) * count_axes(kind, request);
  return YS_OK;
}

/* Y-steps vary first, then gaps, then axes. */
static void choose(plot_figure *figure, size_t number) {
  const plot_kind *kind = figure->kind;
  const plot_request *request = figure->request;
  const size_t axes = count_axes(kind, request);
  const size_t gaps = count_gaps(kind, request);
  figure->cost = axes == 2 ? (cost_kind)(number % 2) : kind->usual;
  if (request->axis)
    figure->cost =
        strcmp(request->axis, "time") == 0 ? COST_TIME : COST_ITERATION;
  figure->number = number / axes / gaps;
  if (kind->uses & PLOT_GAP) {
    figure->gap = request->gaps[number / axes % gaps];
    text_target(figure->gap_text, figure->gap);
  }
}

/* -------------------------------------------------------------- drawing --- */

/* The path of a figure without an ending, its folder made; to be freed. */
static ys_code make_stem(const plot_request *request, const char *name,
                         char **stem, ys_error *error) {
  ys_code code =
      request->stem ? YS_OK : rundir_folder(request->dir, "figures", error);
  *stem = NULL;
  if (code)
    return code;
  if (request->stem)
    *stem = strdup(request->stem);
  else if (asprintf(stem, "%s/figures/%s", request->dir, name) < 0)
    *stem = NULL;
  return *stem ? YS_OK : ys_fail_memory(error, "a file name");
}

static ys_code draw(const plot_figure *made, ys_error *error) {
  const plot_request *request = made->request;
  const plot_kind *kind = made->kind;
  char name[GROUP_FILE_NAME + 96], *stem;
  snprintf(name, sizeof name, "%s%s%s%s%s%s", kind->name, made->slug,
           kind->uses & PLOT_GAP ? "-gap" : "", made->gap_text,
           kind->uses & PLOT_AXIS ? "-" : "",
           kind->uses & PLOT_AXIS ? plot_costs[made->cost].axis : "");
  ys_code code = make_stem(request, name, &stem, error);
  if (code)
    return code;
  figure_files drawing = {.stem = stem,
                          .script = kind->script,
                          .look = request->look,
                          .formats = request->formats,
                          .format_count = request->format_count,
                          .has_legend = kind->has_legend,
                          .is_named = request->stem != NULL,
                          .content = made,
                          .data = kind->data,
                          .caption = kind->caption,
                          .settings = kind->settings};
  code = figure_draw(&drawing, error);
  free(stem);
  return code;
}

ys_code plot_draw(const plot_kind *kind, const plot_request *request,
                  size_t number, size_t *curves, ys_error *error) {
  plot_figure *figure = calloc(1, kind->figure_size);
  if (!figure)
    return ys_fail_memory(error, "a figure");
  figure->request = request;
  figure->kind = kind;
  figure->solvers = request->solvers;
  figure->x = figure->y = PLOT_NOTHING;
  choose(figure, number);
  ys_code code = kind->count ? YS_OK : gather(figure, error);
  if (!code)
    code = kind->fill(figure, error);
  if (!code)
    code = draw(figure, error);
  if (!code && kind->uses & PLOT_LEGEND && figure->key_count > *curves)
    *curves = figure->key_count;
  if (kind->discard)
    kind->discard(figure);
  gap_matrix_free(&figure->of);
  ys_give_back(&figure->memory);
  free(figure);
  return code;
}
