/* The address of a run: a hash of everything that decides it. With XXH3 (the
 * 128-bit hash of libxxhash): a small library that every distribution has,
 * whose results are fixed across versions and which reads a batch as fast as
 * memory does. The hash guards against accidents, not against malice. */
#ifndef SWEEP_HASH_H
#define SWEEP_HASH_H

#include "bench/store/schema.h"

#include "problems/batch.h"

#include <stdint.h>

/* Of the content of a batch: shape, sigma, and what is known of its optimum.
 * Where ranks hold it between them all ask at once, and it is the same: sigma's
 * is the hash of its blocks' hashes. */
ys_code sweep_batch_digest(const ys_batch *batch, char digest[RUN_DIGEST],
                           ys_error *error);

/* Of the bytes of a file. */
ys_code sweep_file_digest(const char *path, char digest[RUN_DIGEST],
                          ys_error *error);

/* Fill run->hash from: the version of the program and the processor; the
 * problem as written and the content of its batch (run->batch); loss, fairness
 * and lambda; the contents of prior and start (their digests, or their names if
 * they are no files); the solver as written, and the content of a plug-in or
 * of the files that a command names; tolerance, limits and trace; seed, repeat,
 * threads and ranks. Not from the wall and memory limits, which decide nothing
 * of a run that keeps them. */
ys_code sweep_run_hash(run_spec *run, const char *cpu, const char *prior,
                       const char *start, const char *solver, ys_error *error);

/* Of which run it is for a reader of the tables, whatever else decides it: the
 * problem, solver, loss, fairness, lambda, seed and repeat of the row, the
 * start, prior and ranks of its settings. */
uint64_t sweep_place_hash(const result_row *row);

#endif
