/* Small synthetic data: points in the plane, which can be drawn. */
#include "training/dataset.h"

#include "problems/generators/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

typedef void toy_row(gsl_rng *rng, const ys_options *options, size_t class,
                     size_t classes, double *x, double *y);

/* Rows take the classes in turn. */
static ys_code make_plane(const ys_options *options, const char *name,
                          size_t classes, toy_row *draw, ys_dataset *dataset,
                          ys_error *error) {
  size_t rows = (size_t)ys_options_number(options, "M");
  double noise = ys_options_number(options, "noise");
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_code code = ys_dataset_alloc(dataset, name, rows, (ys_shape){2, 1, 1},
                                  classes, error);
  ys_rng_seed(rng, (uint64_t)ys_options_number(options, "seed"), YS_RNG_DATA,
              0);
  for (size_t i = 0; !code && i < rows; i++) {
    double x, y;
    dataset->label[i] = i % classes;
    draw(rng, options, i % classes, classes, &x, &y);
    dataset->input[2 * i] = (ys_real)(x + gsl_ran_gaussian(rng, noise));
    dataset->input[2 * i + 1] = (ys_real)(y + gsl_ran_gaussian(rng, noise));
  }
  ys_rng_free(rng);
  return code;
}

static void draw_blob(gsl_rng *rng, const ys_options *options, size_t class,
                      size_t classes, double *x, double *y) {
  double angle = 2 * M_PI * (double)class / (double)classes;
  (void)rng;
  (void)options;
  *x = cos(angle);
  *y = sin(angle);
}

static void draw_moon(gsl_rng *rng, const ys_options *options, size_t class,
                      size_t classes, double *x, double *y) {
  double angle = M_PI * gsl_rng_uniform(rng);
  (void)options;
  (void)classes;
  *x = class ? 0.5 - cos(angle) : cos(angle) - 0.5;
  *y = class ? 0.25 - sin(angle) : sin(angle) - 0.25;
}

static void draw_ring(gsl_rng *rng, const ys_options *options, size_t class,
                      size_t classes, double *x, double *y) {
  double angle = 2 * M_PI * gsl_rng_uniform(rng);
  double radius = (double)(class + 1) / (double)classes;
  (void)options;
  *x = radius * cos(angle);
  *y = radius * sin(angle);
}

static ys_code make_blobs(const ys_options *options, ys_dataset *dataset,
                          ys_error *error) {
  return make_plane(options, "blobs", (size_t)ys_options_number(options, "K"),
                    draw_blob, dataset, error);
}

static ys_code make_moons(const ys_options *options, ys_dataset *dataset,
                          ys_error *error) {
  return make_plane(options, "moons", 2, draw_moon, dataset, error);
}

static ys_code make_rings(const ys_options *options, ys_dataset *dataset,
                          ys_error *error) {
  return make_plane(options, "rings", (size_t)ys_options_number(options, "K"),
                    draw_ring, dataset, error);
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

const ys_data ys_blobs = {"blobs", "round clusters on a circle in the plane",
                          plane_options, make_blobs};
const ys_data ys_moons = {"moons", "two interleaved half-circles in the plane",
                          moons_options, make_moons};
const ys_data ys_rings = {"rings", "concentric rings in the plane",
                          plane_options, make_rings};
