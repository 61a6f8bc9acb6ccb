#include "bench/checks/checks.h"
#include "problems/certificate.h"

#include "bench/checks/checker.h"

const check_subject check_library = {ys_objective_value, ys_objective_gradient,
                                     ys_lower_bound, ys_judge};

bool check_observed(const check_finding *finding) {
  return finding->worst <= finding->tolerance;
}

bool check_passed(const check_finding *finding) {
  return check_observed(finding) == finding->expected;
}

ys_code checks_run(const check_setting *setting, check_sink *sink,
                   void *context, ys_error *error) {
  static ys_code (*const checks[])(const checker *, ys_error *) = {
      check_convexity, check_gradients, check_curvature, check_bounds,
      check_judge,     check_losses,    check_fairness};
  checker c;
  ys_code code = checker_open(&c, setting, sink, context, error);
  for (size_t i = 0; !code && i < sizeof checks / sizeof *checks; i++)
    code = checks[i](&c, error);
  checker_close(&c);
  return code;
}
