/* The multipliers, from samples of growing size: look at a sample, choose the
 * rows in doubt, and move nu by Newton's method as far as they were chosen for,
 * until that is far enough. */
#include "solvers/exact/exact_state.h"

#include <math.h>
#include <string.h>

enum { MOST_ROUNDS = 12, SOME_ROUNDS = 6 };

static void look(ys_exact *w, ys_look_sample sample, double exact) {
  ys_newton_tilt(&w->newton);
  ys_look_at(&w->work, sample, w->newton.nu, w->newton.tilt, exact, &w->look);
}

/* About what the nu of so many rows is off by. */
static double error_of(const ys_exact *w, size_t rows) {
  return sqrt((double)w->work.classes / (double)rows);
}

/* Steps from looks alone, while nu is far from where it is to be and comes
 * nearer: they cost no lists. Returns whether it is near: a sample's nu need be
 * no nearer to its own than that is to all rows'. */
static bool glance(ys_exact *w, ys_look_sample sample) {
  enum { MOST = 5 };
  const double least = 0.04, pays = 0.5;
  const double near = sample.stride > 1
                          ? fmax(least, error_of(w, ys_look_rows(sample)))
                          : least;
  double moved = w->width, before = INFINITY;
  for (int i = 0; i < MOST && moved > near; i++) {
    look(w, sample, fmin(w->width, YS_NEWTON_WIDEST));
    moved =
        ys_newton_glance(&w->newton, sample, &w->look, 2 * w->width, i == 0);
    if (i > 1 && !(w->newton.gap < pays * before))
      break;
    before = w->newton.gap;
  }
  w->newton.settled = moved <= near;
  w->width = fmin(w->width, fmax(moved, near));
  return moved <= near;
}

/* Rows in doubt within the width, as far as there is room for them. False if
 * those that no width leaves out are too many. */
static bool choose(ys_exact *w, ys_look_sample sample) {
  w->width = ys_look_width(&w->work, &w->look, sample, w->width,
                           w->candidates.room / 2);
  while (!ys_candidates_take(&w->candidates, &w->work, sample, &w->look,
                             w->newton.nu, w->width)) {
    if (w->width < YS_EXACT_NARROWEST)
      return false;
    w->width /= 2;
  }
  return true;
}

/* Whether it is so far from anything that sweeps are quicker than lists, where
 * they are long. */
static bool is_lost(const ys_exact *w) {
  const double far = 0.1;
  return ys_exact_has_long_rows(w) && !w->newton.settled &&
         w->newton.gap > far * fmin(1, w->work.objective->lambda);
}

/* Whether Newton's method has failed: what is left is more than a sample's nu
 * is worth. It does where many rows bend at the same multipliers. Where the
 * alternative is cheap, less is enough. */
static bool is_stuck(const ys_exact *w) {
  const double worth = ys_exact_is_small(w) ? 0.02 : 10;
  const double rows_a_class =
      (double)w->candidates.all / (double)w->work.classes;
  return is_lost(w) ||
         (!w->newton.settled &&
          w->newton.gap >
              worth * fmin(1, w->work.objective->lambda) / rows_a_class);
}

/* The interior point on a sample. */
static void rescue(ys_exact *w, ys_look_sample sample) {
  const size_t bytes = w->work.classes * sizeof *w->nu;
  memcpy(w->nu, w->newton.nu, bytes);
  look(w, sample, 2 * w->width);
  w->budget = w->candidates.room;
  w->reach = 2 * w->width;
  ys_exact_round_on(w, sample);
  memcpy(w->newton.nu, w->nu, bytes);
}

/* Leaves in w->left how far nu may go on from there. A sample's nu goes on no
 * more where what is ahead is less than it is off by. */
static void solve_sample(ys_exact *w, ys_look_sample sample, double enough) {
  const int most = sample.stride > 1 ? SOME_ROUNDS : MOST_ROUNDS;
  const double pays = 0.5;
  const double says_more =
      sample.stride > 1 ? error_of(w, ys_look_rows(sample)) : 0;
  double before = INFINITY;
  if (w->work.classes >= YS_SIDE_BY_SIDE &&
      ((glance(w, sample) && sample.stride > 1) || is_lost(w)))
    return;
  for (int round = 0; round < most && !ys_stop_is_wanted(w->work.stop);
       round++) {
    look(w, sample, w->width);
    if (!choose(w, sample)) {
      w->newton.gap = INFINITY;
      return;
    }
    const double still = sample.stride > 1 ? 0.05 * w->width : 0;
    const double moved =
        ys_newton_solve(&w->newton, w->width, still, enough, 0);
    w->left = w->width - moved;
    if (!w->newton.limited || moved == 0 || w->newton.gap <= enough ||
        w->newton.ahead < says_more ||
        (round > 1 && !(w->newton.gap < pays * before)))
      break;
    before = w->newton.gap;
    w->width = fmin(2 * w->width, 1.5 * w->newton.ahead);
    ys_newton_expect(&w->newton, NULL, 0); /* it goes farther than that */
  }
}

bool ys_exact_refine(ys_exact *w) {
  const double share = 0.25, pays = 0.5, goal = 0.1;
  const double before = w->newton.gap;
  if (!w->refined && w->work.classes >= YS_SIDE_BY_SIDE &&
      !ys_candidates_list(&w->candidates, &w->work, w->newton.nu,
                          share * w->width)) {
    w->newton.gap = INFINITY; /* no room */
    return false;
  }
  w->refined = true;
  w->left -= ys_newton_solve(&w->newton, w->left, 0, 0, goal);
  return w->newton.gap < pays * fmax(before, w->newton.first);
}

/* What a sample's nu is off by falls as the square root of its rows: how wide
 * to choose among `next` of them, and how far each multiplier is to move, from
 * what nu has moved since `from`, between `before` rows and `here`; or from
 * rows alone, after the first sample (before = 0). Where nu has hardly moved,
 * for all the width there was, Newton's method has failed here, and nu is as
 * far from all rows' as it was. */
static double next_width(ys_exact *w, const double *from, size_t before,
                         size_t here, size_t next) {
  const double generous = 2, hardly = 0.02;
  const double moved = ys_exact_distance(w->newton.nu, from, w->work.classes);
  if (before == 0)
    return fmin(1, generous * error_of(w, here));
  if (moved < hardly * w->width)
    return w->width;
  const double was = 1 / (double)before - 1 / (double)here;
  const double will = 1 / (double)here - 1 / (double)next;
  const double share = sqrt(will / was);
  ys_newton_expect(&w->newton, from, share);
  return generous * share * moved;
}

bool ys_exact_solve_samples(ys_exact *w) {
  enum { ROWS_A_CLASS = 32, LEAST_ROWS = 1024, GROWTH = 8, STUCK_GROWTH = 16 };
  const ys_batch *batch = w->work.objective->batch;
  const size_t rows = ys_batch_whole_rows(batch), n = w->work.classes;
  const size_t some =
      ROWS_A_CLASS * n > LEAST_ROWS ? ROWS_A_CLASS * n : LEAST_ROWS;
  const double first_goal = 5e-9; /* what most ask for, and less */
  size_t before = 0;
  bool stuck = false;
  for (size_t k = 0; k < n; k++)
    w->newton.nu[k] = w->work.objective->lambda;
  ys_newton_expect(&w->newton, NULL, 0);
  w->width = 1;
  for (size_t stride = rows / some, next; stride > 1; stride = next) {
    const ys_look_sample sample = ys_look_every(batch, stride);
    memcpy(w->seen, w->newton.nu, n * sizeof *w->seen);
    if (!stuck)
      solve_sample(w, sample, 0);
    stuck = stuck || is_stuck(w);
    if (stuck && (ys_exact_is_small(w) || ys_exact_has_long_rows(w)))
      return false;
    if (stuck)
      rescue(w, sample);
    next = stride / (stuck ? STUCK_GROWTH : GROWTH);
    const size_t here = ys_look_rows(sample);
    w->width =
        next_width(w, w->seen, before, here,
                   ys_look_rows(ys_look_every(batch, next > 1 ? next : 1)));
    before = here;
  }
  if (stuck)
    return false;
  solve_sample(w, ys_look_every(batch, 1),
               first_goal * fmin(1, w->work.objective->lambda));
  return isfinite(w->newton.gap) && !is_lost(w) &&
         !(is_stuck(w) && ys_exact_is_small(w));
}
