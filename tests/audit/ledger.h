/* What the audit's processes share: which case is next, what each is at, and
 * the counts. */
#ifndef LEDGER_H
#define LEDGER_H

#include "tests/audit/runs.h"

#include <stdatomic.h>

enum { MOST_JOBS = 64 };

typedef struct ledger_desk {
  atomic_long number, subject; /* the case and run under way */
  atomic_long since;           /* seconds, of a clock that never goes back */
} ledger_desk;

typedef struct ledger {
  atomic_long next, cases, hopeless, loose, runs, iterates, findings;
  atomic_long exact;  /* runs of exact solvers */
  atomic_long stalls; /* of theirs under a prior that is not uniform */
  atomic_long ends[AUDIT_SUBJECTS][END_COUNT];
  atomic_long found[AUDIT_SUBJECTS];  /* runs with findings */
  atomic_long evenly[AUDIT_SUBJECTS]; /* stalls with uniform prior */
  ledger_desk desk[MOST_JOBS];
} ledger;

/* Shared with the processes forked later; NULL if memory is out. */
ledger *ledger_open(long first);
void ledger_print(const ledger *l);

/* What a process at `desk` turns to. */
void ledger_turn(ledger *l, int desk, long number, long subject);
long ledger_seconds(const ledger *l, int desk); /* spent on it so far */

#endif
