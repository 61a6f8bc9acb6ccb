/* Findings of the engine of `ystep check`, gathered for a test. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "bench/checks/checks.h"
#include "tests/support/reference.h"

enum { MOST_FINDINGS = 100 };

typedef struct gathered {
  check_finding item[MOST_FINDINGS];
  size_t count;
} gathered;

static inline ys_code gather(void *context, const check_finding *finding,
                             ys_error *error) {
  gathered *all = context;
  (void)error;
  ck_assert_uint_lt(all->count, MOST_FINDINGS);
  all->item[all->count++] = *finding;
  return YS_OK;
}

/* The findings on a batch of these rows. */
static inline gathered run_checks(row_kind kind, size_t rows, size_t classes,
                                  unsigned long seed, int threads,
                                  const check_subject *subject) {
  gathered all = {.count = 0};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_batch batch = random_batch(rng, kind, rows, classes);
  check_task task = {&batch, "test", seed, threads, subject};
  ck_assert_int_eq(checks_run(&task, gather, &all, NULL), YS_OK);
  ys_batch_free(&batch);
  gsl_rng_free(rng);
  return all;
}

/* The finding of this check for the loss (NULL: any). */
static inline const check_finding *find(const gathered *all, const char *check,
                                        const char *loss) {
  for (size_t i = 0; i < all->count; i++)
    if (strcmp(all->item[i].check, check) == 0 &&
        (!loss || strcmp(all->item[i].loss, loss) == 0))
      return &all->item[i];
  ck_abort_msg("no finding of %s", check);
  return NULL;
}

#endif
