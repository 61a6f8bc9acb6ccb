/* Matching a plan with the runs that a directory has. */
#ifndef SWEEP_RESUME_H
#define SWEEP_RESUME_H

#include "bench/sweep/sweep_plan.h"
#include "bench/sweep/sweep_store.h"

/* Put the runs of the plan that the store does not have into `pending` (room
 * for the whole plan) and give them run_ids that are free. A run that the store
 * has with another hash, by other settings, another version or machine, is
 * refused, or with `replace` forgotten by the store and run again. Notes runs
 * in the store that are not in the plan; they are kept. */
ys_code sweep_resume_match(sweep_plan *plan, sweep_store *store, bool replace,
                           sweep_run **pending, size_t *count, ys_error *error);

/* The same for runs of `ystep run`, which are known by what they are of: mark
 * those that the store has, and give the others run_ids that are free. One that
 * it has with other limits, threads, shape or batch, by another version or on
 * another processor, is refused. */
ys_code sweep_resume_runs(const sweep_store *store, run_spec *runs,
                          size_t count, const char *cpu, bool *is_done,
                          ys_error *error);

/* Seconds that runs will take: at most, by their time limits, and probably, by
 * what runs in the store took: of the same solver on the same problem, else of
 * the same solver, else of all. */
typedef struct sweep_estimate {
  double most, likely;
} sweep_estimate;

sweep_estimate sweep_resume_estimate(const sweep_store *store,
                                     sweep_run *const *pending, size_t count,
                                     size_t side_by_side);

#endif
