/* What the exact solver knows of rows: looks, candidates, answers and what they
 * weigh in Newton's matrix, against their definitions. */
#include "problems/problem.h"
#include "solvers/exact/newton.h"
#include "tests/support/fixture.h"

#include <string.h>

/* A batch, multipliers, and a look at its rows. */
typedef struct view {
  fixture f;
  ys_work work;
  ys_look look;
  ys_memory memory;
  double nu[64], tilt[64];
} view;

static void view_batch(view *v, ys_batch batch, double lambda) {
  const size_t rows = batch.rows, n = batch.classes;
  memset(v, 0, sizeof *v);
  setup(&v->f, batch, 0, lambda, NULL);
  v->work = (ys_work){.objective = &v->f.objective,
                      .rows = rows,
                      .classes = n,
                      .entries = rows * n};
  v->work.scratch = v->f.scratch;
  ys_look_init(&v->look, &v->memory, rows, n);
}

static void open_view(view *v, gsl_rng *rng, size_t rows, size_t n) {
  const row_kind kind = (row_kind)gsl_rng_uniform_int(rng, 3);
  double most = 0;
  view_batch(v, random_batch(rng, kind, rows, n), 1);
  for (size_t k = 0; k < n; k++) {
    v->nu[k] = 0.5 + 2 * gsl_rng_uniform(rng);
    most = fmax(most, v->nu[k]);
  }
  for (size_t k = 0; k < n; k++)
    v->tilt[k] = exp(v->nu[k] - most);
}

static void look_as_far_as(view *v, double exact) {
  ys_look_at(&v->work, ys_look_every(&v->f.batch, 1), v->nu, v->tilt, exact,
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
  view v;
  open_view(&v, rng, rows, n);
  const ys_look_sample sample = ys_look_every(&v.f.batch, 5);
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
      const ys_batch batch = {.rows = rows[r], .classes = 10};
      const ys_look_sample sample = ys_look_every(&batch, stride);
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

/* What ranks look at of a sample is the whole sample, each tile once. */
START_TEST(a_sample_is_shared_out) {
  static const size_t rows[] = {4100, 50001, 200003};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (size_t stride = 1; stride < 4000; stride = 3 * stride + 1) {
      const ys_batch whole = {.rows = rows[r], .classes = 100};
      const ys_look_sample all = ys_look_every(&whole, stride);
      for (size_t count = 1; count <= 7; count++) {
        size_t tile = 0;
        for (size_t rank = 0; rank < count; rank++) {
          const ys_ranks ranks = {.rank = rank, .count = count};
          ys_batch own = {
              .classes = 100, .ranks = &ranks, .whole_rows = rows[r]};
          const ys_share share = ys_batch_share(&own);
          own.rows = ys_share_blocks(&share).rows;
          const ys_look_sample part = ys_look_every(&own, stride);
          ck_assert_uint_eq(ys_look_rows(part), ys_look_rows(all));
          for (size_t t = 0; t < ys_look_tiles(part); t++, tile++)
            ck_assert_uint_eq(ys_look_row(part, t) + ys_share_first_row(&share),
                              ys_look_row(all, tile));
        }
        ck_assert_uint_eq(tile, ys_look_tiles(all));
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
    ys_candidates_init(&c, &memory, v.work.objective, rows * n);
    ys_candidates_init_answers(&c, &memory, v.work.objective);
    ck_assert(ys_candidates_take(&c, &v.work, ys_look_every(&v.f.batch, 1),
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

/* Nor need a row see the class that its answer was at last. */
START_TEST(answers_begin_anywhere) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const size_t rows = shapes[s][0], n = shapes[s][1];
    ys_candidates c = {0};
    double ybar[64];
    view v;
    open_view(&v, rng, rows, n);
    for (size_t i = 0; i < rows; i++)
      v.f.batch.sigma[i * n + i % n] = 0;
    look_at(&v);
    ys_candidates_init(&c, &v.memory, v.work.objective, rows * n);
    ys_candidates_init_answers(&c, &v.memory, v.work.objective);
    ck_assert(ys_candidates_take(&c, &v.work, ys_look_every(&v.f.batch, 1),
                                 &v.look, v.nu, 1e300));
    for (size_t i = 0; i < rows; i++)
      c.answer[i].low = c.answer[i].high = (uint32_t)(i % n);
    ys_candidates_ask(&c, &v.work, v.nu, &(ys_window){0.1, NULL}, ybar);
    for (size_t i = 0; i < rows; i++) {
      double y[64] = {0};
      y[c.answer[i].low] += 1 - c.answer[i].share;
      y[c.answer[i].high] += c.answer[i].share;
      assert_optimal(v.f.batch.sigma + i * n, v.nu, y, n);
    }
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
  ys_candidates_init(&c, &memory, v.work.objective, rows * n);
  c.wanted = wishes;
  c.wishes = 3;
  ck_assert(ys_candidates_choose(&c, &v.work, ys_look_every(&v.f.batch, 1),
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
  const size_t rows = 9001, n = 40;
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
  const ys_look_sample all = ys_look_every(&v.f.batch, 1);
  ys_candidates_init(&c, &memory, v.work.objective, 1 << 17);
  ck_assert(ys_candidates_choose(&c, &v.work, all, &v.look, v.nu, width));
  ck_assert_uint_eq(c.rows, rows);
  for (size_t i = 0; i < rows; i++) {
    ck_assert_uint_eq(c.row[i], i);
    ck_assert_uint_eq(c.begin[i + 1] - c.begin[i], i < 500 ? n : 2);
    for (size_t e = c.begin[i]; e < c.begin[i + 1]; e++)
      ck_assert(c.sigma[e] == v.f.batch.sigma[i * n + c.held[e]]);
  }
  ys_candidates_init(&tight, &memory, v.work.objective, c.entries);
  ck_assert(ys_candidates_choose(&tight, &v.work, all, &v.look, v.nu, width));
  ck_assert_uint_eq(tight.entries, c.entries);
  ck_assert(!memcmp(tight.begin, c.begin, (rows + 1) * sizeof *c.begin));
  ck_assert(!memcmp(tight.held, c.held, c.entries * sizeof *c.held));
  ck_assert(!memcmp(tight.sigma, c.sigma, c.entries * sizeof *c.sigma));
  ys_candidates_init(&tight, &memory, v.work.objective, c.entries - 1);
  ck_assert(!ys_candidates_choose(&tight, &v.work, all, &v.look, v.nu, width));

  for (size_t i = 0; i < rows; i += 3)
    v.look.slack[i] = 1;
  ys_candidates_glance(&c, &v.work, all, &v.look, v.nu,
                       &(ys_window){width, NULL}, mean);
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

  /* Where only class 0 has moved, its pairs alone have the whole window. */
  double moved[64] = {2 * width}, same[64];
  const ys_window narrow = {width, moved};
  for (size_t i = 1; i < rows; i += 3)
    v.look.slack[i] = (float)width / 2;
  ys_candidates_glance(&c, &v.work, all, &v.look, v.nu, &narrow, same);
  for (j = 0; j < near; j++) {
    const ys_answer *a = &c.answer[j];
    const bool is_near = j % 2 == 1 || a->low == 0 || a->high == 0;
    ck_assert((c.border[j].weight > 0) == is_near);
  }
  ys_give_back(&memory);
  close_view(&v);
  gsl_rng_free(rng);
}
END_TEST

/* ----------------------------------------------------------- tallies ---- */

/* In another order, and by another number of threads, the same bits; and as
 * near to the sum as units are small. */
static double add_terms(const double *term, size_t count, size_t step,
                        int threads, double largest) {
  const ys_batch batch = {.rows = 1, .classes = 2};
  const ys_objective objective = {.batch = &batch, .threads = threads};
  const ys_unit unit = ys_unit_of(count, largest);
  ys_memory memory = {0};
  ys_tally tally = {0};
  ys_tally_init(&tally, &memory, &objective, 1);
  ys_tally_begin(&tally, 1, threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t i = 0; i < count; i++)
    ys_tally_own(&tally)[0] += ys_units(unit, term[i * step % count]);
  const double sum = ys_from_units(unit, ys_tally_total(&tally)[0]);
  ys_give_back(&memory);
  return sum;
}

START_TEST(tallies_have_no_order) {
  enum { TERMS = 4099 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int e = -40; e <= 40; e += 8) {
    const double largest = ldexp(1 + gsl_rng_uniform(rng), e);
    double term[TERMS], sum = 0;
    for (size_t i = 0; i < TERMS; i++)
      sum += term[i] = largest * (2 * gsl_rng_uniform(rng) - 1);
    const double found = add_terms(term, TERMS, 1, 1, largest);
    for (size_t step = 2; step < TERMS; step *= 5)
      for (int threads = 1; threads <= 5; threads += 2)
        ck_assert(add_terms(term, TERMS, step, threads, largest) == found);
    ck_assert_double_eq_tol(found, sum, 1e-9 * largest);
  }
  gsl_rng_free(rng);
}
END_TEST

/* No term is beyond its bounds, whatever it is. */
START_TEST(units_have_bounds) {
  const double odd[] = {3, -3, INFINITY, -INFINITY, NAN};
  const double as[] = {2, -2, 2, -2, 2};
  const ys_unit unit = ys_unit_of(1000000, 2);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    ck_assert(ys_from_units(unit, ys_units(unit, odd[i])) == as[i]);
  ck_assert(ys_from_units(unit, ys_units(unit, 0.5)) == 0.5);
  ck_assert(ys_units(unit, 2) <= INT64_MAX / 1000000);
  const double none[] = {0, INFINITY, NAN};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    const ys_unit nothing = ys_unit_of(7, none[i]);
    ck_assert(ys_from_units(nothing, ys_units(nothing, 1)) == 0);
    ck_assert(ys_from_units(nothing, ys_units(nothing, NAN)) == 0);
  }
}
END_TEST

/* ------------------------------------------------------ what weighs ---- */

/* All classes of all rows, and their answers at nu, which follow from those
 * that the choice has left. */
static void ask_all(view *v, ys_candidates *c, const ys_window *window) {
  const size_t rows = v->work.rows, n = v->work.classes;
  double ybar[64];
  look_at(v);
  ys_candidates_init(c, &v->memory, v->work.objective, rows * n);
  ys_candidates_init_answers(c, &v->memory, v->work.objective);
  ck_assert(ys_candidates_take(c, &v->work, ys_look_every(&v->f.batch, 1),
                               &v->look, v->nu, 1e300));
  ys_candidates_ask(c, &v->work, v->nu, window, ybar);
}

static double width_of(const ys_window *window, size_t a, size_t b) {
  if (!window->moved)
    return window->widest;
  const double half = fabs(window->moved[a] - window->moved[b]) / 2;
  return fmax(0.05 * window->widest, fmin(window->widest, half));
}

static void add_pair(double *pairs, size_t n, size_t a, size_t b,
                     double weight) {
  pairs[a * n + b] += weight;
  pairs[b * n + a] += weight;
}

/* A row's weights by their definition, added to those of pairs of classes; and
 * against its border, where there is one. Returns whether a share flips. */
static bool weigh(const view *v, const ys_answer *a, const ys_border *border,
                  size_t i, const ys_window *window, double *pairs) {
  const size_t n = v->work.classes;
  const double *sigma = v->f.batch.sigma + i * n, *nu = v->nu;
  const bool two = a->share > 0;
  const double t = 1 / ((1 - a->share) * sigma[a->low] +
                        (two ? a->share * sigma[a->high] : 0));
  const double top = t * sigma[a->low] + nu[a->low];
  double below = -INFINITY;
  size_t third = n, given = n;
  for (size_t k = 0; k < n; k++) {
    const double line = t * sigma[k] + nu[k];
    const size_t place = two && t * sigma[k] > 1 ? a->high : a->low;
    if (k != a->low && !(two && k == a->high) && line > below &&
        line > top - width_of(window, place, k)) {
      below = line;
      third = k;
      given = place;
    }
  }
  const size_t next = two ? a->high : third;
  double weight = 0, flip = 0;
  if (next < n) {
    const double d = nu[a->low] - nu[next];
    weight = 1 / (d * d + 2 * width_of(window, a->low, next));
    ck_assert_uint_eq(a->high, next);
    add_pair(pairs, n, a->low, next, weight);
  }
  if (two && third < n) {
    flip = (given == a->high ? a->share : 1 - a->share) /
           (2 * width_of(window, given, third));
    ck_assert(!border || (border->third == third && border->given == given));
    add_pair(pairs, n, given, third, flip);
  }
  if (border) {
    ck_assert_double_eq_tol((double)border->weight, weight,
                            1e-5 * (1 + weight));
    ck_assert_double_eq_tol((double)border->flip, flip, 1e-5 * (1 + flip));
  }
  return flip > 0;
}

START_TEST(second_and_third_lines_weigh_within_their_windows) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  size_t flips = 0;
  double moved[64];
  for (size_t k = 0; k < 64; k++)
    moved[k] = 0.4 * sin((double)(k * k));
  for (size_t s = 0; s < 2 * sizeof shapes / sizeof *shapes; s++) {
    const ys_window window = {0.2, s % 2 ? moved : NULL};
    double pairs[64 * 64] = {0};
    ys_candidates c = {0};
    view v;
    open_view(&v, rng, shapes[s / 2][0], shapes[s / 2][1]);
    ask_all(&v, &c, &window);
    for (size_t i = 0; i < c.rows; i++)
      flips += weigh(&v, &c.answer[i], c.border ? &c.border[i] : NULL, i,
                     &window, pairs);
    for (size_t k = 0; c.pairs && k < v.work.classes * v.work.classes; k++)
      ck_assert_double_eq_tol(c.pairs[k], pairs[k], 1e-9 * (1 + pairs[k]));
    close_view(&v);
  }
  ck_assert_uint_ge(flips, 50);
  gsl_rng_free(rng);
}
END_TEST

/* Where rare classes tie as second choice of thousands of sure rows, Newton's
 * method comes to the optimum of the dual function by itself: without third
 * lines its steps are cut to nothing on the way. */
START_TEST(newton_knows_classes_that_tie) {
  ys_batch batch;
  ys_candidates c = {0};
  ys_newton newton = {0};
  view v;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=20000,K=10,scale=3,skew=3", 1, &batch, NULL),
      YS_OK);
  view_batch(&v, batch, 10);
  for (size_t k = 0; k < 10; k++) {
    v.nu[k] = 10;
    v.tilt[k] = 1;
  }
  look_at(&v);
  ys_candidates_init(&c, &v.memory, v.work.objective, 200000);
  ys_newton_init(&newton, &v.memory, &v.work, &c);
  ck_assert(ys_candidates_take(&c, &v.work, ys_look_every(&v.f.batch, 1),
                               &v.look, v.nu, 1e300));
  memcpy(newton.nu, v.nu, 10 * sizeof *v.nu);
  ys_newton_solve(&newton, 1e300, 0, 1e-8, 0);
  ck_assert_double_le(newton.gap, 1e-8);
  /* a share of the first gap is enough, if no more is asked for */
  memcpy(newton.nu, v.nu, 10 * sizeof *v.nu);
  ys_newton_solve(&newton, 1e300, 0, 0, 0.1);
  ck_assert_double_le(newton.gap, 0.1 * newton.first);
  ck_assert_double_gt(newton.gap, 1e-8);
  close_view(&v);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("looks");
  TCase *test = tcase_create("looks");
  tcase_set_timeout(test, 600);
  tcase_add_test(test, a_look_finds_vertex_and_slack);
  tcase_add_test(test, a_row_stays_decided_within_its_slack);
  tcase_add_test(test, a_look_again_reads_what_is_in_doubt);
  tcase_add_test(test, a_look_at_all_rows_knows_the_sample);
  tcase_add_test(test, a_decided_row_is_not_read_again);
  tcase_add_test(test, a_sample_is_of_different_tiles);
  tcase_add_test(test, a_sample_is_shared_out);
  tcase_add_test(test, answers_are_the_rows_optima);
  tcase_add_test(test, answers_begin_anywhere);
  tcase_add_test(test, candidates_are_what_is_near);
  tcase_add_test(test, blocks_are_brought_together);
  tcase_add_test(test, tallies_have_no_order);
  tcase_add_test(test, units_have_bounds);
  tcase_add_test(test, second_and_third_lines_weigh_within_their_windows);
  tcase_add_test(test, newton_knows_classes_that_tie);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
