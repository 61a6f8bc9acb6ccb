#include "solvers/fw/fw_rows.h"

#include <string.h>

void ys_fw_classify(ys_fw_state *w, const double *y, size_t i) {
  const size_t n = w->work.classes;
  size_t held = 0, last = n;
  for (size_t k = 0; k < n; k++)
    if (y[k] > 0) {
      held++;
      last = k;
    }
  w->vertex[i] = (uint32_t)(held == 1 ? last : n);
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
