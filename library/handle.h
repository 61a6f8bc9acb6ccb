/* What is behind a handle of the interface. */
#ifndef YS_HANDLE_H
#define YS_HANDLE_H

#include "library/arrays.h"
#include "library/run.h"
#include "library/settings.h"

#include <stdatomic.h>

/* Results by the names that ystep.h has. */
typedef struct ys_results {
  double objective, lower_bound, gap, row_sum_error, least_entry, iterations,
      seconds, setup_seconds, solve_seconds, judge_seconds, renormalised_rows,
      largest_deviation;
  const char *status; /* NULL: nothing was solved */
  char message[256];
} ys_results;

/* The work of a solver, for the next batch of the same shape, and what it is
 * of. */
typedef struct ys_kept {
  void *work; /* NULL: none */
  const ys_solver *solver;
  unsigned long edition; /* of the settings */
  size_t rows, classes;
  int threads;
  bool is_dense; /* the labels */
} ys_kept;

struct ystep_handle {
  ys_settings settings;
  atomic_bool stop;
  ys_error error;
  ys_results results;
  const ys_ranks
      *ranks; /* that make all calls together: those below; or NULL */
  ys_ranks carried;
  ys_rider rider; /* theirs */

  /* Memory that goes on from call to call. */
  ys_batch batch; /* of the last call, but for sigma's memory: */
  double *sigma;  /* `room` doubles, or NULL */
  size_t room;
  ys_objective objective;
  ys_scratch scratch; /* for batches of this shape and so many threads: */
  size_t rows, classes;
  int threads;
  ys_labels dense, sparse, spare;
  double *nu; /* K */
  ys_kept kept;
};

/* Begin a call: the batch that sigma is, and its objective. The scratch is
 * there then, for this batch. Of ranks here and below none fails alone. */
ys_code ys_handle_take(ystep_handle *handle, const ystep_array *sigma,
                       ys_error *error);

/* The same, and dense labels of a caller's array of sigma's shape: where they
 * lie, if they lie plainly, or the handle's own, into which they are read if
 * `is_read`. */
ys_code ys_handle_take_dense(ystep_handle *handle, const ystep_array *sigma,
                             const ystep_array *array, bool is_read,
                             ys_labels *y, ys_error *error);

/* The handle's own labels of the batch's shape, their numbers yet to be
 * written; sparse ones without entries. */
ys_code ys_handle_dense(ystep_handle *handle, ys_error *error);
ys_code ys_handle_sparse(ystep_handle *handle, ys_error *error);

/* Where the solver's work is kept for the next call with such labels, or is
 * from the last one: of mini-batches, which follow each other in one shape, and
 * of which setting up is a good part of what they take; NULL of what is large,
 * whose memory is not held between calls. */
void **ys_handle_kept(ystep_handle *handle, const ys_labels *y);

/* ys_ranks_agree with the handle's ranks. */
ys_code ys_handle_agree(const ystep_handle *handle, ys_code code,
                        ys_error *error);

/* What a call returns: its code, with the message left in the handle; of ranks
 * that of all. */
int ys_handle_return(ystep_handle *handle, ys_code code, ys_error *error);

#endif
