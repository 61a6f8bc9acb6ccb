#include "bench/analysis/solver_styles.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------- labels --- */

static size_t append_option(char *text, size_t used, size_t room,
                            const char *item, size_t length) {
  const char *equals = memchr(item, '=', length);
  char value[256];
  double number;
  size_t key = equals ? (size_t)(equals - item) + 1 : 0;
  snprintf(value, sizeof value, "%.*s", (int)(length - key), item + key);
  if (key && !ys_read_number(value, &number)) {
    item += key;
    length -= key;
  }
  if (used < room)
    used +=
        (size_t)snprintf(text + used, room - used, "%.*s", (int)length, item);
  return used;
}

static void drop_keys(const char *spec, char *text, size_t room) {
  size_t name = ys_spec_name_length(spec);
  size_t used = (size_t)snprintf(text, room, "%.*s", (int)name, spec);
  const char *item = ys_spec_options(spec);
  for (const char *before = ":"; item && *item; before = ",") {
    size_t length = ys_option_length(item);
    if (used < room)
      used += (size_t)snprintf(text + used, room - used, "%s", before);
    used = append_option(text, used, room, item, length);
    item += length + (item[length] == ',');
  }
}

static void leave_out_middle(char *text) {
  enum { TAIL = 9, HEAD = SOLVER_LABEL_LONGEST - TAIL - 2 };
  size_t length = strlen(text);
  memmove(text + HEAD + 2, text + length - TAIL, TAIL + 1);
  memcpy(text + HEAD, "..", 2);
}

static void shorten(const char *spec, char *label) {
  char text[1024];
  snprintf(text, sizeof text, "%s", spec);
  if (strlen(text) > SOLVER_LABEL_LONGEST)
    drop_keys(spec, text, sizeof text);
  if (strlen(text) > SOLVER_LABEL_LONGEST)
    leave_out_middle(text);
  snprintf(label, SOLVER_LABEL_ROOM, "%.*s", SOLVER_LABEL_LONGEST, text);
}

static bool is_taken(const solver_label *labels, size_t count,
                     const char *label) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(labels[i].text, label) == 0)
      return true;
  return false;
}

void solver_labels_make(const char *const *solvers, size_t count,
                        solver_label *labels) {
  for (size_t i = 0; i < count; i++) {
    char *label = labels[i].text;
    shorten(solvers[i], label);
    size_t length = strlen(label);
    for (size_t number = 2; is_taken(labels, i, label); number++)
      snprintf(label + length, SOLVER_LABEL_ROOM - length, " (%zu)", number);
  }
}

/* -------------------------------------------------------------- numbers --- */

static size_t find(const solver_styles *solvers, const char *name) {
  size_t i = 0;
  while (i < solvers->count && strcmp(solvers->names[i], name) != 0)
    i++;
  return i;
}

size_t solver_style_number(const solver_styles *solvers, const char *name) {
  return find(solvers, name);
}

static size_t most_solvers(const group_set *set) {
  size_t most = 0;
  for (size_t g = 0; g < set->count; g++)
    most += set->groups[g].solver_count;
  return most;
}

static void add_group(solver_styles *solvers, const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++) {
    const char *name = group->solvers[s].solver;
    if (find(solvers, name) == solvers->count)
      solvers->names[solvers->count++] = name;
  }
}

ys_code solver_styles_make(const group_set *set, solver_styles *solvers,
                           ys_error *error) {
  *solvers = (solver_styles){
      .names = ys_array(most_solvers(set) + 1, sizeof *solvers->names)};
  if (solvers->names)
    for (size_t g = 0; g < set->count; g++)
      add_group(solvers, &set->groups[g]);
  solvers->labels = ys_array(solvers->count + 1, sizeof *solvers->labels);
  if (!solvers->names || !solvers->labels) {
    solver_styles_free(solvers);
    return ys_fail_memory(error, "the list of solvers");
  }
  solver_labels_make(solvers->names, solvers->count, solvers->labels);
  return YS_OK;
}

void solver_styles_free(solver_styles *solvers) {
  free(solvers->names);
  free(solvers->labels);
  *solvers = (solver_styles){0};
}

void solver_style_explain(FILE *out, const solver_styles *solvers,
                          size_t number) {
  if (strcmp(solvers->labels[number].text, solvers->names[number]) != 0)
    fprintf(out, "In the legend, %s is %s.\n", solvers->labels[number].text,
            solvers->names[number]);
}
