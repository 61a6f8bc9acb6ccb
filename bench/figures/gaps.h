/* The gaps that a table or a figure is about. */
#ifndef GAPS_H
#define GAPS_H

#include "bench/cli/args.h"

/* Read option `name` as finite numbers >= 0, or take the `usual` ones if it is
 * not given: *gaps, to be freed, in descending order, each once. */
ys_code gaps_read(const arg *args, const char *name, const double *usual,
                  size_t usual_count, double **gaps, size_t *count,
                  ys_error *error);

#endif
