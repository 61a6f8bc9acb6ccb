/* The kernels that kernel-bench times: a table of functions over one batch.
 *
 * They live here, in a program of their own beside ystep, because some are not
 * for users to call (solvers/ipm/ipm_state.h is private), and because the
 * yardsticks want threads in BLAS that ystep itself forbids. They reach a
 * solver's hot loops through its plug-in interface where they can, so that a
 * rewritten kernel is measured without a change here. */
#ifndef KERNEL_H
#define KERNEL_H

#include "problems/memory.h"
#include "solvers/solver.h"

/* What a kernel works on. `y` is a point some iterations into the optimisation,
 * rows on the simplex; a kernel does not change it. */
typedef struct kernel_data {
  const ys_objective *objective;
  const double *y;     /* M x K */
  double *out;         /* M x K, free for use */
  ys_scratch *scratch; /* free for use */
} kernel_data;

typedef struct kernel kernel;

/* A kernel set up on data. */
typedef struct kernel_case {
  const kernel *kernel;
  const kernel_data *data;
  void *state;      /* the kernel's own; NULL at first */
  double *y;        /* of a solver: where it is */
  ys_memory memory; /* for it; given back behind end() */
  bool standing;    /* run() found nothing to do: its time does not count */
} kernel_case;

struct kernel {
  const char *name, *about;
  const char *solver;   /* NULL; or a solver's spec, whose step is the kernel */
  int warm, most;       /* of a solver: iterations before the first that is
                           timed, and before it starts anew */
  double arrays;        /* M x K doubles that have to be read or written: each
                           array that goes in or comes out, counted once */
  double small, target; /* at most so many triads, for K < 10 and K >= 10; 0: no
                           target */
  double rate;          /* at least this part of DGEMM's rate, for K >= 100; 0:
                           no target */
  double share;         /* of the out-of-cache size that suffices; 1 if 0 */

  ys_code (*begin)(kernel_case *c, ys_error *error); /* NULL-able: set up */
  ys_code (*ready)(kernel_case *c, ys_error *error); /* NULL-able: before every
                                                        run, not timed */
  ys_code (*run)(kernel_case *c, ys_error *error);   /* what is timed */
  void (*end)(kernel_case *c); /* NULL-able: free what memory does not hold;
                                  accepts what begin left */

  /* NULL-able: floating-point operations of a run; then the kernel is compared
   * with DGEMM too. */
  double (*flops)(size_t rows, size_t classes);
};

/* The table, ended by NULL. */
extern const kernel *const kernels[];

/* Of the solvers: set up, start anew, one iteration. */
ys_code kernel_solver_begin(kernel_case *c, ys_error *error);
ys_code kernel_solver_ready(kernel_case *c, ys_error *error);
ys_code kernel_solver_run(kernel_case *c, ys_error *error);
void kernel_solver_end(kernel_case *c);

/* Parts of the interior point (kernels_ipm.c). */
extern const kernel kernel_ipm, kernel_ipm_system, kernel_ipm_syrk;

#endif
