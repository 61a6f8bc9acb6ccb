/* One run: a solver on one objective, from a start point to a stop, under the
 * judge. It has no clock and hears of no signal: its host does. */
#ifndef YS_RUN_H
#define YS_RUN_H

#include "problems/certificate.h"
#include "solvers/solver.h"

/* Which iterations are judged for stopping: the first after `iteration`. Every
 * one up to 10, then thinner by a factor of 8 / 7 (COCO's is 10^(1/20), 9 / 8),
 * so that a run of n iterations is judged about 10 + 17 log10(n / 10) times:
 * judging costs as much as an iteration of EM or two. The schedule depends on
 * the iteration number alone, never on the clock, so that looking changes
 * nothing. */
long ys_run_next_check(long iteration);

/* A judged iterate. `lower_bound` is the best so far, and gap the smaller of
 * the judge's and objective - lower_bound: both are true bounds. */
typedef struct ys_run_point {
  long iteration;
  double solve_seconds, objective, lower_bound, gap;
} ys_run_point;

/* A gap is no more than what `bound` leaves of the objective. */
void ys_run_tighten(ys_run_point *point, double bound);

typedef enum ys_run_end {
  YS_RUN_CONVERGED, /* the certified gap reached the tolerance, or the floor of
                       rounding above it: the message then says so */
  YS_RUN_MAX_ITER,  /* the iteration limit */
  YS_RUN_STOPPED,   /* the host wanted it */
  YS_RUN_STALLED,   /* the solver could go no further */
  YS_RUN_FAILED, /* the solver broke down, or left the simplex or F's domain */
} ys_run_end;

typedef struct ys_run ys_run;

/* Whom a run belongs to. */
typedef struct ys_run_host {
  void *context;
  double (*seconds)(void *context); /* a clock that never goes back */
  /* Between two iterations: NULL, or why the run is to end, "" if that says
   * itself. And inside a step, begun at run->step_started: whether it is to
   * return soon. */
  const char *(*is_over)(const ys_run *run, void *context);
  bool (*is_stop_wanted)(const ys_run *run, void *context);
  /* NULL-able: after the start point and each iteration; and at the end, when
   * the last iterate has been judged and before a better one is put in its
   * place. A code ends the run. */
  ys_code (*look)(ys_run *run, void *context, ys_error *error);
  ys_code (*look_last)(ys_run *run, void *context, ys_error *error);
} ys_run_host;

struct ys_run {
  /* What is asked for. `y` holds the start point (F must be finite there),
   * dense, or, if the solver takes them, sparse. */
  const ys_solver *solver;
  const ys_options *options;
  const ys_objective *objective;
  double tolerance; /* on the certified gap, nats */
  long max_iterations;
  ys_labels *y;
  ys_run_host host;
  ys_scratch *scratch; /* the objective's */
  ys_labels *spare;    /* zeroed, or of y's shape and kind: room for the best
                          iterate of a solver that may rise; the host's */
  void **kept; /* NULL; or where the work of a solver that can restart is
                  left, the host's to free, and gone on with if there is
                  one: of the same solver, options and objective, on a
                  batch of the same shape and storage, y of one kind */

  /* What came out. */
  ys_run_end end;
  long iterations;
  double setup_seconds;   /* the solver's init */
  double solve_seconds;   /* inside the solver's step, nothing else */
  double monitor_seconds; /* judging, keeping */
  ys_run_point last;      /* of y: the final iterate, or the best one judged
                             where the final one is worse; the message then says
                             so */
  double best_bound; /* over the checked iterations alone: what a host looks
                        at beyond them must not change how a run stops */
  double *nu;        /* NULL, or room for K: the multipliers that the solver
                        proposed last, or else y's own */
  char message[256]; /* why it stopped, where that needs saying */
  ys_code cause;     /* of a breakdown, if the solver gave one */

  /* The run's own. */
  void *work;
  ys_stop stop;
  double step_started; /* by the host's clock; infinite between two steps */
  ys_verdict verdict;  /* of the last look */
  bool keeps;          /* F may rise, and the spare keeps the checked iterate of
                          least F, in best */
  ys_run_point best;
  ys_code lost; /* why it could not be kept */
};

/* Whether the solver was built, serves the objective, and works over its ranks,
 * if it has some; and whether it works over any. YS_UNSUPPORTED if not. */
ys_code ys_run_check_solver(const ys_solver *solver, const ys_options *options,
                            const ys_objective *objective, ys_error *error);
ys_code ys_run_check_ranks(const ys_solver *solver, ys_error *error);

/* Run from `y`, of whose members those of "what is asked for" are set and the
 * rest zeroed. Where ranks hold the rows between them all run it, and their
 * hosts decide and look alike. Judges the iterates of the schedule and always
 * the last one; y ends no worse than any iterate judged. Fails only for want of
 * memory and by the host's code; every other end is one of the above. */
ys_code ys_run_go(ys_run *run, ys_error *error);

/* Judge y as it is now, for the host; nothing of the run changes but its
 * monitor_seconds. Whether the iterate has been checked for stopping. */
ys_run_point ys_run_look(ys_run *run);
bool ys_run_is_checked(const ys_run *run);

#endif
