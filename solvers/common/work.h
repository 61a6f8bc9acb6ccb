/* What every solver's work begins with: its objective, the scratch that
 * evaluating needs, whom to ask inside a step, and all of its memory, which is
 * given back at once. An init opens the work, takes arrays, and hands it over:
 *
 *   em *w = ys_work_open(sizeof *w, "em", objective, error);
 *   if (w)
 *     w->root = ys_take_numbers(&w->work.memory, rows, "em's roots");
 *   return ys_work_hand_over(work, w, YS_OK, ys_work_free, error);
 *
 * and `free` is ys_work_free, unless there is more to give back. */
#ifndef YS_WORK_H
#define YS_WORK_H

#include "problems/memory.h"
#include "solvers/solver.h"

typedef struct ys_work {
  const ys_objective *objective;
  const ys_stop *stop; /* NULL: nobody asks for a stop */
  ys_scratch scratch;
  size_t rows, classes, entries; /* M, K and M K */
  ys_memory memory;
} ys_work;

/* A state of `size` bytes, all zeros, that begins with a ys_work for the
 * objective. NULL if there is no memory for it; `name` is for the message. */
void *ys_work_open(size_t size, const char *name, const ys_objective *objective,
                   ys_error *error);

/* The end of an init, which has come to `code`: *work becomes `opened`; or, if
 * that is NULL, the code not YS_OK or an array lacking, it is freed and *work
 * NULL. Returns the init's code. */
ys_code ys_work_hand_over(void **work, void *opened, ys_code code,
                          void (*release)(void *), ys_error *error);

/* Solvers' `free`, and their `heed`; and their `descends`, if whatever the
 * options F never rises. */
void ys_work_free(void *work);
void ys_work_heed(void *work, const ys_stop *stop);
bool ys_work_descends(const ys_options *options);

/* The threads to use, and the entries of an M x K array that belong to a row
 * block, [begin, end). */
static inline int ys_work_threads(const ys_work *w) {
  return ys_scratch_threads(&w->scratch, w->objective);
}

static inline size_t ys_work_begin(const ys_work *w, size_t block) {
  return ys_block_begin(&w->scratch.blocks, block) * w->classes;
}

static inline size_t ys_work_end(const ys_work *w, size_t block) {
  return ys_block_end(&w->scratch.blocks, block) * w->classes;
}

#endif
