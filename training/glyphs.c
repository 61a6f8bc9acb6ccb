/* Tiny images for tests: each class is a random glyph, a few strokes on a grid;
 * each image shows it shifted by up to a pixel, scaled in brightness and with
 * noise. */
#include "training/dataset.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* Soft strokes: sums of bumps along two line segments. */
static void draw_glyph(gsl_rng *rng, size_t side, double *glyph) {
  double most = 0, end = (double)side - 1;
  for (size_t i = 0; i < side * side; i++)
    glyph[i] = 0;
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

static void fill(const ys_options *options, gsl_rng *rng, double *glyphs,
                 ys_dataset *dataset) {
  size_t side = dataset->shape.height, pixels = side * side;
  double noise = ys_options_number(options, "noise");
  for (size_t k = 0; k < dataset->classes; k++)
    draw_glyph(rng, side, glyphs + k * pixels);
  for (size_t i = 0; i < dataset->rows; i++) {
    dataset->label[i] = i % dataset->classes;
    draw_image(rng, glyphs + dataset->label[i] * pixels, side, noise,
               dataset->input + i * pixels);
  }
}

static ys_code make_glyphs(const ys_options *options, ys_dataset *dataset,
                           ys_error *error) {
  size_t side = (size_t)ys_options_number(options, "size");
  size_t classes = (size_t)ys_options_number(options, "K");
  ys_code code = ys_dataset_alloc(dataset, "glyphs",
                                  (size_t)ys_options_number(options, "M"),
                                  (ys_shape){1, side, side}, classes, error);
  if (code)
    return code;
  double *glyphs =
      ys_array(ys_times(ys_times(classes, side), side), sizeof *glyphs);
  gsl_rng *rng = ys_rng_alloc();
  if (glyphs && rng) {
    ys_rng_seed(rng, (uint64_t)ys_options_number(options, "seed"), YS_RNG_DATA,
                0);
    fill(options, rng, glyphs, dataset);
  } else {
    code = ys_fail_memory(error, "glyphs");
    ys_dataset_free(dataset);
  }
  ys_rng_free(rng);
  free(glyphs);
  return code;
}

static const ys_option glyphs_options[] = {
    {"M", YS_INTEGER, "500", 1, 1e7, NULL, "images"},
    {"K", YS_INTEGER, "5", 2, 1e3, NULL, "classes"},
    {"size", YS_INTEGER, "8", 3, 64, NULL, "height and width"},
    {"noise", YS_REAL, "0.15", 0, 1e3, NULL, "standard deviation of noise"},
    {"seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers"},
    {.name = NULL},
};

const ys_data ys_glyphs = {"glyphs", "tiny images of random strokes, shifted",
                           glyphs_options, make_glyphs};
