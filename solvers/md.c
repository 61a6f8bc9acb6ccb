/* Entropic mirror descent (Nemirovski and Yudin 1983; Beck and Teboulle 2003):
 *
 *   y <- y exp(-eta G), rows divided by their sums, G = M dF/dy per row,
 *
 * the proximal step for the distance KL(y+ || y). Kept in logarithms: an entry
 * that has become tiny can grow again. Fixed steps, or steps adapted to the
 * condition of relative smoothness (Bauschke, Bolte and Teboulle 2017; Lu,
 * Freund and Nesterov 2018)
 *
 *   F(y+) <= F(y) + <dF, y+ - y> + (1/(eta M)) sum_i KL(y+_i || y_i).
 *
 * With accel=1, the accelerated Bregman proximal gradient method with adaptive
 * gain, triangle scaling exponent 2 (Hanzely, Richtarik and Xiao 2021, ABPG-g),
 * with function-value restarts: a centre z moves by the step eta / theta and y+
 * = (1 - theta) y + theta z. */
#include "../problems/simd.h"
#include "exponential.h"
#include "proximal_tile.h"

#include <math.h>
#include <stdlib.h>

typedef struct md {
  ys_proximal proximal; /* first, so that a pointer to it points here */
  double *log;          /* M x K: ln z; -infinity where the start is 0 */
  double *next;         /* M x K: ln of the proposed z */
} md;

enum { LINEAR, DISTANCE };

/* ln z and its successor, beside what a proximal tile holds. */
typedef struct md_tile {
  ys_proximal_tile at;
  ys_lanes *log, *next;
} md_tile;

/* log - step * gradient into next; its largest entry. */
YS_INLINE ys_lanes descend(const md_tile *t, double step) {
  ys_lanes top = ys_all(-INFINITY);
  for (size_t k = 0; k < t->at.n; k++) {
    t->next[k] = t->log[k] - step * t->at.gradient[k];
    top = ys_larger(t->next[k], top);
  }
  return top;
}

/* next - top, and its exponential into y; the sum of y. An entry is kept above
 * e^-350 of the largest: a long way down is not a long way back, and products
 * of two entries are still normal numbers, which are fast. */
YS_INLINE ys_lanes exponentiate(const md_tile *t, ys_lanes top) {
  const ys_lanes least = ys_all(-350);
  ys_lanes sum = {0};
  for (size_t k = 0; k < t->at.n; k++) {
    ys_lanes w = t->next[k] - top;
    w = ys_pick((w < least) & (w > -INFINITY), least, w);
    t->next[k] = w;
    t->at.y[k] = ys_lanes_exponential(w);
    sum += t->at.y[k];
  }
  return sum;
}

/* Divide y by its sum; KL(y || e^log). */
YS_INLINE ys_lanes normalise(const md_tile *t, ys_lanes sum) {
  const ys_lanes shift = ys_logarithm(sum), factor = 1 / sum;
  ys_lanes distance = {0};
  for (size_t k = 0; k < t->at.n; k++) {
    ys_lanes y = t->at.y[k] * factor;
    t->next[k] -= shift;
    t->at.y[k] = y;
    distance += ys_only(y > 0, y * (t->next[k] - t->log[k]));
  }
  return distance;
}

/* y = (1 - theta) last + theta y, divided by its sum: rounding errors would
 * pile up over many small theta. `room` is for the tile of last. */
YS_INLINE void blend(const md_tile *t, const double *last, double theta,
                     ys_lanes *room) {
  ys_lanes sum = {0};
  ys_read_tile(last, t->at.n, t->at.count, 1, room);
  for (size_t k = 0; k < t->at.n; k++) {
    t->at.y[k] = room[k] + theta * (t->at.y[k] - room[k]);
    sum += t->at.y[k];
  }
  for (size_t k = 0; k < t->at.n; k++)
    t->at.y[k] /= sum;
}

YS_HOT static double propose_rows(md *w, double eta, double *y, size_t begin,
                                  size_t end, ys_proximal_sums *sums) {
  const ys_proximal *p = &w->proximal;
  const size_t n = p->objective->batch->classes;
  md_tile t = {ys_proximal_rooms(p), ys_room(&p->scratch, n, 4),
               ys_room(&p->scratch, n, 5)};
  ys_lanes distance = {0};
  for (size_t i = begin; i < end; i += YS_LANES) {
    ys_read_proximal(p, y, i, end, &t.at);
    ys_read_tile(w->log + i * n, n, t.at.count, 1, t.log);
    for (size_t k = 0; k < n; k++) {
      ys_fetch(w->log + (i + YS_LANES) * n, k);
      ys_fetch(w->next + (i + YS_LANES) * n, k);
    }
    ys_lanes sum = exponentiate(&t, descend(&t, eta / p->theta));
    distance += ys_only(t.at.live, normalise(&t, sum));
    ys_write_tile(t.next, 1, n, t.at.count, w->next + i * n);
    if (p->theta < 1)
      blend(&t, p->last + i * n, p->theta, t.log);
    ys_take_tile(p, &t.at, ys_all(1), i, y, sums);
  }
  return ys_total(distance);
}

static void propose_block(md *w, double eta, double *y, size_t block) {
  const ys_proximal *p = &w->proximal;
  const ys_blocks *blocks = &p->scratch.blocks;
  ys_proximal_sums sums = ys_proximal_sums_begin(p, block);
  double distance = propose_rows(w, eta, y, ys_block_begin(blocks, block),
                                 ys_block_end(blocks, block), &sums);
  ys_proximal_sums_end(p, block, &sums);
  p->totals[block * YS_TOTALS + LINEAR] = ys_total(sums.linear);
  p->totals[block * YS_TOTALS + DISTANCE] = distance;
}

static ys_move propose(ys_proximal *p, double eta, double *y) {
  md *w = (md *)p;
#pragma omp parallel for schedule(static) num_threads(ys_proximal_threads(p))
  for (size_t block = 0; block < p->scratch.blocks.count; block++)
    propose_block(w, eta, y, block);
  return (ys_move){ys_proximal_mean(p, LINEAR),
                   p->theta * p->theta * ys_proximal_mean(p, DISTANCE)};
}

static void accept(ys_proximal *p) {
  md *w = (md *)p;
  double *log = w->log;
  w->log = w->next;
  w->next = log;
}

static void take_logarithms(const ys_proximal *p, const double *y,
                            double *logarithms) {
#pragma omp parallel for schedule(static) num_threads(ys_proximal_threads(p))
  for (size_t block = 0; block < p->scratch.blocks.count; block++)
    for (size_t i = ys_proximal_begin(p, block); i < ys_proximal_end(p, block);
         i++)
      logarithms[i] = log(y[i]);
}

static void restart(ys_proximal *p) {
  take_logarithms(p, p->last, ((md *)p)->log);
}

static void md_free(void *work) {
  md *w = work;
  if (!w)
    return;
  ys_proximal_free(&w->proximal);
  free(w->log);
  free(w->next);
  free(w);
}

static ys_code md_init(void **work, const ys_objective *objective,
                       const ys_options *options, double *y, ys_error *error) {
  static const ys_geometry entropic = {propose, accept, restart};
  const size_t bytes =
      objective->batch->rows * objective->batch->classes * sizeof(double);
  *work = NULL;
  md *w = calloc(1, sizeof *w);
  if (!w)
    return ys_fail_memory(error, "md");
  ys_code code =
      ys_proximal_init(&w->proximal, &entropic, objective, options, y, error);
  w->log = malloc(bytes);
  w->next = malloc(bytes);
  if (!code && !(w->log && w->next))
    code = ys_fail_memory(error, "md's logarithms");
  if (code) {
    md_free(w);
    return code;
  }
  take_logarithms(&w->proximal, y, w->log);
  ys_proximal_copy(&w->proximal, y, w->next);
  *work = w;
  return YS_OK;
}

static ys_step md_step(void *work, double *y, ys_error *error) {
  return ys_proximal_step(&((md *)work)->proximal, y, error);
}

static const ys_option md_options[] = {
    {"step", YS_REAL_OR_WORD, "adaptive", 1e-12, 1e12, "adaptive",
     "a fixed step, or adaptive: backtracking with growth"},
    {"accel", YS_INTEGER, "0", 0, 1, NULL,
     "1: accelerated, with restarts when F rises"},
    {0}};

const ys_solver ys_md = {
    .name = "md",
    .summary = "entropic mirror descent: fixed or adaptive steps; accelerated",
    .options = md_options,
    .by_rows = true,
    .init = md_init,
    .step = md_step,
    .free = md_free,
};
