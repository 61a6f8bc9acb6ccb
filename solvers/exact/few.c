/* Sweeps of Frank-Wolfe from a smoothed problem's labels give multipliers nu
 * that are good but for some classes. The interior point then works on lists:
 * of each row the classes within a narrow width of its best, of each class two
 * rows at least. Its steps move nu; every few of them all classes of all rows
 * are priced, and those that would gain, or nearly, are taken in; as its target
 * falls, classes that are on their way out are left out. It never starts anew
 * but where that leads nowhere. */
#include "solvers/exact/few.h"

#include "problems/certificate.h"
#include "solvers/exact/few_lists.h"
#include "solvers/exact/few_start.h"
#include "solvers/exact/few_system.h"

#include <math.h>
#include <string.h>

enum {
  CORRECTORS = 0,     /* where the factorisation is cheap they do not pay */
  SMALL = 1 << 18,    /* slots: batches of a million entries */
  CLASSES_A_ROW = 32, /* room for them in larger ones */
  SWEEPS = 3,
  MANY = 8,            /* rows a class from which one-hot rows start as well */
  MOST_ITERATIONS = 4, /* a step */
  MOST_IDLE = 12,      /* steps */
};

/* Lists are no wider than this, in nats: what they lack then is taken in
 * later. */
static const double WIDEST = 0.03;

typedef enum stage { BEGIN, SWEEPING, LISTS, WHOLE, DONE } stage;

struct ys_few {
  ys_work *work;
  ys_few_start start;
  ys_few_lists lists;
  ys_few_system system;
  ys_ipm_state *inner;
  double *nu; /* K */
  double gap; /* of y and nu when they were last priced */
  double least;
  int idle;   /* steps since that was least */
  bool mixed; /* y has been given as a start: labels, not all alike */
  int sweeps_left;
  stage stage;
};

ys_few *ys_few_open(ys_work *work, ys_error *error) {
  const size_t n = work->classes, tiles = ys_ipm_tiles(work->rows);
  const size_t some =
      CLASSES_A_ROW * tiles > SMALL ? CLASSES_A_ROW * tiles : SMALL;
  const size_t slots = (tiles * n < some ? tiles * n : some) + n;
  ys_few *f = ys_take(&work->memory, 1, sizeof *f, "few rows");
  if (f) {
    f->work = work;
    f->nu = ys_take_numbers(&work->memory, n, "few rows");
    f->inner =
        ys_ipm_open(&work->memory, work->objective, tiles, slots, CORRECTORS);
    ys_few_start_init(&f->start, &work->memory, work);
    ys_few_lists_init(&f->lists, &work->memory, work, slots);
    ys_few_system_init(&f->system, &work->memory, work->rows, n,
                       slots * YS_LANES);
  }
  return ys_memory_check(&work->memory, error) ? NULL : f;
}

/* ------------------------------------------------------------- begin ---- */

void ys_few_begin(ys_few *f, const double *y) {
  f->stage = BEGIN;
  f->mixed = false;
  for (size_t at = 1; at < f->work->entries && !f->mixed; at++)
    f->mixed = y[at] != y[0];
  ys_objective_multipliers(f->work->objective, f->work->objective->prior,
                           f->nu);
}

static double gap_of(ys_few *f, double *y) {
  const ys_labels labels = ys_labels_view(y, f->work->rows, f->work->classes);
  return ys_certify(f->work->objective, &labels, NULL, &f->work->scratch).gap;
}

/* Where rows are many a class, or fairness asks for little, sweeps even out
 * one-hot rows as fast as they do smoothed ones, which cost more than the rest.
 * A start that is given, other than uniform labels, is as good a start as
 * smoothing makes, or better: that is left out if its gap says so. */
static void begin(ys_few *f, double *y) {
  const double good = 0.3, weak = 0.1;
  const bool rough = f->work->rows >= MANY * f->work->classes ||
                     f->work->objective->lambda <= weak;
  f->sweeps_left = rough ? SWEEPS - 1 : SWEEPS;
  if (f->mixed && gap_of(f, y) <= good)
    f->sweeps_left = 1;
  else
    (rough ? ys_few_vertices : ys_few_smooth)(&f->start, y);
  f->stage = SWEEPING;
}

static void sweep(ys_few *f, double *y) {
  ys_few_sweep(&f->start, y, 1);
  memcpy(f->nu, f->start.means.nu, f->work->classes * sizeof *f->nu);
  f->sweeps_left--;
}

/* ------------------------------------------------------------- lists ---- */

/* Lists that lack something grow; else, if it pays, they are cut. Returns
 * whether they have changed. */
static bool adapt(ys_few *f, double *y, double lacking, bool moving) {
  const double slight = 0.03, short_list = 12, share = 0.01;
  const double gap = f->inner->gap, target = gap / f->inner->products;
  const size_t rows = f->work->rows;
  if (lacking > slight * gap || !moving)
    return ys_few_lists_change(&f->lists, f->inner, y,
                               fmin(20 * (gap + lacking), WIDEST), 0, target);
  return (double)f->lists.now.from[rows] > short_list * (double)rows &&
         ys_few_lists_change(&f->lists, f->inner, y, 0, share, target);
}

static bool iterate(ys_few *f, double *y) {
  const double goal = 0.2 * f->gap;
  bool moving = true;
  for (int i = 0; i < MOST_ITERATIONS && moving; i++) {
    moving = ys_ipm_iterate(f->inner, y);
    if (f->inner->gap <= goal || ys_stop_is_wanted(f->work->stop))
      break;
  }
  memcpy(f->nu, f->inner->hint, f->work->classes * sizeof *f->nu);
  return moving;
}

/* Some iterations, and lists to match. False if that leads no farther. */
static bool go_on(ys_few *f, double *y) {
  const bool moving = iterate(f, y);
  if (moving && ys_stop_is_wanted(f->work->stop))
    return true;
  const double lacking = ys_few_lists_price(&f->lists, f->inner);
  f->gap = f->inner->gap + lacking;
  f->idle = f->gap < f->least ? 0 : f->idle + 1;
  f->least = fmin(f->least, f->gap);
  return (adapt(f, y, lacking, moving) || moving) && f->idle <= MOST_IDLE;
}

/* Every row and class, from multipliers that match y, by the interior point's
 * own means, if there is room. */
static bool take_all(ys_few *f, double *y) {
  if (ys_ipm_tiles(f->work->rows) * f->work->classes > f->lists.slots)
    return false;
  f->inner->system = NULL;
  ys_ipm_read(f->inner, NULL, y, NULL);
  f->stage = WHOLE;
  return true;
}

/* Lists from y and nu, as wide as there is room for, and the interior point on
 * them. False if there is no room even for what y holds. */
static bool set_out(ys_few *f, double *y) {
  const double rather = 6, slight = 1e-6, least = 1e-9;
  f->gap = f->least = gap_of(f, y);
  f->idle = 0;
  double width = fmin(rather * f->gap, WIDEST);
  while (!ys_few_lists_choose(&f->lists, y, f->nu, width, slight)) {
    if (width < least)
      return false;
    width /= 4;
  }
  f->inner->system = &f->system.hook;
  ys_ipm_read(f->inner, &f->lists.part, y, f->nu);
  f->stage = LISTS;
  return go_on(f, y) || take_all(f, y);
}

ys_step ys_few_step(ys_few *f, double *y, ys_error *error) {
  bool on = f->stage != DONE;
  f->inner->stop = f->work->stop;
  if (f->stage == BEGIN)
    begin(f, y);
  if (f->stage == SWEEPING && f->sweeps_left > 0)
    sweep(f, y);
  else if (f->stage == SWEEPING)
    on = set_out(f, y) || (f->stage == SWEEPING && take_all(f, y));
  else if (f->stage == LISTS)
    on = go_on(f, y) || take_all(f, y);
  else if (f->stage == WHOLE)
    on = iterate(f, y);
  if (on)
    return YS_STEP_ON;
  f->stage = DONE;
  if (f->inner->why)
    ys_fail(error, YS_BAD_NUMERICS, "%s", f->inner->why);
  return YS_STEP_STALLED;
}

const double *ys_few_multipliers(const ys_few *f) {
  return f->nu;
}
