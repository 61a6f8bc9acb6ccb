/* Entropic mirror descent (Nemirovski and Yudin 1983; Beck and Teboulle 2003):
 *
 *   y <- y exp(-eta G), rows divided by their sums, G = M dF/dy per row,
 *
 * the proximal step for the distance KL(y+ || y). An entry that has become tiny
 * is kept at e^-350: it can grow again. Fixed steps, or steps adapted to the
 * condition of relative smoothness (Bauschke, Bolte and Teboulle 2017; Lu,
 * Freund and Nesterov 2018)
 *
 *   F(y+) <= F(y) + <dF, y+ - y> + (1/(eta M)) sum_i KL(y+_i || y_i).
 *
 * With accel=1, the accelerated Bregman proximal gradient method with adaptive
 * gain, triangle scaling exponent 2 (Hanzely, Richtarik and Xiao 2021, ABPG-g),
 * with function-value restarts: a centre z moves by the step eta / theta and y+
 * = (1 - theta) y + theta z. */
#include "problems/vector/exp_log.h"
#include "solvers/proximal/proximal.h"

typedef struct md {
  ys_proximal proximal; /* first, so that a pointer to it points here */
  double *centre;       /* M x K: z; NULL without momentum, when y is z */
  double *next;         /* M x K: the proposed z */
} md;

/* The centre z and its successor, beside what a proximal tile holds; without
 * momentum they are `from` and y. */
typedef struct md_tile {
  ys_proximal_tile at;
  ys_lanes *centre, *next;
} md_tile;

/* What entries are kept above: a long way down is not a long way back, and
 * products of two entries are still normal numbers, which are fast. */
static const double LEAST = 0x1p-505; /* e^-350 */

/* The least gradients among those of what z has. Of lesser entries than LEAST,
 * which a start may have, the rows could not be made up. */
YS_INLINE void least_gradients(const md_tile *t, ys_lanes *base) {
  const size_t groups = t->at.groups;
  for (size_t g = 0; g < groups; g++)
    base[g] = ys_all(INFINITY);
  for (size_t k = 0; k < t->at.n; k++)
    for (size_t g = 0; g < groups; g++) {
      const size_t at = k * groups + g;
      const ys_lanes gradient = t->at.gradient[at];
      ys_mask lower = (t->centre[at] >= LEAST) & (gradient < base[g]);
      base[g] = ys_pick(lower, gradient, base[g]);
    }
}

/* z+_k ~ z_k e^(w_k), w_k = -step (G_k - base), into next; sum_k z+_k and
 * sum_k z+_k w_k, with which KL(z+ || z) = moment / sum - ln sum. Where z is
 * less than LEAST w may come out above 0. */
YS_INLINE void exponentiate(const md_tile *t, double step, const ys_lanes *base,
                            ys_lanes *sum, ys_lanes *moment) {
  const size_t groups = t->at.groups;
  for (size_t g = 0; g < groups; g++)
    sum[g] = moment[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->at.n; k++)
    for (size_t g = 0; g < groups; g++) {
      const size_t at = k * groups + g;
      const ys_lanes w =
          step * ys_smaller(base[g] - t->at.gradient[at], ys_all(0));
      const ys_lanes z = t->centre[at] * ys_lanes_exponential(w);
      sum[g] += z;
      moment[g] += z * w;
      t->next[at] = z;
    }
}

/* The successor times a factor, kept above LEAST. */
YS_INLINE void normalise(const md_tile *t, const ys_lanes *factor) {
  const size_t groups = t->at.groups;
  for (size_t k = 0; k < t->at.n; k++)
    for (size_t g = 0; g < groups; g++) {
      const size_t at = k * groups + g;
      t->next[at] = ys_larger(t->next[at] * factor[g],
                              ys_only(t->centre[at] > 0, ys_all(LEAST)));
    }
}

/* y = (1 - theta) last + theta next, divided by its sum: rounding errors would
 * pile up over many small theta. The centre's room is for the tiles of last. */
YS_INLINE void blend(const md_tile *t, const double *last, double theta) {
  const size_t n = t->at.n, groups = t->at.groups;
  ys_lanes sum[YS_GROUPS];
  for (size_t g = 0; g < groups; g++) {
    sum[g] = (ys_lanes){0};
    ys_read_tile(last + g * YS_LANES * n, n, t->at.count, groups,
                 t->centre + g);
  }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++) {
      const size_t at = k * groups + g;
      t->at.y[at] = t->centre[at] + theta * (t->next[at] - t->centre[at]);
      sum[g] += t->at.y[at];
    }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++)
      t->at.y[k * groups + g] /= sum[g];
}

/* KL(z+ || z) = moment / sum - ln sum of the live rows. */
YS_INLINE ys_lanes distances(const md_tile *t, const ys_lanes *sum,
                             const ys_lanes *moment) {
  ys_lanes all = {0};
  for (size_t g = 0; g < t->at.groups; g++)
    all += ys_only(t->at.live, moment[g] / sum[g] - ys_lanes_logarithm(sum[g]));
  return all;
}

typedef struct md_rows {
  ys_proximal_rows at;
  const md *w;
  double step; /* eta / theta */
  ys_lanes *centre, *next;
} md_rows;

/* Rows from i on with momentum: z moves, and y with it. */
YS_INLINE void move_centres(const md_rows *r, const md_tile *t, size_t i,
                            const ys_lanes *factor) {
  const size_t n = t->at.n, groups = t->at.groups;
  const ys_proximal *p = r->at.p;
  normalise(t, factor);
  for (size_t g = 0; g < groups; g++)
    ys_write_tile(t->next + g, groups, n, t->at.count,
                  r->w->next + (i + g * YS_LANES) * n);
  blend(t, p->last + i * n, p->theta);
}

YS_INLINE void propose_tiles(size_t i, size_t groups, size_t count,
                             const md_rows *r, ys_proximal_sums *sums,
                             ys_lanes *distance) {
  const size_t n = r->at.room.n;
  const ys_lanes one[YS_GROUPS] = {ys_all(1), ys_all(1), ys_all(1), ys_all(1)};
  md_tile t = {ys_read_proximal(&r->at, i, groups, count), r->centre, r->next};
  ys_lanes base[YS_GROUPS], sum[YS_GROUPS], moment[YS_GROUPS];
  ys_lanes factor[YS_GROUPS];
  for (size_t g = 0; g < groups && r->w->centre; g++)
    ys_read_tile(r->w->centre + (i + g * YS_LANES) * n, n, count, groups,
                 t.centre + g);
  least_gradients(&t, base);
  exponentiate(&t, r->step, base, sum, moment);
  for (size_t g = 0; g < groups; g++)
    factor[g] = 1 / sum[g];
  if (r->w->centre) {
    *distance += distances(&t, sum, moment);
    move_centres(r, &t, i, factor);
    ys_take_tiles(&r->at, &t.at, one, 0, i, sums);
  } else
    ys_take_tiles(&r->at, &t.at, factor, LEAST, i, sums);
}

YS_HOT static double propose_rows(const md_rows *r, size_t begin, size_t end,
                                  ys_proximal_sums *sums) {
  ys_lanes distance = {0};
  YS_BY_TILES(4, r->at.room.n, begin, end, propose_tiles, r, sums, &distance);
  return ys_total(distance);
}

/* D(z+, z) = KL(z+ || z), which momentum's search alone asks for: without, it
 * is 0. */
static double propose(const ys_proximal *p, double eta, double *y, size_t begin,
                      size_t end, ys_proximal_sums *sums) {
  const md *w = (const md *)p;
  const size_t n = p->work.classes;
  md_rows r = {.at = ys_proximal_rows_of(p, y), .w = w, .step = eta / p->theta};
  r.centre = w->centre ? ys_room(&p->work.scratch, n, 4) : r.at.room.from;
  r.next = w->centre ? ys_room(&p->work.scratch, n, 5) : r.at.room.y;
  return propose_rows(&r, begin, end, sums);
}

static void accept(ys_proximal *p) {
  md *w = (md *)p;
  double *centre = w->centre;
  if (!centre)
    return;
  w->centre = w->next;
  w->next = centre;
}

static void restart(ys_proximal *p) {
  ys_proximal_copy(p, p->last, ((md *)p)->centre);
}

static const ys_geometry entropic = {
    .least = 1e-290,
    .limit = "md keeps the zeros of its start point, and the optimum need not "
             "have them: start from labels with a share of the uniform point "
             "mixed in",
    .propose = propose,
    .accept = accept,
    .restart = restart};

static ys_code md_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *y,
                       ys_error *error) {
  md *w = ys_proximal_open(sizeof *w, "md", &entropic, objective, options,
                           y->dense, error);
  if (w && w->proximal.accelerated) {
    ys_work *own = &w->proximal.work;
    w->centre = ys_take_numbers(&own->memory, own->entries, "md's centres");
    w->next = ys_take_numbers(&own->memory, own->entries, "md's centres");
    if (w->centre && w->next) {
      ys_proximal_copy(&w->proximal, y->dense, w->centre);
      ys_proximal_copy(&w->proximal, y->dense, w->next);
    }
  }
  return ys_work_hand_over(work, w, YS_OK, ys_work_free, error);
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
    .over_ranks = true,
    .init = md_init,
    .step = ys_proximal_step,
    .multipliers = ys_proximal_multipliers,
    .descends = ys_proximal_is_monotone,
    .free = ys_work_free,
};
