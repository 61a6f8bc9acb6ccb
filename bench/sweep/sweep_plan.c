#include "bench/sweep/sweep_plan.h"

#include "bench/sweep/sweep_hash.h"

#include "problems/generators/rng.h"
#include "problems/options.h"
#include "problems/vector/array.h"

#include "bench/text/numbers.h"

#include <fnmatch.h>
#include <gsl/gsl_randist.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 1000000, MOST_WORDS = 256 /* of a filter */ };

/* -------------------------------------------------------------- filters -- */

/* The whole spec, or the name in front of its ':'. */
static bool matches(node word, const char *spec) {
  const char *text = (const char *)word.found->data.scalar.value;
  size_t length = ys_spec_name_length(spec);
  return strcmp(text, spec) == 0 ||
         (strlen(text) == length && strncmp(text, spec, length) == 0);
}

static bool any_matches(node words, const char *spec) {
  for (size_t i = 0; i < node_count(words); i++)
    if (matches(node_item(words, i), spec))
      return true;
  return false;
}

static bool is_wanted(const sweep_entry *problem, const sweep_entry *solver) {
  return (!solver->only.found || any_matches(solver->only, problem->spec)) &&
         (!solver->except.found || !any_matches(solver->except, problem->spec));
}

/* Every word must be the name or the spec of a problem. */
static ys_code check_words(const sweep_entries *problems, node words,
                           const char *key, ys_error *error) {
  if (!words.found)
    return YS_OK;
  if (node_is_mapping(words) || node_count(words) == 0)
    return node_fail(words, error, "%s: expected a list of problems", key);
  if (node_count(words) > MOST_WORDS)
    return node_fail(words, error, "%s: %zu problems: expected at most %d", key,
                     node_count(words), MOST_WORDS);
  for (size_t i = 0; i < node_count(words); i++) {
    node word = node_item(words, i);
    const char *text;
    size_t p = 0;
    ys_code code = node_text(word, key, "a problem", &text, error);
    if (code)
      return code;
    while (p < problems->count && !matches(word, problems->item[p].spec))
      p++;
    if (p == problems->count)
      return node_fail(word, error,
                       "%s: '%s' is none of the problems, such as '%s'", key,
                       text, problems->item[0].spec);
  }
  return YS_OK;
}

/* Every solver must have a problem, and every problem a solver. */
static ys_code check_coverage(const sweep_file *file, ys_error *error) {
  const sweep_entries *problems = &file->problems, *solvers = &file->solvers;
  for (size_t s = 0; s < solvers->count; s++) {
    size_t p = 0;
    while (p < problems->count &&
           !is_wanted(&problems->item[p], &solvers->item[s]))
      p++;
    if (p == problems->count)
      return node_fail(solvers->item[s].at, error,
                       "%s: its filters leave it no problem",
                       solvers->item[s].spec);
  }
  for (size_t p = 0; p < problems->count; p++) {
    size_t s = 0;
    while (s < solvers->count &&
           !is_wanted(&problems->item[p], &solvers->item[s]))
      s++;
    if (s == solvers->count)
      return node_fail(problems->item[p].at, error,
                       "%s: the filters of the solvers leave it none",
                       problems->item[p].spec);
  }
  return YS_OK;
}

static ys_code check_filters(const sweep_file *file, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t s = 0; !code && s < file->solvers.count; s++) {
    const sweep_entry *solver = &file->solvers.item[s];
    code = check_words(&file->problems, solver->only, "only", error);
    if (!code)
      code = check_words(&file->problems, solver->except, "except", error);
  }
  return code ? code : check_coverage(file, error);
}

/* -------------------------------------------------------------- product -- */

/* What is said of a problem and a solver. */
typedef struct pair {
  const sweep_values *of[SWEEP_KEYS];
  const sweep_entry *problem, *solver;
} pair;

/* The solver's word comes first, then the problem's, then that for all. */
static pair make_pair(const sweep_file *file, size_t p, size_t s) {
  pair made = {.problem = &file->problems.item[p],
               .solver = &file->solvers.item[s]};
  const sweep_settings *const words[] = {
      &made.solver->settings, &made.problem->settings, &file->settings};
  for (int key = 0; key < SWEEP_KEYS; key++) {
    size_t i = 0;
    while (i < 2 && !words[i]->of[key].count)
      i++;
    made.of[key] = &words[i]->of[key];
  }
  return made;
}

static double number(const pair *from, sweep_key key) {
  return from->of[key]->item[0].number;
}

static size_t repeats(const pair *from) {
  return (size_t)number(from, SWEEP_REPEATS);
}

static size_t pair_size(const pair *from) {
  size_t size = repeats(from);
  for (int axis = 0; axis < SWEEP_AXES; axis++)
    size = ys_times(size, from->of[axis]->count);
  return size;
}

/* Split off the place on an axis. */
static const sweep_value *place(const pair *from, sweep_key key,
                                size_t *index) {
  const sweep_values *axis = from->of[key];
  const sweep_value *found = &axis->item[*index % axis->count];
  *index /= axis->count;
  return found;
}

static void set_limits(const pair *from, sweep_run *run) {
  double wall = number(from, SWEEP_WALL_LIMIT);
  run->spec.limits =
      (run_limits){.tolerance = number(from, SWEEP_TOL),
                   .max_iterations = (long)number(from, SWEEP_MAX_ITER),
                   .seconds = number(from, SWEEP_TIME_LIMIT),
                   .trace_every = (long)number(from, SWEEP_TRACE_EVERY)};
  /* A run ends by itself at the wall limit of run_limits; only one that does
   * not get there is killed. */
  run->spec.wall_seconds =
      wall >= 0 ? wall : (RUN_WALL_FACTOR + 1) * run->spec.limits.seconds + 30;
  run->spec.memory_mebibytes = number(from, SWEEP_MEMORY_LIMIT);
}

static int share_threads(int threads, size_t ranks) {
  const int each = threads / (int)ranks;
  return each > 1 ? each : 1;
}

/* The run in place `index` of a pair's product, the repeats running fastest. */
static sweep_run run_at(const pair *from, size_t index, int threads) {
  sweep_run run = {.problem = from->problem, .solver = from->solver};
  double own_threads = number(from, SWEEP_THREADS);
  run.spec.problem = from->problem->spec;
  run.spec.solver = from->solver->spec;
  run.spec.repeat = index % repeats(from);
  index /= repeats(from);
  run.spec.ranks = (size_t)place(from, SWEEP_RANKS, &index)->number;
  run.spec.seed = (unsigned long)place(from, SWEEP_SEEDS, &index)->number;
  const sweep_value *prior = place(from, SWEEP_PRIORS, &index);
  const sweep_value *start = place(from, SWEEP_STARTS, &index);
  run.spec.lambda = place(from, SWEEP_LAMBDAS, &index)->number;
  run.spec.fairness = (ys_fairness)place(from, SWEEP_FAIRNESS, &index)->number;
  run.spec.loss = (ys_loss)place(from, SWEEP_LOSSES, &index)->number;
  run.spec.threads = own_threads > 0 ? (int)own_threads
                     : threads > 0   ? threads
                                     : share_threads(-threads, run.spec.ranks);
  run.spec.start = start->text;
  run.start_at = start->at;
  run.spec.prior = prior->text;
  run.prior_at = prior->at;
  set_limits(from, &run);
  return run;
}

/* Call for every pair that is wanted: count its runs, or make them. */
static void fill(const sweep_file *file, int threads, sweep_plan *plan) {
  plan->count = 0;
  for (size_t p = 0; p < file->problems.count; p++)
    for (size_t s = 0; s < file->solvers.count; s++) {
      pair from = make_pair(file, p, s);
      if (!is_wanted(from.problem, from.solver))
        continue;
      for (size_t i = 0; plan->runs && i < pair_size(&from); i++) {
        plan->runs[plan->count + i] = run_at(&from, i, threads);
        plan->runs[plan->count + i].spec.id = plan->count + i + 1;
      }
      plan->count = ys_plus(plan->count, pair_size(&from));
    }
  plan->whole = plan->count;
}

/* Filters look at every problem with every solver. */
static ys_code check_pairs(const sweep_file *file, ys_error *error) {
  size_t problems = file->problems.count, solvers = file->solvers.count;
  return ys_times(problems, solvers) <= MOST_RUNS
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s: %zu problems x %zu solvers: expected at most %d "
                       "pairs",
                       file->problems.item[0].at.source->path, problems,
                       solvers, MOST_RUNS);
}

ys_code sweep_plan_make(const sweep_file *file, int threads, sweep_plan *plan,
                        ys_error *error) {
  *plan = (sweep_plan){0};
  ys_code code = check_pairs(file, error);
  if (!code)
    code = check_filters(file, error);
  if (code)
    return code;
  fill(file, threads, plan);
  size_t count = plan->count;
  *plan = (sweep_plan){0};
  if (count > MOST_RUNS)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: the plan has %s%zu runs: expected at most %d",
                   file->problems.item[0].at.source->path,
                   count == SIZE_MAX ? "at least " : "", count, MOST_RUNS);
  plan->runs = ys_array(count, sizeof *plan->runs);
  if (!plan->runs)
    return ys_fail_memory(error, "the plan");
  fill(file, threads, plan);
  return YS_OK;
}

void sweep_plan_free(sweep_plan *plan) {
  free(plan->runs);
  *plan = (sweep_plan){0};
}

/* --------------------------------------------------------------- shards -- */

static int by_number(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Sort, and drop what is there twice. */
static size_t make_unique(uint64_t *cards, size_t count) {
  size_t kept = 0;
  qsort(cards, count, sizeof *cards, by_number);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || cards[i] != cards[i - 1])
      cards[kept++] = cards[i];
  return kept;
}

/* The same for all solvers of one y-step, seed and repeat. */
static uint64_t card_of(const sweep_run *run) {
  run_settings settings;
  result_row row = schema_row_of(&run->spec, &settings);
  row.solver = "";
  return sweep_place_hash(&row);
}

static const char *text_of(const sweep_run *run, sweep_filter of,
                           char room[NUMBER_ROOM]) {
  return of == FILTER_PROBLEM  ? run->spec.problem
         : of == FILTER_SOLVER ? run->spec.solver
                               : text_exact(room, run->spec.lambda);
}

static bool is_meant(const char *word, const char *text, sweep_filter of) {
  char name[64];
  double wanted, is;
  if (of == FILTER_LAMBDA && ys_read_number(word, &wanted) &&
      ys_read_number(text, &is))
    return wanted == is || number_shown_as(is, wanted);
  snprintf(name, sizeof name, "%.*s", (int)ys_spec_name_length(text), text);
  return fnmatch(word, text, 0) == 0 || fnmatch(word, name, 0) == 0;
}

ys_code sweep_plan_keep(sweep_plan *plan, sweep_filter of, arg_texts words,
                        ys_error *error) {
  static const char *const options[] = {"problem", "solver", "lambda"};
  char room[NUMBER_ROOM];
  size_t kept = 0;
  for (size_t w = 0; w < words.count; w++) {
    bool found = false;
    for (size_t i = 0; i < plan->count && !found; i++)
      found = is_meant(words.item[w], text_of(&plan->runs[i], of, room), of);
    if (!found)
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s %s: the file plans no such run (--dry-run shows "
                     "what it plans)",
                     options[of], words.item[w]);
  }
  for (size_t i = 0; i < plan->count; i++) {
    bool found = words.count == 0;
    for (size_t w = 0; w < words.count && !found; w++)
      found = is_meant(words.item[w], text_of(&plan->runs[i], of, room), of);
    if (found)
      plan->runs[kept++] = plan->runs[i];
  }
  plan->is_filtered = plan->is_filtered || words.count;
  plan->count = kept;
  return YS_OK;
}

ys_code sweep_plan_shard(sweep_plan *plan, size_t index, size_t count,
                         ys_error *error) {
  uint64_t *cards = ys_array(plan->count, sizeof *cards);
  size_t kept = 0;
  if (!cards)
    return ys_fail_memory(error, "the shards");
  for (size_t i = 0; i < plan->count; i++)
    cards[i] = card_of(&plan->runs[i]);
  size_t dealt = make_unique(cards, plan->count);
  for (size_t i = 0; i < plan->count; i++) {
    uint64_t card = card_of(&plan->runs[i]);
    const uint64_t *found =
        bsearch(&card, cards, dealt, sizeof card, by_number);
    if ((size_t)(found - cards) % count == index - 1)
      plan->runs[kept++] = plan->runs[i];
  }
  plan->count = kept;
  free(cards);
  return YS_OK;
}

/* ---------------------------------------------------------------- order -- */

static int by_repeat(const void *a, const void *b) {
  const run_spec *x = &(*(const sweep_run *const *)a)->spec;
  const run_spec *y = &(*(const sweep_run *const *)b)->spec;
  if (x->repeat != y->repeat)
    return x->repeat < y->repeat ? -1 : 1;
  return (x->id > y->id) - (x->id < y->id);
}

ys_code sweep_plan_shuffle(sweep_run **runs, size_t count, unsigned long seed,
                           ys_error *error) {
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "the plan");
  gsl_rng_set(rng, seed);
  qsort(runs, count, sizeof *runs, by_repeat);
  for (size_t begin = 0, end; begin < count; begin = end) {
    end = begin + 1;
    while (end < count && runs[end]->spec.repeat == runs[begin]->spec.repeat)
      end++;
    gsl_ran_shuffle(rng, runs + begin, end - begin, sizeof *runs);
  }
  ys_rng_free(rng);
  return YS_OK;
}
