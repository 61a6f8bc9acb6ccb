#include "bench/analysis/groups.h"

#include "problems/vector/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run and its place: the first runs of its y-step and of its solver. */
typedef struct placed {
  const result_row *row;
  size_t group, solver;
} placed;

/* Runs without settings are of one command, and so of one start and prior. */
static bool same_start(const result_row *a, const result_row *b) {
  if (!a->settings || !b->settings)
    return a->settings == b->settings;
  return strcmp(a->settings->start, b->settings->start) == 0 &&
         strcmp(a->settings->prior, b->settings->prior) == 0;
}

bool group_same_terms(const result_row *a, const result_row *b) {
  return a->lambda == b->lambda && strcmp(a->loss, b->loss) == 0 &&
         strcmp(a->fairness, b->fairness) == 0 &&
         result_ranks(a) == result_ranks(b);
}

bool group_same_ystep(const result_row *a, const result_row *b) {
  return strcmp(a->problem, b->problem) == 0 && group_same_terms(a, b) &&
         same_start(a, b);
}

static bool same_solver(const result_row *a, const result_row *b) {
  return strcmp(a->solver, b->solver) == 0;
}

/* The number, from 0, of the row's kind among the kinds seen so far; a new one
 * is added to `kinds`. */
static size_t rank(const result_row *row, const result_row **kinds,
                   size_t *count,
                   bool (*same)(const result_row *, const result_row *)) {
  size_t i = 0;
  while (i < *count && !same(row, kinds[i]))
    i++;
  if (i == *count)
    kinds[(*count)++] = row;
  return i;
}

static int by_place(const void *a, const void *b) {
  const placed *x = a, *y = b;
  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  if (x->solver != y->solver)
    return x->solver < y->solver ? -1 : 1;
  return (x->row->run_id > y->row->run_id) - (x->row->run_id < y->row->run_id);
}

/* Place every run, with `kinds` as memory for 2 x count rows. */
static void place(const result_set *results, const result_row **kinds,
                  placed *places) {
  size_t groups = 0, solvers = 0;
  for (size_t i = 0; i < results->count; i++) {
    const result_row *row = &results->rows[i];
    places[i].row = row;
    places[i].group = rank(row, kinds, &groups, group_same_ystep);
    places[i].solver = rank(row, kinds + results->count, &solvers, same_solver);
  }
  qsort(places, results->count, sizeof *places, by_place);
}

static void fill(group_set *set, const placed *places, size_t count) {
  size_t solvers = 0;
  for (size_t i = 0; i < count; i++) {
    bool new_group = i == 0 || places[i].group != places[i - 1].group;
    set->runs[i] = places[i].row;
    if (new_group)
      set->groups[set->count++] = (run_group){
          .sample = places[i].row, .solvers = &set->solvers[solvers]};
    if (new_group || places[i].solver != places[i - 1].solver) {
      set->solvers[solvers++] =
          (solver_runs){places[i].row->solver, &set->runs[i], 0};
      set->groups[set->count - 1].solver_count++;
    }
    set->solvers[solvers - 1].count++;
  }
}

/* ------------------------------------------------------ names of groups --- */

enum { WHOLE_SLUG = GROUP_FILE_NAME - 12 };

static void make_slug(run_group *group) {
  const result_row *row = group->sample;
  char rest[GROUP_FILE_NAME], own[OWN_TERMS];
  size_t used = file_name_of_problem(group->slug, row->problem);
  bool usual = strcmp(row->loss, "collision") == 0 &&
               strcmp(row->fairness, "strong") == 0;
  if (!usual) {
    snprintf(rest, sizeof rest, "-%s-%s", row->loss, row->fairness);
    used = file_name_append(group->slug, used, WHOLE_SLUG, rest);
  }
  snprintf(rest, sizeof rest, "-lambda%g", row->lambda);
  used = file_name_append(group->slug, used, WHOLE_SLUG, rest);
  file_name_append(group->slug, used, WHOLE_SLUG, group_own_terms(row, own));
}

static bool is_taken(const group_set *set, size_t group) {
  for (size_t i = 0; i < group; i++)
    if (strcmp(set->groups[i].slug, set->groups[group].slug) == 0)
      return true;
  return false;
}

/* Groups whose names come out the same are numbered: NAME, NAME-2, ... */
static void make_slugs(group_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    char *slug = set->groups[i].slug;
    make_slug(&set->groups[i]);
    size_t length = strlen(slug);
    for (size_t number = 2; is_taken(set, i); number++)
      snprintf(slug + length, GROUP_FILE_NAME - length, "-%zu", number);
  }
}

/* -------------------------------------------------------------- public ---- */

ys_code groups_make(const result_set *results, group_set *set,
                    ys_error *error) {
  size_t count = results->count;
  const char *const what = "groups of runs";
  ys_memory scratch = {0};
  placed *places = ys_take(&scratch, count, sizeof *places, what);
  const result_row **kinds =
      ys_take(&scratch, ys_times(2, count), sizeof *kinds, what);
  *set = (group_set){0};
  set->groups = ys_take(&set->memory, count, sizeof *set->groups, what);
  set->solvers = ys_take(&set->memory, count, sizeof *set->solvers, what);
  set->runs = ys_take(&set->memory, count, sizeof *set->runs, what);
  ys_code code = ys_memory_check(&scratch, error);
  if (!code)
    code = ys_memory_check(&set->memory, error);
  if (!code) {
    place(results, kinds, places);
    fill(set, places, count);
    make_slugs(set);
  } else {
    groups_free(set);
  }
  ys_give_back(&scratch);
  return code;
}

void groups_free(group_set *set) {
  ys_give_back(&set->memory);
  *set = (group_set){0};
}

size_t groups_count_solvers(const group_set *set) {
  size_t count = 0;
  for (size_t g = 0; g < set->count; g++)
    count += set->groups[g].solver_count;
  return count;
}

const char *group_title(const run_group *group, char text[GROUP_TITLE]) {
  const result_row *row = group->sample;
  char own[OWN_TERMS];
  snprintf(text, GROUP_TITLE, "%s (%ld x %ld), %s + %s, lambda %g%s",
           result_problem_name(row), row->rows, row->classes, row->loss,
           row->fairness, row->lambda, group_own_terms(row, own));
  return text;
}

bool group_has_repeats(const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++)
    if (group->solvers[s].count > 1)
      return true;
  return false;
}

const char *solver_runs_name(const solver_runs *solver) {
  return result_solver_name(solver->runs[0]);
}

static size_t count_status(const solver_runs *solver, size_t from,
                           const char *status) {
  size_t found = 0;
  for (size_t i = from; i < solver->count; i++)
    found += strcmp(solver->runs[i]->status, status) == 0;
  return found;
}

void solver_runs_status(const solver_runs *solver, char *text, size_t room) {
  short_text to = {text, 0, room};
  text[0] = '\0';
  for (size_t i = 0; i < solver->count; i++) {
    const char *status = solver->runs[i]->status;
    size_t same = count_status(solver, 0, status);
    if (same > count_status(solver, i, status))
      continue; /* counted already */
    short_text_add(&to, "%s%s", to.used ? ", " : "", status);
    if (same < solver->count)
      short_text_add(&to, " %zu", same);
  }
}

const result_row *solver_runs_message(const solver_runs *solver) {
  const result_row *telling = NULL;
  for (size_t i = 0; i < solver->count; i++) {
    const result_row *run = solver->runs[i];
    if (run->message[0] && result_has_status(run, RUN_FAILED))
      return run;
    if (run->message[0] && !telling)
      telling = run;
  }
  return telling;
}

const char *solver_runs_failure(const solver_runs *solver) {
  const result_row *said = solver_runs_message(solver);
  return said && result_left_domain(said) ? "left the domain"
                                          : run_status_name(RUN_FAILED);
}
