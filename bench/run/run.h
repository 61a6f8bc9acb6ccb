/* One run: one solver on one y-step, from a start point to a stop. */
#ifndef RUN_H
#define RUN_H

#include "library/run.h"

#include <stddef.h>

typedef enum run_status {
  RUN_CONVERGED,   /* the certified gap reached the tolerance, or the floor of
                      rounding above it: the message then says so */
  RUN_MAX_ITER,    /* the iteration limit */
  RUN_TIME_LIMIT,  /* the time limit */
  RUN_INTERRUPTED, /* by SIGINT or SIGTERM */
  RUN_STALLED,     /* the solver could go no further */
  RUN_UNSUPPORTED, /* the solver does not serve this objective */
  RUN_FAILED, /* the solver broke down, or left the simplex or F's domain */
} run_status;
enum { RUN_STATUSES = RUN_FAILED + 1 };

const char *run_status_name(run_status status);

/* The first iteration after `iteration` that goes into the trace: every
 * `every`-th, or the checked ones (ys_run_next_check) if `every` is
 * SCHEDULE_THIN; none if 0. Whatever the clock says: looking changes nothing.
 */
enum { SCHEDULE_THIN = -1 };
long schedule_next_trace(long iteration, long every);

typedef struct run_limits {
  double tolerance;    /* on the certified gap, nats */
  long max_iterations; /* >= 0 */
  double seconds;      /* of solver time; wall time is limited to
                          RUN_WALL_FACTOR times that, plus a second */
  long trace_every;    /* see schedule_next_trace */
} run_limits;

enum { RUN_WALL_FACTOR = 3 };

enum { RUN_DIGEST = 33 }; /* 128 bits in hexadecimal */

/* What a run is to be. Text is borrowed. */
typedef struct run_spec {
  size_t id;                    /* from 1 */
  const char *problem, *solver; /* as the user gave them */
  size_t rows, classes;         /* of the whole batch */
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
  const char *start, *prior; /* "uniform", ... or the path of a file */
  size_t repeat;
  unsigned long seed;
  size_t ranks; /* 1: a process alone */
  int threads;  /* of each */
  run_limits limits;
  double wall_seconds;     /* of the whole run, reading included, and */
  double memory_mebibytes; /* of address space: of a sweep's; else 0 */
  char batch[RUN_DIGEST];  /* of the batch's content, and */
  char hash[RUN_DIGEST];   /* of all that decides a sweep's run; else empty */
} run_spec;

/* A recorded iteration. */
typedef ys_run_point trace_point;

typedef struct run_result {
  run_status status;
  long iterations;
  double setup_seconds;   /* the solver's init */
  double solve_seconds;   /* inside the solver's step, nothing else */
  double monitor_seconds; /* judging, tracing */
  trace_point last;       /* of y: the final iterate, or the best one judged
                             where the final one is worse; the message then
                             says so */
  bool left_domain; /* failed, as is expected of a solver whose F may rise: a
                       long step, and F was infinite */
  double empty_step_seconds; /* of a solver in a process of its own: what a
                                step without any work costs; NaN: of no other */
  double own_seconds;        /* and what it says that its steps took; NaN: it
                                does not say it */
  double sent_bytes, sent_messages; /* by the rank that sent most; NaN: by a
                                       process alone */
  trace_point *trace;               /* owned */
  size_t traced;
  char message[256]; /* why it stopped, where that needs saying */
} run_result;

/* Of a run that has no figures. */
run_result run_result_none(run_status status);

/* Called now and then during a run, with the last point judged. */
typedef void run_watch(void *context, const trace_point *point);

/* Run `solver` in place on y, which holds the start point (F must be finite
 * there), dense, or, if the solver takes them, sparse. Judges the iterates at
 * the iterations of the schedule, stops by `limits`, and always judges and
 * records the last one; y ends no worse than any iterate judged. Where ranks
 * hold the batch between them all run it, by the clock of the first. Fails only
 * for want of memory, with nothing left to free; every other end is a status.
 */
ys_code run_solver(const ys_solver *solver, const ys_options *options,
                   const ys_objective *objective, const run_limits *limits,
                   ys_labels *y, run_watch *watch, void *context,
                   run_result *result, ys_error *error);
void run_result_free(run_result *result);

#endif
