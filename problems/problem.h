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
  /* One of two. `make` fills an uninitialised batch, with the caller's share
   * where ranks (or NULL) are to hold it; on failure nothing is left
   * allocated. `draw` fills sigma of an allocated one with rows `first` (a
   * multiple of 256, the rows that random numbers are drawn for at a time) and
   * on of the M x K that the options say, as many as it has. Options are those
   * of the table above. `threads`, 1 at least, changes the time this takes and
   * nothing else. YS_BAD_INPUT and YS_IO: a file that is not usable, or cannot
   * be read; YS_NO_MEMORY. */
  ys_code (*make)(const ys_options *options, const ys_ranks *ranks, int threads,
                  ys_batch *batch, ys_error *error);
  ys_code (*draw)(const ys_options *options, size_t first, int threads,
                  ys_batch *batch, ys_error *error);
} ys_problem;

/* The table of problems, ended by NULL. */
extern const ys_problem *const ys_problems[];

/* Find the problem of "name:options" and read its options, to be freed. An
 * unknown name is answered with a near one or all, or, if it is a file's, with
 * the problem that reads it (YS_BAD_INPUT), and
 * *problem is NULL then; it is not where only the options are wrong, as
 * ys_options_parse says. On failure there is nothing to free. */
ys_code ys_problem_parse(const char *spec, const ys_problem **problem,
                         ys_options *options, ys_error *error);

/* Make the batch that "name:options" names, to be freed. The same text (and
 * files) gives the same bits, whatever `threads`. Fails as ys_problem_parse and
 * the problem do; nothing is left to free then. */
ys_code ys_problem_make(const char *spec, int threads, ys_batch *batch,
                        ys_error *error);

/* The caller's share of it: all ranks call this at once, and all fail where one
 * does. Whoever holds what, the rows have the bits that they have in one piece.
 * NULL: all of it. */
ys_code ys_problem_make_share(const char *spec, const ys_ranks *ranks,
                              int threads, ys_batch *batch, ys_error *error);

#endif
