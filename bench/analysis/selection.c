#include "bench/analysis/selection.h"

#include "problems/options.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_vector.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT = 32 };

static const struct {
  const char *option;
  size_t offset; /* in a result_row, of a text; of lambda not used */
} criteria[] = {{"problem", offsetof(result_row, problem)},
                {"lambda", 0},
                {"loss", offsetof(result_row, loss)},
                {"fairness", offsetof(result_row, fairness)},
                {"solvers", offsetof(result_row, solver)}};
enum {
  CRITERIA = sizeof criteria / sizeof *criteria,
  LAMBDA = 1,
  SOLVER = CRITERIA - 1
};

static const char *text_of(const result_row *row, size_t criterion,
                           char room[NUMBER_TEXT]) {
  if (criterion != LAMBDA)
    return *(const char *const *)((const char *)row +
                                  criteria[criterion].offset);
  snprintf(room, NUMBER_TEXT, "%.17g", row->lambda);
  return room;
}

/* The same text, the name in front of the text's ':', or the same number; with
 * a ':' at its end, a word is the text of that name that has no options. */
static bool matches(const char *word, const char *text) {
  double a, b;
  size_t length = strlen(word);
  if (strcmp(word, text) == 0)
    return true;
  if (length > 1 && word[length - 1] == ':')
    return strlen(text) == length - 1 && strncmp(word, text, length - 1) == 0;
  if (ys_read_number(word, &a) && ys_read_number(text, &b))
    return a == b;
  return ys_spec_name_length(text) == length &&
         strncmp(word, text, length) == 0;
}

static bool passes(const arg *args, size_t criterion, const result_row *row) {
  const arg *option = args_get(args, criteria[criterion].option);
  char room[NUMBER_TEXT];
  const char *text = text_of(row, criterion, room);
  for (size_t i = 0; i < option->count; i++)
    if (matches(option->item[i], text))
      return true;
  return option->count == 0;
}

/* --------------------------------------------------- words without a run -- */

static ys_code check_words(const arg *args, const group_set *set,
                           size_t criterion, ys_error *error) {
  const arg *option = args_get(args, criteria[criterion].option);
  size_t count = option->count ? groups_count_solvers(set) : 0;
  ys_memory memory = {0};
  const char **names = ys_take(&memory, count, sizeof *names, "names");
  char(*room)[NUMBER_TEXT] = ys_take(&memory, count, sizeof *room, "names");
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < count; i++)
    names[i] = text_of(set->solvers[i].runs[0], criterion, room[i]);
  for (size_t w = 0; !code && w < option->count; w++) {
    const char *word = option->item[w];
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
      found = matches(word, names[i]);
    if (!found)
      code =
          ys_fail(error, YS_BAD_INPUT,
                  "--%s %s: no such run in the directory; did you mean '%s'?",
                  criteria[criterion].option, word,
                  ys_names_nearest((ys_names){names, sizeof *names, count},
                                   word, strlen(word)));
  }
  ys_give_back(&memory);
  return code;
}

/* ------------------------------------------------------------- applying --- */

static void keep_solvers(const arg *args, run_group *group) {
  size_t kept = 0;
  for (size_t i = 0; i < group->solver_count; i++)
    if (passes(args, SOLVER, group->solvers[i].runs[0]))
      group->solvers[kept++] = group->solvers[i];
  group->solver_count = kept;
}

ys_code selection_apply(const arg *args, group_set *set, ys_error *error) {
  size_t kept = 0;
  for (size_t c = 0; c < CRITERIA; c++) {
    ys_code code = check_words(args, set, c, error);
    if (code)
      return code;
  }
  for (size_t g = 0; g < set->count; g++) {
    run_group group = set->groups[g];
    bool keep = true;
    for (size_t c = 0; c < SOLVER; c++)
      keep = keep && passes(args, c, group.sample);
    if (keep)
      keep_solvers(args, &group);
    if (keep && group.solver_count)
      set->groups[kept++] = group;
  }
  set->count = kept;
  return kept ? YS_OK
              : ys_fail(error, YS_BAD_INPUT,
                        "no run in the directory has all that was asked for "
                        "(problem, lambda, loss, fairness, solvers)");
}

/* ------------------------------------------------------------ directories - */

ys_code selected_runs_read(const char *dir, bool with_runs, selected_runs *runs,
                           ys_error *error) {
  *runs = (selected_runs){.dir = dir};
  ys_code code = with_runs ? results_read(dir, &runs->results, error) : YS_OK;
  if (!code)
    code = provenance_read(dir, &runs->made, error);
  return code;
}

ys_code selected_runs_choose(const arg *args, selected_runs *runs,
                             ys_error *error) {
  ys_code code = groups_make(&runs->results, &runs->set, error);
  if (!code)
    code = selection_apply(args, &runs->set, error);
  return code;
}

void selected_runs_free(selected_runs *runs) {
  groups_free(&runs->set);
  provenance_free(&runs->made);
  results_free(&runs->results);
}

/* ----------------------------------------------------------------- gaps --- */

ys_code gap_levels_read(const arg *args, const char *name, double **gaps,
                        size_t *count, ys_error *error) {
  size_t given, kept = 0;
  ys_code code = args_numbers(args, name, gaps, &given, error);
  *count = 0;
  if (code)
    return code;
  gsl_sort(*gaps, 1, given);
  gsl_vector_view all = gsl_vector_view_array(*gaps, given);
  gsl_vector_reverse(&all.vector);
  for (size_t i = 0; i < given; i++)
    if (i == 0 || (*gaps)[i] != (*gaps)[kept - 1])
      (*gaps)[kept++] = (*gaps)[i];
  *count = kept;
  return YS_OK;
}
