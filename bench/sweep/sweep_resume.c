#include "bench/sweep/sweep_resume.h"

#include "problems/vector/array.h"

#include "bench/cli/console.h"
#include "bench/store/meta.h"
#include "bench/sweep/sweep_hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A run of the store by what it is. */
typedef struct stored_key {
  uint64_t key;
  size_t index; /* in the store */
  bool is_replaced;
} stored_key;

static int by_key(const void *a, const void *b) {
  uint64_t x = ((const stored_key *)a)->key, y = ((const stored_key *)b)->key;
  return (x > y) - (x < y);
}

static stored_key *sort_keys(const sweep_store *store) {
  stored_key *keys = ys_array(store->count + 1, sizeof *keys);
  if (!keys)
    return NULL;
  for (size_t i = 0; i < store->count; i++)
    keys[i] = (stored_key){sweep_place_hash(&store->runs[i]), i, false};
  qsort(keys, store->count, sizeof *keys, by_key);
  return keys;
}

static stored_key *find_key(const stored_key *keys, size_t count,
                            const run_spec *run) {
  run_settings settings;
  const result_row row = schema_row_of(run, &settings);
  stored_key wanted = {.key = sweep_place_hash(&row)};
  return count ? bsearch(&wanted, keys, count, sizeof *keys, by_key) : NULL;
}

/* In what a stored run differs from the planned one. */
static const char *difference(const result_row *stored, const char *cpu) {
  if (strcmp(stored->settings->version, meta_version) != 0)
    return "by another version of ystep";
  if (strcmp(stored->settings->cpu, cpu) != 0)
    return "on another processor, or other hosts";
  return "with other limits, threads or batch, or another file of its solver";
}

static ys_code fail_conflict(const sweep_store *store, const result_row *stored,
                             const run_spec *run, const char *cpu,
                             const char *way, ys_error *error) {
  return ys_fail(
      error, YS_BAD_INPUT,
      "%s: run %ld, %s on %s, was done %s; choose another directory, "
      "or give %s",
      store->path, stored->run_id, run->solver, run->problem,
      difference(stored, cpu), way);
}

/* The run_ids up to `whole`, flags of those that the store's runs have; *last
 * is the last of all. NULL without memory; to be freed. */
static bool *find_ids(const sweep_store *store, size_t whole, size_t *last) {
  bool *used = calloc(whole + 1, sizeof *used);
  *last = whole;
  for (size_t i = 0; i < store->count; i++) {
    size_t id = (size_t)store->runs[i].run_id;
    *last = id > *last ? id : *last;
    if (used && id <= whole)
      used[id] = true;
  }
  return used;
}

/* A run keeps its place in the plan as its run_id if no other run has it. */
static ys_code give_ids(const sweep_plan *plan, const sweep_store *store,
                        sweep_run **pending, size_t count, ys_error *error) {
  size_t last;
  bool *used = find_ids(store, plan->whole, &last);
  if (!used)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < count; i++)
    if (used[pending[i]->spec.id])
      pending[i]->spec.id = ++last;
  free(used);
  return YS_OK;
}

ys_code sweep_resume_match(sweep_plan *plan, sweep_store *store, bool replace,
                           sweep_run **pending, size_t *count,
                           ys_error *error) {
  char cpu[256];
  stored_key *keys = sort_keys(store);
  ys_code code =
      keys ? YS_OK : ys_fail_memory(error, "the runs of a directory");
  meta_cpu(cpu, sizeof cpu);
  *count = 0;
  for (size_t i = 0; !code && i < plan->count; i++) {
    sweep_run *run = &plan->runs[i];
    if (sweep_store_find(store, run->spec.hash))
      continue;
    pending[(*count)++] = run;
    stored_key *other = find_key(keys, store->count, &run->spec);
    if (other && !replace)
      code = fail_conflict(store, &store->runs[other->index], &run->spec, cpu,
                           "--replace to run such runs again", error);
    else if (other)
      other->is_replaced = true;
  }
  for (size_t i = 0; !code && i < store->count; i++)
    if (keys[i].is_replaced)
      store->runs[keys[i].index].settings = NULL;
  free(keys);
  if (code)
    return code;
  sweep_store_forget(store);
  size_t done = plan->count - *count;
  if (store->count > done && !plan->is_filtered)
    console_note("%s has %zu runs that the file does not plan; they are kept",
                 store->path, store->count - done);
  return give_ids(plan, store, pending, *count, error);
}

/* ------------------------------------------------------ runs, by no hash -- */

/* Whether the stored run was done as this one is to be. */
static bool is_same_run(const result_row *stored, const run_spec *run,
                        const char *cpu) {
  run_settings settings;
  const result_row row = schema_row_of(run, &settings);
  const run_settings *own = stored->settings;
  return row.rows == stored->rows && row.classes == stored->classes &&
         row.threads == stored->threads &&
         settings.tolerance == own->tolerance &&
         settings.time_limit == own->time_limit &&
         settings.max_iterations == own->max_iterations &&
         settings.trace_every == own->trace_every &&
         (!*own->batch || strcmp(settings.batch, own->batch) == 0) &&
         strcmp(own->version, meta_version) == 0 && strcmp(own->cpu, cpu) == 0;
}

ys_code sweep_resume_runs(const sweep_store *store, run_spec *runs,
                          size_t count, const char *cpu, bool *is_done,
                          ys_error *error) {
  size_t last = 0, whole = 0;
  for (size_t i = 0; i < count; i++)
    whole = runs[i].id > whole ? runs[i].id : whole;
  stored_key *keys = sort_keys(store);
  bool *used = find_ids(store, whole, &last);
  ys_code code =
      keys && used ? YS_OK : ys_fail_memory(error, "the runs of a directory");
  for (size_t i = 0; !code && i < count; i++) {
    const stored_key *found = find_key(keys, store->count, &runs[i]);
    const result_row *stored = found ? &store->runs[found->index] : NULL;
    is_done[i] = stored != NULL;
    if (stored && !is_same_run(stored, &runs[i], cpu))
      code = fail_conflict(store, stored, &runs[i], cpu,
                           "--force to start over", error);
    else if (!stored && used[runs[i].id])
      runs[i].id = ++last;
  }
  free(used);
  free(keys);
  return code;
}

/* ------------------------------------------------------------- estimate -- */

/* What is known of how long a run will take. */
typedef struct taken {
  double sum;
  size_t count;
} taken;

static void add_taken(taken *t, const result_row *run) {
  t->sum += run->setup_seconds + run->solve_seconds + run->monitor_seconds;
  t->count++;
}

/* The mean of what runs in the store took: of the solver on the problem; else
 * of the solver; else of all. < 0 if there are none. */
static double mean_seconds(const sweep_store *store, const run_spec *of) {
  taken both = {0}, solver = {0}, all = {0};
  for (size_t i = 0; i < store->count; i++) {
    const result_row *run = &store->runs[i];
    if (result_has_status(run, RUN_UNSUPPORTED))
      continue;
    add_taken(&all, run);
    if (strcmp(run->solver, of->solver) != 0)
      continue;
    add_taken(&solver, run);
    if (strcmp(run->problem, of->problem) == 0)
      add_taken(&both, run);
  }
  const taken *known = both.count ? &both : solver.count ? &solver : &all;
  return known->count ? known->sum / (double)known->count : -1;
}

sweep_estimate sweep_resume_estimate(const sweep_store *store,
                                     sweep_run *const *pending, size_t count,
                                     size_t side_by_side) {
  sweep_estimate time = {0, 0};
  const sweep_run *last = NULL;
  double mean = -1;
  for (size_t i = 0; i < count; i++) {
    if (pending[i]->unsupported)
      continue;
    if (!last || pending[i]->solver != last->solver ||
        pending[i]->problem != last->problem)
      mean = mean_seconds(store, &pending[i]->spec);
    last = pending[i];
    time.most += pending[i]->spec.limits.seconds;
    time.likely += mean >= 0 ? mean : pending[i]->spec.limits.seconds;
  }
  time.most /= (double)side_by_side;
  time.likely /= (double)side_by_side;
  return time;
}
