/* Small synthetic data: points in the plane, which can be drawn; and tiny
 * images for tests, each class a random glyph, a few strokes on a grid, which
 * an image shows shifted by up to a pixel, scaled in brightness and with noise.
 */
#include "training/dataset.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* ----------------------------------------------------------- points ---- */

/* Where a point of a class lies, but for noise. */
typedef void toy_place(gsl_rng *rng, size_t class, size_t classes, double *x,
                       double *y);

static void on_blob(gsl_rng *rng, size_t class, size_t classes, double *x,
                    double *y) {
  double angle = 2 * M_PI * (double)class / (double)classes;
  (void)rng;
  *x = cos(angle);
  *y = sin(angle);
}

static void on_moon(gsl_rng *rng, size_t class, size_t classes, double *x,
                    double *y) {
  double angle = M_PI * gsl_rng_uniform(rng);
  (void)classes;
  *x = class ? 0.5 - cos(angle) : cos(angle) - 0.5;
  *y = class ? 0.25 - sin(angle) : sin(angle) - 0.25;
}

static void on_ring(gsl_rng *rng, size_t class, size_t classes, double *x,
                    double *y) {
  double angle = 2 * M_PI * gsl_rng_uniform(rng);
  double radius = (double)(class + 1) / (double)classes;
  *x = radius * cos(angle);
  *y = radius * sin(angle);
}

/* ----------------------------------------------------------- glyphs ---- */

/* Soft strokes: sums of bumps along two line segments, on zeros. */
static void draw_glyph(gsl_rng *rng, size_t side, double *glyph) {
  double most = 0, end = (double)side - 1;
  for (int stroke = 0; stroke < 2; stroke++) {
    double a = gsl_rng_uniform(rng) * end, b = gsl_rng_uniform(rng) * end;
    double c = gsl_rng_uniform(rng) * end, d = gsl_rng_uniform(rng) * end;
    for (int step = 0; step <= 20; step++) {
      double t = step / 20.0, x = a + t * (c - a), y = b + t * (d - b);
      for (size_t i = 0; i < side * side; i++) {
        double dx = (double)(i % side) - x, dy = (double)(i / side) - y;
        glyph[i] = fmax(glyph[i], exp(-(dx * dx + dy * dy)));
        most = fmax(most, glyph[i]);
      }
    }
  }
  for (size_t i = 0; i < side * side; i++)
    glyph[i] /= most;
}

static void draw_image(gsl_rng *rng, const double *glyph, size_t side,
                       double noise, ys_real *image) {
  long down = (long)gsl_rng_uniform_int(rng, 3) - 1;
  long right = (long)gsl_rng_uniform_int(rng, 3) - 1;
  double bright = gsl_ran_flat(rng, 0.6, 1);
  for (size_t i = 0; i < side; i++)
    for (size_t j = 0; j < side; j++) {
      size_t a = (size_t)((long)i + down), b = (size_t)((long)j + right);
      double level = a < side && b < side ? glyph[a * side + b] : 0;
      image[i * side + j] =
          (ys_real)(bright * level + gsl_ran_gaussian(rng, noise));
    }
}

/* --------------------------------------------------------- the data ---- */

/* Where the points of a kind of data lie; NULL: it is images. */
static toy_place *place_of(const ys_data *data) {
  return data == &ys_blobs   ? on_blob
         : data == &ys_moons ? on_moon
         : data == &ys_rings ? on_ring
                             : NULL;
}

/* Rows take the classes in turn. `glyphs`: classes x side x side zeros. */
static void draw_rows(gsl_rng *rng, toy_place *at, double noise, double *glyphs,
                      ys_dataset *dataset) {
  size_t side = dataset->shape.height, size = ys_shape_size(dataset->shape);
  for (size_t k = 0; !at && k < dataset->classes; k++)
    draw_glyph(rng, side, glyphs + k * size);
  for (size_t i = 0; i < dataset->rows; i++) {
    ys_real *row = dataset->input + i * size;
    size_t class = dataset->label[i] = i % dataset->classes;
    double x, y;
    if (at) {
      at(rng, class, dataset->classes, &x, &y);
      row[0] = (ys_real)(x + gsl_ran_gaussian(rng, noise));
      row[1] = (ys_real)(y + gsl_ran_gaussian(rng, noise));
    } else
      draw_image(rng, glyphs + class * size, side, noise, row);
  }
}

static ys_code make_toys(const ys_data *data, const ys_options *options,
                         ys_dataset *dataset, ys_error *error) {
  toy_place *at = place_of(data);
  size_t classes = at == on_moon ? 2 : (size_t)ys_options_number(options, "K");
  size_t side = at ? 1 : (size_t)ys_options_number(options, "size");
  ys_code code = ys_dataset_alloc(
      dataset, data->name, (size_t)ys_options_number(options, "M"),
      (ys_shape){at ? 2 : 1, side, side}, classes, error);
  if (code)
    return code;
  double *glyphs =
      calloc(ys_times(ys_times(classes, side), side), sizeof *glyphs);
  gsl_rng *rng = ys_rng_alloc();
  if (glyphs && rng) {
    ys_rng_seed(rng, (uint64_t)ys_options_number(options, "seed"), YS_RNG_DATA,
                0);
    draw_rows(rng, at, ys_options_number(options, "noise"), glyphs, dataset);
  } else {
    code = ys_fail_memory(error, data->name);
    ys_dataset_free(dataset);
  }
  ys_rng_free(rng);
  free(glyphs);
  return code;
}

static const ys_option plane_options[] = {
    {"M", YS_INTEGER, "600", 1, 1e7, NULL, "points"},
    {"K", YS_INTEGER, "3", 2, 1e3, NULL, "classes"},
    {"noise", YS_REAL, "0.15", 0, 1e3, NULL, "standard deviation of noise"},
    {"seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers"},
    {.name = NULL},
};
static const ys_option moons_options[] = {
    {"M", YS_INTEGER, "600", 1, 1e7, NULL, "points"},
    {"noise", YS_REAL, "0.08", 0, 1e3, NULL, "standard deviation of noise"},
    {"seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers"},
    {.name = NULL},
};

static const ys_option glyphs_options[] = {
    {"M", YS_INTEGER, "500", 1, 1e7, NULL, "images"},
    {"K", YS_INTEGER, "5", 2, 1e3, NULL, "classes"},
    {"size", YS_INTEGER, "8", 3, 64, NULL, "height and width"},
    {"noise", YS_REAL, "0.15", 0, 1e3, NULL, "standard deviation of noise"},
    {"seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers"},
    {.name = NULL},
};

const ys_data ys_blobs = {"blobs", "round clusters on a circle in the plane",
                          plane_options, make_toys};
const ys_data ys_moons = {"moons", "two interleaved half-circles in the plane",
                          moons_options, make_toys};
const ys_data ys_rings = {"rings", "concentric rings in the plane",
                          plane_options, make_toys};
const ys_data ys_glyphs = {"glyphs", "tiny images of random strokes, shifted",
                           glyphs_options, make_toys};
