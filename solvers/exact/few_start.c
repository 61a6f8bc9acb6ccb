#include "solvers/exact/few_start.h"

#include "problems/vector/simd.h"
#include "solvers/fw/pairwise.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void ys_few_start_init(ys_few_start *s, ys_memory *memory,
                       const ys_work *work) {
  static const char what[] = "the start of few rows";
  const size_t n = work->classes;
  s->work = work;
  s->means = (ys_running_means){.objective = work->objective,
                                .share = 1 / (double)work->rows};
  s->means.mean = ys_take_numbers(memory, n, what);
  s->means.nu = ys_take_numbers(memory, n, what);
  s->t = ys_take_numbers(memory, work->rows, what);
  s->pace = ys_take_numbers(memory, work->rows, what);
  s->tilt = ys_take(memory, n, sizeof *s->tilt, what);
  s->sigma = ys_take(memory, n, sizeof *s->sigma, what);
  s->weight = ys_take(memory, n, sizeof *s->weight, what);
  s->most = ys_take_numbers(memory, n, what);
  s->keeper = ys_take(memory, n, sizeof *s->keeper, what);
  s->room = ys_take_numbers(memory, n, what);
}

/* -------------------------------------------------------- smoothing ----
 *
 * The dual function with max_k (t sigma_k + nu_k) smoothed to
 *
 *   eps ln sum_k exp((t sigma_k + nu_k) / eps),
 *
 * whose rows have y_k proportional to exp((t sigma_k + nu_k) / eps). Its
 * maximum is approached by turns: t by a Newton step for each row, then nu as
 * if the rows' normalisations stayed (Sinkhorn's iteration, with the fairness
 * term in place of given column sums). In single precision: nothing exact is
 * asked of it. */

/* e^x for x <= 0, to a millionth. */
YS_INLINE float exponential(float x) {
  const float round = 0x1.8p23f;
  const float shifted = x * 0x1.715476p0f + round;
  const float whole = shifted - round;
  const float r = x - whole * 0x1.62e43p-1f;
  float p = 1 / 120.0f;
  p = p * r + 1 / 24.0f;
  p = p * r + 1 / 6.0f;
  p = p * r + 0.5f;
  p = 1 + (r + r * r * p);
  uint32_t bits;
  float power;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  memcpy(&power, &bits, sizeof power);
  return x < -80 ? 0 : p * power;
}

typedef struct moments {
  float sum, x, xx; /* of w, w sigma, w sigma^2 */
} moments;

YS_HOT static moments weigh(const float *restrict sigma,
                            const float *restrict tilt, float t,
                            float *restrict w, size_t n) {
  float top = -INFINITY, sum = 0, x = 0, xx = 0;
#pragma omp simd reduction(max : top)
  for (size_t k = 0; k < n; k++) {
    const float c = t * sigma[k] + tilt[k];
    top = c > top ? c : top;
  }
#pragma omp simd reduction(+ : sum, x, xx)
  for (size_t k = 0; k < n; k++) {
    const float e = exponential(t * sigma[k] + tilt[k] - top);
    const float es = e * sigma[k];
    w[k] = e;
    sum += e;
    x += es;
    xx += es * sigma[k];
  }
  return (moments){sum, x, xx};
}

YS_HOT static void narrow(const double *restrict from, float *restrict to,
                          size_t n) {
  for (size_t k = 0; k < n; k++)
    to[k] = (float)from[k];
}

YS_HOT static void add_row(const float *restrict w, float share,
                           double *restrict to, size_t n) {
  for (size_t k = 0; k < n; k++)
    to[k] += (double)(share * w[k]);
}

static const float *read_row(ys_few_start *s, size_t i) {
  const size_t n = s->work->classes;
  narrow(ys_batch_rows(s->work->objective->batch, i, 1, s->room), s->sigma, n);
  return s->sigma;
}

/* Newton's step for ln t: 1 / t = x there. It may come to go back and forth
 * between two classes, and goes at half the pace then. */
static void move_t(ys_few_start *s, size_t i, moments m, double eps) {
  const double t = s->t[i], x = (double)m.x / (double)m.sum;
  const double spread = fmax((double)m.xx / (double)m.sum - x * x, 0);
  const double pull = 1 / t - x;
  const double step = pull / (1 / (t * t) + spread / eps);
  const double pace = fabs(s->pace[i]);
  const bool back = (pull > 0) != (s->pace[i] > 0);
  const double most = back ? 0.5 * pace : fmin(1.5 * pace, 1);
  s->t[i] = t * exp(fmax(fmin(step / t, most), -most));
  s->pace[i] = pull > 0 ? most : -most;
}

/* nu_k with nu_k ybar_k exp(d / eps) = lambda u_k at nu_k = before + d. */
static double matched(double before, double wanted, double ybar, double eps) {
  enum { STEPS = 6 };
  double nu = before;
  const double goal = log(wanted / fmax(ybar, 1e-30));
  for (int i = 0; i < STEPS; i++) {
    const double off = goal - log(nu) - (nu - before) / eps;
    nu = fmax(nu + off / (1 / nu + 1 / eps), 0.1 * nu);
  }
  return nu;
}

static void smooth_once(ys_few_start *s, double eps) {
  const ys_objective *o = s->work->objective;
  const size_t n = s->work->classes, rows = s->work->rows;
  double *mean = s->means.mean, *nu = s->means.nu;
  for (size_t k = 0; k < n; k++) {
    s->tilt[k] = (float)((nu[k] - o->lambda) / eps);
    mean[k] = 0;
  }
  for (size_t i = 0; i < rows; i++) {
    const float *sigma = read_row(s, i);
    moments m = weigh(sigma, s->tilt, (float)(s->t[i] / eps), s->weight, n);
    add_row(s->weight, 1 / m.sum, mean, n);
    move_t(s, i, m, eps);
  }
  for (size_t k = 0; k < n; k++)
    nu[k] =
        matched(nu[k], o->lambda * o->prior[k], mean[k] * s->means.share, eps);
}

/* Rows to y, without their small entries; but the largest of a class stays. */
static void cut(ys_few_start *s, double *y, double eps) {
  const double least = 3e-3;
  const size_t n = s->work->classes, rows = s->work->rows;
  for (size_t k = 0; k < n; k++) {
    s->tilt[k] = (float)((s->means.nu[k] - s->work->objective->lambda) / eps);
    s->most[k] = -1;
  }
  for (size_t i = 0; i < rows; i++) {
    const float *sigma = read_row(s, i);
    moments m = weigh(sigma, s->tilt, (float)(s->t[i] / eps), s->weight, n);
    for (size_t k = 0; k < n; k++) {
      const double entry = (double)(s->weight[k] / m.sum);
      y[i * n + k] = entry >= least ? entry : 0;
      if (entry > s->most[k]) {
        s->most[k] = entry;
        s->keeper[k] = (unsigned)i;
      }
    }
  }
  for (size_t k = 0; k < n; k++)
    y[s->keeper[k] * n + k] = fmax(s->most[k], 1e-6);
  for (size_t i = 0; i < rows; i++)
    ys_pairwise_normalise(y + i * n, n, 0);
}

YS_HOT static double top_of(const double *sigma, size_t n) {
  double top = 0;
#pragma omp simd reduction(ys_most : top)
  for (size_t k = 0; k < n; k++)
    top = sigma[k] > top ? sigma[k] : top;
  return top;
}

void ys_few_smooth(ys_few_start *s, double *y) {
  const ys_objective *o = s->work->objective;
  enum { PASSES = 6 };
  const double eps = 0.1;
  const size_t n = s->work->classes;
  for (size_t k = 0; k < n; k++)
    s->means.nu[k] = o->lambda;
  for (size_t i = 0; i < s->work->rows; i++) {
    s->t[i] = 1 / top_of(ys_batch_rows(o->batch, i, 1, s->room), n);
    s->pace[i] = 1;
  }
  for (int i = 0; i < PASSES; i++)
    smooth_once(s, eps);
  cut(s, y, eps);
}

/* --------------------------------------------------------- vertices ---- */

void ys_few_vertices(ys_few_start *s, double *y) {
  const size_t n = s->work->classes, rows = s->work->rows;
  memset(y, 0, rows * n * sizeof *y);
  memset(s->means.mean, 0, n * sizeof *s->means.mean);
  for (size_t k = 0; k < n; k++)
    s->most[k] = -1;
  for (size_t i = 0; i < rows; i++) {
    const double *sigma =
        ys_batch_rows(s->work->objective->batch, i, 1, s->room);
    size_t top = 0;
    for (size_t k = 0; k < n; k++) {
      top = sigma[k] > sigma[top] ? k : top;
      if (sigma[k] > s->most[k]) {
        s->most[k] = sigma[k];
        s->keeper[k] = (unsigned)i;
      }
    }
    y[i * n + top] = 1;
    s->means.mean[top]++;
  }
  for (size_t k = 0; k < n; k++)
    if (s->means.mean[k] == 0)
      y[s->keeper[k] * n + k] = 1;
  for (size_t k = 0; k < n; k++)
    if (s->means.mean[k] == 0)
      ys_pairwise_normalise(y + s->keeper[k] * n, n, 0);
}

/* ------------------------------------------------------------ sweeps ---- */

void ys_few_sweep(ys_few_start *s, double *y, int sweeps) {
  const size_t n = s->work->classes, rows = s->work->rows;
  const size_t stride = ys_pairwise_stride(rows);
  ys_running_means *means = &s->means;
  means->labels = y;
  memset(means->mean, 0, n * sizeof *means->mean);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      means->mean[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    means->mean[k] *= means->share;
  ys_means_price(means);
  for (int sweep = 0; sweep < sweeps; sweep++)
    for (size_t turn = 0, i = 0; turn < rows; turn++, i = (i + stride) % rows) {
      if (turn % 64 == 0 && ys_stop_is_wanted(s->work->stop))
        return;
      ys_pairwise_improve(
          (ys_pairwise_row){
              ys_batch_rows(s->work->objective->batch, i, 1, s->room),
              y + i * n, n, false},
          means);
    }
}
