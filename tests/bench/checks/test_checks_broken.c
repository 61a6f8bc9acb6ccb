/* Each check of `ystep check` fails when what it guards is broken. */
#include "problems/certificate.h"
#include "tests/support/findings.h"

/* Slightly wrong in one class. */
static double skewed_gradient(const ys_objective *f, const double *y,
                              double *gradient, ys_scratch *scratch) {
  double value = ys_objective_gradient(f, y, gradient, scratch);
  for (size_t i = 0; i < f->batch->rows; i++)
    gradient[i * f->batch->classes] *= 1.0001;
  return value;
}

/* The gradient of the mean, where that per row is meant. */
static double unscaled_gradient(const ys_objective *f, const double *y,
                                double *gradient, ys_scratch *scratch) {
  double value = ys_objective_gradient(f, y, gradient, scratch);
  for (size_t e = 0; e < f->batch->rows * f->batch->classes; e++)
    gradient[e] /= (double)f->batch->rows;
  return value;
}

static double no_gradient(const ys_objective *f, const double *y,
                          double *gradient, ys_scratch *scratch) {
  double value = ys_objective_gradient(f, y, gradient, scratch);
  gradient[0] = NAN;
  return value;
}

static double high_bound(const ys_objective *f, const double *nu,
                         ys_scratch *scratch) {
  return ys_lower_bound(f, nu, scratch) + 1e-3;
}

static double no_bound(const ys_objective *f, const double *nu,
                       ys_scratch *scratch) {
  (void)f, (void)nu, (void)scratch;
  return NAN;
}

static ys_verdict high_judge(const ys_objective *f, const ys_labels *y,
                             const double *hint, ys_scratch *scratch) {
  ys_verdict verdict = ys_certify(f, y, hint, scratch);
  verdict.lower_bound += 1e-3;
  return verdict;
}

static ys_verdict loose_judge(const ys_objective *f, const ys_labels *y,
                              const double *hint, ys_scratch *scratch) {
  ys_verdict verdict = ys_certify(f, y, hint, scratch);
  verdict.gap = 1.01 * ys_frank_wolfe_gap(f, y, scratch);
  return verdict;
}

/* The fairness part of the gap left out at multipliers that are proposed. */
static ys_verdict credulous_judge(const ys_objective *f, const ys_labels *y,
                                  const double *hint, ys_scratch *scratch) {
  ys_verdict verdict = ys_certify(f, y, hint, scratch);
  if (hint)
    verdict.lower_bound += 1e-12;
  return verdict;
}

static ys_verdict timid_judge(const ys_objective *f, const ys_labels *y,
                              const double *hint, ys_scratch *scratch) {
  ys_verdict verdict = ys_certify(f, y, hint, scratch);
  verdict.gap += 1e-11;
  return verdict;
}

/* Rows taken as they are. */
static ys_verdict undivided_judge(const ys_objective *f, const ys_labels *y,
                                  const double *hint, ys_scratch *scratch) {
  ys_verdict verdict = ys_certify(f, y, hint, scratch);
  verdict.objective = ys_objective_value(f, y->dense, scratch);
  return verdict;
}

static double bent_value(const ys_objective *f, const double *y,
                         ys_scratch *scratch) {
  double bump = 0;
  for (size_t e = 0; e < f->batch->rows * f->batch->classes; e++)
    bump -= y[e] * y[e];
  return ys_objective_value(f, y, scratch) + 10 * bump;
}

/* The value with `change` added for the loss: the laws see single rows. */
#define CHANGED(name, which, change)                                           \
  static double name(const ys_objective *f, const double *y, ys_scratch *s) {  \
    double value = ys_objective_value(f, y, s);                                \
    const double *sigma = f->batch->sigma;                                     \
    (void)sigma;                                                               \
    return f->loss == (which) ? (change) : value;                              \
  }

CHANGED(doubled_collision, YS_COLLISION, 2 * value)
CHANGED(high_collision, YS_COLLISION, value + 1e-3)
CHANGED(low_collision, YS_COLLISION, value - 5)
CHANGED(lopsided_collision, YS_COLLISION, value + 1e-3 * y[0] * sigma[1])
CHANGED(trained_collision, YS_COLLISION, value + 1e-3 * sigma[0] * sigma[0])
CHANGED(low_shannon, YS_SHANNON, 0.5 * value)
CHANGED(low_reverse, YS_REVERSE, 0.5 * value)
CHANGED(negative_shannon, YS_SHANNON, -value)
CHANGED(negative_reverse, YS_REVERSE, -value)
CHANGED(trained_reverse, YS_REVERSE, value + 1e-3 * sigma[0] * sigma[0])
/* lower where sigma and y differ, right where they are the same */
CHANGED(uneven_collision, YS_COLLISION,
        value - 2 * fabs(sigma[0] - y[0]) * fabs(sigma[0] - y[0]))
CHANGED(offset_fairness, f->loss, value + 1e-3 * f->lambda)
CHANGED(negative_fairness, f->loss, value - 3 * f->lambda)

typedef struct breakage {
  check_subject subject;
  const char *check, *loss; /* what must fail */
} breakage;

#define WITH_VALUE(f)                                                          \
  { f, ys_objective_gradient, ys_lower_bound, ys_certify }
#define WITH_GRADIENT(f)                                                       \
  { ys_objective_value, f, ys_lower_bound, ys_certify }
#define WITH_BOUND(f)                                                          \
  { ys_objective_value, ys_objective_gradient, f, ys_certify }
#define WITH_JUDGE(f)                                                          \
  { ys_objective_value, ys_objective_gradient, ys_lower_bound, f }

static const breakage breakages[] = {
    {WITH_GRADIENT(skewed_gradient), "gradient", "collision"},
    {WITH_GRADIENT(skewed_gradient), "gradient", "shannon"},
    {WITH_GRADIENT(skewed_gradient), "gradient", "reverse"},
    {WITH_GRADIENT(skewed_gradient), "hessian", "collision"},
    {WITH_GRADIENT(skewed_gradient), "hessian", "shannon"},
    {WITH_GRADIENT(skewed_gradient), "hessian", "reverse"},
    {WITH_GRADIENT(unscaled_gradient), "gradient", "collision"},
    {WITH_GRADIENT(no_gradient), "hessian", "collision"},
    {WITH_BOUND(high_bound), "weak_duality", "collision"},
    {WITH_BOUND(high_bound), "weak_duality", "reverse"},
    {WITH_BOUND(no_bound), "weak_duality", "shannon"},
    {WITH_JUDGE(high_judge), "weak_duality", "collision"},
    {WITH_JUDGE(loose_judge), "gap_at_most_frank_wolfe", "collision"},
    {WITH_JUDGE(loose_judge), "gap_at_most_frank_wolfe", "reverse"},
    {WITH_JUDGE(credulous_judge), "bound_at_planted_optimum", "collision"},
    {WITH_JUDGE(credulous_judge), "bound_at_planted_optimum", "reverse"},
    {WITH_JUDGE(timid_judge), "gap_at_planted_optimum", "collision"},
    {WITH_JUDGE(timid_judge), "gap_at_planted_optimum", "reverse"},
    {WITH_JUDGE(undivided_judge), "judge_divides_rows", "collision"},
    {WITH_JUDGE(undivided_judge), "judge_divides_rows", "shannon"},
    {WITH_VALUE(bent_value), "convexity", "collision"},
    {WITH_VALUE(bent_value), "convexity", "shannon"},
    {WITH_VALUE(bent_value), "convexity", "reverse"},
    {WITH_VALUE(bent_value), "gradient", "collision"},
    {WITH_VALUE(doubled_collision), "shannon_at_one_hot_y", "collision"},
    {WITH_VALUE(doubled_collision), "at_most_shannon", "collision"},
    {WITH_VALUE(high_collision), "ln_K_at_uniform_y", "collision"},
    {WITH_VALUE(low_collision), "not_negative", "collision"},
    {WITH_VALUE(low_collision), "between_logarithms_of_sigma", "collision"},
    {WITH_VALUE(low_collision), "order_of_entropies", "collision"},
    {WITH_VALUE(lopsided_collision), "symmetry", "collision"},
    {WITH_VALUE(trained_collision), "no_gradient_at_uniform_y", "collision"},
    {WITH_VALUE(trained_reverse), "no_gradient_at_uniform_y", "reverse"},
    {WITH_VALUE(low_shannon), "at_most_shannon", "collision"},
    {WITH_VALUE(low_shannon), "order_of_entropies", "collision"},
    {WITH_VALUE(low_reverse), "at_most_reverse", "collision"},
    {WITH_VALUE(negative_shannon), "not_negative", "shannon"},
    {WITH_VALUE(negative_reverse), "not_negative", "reverse"},
    {WITH_VALUE(uneven_collision), "at_least_mean_collision_entropy",
     "collision"},
    {WITH_VALUE(offset_fairness), "fairness_zero_at_prior", "-"},
    {WITH_VALUE(negative_fairness), "fairness_not_negative", "-"},
};
enum { BREAKAGES = sizeof breakages / sizeof *breakages };

START_TEST(each_check_fails_on_what_it_guards) {
  const breakage *b = &breakages[_i];
  gathered good = run_checks(FLAT, 20, 4, 1, 1, &check_library);
  gathered bad = run_checks(FLAT, 20, 4, 1, 1, &b->subject);
  ck_assert(check_passed(find(&good, b->check, b->loss)));
  const check_finding *found = find(&bad, b->check, b->loss);
  ck_assert_msg(!check_passed(found), "%s, %s: worst %g, tolerance %g",
                found->check, found->loss, found->worst, found->tolerance);
}
END_TEST

/* No law is without a breakage of its own. (least_eigenvalue looks at formulas
 * that hessian compares with the gradient; it has a control.) */
START_TEST(every_law_is_broken_once) {
  gathered all = run_checks(FLAT, 20, 4, 1, 1, &check_library);
  for (size_t i = 0; i < all.count; i++) {
    bool broken = !all.item[i].expected ||
                  strcmp(all.item[i].check, "least_eigenvalue") == 0;
    for (size_t b = 0; b < BREAKAGES; b++)
      broken = broken || strcmp(breakages[b].check, all.item[i].check) == 0;
    ck_assert_msg(broken, "nothing breaks %s", all.item[i].check);
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("checks on broken code");
  TCase *broken = tcase_create("broken");
  tcase_add_loop_test(broken, each_check_fails_on_what_it_guards, 0, BREAKAGES);
  tcase_add_test(broken, every_law_is_broken_once);
  suite_add_tcase(s, broken);
  return s;
}

int main(void) {
  return run_suite(suite());
}
