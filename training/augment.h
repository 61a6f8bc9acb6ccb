/* Augmented views of a row, which its class should survive. */
#ifndef YS_AUGMENT_H
#define YS_AUGMENT_H

#include "problems/options.h"
#include "training/layer.h"

#include <gsl/gsl_rng.h>

/* Settings, from "shift=1,rotate=10,scale=0.1,noise=0.1". All zero: none. */
typedef struct ys_augment {
  double shift;  /* most pixels an image moves, each way */
  double rotate; /* most degrees it turns, each way */
  double scale;  /* sides are stretched by 1 - scale to 1 + scale, each */
  double shear;  /* most slant, pixels a pixel */
  double noise;  /* standard deviation of normal noise on each number */
} ys_augment;

ys_code ys_augment_parse(const char *text, ys_augment *augment,
                         ys_error *error);

/* Draw a view of `in` into `out` (no alias). The affine map is about the
 * image's centre, uniform within the limits, with bilinear interpolation and
 * zeros outside; plain vectors take the noise alone. */
void ys_augment_row(const ys_augment *augment, gsl_rng *rng, ys_shape shape,
                    const ys_real *in, ys_real *out);

#endif
