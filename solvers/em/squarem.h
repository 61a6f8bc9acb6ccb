/* Squared extrapolation of a fixed-point map (Varadhan and Roland, Scand. J.
 * Statistics 35, 2008, scheme S3), in the logarithms of y: with r = ln y1 - ln
 * y and v = (ln y2 - ln y1) - r, y1 and y2 one and two maps from y, and the
 * step length s = |r| / |v|,
 *
 *   ln y+ = ln y + 2 s r + s^2 v  =  ln y2 + 2 (s - 1) r + (s^2 - 1) v
 *
 * before rows are divided by their sums. Along a coordinate on which the map
 * contracts by a factor f, the error shrinks by (1 - s (1 - f))^2 at once.
 * While F comes out higher than at y, s is halved towards 1, where y+ = y2: the
 * map itself is the fallback, and F never rises. */
#ifndef YS_SQUAREM_H
#define YS_SQUAREM_H

#include "solvers/em/logspace.h"

#include <stdbool.h>

typedef struct ys_squarem {
  const ys_objective *objective;
  bool primed; /* value is F at y */
  double value;
  double *log;   /* M x K: ln y, then ln y2 */
  double *first; /* M x K: r */
  double *bend;  /* M x K: v */
} ys_squarem;

ys_code ys_squarem_init(ys_squarem *squarem, const ys_objective *objective,
                        ys_error *error);
void ys_squarem_free(ys_squarem *squarem);

/* Replace y by y+: two maps and one or more evaluations of F. */
void ys_squarem_step(ys_squarem *squarem, ys_map *map, void *context,
                     ys_scratch *scratch, double *y);

#endif
