/* How long a solver took to come within a gap of the optimum, by its recorded
 * trace. */
#ifndef TIMETOGAP_H
#define TIMETOGAP_H

#include "bench/analysis/groups.h"

/* The first recorded iterate of a run whose gap is <= `gap`: its time and its
 * iteration; infinite if there is none. */
typedef struct gap_reached {
  double seconds, iterations;
} gap_reached;

gap_reached timetogap(const result_row *run, double gap);

/* The smallest gap a run recorded; infinite if it recorded none. */
double timetogap_best(const result_row *run);

/* The q-quantile, q in [0, 1], of values in ascending order, linear between
 * them (type 7 of Hyndman and Fan 1996). Values may be +infinite; so is then
 * a quantile that has any of its weight there. count >= 1. */
double quantile_of_sorted(const double *values, size_t count, double q);

/* The same of values in any order, which it sorts. */
double quantile(double *values, size_t count, double q);

enum { GAP_BAND_LOW = 10, GAP_BAND_HIGH = 90 }; /* per cent, of every band */

/* Over the repeats of a solver. A run that did not reach the gap counts as
 * infinitely late. */
typedef struct gap_summary {
  double gap;
  size_t runs, reached;
  double seconds, iterations;       /* medians */
  double seconds_low, seconds_high; /* the quantiles of the band */
  double iterations_low, iterations_high;
  double spent; /* median of the runs' whole solve_seconds */
  double best;  /* median of the smallest gaps they recorded */
} gap_summary;

ys_code timetogap_summarise(const solver_runs *solver, double gap,
                            gap_summary *summary, ys_error *error);

#endif
