/* The Hessian M d2F/dy2 of a small case, written out from the formulas: against
 * finite differences of the gradient, and its least eigenvalue on the tangent
 * space of the simplices. Control: the Hessian of collision in sigma and y
 * together has a negative one. */
#include "bench/checks/checker.h"

#include "problems/vector/array.h"

#include <gsl/gsl_eigen.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_ROWS = 4, SMALL_CLASSES = 20, POINTS = 3 };

/* ------------------------------------------------------ the formulas ---- */

/* Of one row's loss, added to the block of h (n x n within rows of `stride`).
 */
static void add_loss(ys_loss loss, const double *sigma, const double *y,
                     size_t n, double *h, size_t stride) {
  double x = 0;
  for (size_t k = 0; k < n; k++)
    x += sigma[k] * y[k];
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < n; l++) {
      if (loss == YS_COLLISION)
        h[k * stride + l] += sigma[k] / x * (sigma[l] / x);
      else if (loss == YS_REVERSE && k == l && sigma[k] > 0)
        h[k * stride + l] += sigma[k] / y[k] / y[k];
    }
}

/* The whole matrix, M K square. */
static void fill_hessian(const check_stage *stage, const double *y,
                         const double *ybar, double *h) {
  const ys_objective *f = &stage->objective;
  const size_t rows = f->batch->rows, n = f->batch->classes, size = rows * n;
  memset(h, 0, size * size * sizeof *h);
  for (size_t i = 0; i < rows; i++)
    add_loss(f->loss, f->batch->sigma + i * n, y + i * n, n,
             h + i * n * size + i * n, size);
  for (size_t e = 0; e < size; e++)
    for (size_t k = e % n; k < size; k += n) {
      double z = ybar[e % n]; /* 0: y_e is held at 0 */
      double bend = z == 0                     ? 0
                    : f->fairness == YS_STRONG ? f->prior[e % n] / z / z
                                               : 1 / z;
      h[e * size + k] += f->lambda * bend / (double)rows;
    }
}

/* ------------------------------------------- against the gradient ---- */

/* Column e of the Hessian by differences of fourth order, into `column`. */
static void difference(const checker *c, check_stage *stage, size_t e,
                       size_t size, double *column) {
  const double h = 4e-3 * stage->from[e];
  static const double steps[] = {-2, -1, 1, 2}, weights[] = {1, -8, 8, -1};
  memset(column, 0, size * sizeof *column);
  for (int i = 0; i < 4; i++) {
    stage->y[e] = stage->from[e] + steps[i] * h;
    c->subject->gradient(&stage->objective, stage->y, stage->gradient,
                         &stage->scratch);
    for (size_t k = 0; k < size; k++)
      column[k] += weights[i] * stage->gradient[k] / (12 * h);
  }
  stage->y[e] = stage->from[e];
}

static void compare(const checker *c, check_stage *stage, const double *h,
                    size_t size, check_tally *tally) {
  memcpy(stage->y, stage->from, size * sizeof *stage->y);
  double largest = 0;
  for (size_t e = 0; e < size * size; e++)
    largest = fmax(largest, fabs(h[e]));
  for (size_t e = 0; e < size; e++) {
    if (stage->from[e] == 0)
      continue;
    difference(c, stage, e, size, stage->to);
    for (size_t k = 0; k < size; k++)
      if (stage->from[k] > 0) { /* |h_ek| is at most the root, if all is well */
        double scale = sqrt(h[e * size + e] * h[k * size + k]);
        check_count(tally, fabs(stage->to[k] - h[e * size + k]) /
                               (scale + 1e-6 * largest));
      }
  }
}

/* ----------------------------------------------------- eigenvalues ---- */

/* An orthonormal basis of the vectors that are 0 where y is and sum to 0 in
 * each row of n (Helmert's): `dimension` rows of `size` numbers in `basis`. */
static size_t tangent_basis(const double *y, size_t size, size_t n,
                            double *basis) {
  size_t dimension = 0;
  memset(basis, 0, size * size * sizeof *basis);
  for (size_t row = 0; row < size; row += n) {
    size_t before = 0;
    for (size_t k = row; k < row + n; k++) {
      if (y[k] == 0)
        continue;
      if (before > 0) {
        double *v = basis + dimension++ * size, count = (double)before;
        for (size_t j = row; j < k; j++)
          v[j] = y[j] > 0 ? 1 / sqrt(count * (count + 1)) : 0;
        v[k] = -count / sqrt(count * (count + 1));
      }
      before++;
    }
  }
  return dimension;
}

/* basis h basis^T, into `projected` (dimension square). `half` is room for
 * dimension x size. */
static void project(const double *h, size_t size, const double *basis,
                    size_t dimension, double *half, double *projected) {
  memset(half, 0, dimension * size * sizeof *half);
  for (size_t i = 0; i < dimension; i++)
    for (size_t j = 0; j < size; j++)
      for (size_t k = 0; k < size; k++)
        half[i * size + k] += basis[i * size + j] * h[j * size + k];
  for (size_t i = 0; i < dimension; i++)
    for (size_t j = 0; j < dimension; j++) {
      double sum = 0;
      for (size_t k = 0; k < size; k++)
        sum += half[i * size + k] * basis[j * size + k];
      projected[i * dimension + j] = sum;
    }
}

/* Minus the least eigenvalue of a symmetric matrix, over the largest in size.
 */
static ys_code indefiniteness(double *matrix, size_t dimension,
                              double *violation, ys_error *error) {
  gsl_eigen_symm_workspace *work = gsl_eigen_symm_alloc(dimension);
  gsl_vector *values = gsl_vector_alloc(dimension);
  ys_code code = YS_OK;
  if (work && values) {
    gsl_matrix_view view = gsl_matrix_view_array(matrix, dimension, dimension);
    gsl_eigen_symm(&view.matrix, values, work);
    double least = gsl_vector_min(values);
    double largest = fmax(fabs(least), gsl_vector_max(values));
    *violation = largest == 0 ? 0 : -least / largest;
  } else {
    code = ys_fail_memory(error, "eigenvalues");
  }
  gsl_eigen_symm_free(work);
  gsl_vector_free(values);
  return code;
}

/* Count the violation of h (size square) at y, rows of n. */
static ys_code try_matrix(const double *h, const double *y, size_t size,
                          size_t n, check_tally *tally, ys_error *error) {
  double *basis = ys_array(ys_times(ys_times(3, size), size), sizeof *basis),
         violation = 0;
  if (!basis)
    return ys_fail_memory(error, "a basis of the tangent space");
  double *half = basis + size * size, *projected = half + size * size;
  size_t dimension = tangent_basis(y, size, n, basis);
  ys_code code = YS_OK;
  if (dimension > 0) { /* y is not at a vertex */
    project(h, size, basis, dimension, half, projected);
    code = indefiniteness(projected, dimension, &violation, error);
    if (!code)
      check_count(tally, violation);
  }
  free(basis);
  return code;
}

/* -------------------------------------------------------- the checks ---- */

static ys_code try_point(const checker *c, check_stage *stage,
                         check_tally *tallies, ys_error *error) {
  const ys_batch *batch = stage->objective.batch;
  const size_t n = batch->classes, size = batch->rows * n;
  checker_point(c, stage, 3, stage->from);
  if (checker_value(c, stage, stage->from) == INFINITY)
    return YS_OK;
  double *h = ys_array(ys_times(size, size), sizeof *h);
  if (!h)
    return ys_fail_memory(error, "a Hessian");
  fill_hessian(stage, stage->from, stage->scratch.ybar, h);
  compare(c, stage, h, size, &tallies[0]);
  ys_code code = try_matrix(h, stage->from, size, n, &tallies[1], error);
  free(h);
  return code;
}

/* Of -ln(sigma . y) at (sigma, y), two rows of n: with q = (y, sigma) / x the
 * gradient, q q^T less 1 / x between sigma_k and y_k. */
static void fill_joint(const double *point, size_t n, double *h) {
  double x = 0;
  for (size_t k = 0; k < n; k++)
    x += point[k] * point[n + k];
  for (size_t e = 0; e < 2 * n; e++)
    for (size_t f = 0; f < 2 * n; f++) {
      double q = point[(e + n) % (2 * n)] * point[(f + n) % (2 * n)] / (x * x);
      h[e * 2 * n + f] = q - (e + n == f || f + n == e ? 1 / x : 0);
    }
}

static ys_code try_joint(const checker *c, check_stage *stage,
                         check_tally *tallies, ys_error *error) {
  const size_t n = stage->objective.batch->classes;
  double *h =
      ys_array(ys_plus(ys_times(ys_times(4, n), n), ys_times(2, n)), sizeof *h);
  if (!h)
    return ys_fail_memory(error, "a Hessian");
  double *point = h + 4 * n * n;
  checker_row(c, 3, point, n);
  checker_row(c, 3, point + n, n);
  fill_joint(point, n, h);
  ys_code code = try_matrix(h, point, 2 * n, n, tallies, error);
  free(h);
  return code;
}

const check_trial check_curvature = {
    .laws = {{"hessian", 1e-6, true}, {"least_eigenvalue", 1e-11, true}},
    .rows = SMALL_ROWS,
    .classes = SMALL_CLASSES,
    .tries = POINTS,
    .try = try_point};

const check_trial check_joint_curvature = {
    .laws = {{"least_eigenvalue_in_sigma_and_y", 1e-11, false}},
    .rows = SMALL_ROWS,
    .classes = SMALL_CLASSES,
    .pairs = CHECK_MAIN_PAIR,
    .no_fairness = true,
    .lambdas = 1,
    .tries = POINTS,
    .try = try_joint};
