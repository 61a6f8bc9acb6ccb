/* The paper's expectation-maximisation algorithm for strong fairness (Zhang and
 * Boykov, arXiv 2303.07321, section 3.2).
 *
 * The E step and the M step of a block of rows are in em_rows.c.
 *
 * Both steps together are a map of y that never raises F, slow where classes
 * are on their way out of a row; accel= extrapolates it (squarem.h,
 * anderson.h). docs/method.md, "EM and mirror descent", says why. */
#include "problems/objective/evaluation.h"

#include "problems/vector/array.h"
#include "solvers/em/anderson.h"
#include "solvers/em/em_rows.h"
#include "solvers/em/squarem.h"
#include "solvers/solver.h"

#include <stdlib.h>
#include <string.h>

typedef struct em {
  const ys_objective *objective;
  ys_scratch scratch;
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

static void em_free(void *work) {
  em *state = work;
  if (!state)
    return;
  ys_scratch_free(&state->scratch);
  ys_squarem_free(&state->squarem);
  ys_anderson_free(&state->anderson);
  free(state->root);
  free(state->before);
  free(state);
}

/* Without fairness one map reaches the optimum. */
static ys_code init_accel(em *state, const ys_options *options,
                          ys_error *error) {
  const ys_objective *objective = state->objective;
  if (objective->lambda == 0 || ys_options_is_word(options, "accel", "none"))
    return YS_OK;
  if (ys_options_is_word(options, "accel", "squarem")) {
    state->accel = EM_SQUAREM;
    return ys_squarem_init(&state->squarem, objective, error);
  }
  state->accel = EM_ANDERSON;
  return ys_anderson_init(&state->anderson, objective,
                          (size_t)ys_options_number(options, "memory"), error);
}

static size_t entries(const em *state) {
  return state->objective->batch->rows * state->objective->batch->classes;
}

/* An entry that a step would not leave smaller is not taken smaller from the
 * start point: the multipliers of a class of such entries are not finite.
 * Zeros stay zeros, and y may come to rest for that reason alone. */
static ys_code take_start(em *state, double *y, ys_error *error) {
  bool zeros = false;
  for (size_t e = 0; e < entries(state); e++) {
    zeros = zeros || y[e] == 0;
    if (y[e] > 0 && y[e] < YS_EM_LEAST)
      y[e] = YS_EM_LEAST;
  }
  if (!zeros || state->objective->lambda == 0)
    return YS_OK;
  state->before = ys_array(entries(state), sizeof *state->before);
  return state->before ? YS_OK : ys_fail_memory(error, "em's last y");
}

static ys_code em_init(void **work, const ys_objective *objective,
                       const ys_options *options, double *y, ys_error *error) {
  em *state = calloc(1, sizeof *state);
  *work = NULL;
  if (!state)
    return ys_fail_memory(error, "em");
  state->objective = objective;
  ys_code code = ys_scratch_init(&state->scratch, objective, error);
  if (!code) {
    state->root = calloc(objective->batch->rows, sizeof *state->root);
    if (!state->root)
      code = ys_fail_memory(error, "em's roots");
  }
  if (!code)
    code = init_accel(state, options, error);
  if (!code)
    code = take_start(state, y, error);
  if (code)
    em_free(state);
  else
    *work = state;
  return code;
}

/* One E step and one M step from y, whose column means are in scratch; they are
 * replaced by those of the new y. */
static void sweep(em *state, double *y) {
  const ys_objective *objective = state->objective;
  const ys_blocks *blocks = &state->scratch.blocks;
  ys_objective_multipliers(objective, state->scratch.ybar, state->scratch.nu);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(&state->scratch, objective))
  for (size_t block = 0; block < blocks->count; block++)
    ys_em_block(objective, &state->scratch, state->root, y, block);
  ys_scratch_means(&state->scratch, objective->batch->classes);
}

/* The same from any y, for the accelerators. */
static void em_map(void *work, double *y) {
  em *state = work;
  ys_column_means(state->objective, y, &state->scratch);
  sweep(state, y);
}

static void plain_step(em *state, double *y) {
  if (!state->primed)
    ys_column_means(state->objective, y, &state->scratch);
  state->primed = true;
  sweep(state, y);
}

static void advance(em *state, double *y) {
  if (state->accel == EM_SQUAREM)
    ys_squarem_step(&state->squarem, em_map, state, &state->scratch, y);
  else if (state->accel == EM_ANDERSON)
    ys_anderson_step(&state->anderson, em_map, state, &state->scratch, y);
  else
    plain_step(state, y);
}

/* From a start point with zeros it is looked now and then whether y still
 * moves. */
static ys_step em_step(void *work, double *y, ys_error *error) {
  enum { NOW_AND_THEN = 32 };
  em *state = work;
  const size_t bytes = entries(state) * sizeof *y;
  const bool looks = state->before && state->steps++ % NOW_AND_THEN == 0;
  if (looks)
    memcpy(state->before, y, bytes);
  advance(state, y);
  if (!looks || memcmp(state->before, y, bytes) != 0)
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
static bool em_descends(const ys_options *options) {
  (void)options;
  return true;
}

const ys_solver ys_em = {
    .name = "em",
    .summary = "the paper's expectation-maximisation: monotone; accelerations",
    .options = em_options,
    .by_rows = true,
    .supports = em_supports,
    .init = em_init,
    .step = em_step,
    .descends = em_descends,
    .free = em_free,
};
