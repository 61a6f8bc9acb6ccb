#include "bench/figures/gaps.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

static int descending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

ys_code gaps_read(const arg *args, const char *name, const double *usual,
                  size_t usual_count, double **gaps, size_t *count,
                  ys_error *error) {
  const arg *given = args_get(args, name);
  size_t size = given->count ? given->count : usual_count;
  *count = 0;
  *gaps = ys_array(size, sizeof **gaps);
  if (!*gaps)
    return ys_fail_memory(error, "the gaps");
  memcpy(*gaps, usual, given->count ? 0 : usual_count * sizeof *usual);
  for (size_t i = 0; i < given->count; i++)
    if (!ys_read_number(given->item[i], *gaps + i) || (*gaps)[i] < 0)
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s %s is not valid: expected a finite number >= 0",
                     name, given->item[i]);
  qsort(*gaps, size, sizeof **gaps, descending);
  for (size_t i = 0; i < size; i++)
    if (i == 0 || (*gaps)[i] != (*gaps)[*count - 1])
      (*gaps)[(*count)++] = (*gaps)[i];
  return YS_OK;
}
