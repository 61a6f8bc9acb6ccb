/* Where classes are few, Newton's method in nu and then `fw` come to the
 * optimum or near it. Else sweeps of Frank-Wolfe from a smoothed problem's
 * labels give multipliers nu that are good but for some classes. From either
 * the interior point works on lists: of each row the classes within a narrow
 * width of its best, of each class two rows at least. Its steps move nu; every
 * few of them all classes of all rows are priced, and those that would gain, or
 * nearly, are taken in; as its target falls, classes that are on their way out
 * are left out. It never starts anew but where that leads nowhere. */
#include "solvers/exact/few.h"

#include "problems/certificate.h"
#include "solvers/exact/few_dual.h"
#include "solvers/exact/few_lists.h"
#include "solvers/exact/few_start.h"
#include "solvers/exact/few_system.h"
#include "solvers/fw/fw.h"

#include <math.h>
#include <string.h>

enum {
  CORRECTORS = 0,      /* where the factorisation is cheap they do not pay */
  SMALL = 1 << 16,     /* slots: batches of a quarter of a million entries */
  CLASSES_A_ROW = 32,  /* room for them in larger ones */
  MANY = 8,            /* rows a class from which one-hot rows start as well */
  MOST_ITERATIONS = 4, /* a step */
  MOST_IDLE = 12,      /* steps */
};

/* Lists are no wider than this, in nats: what they lack then is taken in
 * later. Nor, at first, narrower than that: the interior point's first steps
 * take nu farther than the gap. */
static const double WIDEST = 0.03, NARROWEST = 1e-3;

typedef enum stage {
  BEGIN,
  LOOKING, /* nu by Newton's method */
  MOVING,  /* y by `fw` */
  SETTING_OFF,
  SWEEPING,
  LISTS,
  WHOLE,
  DONE
} stage;

struct ys_few {
  ys_work *work;
  ys_few_dual dual;
  double enough;       /* the gap that the dual is to come to next */
  const ys_solver *fw; /* NULL: rows are too few a class for it */
  void *moves;         /* its work */
  int moved;           /* its steps */
  bool far;            /* one of them will not do */
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

static ys_code open_fw(ys_few *f, ys_labels *y, ys_error *error) {
  ys_options options;
  ys_code code = ys_solver_parse("fw", &f->fw, &options, error);
  if (code)
    return code;
  code = f->fw->init(&f->moves, f->work->objective, &options, y, error);
  ys_options_free(&options);
  if (!code)
    ys_fw_correct_first(f->moves);
  return code;
}

/* Memory for sweeps and lists, most of it: at first, or where `fw` may do
 * without, when they come to be needed. */
static ys_code take_lists(ys_few *f, ys_error *error) {
  const size_t rows = f->work->rows, n = f->work->classes;
  const size_t tiles = ys_ipm_tiles(rows);
  const size_t some =
      CLASSES_A_ROW * tiles > SMALL ? CLASSES_A_ROW * tiles : SMALL;
  const size_t slots = (tiles * n < some ? tiles * n : some) + n;
  ys_memory *memory = &f->work->memory;
  if (!f->inner) {
    f->inner =
        ys_ipm_open(memory, f->work->objective, tiles, slots, CORRECTORS);
    ys_few_start_init(&f->start, memory, f->work);
    ys_few_lists_init(&f->lists, memory, f->work, slots);
    ys_few_system_init(&f->system, memory, rows, n, f->lists.entries);
  }
  return ys_memory_check(memory, error);
}

ys_few *ys_few_open(ys_work *work, ys_labels *y, ys_error *error) {
  ys_few *f = ys_take(&work->memory, 1, sizeof *f, "few rows");
  if (f) {
    f->work = work;
    f->nu = ys_take_numbers(&work->memory, work->classes, "few rows");
    if (ys_few_dual_serves(work))
      ys_few_dual_init(&f->dual, &work->memory, work);
  }
  ys_code code = ys_memory_check(&work->memory, error);
  if (!code)
    code =
        ys_few_dual_serves(work) ? open_fw(f, y, error) : take_lists(f, error);
  return code ? NULL : f;
}

void ys_few_close(ys_few *f) {
  if (f && f->moves)
    f->fw->free(f->moves);
}

void ys_few_heed(ys_few *f, const ys_stop *stop) {
  if (f->moves)
    f->fw->heed(f->moves, stop);
}

/* ------------------------------------------------------------- begin ---- */

void ys_few_begin(ys_few *f, const double *y) {
  f->stage = BEGIN;
  f->mixed = memcmp(y, y + 1, (f->work->entries - 1) * sizeof *y) != 0;
  ys_objective_multipliers(f->work->objective, f->work->objective->prior,
                           f->nu);
}

static double gap_of(ys_few *f, double *y) {
  const ys_labels labels = ys_labels_view(y, f->work->rows, f->work->classes);
  return ys_certify(f->work->objective, &labels, NULL, &f->work->scratch).gap;
}

static void move(ys_few *f, bool far) {
  f->stage = MOVING;
  f->moved = 0;
  f->far = far;
}

/* Where rows are many a class, or fairness asks for little, sweeps even out
 * one-hot rows as fast as they do smoothed ones, which cost more than the rest.
 * More sweeps save iterations, but take as long as some unless classes are so
 * many that factorising is slow. */
static void set_off(ys_few *f, double *y) {
  enum { MANY_CLASSES = 256 };
  const double weak = 0.1;
  const bool dear = f->work->classes >= MANY_CLASSES;
  const bool rough = f->work->rows >= MANY * f->work->classes ||
                     f->work->objective->lambda <= weak;
  f->sweeps_left = rough ? 2 : dear ? 3 : 1;
  (rough ? ys_few_vertices : ys_few_smooth)(&f->start, y);
  f->stage = SWEEPING;
}

/* A start that is given, other than uniform labels, is as good a start as any
 * other, or better: that is left out if its gap says so. */
static void begin(ys_few *f, double *y) {
  const double good = 0.3, first = 1e-7;
  if (f->mixed && gap_of(f, y) <= good) {
    f->sweeps_left = 1;
    f->stage = SWEEPING;
    if (f->fw)
      move(f, false);
  } else if (f->fw) {
    ys_few_dual_begin(&f->dual);
    f->enough = first;
    f->stage = LOOKING;
  } else
    f->stage = SETTING_OFF;
}

/* Newton steps in nu; then labels that go with it, or others if it has come to
 * nothing. */
static void look(ys_few *f, double *y) {
  const double near = 0.1 * fmin(1, f->work->objective->lambda);
  const double farther = 1e-3, far = 1e-3;
  ys_few_dual *d = &f->dual;
  ys_few_dual_improve(d, f->enough);
  if (d->pays && !(d->gap <= f->enough))
    return; /* a stop is wanted */
  if (!(d->gap <= near)) {
    f->stage = SETTING_OFF;
    return;
  }
  ys_few_dual_write(d, y);
  memcpy(f->nu, d->best, f->work->classes * sizeof *f->nu);
  f->enough *= farther;
  if (!d->pays)
    move(f, d->gap > far);
}

/* A step of `fw`. Where it is slow, or at its end, lists go on from its y in
 * the step after: its gap is of y as its sweep found it, and y may be there. */
static ys_code advance(ys_few *f, double *y, ys_error *error) {
  enum { FAST = 3 }; /* the first steps are, and not looked at */
  const double pays = 0.5;
  ys_labels labels = ys_labels_view(y, f->work->rows, f->work->classes);
  ys_code code =
      f->moved == 0 ? f->fw->restart(f->moves, &labels, error) : YS_OK;
  if (code)
    return code;
  const ys_step step = f->fw->step(f->moves, &labels, error);
  const double before = f->gap;
  f->gap = ys_fw_gap(f->moves);
  f->moved++;
  const bool slow = f->moved > FAST && !(f->gap <= pays * before);
  if ((step == YS_STEP_ON && !slow) || ys_stop_is_wanted(f->work->stop))
    return YS_OK;
  ys_column_means(f->work->objective, y, &f->work->scratch);
  ys_objective_multipliers(f->work->objective, f->work->scratch.ybar, f->nu);
  f->sweeps_left = 0;
  f->stage = SWEEPING;
  return YS_OK;
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
  double width = fmin(fmax(rather * f->gap, NARROWEST), WIDEST);
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

bool ys_few_is_whole(const ys_few *f, const double *y) {
  int broken = 0;
  for (size_t e = 0; e < f->work->entries; e++)
    broken |= !(y[e] >= 0 && y[e] <= 1);
  return !broken;
}

/* Sweeps, lists and the whole interior point. False if they lead no farther, or
 * have broken down, as numbers at the ends of what doubles hold can make them.
 */
static bool work_on(ys_few *f, double *y) {
  bool on = f->stage != DONE;
  f->inner->stop = f->work->stop;
  if (f->stage == SWEEPING && f->sweeps_left > 0) {
    sweep(f, y);
    return true;
  }
  if (f->stage == SWEEPING)
    on = set_out(f, y) || (f->stage == SWEEPING && take_all(f, y));
  else if (f->stage == LISTS)
    on = go_on(f, y) || take_all(f, y);
  else if (f->stage == WHOLE)
    on = iterate(f, y);
  return on && ys_few_is_whole(f, y);
}

ys_step ys_few_step(ys_few *f, double *y, ys_error *error) {
  if (f->stage == BEGIN)
    begin(f, y);
  if (f->stage == LOOKING)
    look(f, y);
  const bool moving = f->stage == MOVING;
  if (moving && advance(f, y, error))
    return YS_STEP_FAILED;
  if (f->stage == MOVING && f->moved == 1 && f->far && advance(f, y, error))
    return YS_STEP_FAILED;
  if (f->stage == LOOKING || moving)
    return YS_STEP_ON;
  if (take_lists(f, error))
    return YS_STEP_FAILED;
  if (f->stage == SETTING_OFF)
    set_off(f, y);
  if (work_on(f, y))
    return YS_STEP_ON;
  f->stage = DONE;
  if (f->inner->why)
    ys_fail(error, YS_BAD_NUMERICS, "%s", f->inner->why);
  return YS_STEP_STALLED;
}

ys_code ys_few_write(const ys_few *f, const ys_labels *y, ys_labels *to,
                     ys_error *error) {
  return f->stage == MOVING ? ys_fw_write(f->moves, y->dense, to, error)
                            : ys_labels_assign(to, y, error);
}

const double *ys_few_multipliers(const ys_few *f) {
  return f->stage == MOVING ? NULL : f->nu; /* y's own */
}
