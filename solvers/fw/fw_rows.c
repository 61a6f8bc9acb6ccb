#include "solvers/fw/fw_rows.h"

#include "problems/vector/simd.h"

#include <string.h>

/* In pieces: rows that hold several classes are seen to early, and of the
 * others most pieces hold none. */
YS_HOT size_t ys_fw_only_class(const double *y, size_t n) {
  enum { PIECE = 32 };
  size_t only = n;
  for (size_t first = 0; first < n; first += PIECE) {
    const size_t end = first + PIECE < n ? first + PIECE : n;
    int held = 0;
    for (size_t k = first; k < end; k++)
      held += y[k] > 0;
    if (held == 0)
      continue;
    if (held > 1 || only < n)
      return n;
    for (only = first; !(y[only] > 0);)
      only++;
  }
  return only;
}

void ys_fw_classify(ys_fw_state *w, const double *y, size_t i) {
  w->vertex[i] = (uint32_t)ys_fw_only_class(y, w->work.classes);
}

/* One-hot rows are counted, which is exact. */
void ys_fw_refresh(ys_fw_state *w, const double *y) {
  const size_t n = w->work.classes;
  const size_t rows = w->work.rows;
  double *mean = w->means.mean;
  memset(mean, 0, n * sizeof *mean);
  for (size_t i = 0; i < rows; i++)
    if (!ys_fw_is_mixed(w, i))
      mean[w->vertex[i]]++;
  for (size_t i = 0; i < rows; i++)
    if (ys_fw_is_mixed(w, i))
      for (size_t k = 0; k < n; k++)
        mean[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    mean[k] /= (double)rows;
  ys_means_price(&w->means);
}
