/* The interior point's moves. */
#include "problems/vector/simd.h"
#include "solvers/ipm/ipm_go.h"

YS_HOT static void advance_block(ys_ipm_state *p, ys_ipm_length length,
                                 double *y, size_t block) {
  room at = room_of(p);
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++) {
    view v = view_of(p, tile);
    go(p, &v, p->tile + tile, tile, length, p->trial, &at);
    ys_ipm_write(p, tile, y);
  }
}

static void shift_multipliers(ys_ipm_state *p, double shift) {
  for (size_t tile = 0; tile < p->tiles; tile++)
    p->tile[tile].mu += shift;
  for (size_t k = 0; k < p->n; k++)
    p->nu[k] += shift;
}

void ys_ipm_advance(ys_ipm_state *p, ys_ipm_length length, double *y) {
  for (size_t k = 0; k < p->n; k++)
    p->trial[k] = p->nu[k] + length.nu * p->now.nu[k];
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    advance_block(p, length, y, block);
  memcpy(p->nu, p->trial, p->n * sizeof *p->nu);
  shift_multipliers(p, ys_ipm_common_shift(p));
  for (size_t k = 0; k < p->n; k++)
    p->hint[k] = p->level + p->nu[k];
}

YS_HOT static void centre_block(ys_ipm_state *p, double target, size_t block) {
  enum { MOST_STEPS = 15 };
  room at = room_of(p);
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++) {
    view v = view_of(p, tile);
    centre_tile(p, &v, p->tile + tile, p->nu, target, v.s[0] > 0, MOST_STEPS,
                &at);
  }
}

void ys_ipm_centre(ys_ipm_state *p, double target) {
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    centre_block(p, target, block);
}
