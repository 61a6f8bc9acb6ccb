/* NLopt's gradient-based local methods (S. G. Johnson, The NLopt
 * nonlinear-optimization package, https://nlopt.readthedocs.io):
 *
 *   ccsaq    conservative convex separable approximation, Svanberg 2002
 *   mma      method of moving asymptotes, Svanberg 2002
 *   lbfgs    L-BFGS, Nocedal 1980
 *   var2     shifted limited-memory variable metric, Vlcek and Luksan 2006
 *   tnewton  truncated Newton, preconditioned, Dembo and Steihaug 1982
 *   slsqp    sequential quadratic programming, Kraft 1988
 *
 * They work in a chart of the simplex (charts.h), for most of them know no
 * equations. slsqp does: it has the M row sums beside the bounds of the chart
 * `ratio`, and with them v = y. Its quadratic programs are dense and take the
 * cube of the number of variables: small batches alone.
 *
 * NLopt owns its loop, so it runs as the body of a handover and yields whenever
 * it wants the objective, which the caller's thread evaluates: a step is one
 * evaluation of F and its gradient, and y the best point so far. NLopt
 * allocates when it starts to run, in the first step; nothing here can change
 * that. */
#include "solvers/common/work.h"

#ifdef YS_HAVE_NLOPT

#include "solvers/rivals/charts.h"
#include "solvers/rivals/handover.h"

#include <limits.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

enum {
  MOST_SLSQP_VARIABLES = 500, /* a second an evaluation */
  PATIENCE = 200              /* evaluations without a better point */
};

typedef struct nlopt {
  ys_work work; /* entries: the number of variables */
  ys_chart chart;
  double *start;  /* where NLopt starts; in the end, what it found */
  double *asked;  /* where it last asked for the objective */
  double *labels; /* y there */
  double *slope;  /* the gradient there, M dF/dvariables */
  double value;   /* M F there */
  double best;    /* the least of them so far */
  int waited;     /* evaluations since then */
  bool has_told_gradient;
  nlopt_opt problem;
  ys_handover *handover;
  nlopt_result end;
} nlopt;

/* --------------------------------------------- what NLopt calls back ---- */

/* slsqp asks for a value first and for the gradient of the same point later. */
static bool is_known(const nlopt *state, const double *v,
                     const double *gradient) {
  return gradient && !state->has_told_gradient &&
         memcmp(v, state->asked, state->work.entries * sizeof *v) == 0;
}

static double value_at(unsigned size, const double *v, double *gradient,
                       void *data) {
  nlopt *state = data;
  const size_t bytes = size * sizeof *v;
  if (!is_known(state, v, gradient)) {
    memcpy(state->asked, v, bytes);
    if (!ys_handover_yield(state->handover)) {
      nlopt_force_stop(state->problem);
      state->value = HUGE_VAL;
    }
  }
  state->has_told_gradient = gradient;
  if (gradient)
    memcpy(gradient, state->slope, bytes);
  return state->value;
}

/* slsqp's M equations, sum_k y_ik - 1 = 0; the gradient is M x (M K). */
static void row_sums(unsigned rows, double *sums, unsigned size,
                     const double *y, double *gradient, void *data) {
  const size_t n = ((const nlopt *)data)->work.objective->batch->classes;
  for (size_t i = 0; i < rows; i++) {
    sums[i] = -1;
    for (size_t k = 0; k < n; k++)
      sums[i] += y[i * n + k];
    for (size_t j = 0; j < size && gradient; j++)
      gradient[i * size + j] = j / n == i;
  }
}

static void optimise(ys_handover *handover, void *context) {
  nlopt *state = context;
  double least;
  (void)handover;
  state->end = nlopt_optimize(state->problem, state->start, &least);
}

/* ------------------------------------------------------------ methods ---- */

typedef struct method {
  const char *name;
  nlopt_algorithm algorithm;
  ys_chart chart; /* the one it does best on, unless the user says otherwise */
} method;

static const method methods[] = {
    {"mma", NLOPT_LD_MMA, YS_RATIO},
    {"ccsaq", NLOPT_LD_CCSAQ, YS_RATIO},
    {"lbfgs", NLOPT_LD_LBFGS, YS_SQUARES},
    {"var2", NLOPT_LD_VAR2, YS_SQUARES},
    {"tnewton", NLOPT_LD_TNEWTON_PRECOND_RESTART, YS_SQUARES},
    {"slsqp", NLOPT_LD_SLSQP, YS_RATIO},
};

static const method *method_of(const ys_options *options) {
  size_t i = 0;
  while (!ys_options_is_word(options, "method", methods[i].name))
    i++;
  return &methods[i];
}

static ys_chart chart_of(const ys_options *options) {
  static const char *const names[] = {"softmax", "squares", "ratio"};
  for (int chart = YS_SOFTMAX; chart <= YS_RATIO; chart++)
    if (ys_options_is_word(options, "chart", names[chart]))
      return (ys_chart)chart;
  return method_of(options)->chart;
}

static ys_code nlopt_supports(const ys_objective *objective,
                              const ys_options *options, ys_error *why) {
  const size_t m = objective->batch->rows, k = objective->batch->classes;
  const bool is_slsqp = method_of(options)->algorithm == NLOPT_LD_SLSQP;
  const int most = is_slsqp ? MOST_SLSQP_VARIABLES : INT_MAX;
  if (is_slsqp && chart_of(options) != YS_RATIO)
    return ys_fail(why, YS_UNSUPPORTED,
                   "nlopt:method=slsqp has equations, and no other chart than "
                   "ratio");
  if (m * k > (size_t)most)
    return ys_fail(
        why, YS_UNSUPPORTED,
        "nlopt:method=%s serves at most %d variables, and this batch "
        "has %zu x %zu",
        method_of(options)->name, most, m, k);
  return YS_OK;
}

/* ------------------------------------------------------------- set up ---- */

/* Bounds where the chart has some, 0 for what y_ik has to be 0 (which would
 * else count in slsqp's sums), and slsqp's equations. */
static bool constrain(nlopt *state, nlopt_algorithm algorithm) {
  const ys_batch *batch = state->work.objective->batch;
  const unsigned rows = (unsigned)batch->rows;
  double *upper = state->slope; /* not in use yet */
  for (size_t i = 0; i < state->work.entries; i++)
    upper[i] = state->work.objective->loss != YS_SHANNON || batch->sigma[i] > 0;
  if (state->chart == YS_RATIO &&
      (nlopt_set_lower_bounds1(state->problem, 0) < 0 ||
       nlopt_set_upper_bounds(state->problem, upper) < 0))
    return false;
  return algorithm != NLOPT_LD_SLSQP ||
         nlopt_add_equality_mconstraint(state->problem, rows, row_sums, state,
                                        NULL) > 0;
}

static ys_code create_problem(nlopt *state, nlopt_algorithm algorithm,
                              ys_error *error) {
  state->problem = nlopt_create(algorithm, (unsigned)state->work.entries);
  if (!state->problem ||
      nlopt_set_min_objective(state->problem, value_at, state) < 0 ||
      !constrain(state, algorithm))
    return ys_fail_memory(error, "nlopt");
  return YS_OK;
}

static void nlopt_free(void *work) {
  nlopt *state = work;
  if (!state)
    return;
  ys_handover_free(state->handover);
  nlopt_destroy(state->problem);
  ys_work_free(state);
}

static ys_code set_up(nlopt *state, nlopt_algorithm algorithm, double *y,
                      ys_error *error) {
  double **const arrays[] = {&state->start, &state->asked, &state->labels,
                             &state->slope};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    *arrays[i] = ys_take_numbers(&state->work.memory, state->work.entries,
                                 "nlopt's iterates");
  ys_code code = ys_memory_check(&state->work.memory, error);
  if (!code)
    code = create_problem(state, algorithm, error);
  if (code)
    return code;
  ys_chart_inverse(state->work.objective, state->chart, y, state->start);
  state->has_told_gradient = true;
  state->best = INFINITY;
  return ys_handover_start(&state->handover, optimise, state, error);
}

static ys_code nlopt_init(void **work, const ys_objective *objective,
                          const ys_options *options, ys_labels *y,
                          ys_error *error) {
  nlopt *state = ys_work_open(sizeof *state, "nlopt", objective, error);
  ys_code code = YS_NO_MEMORY;
  if (state) {
    state->chart = chart_of(options);
    code = set_up(state, method_of(options)->algorithm, y->dense, error);
  }
  return ys_work_hand_over(work, state, code, nlopt_free, error);
}

/* --------------------------------------------------------------- step ---- */

/* Whether F has a gradient where it was just evaluated: weak fairness is finite
 * but infinitely steep where a class is empty. */
static bool is_smooth(const nlopt *state) {
  for (size_t k = 0; k < state->work.classes; k++)
    if (!isfinite(state->work.scratch.nu[k]))
      return false;
  return isfinite(state->value);
}

/* M F and its gradient where NLopt asked; where there are none, +infinity and
 * zeros. */
static void evaluate(nlopt *state) {
  const ys_objective *objective = state->work.objective;
  ys_chart_labels(objective, state->chart, state->asked, state->labels);
  state->value = (double)objective->batch->rows *
                 ys_objective_gradient(objective, state->labels, state->slope,
                                       &state->work.scratch);
  if (is_smooth(state)) {
    ys_chart_slope(objective, state->chart, state->asked, state->labels,
                   state->slope);
  } else {
    state->value = HUGE_VAL;
    memset(state->slope, 0, state->work.entries * sizeof *state->slope);
  }
}

/* NLopt ends by itself when rounding lets it go no further, which it reports in
 * many ways; y is the best point all the same. */
static ys_step ended(const nlopt *state, ys_error *error) {
  if (state->end == NLOPT_OUT_OF_MEMORY) {
    ys_fail_memory(error, "NLopt");
    return YS_STEP_FAILED;
  }
  ys_fail(error, YS_BAD_NUMERICS, "NLopt stopped with %s",
          nlopt_result_to_string(state->end));
  return state->end == NLOPT_INVALID_ARGS ? YS_STEP_FAILED : YS_STEP_STALLED;
}

static ys_step nlopt_step(void *work, ys_labels *labels, ys_error *error) {
  double *y = labels->dense;
  nlopt *state = work;
  if (!ys_handover_resume(state->handover))
    return ended(state, error);
  evaluate(state);
  if (state->value < state->best) {
    state->best = state->value;
    state->waited = 0;
    memcpy(y, state->labels, state->work.entries * sizeof *y);
    return YS_STEP_ON;
  }
  /* With no tolerance set, mma and ccsaq would go on for ever. */
  if (++state->waited < PATIENCE)
    return YS_STEP_ON;
  ys_fail(error, YS_BAD_NUMERICS,
          "NLopt found nothing better in %d evaluations", PATIENCE);
  return YS_STEP_STALLED;
}

#else

static ys_code nlopt_supports(const ys_objective *objective,
                              const ys_options *options, ys_error *why) {
  (void)objective;
  (void)options;
  return ys_fail(why, YS_UNSUPPORTED, "nlopt was not built");
}

#endif

static const ys_option nlopt_options[] = {
    {"method", YS_WORD, "ccsaq", 0, 0, "mma|ccsaq|lbfgs|var2|tnewton|slsqp",
     "NLopt's algorithm; slsqp for small batches alone"},
    {"chart", YS_WORD, "auto", 0, 0, "auto|softmax|squares|ratio",
     "y_i proportional to e^v, v^2 or v >= 0"},
    {0}};

const ys_solver ys_nlopt = {
    .name = "nlopt",
    .summary = "NLopt: CCSAQ, MMA, L-BFGS and others in charts of the simplex",
    .options = nlopt_options,
    .supports = nlopt_supports,
#ifdef YS_HAVE_NLOPT
    .init = nlopt_init,
    .step = nlopt_step,
    .free = nlopt_free,
#else
    .missing = "libnlopt-dev",
#endif
};
