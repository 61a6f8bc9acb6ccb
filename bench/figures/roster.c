#include "bench/figures/roster.h"

#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

/* The number of a solver; count if it is none of them. */
static size_t find(const roster *solvers, const char *name) {
  size_t i = 0;
  while (i < solvers->count && strcmp(solvers->names[i], name) != 0)
    i++;
  return i;
}

size_t roster_number(const roster *solvers, const char *name) {
  return find(solvers, name);
}

static size_t most_solvers(const group_set *set) {
  size_t most = 0;
  for (size_t g = 0; g < set->count; g++)
    most += set->groups[g].solver_count;
  return most;
}

static void add_group(roster *solvers, const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++) {
    const char *name = group->solvers[s].solver;
    if (find(solvers, name) == solvers->count)
      solvers->names[solvers->count++] = name;
  }
}

ys_code roster_make(const group_set *set, roster *solvers, ys_error *error) {
  *solvers = (roster){
      .names = ys_array(most_solvers(set) + 1, sizeof *solvers->names)};
  if (solvers->names)
    for (size_t g = 0; g < set->count; g++)
      add_group(solvers, &set->groups[g]);
  solvers->labels = ys_array(solvers->count + 1, sizeof *solvers->labels);
  if (!solvers->names || !solvers->labels) {
    roster_free(solvers);
    return ys_fail_memory(error, "the list of solvers");
  }
  legend_make(solvers->names, solvers->count, solvers->labels);
  return YS_OK;
}

void roster_free(roster *solvers) {
  free(solvers->names);
  free(solvers->labels);
  *solvers = (roster){0};
}

void roster_explain(FILE *out, const roster *solvers, size_t number) {
  if (strcmp(solvers->labels[number].text, solvers->names[number]) != 0)
    fprintf(out, "In the legend, %s is %s.\n", solvers->labels[number].text,
            solvers->names[number]);
}
