#include "bench/analysis/compare.h"

#include "bench/analysis/ranktest.h"
#include "bench/analysis/timetogap.h"
#include "problems/generators/rng.h"

#include <math.h>
#include <string.h>

const char *compare_verdict_text(compare_verdict verdict) {
  static const char *const texts[] = {
      "faster",          "slower",      "no difference shown",
      "too few repeats", "not reached", "other batch",
  };
  return texts[verdict];
}

/* ------------------------------------------------------------- matching --- */

/* What is not known is taken to be the same. */
static bool may_be_same(const char *a, const char *b) {
  return !*a || !*b || strcmp(a, b) == 0;
}

static const solver_runs *find_in_b(const compare_request *request,
                                    const solver_runs *a) {
  const group_set *set = request->b.set;
  for (size_t g = 0; g < set->count; g++) {
    const run_group *group = &set->groups[g];
    const result_row *x = a->runs[0], *y = group->sample;
    if (strcmp(x->problem, y->problem) != 0 || !group_same_terms(x, y) ||
        !may_be_same(result_start(x), result_start(y)) ||
        !may_be_same(result_prior(x), result_prior(y)))
      continue;
    for (size_t s = 0; s < group->solver_count; s++)
      if (strcmp(group->solvers[s].solver, a->solver) == 0)
        return &group->solvers[s];
  }
  return NULL;
}

/* Sizes differ, or digests and optima do. Digests alone may: another machine's
 * mathematical library may round a generated batch in another way. */
static bool has_other_batch(const result_row *a, const result_row *b,
                            bool optima_agree) {
  return a->rows != b->rows || a->classes != b->classes ||
         (!optima_agree && a->settings && b->settings &&
          !may_be_same(a->settings->batch, b->settings->batch));
}

/* ------------------------------------------------------------ one pair ---- */

/* When each run was first within the gap. */
static double *times_to(const solver_runs *solver, double gap,
                        ys_memory *memory) {
  double *seconds = ys_take_numbers(memory, solver->count, "a comparison");
  for (size_t i = 0; seconds && i < solver->count; i++)
    seconds[i] = timetogap(solver->runs[i], gap).seconds;
  return seconds;
}

static ys_code fill_side(const solver_runs *solver, double gap,
                         compare_side *side, ys_error *error) {
  gap_summary summary;
  ys_code code = timetogap_summarise(solver, gap, &summary, error);
  if (code)
    return code;
  *side = (compare_side){solver,
                         solver->count,
                         summary.reached,
                         summary.to[COST_TIME].median,
                         summary.to[COST_ITERATION].median,
                         INFINITY};
  for (size_t i = 0; i < solver->count; i++)
    side->objective = fmin(side->objective, solver->runs[i]->objective);
  return YS_OK;
}

/* Whether both directories can be right about the optimum: every objective of
 * one is at least every lower bound of the other; and whether runs of one seed
 * and repeat take as many iterations. */
static void compare_runs(const solver_runs *a, const solver_runs *b,
                         comparison *row) {
  row->agree = row->same_iterations = true;
  for (size_t i = 0; i < a->count; i++)
    for (size_t j = 0; j < b->count; j++) {
      const result_row *x = a->runs[i], *y = b->runs[j];
      double of_x = timetogap(x, row->gap).iterations;
      double of_y = timetogap(y, row->gap).iterations;
      if (x->objective < y->lower_bound || y->objective < x->lower_bound)
        row->agree = false;
      if (x->seed == y->seed && x->repeat == y->repeat && isfinite(of_x) &&
          isfinite(of_y) && of_x != of_y)
        row->same_iterations = false;
    }
}

static bool are_times(const double *seconds, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!(seconds[i] > 0 && isfinite(seconds[i])))
      return false;
  return true;
}

static ys_code measure(const compare_request *request, comparison *row,
                       gsl_rng *rng, ys_error *error) {
  size_t n = row->a.runs, m = row->b.runs;
  ys_memory memory = {0};
  double *a = times_to(row->a.solver, row->gap, &memory);
  double *b = times_to(row->b.solver, row->gap, &memory);
  ys_code code = ys_memory_check(&memory, error);
  if (!code)
    code = ranktest(a, n, b, m, &row->p, error);
  if (!code && n > 1 && m > 1 && are_times(a, n) && are_times(b, m))
    code = bootstrap_ratio(a, n, b, m, request->confidence, rng, &row->low,
                           &row->high, error);
  ys_give_back(&memory);
  return code;
}

static ys_code compare_pair(const compare_request *request,
                            const run_group *group, const solver_runs *a,
                            const solver_runs *b, double gap, gsl_rng *rng,
                            comparison *row, ys_error *error) {
  *row = (comparison){.group = group,
                      .gap = gap,
                      .ratio = NAN,
                      .low = NAN,
                      .high = NAN,
                      .p = NAN,
                      .verdict = COMPARE_NONE_SHOWN};
  compare_runs(a, b, row);
  ys_code code = fill_side(a, gap, &row->a, error);
  if (!code)
    code = fill_side(b, gap, &row->b, error);
  if (code)
    return code;
  if (has_other_batch(a->runs[0], b->runs[0], row->agree)) {
    row->verdict = COMPARE_OTHER_BATCH;
    row->agree = true; /* about nothing */
    return YS_OK;
  }
  if (!row->a.reached && !row->b.reached) {
    row->verdict = COMPARE_NOT_REACHED;
    return YS_OK;
  }
  if (row->a.seconds > 0 && isfinite(row->a.seconds))
    row->ratio = row->b.seconds / row->a.seconds;
  return measure(request, row, rng, error);
}

/* ------------------------------------------------------------- verdicts --- */

/* By the medians; where those are equal, as where both are infinite, by how
 * many runs reached the gap. */
static bool is_b_faster(const comparison *row) {
  if (row->a.seconds != row->b.seconds)
    return row->b.seconds < row->a.seconds;
  return row->b.reached * row->a.runs > row->a.reached * row->b.runs;
}

static compare_verdict judge(const comparison *row, double level,
                             size_t tested) {
  if (row->p <= level)
    return is_b_faster(row) ? COMPARE_FASTER : COMPARE_SLOWER;
  return ranktest_least(row->a.runs, row->b.runs) * (double)tested > level
             ? COMPARE_TOO_FEW
             : COMPARE_NONE_SHOWN;
}

static ys_code judge_all(const compare_request *request, compare_result *result,
                         ys_error *error) {
  double *p = ys_take_numbers(&result->memory, result->count, "the verdicts");
  if (!p)
    return ys_memory_check(&result->memory, error);
  for (size_t i = 0; i < result->count; i++)
    if (!isnan(result->rows[i].p))
      p[result->tested++] = result->rows[i].p;
  ys_code code = ranktest_holm(p, result->tested, error);
  for (size_t i = 0, next = 0; !code && i < result->count; i++) {
    comparison *row = &result->rows[i];
    if (isnan(row->p))
      continue;
    row->p = p[next++];
    row->verdict = judge(row, 1 - request->confidence, result->tested);
  }
  return code;
}

/* ------------------------------------------------------------------ all --- */

static ys_code compare_all(const compare_request *request, gsl_rng *rng,
                           compare_result *result, ys_error *error) {
  const group_set *set = request->a.set;
  ys_code code = YS_OK;
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++) {
      const solver_runs *a = &set->groups[g].solvers[s];
      const solver_runs *b = find_in_b(request, a);
      result->only_a += !b;
      result->only_b -= b != NULL; /* of all there are */
      for (size_t i = 0; !code && b && i < request->gap_count; i++)
        code = compare_pair(request, &set->groups[g], a, b, request->gaps[i],
                            rng, &result->rows[result->count++], error);
    }
  return code;
}

ys_code compare_make(const compare_request *request, compare_result *result,
                     ys_error *error) {
  size_t most = groups_count_solvers(request->a.set) * request->gap_count;
  gsl_rng *rng = ys_rng_alloc();
  *result = (compare_result){.only_b = groups_count_solvers(request->b.set)};
  result->rows =
      ys_take(&result->memory, most, sizeof *result->rows, "the comparison");
  ys_code code = rng ? ys_memory_check(&result->memory, error)
                     : ys_fail_memory(error, "the comparison");
  if (!code) {
    gsl_rng_set(rng, request->seed);
    code = compare_all(request, rng, result, error);
  }
  if (!code && !result->count)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s and %s have no solver on the same problem, loss, "
                   "fairness, lambda, start and prior in common",
                   request->a.dir, request->b.dir);
  if (!code)
    code = judge_all(request, result, error);
  ys_rng_free(rng);
  if (code)
    compare_free(result);
  return code;
}

void compare_free(compare_result *result) {
  ys_give_back(&result->memory);
  *result = (compare_result){0};
}
