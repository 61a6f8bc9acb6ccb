/* Sums over rows that have the same bits in whatever order terms come, and
 * however threads and ranks share them out: every term is first made a whole
 * number of units, a power of two so small that 62 bits just hold the sum, and
 * whole numbers add up without rounding. docs/method.md, "Sums in any order".
 */
#ifndef YS_EXACT_TALLY_H
#define YS_EXACT_TALLY_H

#include "problems/memory.h"
#include "problems/objective.h"
#include "problems/vector/simd.h"

#include <omp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---------------------------------------------------------------- units ----
 */

typedef struct ys_unit {
  double scale; /* units in 1 */
  double most;  /* of a term, in units */
} ys_unit;

/* For so many terms (of all ranks, one at least) of -largest to largest. If
 * that is not finite nothing is any units. */
ys_unit ys_unit_of(size_t terms, double largest);

/* A term, which is brought within its bounds; NaN is the upper one. */
YS_INLINE int64_t ys_units(ys_unit unit, double term) {
  double units = term * unit.scale;
  units = units < unit.most ? units : unit.most;
  return (int64_t)(units > -unit.most ? units : -unit.most);
}

/* And back: as near as a double comes. */
static inline double ys_from_units(ys_unit unit, int64_t units) {
  return unit.scale > 0 ? (double)units / unit.scale : 0;
}

/* ----------------------------------------------------------------- sums ----
 */

typedef struct ys_tally {
  const ys_ranks *ranks;
  int64_t *sum; /* threads + 1 times `stride`: of each thread; and room */
  size_t stride;
  size_t count; /* sums in use */
  int threads;  /* that may add to them */
  bool *idle;   /* threads: which has not yet, so that its sums are anything */
  bool sparse;  /* most sums are 0; false by ys_tally_init() */
} ys_tally;

/* Room for so many sums, by the objective's threads and ranks; memory may be
 * lacking then. */
void ys_tally_init(ys_tally *t, ys_memory *memory,
                   const ys_objective *objective, size_t most);

/* `count` sums for so many threads, the objective's at most. */
void ys_tally_begin(ys_tally *t, size_t count, int threads);

/* The calling thread's, to add to, of a team of those threads: 0 when it first
 * asks. */
static inline int64_t *ys_tally_own(const ys_tally *t) {
  const size_t thread = (size_t)omp_get_thread_num();
  int64_t *own = t->sum + thread * t->stride;
  if (t->idle[thread])
    memset(own, 0, t->count * sizeof *own);
  t->idle[thread] = false;
  return own;
}

/* The sums over threads and ranks, which all ask for together; anything once a
 * rank is lost. The tally's, until it begins again. */
const int64_t *ys_tally_total(ys_tally *t);

/* The same in two steps, where what goes between ranks is less than what
 * threads add to: over this rank's threads, the caller's to change; then of the
 * first `count` of these over ranks. */
int64_t *ys_tally_of_threads(ys_tally *t);
const int64_t *ys_tally_of_ranks(ys_tally *t, size_t count);

#endif
