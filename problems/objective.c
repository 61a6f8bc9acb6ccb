/* What a y-step is made of; evaluating it is in problems/objective/. */
#include "problems/objective.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------ names ---- */

const char *ys_loss_name(ys_loss loss) {
  static const char *const names[] = {"collision", "shannon", "reverse"};
  return names[loss];
}

const char *ys_loss_formula(ys_loss loss) {
  static const char *const formulas[] = {
      "-ln(sigma . y)", "-sum_k y_k ln sigma_k", "-sum_k sigma_k ln y_k"};
  return formulas[loss];
}

const char *ys_fairness_name(ys_fairness fairness) {
  static const char *const names[] = {"strong", "weak"};
  return names[fairness];
}

const char *ys_fairness_formula(ys_fairness fairness) {
  static const char *const formulas[] = {"sum_k u_k ln(u_k / ybar_k)",
                                         "sum_k ybar_k ln(ybar_k / u_k)"};
  return formulas[fairness];
}

/* ------------------------------------------------------- life cycle ---- */

static ys_code check_prior(const double *prior, size_t classes, double *total,
                           ys_error *error) {
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < classes; k++) {
    if (!(prior[k] > 0) || !isfinite(prior[k]))
      return ys_fail(error, YS_BAD_INPUT,
                     "prior: entry %zu is %g; expected a positive number", k,
                     prior[k]);
    ys_sum_add(&sum, prior[k]);
  }
  *total = ys_sum_value(&sum);
  if (!(fabs(*total - 1) <= 1e-4))
    return ys_fail(error, YS_BAD_INPUT,
                   "prior: entries sum to %.9g; expected 1 within 1e-4",
                   *total);
  return YS_OK;
}

ys_code ys_objective_init(ys_objective *objective, const ys_batch *batch,
                          ys_loss loss, ys_fairness fairness, double lambda,
                          const double *prior, int threads, ys_error *error) {
  size_t classes = batch->classes;
  double sum = 1;
  *objective = (ys_objective){batch, loss, fairness, lambda, NULL, threads};
  if (!(lambda >= 0) || !isfinite(lambda))
    return ys_fail(error, YS_BAD_INPUT,
                   "lambda is %g; expected a finite number >= 0", lambda);
  if (prior) {
    ys_code code = check_prior(prior, classes, &sum, error);
    if (code)
      return code;
  }
  objective->prior = ys_array(classes, sizeof *objective->prior);
  if (!objective->prior)
    return ys_fail_memory(error, "the prior");
  for (size_t k = 0; k < classes; k++)
    objective->prior[k] = prior ? prior[k] / sum : 1.0 / (double)classes;
  return YS_OK;
}

void ys_objective_free(ys_objective *objective) {
  free(objective->prior);
  objective->prior = NULL;
}
