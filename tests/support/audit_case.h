/* Running the audit's solvers on one of its cases within a Check suite. */
#ifndef AUDIT_CASE_H
#define AUDIT_CASE_H

#include "tests/audit/runs.h"
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>

/* What the sink must know to name a finding. */
typedef struct audit_hearing {
  const audit_case *c;
  const audit_run *run;
} audit_hearing;

static inline void fail_on_finding(void *context, const char *law,
                                   const char *details) {
  const audit_hearing *at = context;
  /* Under other priors it may happen once in a thousand; the interior point
   * without active sets stalls on case 54, too. */
  if (strcmp(law, AUDIT_STALL) == 0 &&
      (at->c->prior || strcmp(at->run->subject->spec, "ipm:active=0") == 0))
    return;
  ck_abort_msg("%s, case %ld (%s + %s, lambda %g, M %zu, K %zu): %s: %s",
               at->run->subject->spec, at->c->number,
               ys_loss_name(at->c->objective.loss),
               ys_fairness_name(at->c->objective.fairness),
               at->c->objective.lambda, at->c->rows, at->c->classes, law,
               details);
}

/* Every solver but the generic ones: laws broken fail the test. `bracket` may
 * be NULL: the solvers then agree on one. */
static inline void audit_solvers(const audit_case *c,
                                 const truth_bracket *bracket) {
  static audit_run runs[AUDIT_SUBJECTS];
  truth_bracket agreed;
  memset(runs, 0, sizeof runs);
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++)
    if (!audit_subjects[s].rival)
      ck_assert(
          audit_run_case(c, &audit_subjects[s], bracket != NULL, &runs[s]));
  if (!bracket)
    agreed = audit_agree(runs, AUDIT_SUBJECTS);
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++) {
    audit_hearing at = {c, &runs[s]};
    if (runs[s].subject)
      audit_check(c, &runs[s], bracket ? bracket : &agreed, fail_on_finding,
                  &at);
    audit_run_free(&runs[s]);
  }
}

#endif
