/* How sure a ratio of medians is. */
#ifndef BOOTSTRAP_H
#define BOOTSTRAP_H

#include "problems/error.h"

#include <gsl/gsl_rng.h>

/* Resamplings of an interval. */
enum { BOOTSTRAP_RESAMPLES = 10000 };

/* An interval for median(b) / median(a) by the percentile bootstrap (Efron and
 * Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3): both
 * samples, of positive finite values, are drawn anew with replacement, and the
 * middle `confidence` of the ratios that gives is returned. Narrower than it
 * should be for samples of a few values. The same generator state gives the
 * same bits. */
ys_code bootstrap_ratio(const double *a, size_t n, const double *b, size_t m,
                        double confidence, gsl_rng *rng, double *low,
                        double *high, ys_error *error);

#endif
