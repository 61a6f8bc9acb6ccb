/* The exact solver: its looks and answers against their definitions, its
 * optimum against ipm's, and the same bits whatever the threads, the labels'
 * kind and the storage. */
#include "bench/run/run.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "solvers/exact/candidates.h"
#include "tests/support/fixture.h"
#include "tests/support/run_dense.h"

#include <string.h>

static ys_error error;

/* ---------------------------------------------------------- looks, answers
 * ----
 */

/* A batch, multipliers, and a look at its rows. */
typedef struct view {
  fixture f;
  ys_work work;
  ys_look look;
  ys_memory memory;
  double nu[64], tilt[64];
} view;

static void open_view(view *v, gsl_rng *rng, size_t rows, size_t n) {
  const row_kind kind = (row_kind)gsl_rng_uniform_int(rng, 3);
  double most = 0;
  memset(v, 0, sizeof *v);
  setup(&v->f, random_batch(rng, kind, rows, n), 0, 1, NULL);
  v->work = (ys_work){.objective = &v->f.objective,
                      .rows = rows,
                      .classes = n,
                      .entries = rows * n};
  v->work.scratch = v->f.scratch;
  ys_look_init(&v->look, &v->memory, rows, n);
  for (size_t k = 0; k < n; k++) {
    v->nu[k] = 0.5 + 2 * gsl_rng_uniform(rng);
    most = fmax(most, v->nu[k]);
  }
  for (size_t k = 0; k < n; k++)
    v->tilt[k] = exp(v->nu[k] - most);
}

static void look_as_far_as(view *v, double exact) {
  ys_look_at(&v->work, (ys_look_sample){v->work.rows, 1}, v->nu, v->tilt, exact,
             &v->look);
}

static void look_at(view *v) {
  look_as_far_as(v, INFINITY);
}

static void close_view(view *v) {
  ys_give_back(&v->memory);
  teardown(&v->f);
}

static double slack_of(const double *sigma, const double *nu, size_t n,
                       size_t a) {
  double slack = INFINITY;
  for (size_t k = 0; k < n; k++)
    if (k != a)
      slack = fmin(slack, 1 + nu[a] - (sigma[k] / sigma[a] + nu[k]));
  return slack;
}

static const size_t shapes[][2] = {{1, 2},  {5, 3},   {33, 10}, {70, 31},
                                   {9, 32}, {50, 33}, {23, 64}, {4, 47}};

START_TEST(a_look_finds_vertex_and_slack) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const size_t rows = shapes[s][0], n = shapes[s][1];
    view v;
    open_view(&v, rng, rows, n);
    look_at(&v);
    for (size_t i = 0; i < rows; i++) {
      const double *sigma = v.f.batch.sigma + i * n;
      const size_t a = v.look.vertex[i];
      for (size_t k = 0; k < n; k++)
        ck_assert(sigma[k] * v.tilt[k] <= sigma[a] * v.tilt[a]);
      const double slack = slack_of(sigma, v.nu, n, a);
      const size_t b = v.look.next[i];
      ck_assert_msg(b != a && 1 + v.nu[a] - (sigma[b] / sigma[a] + v.nu[b]) <=
                                  slack + 1e-12 * (1 + fabs(slack)),
                    "%zu x %zu row %zu: a %zu b %zu slack %g, %g", rows, n, i,
                    a, b, slack, 1 + v.nu[a] - (sigma[b] / sigma[a] + v.nu[b]));
      ck_assert(fabs((double)v.look.slack[i] - slack) <=
                1e-6 * (1 + fabs(slack)));
    }
    close_view(&v);
  }
  gsl_rng_free(rng);
}
END_TEST

/* What decides rows: while no difference of two nu changes by more than the
 * slack, the vertex has no line above it. */
START_TEST(a_row_stays_decided_within_its_slack) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 200; trial++) {
    const size_t n = 2 + gsl_rng_uniform_int(rng, 40);
    view v;
    open_view(&v, rng, 20, n);
    look_at(&v);
    for (size_t i = 0; i < 20; i++) {
      const double *sigma = v.f.batch.sigma + i * n;
      double nu[64];
      for (size_t k = 0; k < n; k++)
        nu[k] = v.nu[k] + (double)v.look.slack[i] * gsl_rng_uniform(rng);
      if (v.look.slack[i] > 0)
        ck_assert(slack_of(sigma, nu, n, v.look.vertex[i]) >= -1e-5);
    }
    close_view(&v);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Slacks below `exact` are exact, and others bounds that are not below it. */
static void assert_bounds(const view *v, double exact) {
  const size_t n = v->work.classes;
  for (size_t i = 0; i < v->work.rows; i++) {
    const size_t a = v->look.vertex[i];
    const double slack = slack_of(v->f.batch.sigma + i * n, v->nu, n, a);
    const double found = (double)v->look.slack[i];
    const double rounding = 1e-6 * (1 + fabs(slack));
    ck_assert_msg(found >= exact ? slack >= found - rounding
                                 : fabs(slack - found) <= rounding,
                  "row %zu: slack %g, found %g", i, slack, found);
  }
}

/* A look before tells what need not be read again. */
START_TEST(a_look_again_reads_what_is_in_doubt) {
  static const size_t classes[] = {10, 32, 35, 64};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 40; trial++) {
    const size_t n = classes[trial % 4];
    const double exact = 0.05 * gsl_rng_uniform(rng);
    view v;
    open_view(&v, rng, 203, n);
    for (int i = 0; i < 6; i++) {
      double most = 0;
      look_as_far_as(&v, exact);
      assert_bounds(&v, exact);
      for (size_t k = 0; k < n; k++) {
        v.nu[k] += 0.1 * (gsl_rng_uniform(rng) - 0.5);
        most = fmax(most, v.nu[k]);
      }
      for (size_t k = 0; k < n; k++)
        v.tilt[k] = exp(v.nu[k] - most);
    }
    close_view(&v);
  }
  gsl_rng_free(rng);
}
END_TEST

/* What a sample has told counts where all rows are looked at. */
START_TEST(a_look_at_all_rows_knows_the_sample) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t n = 40, rows = 1003, other = 7;
  const ys_look_sample sample = {rows, 5};
  view v;
  open_view(&v, rng, rows, n);
  for (size_t k = 0; k < n; k++)
    v.nu[k] = v.tilt[k] = 1;
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      v.f.batch.sigma[i * n + k] = k == i % n ? 1 - 1e-3 : 1e-3 / (double)n;
  ys_look_at(&v.work, sample, v.nu, v.tilt, 0.1, &v.look);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      v.f.batch.sigma[i * n + k] = k == other;
  look_as_far_as(&v, 0.1);
  for (size_t tile = 0, i = 0; i < rows; i++) {
    const size_t first = ys_look_row(sample, tile);
    const bool is_of_it = i >= first && i < first + YS_LANES;
    ck_assert_uint_eq(v.look.vertex[i], is_of_it ? i % n : other);
    tile += i + 1 == first + YS_LANES && tile + 1 < ys_look_tiles(sample);
  }
  close_view(&v);
  gsl_rng_free(rng);
}
END_TEST

/* Whatever becomes of a row whose slack is large, it is not read again at the
 * same sample, and is at another. */
START_TEST(a_decided_row_is_not_read_again) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t n = 40, other = 7;
  view v;
  open_view(&v, rng, 50, n);
  for (size_t k = 0; k < n; k++)
    v.nu[k] = v.tilt[k] = 1;
  for (size_t i = 0; i < 50; i++)
    for (size_t k = 0; k < n; k++)
      v.f.batch.sigma[i * n + k] = k == i % n ? 1 - 1e-3 : 1e-3 / (double)n;
  look_as_far_as(&v, 0.1);
  for (size_t k = 0; k < n; k++)
    v.f.batch.sigma[20 * n + k] = k == other;
  look_as_far_as(&v, 0.1);
  ck_assert_uint_eq(v.look.vertex[20], 20);
  look_as_far_as(&v, 2);
  ck_assert_uint_eq(v.look.vertex[20], other);
  close_view(&v);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(a_sample_is_of_different_tiles) {
  static const size_t rows[] = {1, 4, 5, 100, 1001, 4099};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (size_t stride = 1; stride < 60; stride += 7) {
      const ys_look_sample sample = {rows[r], stride};
      size_t last = 0;
      for (size_t tile = 0; tile < ys_look_tiles(sample); tile++) {
        const size_t row = ys_look_row(sample, tile);
        ck_assert_uint_lt(row, rows[r]);
        ck_assert_uint_eq(row % YS_LANES, 0);
        ck_assert_uint_eq(row / YS_LANES / stride, tile);
        ck_assert(tile == 0 || row > last);
        last = row;
      }
    }
}
END_TEST

/* -ln(sigma . y) - nu . y. */
static double row_value(const double *sigma, const double *nu, const double *y,
                        size_t n) {
  double x = 0, along = 0;
  for (size_t k = 0; k < n; k++) {
    x += sigma[k] * y[k];
    along += y[k] > 0 ? nu[k] * y[k] : 0;
  }
  return -log(x) - along;
}

/* No dual bound of the row is above its value, and the best reaches it: with t
 * = 1 / x, 1 + ln t - max_k (t sigma_k + nu_k). */
static void assert_optimal(const double *sigma, const double *nu,
                           const double *y, size_t n) {
  double x = 0, top = -INFINITY;
  for (size_t k = 0; k < n; k++)
    x += sigma[k] * y[k];
  for (size_t k = 0; k < n; k++)
    top = fmax(top, sigma[k] / x + nu[k]);
  const double bound = 1 - log(x) - top, value = row_value(sigma, nu, y, n);
  ck_assert_msg(value - bound <= 1e-12 * (1 + fabs(value)), "%g above %g",
                value, bound);
}

START_TEST(answers_are_the_rows_optima) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const size_t rows = shapes[s][0], n = shapes[s][1];
    ys_memory memory = {0};
    ys_candidates c = {0};
    double ybar[64], mean[64] = {0};
    view v;
    open_view(&v, rng, rows, n);
    look_at(&v);
    ys_candidates_init(&c, &memory, rows, rows * n, n);
    ck_assert(ys_candidates_choose(&c, &v.work, (ys_look_sample){rows, 1},
                                   &v.look, v.nu, 1e300));
    ck_assert_uint_eq(c.rows, rows);
    ys_candidates_ask(&c, &v.work, v.nu, &(ys_window){0.1, NULL}, ybar);
    for (size_t i = 0; i < rows; i++) {
      double y[64] = {0};
      y[c.answer[i].low] += 1 - c.answer[i].share;
      y[c.answer[i].high] += c.answer[i].share;
      for (size_t k = 0; k < n; k++)
        mean[k] += y[k] / (double)rows;
      assert_optimal(v.f.batch.sigma + i * n, v.nu, y, n);
    }
    for (size_t k = 0; k < n; k++)
      ck_assert(fabs(mean[k] - ybar[k]) <= 1e-12);
    ys_give_back(&memory);
    close_view(&v);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Rows in doubt and classes that are near, against the definition; and what is
 * wished for is taken in. */
START_TEST(candidates_are_what_is_near) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 60, n = 37;
  const double width = 0.3;
  const uint64_t wishes[] = {3, 7, (uint64_t)59 << 32 | 36};
  ys_memory memory = {0};
  ys_candidates c = {0};
  size_t others = 0;
  view v;
  open_view(&v, rng, rows, n);
  look_at(&v);
  ys_candidates_init(&c, &memory, rows, rows * n, n);
  c.wanted = wishes;
  c.wishes = 3;
  ck_assert(ys_candidates_choose(&c, &v.work, (ys_look_sample){rows, 1},
                                 &v.look, v.nu, width));
  for (size_t i = 0, j = 0; i < rows; i++) {
    const bool is_in = j < c.rows && c.row[j] == i;
    const bool is_wanted = i == 0 || i == 59;
    ck_assert(is_in == (is_wanted || (double)v.look.slack[i] < width));
    others += !is_in;
    for (size_t e = is_in ? c.begin[j] : 0; is_in && e < c.begin[j + 1]; e++) {
      ck_assert(c.sigma[e] == v.f.batch.sigma[i * n + c.held[e]]);
      ck_assert(e == c.begin[j] || c.held[e] > c.held[e - 1]);
    }
    j += is_in;
  }
  double count = 0;
  for (size_t k = 0; k < n; k++)
    count += c.count[k];
  ck_assert(count == (double)others && c.all == rows);
  bool has[3] = {false, false, false};
  for (size_t e = c.begin[0]; e < c.begin[1]; e++) {
    has[0] = has[0] || c.held[e] == 3;
    has[1] = has[1] || c.held[e] == 7;
  }
  for (size_t e = c.begin[c.rows - 1]; e < c.begin[c.rows]; e++)
    has[2] = has[2] || c.held[e] == 36;
  ck_assert(has[0] && has[1] && has[2]);
  ys_give_back(&memory);
  close_view(&v);
  gsl_rng_free(rng);
}
END_TEST

/* What blocks have found is brought together, also where the room is too small
 * for a share each. */
START_TEST(blocks_are_brought_together) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 9001, n = 12;
  const double width = 0.4;
  ys_memory memory = {0};
  ys_candidates c = {0}, tight = {0};
  double mean[64], sum[64] = {0};
  size_t j = 0, near = 0;
  view v;
  open_view(&v, rng, rows, n);
  /* the first rows hold all classes, and the others two */
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      v.f.batch.sigma[i * n + k] = i < 500 ? 1 / (double)n
                                   : k == i % n || k == (i + 1) % n ? 0.5
                                                                    : 0;
  for (size_t k = 0; k < n; k++) {
    v.nu[k] = 1 + 0.01 * (double)k;
    v.tilt[k] = exp(v.nu[k] - v.nu[n - 1]);
  }
  look_at(&v);
  const ys_look_sample all = {rows, 1};
  ys_candidates_init(&c, &memory, rows, 1 << 17, n);
  ck_assert(ys_candidates_choose(&c, &v.work, all, &v.look, v.nu, width));
  ck_assert_uint_eq(c.rows, rows);
  for (size_t i = 0; i < rows; i++) {
    ck_assert_uint_eq(c.row[i], i);
    ck_assert_uint_eq(c.begin[i + 1] - c.begin[i], i < 500 ? n : 2);
    for (size_t e = c.begin[i]; e < c.begin[i + 1]; e++)
      ck_assert(c.sigma[e] == v.f.batch.sigma[i * n + c.held[e]]);
  }
  ys_candidates_init(&tight, &memory, rows, c.entries, n);
  ck_assert(ys_candidates_choose(&tight, &v.work, all, &v.look, v.nu, width));
  ck_assert_uint_eq(tight.entries, c.entries);
  ck_assert(!memcmp(tight.begin, c.begin, (rows + 1) * sizeof *c.begin));
  ck_assert(!memcmp(tight.held, c.held, c.entries * sizeof *c.held));
  ck_assert(!memcmp(tight.sigma, c.sigma, c.entries * sizeof *c.sigma));
  ys_candidates_init(&tight, &memory, rows, c.entries - 1, n);
  ck_assert(!ys_candidates_choose(&tight, &v.work, all, &v.look, v.nu, width));

  for (size_t i = 0; i < rows; i += 3)
    v.look.slack[i] = 1;
  ys_candidates_glance(&c, &v.work, all, &v.look, v.nu, width, mean);
  for (size_t i = 0; i < rows; i++)
    if (i % 3 > 0) {
      const ys_answer *a = &c.answer[j++];
      ck_assert_uint_eq(a->low, v.look.vertex[i]);
      ck_assert_uint_eq(a->high, v.look.next[i]);
      sum[a->low] += 1 - a->share;
      sum[a->high] += a->share;
      near++;
    } else
      sum[v.look.vertex[i]]++;
  ck_assert(c.rows == near && c.all == rows);
  for (size_t k = 0; k < n; k++)
    ck_assert(fabs(sum[k] / (double)rows - mean[k]) <= 1e-12);
  ys_give_back(&memory);
  close_view(&v);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------------- optimum ---- */

typedef struct solved {
  run_status status;
  double objective, gap;
  ys_labels labels;
} solved;

static solved solve(const ys_objective *objective, const char *spec,
                    bool sparse) {
  const run_limits limits = {1e-9, 500, 60, 0};
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  const ys_solver *solver;
  ys_options options;
  run_result result;
  solved s = {0};
  ck_assert_int_eq(ys_solver_parse(spec, &solver, &options, &error), YS_OK);
  if (sparse)
    ck_assert_int_eq(ys_labels_make_sparse(&s.labels, rows, n, &error), YS_OK);
  else {
    ck_assert_int_eq(ys_labels_make_dense(&s.labels, rows, n, &error), YS_OK);
    ys_start_uniform(objective, s.labels.dense);
  }
  ck_assert_int_eq(run_solver(solver, &options, objective, &limits, &s.labels,
                              NULL, NULL, &result, &error),
                   YS_OK);
  s.status = result.status;
  s.objective = result.last.objective;
  s.gap = result.last.gap;
  run_result_free(&result);
  ys_options_free(&options);
  return s;
}

/* Many rows a class, few, hardly any; peaked, flat and skewed. */
static const char *const specs[] = {
    "dirichlet:M=33000,K=10",
    "gaussian:M=33000,K=10,scale=3,skew=3",
    "gaussian:M=33000,K=12,scale=10,skew=8",
    "dirichlet:M=3000,K=10",
    "gaussian:M=5000,K=10,scale=3,skew=3",
    "gaussian:M=4000,K=20,scale=10,skew=8",
    "gaussian:M=2000,K=2,scale=10,skew=3",
    "gaussian:M=3000,K=100,scale=4,skew=1",
    "gaussian:M=2100,K=130,scale=4,skew=1",
    "gaussian:M=200,K=10,scale=4,skew=1",
    "dirichlet:M=20,K=30",
    "dirichlet:M=50,K=100,alpha=0.1",
    "gaussian:M=50,K=100,scale=10,skew=8",
    "gaussian:M=5,K=10,scale=1,skew=8",
    "gaussian:M=1,K=2,scale=3,skew=3",
    "dirichlet:M=1,K=5",
    "planted:M=2000,K=10",
};
static const double lambdas[] = {1e-3, 0.1, 1, 10, 1000};

enum { SPECS = sizeof specs / sizeof *specs };
enum { LAMBDAS = sizeof lambdas / sizeof *lambdas };

START_TEST(it_finds_the_optimum) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(ys_problem_make(specs[_i], 1, &batch, &error), YS_OK);
  for (size_t l = 0; l < LAMBDAS; l++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], NULL, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    solved reference = solve(&objective, "ipm", false);
    ck_assert_msg(s.status == RUN_CONVERGED, "%s, lambda %g: %s, %g", specs[_i],
                  lambdas[l], run_status_name(s.status), s.gap);
    ck_assert_int_eq(reference.status, RUN_CONVERGED);
    ck_assert(fabs(s.objective - reference.objective) <=
              2e-9 + 1e-12 * lambdas[l]);
    ys_labels_free(&s.labels);
    ys_labels_free(&reference.labels);
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

START_TEST(it_serves_every_pair) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=400,K=6,scale=2,skew=1", 1, &batch, &error),
      YS_OK);
  for (int lambda = 0; lambda < 2; lambda++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch,
                                       (ys_loss)(_i / YS_FAIRNESSES),
                                       (ys_fairness)(_i % YS_FAIRNESSES),
                                       lambda, NULL, 1, &error),
                     YS_OK);
    for (int sparse = 0; sparse < 2; sparse++) {
      solved s = solve(&objective, "exact", sparse);
      ck_assert_msg(s.status == RUN_CONVERGED, "%s, lambda %d: %g",
                    ys_loss_name(objective.loss), lambda, s.gap);
      ys_labels_free(&s.labels);
    }
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

/* A prior of all orders: no class may be left out. */
START_TEST(odd_priors_are_followed) {
  double prior[10], sum = 0;
  ys_batch batch;
  ys_objective objective;
  for (size_t k = 0; k < 10; k++)
    sum += prior[k] = exp2(-3 * (double)k);
  for (size_t k = 0; k < 10; k++)
    prior[k] /= sum;
  ck_assert_int_eq(ys_problem_make(_i ? "gaussian:M=33000,K=10,scale=4"
                                      : "gaussian:M=4000,K=10,scale=4",
                                   1, &batch, &error),
                   YS_OK);
  for (size_t l = 0; l < LAMBDAS; l++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], prior, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    ck_assert_msg(s.status == RUN_CONVERGED, "lambda %g: %g", lambdas[l],
                  s.gap);
    ys_labels_free(&s.labels);
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

/* One-hot rows of float32 softmax, zeros elsewhere: many rows bend at the same
 * multipliers, where Newton's method is of no use. */
START_TEST(one_hot_rows_are_shared_out) {
  const size_t rows = _i ? 33000 : 3000, n = 10;
  ys_batch batch;
  ys_objective objective;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ck_assert_int_eq(ys_batch_alloc(&batch, "one-hot", rows, n, &error), YS_OK);
  memset(batch.sigma, 0, rows * n * sizeof *batch.sigma);
  for (size_t i = 0; i < rows; i++) /* the first class twice as often */
    batch.sigma[i * n + (gsl_rng_uniform_int(rng, 11) + n - 1) % n] = 1;
  for (size_t l = 0; l < LAMBDAS; l++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], NULL, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    ck_assert_msg(s.status == RUN_CONVERGED, "lambda %g: %s, %g", lambdas[l],
                  run_status_name(s.status), s.gap);
    ys_labels_free(&s.labels);
    ys_objective_free(&objective);
  }
  gsl_rng_free(rng);
  ys_batch_free(&batch);
}
END_TEST

/* At most so many iterations, labels sparse. */
static run_result solve_some(const char *spec, int threads, double lambda,
                             long most) {
  const run_limits limits = {1e-9, most, 60, 0};
  const ys_solver *solver;
  ys_options options;
  ys_batch batch;
  ys_objective objective;
  ys_labels y;
  run_result result;
  ck_assert_int_eq(ys_solver_parse("exact", &solver, &options, &error), YS_OK);
  ck_assert_int_eq(ys_problem_make(spec, threads, &batch, &error), YS_OK);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                     YS_STRONG, lambda, NULL, threads, &error),
                   YS_OK);
  ck_assert_int_eq(ys_labels_make_sparse(&y, batch.rows, batch.classes, &error),
                   YS_OK);
  ck_assert_int_eq(run_solver(solver, &options, &objective, &limits, &y, NULL,
                              NULL, &result, &error),
                   YS_OK);
  ys_labels_free(&y);
  ys_objective_free(&objective);
  ys_options_free(&options);
  ys_batch_free(&batch);
  return result;
}

/* Many rows between classes, and too many to hand over at once: rounds on
 * samples and on all rows come to the optimum, in a few steps, without the
 * interior point on everything. */
START_TEST(rounds_solve_what_newton_cannot) {
  run_result result =
      solve_some("gaussian:M=220000,K=10,scale=3,skew=3", 2, 10, 5);
  ck_assert_msg(result.status == RUN_CONVERGED && result.iterations > 1,
                "%s after %ld, %g", run_status_name(result.status),
                result.iterations, result.last.gap);
  run_result_free(&result);
}
END_TEST

/* Skewed so far that a sample's interior point ends nowhere near: the first
 * round's breaks down there, and the one on everything takes over. */
START_TEST(rounds_that_break_down_end_in_the_whole) {
  run_result result =
      solve_some("gaussian:M=22000,K=100,scale=1,skew=8,seed=2", 1, 30, 1);
  ck_assert_msg(result.status == RUN_MAX_ITER && isfinite(result.last.gap),
                "%s: %s", run_status_name(result.status), result.message);
  run_result_free(&result);
}
END_TEST

/* Asked when it has been asked so often. */
typedef struct patience {
  int asked, most;
} patience;

static bool is_at_end(void *context) {
  patience *p = context;
  return ++p->asked > p->most;
}

/* A step that is stopped wherever it asks leaves y on the simplex, and F where
 * it was or lower; so does the next, which nothing stops. */
START_TEST(a_stop_leaves_labels_whole) {
  const ys_solver *solver = ys_solver_find("exact", 5);
  ys_options options;
  ys_batch batch;
  ys_objective objective;
  ys_scratch scratch;
  ck_assert_int_eq(ys_solver_parse("exact", &solver, &options, &error), YS_OK);
  ck_assert_int_eq(ys_problem_make(specs[1], 1, &batch, &error), YS_OK);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                     YS_STRONG, 1, NULL, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&scratch, &objective, &error), YS_OK);
  bool stopped = true;
  for (int most = 0; stopped; most++) {
    patience p = {0, most};
    const ys_stop stop = {is_at_end, &p};
    ys_labels y;
    void *work;
    ck_assert_int_eq(
        ys_labels_make_sparse(&y, batch.rows, batch.classes, &error), YS_OK);
    const double before = ys_certify(&objective, &y, NULL, &scratch).objective;
    ck_assert_int_eq(solver->init(&work, &objective, &options, &y, &error),
                     YS_OK);
    solver->heed(work, &stop);
    ck_assert_int_eq(solver->step(work, &y, &error), YS_STEP_ON);
    stopped = p.asked > most;
    ck_assert(stopped || most > 1);
    ys_verdict verdict = ys_certify(&objective, &y, NULL, &scratch);
    ck_assert(verdict.row_sum_error <= 1e-12 && verdict.least_entry >= 0);
    ck_assert(verdict.objective <= before + 1e-12);
    p.most = 1 << 30;
    ck_assert_int_eq(solver->step(work, &y, &error), YS_STEP_ON);
    ck_assert(ys_certify(&objective, &y, NULL, &scratch).objective < before);
    solver->free(work);
    ys_labels_free(&y);
  }
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
  ys_options_free(&options);
  ys_batch_free(&batch);
}
END_TEST

/* ------------------------------------------------------------- restart ---- */

static const struct {
  const char *solver, *first, *then;
} restarts[] = {
    {"exact", "gaussian:M=200,K=10,scale=4,skew=1", "dirichlet:M=200,K=10"},
    {"exact", "dirichlet:M=60,K=40", "gaussian:M=60,K=40,scale=4,skew=1"},
    {"exact", "dirichlet:M=33000,K=10", "gaussian:M=33000,K=10,scale=3,skew=3"},
    {"exact", "dirichlet:M=2100,K=130", "gaussian:M=2100,K=130,scale=4,skew=1"},
    {"exact", "dirichlet:M=900,K=100", "gaussian:M=900,K=100,scale=4,skew=1"},
    {"fw", "gaussian:M=200,K=10,scale=4,skew=1", "dirichlet:M=200,K=10"},
};

/* A work and the labels that it is to work on. */
typedef struct pupil {
  ys_labels y;
  void *work;
} pupil;

static void start(const ys_solver *solver, const ys_objective *objective,
                  bool sparse, pupil *p) {
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  ys_options options;
  ys_code code = sparse ? ys_labels_make_sparse(&p->y, rows, n, &error)
                        : ys_labels_make_dense(&p->y, rows, n, &error);
  ck_assert_int_eq(code, YS_OK);
  if (!sparse)
    ys_start_uniform(objective, p->y.dense);
  ck_assert_int_eq(ys_solver_parse(solver->name, &solver, &options, &error),
                   YS_OK);
  ck_assert_int_eq(solver->init(&p->work, objective, &options, &p->y, &error),
                   YS_OK);
  ys_options_free(&options);
}

static void start_again(const ys_solver *solver, const ys_objective *objective,
                        pupil *p) {
  if (p->y.dense)
    ys_start_uniform(objective, p->y.dense);
  else
    memset(p->y.begin, 0, (p->y.rows + 1) * sizeof *p->y.begin);
  ck_assert_int_eq(solver->restart(p->work, &p->y, &error), YS_OK);
}

static void finish(const ys_solver *solver, pupil *p) {
  solver->free(p->work);
  ys_labels_free(&p->y);
}

/* A work that has solved another batch takes the steps of a new one. */
START_TEST(a_restart_forgets_the_batch_before) {
  enum { STEPS = 12 };
  const ys_solver *solver =
      ys_solver_find(restarts[_i].solver, strlen(restarts[_i].solver));
  for (int sparse = 0; sparse <= solver->sparse; sparse++)
    for (size_t l = 2; l < LAMBDAS - 1; l++) {
      ys_batch batch, then;
      ys_objective objective;
      pupil old, fresh;
      double left[256], right[256];
      ck_assert_int_eq(ys_problem_make(restarts[_i].first, 1, &batch, &error),
                       YS_OK);
      ck_assert_int_eq(ys_problem_make(restarts[_i].then, 1, &then, &error),
                       YS_OK);
      ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                         YS_STRONG, lambdas[l], NULL, 1,
                                         &error),
                       YS_OK);
      start(solver, &objective, sparse, &old);
      for (int step = 0; step < STEPS; step++)
        ck_assert_int_ne(solver->step(old.work, &old.y, &error),
                         YS_STEP_FAILED);
      memcpy(batch.sigma, then.sigma,
             batch.rows * batch.classes * sizeof *batch.sigma);
      start_again(solver, &objective, &old);
      start(solver, &objective, sparse, &fresh);
      for (int step = 0; step < STEPS; step++) {
        ck_assert_int_eq(solver->step(old.work, &old.y, &error),
                         solver->step(fresh.work, &fresh.y, &error));
        for (size_t i = 0; i < batch.rows; i++)
          ck_assert(memcmp(ys_labels_row(&old.y, i, left),
                           ys_labels_row(&fresh.y, i, right),
                           batch.classes * sizeof *left) == 0);
      }
      finish(solver, &old);
      finish(solver, &fresh);
      ys_objective_free(&objective);
      ys_batch_free(&batch);
      ys_batch_free(&then);
    }
}
END_TEST

/* ---------------------------------------------------------------- bits ---- */

static void assert_same(const solved *a, const solved *b) {
  const size_t n = a->labels.classes;
  double left[256], right[256];
  ck_assert(a->objective == b->objective && a->gap == b->gap);
  for (size_t i = 0; i < a->labels.rows; i++)
    ck_assert(memcmp(ys_labels_row(&a->labels, i, left),
                     ys_labels_row(&b->labels, i, right),
                     n * sizeof *left) == 0);
}

START_TEST(threads_and_kind_of_labels_change_no_bit) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(ys_problem_make(specs[_i], 1, &batch, &error), YS_OK);
  for (size_t l = 1; l < LAMBDAS - 1; l++) {
    solved first = {0};
    for (int threads = 1; threads <= 4; threads++) {
      ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                         YS_STRONG, lambdas[l], NULL, threads,
                                         &error),
                       YS_OK);
      solved s = solve(&objective, "exact", threads != 2);
      if (threads == 1)
        first = s;
      else {
        assert_same(&first, &s);
        ys_labels_free(&s.labels);
      }
      ys_objective_free(&objective);
    }
    ys_labels_free(&first.labels);
  }
  ys_batch_free(&batch);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("exact");
  TCase *test = tcase_create("exact");
  tcase_set_timeout(test, 600);
  tcase_add_test(test, a_look_finds_vertex_and_slack);
  tcase_add_test(test, a_row_stays_decided_within_its_slack);
  tcase_add_test(test, a_look_again_reads_what_is_in_doubt);
  tcase_add_test(test, a_look_at_all_rows_knows_the_sample);
  tcase_add_test(test, a_decided_row_is_not_read_again);
  tcase_add_test(test, a_sample_is_of_different_tiles);
  tcase_add_test(test, answers_are_the_rows_optima);
  tcase_add_test(test, candidates_are_what_is_near);
  tcase_add_test(test, blocks_are_brought_together);
  tcase_add_loop_test(test, it_finds_the_optimum, 0, SPECS);
  tcase_add_loop_test(test, it_serves_every_pair, 0, PAIRS);
  tcase_add_loop_test(test, odd_priors_are_followed, 0, 2);
  tcase_add_loop_test(test, one_hot_rows_are_shared_out, 0, 2);
  tcase_add_test(test, rounds_solve_what_newton_cannot);
  tcase_add_test(test, rounds_that_break_down_end_in_the_whole);
  tcase_add_test(test, a_stop_leaves_labels_whole);
  tcase_add_loop_test(test, a_restart_forgets_the_batch_before, 0,
                      sizeof restarts / sizeof *restarts);
  tcase_add_loop_test(test, threads_and_kind_of_labels_change_no_bit, 0, SPECS);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
