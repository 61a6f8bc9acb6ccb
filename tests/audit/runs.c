#include "tests/audit/runs.h"

#include "bench/run/run.h"
#include "tests/support/run_dense.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-9;

const audit_subject audit_subjects[] = {
    {"fw", 300, true, false, false},
    {"ipm", 300, true, false, true},
    {"exact", 300, true, false, true},
    {"ipm:active=0", 300, true, false, true},
    {"em", 1000, true, false, false},
    {"em:accel=squarem", 400, false, false, false},
    {"em:accel=anderson", 400, false, false, false},
    {"md", 1000, true, false, false},
    {"md:accel=1", 600, false, false, false},
    {"md:step=1", 200, false, false, false},
    {"pgd", 1000, true, false, false},
    {"pgd:step=bb", 1000, false, false, false},
    {"pgd:accel=1", 600, false, false, false},
    {"pgd:step=0.1", 200, false, false, false},
    {"fw:corrective=none", 300, true, false, false},
    {"gsl", 100, false, true, false},
    {"ipopt", 100, false, true, false},
    {"nlopt", 100, false, true, false},
    {NULL, 0, false, false, false},
};
_Static_assert(sizeof audit_subjects / sizeof *audit_subjects ==
                   AUDIT_SUBJECTS + 1,
               "every subject has its counts");

/* ---------------------------------------------------------- running ---- */

typedef struct looking {
  const audit_case *c;
  const double *y;
  audit_run *run;
  long next;
} looking;

/* Of the fairness term along the simplex. */
static double steepness(const audit_case *c, const double *y) {
  double sum = 0;
  for (size_t k = 0; k < c->classes; k++) {
    double mean = 0, u = c->objective.prior[k];
    for (size_t i = 0; i < c->rows; i++)
      mean += y[i * c->classes + k] / (double)c->rows;
    if (c->objective.fairness == YS_STRONG)
      sum += fabs(mean - u);
    else if (mean > 0)
      sum += mean * fabs(log(mean / u));
  }
  return sum;
}

/* What numbers near the least double make of F: section 2, Rounding. */
static double subnormal(const audit_case *c, const double *y) {
  const double least = DBL_TRUE_MIN, *sigma = c->batch.sigma;
  const size_t n = c->classes;
  quad sum = 0;
  for (size_t i = 0; i < c->rows && c->objective.loss == YS_COLLISION; i++) {
    quad x = 0;
    for (size_t k = 0; k < n; k++)
      x += (quad)sigma[i * n + k] * y[i * n + k];
    sum += n * (least / x) / c->rows;
  }
  for (size_t k = 0; k < n && c->objective.fairness == YS_STRONG; k++) {
    quad mean = 0;
    for (size_t i = 0; i < c->rows; i++)
      mean += (quad)y[i * n + k] / c->rows;
    if (mean > 0)
      sum += c->objective.lambda * c->objective.prior[k] * 3 * (least / mean);
  }
  return (double)sum;
}

static void look(const looking *at, const trace_point *point) {
  const size_t n = at->c->classes;
  if (at->run->sightings == MOST_SIGHTINGS)
    return;
  sighting *seen = &at->run->seen[at->run->sightings++];
  *seen = (sighting){.point = *point, .least = INFINITY};
  for (size_t i = 0; i < at->c->rows; i++) {
    quad sum = 0;
    for (size_t k = 0; k < n; k++) {
      sum += at->y[i * n + k];
      if (!(at->y[i * n + k] >= seen->least))
        seen->least = at->y[i * n + k];
    }
    double off = fabs((double)(sum - 1));
    if (!(off <= seen->row_error))
      seen->row_error = off;
  }
  seen->value = truth_value(&at->c->objective, at->y);
  seen->steepness = steepness(at->c, at->y);
  seen->subnormal = subnormal(at->c, at->y);
}

/* At iterations 1, 2, 3, 5, 9, ..., of those that are checked. */
static void watch(void *context, const trace_point *point) {
  looking *at = context;
  if (point->iteration < at->next)
    return;
  look(at, point);
  at->next = 2 * point->iteration - 1;
  at->next += at->next <= point->iteration;
}

static ys_code run_parsed(const audit_case *c, const ys_solver *solver,
                          const ys_options *options, bool often,
                          audit_run *run) {
  const long most = run->subject->iterations / (often ? 1 : 3);
  const run_limits limits = {TOLERANCE, most, 120, 1};
  const size_t entries = c->rows * c->classes;
  ys_code code = solver->missing ? YS_UNSUPPORTED : YS_OK;
  if (!code && solver->supports)
    code = solver->supports(&c->objective, options, &run->refusal);
  run->served = code == YS_OK;
  if (code)
    return YS_OK;
  double *y = malloc(entries * sizeof *y);
  if (!y)
    return YS_NO_MEMORY;
  memcpy(y, c->y, entries * sizeof *y);
  looking at = {c, y, run, 1};
  code = run_dense(solver, options, &c->objective, &limits, y,
                   often ? watch : NULL, &at, &run->result, &run->refusal);
  if (!code)
    look(&at, &run->result.last);
  free(y);
  return code;
}

bool audit_run_case(const audit_case *c, const audit_subject *subject,
                    bool often, audit_run *run) {
  const ys_solver *solver;
  ys_options options;
  *run = (audit_run){.subject = subject};
  if (ys_solver_parse(subject->spec, &solver, &options, &run->refusal))
    return false;
  ys_code code = run_parsed(c, solver, &options, often, run);
  ys_options_free(&options);
  return code != YS_NO_MEMORY;
}

void audit_run_free(audit_run *run) {
  run_result_free(&run->result);
}

/* ------------------------------------------------------------- the end ---- */

/* docs/method.md, section 2, Rounding: what it may do to numbers of this size,
 * where the fairness term is so steep. Blocks have no more rows than there are.
 */
static double allowance(const audit_case *c, double level, double steep) {
  const double units = 16 + sqrt((double)c->classes);
  const double means = units + (64 + (double)c->rows / 64) / 2;
  const double lambda = c->objective.lambda;
  return DBL_EPSILON * (units * (1 + lambda + level) + means * lambda * steep);
}

/* How near a certified gap must come before a solver may say that it can go no
 * further: sixteen times the allowance for the gap at the optimum's own
 * multipliers. */
static double floor_of(const audit_case *c, const audit_run *run,
                       const truth_bracket *bracket) {
  const double size = fabs((double)bracket->upper) + bracket->level;
  const sighting *last = &run->seen[run->sightings - 1];
  return fmax(TOLERANCE,
              16 * (allowance(c, size, last->steepness) + last->subnormal));
}

audit_end audit_run_end(const audit_case *c, const audit_run *run,
                        const truth_bracket *bracket) {
  const run_result *result = &run->result;
  if (!run->served || result->status == RUN_UNSUPPORTED)
    return END_UNSERVED;
  if (result->traced == 0 || result->status == RUN_FAILED)
    return END_REFUSED;
  if (result->last.gap <= TOLERANCE)
    return END_CONVERGED;
  if (result->status != RUN_CONVERGED && result->status != RUN_STALLED)
    return END_UNFINISHED;
  return result->last.gap <= floor_of(c, run, bracket) ? END_FLOOR
                                                       : END_STALLED;
}

truth_bracket audit_agree(const audit_run *runs, size_t count) {
  truth_bracket b = {-(quad)INFINITY, INFINITY, 0};
  for (size_t s = 0; s < count; s++) {
    const run_result *result = &runs[s].result;
    for (size_t i = 0; i < runs[s].sightings; i++)
      if (runs[s].seen[i].value < b.upper)
        b.upper = runs[s].seen[i].value;
    if (result->traced && result->last.lower_bound > b.lower)
      b.lower = result->last.lower_bound;
  }
  b.level = fabs((double)b.upper);
  return b;
}

/* ---------------------------------------------------------------- laws ---- */

typedef struct hearing {
  const audit_case *c;
  const audit_run *run;
  const truth_bracket *bracket;
  audit_sink *sink;
  void *context;
} hearing;

#define ACCUSE(h, law, ...)                                                    \
  do {                                                                         \
    char text_[400];                                                           \
    snprintf(text_, sizeof text_, __VA_ARGS__);                                \
    (h)->sink((h)->context, law, text_);                                       \
  } while (0)

/* The iterates looked at. A law is reported once a run. */
static void check_feasible(const hearing *h) {
  for (size_t i = 0; i < h->run->sightings; i++) {
    const sighting *s = &h->run->seen[i];
    if (s->row_error <= 1e-12 && s->least >= 0)
      continue;
    ACCUSE(h, "off the simplex", "iteration %ld: rows by %.2g, least entry %g",
           s->point.iteration, s->row_error, s->least);
    return;
  }
}

static void check_values(const hearing *h) {
  for (size_t i = 0; i < h->run->sightings; i++) {
    const sighting *s = &h->run->seen[i];
    double value = (double)s->value, off;
    if (!isfinite(s->point.objective) && !isfinite(value))
      continue;
    off = (double)(s->point.objective - s->value);
    if (fabs(off) <= allowance(h->c, fabs(value), s->steepness) + s->subnormal)
      continue;
    ACCUSE(h, "objective is not F", "iteration %ld: F %.17g, recorded %+.2g",
           s->point.iteration, value, off);
    return;
  }
}

static void check_gaps(const hearing *h) {
  for (size_t i = 0; i < h->run->sightings; i++) {
    const sighting *s = &h->run->seen[i];
    double away = (double)(s->value - h->bracket->upper);
    if (!isfinite(s->point.objective) ||
        away <= s->point.gap +
                    allowance(h->c, fabs((double)s->value), s->steepness) +
                    s->subnormal)
      continue;
    ACCUSE(h, "gap too small", "iteration %ld: F - F* = %.3g, gap %.3g",
           s->point.iteration, away, s->point.gap);
    return;
  }
}

/* Every traced iterate. */
static void check_bounds(const hearing *h) {
  const run_result *result = &h->run->result;
  for (size_t i = 0; i < result->traced; i++) {
    double above = (double)(result->trace[i].lower_bound - h->bracket->upper);
    if (!(above > 0))
      continue;
    ACCUSE(h, "BOUND ABOVE THE OPTIMUM", "iteration %ld: by %.3g, F* %.17g",
           result->trace[i].iteration, above, (double)h->bracket->upper);
    return;
  }
}

static void check_trace(const hearing *h) {
  const run_result *result = &h->run->result;
  double best = -INFINITY;
  for (size_t i = 0; i < result->traced; i++) {
    const trace_point *p = &result->trace[i];
    if (isnan(p->objective) || isnan(p->gap) || p->gap < 0 ||
        isnan(p->lower_bound)) {
      ACCUSE(h, "no number", "iteration %ld: F %g, bound %g, gap %g",
             p->iteration, p->objective, p->lower_bound, p->gap);
      return;
    }
    if (p->lower_bound < best) {
      ACCUSE(h, "lower_bound falls", "iteration %ld: %.17g after %.17g",
             p->iteration, p->lower_bound, best);
      return;
    }
    best = p->lower_bound;
  }
}

static void check_below(const hearing *h) {
  const run_result *result = &h->run->result;
  for (size_t i = 0; i < result->traced; i++) {
    double value = result->trace[i].objective;
    double below = (double)(h->bracket->lower - value);
    if (!(below > allowance(h->c, fabs(value), 1)))
      continue;
    ACCUSE(h, "objective below the optimum", "iteration %ld: by %.3g",
           result->trace[i].iteration, below);
    return;
  }
}

/* A start is finite, and so must be what follows; a run that fails says so. */
static void check_finite(const hearing *h) {
  const run_result *result = &h->run->result;
  for (size_t i = 0; i < result->traced; i++) {
    bool told = result->status == RUN_FAILED && i + 1 == result->traced;
    if (isfinite(result->trace[i].objective) || told)
      continue;
    ACCUSE(h, "infinite", "iteration %ld of %ld, then %s",
           result->trace[i].iteration, result->iterations,
           run_status_name(result->status));
    return;
  }
}

/* Looking for the trace changes nothing, so of methods that may rise only the
 * iterates that are checked can be kept. A run that converged is as good as was
 * asked for. */
static void check_best(const hearing *h) {
  const run_result *result = &h->run->result;
  const bool converged = result->status == RUN_CONVERGED;
  double best = INFINITY;
  long at = 0, checked = 0;
  for (size_t i = 0; i < result->traced; i++) {
    const trace_point *p = &result->trace[i];
    while (checked < p->iteration)
      checked = ys_run_next_check(checked);
    if (p->objective < best &&
        (h->run->subject->settles || checked == p->iteration)) {
      best = p->objective;
      at = p->iteration;
    }
  }
  double worse = result->last.objective - best;
  double slack = 2 * allowance(h->c, fabs(best), 1);
  if (result->status == RUN_FAILED ||
      worse <= fmax(converged ? TOLERANCE : TOLERANCE / 100, slack))
    return;
  ACCUSE(h, "worse than its best", "%s %.3g above iteration %ld of %ld",
         run_status_name(result->status), worse, at, result->iterations);
}

static void check_status(const hearing *h) {
  const run_result *result = &h->run->result;
  bool silent = result->message[0] == '\0';
  audit_end end = audit_run_end(h->c, h->run, h->bracket);
  if (result->status == RUN_CONVERGED && result->last.gap > TOLERANCE && silent)
    ACCUSE(h, "converged above the tolerance", "gap %.3g", result->last.gap);
  if (result->status == RUN_CONVERGED && end == END_STALLED)
    ACCUSE(h, "converged above the floor", "gap %.3g: %s", result->last.gap,
           result->message);
  if (result->status == RUN_FAILED && silent)
    ACCUSE(h, "failed without a word", "%ld iterations", result->iterations);
  if (result->status == RUN_FAILED &&
      strncmp(result->message, "left the simplex", 16) == 0)
    ACCUSE(h, "off the simplex", "%s", result->message);
  if (result->status == RUN_STALLED && silent && end == END_STALLED)
    ACCUSE(h, "stalled without a word", "gap %.3g after %ld iterations",
           result->last.gap, result->iterations);
  if (end == END_STALLED && h->run->subject->exact)
    ACCUSE(h, AUDIT_STALL, "gap %.3g after %ld iterations: %s",
           result->last.gap, result->iterations, result->message);
  if (result->status == RUN_TIME_LIMIT)
    ACCUSE(h, "out of time", "after %ld iterations", result->iterations);
}

void audit_check(const audit_case *c, const audit_run *run,
                 const truth_bracket *bracket, audit_sink *sink,
                 void *context) {
  const hearing h = {c, run, bracket, sink, context};
  if (!run->served)
    return;
  if (run->result.traced == 0) {
    if (run->refusal.text[0] == '\0')
      ACCUSE(&h, "failed without a word", "at the start");
    return;
  }
  check_bounds(&h);
  check_feasible(&h);
  check_values(&h);
  check_gaps(&h);
  check_trace(&h);
  check_below(&h);
  check_finite(&h);
  check_best(&h);
  check_status(&h);
}
