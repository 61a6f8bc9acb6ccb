#include "bench/analysis/bootstrap.h"

#include "problems/vector/array.h"

#include "bench/analysis/timetogap.h"

#include <stdlib.h>

/* The median of a sample drawn anew into `room`. */
static double draw_median(const double *values, size_t count, double *room,
                          gsl_rng *rng) {
  for (size_t i = 0; i < count; i++)
    room[i] = values[gsl_rng_uniform_int(rng, count)];
  return quantile(room, count, 0.5);
}

ys_code bootstrap_ratio(const double *a, size_t n, const double *b, size_t m,
                        double confidence, gsl_rng *rng, double *low,
                        double *high, ys_error *error) {
  double *room = ys_array(n > m ? n : m, sizeof *room);
  double *ratios = ys_array(BOOTSTRAP_RESAMPLES, sizeof *ratios);
  ys_code code = YS_OK;
  if (!room || !ratios)
    code = ys_fail_memory(error, "a bootstrap");
  for (size_t i = 0; !code && i < BOOTSTRAP_RESAMPLES; i++) {
    double below = draw_median(a, n, room, rng);
    ratios[i] = draw_median(b, m, room, rng) / below;
  }
  if (!code) {
    *low = quantile(ratios, BOOTSTRAP_RESAMPLES, (1 - confidence) / 2);
    *high =
        quantile_of_sorted(ratios, BOOTSTRAP_RESAMPLES, (1 + confidence) / 2);
  }
  free(ratios);
  free(room);
  return code;
}
