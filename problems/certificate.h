/* The judge: scores an iterate from the raw data alone, and bounds the optimum
 * from below. docs/method.md, section 2. */
#ifndef YS_CERTIFICATE_H
#define YS_CERTIFICATE_H

#include "objective.h"

/* What the judge finds at y. */
typedef struct ys_verdict {
  double objective;     /* F at y, rows divided by their sums */
  double lower_bound;   /* a true lower bound on the optimum F* */
  double gap;           /* >= objective - F*; however small, good to some
                           digits or to rounding of F */
  double floor;         /* what rounding adds to the gap at an optimum: no gap
                           can be certified below it, though far from an optimum
                           rounding may add more */
  double row_sum_error; /* max_i |sum_k y_ik - 1| */
  double least_entry;   /* min_ik y_ik */
} ys_verdict;

/* Score y from the raw data: the one function behind traces, stopping, tables
 * and tests. The bound is the dual function g(nu) of docs/method.md, maximised
 * over each row's scalar multiplier, at nu taken from y's own column means, and
 * also at `hint` (K entries, or NULL), multipliers that a solver proposes: any
 * hint gives a true bound, so nothing is taken on trust. An allowance for
 * rounding is included. Entries of y below 0 make the objective infinite if
 * they are below -1e-12 and count as 0 otherwise. y is M x K; dense and sparse
 * labels of the same numbers have the same verdict, bit for bit. All in nats
 * but row_sum_error and least_entry. `hint` must not be scratch->nu. */
ys_verdict ys_certify(const ys_objective *objective, const ys_labels *y,
                      const double *hint, ys_scratch *scratch);

/* (1/M) sum_i sum_k y_ik (G_ik - min_j G_ij), G the per-row gradient: a bound,
 * too, in nats, and never below ys_certify's gap but by rounding. Infinite
 * where it is not defined. y is as there. */
double ys_frank_wolfe_gap(const ys_objective *objective, const ys_labels *y,
                          ys_scratch *scratch);

/* g(nu) alone, a lower bound on F* for every finite nu (strong fairness: nu_k >
 * 0; -infinity otherwise), in nats. nu has K entries and may be scratch->nu;
 * `scratch` may be that of ys_certify. */
double ys_lower_bound(const ys_objective *objective, const double *nu,
                      ys_scratch *scratch);

#endif
