#include "solvers/exact/nearest.h"

#include "problems/vector/array.h"

#include <math.h>
#include <omp.h>

void ys_nearest_init(ys_nearest *near, ys_memory *memory,
                     const ys_objective *objective) {
  const size_t lists = ys_times(objective->batch->classes, YS_NEAREST);
  const size_t copies = (size_t)objective->threads + 1;
  near->list = ys_take(memory, ys_times(lists, copies), sizeof *near->list,
                       "exact's nearest rows");
}

static bool is_nearer(ys_near a, ys_near b) {
  return a.lack < b.lack || (a.lack == b.lack && a.row < b.row);
}

/* Insert a row into a class's list, in place of the last one. */
static void insert(ys_near *list, ys_near row) {
  size_t at = YS_NEAREST - 1;
  for (; at > 0 && is_nearer(row, list[at - 1]); at--)
    list[at] = list[at - 1];
  list[at] = row;
}

static void find_rows(const ys_work *work, const ys_look *look,
                      const double *nu, size_t first, size_t end,
                      ys_near *list) {
  const size_t n = work->classes;
  const size_t before = ys_share_first_row(&work->scratch.share);
  double *room = ys_row_room(&work->scratch, n);
  for (size_t i = first; i < end; i++) {
    const double *sigma = ys_batch_rows(work->objective->batch, i, 1, room);
    const uint32_t a = look->vertex[i];
    const double t = 1 / sigma[a];
    const double top = 1 + nu[a] - fmin((double)look->slack[i], 0);
    for (size_t k = 0; k < n; k++) {
      ys_near *of = list + k * YS_NEAREST;
      const ys_near row = {top - t * sigma[k], before + i};
      if (row.lack < of[YS_NEAREST - 1].lack)
        insert(of, row);
    }
  }
}

/* The nearest of two threads' or ranks' lists. */
static void merge(void *lists, const void *others, size_t size) {
  ys_near *own = lists;
  const ys_near *row = others;
  for (size_t i = 0; i < size / sizeof *own; i++) {
    ys_near *of = own + i / YS_NEAREST * YS_NEAREST;
    if (is_nearer(row[i], of[YS_NEAREST - 1]))
      insert(of, row[i]);
  }
}

void ys_nearest_find(ys_nearest *near, const ys_work *work, const ys_look *look,
                     const double *nu) {
  const size_t all = work->classes * YS_NEAREST, size = all * sizeof(ys_near);
  const ys_blocks *blocks = &work->scratch.blocks;
  const int threads = ys_work_threads(work);
  for (size_t i = 0; i < all * (size_t)threads; i++)
    near->list[i] = (ys_near){INFINITY, UINT64_MAX};
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks->count; block++)
    find_rows(work, look, nu, ys_block_begin(blocks, block),
              ys_block_end(blocks, block),
              near->list + (size_t)omp_get_thread_num() * all);
  for (int thread = 1; thread < threads; thread++)
    merge(near->list, near->list + (size_t)thread * all, size);
  ys_ranks_meet(work->objective->batch->ranks, near->list,
                near->list + (size_t)threads * all, size, merge);
}
