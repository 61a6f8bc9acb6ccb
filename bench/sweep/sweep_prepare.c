#include "bench/sweep/sweep_plan.h"

#include "problems/vector/array.h"

#include "bench/run/exec_spec.h"
#include "bench/run/experiment.h"
#include "bench/run/plugin.h"
#include "bench/run/starts.h"
#include "bench/store/meta.h"
#include "bench/sweep/sweep_hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct preparing {
  ys_memory *memory;
  char cpu[256];
  const ys_batch *batch;
  char digest[RUN_DIGEST];  /* of the batch */
  const sweep_run *checked; /* the last run whose start was checked */
  char prior[RUN_DIGEST], start[2 * RUN_DIGEST]; /* its files' digests, or
                                                        their names */
} preparing;

/* An error of one run, with its place in the file. */
static ys_code fail_at(const sweep_run *run, node at, const ys_error *why,
                       ys_error *error) {
  if (why->code == YS_NO_MEMORY)
    return ys_fail(error, YS_NO_MEMORY, "%s", why->text);
  return node_fail(at.found ? at : run->problem->at, error, "%s", why->text);
}

static bool is_same(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

/* Whether a start that is fine for `a` is fine for `b`. */
static bool has_same_start(const sweep_run *a, const sweep_run *b) {
  return a->spec.loss == b->spec.loss && a->spec.fairness == b->spec.fairness &&
         (a->spec.lambda == 0) == (b->spec.lambda == 0) &&
         is_same(a->spec.start, b->spec.start) &&
         is_same(a->spec.prior, b->spec.prior) &&
         (a->spec.seed == b->spec.seed ||
          strncmp(a->spec.start, "random", 6) != 0);
}

static ys_code digest(const char *path, bool is_file, char *text,
                      ys_error *error) {
  if (is_file)
    return sweep_file_digest(path, text, error);
  snprintf(text, RUN_DIGEST, "%s", path);
  return YS_OK;
}

/* What of a start point goes into a run's hash. */
static ys_code digest_start(const char *start, char *text, ys_error *error) {
  start_choice choice;
  ys_code code = start_read(start, &choice, error);
  if (code)
    return code;
  code = digest(choice.where, choice.is_file, text, error);
  if (!code && choice.mix > 0)
    snprintf(text + strlen(text), RUN_DIGEST, " mix %a", choice.mix);
  start_free(&choice);
  return code;
}

static ys_code check_start(preparing *p, const sweep_run *run,
                           const ys_objective *objective, ys_error *error) {
  ys_error why;
  if (p->checked && has_same_start(p->checked, run))
    return YS_OK;
  ys_code code =
      experiment_check_start(objective, run->spec.start, run->spec.seed, &why);
  if (!code)
    code = digest_start(run->spec.start, p->start, &why);
  if (code)
    return fail_at(run, run->start_at, &why, error);
  if (digest(run->spec.prior, !is_same(run->spec.prior, "uniform"), p->prior,
             &why))
    return fail_at(run, run->prior_at, &why, error);
  p->checked = run;
  return YS_OK;
}

static ys_code check_solver(preparing *p, sweep_run *run,
                            const ys_objective *objective, ys_error *error) {
  chosen_solver chosen;
  ys_error why;
  ys_code code =
      plugin_parse(run->solver->spec, &chosen.solver, &chosen.options, &why);
  if (!code) {
    code = experiment_check_solver(&chosen, objective, &why);
    if (!code && run->spec.ranks > 1)
      code = ys_run_check_ranks(chosen.solver, &why);
    ys_options_free(&chosen.options);
  }
  if (code != YS_UNSUPPORTED)
    return code ? fail_at(run, run->solver->at, &why, error) : YS_OK;
  run->unsupported = ys_take_text(p->memory, "%s", why.text);
  return run->unsupported ? YS_OK : ys_fail_memory(error, "the plan");
}

/* Behind the text, the content of each word of the command that is a file. */
static ys_code digest_command(ys_memory *memory, const char **text,
                              ys_error *error) {
  ys_options options;
  ys_code code = exec_spec_parse(*text, &options, error);
  if (code)
    return code;
  char **words = exec_spec_words(&options, memory);
  ys_options_free(&options);
  for (; !code && *text && words && *words; words++) {
    struct stat status;
    char content[RUN_DIGEST];
    if (stat(*words, &status) != 0 || !S_ISREG(status.st_mode) ||
        access(*words, R_OK) != 0)
      continue;
    code = sweep_file_digest(*words, content, error);
    if (!code)
      *text = ys_take_text(memory, "%s %s", *text, content);
  }
  return code ? code : ys_memory_check(memory, error);
}

/* What of a solver goes into a run's hash: its text, and of a plug-in the file,
 * of a process those of its command. */
static ys_code digest_solver(preparing *p, const sweep_run *run,
                             const char **text, ys_error *error) {
  const char *spec = run->spec.solver;
  char *path, content[RUN_DIGEST];
  ys_error why;
  *text = spec;
  if (exec_is_spec(spec))
    return digest_command(p->memory, text, &why)
               ? fail_at(run, run->solver->at, &why, error)
               : YS_OK;
  if (!plugin_is_name(spec, &path))
    return YS_OK;
  ys_code code = path ? sweep_file_digest(path, content, &why)
                      : ys_fail_memory(&why, "a plug-in");
  free(path);
  if (code)
    return fail_at(run, run->solver->at, &why, error);
  *text = ys_take_text(p->memory, "%s %s", spec, content);
  return *text ? YS_OK : ys_fail_memory(error, "the plan");
}

static ys_code make_objective(preparing *p, const sweep_run *run,
                              ys_objective *objective, ys_error *error) {
  double *prior = NULL;
  ys_error why;
  ys_code code = YS_OK;
  if (!is_same(run->spec.prior, "uniform"))
    code = prior_read(run->spec.prior, p->batch->classes, &prior, &why);
  if (!code)
    code = ys_objective_init(objective, p->batch, run->spec.loss,
                             run->spec.fairness, run->spec.lambda, prior,
                             run->spec.threads, &why);
  free(prior);
  return code ? fail_at(run, run->prior_at, &why, error) : YS_OK;
}

static ys_code prepare_run(preparing *p, sweep_run *run, ys_error *error) {
  ys_objective objective;
  const char *solver;
  ys_code code = make_objective(p, run, &objective, error);
  if (code)
    return code;
  run->spec.rows = p->batch->rows;
  run->spec.classes = p->batch->classes;
  strcpy(run->spec.batch, p->digest);
  code = check_start(p, run, &objective, error);
  if (!code)
    code = check_solver(p, run, &objective, error);
  if (!code)
    code = digest_solver(p, run, &solver, error);
  if (!code)
    code =
        sweep_run_hash(&run->spec, p->cpu, p->prior, p->start, solver, error);
  ys_objective_free(&objective);
  return code;
}

/* The runs [*next, ...) that are of one problem. */
static ys_code prepare_problem(preparing *p, sweep_plan *plan, size_t *next,
                               ys_error *error) {
  const sweep_entry *problem = plan->runs[*next].problem;
  ys_batch batch;
  ys_error why;
  ys_code code = ys_problem_make(problem->spec, plan->runs[*next].spec.threads,
                                 &batch, &why);
  if (code)
    return fail_at(&plan->runs[*next], problem->at, &why, error);
  experiment_note_batch(problem->spec, &batch);
  code = sweep_batch_digest(&batch, p->digest, error);
  p->batch = &batch;
  p->checked = NULL;
  for (; !code && *next < plan->count && plan->runs[*next].problem == problem;
       ++*next)
    code = prepare_run(p, &plan->runs[*next], error);
  ys_batch_free(&batch);
  return code;
}

/* ---------------------------------------------------------- duplicates ---- */

static int by_hash(const void *a, const void *b) {
  const sweep_run *x = *(const sweep_run *const *)a;
  const sweep_run *y = *(const sweep_run *const *)b;
  int order = strcmp(x->spec.hash, y->spec.hash);
  return order ? order : (x->spec.id > y->spec.id) - (x->spec.id < y->spec.id);
}

static ys_code fail_twice(const sweep_run *first, const sweep_run *run,
                          ys_error *error) {
  return node_fail(run->solver->at, error,
                   "%s on %s, lambda %g, is planned twice: also by line %zu "
                   "(solver) and line %zu (problem)",
                   run->solver->spec, run->problem->spec, run->spec.lambda,
                   first->solver->at.found->start_mark.line + 1,
                   first->problem->at.found->start_mark.line + 1);
}

static ys_code check_duplicates(const sweep_plan *plan, ys_error *error) {
  ys_code code = YS_OK;
  const sweep_run **sorted = ys_array(plan->count + 1, sizeof *sorted);
  if (!sorted)
    return ys_fail_memory(error, "the plan");
  for (size_t i = 0; i < plan->count; i++)
    sorted[i] = &plan->runs[i];
  qsort(sorted, plan->count, sizeof *sorted, by_hash);
  for (size_t i = 1; !code && i < plan->count; i++)
    if (strcmp(sorted[i]->spec.hash, sorted[i - 1]->spec.hash) == 0)
      code = fail_twice(sorted[i - 1], sorted[i], error);
  free(sorted);
  return code;
}

ys_code sweep_prepare(sweep_plan *plan, ys_memory *memory, ys_error *error) {
  preparing p = {.memory = memory};
  size_t next = 0;
  ys_code code = YS_OK;
  meta_cpu(p.cpu, sizeof p.cpu);
  while (!code && next < plan->count)
    code = prepare_problem(&p, plan, &next, error);
  return code ? code : check_duplicates(plan, error);
}
