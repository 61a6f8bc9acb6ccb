/* The runs of a sweep: the product of problems, solvers and settings, its
 * filters, its shards, and the order in which it runs. */
#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include "bench/cli/args.h"
#include "bench/run/run.h"
#include "bench/sweep/sweep_yaml.h"

/* One run. Text is borrowed from the file of the sweep. */
typedef struct sweep_run {
  run_spec spec; /* id: the place in the whole plan; memory_mebibytes < 0: not
                    said; shape, batch and hash are what sweep_prepare finds */
  const sweep_entry *problem, *solver;
  node start_at, prior_at; /* where they stand; nowhere by default */
  const char *unsupported; /* why the solver does not serve it, as sweep_prepare
                              finds; NULL: does */
} sweep_run;

typedef struct sweep_plan {
  sweep_run *runs; /* by id; owned */
  size_t count;
  size_t whole;     /* runs of the whole plan, if this is a part of it, and */
  bool is_filtered; /* not a shard, but what filters left */
} sweep_plan;

/* All the runs of `file`, which must outlive the plan; `threads` for those that
 * do not say, of each rank, or, if it is negative, -threads of a run's ranks
 * together. Refuses filters that match nothing. */
ys_code sweep_plan_make(const sweep_file *file, int threads, sweep_plan *plan,
                        ys_error *error);
void sweep_plan_free(sweep_plan *plan);

/* Leave the runs whose problem, solver or lambda, `of`, is one of the words: a
 * glob of the whole spec or of its name, or a number. No words leave all; one
 * that nothing in the file matches is refused. */
typedef enum sweep_filter {
  FILTER_PROBLEM,
  FILTER_SOLVER,
  FILTER_LAMBDA
} sweep_filter;
ys_code sweep_plan_keep(sweep_plan *plan, sweep_filter of, arg_texts words,
                        ys_error *error);

/* Leave the runs of shard `index`, 1 to `count`. Runs that are to be compared,
 * those of one y-step, seed and repeat, stay together; such blocks are dealt
 * out like shuffled cards, so that adding a solver moves none of them. */
ys_code sweep_plan_shard(sweep_plan *plan, size_t index, size_t count,
                         ys_error *error);

/* Put some of the runs in the order they run: one repeat after the other, each
 * shuffled, so that a drift of the machine favours none. */
ys_code sweep_plan_shuffle(sweep_run **runs, size_t count, unsigned long seed,
                           ys_error *error);

/* What must be known of the runs before the first of them starts, in
 * sweep_prepare.c. Read or make every batch, one at a time, and fill in for
 * each run its shape, digest and hash and whether its solver serves it.
 * Refuses, with the place in the file of the sweep, what cannot be run: a batch
 * that cannot be read, a prior or start that does not fit, a start whose
 * objective is infinite, and a run that is planned twice. Texts come from
 * `memory`. */
ys_code sweep_prepare(sweep_plan *plan, ys_memory *memory, ys_error *error);

#endif
