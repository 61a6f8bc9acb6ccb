/* Batches and handles for the suites of libystep's interface, and what its
 * calls return. */
#ifndef HANDLES_H
#define HANDLES_H

#include "library/ystep.h"
#include "tests/support/program.h"

#include <math.h>
#include <string.h>

enum { M = 40, K = 5 };

/* Row i of a batch that nothing is special about. */
static inline void put_row(size_t i, size_t n, double *row) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row[k] = exp(2 * sin((double)(i * (k + 3) + 5 * k)));
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

static inline double *make_batch(size_t rows, size_t classes) {
  double *sigma = malloc(rows * classes * sizeof *sigma);
  ck_assert_ptr_nonnull(sigma);
  for (size_t i = 0; i < rows; i++)
    put_row(i, classes, sigma + i * classes);
  return sigma;
}

static inline ystep_array doubles(const double *data, size_t rows,
                                  size_t classes) {
  return (ystep_array){data, YSTEP_DOUBLE, rows, classes, 0};
}

#define succeeds(handle, call)                                                 \
  do {                                                                         \
    int code_ = (call);                                                        \
    ck_assert_msg(code_ == YSTEP_OK, "%s: %d, %s", #call, code_,               \
                  ys_message(handle));                                         \
  } while (0)

/* A call that fails with the code, and a message that has the words. */
#define fails(handle, call, wanted, words)                                     \
  do {                                                                         \
    int code_ = (call);                                                        \
    ck_assert_msg(code_ == (wanted), "%s: %d", #call, code_);                  \
    ck_assert_msg(strstr(ys_message(handle), words) != NULL, "%s: said '%s'",  \
                  #call, ys_message(handle));                                  \
  } while (0)

static inline ystep_handle *opened(double lambda) {
  ystep_handle *handle = ys_open();
  ck_assert_ptr_nonnull(handle);
  succeeds(handle, ys_set(handle, "lambda", lambda));
  return handle;
}

static inline void assert_same(const double *a, const double *b, size_t count) {
  ck_assert_int_eq(memcmp(a, b, count * sizeof *a), 0);
}

#endif
