/* Ipopt, a primal-dual interior point for general nonlinear programs (Waechter
 * and Biegler 2006, doi:10.1007/s10107-004-0559-y), given all that a user could
 * give it: the lifted form of the y-step with exact sparse derivatives. Its C
 * interface is IpStdCInterface.h.
 *
 * Ipopt owns its loop, so it runs as the body of a handover and yields at each
 * iteration: a step is one iteration of Ipopt. It allocates as it iterates, in
 * itself and in its linear solver; nothing here can change that. Its iterates
 * lie strictly within the bounds (it moves a start point inside by 0.01 or so)
 * and satisfy the equations in the limit alone: the caller gets y with rows
 * divided by their sums. */
#include "problems/vector/array.h"
#include "solvers/common/work.h"

#ifdef YS_HAVE_IPOPT

#include "solvers/rivals/handover.h"
#include "solvers/rivals/lifted.h"

#include <IpStdCInterface.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VARIABLES = 2000000 }; /* with MUMPS, about 1.3 kB each */

typedef struct ipopt {
  ys_work work;
  ys_lifted program;
  IpoptProblem problem;
  ys_handover *handover;
  double *start; /* v where Ipopt is to start */
  double *point; /* v at its current iterate */
  enum ApplicationReturnStatus end;
} ipopt;

/* --------------------------------------------- what Ipopt calls back ---- */

/* They take what Ipopt passes, most of which is known here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"

static Bool value_at(Index n, Number *v, Bool is_new, Number *value,
                     UserDataPtr data) {
  const ipopt *state = data;
  *value = ys_lifted_value(&state->program, v);
  return isfinite(*value) != 0;
}

/* The gradient is wanted at accepted iterates, just before the callback between
 * iterations, which is not told the point. */
static Bool gradient_at(Index n, Number *v, Bool is_new, Number *gradient,
                        UserDataPtr data) {
  ipopt *state = data;
  memcpy(state->point, v, (size_t)n * sizeof *v);
  ys_lifted_gradient(&state->program, v, gradient);
  return true;
}

static Bool equations_at(Index n, Number *v, Bool is_new, Index m, Number *g,
                         UserDataPtr data) {
  const ipopt *state = data;
  ys_lifted_constraints(&state->program, v, g);
  return true;
}

static Bool jacobian_at(Index n, Number *v, Bool is_new, Index m, Index entries,
                        Index *rows, Index *columns, Number *values,
                        UserDataPtr data) {
  const ipopt *state = data;
  ys_lifted_jacobian(&state->program, (ys_entries){rows, columns, values});
  return true;
}

static Bool hessian_at(Index n, Number *v, Bool is_new, Number factor, Index m,
                       Number *multipliers, Bool are_new, Index entries,
                       Index *rows, Index *columns, Number *values,
                       UserDataPtr data) {
  const ipopt *state = data;
  if (values)
    ys_lifted_hessian(&state->program, v, factor, values);
  else
    ys_lifted_hessian_pattern(&state->program, rows, columns);
  return true;
}

/* Iteration 0 is the start point. */
static Bool between(Index mode, Index iteration, Number value, Number primal,
                    Number dual, Number mu, Number length, Number regularised,
                    Number dual_step, Number primal_step, Index trials,
                    UserDataPtr data) {
  const ipopt *state = data;
  return iteration == 0 || ys_handover_yield(state->handover);
}

#pragma GCC diagnostic pop

/* MUMPS takes as many OpenMP threads as the thread it runs in would. */
static void solve(ys_handover *handover, void *context) {
  ipopt *state = context;
  (void)handover;
  omp_set_num_threads(state->program.objective->threads);
  state->end = IpoptSolve(state->problem, state->start, NULL, NULL, NULL, NULL,
                          NULL, state);
}

/* ------------------------------------------------------------- set up ---- */

typedef struct setting {
  char *name;
  enum { WORD, NUMBER, WHOLE } type;
  char *word;
  double number;
} setting;

static bool apply(IpoptProblem problem, const setting *s) {
  if (s->type == WORD)
    return AddIpoptStrOption(problem, s->name, s->word);
  if (s->type == NUMBER)
    return AddIpoptNumOption(problem, s->name, s->number);
  return AddIpoptIntOption(problem, s->name, (Int)s->number);
}

/* What is not at its default (https://coin-or.github.io/Ipopt/OPTIONS.html).
 * MUMPS' own choice of pivot order took minutes, where a minimum degree that
 * knows dense rows (6) takes a tenth of a second. */
static ys_code set_options(IpoptProblem problem, const ys_options *options,
                           ys_error *error) {
  const bool exact = ys_options_is_word(options, "hessian", "exact");
  const bool monotone = ys_options_is_word(options, "mu", "monotone");
  const bool mehrotra = ys_options_is_word(options, "mu", "mehrotra");
  const setting settings[] = {
      {"print_level", WHOLE, NULL, 0},
      {"sb", WORD, "yes", 0},            /* no banner */
      {"option_file_name", WORD, "", 0}, /* no ipopt.opt found by chance */
      {"tol", NUMBER, NULL, 1e-13},      /* the caller stops it */
      {"acceptable_iter", WHOLE, NULL, 0},
      {"max_iter", WHOLE, NULL, INT_MAX},
      {"bound_relax_factor", NUMBER, NULL, 0}, /* y >= 0, not >= -1e-8 */
      {"jac_c_constant", WORD, "yes", 0},
      {"mumps_pivot_order", WHOLE, NULL, 6},
      {"hessian_approximation", WORD, exact ? "exact" : "limited-memory", 0},
      {"mu_strategy", WORD, monotone ? "monotone" : "adaptive", 0},
      {"mehrotra_algorithm", WORD, mehrotra ? "yes" : "no", 0},
  };
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    if (!apply(problem, &settings[i]))
      return ys_fail(error, YS_BAD_INPUT,
                     "ipopt: the library refuses its option %s",
                     settings[i].name);
  return YS_OK;
}

static ys_code create_problem(ipopt *state, const ys_options *options,
                              ys_error *error) {
  const ys_lifted *p = &state->program;
  double *lower =
      calloc(ys_plus(ys_times(2, p->variables), p->constraints), sizeof *lower);
  if (!lower)
    return ys_fail_memory(error, "ipopt's bounds");
  double *upper = lower + p->variables, *targets = upper + p->variables;
  ys_lifted_bounds(p, lower, upper);
  ys_lifted_targets(p, targets);
  state->problem = CreateIpoptProblem(
      (Index)p->variables, lower, upper, (Index)p->constraints, targets,
      targets, (Index)p->jacobian, (Index)p->hessian, 0, value_at, equations_at,
      gradient_at, jacobian_at, hessian_at);
  free(lower);
  if (!state->problem)
    return ys_fail_memory(error, "ipopt");
  SetIntermediateCallback(state->problem, between);
  return set_options(state->problem, options, error);
}

static void ipopt_free(void *work) {
  ipopt *state = work;
  if (!state)
    return;
  ys_handover_free(state->handover);
  if (state->problem)
    FreeIpoptProblem(state->problem);
  ys_work_free(state);
}

static ys_code set_up(ipopt *state, const ys_options *options, const double *y,
                      ys_error *error) {
  const size_t size = state->program.variables;
  state->start = ys_take_numbers(&state->work.memory, size, "ipopt's iterates");
  state->point = ys_take_numbers(&state->work.memory, size, "ipopt's iterates");
  ys_code code = ys_memory_check(&state->work.memory, error);
  if (code)
    return code;
  ys_lifted_start(&state->program, y, state->start);
  code = create_problem(state, options, error);
  return code ? code : ys_handover_start(&state->handover, solve, state, error);
}

static ys_code ipopt_init(void **work, const ys_objective *objective,
                          const ys_options *options, ys_labels *y,
                          ys_error *error) {
  ipopt *state = ys_work_open(sizeof *state, "ipopt", objective, error);
  ys_code code = YS_NO_MEMORY;
  if (state) {
    state->program = ys_lifted_make(objective);
    code = set_up(state, options, y->dense, error);
  }
  return ys_work_hand_over(work, state, code, ipopt_free, error);
}

/* --------------------------------------------------------------- step ---- */

/* Ipopt ends by itself when it meets its own tolerance or when rounding lets it
 * go no further; y is then the best there is. Other ends are breakdowns. */
static ys_step ended(const ipopt *state, ys_error *error) {
  switch (state->end) {
  case Solve_Succeeded:
    ys_fail(error, YS_BAD_NUMERICS, "Ipopt met its own tolerance");
    return YS_STEP_STALLED;
  case Search_Direction_Becomes_Too_Small:
    ys_fail(error, YS_BAD_NUMERICS, "Ipopt's step became too small");
    return YS_STEP_STALLED;
  case Restoration_Failed:
  case Error_In_Step_Computation:
    ys_fail(error, YS_BAD_NUMERICS, "Ipopt found no acceptable step");
    return YS_STEP_STALLED;
  case Insufficient_Memory:
    ys_fail_memory(error, "Ipopt");
    return YS_STEP_FAILED;
  default:
    ys_fail(error, YS_BAD_NUMERICS, "Ipopt broke down with status %d",
            (int)state->end);
    return YS_STEP_FAILED;
  }
}

static ys_step ipopt_step(void *work, ys_labels *y, ys_error *error) {
  ipopt *state = work;
  if (!ys_handover_resume(state->handover))
    return ended(state, error);
  ys_lifted_labels(&state->program, state->point, y->dense);
  return YS_STEP_ON;
}

static ys_code ipopt_supports(const ys_objective *objective,
                              const ys_options *options, ys_error *why) {
  const size_t m = objective->batch->rows, k = objective->batch->classes;
  (void)options;
  if (m * k <= MOST_VARIABLES)
    return YS_OK;
  return ys_fail(why, YS_UNSUPPORTED,
                 "ipopt serves at most %d variables, for its memory, and this "
                 "batch has %zu x %zu",
                 MOST_VARIABLES, m, k);
}

#else

static ys_code ipopt_supports(const ys_objective *objective,
                              const ys_options *options, ys_error *why) {
  (void)objective;
  (void)options;
  return ys_fail(why, YS_UNSUPPORTED, "ipopt was not built");
}

#endif

static const ys_option ipopt_options[] = {
    {"hessian", YS_WORD, "exact", 0, 0, "exact|bfgs",
     "second derivatives: exact, or limited-memory BFGS"},
    {"mu", YS_WORD, "monotone", 0, 0, "monotone|adaptive|mehrotra",
     "how the barrier parameter falls; mehrotra: predictor-corrector"},
    {0}};

const ys_solver ys_ipopt = {
    .name = "ipopt",
    .summary = "Ipopt, a general interior point, with exact sparse derivatives",
    .options = ipopt_options,
    .supports = ipopt_supports,
#ifdef YS_HAVE_IPOPT
    .init = ipopt_init,
    .step = ipopt_step,
    .free = ipopt_free,
#else
    .missing = "coinor-libipopt-dev",
#endif
};
