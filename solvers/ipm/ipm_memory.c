/* The interior point's memory: one block, carved into its arrays. */
#include "solvers/ipm/ipm.h"

#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>

/* Hands out the arena piece by piece, each aligned for lanes; without an arena
 * it only counts. */
typedef struct carver {
  double *arena;
  size_t used;
} carver;

static void *carve(carver *from, size_t count, size_t size) {
  const size_t unit = sizeof(ys_lanes) / sizeof(double);
  const size_t bytes = ys_times(count, size), all = sizeof(ys_lanes);
  double *piece = from->arena ? from->arena + from->used : NULL;
  from->used = ys_plus(from->used, (bytes / all + (bytes % all != 0)) * unit);
  return piece;
}

static void carve_direction(carver *from, const ys_ipm_state *p,
                            ys_ipm_direction *d) {
  d->nu = carve(from, p->n, sizeof *d->nu);
  d->z = carve(from, p->n, sizeof *d->z);
  d->y = carve(from, p->slots, sizeof *d->y);
  d->move = carve(from, p->tiles, sizeof *d->move);
}

static void carve_rows(carver *from, ys_ipm_state *p) {
  const size_t column = ys_times(p->n, sizeof(ys_lanes));
  ys_lanes **large[] = {&p->a, &p->y, &p->s, &p->is, &p->c};
  for (size_t i = 0; i < sizeof large / sizeof *large; i++)
    *large[i] = carve(from, p->slots, sizeof(ys_lanes));
  carve_direction(from, p, &p->now);
  carve_direction(from, p, &p->spare);
  p->tile = carve(from, p->tiles, sizeof *p->tile);
  p->cx = carve(from, p->tiles, sizeof *p->cx);
  p->none = carve(from, column, 1);
  p->scratch =
      carve(from, ys_times((size_t)p->threads, YS_IPM_SCRATCH), column);
  p->vectors =
      carve(from, ys_times(ys_times(p->groups, 2), YS_IPM_CHUNK), column);
}

static void carve_classes(carver *from, ys_ipm_state *p) {
  const size_t n = p->n, blocks = YS_MAX_BLOCKS;
  double **small[] = {&p->nu,    &p->hint, &p->z,      &p->ih,
                      &p->ahead, &p->base, &p->centre, &p->second};
  for (size_t i = 0; i < sizeof small / sizeof *small; i++)
    *small[i] = carve(from, n, sizeof(double));
  p->trial = carve(from, ys_times(YS_IPM_TRIALS + 1, n), sizeof(double));
  p->group = carve(from, ys_times(ys_times(p->groups, n), n), sizeof(double));
  p->schur = carve(from, ys_times(n, n), sizeof(double));
  p->partials =
      carve(from, ys_times(ys_times(blocks, YS_IPM_TRIALS), n), sizeof(double));
  p->totals = carve(from, ys_times(blocks, YS_IPM_TRIALS), sizeof(double));
}

static ys_code take_memory(ys_ipm_state *p, ys_error *error) {
  const size_t align = sizeof(ys_lanes);
  carver from = {NULL, 0};
  carve_rows(&from, p);
  carve_classes(&from, p);
  p->arena = calloc(ys_plus(from.used, YS_LANES), sizeof *p->arena);
  if (!p->arena)
    return ys_fail_memory(error, "the interior point");
  size_t over = (uintptr_t)p->arena % align;
  from = (carver){p->arena + (over ? align - over : 0) / sizeof(double), 0};
  carve_rows(&from, p);
  carve_classes(&from, p);
  return YS_OK;
}

/* K x K matrices: no more of them than the slots' memory holds. */
static size_t most_groups(const ys_ipm_state *p) {
  size_t most = ys_times(p->slots, YS_LANES) / ys_times(p->n, p->n);
  return most < 1 ? 1 : most < YS_IPM_GROUPS ? most : YS_IPM_GROUPS;
}

ys_code ys_ipm_open(ys_ipm_state **opened, const ys_objective *objective,
                    size_t tiles, size_t slots, int correctors,
                    ys_error *error) {
  ys_ipm_state *p = calloc(1, sizeof *p);
  *opened = NULL;
  if (!p)
    return ys_fail_memory(error, "the interior point");
  p->objective = objective;
  p->n = objective->batch->classes;
  p->tiles = tiles;
  p->slots = slots;
  p->groups = most_groups(p);
  p->threads = objective->threads;
  p->level =
      objective->fairness == YS_WEAK ? -objective->lambda : objective->lambda;
  p->curved = objective->loss == YS_COLLISION;
  p->weighted = objective->loss == YS_REVERSE;
  p->correctors = correctors;
  ys_code code = take_memory(p, error);
  if (code)
    ys_ipm_close(p);
  else
    *opened = p;
  return code;
}

void ys_ipm_close(ys_ipm_state *p) {
  if (!p)
    return;
  free(p->arena);
  free(p);
}
