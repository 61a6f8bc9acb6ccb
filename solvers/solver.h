/* The plug-in interface of a y-step solver, after the shape of GSL's multimin:
 * a method is one static file and one constant table; the caller owns the loop.
 *
 * A solver works in place on y (labels of M x K, each row on the simplex),
 * which the caller fills with the start point and which belongs to him between
 * calls: to read, not to change. They are dense, unless the solver says that it
 * takes sparse ones. One work serves one objective and one thread of the
 * caller's at a time. It never does I/O, reads a clock, prints or exits,
 * allocates in init alone (but for entries of sparse labels), and gives the
 * same bits whatever the number of threads. It decides nothing by a tolerance
 * of its own but to say that it can go no further: the caller judges y between
 * steps and stops it.
 *
 * Adding one, in the program or beside it: docs/adding-a-solver.md. */
#ifndef YS_SOLVER_H
#define YS_SOLVER_H

#include "../problems/labels.h"
#include "../problems/objective.h"
#include "../problems/options.h"

/* For plug-ins; the shared library shows library/ystep.h alone. */
#pragma GCC visibility push(default)

typedef enum ys_step {
  YS_STEP_ON,      /* y may have changed; call again */
  YS_STEP_STALLED, /* y is as good as this method gets it; nothing was lost */
  YS_STEP_FAILED,  /* the method broke down; the error says how */
} ys_step;

/* Whom a solver asks inside a step whether it is to return: the caller, who has
 * a clock and hears of signals. */
typedef struct ys_stop {
  bool (*is_wanted)(void *context);
  void *context;
} ys_stop;

/* False if there is nobody to ask (NULL). */
static inline bool ys_stop_is_wanted(const ys_stop *stop) {
  return stop && stop->is_wanted(stop->context);
}

typedef struct ys_solver {
  const char *name;
  const char *summary; /* one line, as `ystep list solvers` prints it */
  const ys_option *options;
  bool by_rows;    /* reads sigma by ys_batch_rows alone, and so serves a batch
                      kept as float32 */
  bool sparse;     /* takes labels dense or sparse by rows, and answers in kind;
                      given sparse ones it allocates nothing of M x K. Others are
                      given dense ones, y->dense */
  bool over_ranks; /* serves a batch whose rows ranks hold between them
                      (problems/ranks.h): whatever it decides, it decides by
                      numbers that are the same on all ranks; where `step`
                      takes memory, all ranks fail if one lacks it */
  const char *missing; /* NULL; or the package without which this was built,
                          and the solver then serves nothing */

  /* NULL-able: whether this solver, with these options, serves the objective;
   * YS_UNSUPPORTED and the reason in `why` (may be NULL) if not. NULL: serves
   * every one. */
  ys_code (*supports)(const ys_objective *objective, const ys_options *options,
                      ys_error *why);

  /* Allocate *work for the objective, which it serves and which outlives it,
   * and the start point y, which has a finite F; the options may go. The solver
   * may change y (to move it off the boundary, say). Sparse labels may have
   * rows without entries, 1/K each, and it makes room in them for the entries
   * it will write (ys_labels_reserve), in its steps too. On failure
   * (YS_NO_MEMORY, rarely another code; the reason in `error`, which may be
   * NULL) *work is NULL and nothing is left allocated. */
  ys_code (*init)(void **work, const ys_objective *objective,
                  const ys_options *options, ys_labels *y, ys_error *error);

  /* NULL-able: begin anew, as after init, from y and on what the objective's
   * batch holds now: other rows of the same shape and storage. For batch after
   * batch of training: the memory is that of init; more is taken only where
   * steps may take some. On failure nothing but `free` may follow. */
  ys_code (*restart)(void *work, ys_labels *y, ys_error *error);

  /* One iteration: replace y by the next iterate, rows on the simplex to 1e-12.
   * `error` (may be NULL) says why it failed and may say why it stalled. */
  ys_step (*step)(void *work, ys_labels *y, ys_error *error);

  /* NULL-able: whether F never rises from one step to the next, but by
   * rounding. Of a solver that does not say so the caller keeps the best
   * iterate. */
  bool (*descends)(const ys_options *options);

  /* NULL-able, for solvers whose steps may be long: ask `stop`, which outlives
   * *work, from the calling thread now and then inside a step, on all ranks at
   * once. When it is wanted, the step is to return YS_STEP_ON soon, y on the
   * simplex and F no higher than it was. Never called, or with NULL: there is
   * nobody to ask. */
  void (*heed)(void *work, const ys_stop *stop);

  /* NULL-able: K multipliers nu, in nats, at which the dual function may be a
   * better bound than at y's own column means; the work's, until the next step;
   * or NULL. The judge recomputes the bound. */
  const double *(*multipliers)(const void *work);

  void (*free)(void *work); /* accepts NULL */
} ys_solver;

/* A solver in a file of its own, which `-s ./mine.so:step=2` loads, says
 *
 *   YS_PLUGIN(ys_mine)
 *
 * and so which table it is, and what this header and those that it includes
 * were when it was built. The number rises with a change of theirs that such a
 * file would have to know; sizes find one that was not thought of. */
enum { YS_SOLVER_INTERFACE = 2 };

typedef struct ys_plugin {
  unsigned interface;
  size_t sizes[6];
  const ys_solver *solver;
} ys_plugin;

#define YS_PLUGIN_OF(solver)                                                   \
  {                                                                            \
    YS_SOLVER_INTERFACE,                                                       \
        {sizeof(ys_solver), sizeof(ys_objective), sizeof(ys_batch),            \
         sizeof(ys_labels), sizeof(ys_scratch),   sizeof(ys_options)},         \
        (solver)                                                               \
  }
#define YS_PLUGIN(solver)                                                      \
  extern const ys_plugin ys_plugin_entry;                                      \
  __attribute__((visibility("default"))) const ys_plugin ys_plugin_entry =     \
      YS_PLUGIN_OF(&(solver));

/* The table of solvers, ended by NULL, and a look-up in it by name (NULL if
 * there is none of the first `length` bytes of `name`). */
extern const ys_solver *const ys_solvers[];
const ys_solver *ys_solver_find(const char *name, size_t length);

/* Find the solver of "name:options" and read its options, to be freed. An
 * unknown name is answered with the nearest valid one, and *solver is NULL
 * then; it is not where only the options are wrong. Either is YS_BAD_INPUT, and
 * leaves no options to free. */
ys_code ys_solver_parse(const char *spec, const ys_solver **solver,
                        ys_options *options, ys_error *error);

/* The start points, written to y (M x K, row by row; not sigma's own memory;
 * the uniform one is what sparse labels are when they are made):
 * y_ik = 1/K; y = sigma; or rows drawn uniformly from the simplex (flat
 * Dirichlet), reproducible from `seed` whatever the number of threads, which
 * may run out of memory. */
void ys_start_uniform(const ys_objective *objective, double *y);
void ys_start_sigma(const ys_objective *objective, double *y);
ys_code ys_start_random(const ys_objective *objective, unsigned long seed,
                        double *y, ys_error *error);

#pragma GCC visibility pop

#endif
