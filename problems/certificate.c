#include "problems/certificate.h"

#include "problems/objective/collision.h"
#include "problems/objective/fairness.h"
#include "problems/objective/labelrows.h"
#include "problems/vector/tiles.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------- the fairness term's dual ----
 *
 * psi(nu) = min over z of lambda * fairness(z) + nu . z is
 *
 *   strong, over z > 0:         lambda + lambda sum_k u_k ln(nu_k / lambda)
 *   weak, over the simplex:     -lambda ln sum_k u_k exp(-nu_k / lambda)
 *
 * and g(nu) = (1/M) sum_i phi_i(nu) + psi(nu). */

/* Whether the dual function is finite at nu. */
static bool in_domain(const ys_objective *objective, const double *nu) {
  for (size_t k = 0; k < objective->batch->classes; k++)
    if (!isfinite(nu[k]) || (objective->fairness == YS_STRONG &&
                             objective->lambda > 0 && !(nu[k] > 0)))
      return false;
  return true;
}

/* sum_k u_k exp(-(nu_k - least) / lambda), with least = min_k nu_k. */
static double partition(const ys_objective *objective, const double *nu,
                        double *least) {
  ys_sum sum = {0, 0};
  *least = INFINITY;
  for (size_t k = 0; k < objective->batch->classes; k++)
    *least = fmin(*least, nu[k]);
  for (size_t k = 0; k < objective->batch->classes; k++)
    ys_sum_add(&sum, ys_weak_tilt(objective->lambda, objective->prior[k],
                                  nu[k] - *least));
  return ys_sum_value(&sum);
}

/* psi(nu); *level is the size of the numbers that it is the sum of. */
static double fairness_dual(const ys_objective *objective, const double *nu,
                            double *level) {
  const double lambda = objective->lambda;
  ys_sum sum = {lambda, 0};
  *level = 0;
  if (lambda == 0)
    return 0; /* nu is 0, see ys_lower_bound */
  if (objective->fairness == YS_WEAK) {
    double least, z = partition(objective, nu, &least);
    *level = fabs(least) + lambda * fabs(log(z));
    return least - lambda * log(z);
  }
  for (size_t k = 0; k < objective->batch->classes; k++) {
    double term = ys_strong_dual_term(lambda, objective->prior[k], nu[k]);
    ys_sum_add(&sum, term);
    *level += fabs(term);
  }
  return ys_sum_value(&sum);
}

/* What the logarithm of a number may be off by that is made of `terms`
 * roundings so near the least double that each is off by as much as that, and
 * no longer by a share of itself. */
static double rounding_of_tiny(double number, double terms) {
  return number < DBL_MIN / DBL_EPSILON * terms
             ? terms * (DBL_TRUE_MIN / number)
             : 0;
}

/* lambda fairness(ybar) + nu . ybar - psi(nu), as a sum of terms that are never
 * negative, each a multiple of e(r) = r - 1 - ln r (docs/method.md, 2, "The
 * gap"). Strong: lambda sum_k u_k e(nu_k ybar_k / (lambda u_k)). */
static double strong_gap(const ys_objective *objective, const double *ybar,
                         const double *nu) {
  const double lambda = objective->lambda, *u = objective->prior;
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < objective->batch->classes; k++) {
    const double product = nu[k] * ybar[k], mean = product / lambda;
    ys_sum_add(&sum, ys_excess(u[k], mean) +
                         u[k] * rounding_of_tiny(fmin(product, mean), 2));
  }
  return lambda * ys_sum_value(&sum);
}

/* Weak: lambda sum_k ybar_k e(w_k / ybar_k), with w the minimiser of psi, w_k
 * proportional to u_k exp(-nu_k / lambda). */
static double weak_gap(const ys_objective *objective, const double *ybar,
                       const double *nu) {
  double least, z = partition(objective, nu, &least);
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < objective->batch->classes; k++) {
    double w =
        ys_weak_tilt(objective->lambda, objective->prior[k], nu[k] - least) / z;
    ys_sum_add(&sum, ys_excess(ybar[k], w));
  }
  return objective->lambda * ys_sum_value(&sum);
}

static double fairness_gap(const ys_objective *objective, const double *ybar,
                           const double *nu) {
  if (objective->lambda == 0)
    return 0;
  return objective->fairness == YS_STRONG ? strong_gap(objective, ybar, nu)
                                          : weak_gap(objective, ybar, nu);
}

/* ---------------------------------------------------------- the bound ---- */

/* What a computed number may be off by, proved in docs/method.md, "Rounding":
 * an allowance of some units in the last place of the numbers that were added
 * and subtracted, and of what the column means' own error makes of the fairness
 * term. */

/* c = 16 + sqrt K. */
static double units(const ys_objective *objective) {
  return 16 + sqrt((double)objective->batch->classes);
}

/* c eps (1 + lambda + level). */
static double rounding(const ys_objective *objective, double level) {
  return units(objective) * DBL_EPSILON * (1 + objective->lambda + level);
}

/* m eps lambda D, m = c + (64 + B / 64) / 2: D = sum_k |ybar_k d fairness /
 * d ybar_k| times the relative error of ybar, of chunks of 64 rows or tiles,
 * the chunks of a block, and each row's sum. The derivative is that along the
 * simplex, which is 0 where ybar = u. */
static double rounding_of_means(const ys_objective *objective,
                                const ys_scratch *scratch) {
  const double *u = objective->prior, *ybar = scratch->ybar;
  const double chunk = 64, chunks = (double)scratch->blocks.size / chunk;
  double steepness = 0;
  if (objective->lambda == 0)
    return 0;
  for (size_t k = 0; k < objective->batch->classes; k++)
    steepness += ys_fairness_steepness(objective->fairness, u[k], ybar[k]);
  return (units(objective) + (chunk + chunks) / 2) * DBL_EPSILON *
         objective->lambda * steepness;
}

static void sum_tiny(ys_scratch *scratch, size_t block, double terms) {
  double sum = 0;
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++)
    sum += rounding_of_tiny(scratch->x[i], terms);
  scratch->totals[block * YS_TOTALS + YS_TINY] = sum;
}

/* What that makes of the loss, mean_i K 5e-324 / x_i with x_i a sum of K
 * products, and of the fairness term, lambda sum_k u_k 3 5e-324 / ybar_k, whose
 * ybar_k / u_k is rounded as a mean of products and as a quotient. */
static double rounding_of_subnormals(const ys_objective *objective,
                                     ys_scratch *scratch) {
  const double classes = (double)objective->batch->classes;
  const double least = DBL_MIN / DBL_EPSILON * classes;
  double loss = 0, fairness = 0;
  if (objective->loss == YS_COLLISION &&
      scratch->over_all[YS_LEAST_X] < least) {
    for (size_t block = 0; block < scratch->blocks.count; block++)
      sum_tiny(scratch, block, classes);
    ys_scratch_sum(scratch, YS_TINY, 1);
    loss = ys_scratch_mean(scratch, YS_TINY);
  }
  for (size_t k = 0;
       objective->fairness == YS_STRONG && k < objective->batch->classes; k++)
    fairness += objective->prior[k] * rounding_of_tiny(scratch->ybar[k], 3);
  return loss + (objective->lambda > 0 ? objective->lambda * fairness : 0);
}

/* Which class is the row's largest does not change. */
static void know_tops(const ys_objective *objective, ys_scratch *scratch) {
  if (objective->loss != YS_COLLISION || scratch->knows_top)
    return;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    ys_collision_tops(objective, scratch, block);
  scratch->knows_top = true;
}

static void dual_block(const ys_objective *objective, const double *nu,
                       ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  double *room = ys_row_room(scratch, n);
  ys_sum sum = {0, 0};
  if (objective->loss == YS_COLLISION) {
    ys_collision_dual_sum(objective, nu, scratch, block);
    return;
  }
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++)
    ys_sum_add(&sum,
               ys_row_dual(objective->loss,
                           ys_batch_rows(objective->batch, i, 1, room), nu, n));
  scratch->totals[block * YS_TOTALS + YS_LOSS] = ys_sum_value(&sum);
}

/* g(nu) = (1/M) sum_i phi_i(nu) + psi(nu), which may be too high by
 * `allowance`, c eps (1 + lambda + |mean_i phi_i| + max_k |nu_k| + |psi|);
 * -infinity outside its domain. */
static double dual(const ys_objective *objective, const double *nu,
                   ys_scratch *scratch, double *allowance) {
  const size_t n = objective->batch->classes;
  *allowance = 0;
  if (!in_domain(objective, nu))
    return -INFINITY;
  if (objective->lambda == 0) { /* nothing ties the rows: nu is 0 */
    memset(scratch->nu, 0, n * sizeof *scratch->nu);
    nu = scratch->nu;
  }
  know_tops(objective, scratch);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    dual_block(objective, nu, scratch, block);
  ys_scratch_sum(scratch, YS_LOSS, 1);
  double loss = ys_scratch_mean(scratch, YS_LOSS);
  double level = 0, fairness_level;
  for (size_t k = 0; k < n; k++)
    level = fmax(level, fabs(nu[k]));
  double value = loss + fairness_dual(objective, nu, &fairness_level);
  *allowance = rounding(objective, fabs(loss) + level + fairness_level);
  return value;
}

double ys_lower_bound(const ys_objective *objective, const double *nu,
                      ys_scratch *scratch) {
  double allowance;
  double bound = dual(objective, nu, scratch, &allowance) - allowance;
  return isfinite(bound) ? bound : -INFINITY;
}

/* ---------------------------------------------------- scoring a point ---- */

/* Entry y_k of a row with the given sum, as the judge reads it: p_k = max(y_k,
 * 0) / sum_j max(y_j, 0). */
static inline double judged(double y, double sum) {
  return (y > 0 ? y : 0) / sum;
}

static double positive_sum(const double *y, size_t n) {
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < n; k++)
    ys_sum_add(&sum, y[k] > 0 ? y[k] : 0);
  return ys_sum_value(&sum);
}

static double judged_loss(ys_loss loss, const double *sigma, const double *y,
                          double sum, size_t n) {
  ys_sum total = {0, 0};
  for (size_t k = 0; k < n; k++) {
    double p = judged(y[k], sum);
    if (loss == YS_SHANNON)
      ys_sum_add(&total, p > 0 ? -p * log(sigma[k]) : 0);
    else
      ys_sum_add(&total, sigma[k] > 0 ? -sigma[k] * log(p) : 0);
  }
  double value = ys_sum_value(&total);
  return isnan(value) ? INFINITY : value;
}

/* First pass over a block: loss, column sums and feasibility. */
static void measure_block(const ys_objective *objective, const ys_labels *y,
                          ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  if (objective->loss == YS_COLLISION) {
    ys_collision_measure(objective, y, scratch, block);
    return;
  }
  ys_columns columns = ys_columns_begin(scratch, n, block);
  double *totals = scratch->totals + block * YS_TOTALS;
  double row_sum_error = 0, least = INFINITY, *room = ys_row_room(scratch, n);
  ys_label_rows rows = ys_label_rows_of(y, scratch);
  ys_sum loss = {0, 0};
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++) {
    const double *row = ys_label_rows_at(&rows, i, 1);
    ys_sum with_sign = {0, 0};
    for (size_t k = 0; k < n; k++) {
      ys_sum_add(&with_sign, row[k]);
      least = fmin(least, row[k]);
    }
    const double signed_sum = ys_sum_value(&with_sign);
    const double sum = positive_sum(row, n);
    if (!isfinite(signed_sum)) /* no number counts as the worst */
      least = -INFINITY;
    for (size_t k = 0; k < n; k++)
      columns.chunk[k] += judged(row[k], sum);
    ys_columns_next(&columns);
    const double *sigma = ys_batch_rows(objective->batch, i, 1, room);
    ys_sum_add(&loss, judged_loss(objective->loss, sigma, row, sum, n));
    row_sum_error = fmax(row_sum_error, fabs(signed_sum - 1));
  }
  ys_columns_end(&columns);
  totals[YS_LOSS] = ys_sum_value(&loss);
  totals[YS_ROW_SUM_ERROR] = row_sum_error;
  totals[YS_LEAST_ENTRY] = least;
}

/* Second pass over a block: the rows' gaps at nu. `row` is room for one row. */
static void certify_block(const ys_objective *objective, const ys_labels *y,
                          const double *nu, double *row, ys_scratch *scratch,
                          size_t block) {
  const size_t n = objective->batch->classes;
  if (objective->loss == YS_COLLISION) {
    ys_collision_certify(objective, y, nu, scratch, block);
    return;
  }
  double *totals = scratch->totals + block * YS_TOTALS;
  double *room = ys_row_room(scratch, n);
  ys_label_rows rows = ys_label_rows_of(y, scratch);
  ys_sum gap = {0, 0}, frank_wolfe = {0, 0}, level = {0, 0};
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++) {
    const double *given = ys_label_rows_at(&rows, i, 1);
    const double sum = positive_sum(given, n);
    for (size_t k = 0; k < n; k++)
      row[k] = judged(given[k], sum);
    const double *sigma = ys_batch_rows(objective->batch, i, 1, room);
    ys_row_gap found = ys_row_gap_at(objective->loss, sigma, row, nu, n);
    ys_sum_add(&gap, found.gap);
    ys_sum_add(&frank_wolfe, found.frank_wolfe);
    ys_sum_add(&level, found.level);
  }
  totals[YS_GAP] = ys_sum_value(&gap);
  totals[YS_FRANK_WOLFE] = ys_sum_value(&frank_wolfe);
  totals[YS_LEVEL] = ys_sum_value(&level);
}

/* F(y) - g(nu) = (1/M) sum_i gap_i + the fairness term's gap, all of it terms
 * that are never negative, and the Frank-Wolfe gap if nu are y's own
 * multipliers; *floor of the former allows for rounding:
 * c eps (1 + |F| + lambda + mean_i |h_i|) + m eps lambda D.
 * Uses the partial column sums, which are no longer needed, as rows of scratch.
 */
static double certify(const ys_objective *objective, const ys_labels *y,
                      const double *nu, double value, ys_scratch *scratch,
                      double *frank_wolfe, double *floor) {
  const size_t n = objective->batch->classes;
  *floor = 0;
  if (!in_domain(objective, nu))
    return INFINITY;
  know_tops(objective, scratch);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    certify_block(objective, y, nu, scratch->partials + 2 * block * n, scratch,
                  block);
  ys_scratch_sum(scratch, YS_GAP, YS_LEVEL + 1 - YS_GAP);
  *frank_wolfe = ys_scratch_mean(scratch, YS_FRANK_WOLFE);
  if (isnan(*frank_wolfe))
    *frank_wolfe = INFINITY;
  *floor =
      rounding(objective, fabs(value) + ys_scratch_mean(scratch, YS_LEVEL)) +
      rounding_of_means(objective, scratch);
  double gap = ys_scratch_mean(scratch, YS_GAP) +
               fairness_gap(objective, scratch->ybar, nu) + *floor;
  return isnan(gap) ? INFINITY : gap;
}

/* y's own multipliers; where a column mean is 0 under weak fairness they are
 * infinite, and those of a tiny mean serve instead. */
static void own_multipliers(const ys_objective *objective,
                            ys_scratch *scratch) {
  ys_objective_multipliers(objective, scratch->ybar, scratch->nu);
  for (size_t k = 0; k < objective->batch->classes; k++)
    if (objective->fairness == YS_WEAK && isinf(scratch->nu[k]))
      scratch->nu[k] = ys_fairness_multiplier(YS_WEAK, objective->lambda,
                                              objective->prior[k], DBL_MIN, 1);
}

/* The first pass: all of the verdict but the gap. Returns whether F is finite
 * and y feasible; y's multipliers are left in scratch then. */
static bool measure(const ys_objective *objective, const ys_labels *y,
                    ys_scratch *scratch, ys_verdict *verdict) {
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    measure_block(objective, y, scratch, block);
  ys_scratch_measured(scratch, objective->batch->classes);
  *verdict = (ys_verdict){
      .objective = ys_scratch_value(objective, scratch),
      .lower_bound = -INFINITY,
      .gap = INFINITY,
      .row_sum_error = fmax(0, scratch->over_all[YS_ROW_SUM_ERROR]),
      .least_entry = fmin(INFINITY, scratch->over_all[YS_LEAST_ENTRY])};
  if (!isfinite(verdict->objective) || !(verdict->least_entry >= -1e-12)) {
    verdict->objective = INFINITY;
    return false;
  }
  own_multipliers(objective, scratch);
  return true;
}

/* F(y) - g(nu), *floor of which allows for rounding: the bound's allowance and
 * c eps (1 + |F| + lambda) + m eps lambda D. A difference of many times what
 * rounding may have done to it is good to four digits and needs sigma alone; a
 * smaller one is summed without cancellation. */
static double gap_at(const ys_objective *objective, const ys_labels *y,
                     const double *nu, double value, ys_scratch *scratch,
                     double *floor) {
  const double many = 1e4;
  double unused;
  double gap = value - dual(objective, nu, scratch, floor);
  *floor +=
      rounding(objective, fabs(value)) + rounding_of_means(objective, scratch);
  if (gap > many * *floor && gap < INFINITY)
    return gap + *floor;
  return certify(objective, y, nu, value, scratch, &unused, floor);
}

ys_verdict ys_certify(const ys_objective *objective, const ys_labels *y,
                      const double *hint, ys_scratch *scratch) {
  ys_verdict verdict;
  double unused;
  if (!measure(objective, y, scratch, &verdict))
    return verdict;
  const double tiny = rounding_of_subnormals(objective, scratch);
  verdict.floor =
      rounding(objective, 1 + objective->lambda + fabs(verdict.objective)) +
      rounding_of_means(objective, scratch) + tiny;
  verdict.gap =
      gap_at(objective, y, scratch->nu, verdict.objective, scratch, &unused);
  if (hint && objective->lambda > 0)
    verdict.gap =
        fmin(verdict.gap,
             gap_at(objective, y, hint, verdict.objective, scratch, &unused));
  verdict.gap += tiny;
  verdict.lower_bound = verdict.objective - verdict.gap;
  return verdict;
}

double ys_frank_wolfe_gap(const ys_objective *objective, const ys_labels *y,
                          ys_scratch *scratch) {
  ys_verdict verdict;
  double floor, gap = INFINITY;
  if (measure(objective, y, scratch, &verdict))
    certify(objective, y, scratch->nu, verdict.objective, scratch, &gap,
            &floor);
  return gap;
}
