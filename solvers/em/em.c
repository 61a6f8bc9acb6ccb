/* The paper's expectation-maximisation algorithm for strong fairness (Zhang and
 * Boykov, arXiv 2303.07321, section 3.2; docs/method.md, section 3, "EM and
 * mirror descent").
 *
 * The E step and the M step of a block of rows are in em_rows.c. Both together
 * are a map of y that never raises F, slow where classes are on their way out
 * of a row; accel= extrapolates it (accelerate.h). */
#include "problems/objective/evaluation.h"
#include "solvers/em/accelerate.h"
#include "solvers/em/em_rows.h"

#include <string.h>

typedef struct em {
  ys_work work;
  double *root; /* M: the last sweep's z, a good start for the next */
  bool primed;  /* the column means in scratch are those of y */
  enum { EM_PLAIN, EM_SQUAREM, EM_ANDERSON } accel;
  ys_squarem squarem;
  ys_anderson anderson;
  double *before; /* M x K, if the start point has zeros: y before some steps */
  size_t steps;
} em;

static ys_code em_supports(const ys_objective *objective,
                           const ys_options *options, ys_error *why) {
  (void)options;
  if (objective->fairness == YS_STRONG && objective->loss != YS_SHANNON)
    return YS_OK;
  return ys_fail(why, YS_UNSUPPORTED,
                 "em serves collision and reverse with strong fairness, not "
                 "%s with %s",
                 ys_loss_name(objective->loss),
                 ys_fairness_name(objective->fairness));
}

/* Without fairness one map reaches the optimum. */
static void init_accel(em *w, const ys_options *options) {
  if (w->work.objective->lambda == 0 ||
      ys_options_is_word(options, "accel", "none"))
    return;
  if (ys_options_is_word(options, "accel", "squarem")) {
    w->accel = EM_SQUAREM;
    ys_squarem_init(&w->squarem, &w->work);
    return;
  }
  w->accel = EM_ANDERSON;
  ys_anderson_init(&w->anderson, &w->work,
                   (size_t)ys_options_number(options, "memory"));
}

/* An entry that a step would not leave smaller is not taken smaller from the
 * start point: the multipliers of a class of such entries are not finite.
 * Returns whether there are zeros. */
static bool take_start(const em *w, double *y) {
  bool zeros = false;
  for (size_t e = 0; e < w->work.entries; e++) {
    zeros = zeros || y[e] == 0;
    if (y[e] > 0 && y[e] < YS_EM_LEAST)
      y[e] = YS_EM_LEAST;
  }
  return zeros;
}

static const ys_ranks *ranks_of(const ys_objective *objective) {
  return objective->batch->ranks;
}

static ys_code em_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *y,
                       ys_error *error) {
  em *w = ys_work_open(sizeof *w, "em", objective, error);
  if (w) {
    w->root =
        ys_take_numbers(&w->work.memory, objective->batch->rows, "em's roots");
    init_accel(w, options);
  }
  /* Zeros stay zeros, and y may come to rest for that reason alone. */
  const bool zeros =
      ys_ranks_any(ranks_of(objective), w && take_start(w, y->dense));
  if (w && zeros && objective->lambda > 0)
    w->before =
        ys_take_numbers(&w->work.memory, w->work.entries, "em's last y");
  return ys_work_hand_over(work, w, YS_OK, ys_work_free, error);
}

/* One E step and one M step from y, whose column means are in scratch, at nu_k
 * = lambda u_k / ybar_k; they are replaced by those of the new y. */
static void sweep(em *w, double *y) {
  const ys_objective *objective = w->work.objective;
  ys_scratch *scratch = &w->work.scratch;
  ys_objective_multipliers(objective, scratch->ybar, scratch->nu);
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    ys_em_block(objective, scratch, w->root, y, block);
  ys_scratch_means(scratch, objective->batch->classes);
}

/* The same from any y, for the accelerators. */
static void em_map(void *work, double *y) {
  em *w = work;
  ys_column_means(w->work.objective, y, &w->work.scratch);
  sweep(w, y);
}

static void advance(em *w, double *y) {
  if (w->accel == EM_SQUAREM)
    ys_squarem_step(&w->squarem, em_map, w, y);
  else if (w->accel == EM_ANDERSON)
    ys_anderson_step(&w->anderson, em_map, w, y);
  else if (w->primed)
    sweep(w, y);
  else
    em_map(w, y);
  w->primed = true;
}

/* From a start point with zeros it is looked now and then whether y still
 * moves. */
static ys_step em_step(void *work, ys_labels *labels, ys_error *error) {
  double *y = labels->dense;
  enum { NOW_AND_THEN = 32 };
  em *w = work;
  const size_t bytes = w->work.entries * sizeof *y;
  const bool looks = w->before && w->steps++ % NOW_AND_THEN == 0;
  if (looks)
    memcpy(w->before, y, bytes);
  advance(w, y);
  if (!looks || ys_ranks_any(ranks_of(w->work.objective),
                             memcmp(w->before, y, bytes) != 0))
    return YS_STEP_ON;
  ys_fail(error, YS_OK,
          "y no longer moves: em keeps the zeros of its start point, and the "
          "optimum need not have them; start from labels with a share of the "
          "uniform point mixed in");
  return YS_STEP_STALLED;
}

static const ys_option em_options[] = {
    {"accel", YS_WORD, "none", 0, 0, "none|squarem|anderson",
     "extrapolation: squarem (two maps a step) or anderson (one)"},
    {"memory", YS_INTEGER, "5", 1, YS_ANDERSON_MOST, NULL,
     "accel=anderson: how many differences to keep"},
    {0}};

/* A map never raises F, and an extrapolation that would is not taken. */
const ys_solver ys_em = {
    .name = "em",
    .summary = "the paper's expectation-maximisation: monotone; accelerations",
    .options = em_options,
    .by_rows = true,
    .over_ranks = true,
    .supports = em_supports,
    .init = em_init,
    .step = em_step,
    .descends = ys_work_descends,
    .free = ys_work_free,
};
