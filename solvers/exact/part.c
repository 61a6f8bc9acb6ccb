#include "solvers/exact/part.h"

#include <string.h>

void ys_exact_part_init(ys_exact_part *p, ys_memory *memory, size_t rows,
                        size_t slots, size_t classes) {
  const char *what = "exact's part";
  ys_ipm_part *part = &p->part;
  p->capacity = slots;
  p->start = ys_take(memory, classes + 2, sizeof *p->start, what);
  p->candidate = ys_take(memory, rows, sizeof *p->candidate, what);
  part->held = ys_take(memory, rows, sizeof *part->held, what);
  part->begin =
      ys_take(memory, ys_ipm_tiles(rows) + 1, sizeof *part->begin, what);
  part->classes = ys_take(memory, slots, sizeof *part->classes, what);
  part->sigma = ys_take(memory, slots, sizeof *part->sigma, what);
  part->y = ys_take(memory, slots, sizeof *part->y, what);
  part->rest = ys_take_numbers(memory, classes, what);
}

static size_t held_by(const ys_candidates *c, size_t j) {
  return c->begin[j + 1] - c->begin[j];
}

/* Rows of most classes first, so that those of a tile are alike. */
static void sort_rows(ys_exact_part *p, const ys_candidates *c, size_t n) {
  size_t at = 0;
  memset(p->start, 0, (n + 2) * sizeof *p->start);
  for (size_t j = 0; j < c->rows; j++)
    p->start[n - held_by(c, j)]++;
  for (size_t k = 0; k <= n; k++) {
    const size_t count = p->start[k];
    p->start[k] = at;
    at += count;
  }
  p->part.rows = p->start[n - 1]; /* of two classes or more */
  for (size_t j = 0; j < c->rows; j++) {
    const size_t to = p->start[n - held_by(c, j)]++;
    if (to < p->part.rows) {
      p->candidate[to] = j;
      p->part.held[to] = (unsigned)held_by(c, j);
    }
  }
}

static bool lay_slots(ys_exact_part *p) {
  ys_ipm_part *part = &p->part;
  size_t slot = 0;
  part->tiles = ys_ipm_tiles(part->rows);
  for (size_t tile = 0; tile < part->tiles; tile++) {
    part->begin[tile] = slot;
    slot += part->held[tile * YS_LANES];
  }
  part->begin[part->tiles] = slot;
  return slot <= p->capacity;
}

static void fill_row(ys_exact_part *p, const ys_candidates *c, size_t i) {
  const size_t slot = p->part.begin[i / YS_LANES], l = i % YS_LANES;
  const size_t first = c->begin[p->candidate[i]];
  for (size_t k = 0; k < p->part.held[i]; k++) {
    p->part.classes[slot + k].of[l] = c->held[first + k];
    p->part.sigma[slot + k][l] = c->sigma[first + k];
    p->part.y[slot + k][l] = c->y[first + k];
  }
}

bool ys_exact_part_lay(ys_exact_part *p, const ys_candidates *c, size_t all,
                       size_t n) {
  sort_rows(p, c, n);
  if (p->part.rows == 0 || !lay_slots(p))
    return false;
  memset(p->part.classes, 0,
         p->part.begin[p->part.tiles] * sizeof *p->part.classes);
  for (size_t i = 0; i < p->part.rows; i++)
    fill_row(p, c, i);
  memcpy(p->part.rest, c->count, n * sizeof *p->part.rest);
  for (size_t j = 0; j < c->rows; j++)
    if (held_by(c, j) == 1)
      p->part.rest[c->held[c->begin[j]]]++;
  for (size_t k = 0; k < n; k++)
    p->part.rest[k] /= (double)all;
  return true;
}

void ys_exact_part_take(const ys_exact_part *p, const ys_candidates *c,
                        size_t from, size_t end, double *y) {
  for (size_t i = 0; i < p->part.rows; i++) {
    const size_t slot = p->part.begin[i / YS_LANES], l = i % YS_LANES;
    const size_t first = c->begin[p->candidate[i]];
    for (size_t k = 0; k < p->part.held[i] && first >= from && first < end; k++)
      y[first + k - from] = p->part.y[slot + k][l];
  }
}
