#include "bench/run/warm.h"

#include "problems/options.h"

#include <string.h>

static const ys_option warm_options[] = {
    {"mix", YS_REAL, "1e-3", 0, 1, NULL, "share of the uniform point"},
    {.name = NULL},
};

ys_code warm_read(const char *start, bool *warm, double *mix, ys_error *error) {
  ys_options options;
  *warm = ys_spec_name_length(start) == 4 && strncmp(start, "warm", 4) == 0;
  *mix = 0;
  if (!*warm)
    return YS_OK;
  ys_code code = ys_options_parse("warm", warm_options, ys_spec_options(start),
                                  &options, error);
  if (code)
    return code;
  *mix = ys_options_number(&options, "mix");
  ys_options_free(&options);
  return YS_OK;
}

void warm_mix(double mix, size_t rows, size_t classes, double *y) {
  for (size_t i = 0; i < rows * classes; i++)
    y[i] = (1 - mix) * y[i] + mix / (double)classes;
}
