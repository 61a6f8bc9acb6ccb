#include "bench/analysis/solver_styles.h"

#include "problems/options.h"

#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------- labels --- */

static void append_option(short_text *to, const char *item, size_t length) {
  const char *equals = memchr(item, '=', length);
  char value[256];
  double number;
  size_t key = equals ? (size_t)(equals - item) + 1 : 0;
  snprintf(value, sizeof value, "%.*s", (int)(length - key), item + key);
  if (ys_read_number(value, &number))
    key = 0;
  short_text_add(to, "%.*s", (int)(length - key), item + key);
}

static void drop_keys(const char *spec, char *text, size_t room) {
  short_text to = {text, 0, room};
  const char *item = ys_spec_options(spec);
  short_text_add(&to, "%.*s", (int)ys_spec_name_length(spec), spec);
  for (const char *before = ":"; item && *item; before = ",") {
    size_t length = ys_option_length(item);
    short_text_add(&to, "%s", before);
    append_option(&to, item, length);
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

size_t solver_style_number(const solver_styles *solvers, const char *name) {
  size_t i = 0;
  while (i < solvers->count && strcmp(solvers->names[i], name) != 0)
    i++;
  return i;
}

static void add_group(solver_styles *solvers, const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++) {
    const char *name = group->solvers[s].solver;
    if (solver_style_number(solvers, name) == solvers->count)
      solvers->names[solvers->count++] = name;
  }
}

ys_code solver_styles_make(const group_set *set, solver_styles *solvers,
                           ys_error *error) {
  const size_t most = groups_count_solvers(set);
  const char *const what = "the list of solvers";
  *solvers = (solver_styles){0};
  solvers->names =
      ys_take(&solvers->memory, most, sizeof *solvers->names, what);
  solvers->labels =
      ys_take(&solvers->memory, most, sizeof *solvers->labels, what);
  ys_code code = ys_memory_check(&solvers->memory, error);
  if (code) {
    solver_styles_free(solvers);
    return code;
  }
  for (size_t g = 0; g < set->count; g++)
    add_group(solvers, &set->groups[g]);
  solver_labels_make(solvers->names, solvers->count, solvers->labels);
  return YS_OK;
}

void solver_styles_free(solver_styles *solvers) {
  ys_give_back(&solvers->memory);
  *solvers = (solver_styles){0};
}

void solver_style_explain(FILE *out, const solver_styles *solvers,
                          size_t number) {
  if (strcmp(solvers->labels[number].text, solvers->names[number]) != 0)
    fprintf(out, "In the legend, %s is %s.\n", solvers->labels[number].text,
            solvers->names[number]);
}
