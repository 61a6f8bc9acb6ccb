#include "bench/analysis/selection.h"

#include "bench/cli/console.h"

#include "bench/analysis/labelling.h"
#include "bench/text/numbers.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_vector.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *option;
  size_t offset; /* in a result_row, of a text; of lambda not used */
} criteria[] = {{"problem", offsetof(result_row, problem)},
                {"lambda", 0},
                {"loss", offsetof(result_row, loss)},
                {"fairness", offsetof(result_row, fairness)},
                {"solver", offsetof(result_row, solver)}};
enum {
  CRITERIA = sizeof criteria / sizeof *criteria,
  LAMBDA = 1,
  SOLVER = CRITERIA - 1
};

static const char *text_of(const result_row *row, size_t criterion,
                           char room[NUMBER_ROOM]) {
  if (criterion != LAMBDA)
    return *(const char *const *)((const char *)row +
                                  criteria[criterion].offset);
  return text_exact(room, row->lambda);
}

/* The same text, or the name in front of the text's ':'; with a ':' at its end,
 * a word is the text of that name that has no options. */
static bool matches_text(const char *word, const char *text) {
  size_t length = strlen(word);
  if (strcmp(word, text) == 0)
    return true;
  if (length > 1 && word[length - 1] == ':')
    return strlen(text) == length - 1 && strncmp(word, text, length - 1) == 0;
  return ys_spec_name_length(text) == length &&
         strncmp(word, text, length) == 0;
}

static bool has_lambda(const group_set *set, double lambda) {
  for (size_t g = 0; g < set->count; g++)
    if (set->groups[g].sample->lambda == lambda)
      return true;
  return false;
}

/* A lambda is picked by its value or, where no run of `set` has just that, as
 * tables show it. */
static bool matches(const group_set *set, size_t criterion, const char *word,
                    const result_row *row) {
  double number;
  char room[NUMBER_ROOM];
  if (criterion == SOLVER && row->solver_label &&
      strcmp(word, row->solver_label) == 0)
    return true;
  if (criterion != LAMBDA)
    return matches_text(word, text_of(row, criterion, room));
  if (!ys_read_number(word, &number))
    return false;
  return has_lambda(set, number) ? row->lambda == number
                                 : number_shown_as(row->lambda, number);
}

static bool passes(const group_set *set, const arg *args, size_t criterion,
                   const result_row *row) {
  const arg *option = args_get(args, criteria[criterion].option);
  for (size_t i = 0; i < option->count; i++)
    if (matches(set, criterion, option->item[i], row))
      return true;
  return option->count == 0;
}

/* --------------------------------------------------- words without a run -- */

static ys_code no_such_run(size_t criterion, const char *word, ys_names names,
                           ys_error *error) {
  char suggestion[YS_SUGGESTION];
  if (criterion == LAMBDA) /* no number is a slip of another */
    ys_names_list(names, suggestion);
  else
    ys_names_suggest(names, word, strlen(word), suggestion);
  return ys_fail(error, YS_BAD_INPUT, "--%s %s: no such run in the directory%s",
                 criteria[criterion].option, word, suggestion);
}

static ys_code check_words(const arg *args, const group_set *set,
                           size_t criterion, ys_error *error) {
  const arg *option = args_get(args, criteria[criterion].option);
  size_t count = option->count ? groups_count_solvers(set) : 0;
  ys_memory memory = {0};
  const char **names = ys_take(&memory, count, sizeof *names, "names");
  char(*room)[NUMBER_ROOM] = ys_take(&memory, count, sizeof *room, "names");
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < count; i++)
    names[i] = text_of(set->solvers[i].runs[0], criterion, room[i]);
  for (size_t w = 0; !code && w < option->count; w++) {
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
      found = matches(set, criterion, option->item[w], set->solvers[i].runs[0]);
    if (!found)
      code = no_such_run(criterion, option->item[w],
                         (ys_names){names, sizeof *names, count}, error);
  }
  ys_give_back(&memory);
  return code;
}

/* ------------------------------------------------------------- applying --- */

static void keep_solvers(const group_set *set, const arg *args,
                         run_group *group) {
  size_t kept = 0;
  for (size_t i = 0; i < group->solver_count; i++)
    if (passes(set, args, SOLVER, group->solvers[i].runs[0]))
      group->solvers[kept++] = group->solvers[i];
  group->solver_count = kept;
}

static bool keeps_group(const group_set *set, const arg *args,
                        const run_group *group) {
  bool keeps = true;
  for (size_t c = 0; c < SOLVER; c++)
    keeps = keeps && passes(set, args, c, group->sample);
  return keeps;
}

/* Which groups are picked depends on all of them: none goes before all are
 * looked at. */
static ys_code keep_groups(const arg *args, group_set *set, ys_error *error) {
  size_t kept = 0;
  bool *keeps = ys_array(set->count + 1, sizeof *keeps);
  if (!keeps)
    return ys_fail_memory(error, "a selection");
  for (size_t g = 0; g < set->count; g++)
    keeps[g] = keeps_group(set, args, &set->groups[g]);
  for (size_t g = 0; g < set->count; g++) {
    run_group group = set->groups[g];
    if (keeps[g])
      keep_solvers(set, args, &group);
    if (keeps[g] && group.solver_count)
      set->groups[kept++] = group;
  }
  set->count = kept;
  free(keeps);
  return YS_OK;
}

ys_code selection_apply(const arg *args, group_set *set, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t c = 0; !code && c < CRITERIA; c++)
    code = check_words(args, set, c, error);
  if (!code)
    code = keep_groups(args, set, error);
  if (code || set->count)
    return code;
  return ys_fail(error, YS_BAD_INPUT,
                 "no run in the directory has all that was asked for "
                 "(problem, lambda, loss, fairness, solver)");
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

ys_code selection_leave_out(const arg *args, const char *dir,
                            result_set *results, ys_error *error) {
  if (args_given(args, "interrupted"))
    return YS_OK;
  const size_t left_out = results_leave_out(results, RUN_INTERRUPTED);
  if (left_out && !results->count)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: all of its runs were interrupted: --interrupted shows "
                   "them; `ystep run` and `sweep` do them again with --resume",
                   dir);
  if (left_out)
    console_note("%s: %zu interrupted runs are left out; --interrupted shows "
                 "them",
                 dir, left_out);
  return YS_OK;
}

ys_code selected_runs_choose_part(const arg *args, selected_runs *runs,
                                  ys_error *error) {
  ys_code code = selection_leave_out(args, runs->dir, &runs->results, error);
  if (!code)
    code = labelling_apply(args, &runs->made, &runs->results, error);
  if (!code)
    code = groups_make(&runs->results, &runs->set, error);
  if (!code)
    code = selection_apply(args, &runs->set, error);
  return code;
}

ys_code selected_runs_choose(const arg *args, selected_runs *runs,
                             ys_error *error) {
  const size_t count = ys_times(LABEL_KINDS, runs->results.count);
  const char **specs = ys_array(count, sizeof *specs);
  if (!specs)
    return ys_fail_memory(error, "labels");
  labelling_specs(&runs->results, specs);
  ys_code code = labelling_check(args_texts(args, "label"),
                                 (arg_texts){specs, count}, error);
  free(specs);
  return code ? code : selected_runs_choose_part(args, runs, error);
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
