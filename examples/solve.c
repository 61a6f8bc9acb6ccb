/* Exact labels of a small batch, and what they are worth.
 *
 *   cc solve.c -o solve $(pkg-config --cflags --libs ystep) */
#include <stdio.h>
#include <stdlib.h>
#include <ystep.h>

/* Predictions of 6 points in 3 classes: two lean to the first class, four to
 * the second, and fairness wants all three. */
static const double sigma[6][3] = {
    {0.70, 0.20, 0.10}, {0.60, 0.30, 0.10}, {0.20, 0.50, 0.30},
    {0.10, 0.80, 0.10}, {0.25, 0.40, 0.35}, {0.15, 0.75, 0.10},
};

static void check(const ystep_handle *handle, int code) {
  if (code != YSTEP_OK) {
    fprintf(stderr, "solve: %s\n", ys_message(handle));
    exit(EXIT_FAILURE);
  }
}

int main(void) {
  double y[6][3];
  const ystep_array given = {sigma, YSTEP_DOUBLE, 6, 3, 0};
  const ystep_array labels = {y, YSTEP_DOUBLE, 6, 3, 0};
  ystep_handle *handle = ys_open();
  if (!handle)
    return EXIT_FAILURE;
  check(handle, ys_set(handle, "lambda", 10));
  check(handle, ys_set(handle, "tolerance", 1e-9));
  check(handle, ys_solve(handle, &given, &labels));
  for (size_t i = 0; i < 6; i++)
    printf("%.6f %.6f %.6f\n", y[i][0], y[i][1], y[i][2]);
  printf("%s: objective %.9f, within %.0e of the optimum\n",
         ys_get_text(handle, "status"), ys_get(handle, "objective"), 1e-9);
  ys_close(handle);
  return EXIT_SUCCESS;
}
