#include "solvers/fw/held.h"

#include "problems/vector/array.h"
#include "problems/vector/lanes.h"

#include <string.h>

/* Memory that is not touched costs nothing: entries are a few a row. */
void ys_fw_held_init(ys_fw_held *held, ys_memory *memory, size_t rows,
                     size_t classes) {
  enum { ENTRIES_A_ROW = 4, ENTRIES_A_CLASS = 64, SOME = 1 << 17 };
  static const char what[] = "the classes held";
  const size_t likely = ENTRIES_A_ROW * rows + ENTRIES_A_CLASS * classes + SOME;
  const size_t all = ys_times(rows, classes);
  held->room = likely < all ? likely : all;
  held->row = ys_take(memory, rows, sizeof *held->row, what);
  held->begin = ys_take(memory, rows + 1, sizeof *held->begin, what);
  held->class = ys_take(memory, held->room, sizeof *held->class, what);
  held->y = ys_take_numbers(memory, held->room, what);
  held->score = ys_take_numbers(memory, held->room, what);
  held->rest = ys_take_numbers(memory, classes, what);
}

void ys_fw_held_clear(ys_fw_held *held, size_t classes) {
  held->rows = 0;
  memset(held->rest, 0, classes * sizeof *held->rest);
}

/* Most classes are not held, and passed over some at a time. */
YS_HOT bool ys_fw_held_add(ys_fw_held *held, ys_pairwise_row row, size_t i) {
  enum { PIECE = 2 * YS_LANES };
  size_t at = held->begin[held->rows];
  for (size_t first = 0, end; first < row.n; first = end) {
    const double *y = row.y + first;
    end = first + PIECE < row.n ? first + PIECE : row.n;
    if (end == first + PIECE &&
        !ys_any((ys_load(y) > 0) | (ys_load(y + YS_LANES) > 0)))
      continue;
    for (size_t k = first; k < end; k++) {
      if (!(row.y[k] > 0))
        continue;
      if (at == held->room)
        return false;
      held->class[at] = (uint32_t)k;
      held->y[at] = row.y[k];
      held->score[at++] = row.score[k];
    }
  }
  held->row[held->rows++] = i;
  held->begin[held->rows] = at;
  return true;
}

void ys_fw_held_write(const ys_fw_held *held, size_t n, double *y) {
  for (size_t j = 0; j < held->rows; j++)
    for (size_t e = held->begin[j]; e < held->begin[j + 1]; e++)
      y[held->row[j] * n + held->class[e]] = held->y[e];
}
