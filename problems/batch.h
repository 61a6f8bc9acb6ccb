/* A batch of softmax predictions: the data of one y-step. */
#ifndef YS_BATCH_H
#define YS_BATCH_H

#include "error.h"
#include "ranks.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

typedef struct ys_batch {
  size_t rows;    /* M >= 1 points, or those of M that are this rank's */
  size_t classes; /* K >= 2 */
  double *sigma;  /* M x K, row by row; each row on the simplex; owned.
                     NULL if the batch is kept as float32 */

  /* A batch kept as float32, as it was recorded: sigma_ik is recorded_ik /
   * sum_i, in double, computed whenever it is read (ys_batch_rows). `recorded`
   * (M x K) lies in a mapped file; sum (M) and the map are owned. It `stays` so
   * if that was asked for: ys_batch_widen refuses then. */
  const float *recorded;
  double *sum;
  void *map;
  size_t map_size;
  bool stays;

  /* What reading found: rows whose sum was off by more than 1e-12 and were
   * divided by it, and the largest such deviation. */
  size_t renormalised_rows;
  double largest_deviation;

  /* What its reader should be told of the file, "line 1 is taken for a header";
   * empty if nothing. */
  char note[128];

  /* A planted batch knows its optimum: labels (M x K, owned; NULL otherwise)
   * minimise collision + strong under the uniform prior at planted_lambda, with
   * objective planted_optimum (both NaN otherwise). */
  double *planted_labels;
  double planted_lambda;
  double planted_optimum;

  /* Ranks that hold the rows between them, each its share (problems/ranks.h),
   * and M, of all. NULL: the rows are all. */
  const ys_ranks *ranks;
  size_t whole_rows;
} ys_batch;

/* What the batch's rows are of the whole, and M. */
ys_share ys_batch_share(const ys_batch *batch);
size_t ys_batch_whole_rows(const ys_batch *batch);

/* Allocate a rows x classes batch, sigma not yet filled. YS_BAD_INPUT: rows =
 * 0, classes < 2, or more bytes than memory can address; YS_NO_MEMORY. On
 * failure nothing is left to free. `name`, here and below, is used in messages.
 */
ys_code ys_batch_alloc(ys_batch *batch, const char *name, size_t rows,
                       size_t classes, ys_error *error);
void ys_batch_free(ys_batch *batch); /* accepts NULL and a zeroed one */

/* Rows `first` to `first + count - 1` of sigma, count x K, row by row: where
 * they are, or in `room` (count x K), which may be NULL if the batch is not
 * kept as float32. Valid as long as the batch and room. */
const double *ys_batch_rows(const ys_batch *batch, size_t first, size_t count,
                            double *room);

/* sigma of one row and class, of either kind of batch. */
double ys_batch_entry(const ys_batch *batch, size_t row, size_t class);

/* What rows of raw numbers are, and which of them will do. A zeroed rule is
 * that of ys_batch_accept_row. */
typedef struct ys_row_rule {
  bool logits;     /* taken as by ys_batch_softmax_row; else probabilities */
  double rounding; /* how much further from 1 than YS_SUM_TOLERANCE a row's sum
                      may be; INFINITY: any finite sum > 0 will do */
  bool advises;    /* a refusal names the options that may cure it, logits=1 and
                      renormalise=1 */
} ys_row_rule;

/* Set up a batch kept as float32 from a mapped file that holds rows x classes
 * numbers, row by row, at `recorded`, within the map_size bytes of `map`, which
 * the batch unmaps when it is freed. Refuses shapes as ys_batch_alloc does and
 * the first row that is no distribution by the rule. The numbers are those
 * that reading the file in double would give, to the bit. On failure the map
 * stays the caller's. `threads`, here and below, is 1 at least and changes the
 * time alone: each touches the rows first that it will work on. */
ys_code ys_batch_keep(ys_batch *batch, const char *name,
                      const ys_row_rule *rule, const float *recorded,
                      size_t rows, size_t classes, void *map, size_t map_size,
                      int threads, ys_error *error);

/* Give a batch kept as float32 its sigma in double, with the same numbers, and
 * let go of the file; a batch that has it is left as it is. YS_UNSUPPORTED: it
 * stays as it is, and `who` reads doubles alone; YS_NO_MEMORY: likewise. */
ys_code ys_batch_widen(ys_batch *batch, const char *who, int threads,
                       ys_error *error);

/* Writes `count` rows from `first` on, raw, count x K, to `rows`, for any
 * thread that asks. */
typedef void ys_rows_reader(const void *context, size_t first, size_t count,
                            double *rows);

/* Fill an allocated batch with rows of raw numbers, each brought onto the
 * simplex by the rule. Fails for the first row that it refuses. */
ys_code ys_batch_fill(ys_batch *batch, const char *name,
                      const ys_row_rule *rule, ys_rows_reader *read,
                      const void *context, int threads, ys_error *error);

/* Bring one row of raw numbers, below batch->rows, onto the simplex by the
 * rule, in place. */
ys_code ys_batch_take_row(ys_batch *batch, const char *name,
                          const ys_row_rule *rule, size_t row, ys_error *error);

/* A row's sum further from 1 than this is a mistake in the data, not rounding.
 */
#define YS_SUM_TOLERANCE 1e-4

/* Bring one row of sigma, K raw probabilities, onto the simplex, in place.
 * YS_BAD_INPUT: entries that are negative or not finite, sums off by more than
 * 1e-4 (`name` and the row, below batch->rows, from 0, go into the message).
 * Divides by the sum otherwise, and counts the row in `batch` if it was off by
 * more than 1e-12. */
ys_code ys_batch_accept_row(ys_batch *batch, const char *name, size_t row,
                            ys_error *error);

/* Replace one row of sigma, K raw logits (nats), by its softmax, computed with
 * the largest logit subtracted. YS_BAD_INPUT: a row that holds a NaN, +inf, or
 * nothing but -inf. */
ys_code ys_batch_softmax_row(ys_batch *batch, const char *name, size_t row,
                             ys_error *error);

#pragma GCC visibility pop

#endif
