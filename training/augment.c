#include "training/augment.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

static const ys_option augment_options[] = {
    {"shift", YS_REAL, "0", 0, 1e3, NULL, "most pixels, each way"},
    {"rotate", YS_REAL, "0", 0, 180, NULL, "most degrees, each way"},
    {"scale", YS_REAL, "0", 0, 0.9, NULL, "most change of a side"},
    {"shear", YS_REAL, "0", 0, 2, NULL, "most slant"},
    {"noise", YS_REAL, "0", 0, 1e3, NULL, "standard deviation of noise"},
    {.name = NULL},
};

ys_code ys_augment_parse(const char *text, ys_augment *augment,
                         ys_error *error) {
  return ys_options_numbers("augment", augment_options, text,
                            (double *const[]){&augment->shift, &augment->rotate,
                                              &augment->scale, &augment->shear,
                                              &augment->noise},
                            error);
}

/* Where a pixel of the view comes from: (a i + b j + c, d i + e j + f). */
typedef struct affine {
  double a, b, c, d, e, f;
} affine;

static affine draw_affine(const ys_augment *augment, gsl_rng *rng,
                          ys_shape shape) {
  double turn = augment->rotate * M_PI / 180;
  double angle = gsl_ran_flat(rng, -turn, turn);
  double tall = 1 / gsl_ran_flat(rng, 1 - augment->scale, 1 + augment->scale);
  double wide = 1 / gsl_ran_flat(rng, 1 - augment->scale, 1 + augment->scale);
  double slant = gsl_ran_flat(rng, -augment->shear, augment->shear);
  double down = gsl_ran_flat(rng, -augment->shift, augment->shift);
  double right = gsl_ran_flat(rng, -augment->shift, augment->shift);
  double y = ((double)shape.height - 1) / 2, x = ((double)shape.width - 1) / 2;
  affine m = {.a = tall * cos(angle), .b = -tall * sin(angle)};
  m.d = wide * sin(angle) + slant * m.a;
  m.e = wide * cos(angle) + slant * m.b;
  m.c = y - m.a * (y + down) - m.b * (x + right);
  m.f = x - m.d * (y + down) - m.e * (x + right);
  return m;
}

static double pixel(const ys_real *image, ys_shape shape, long i, long j) {
  return i >= 0 && j >= 0 && i < (long)shape.height && j < (long)shape.width
             ? (double)image[(size_t)i * shape.width + (size_t)j]
             : 0;
}

static double interpolate(const ys_real *image, ys_shape shape, double y,
                          double x) {
  long i = (long)floor(y), j = (long)floor(x);
  double s = y - (double)i, t = x - (double)j;
  return (1 - s) * ((1 - t) * pixel(image, shape, i, j) +
                    t * pixel(image, shape, i, j + 1)) +
         s * ((1 - t) * pixel(image, shape, i + 1, j) +
              t * pixel(image, shape, i + 1, j + 1));
}

static void warp(affine m, ys_shape shape, const ys_real *in, ys_real *out) {
  size_t pixels = shape.height * shape.width;
  for (size_t c = 0; c < shape.channels; c++, in += pixels)
    for (size_t i = 0; i < shape.height; i++)
      for (size_t j = 0; j < shape.width; j++) {
        double y = m.a * (double)i + m.b * (double)j + m.c;
        double x = m.d * (double)i + m.e * (double)j + m.f;
        *out++ = (ys_real)interpolate(in, shape, y, x);
      }
}

void ys_augment_row(const ys_augment *augment, gsl_rng *rng, ys_shape shape,
                    const ys_real *in, ys_real *out) {
  size_t size = ys_shape_size(shape);
  bool moves = augment->shift > 0 || augment->rotate > 0 ||
               augment->scale > 0 || augment->shear > 0;
  if (moves && shape.height > 1)
    warp(draw_affine(augment, rng, shape), shape, in, out);
  else
    memcpy(out, in, size * sizeof *out);
  if (augment->noise > 0)
    for (size_t j = 0; j < size; j++)
      out[j] += (ys_real)gsl_ran_gaussian_ziggurat(rng, augment->noise);
}
