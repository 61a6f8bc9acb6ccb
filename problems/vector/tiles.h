/* A block's rows in tiles, and room for them. Private to the kernels of
 * problems/ and solvers/. */
#ifndef YS_TILES_H
#define YS_TILES_H

#include "problems/objective.h"
#include "problems/vector/row_sums.h"

#include <omp.h>
#include <stdint.h>

/* With few classes the work on one tile is a short chain of operations that
 * wait on each other, so several tiles are worked on together, as long as the
 * arrays that a kernel keeps of them fit the smallest cache: those of this many
 * classes, if it keeps one. */
enum { YS_GROUPS = 4, YS_FEW_CLASSES = 224 };

/* Arrays of room that a thread has, each for YS_GROUPS tiles of few classes or
 * one of many. */
enum { YS_ROOMS = 9 };

YS_INLINE size_t ys_room_lanes(size_t classes) {
  return classes < YS_FEW_CLASSES ? YS_GROUPS * classes : classes;
}

/* Array `which` of this thread. */
YS_INLINE ys_lanes *ys_room(const ys_scratch *scratch, size_t classes,
                            size_t which) {
  size_t thread = (size_t)omp_get_thread_num();
  const uintptr_t mask = sizeof(ys_lanes) - 1;
  ys_lanes *room = (ys_lanes *)(((uintptr_t)scratch->room + mask) & ~mask);
  return room + (thread * YS_ROOMS + which) * ys_room_lanes(classes);
}

/* Column sums of a block, whose rows come in tiles. A long plain sum of like
 * terms drifts, so tiles are added to `chunk`, and the chunk to `sum` every few
 * tiles. */
typedef struct ys_tile_columns {
  double *sum;     /* n */
  ys_lanes *chunk; /* n */
  size_t n, held;
} ys_tile_columns;

/* Room for a row of sigma, for ys_batch_rows. */
YS_INLINE double *ys_row_room(const ys_scratch *scratch, size_t classes) {
  return (double *)ys_room(scratch, classes, YS_ROOMS - 2);
}

/* Tiles of sigma, whichever way a batch keeps it. */
typedef struct ys_tile_source {
  const ys_batch *batch;
  double *room; /* for rows kept as float32: the thread's last room but one */
} ys_tile_source;

YS_INLINE ys_tile_source ys_tile_source_of(const ys_objective *objective,
                                           const ys_scratch *scratch) {
  const ys_batch *batch = objective->batch;
  return (ys_tile_source){batch, ys_row_room(scratch, batch->classes)};
}

/* Rows as they were recorded, each divided by its sum: what ys_batch_rows would
 * have put into room, to the bit. Divisions wait for nobody between the
 * turning.
 */
YS_INLINE void ys_read_recorded(const ys_batch *batch, const size_t *row,
                                size_t step, ys_lanes *restrict columns) {
  const size_t n = batch->classes;
  const float *at[YS_LANES];
  ys_lanes sum = {0}; /* GCC at -O2 would not see it filled */
  for (size_t l = 0; l < YS_LANES; l++) {
    at[l] = batch->recorded + row[l] * n;
    sum[l] = batch->sum[row[l]];
  }
  for (size_t k = 0; n >= YS_LANES && k < n;) {
    ys_lanes square[YS_LANES];
    k = k + YS_LANES <= n ? k : n - YS_LANES; /* the last laps over */
    for (size_t l = 0; l < YS_LANES; l++)
      square[l] = ys_load_stored(at[l], k, true);
    ys_transpose(square);
    for (size_t c = 0; c < YS_LANES; c++)
      columns[k++ * step] = square[c] / sum + 0.0;
  }
  for (size_t k = 0; n < YS_LANES && k < n; k++) {
    const ys_lanes column = {(double)at[0][k], (double)at[1][k],
                             (double)at[2][k], (double)at[3][k]};
    columns[k * step] = column / sum + 0.0;
  }
}

/* The columns of YS_LANES rows, wherever they are. */
YS_INLINE void ys_read_sigma_rows(const ys_tile_source *from, const size_t *row,
                                  size_t step, ys_lanes *columns) {
  const ys_batch *batch = from->batch;
  const size_t n = batch->classes;
  const double *at[YS_LANES];
  if (!batch->sigma) {
    ys_read_recorded(batch, row, step, columns);
    return;
  }
  for (size_t l = 0; l < YS_LANES; l++)
    at[l] = batch->sigma + row[l] * n;
  ys_read_rows_at(at, n, step, columns);
}

/* As ys_read_tile, for the tile that begins with row i. */
YS_INLINE void ys_read_sigma(const ys_tile_source *from, size_t i, size_t count,
                             size_t step, ys_lanes *columns) {
  size_t row[YS_LANES];
  for (size_t l = 0; l < YS_LANES; l++)
    row[l] = i + (l < count ? l : count - 1);
  ys_read_sigma_rows(from, row, step, columns);
}

/* Rows far apart come one by one from memory, unless they are asked for in
 * time: a row's first `lines` lines of the cache, behind which the processor
 * goes on by itself. */
YS_INLINE void ys_fetch_row(const ys_batch *batch, size_t row, size_t lines) {
  enum { CACHE_LINE = 64 };
  const size_t bytes =
      batch->classes * (batch->sigma ? sizeof(double) : sizeof(float));
  const char *base =
      batch->sigma ? (const char *)batch->sigma : (const char *)batch->recorded;
  for (size_t at = 0; at < bytes + CACHE_LINE && at < lines * CACHE_LINE;
       at += CACHE_LINE)
    __builtin_prefetch(base + row * bytes + at);
}

/* Rows that the next tiles will be read from, to be fetched bit by bit while
 * these are worked on: tiles are over before the processor sees where they go.
 * They need not be there. */
typedef struct ys_ahead {
  const char *rows;
  size_t part; /* bytes of them that one column of one tile stands for */
} ys_ahead;

YS_INLINE ys_ahead ys_rows_ahead(const double *rows) {
  return (ys_ahead){(const char *)rows, sizeof(ys_lanes)};
}

/* Where nothing is: `here`, which is at hand. */
YS_INLINE ys_ahead ys_nothing_ahead(const double *here) {
  return (ys_ahead){(const char *)here, 0};
}

YS_INLINE ys_ahead ys_sigma_ahead(const ys_batch *batch, size_t i) {
  const size_t at = i * batch->classes;
  return batch->sigma ? ys_rows_ahead(batch->sigma + at)
                      : (ys_ahead){(const char *)(batch->recorded + at),
                                   YS_LANES * sizeof *batch->recorded};
}

/* Fetch part i of them, that of the i-th column. Two parts are a cache line. */
YS_INLINE void ys_fetch(const ys_ahead *ahead, size_t i) {
  if (i % 2 == 0)
    __builtin_prefetch(ahead->rows + i * ahead->part);
}

/* Behind the tiles at hand, of sigma and of another array. */
typedef struct ys_next {
  ys_ahead sigma, other;
} ys_next;

YS_INLINE void ys_fetch_next(const ys_next *next, size_t i) {
  ys_fetch(&next->sigma, i);
  ys_fetch(&next->other, i);
}

/* Read `groups` tiles of `count` rows from row i on, of sigma and of `other`,
 * an M x K array; what comes behind them. */
YS_INLINE ys_next ys_read_rows(const ys_tile_source *source,
                               const double *other, size_t i, size_t groups,
                               size_t count, ys_lanes *sigma_columns,
                               ys_lanes *other_columns) {
  const size_t n = source->batch->classes, next = i + groups * YS_LANES;
  for (size_t g = 0; g < groups; g++) {
    const size_t row = i + g * YS_LANES;
    ys_read_sigma(source, row, count, groups, sigma_columns + g);
    ys_read_tile(other + row * n, n, count, groups, other_columns + g);
  }
  return (ys_next){ys_sigma_ahead(source->batch, next),
                   ys_rows_ahead(other + next * n)};
}

/* Call rows(i, groups, count, ...) for rows [begin, end) of K = n classes: for
 * `groups` tiles of `count` rows each from row i on, of which the kernel keeps
 * so many arrays. Only the last may have fewer than YS_LANES rows; what is
 * constant is so at compile time. */
#define YS_BY_TILES(arrays, n, begin, end, rows, ...)                          \
  do {                                                                         \
    const size_t together_ = (size_t)YS_GROUPS * YS_LANES;                     \
    size_t i_ = (begin);                                                       \
    if ((arrays) * (n) < YS_FEW_CLASSES)                                       \
      for (; i_ + together_ <= (end); i_ += together_)                         \
        rows(i_, YS_GROUPS, YS_LANES, __VA_ARGS__);                            \
    for (; i_ + YS_LANES <= (end); i_ += YS_LANES)                             \
      rows(i_, 1, YS_LANES, __VA_ARGS__);                                      \
    if (i_ < (end))                                                            \
      rows(i_, 1, (end)-i_, __VA_ARGS__);                                      \
  } while (0)

/* Four numbers, one a row, of an array of M; lanes beyond `count` repeat the
 * last. */
YS_INLINE ys_lanes ys_read_numbers(const double *of, size_t i, size_t count) {
  ys_lanes a;
  if (count == YS_LANES)
    return ys_load(of + i);
  for (size_t l = 0; l < YS_LANES; l++)
    a[l] = of[i + (l < count ? l : count - 1)];
  return a;
}

YS_INLINE void ys_write_numbers(double *of, size_t i, size_t count,
                                ys_lanes a) {
  if (count == YS_LANES)
    ys_store(of + i, a);
  else
    for (size_t l = 0; l < count; l++)
      of[i + l] = a[l];
}

/* The sums are the block's partials; the chunk is the thread's last room. */
YS_INLINE ys_tile_columns ys_tile_columns_begin(const ys_scratch *scratch,
                                                size_t n, size_t block) {
  ys_tile_columns columns = {scratch->partials + 2 * block * n,
                             ys_room(scratch, n, YS_ROOMS - 1), n, 0};
  memset(columns.sum, 0, n * sizeof *columns.sum);
  memset(columns.chunk, 0, n * sizeof *columns.chunk);
  return columns;
}

YS_INLINE void ys_tile_columns_end(ys_tile_columns *columns) {
  for (size_t k = 0; k < columns->n; k++) {
    columns->sum[k] += ys_total(columns->chunk[k]);
    columns->chunk[k] = (ys_lanes){0};
  }
  columns->held = 0;
}

/* Some tiles were added to the chunk. */
YS_INLINE void ys_tile_columns_next(ys_tile_columns *columns, size_t tiles) {
  enum { TILES_A_CHUNK = 64 };
  columns->held += tiles;
  if (columns->held >= TILES_A_CHUNK)
    ys_tile_columns_end(columns);
}

#endif
