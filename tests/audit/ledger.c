#include "tests/audit/ledger.h"

#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

ledger *ledger_open(long first) {
  ledger *l = mmap(NULL, sizeof *l, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (l == MAP_FAILED)
    return NULL;
  l->next = first;
  return l;
}

void ledger_turn(ledger *l, int desk, long number, long subject) {
  l->desk[desk].number = number;
  l->desk[desk].subject = subject;
  l->desk[desk].since = now();
}

long ledger_seconds(const ledger *l, int desk) {
  return now() - l->desk[desk].since;
}

void ledger_print(const ledger *l) {
  printf("%ld cases, %ld without a finite point, %ld whose optimum was not "
         "bracketed to 1e-15; %ld iterates\n",
         (long)l->cases, (long)l->hopeless, (long)l->loose, (long)l->iterates);
  printf("%-20s %9s %9s %10s %9s %9s %9s %9s\n", "solver", "converged",
         "at floor", "unfinished", "stalled", "(uniform", "refused",
         "findings");
  printf("%-20s %50s\n", "", "prior)");
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++) {
    const atomic_long *ends = l->ends[s];
    printf("%-20s %9ld %9ld %10ld %9ld %9ld %9ld %9ld\n",
           audit_subjects[s].spec, (long)ends[END_CONVERGED],
           (long)ends[END_FLOOR], (long)ends[END_UNFINISHED],
           (long)ends[END_STALLED], (long)l->evenly[s], (long)ends[END_REFUSED],
           (long)l->found[s]);
  }
}
