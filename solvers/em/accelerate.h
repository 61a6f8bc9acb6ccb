/* Extrapolations of a map of y to the next y that never raises F, such as EM's,
 * in the logarithms of y: whatever is added to ln y, the exponentials divided
 * by their sum are a row on the simplex, and a class that had mass keeps some.
 * Where an extrapolation would raise F the map itself is the fallback, so that
 * F never rises but by rounding.
 *
 * SQUAREM (Varadhan and Roland, Scand. J. Statistics 35, 2008, scheme S3): with
 * r = ln y1 - ln y and v = (ln y2 - ln y1) - r, y1 and y2 one and two maps from
 * y, and the step length s = |r| / |v|,
 *
 *   ln y+ = ln y + 2 s r + s^2 v  =  ln y2 + 2 (s - 1) r + (s^2 - 1) v
 *
 * before rows are divided by their sums. Along a coordinate on which the map
 * contracts by a factor f, the error shrinks by (1 - s (1 - f))^2 at once.
 * While F comes out higher than at y, s is halved towards 1, where y+ = y2.
 *
 * Anderson acceleration (Anderson 1965; type II in the form of Walker and Ni,
 * SIAM J. Numerical Analysis 49, 2011): with w = ln y, r = ln(map y) - w, and
 * the differences dw_j and dr_j of the last iterates,
 *
 *   ln y+ = w + r - sum_j c_j (dw_j + dr_j),   c the minimiser of
 *   |r - sum_j c_j dr_j|.
 *
 * c is halved up to three times while F comes out higher than at y; then y+ =
 * map y, and the differences are dropped. (Henderson and Varadhan, J.
 * Computational and Graphical Statistics 28, 2019, damp c by a ridge and
 * restart every few steps; on these problems both took more maps than halving.)
 *
 * Lengths are measured in the Fisher metric, |d|^2 = sum_ik y_ik d_ik^2:
 * classes on their way out of a row, whose logarithms fall for ever, do not
 * count. */
#ifndef YS_ACCELERATE_H
#define YS_ACCELERATE_H

#include "solvers/common/work.h"

/* y (M x K) becomes the next y, in place. */
typedef void ys_map(void *context, double *y);

/* What both keep: whose rows, and F at y once it is known. */
typedef struct ys_acceleration {
  ys_work *work;
  bool primed;
  double value;
} ys_acceleration;

typedef struct ys_squarem {
  ys_acceleration at;
  double *log;   /* M x K: ln y, then ln y2 */
  double *first; /* M x K: r */
  double *bend;  /* M x K: v */
} ys_squarem;

enum { YS_ANDERSON_MOST = 10 };

typedef struct ys_anderson {
  ys_acceleration at;
  size_t memory;    /* most differences kept, 1 to YS_ANDERSON_MOST */
  size_t count;     /* differences made so far; the oldest are overwritten */
  double *last;     /* M x K: w of the iterate before */
  double *residual; /* M x K: its r, then that of this iterate */
  double *mapped;   /* M x K: w + r */
  double *change[YS_ANDERSON_MOST]; /* M x K each: dr_j */
  double *step[YS_ANDERSON_MOST];   /* M x K each: dw_j + dr_j */
  double *sums; /* blocks x (YS_ANDERSON_MOST + 1)^2: partial products */
  double *tree; /* room for combining them */
} ys_anderson;

/* Set up with arrays of the work's, some of which may be lacking then. */
void ys_squarem_init(ys_squarem *squarem, ys_work *work);
void ys_anderson_init(ys_anderson *anderson, ys_work *work, size_t memory);

/* Replace y by y+: two maps (SQUAREM) or one, and one or more evaluations of F.
 */
void ys_squarem_step(ys_squarem *squarem, ys_map *map, void *context,
                     double *y);
void ys_anderson_step(ys_anderson *anderson, ys_map *map, void *context,
                      double *y);

#endif
