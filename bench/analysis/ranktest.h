/* Whether one sample is stochastically smaller than another, by ranks: nothing
 * is assumed of how times are distributed, and a run that never reached a gap
 * is simply the latest. */
#ifndef RANKTEST_H
#define RANKTEST_H

#include "problems/error.h"

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* Samples of at most so many values in all are tested exactly. */
enum { RANKTEST_EXACT = 60 };

/* The two-sided p-value of Mann and Whitney's U test (Ann. Math. Statist. 18
 * (1947), 50-60) of a[0..n) against b[0..m), n and m >= 1. Values may be
 * +infinite and equal; equal ones share their mean rank. Exact, from the
 * permutation distribution of the rank sum, counted as by Pagano and Tritchler
 * (JASA 78 (1983), 435-440), which ties do not disturb; for larger samples the
 * normal approximation with corrections for ties and continuity (Lehmann,
 * Nonparametrics, 1975, section 1.4). */
ys_code ranktest(const double *a, size_t n, const double *b, size_t m,
                 double *p, ys_error *error);

/* The smallest p-value that samples of these sizes can give: 2 / C(n + m, n),
 * at most 1. */
double ranktest_least(size_t n, size_t m);

/* Replace p-values by those adjusted for their number with Holm's step-down
 * method (Scand. J. Statist. 6 (1979), 65-70): rejecting what is then at most
 * alpha, the chance of any false rejection is at most alpha. */
ys_code ranktest_holm(double *p, size_t count, ys_error *error);

/* --------------------------------------------- a ratio of medians --- */

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
