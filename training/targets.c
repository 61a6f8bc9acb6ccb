#include "training/targets.h"

#include "problems/generators/rng.h"

static const ys_option targets_options[] = {
    {"wrong", YS_REAL, "0", 0, 1, NULL, "share of labels drawn anew"},
    {"mix", YS_REAL, "0", 0, 1, NULL, "weight of uniform in every target"},
    {"blank", YS_REAL, "0", 0, 1, NULL, "share of targets that are uniform"},
    {.name = NULL},
};

ys_code ys_targets_parse(const char *text, ys_targets *targets,
                         ys_error *error) {
  return ys_options_numbers(
      "supervised", targets_options, text,
      (double *const[]){&targets->wrong, &targets->mix, &targets->blank},
      error);
}

ys_code ys_targets_fill(const ys_targets *targets, const ys_dataset *dataset,
                        const size_t *rows, size_t count, uint64_t seed,
                        double *y, ys_error *error) {
  size_t classes = dataset->classes;
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_rng_seed(rng, seed, YS_RNG_TARGETS, 0);
  for (size_t i = 0; i < count; i++) {
    bool blank = gsl_rng_uniform(rng) < targets->blank;
    bool wrong = gsl_rng_uniform(rng) < targets->wrong;
    size_t other = gsl_rng_uniform_int(rng, classes);
    size_t label = wrong ? other : dataset->label[rows[i]];
    double mix = blank ? 1 : targets->mix;
    for (size_t k = 0; k < classes; k++)
      y[i * classes + k] = mix / (double)classes + (k == label ? 1 - mix : 0);
  }
  ys_rng_free(rng);
  return YS_OK;
}
