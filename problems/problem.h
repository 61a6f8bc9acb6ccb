/* Where batches come from: the table of problems, each a generator or a reader
 * with its options, and the text form `name:key=value,...` that names one. */
#ifndef YS_PROBLEM_H
#define YS_PROBLEM_H

#include "batch.h"
#include "options.h"

typedef struct ys_problem {
  const char *name;
  const char *summary; /* one line, as `ystep list problems` prints it */
  const ys_option *options;
  /* One of two. `make` fills an uninitialised batch; on failure nothing is left
   * allocated. `draw` fills an allocated one with rows `first` (a multiple of
   * YS_RNG_ROWS, see rng.h) and on of the M x K that the options say, as many
   * as it has. `threads` changes the time this takes and nothing else. */
  ys_code (*make)(const ys_options *options, int threads, ys_batch *batch,
                  ys_error *error);
  ys_code (*draw)(const ys_options *options, size_t first, int threads,
                  ys_batch *batch, ys_error *error);
} ys_problem;

/* The table of problems, ended by NULL. */
extern const ys_problem *const ys_problems[];

/* Find the problem of "name:options" and read its options. An unknown name is
 * answered with the nearest valid one, and *problem is NULL then; it is not
 * where only the options are wrong. */
ys_code ys_problem_parse(const char *spec, const ys_problem **problem,
                         ys_options *options, ys_error *error);

/* Make the batch that "name:options" names. An unknown name or option is
 * answered with the nearest valid one. */
ys_code ys_problem_make(const char *spec, int threads, ys_batch *batch,
                        ys_error *error);

#endif
