#include "bench/analysis/labelshape.h"

#include "problems/memory.h"

#include "bench/analysis/timetogap.h"

#include <math.h>

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

/* `sums` of the columns, K entries. */
static void compare_shares(const double *sums, const double *prior,
                           label_shape *shape) {
  double total = 0;
  shape->least_share = INFINITY;
  for (size_t k = 0; k < shape->classes; k++)
    total += prior ? prior[k] : 1;
  for (size_t k = 0; k < shape->classes; k++) {
    double share =
        sums[k] / (double)shape->rows * total / (prior ? prior[k] : 1);
    shape->least_share = fmin(shape->least_share, share);
    shape->largest_share = fmax(shape->largest_share, share);
  }
}

ys_code label_shape_of(const ys_labels *y, const double *prior,
                       double threshold, label_shape *shape, ys_error *error) {
  const size_t n = y->classes;
  ys_memory memory = {0};
  double *largest = ys_take_numbers(&memory, y->rows, "the largest entries");
  double *sums = ys_take_numbers(&memory, n, "the classes' sums");
  double *room = ys_take_numbers(&memory, n, "a row");
  ys_code code = ys_memory_check(&memory, error);
  *shape = (label_shape){.rows = y->rows, .classes = n};
  for (size_t i = 0; !code && i < y->rows; i++) {
    const double *row = ys_labels_row(y, i, room);
    largest[i] = count_row(row, n, threshold, shape);
    for (size_t k = 0; k < n; k++)
      sums[k] += row[k];
  }
  if (!code) {
    sum_up_largest(largest, shape);
    compare_shares(sums, prior, shape);
  }
  ys_give_back(&memory);
  return code;
}
