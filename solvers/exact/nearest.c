#include "solvers/exact/nearest.h"

#include "problems/vector/array.h"

#include <math.h>
#include <omp.h>
#include <string.h>

void ys_nearest_init(ys_nearest *near, ys_memory *memory, size_t classes,
                     size_t most, int threads) {
  const char *what = "exact's nearest rows";
  const size_t all = ys_times(ys_times(classes, most), (size_t)threads);
  near->most = most;
  near->lack = ys_take_numbers(memory, all, what);
  near->row = ys_take(memory, all, sizeof *near->row, what);
}

/* Insert a row into a class's list, which is sorted by lack, then row. */
static void insert(double *lack, uint32_t *row, size_t most, double value,
                   uint32_t i) {
  size_t at = most - 1;
  while (at > 0 &&
         (lack[at - 1] > value || (lack[at - 1] == value && row[at - 1] > i))) {
    lack[at] = lack[at - 1];
    row[at] = row[at - 1];
    at--;
  }
  lack[at] = value;
  row[at] = i;
}

static void find_rows(const ys_nearest *near, const ys_work *work,
                      const ys_look *look, const double *nu, size_t first,
                      size_t end, double *lack, uint32_t *row) {
  const size_t n = work->classes, most = near->most;
  double *room = ys_row_room(&work->scratch, n);
  for (size_t i = first; i < end; i++) {
    const double *sigma = ys_batch_rows(work->objective->batch, i, 1, room);
    const uint32_t a = look->vertex[i];
    const double t = 1 / sigma[a];
    const double top = 1 + nu[a] - fmin((double)look->slack[i], 0);
    for (size_t k = 0; k < n; k++) {
      const double value = top - t * sigma[k];
      if (value < lack[k * most + most - 1])
        insert(lack + k * most, row + k * most, most, value, (uint32_t)i);
    }
  }
}

void ys_nearest_find(ys_nearest *near, const ys_work *work, const ys_look *look,
                     const double *nu) {
  const size_t n = work->classes, most = near->most, all = n * most;
  const ys_blocks *blocks = &work->scratch.blocks;
  const int threads = ys_work_threads(work);
  for (size_t i = 0; i < all * (size_t)threads; i++)
    near->lack[i] = INFINITY;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks->count; block++) {
    const size_t at = (size_t)omp_get_thread_num() * all;
    find_rows(near, work, look, nu, ys_block_begin(blocks, block),
              ys_block_end(blocks, block), near->lack + at, near->row + at);
  }
  for (size_t from = all; from < all * (size_t)threads; from++) {
    const size_t k = from % all / most;
    double *lack = near->lack + k * most;
    if (near->lack[from] < INFINITY && near->lack[from] <= lack[most - 1])
      insert(lack, near->row + k * most, most, near->lack[from],
             near->row[from]);
  }
}
