/* Solvers that misbehave in their first step, for the tests of sweeps. They are
 * in the table of build/tests/support/ystep-misfits alone. */
#include "solvers/solver.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern const ys_solver misfit_crash, misfit_hoard, misfit_hang;

static ys_code misfit_init(void **work, const ys_objective *objective,
                           const ys_options *options, ys_labels *y,
                           ys_error *error) {
  (void)objective, (void)options, (void)y;
  *work = calloc(1, 1);
  return *work ? YS_OK : ys_fail_memory(error, "misfit");
}

/* A write to where nothing is. AddressSanitizer's handler is taken away, so
 * that it is a signal there too. */
static ys_step crash(void *work, ys_labels *y, ys_error *error) {
  volatile uintptr_t nowhere = 64;
  (void)work, (void)y, (void)error;
  signal(SIGSEGV, SIG_DFL);
  *(volatile int *)nowhere = 1;
  return YS_STEP_ON;
}

/* Memory without end, with no look at whether there was any. */
static ys_step hoard(void *work, ys_labels *y, ys_error *error) {
  static char *volatile kept;
  volatile int forever = 1;
  const size_t bytes = (size_t)1 << 24;
  (void)work, (void)y, (void)error;
  while (forever) {
    kept = malloc(bytes);
    memset(kept, 1, bytes);
  }
  return YS_STEP_ON;
}

static ys_step hang(void *work, ys_labels *y, ys_error *error) {
  volatile int forever = 1;
  (void)work, (void)y, (void)error;
  while (forever)
    ;
  return YS_STEP_ON;
}

static const ys_option none[] = {{.name = NULL}};

const ys_solver misfit_crash = {.name = "crash",
                                .summary = "writes to where nothing is",
                                .options = none,
                                .init = misfit_init,
                                .step = crash,
                                .free = free};
const ys_solver misfit_hoard = {.name = "hoard",
                                .summary = "allocates without end",
                                .options = none,
                                .init = misfit_init,
                                .step = hoard,
                                .free = free};
const ys_solver misfit_hang = {.name = "hang",
                               .summary = "never ends",
                               .options = none,
                               .init = misfit_init,
                               .step = hang,
                               .free = free};
