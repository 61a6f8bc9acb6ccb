/* A solver that is a process of its own, and speaks the protocol of
 * docs/exec-protocol.md: `-s 'exec:command=python3 mine.py'`. To the run it is
 * a solver like any other: what the process does is checked here, and whatever
 * it does wrong is a step that fails. */
#ifndef EXEC_H
#define EXEC_H

#include "solvers/solver.h"

extern const ys_solver exec_solver;

/* What its init is given for options (of exec_spec_parse): the first member.
 */
typedef struct exec_order {
  ys_options options;
  unsigned long seed;
  double tolerance, seconds; /* the run's: of the gap, and its time limit */
  bool shows_errors;         /* of the process, as they come */
} exec_order;

/* What there is to say of a run behind its iterates. */
typedef struct exec_report {
  double empty_step_seconds; /* median of what a step without any work costs:
                                to ask, to be answered, to take y in; NaN: it
                                was not got to */
  double own_seconds;        /* what the process says that its steps took, in
                                all; NaN: it did not say it of each */
  const char *failure;       /* NULL; or why there is no more to be had of it;
                                the work's */
} exec_report;

exec_report exec_report_of(const void *work);

/* Behind the last step: it must have said all that it was asked, and no more.
 */
void exec_close(void *work);

#endif
