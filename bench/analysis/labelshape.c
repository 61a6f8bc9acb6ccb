#include "bench/analysis/labelshape.h"

#include "problems/vector/array.h"

#include "bench/analysis/timetogap.h"

#include <math.h>
#include <stdlib.h>

const double label_quantiles[LABEL_QUANTILES] = {0, 0.01, 0.1, 0.5};

/* Count one row, and return its largest entry. */
static double count_row(const double *y, size_t classes, double threshold,
                        label_shape *shape) {
  size_t held = 0;
  double largest = 0;
  for (size_t k = 0; k < classes; k++) {
    held += y[k] > threshold;
    largest = fmax(largest, y[k]);
  }
  shape->one += held <= 1;
  shape->two += held == 2;
  shape->more += held > 2;
  shape->most = held > shape->most ? held : shape->most;
  return largest;
}

/* `largest` is of M entries; it comes back sorted. */
static void sum_up_largest(double *largest, label_shape *shape) {
  double sum = 0;
  for (size_t i = 0; i < shape->rows; i++)
    sum += largest[i];
  shape->mean_largest = sum / (double)shape->rows;
  for (int q = 0; q < LABEL_QUANTILES; q++)
    shape->largest[q] = quantile(largest, shape->rows, label_quantiles[q]);
}

static void compare_shares(const ys_matrix *y, const double *prior,
                           label_shape *shape) {
  double total = 0;
  shape->least_share = INFINITY;
  for (size_t k = 0; k < y->cols; k++)
    total += prior ? prior[k] : 1;
  for (size_t k = 0; k < y->cols; k++) {
    double sum = 0;
    for (size_t i = 0; i < y->rows; i++)
      sum += y->data[i * y->cols + k];
    double share = sum / (double)y->rows * total / (prior ? prior[k] : 1);
    shape->least_share = fmin(shape->least_share, share);
    shape->largest_share = fmax(shape->largest_share, share);
  }
}

ys_code label_shape_of(const ys_matrix *y, const double *prior,
                       double threshold, label_shape *shape, ys_error *error) {
  double *largest = ys_array(y->rows, sizeof *largest);
  if (!largest)
    return ys_fail_memory(error, "the largest entries");
  *shape = (label_shape){.rows = y->rows, .classes = y->cols};
  for (size_t i = 0; i < y->rows; i++)
    largest[i] = count_row(y->data + i * y->cols, y->cols, threshold, shape);
  sum_up_largest(largest, shape);
  compare_shares(y, prior, shape);
  free(largest);
  return YS_OK;
}
