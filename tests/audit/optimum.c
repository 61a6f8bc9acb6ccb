/* A path-following interior point in quad. The unknowns are y, each row's
 * multiplier mu_i and (collision) t_i, and nu; at the optimum, with F scaled by
 * M and the slacks s_ik = mu_i - t_i c_ik - nu_k,
 *
 *   s_ik y_ik = w_ik + tau,   t_i (sigma_i . y_i) = 1,   nu_k z_k = lambda u_k
 *
 * (weak: nu_k = -lambda (ln(z_k / u_k) + 1)), where c = sigma (collision), ln
 * sigma (shannon, t = 1) or 0 (reverse, with w = sigma), and tau falls to
 * nothing. Newton's method aims at one tau until it is there, then at a smaller
 * one. Nothing here is trusted: the bracket is F and g at what it ends with. */
#include "tests/audit/truth.h"

#include <math.h>
#include <stdlib.h>

typedef struct path {
  const ys_objective *f;
  size_t rows, n;
  quad tau;
  quad *c, *w, *y, *s;       /* M x K; y = s = 0 off the support */
  quad *dy, *ds, *d, *q, *e; /* M x K */
  quad *t, *x, *mu, *dt, *dmu, *mean, *stiff, *mass, *r, *pull; /* M */
  quad *nu, *z, *dnu, *dz, *rhs;                                /* K */
  quad *schur;                                                  /* K x K */
  size_t *pivot;                                                /* M */
  bool *held; /* M x K: on the support */
  bool *gone; /* K: classes that no row can hold (shannon, weak) */
  quad *room;
} path;

static bool is_collision(const path *p) {
  return p->f->loss == YS_COLLISION;
}

static bool is_strong(const path *p) {
  return p->f->fairness == YS_STRONG;
}

/* ------------------------------------------------------------- memory ---- */

static void path_free(path *p) {
  free(p->room);
  free(p->held);
  free(p->gone);
  free(p->pivot);
}

static bool path_alloc(path *p, const ys_objective *f) {
  const size_t rows = f->batch->rows, n = f->batch->classes;
  *p = (path){.f = f, .rows = rows, .n = n};
  quad **large[] = {&p->c,  &p->w, &p->y, &p->s, &p->dy,
                    &p->ds, &p->d, &p->q, &p->e};
  quad **tall[] = {&p->t,    &p->x,     &p->mu,   &p->dt, &p->dmu,
                   &p->mean, &p->stiff, &p->mass, &p->r,  &p->pull};
  quad **wide[] = {&p->nu, &p->z, &p->dnu, &p->dz, &p->rhs};
  p->room = calloc(9 * rows * n + 10 * rows + 5 * n + n * n, sizeof(quad));
  p->held = calloc(rows * n, sizeof *p->held);
  p->gone = calloc(n, sizeof *p->gone);
  p->pivot = calloc(rows, sizeof *p->pivot);
  if (!p->room || !p->held || !p->gone || !p->pivot)
    return false;
  quad *next = p->room;
  for (size_t i = 0; i < 9; i++, next += rows * n)
    *large[i] = next;
  for (size_t i = 0; i < 10; i++, next += rows)
    *tall[i] = next;
  for (size_t i = 0; i < 5; i++, next += n)
    *wide[i] = next;
  p->schur = next;
  return true;
}

/* -------------------------------------------------------------- start ---- */

static void find_sums(path *p) {
  for (size_t k = 0; k < p->n; k++)
    p->z[k] = 0;
  for (size_t i = 0; i < p->rows; i++) {
    p->x[i] = 0;
    for (size_t k = 0; k < p->n; k++) {
      p->x[i] += p->c[i * p->n + k] * p->y[i * p->n + k];
      p->z[k] += p->y[i * p->n + k] / p->rows;
    }
  }
}

static void begin_data(path *p) {
  const ys_loss loss = p->f->loss;
  for (size_t i = 0; i < p->rows; i++) {
    size_t count = 0;
    for (size_t k = 0; k < p->n; k++) {
      size_t e = i * p->n + k;
      quad sigma = p->f->batch->sigma[e];
      p->held[e] = loss != YS_SHANNON || sigma > 0;
      count += p->held[e];
      p->c[e] = loss == YS_COLLISION               ? sigma
                : loss == YS_SHANNON && p->held[e] ? logq(sigma)
                                                   : 0;
      p->w[e] = loss == YS_REVERSE ? sigma : 0;
    }
    for (size_t k = 0; k < p->n; k++)
      p->y[i * p->n + k] = p->held[i * p->n + k] ? (quad)1 / count : 0;
  }
}

/* mu so far above every gain that all slacks are nearly alike: products are
 * then within a tenth of tau K^-1. */
static void begin_duals(path *p) {
  quad spread = 1;
  for (size_t k = 0; k < p->n; k++)
    p->nu[k] = p->gone[k] ? (quad)INFINITY
               : is_strong(p)
                   ? p->f->lambda * (quad)p->f->prior[k] / p->z[k]
                   : -p->f->lambda * (logq(p->z[k] / p->f->prior[k]) + 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < p->rows; i++) {
      quad most = -(quad)INFINITY, least = INFINITY;
      p->t[i] = is_collision(p) ? 1 / p->x[i] : p->f->loss == YS_SHANNON;
      for (size_t k = 0; k < p->n; k++) {
        size_t e = i * p->n + k;
        quad gain = p->t[i] * p->c[e] + p->nu[k];
        if (!p->held[e])
          continue;
        most = gain > most ? gain : most;
        least = gain < least ? gain : least;
      }
      spread = most - least > spread ? most - least : spread;
      p->mu[i] = most + 4 * spread;
      for (size_t k = 0; k < p->n; k++) {
        size_t e = i * p->n + k;
        p->s[e] = p->held[e] ? p->mu[i] - p->t[i] * p->c[e] - p->nu[k] : 0;
      }
    }
  p->tau = 4 * spread / p->n;
}

/* False if a class of strong fairness has no support: F is infinite. One of
 * weak fairness stays empty, and nu_k = infinity is its best. */
static bool begin(path *p) {
  begin_data(p);
  find_sums(p);
  for (size_t k = 0; k < p->n; k++) {
    p->gone[k] = !(p->z[k] > 0);
    if (p->gone[k] && is_strong(p))
      return false;
  }
  begin_duals(p);
  return true;
}

/* ---------------------------------------------------- Newton's system ---- */

/* With d = y / s: mean c under d (mass: sum of d but the pivot's), the row's
 * stiffness V + x / t with V = sum d (c - mean)^2, and q = d (c - mean). All
 * differences are to the pivot, the class of largest d, so that nothing
 * cancels as it outgrows the others. */
static void reduce_row(path *p, size_t i) {
  const size_t n = p->n;
  const quad *c = p->c + i * n;
  quad *d = p->d + i * n, *q = p->q + i * n, shift = 0, spread = 0;
  size_t top = 0;
  for (size_t k = 0; k < n; k++) {
    d[k] = p->held[i * n + k] ? p->y[i * n + k] / p->s[i * n + k] : 0;
    top = d[k] > d[top] ? k : top;
  }
  p->pivot[i] = top;
  p->mass[i] = 0;
  for (size_t k = 0; k < n; k++)
    if (k != top) {
      p->mass[i] += d[k];
      shift += d[k] * (c[k] - c[top]);
    }
  shift /= p->mass[i] + d[top];
  p->mean[i] = c[top] + shift;
  q[top] = 0;
  for (size_t k = 0; k < n; k++)
    if (k != top) {
      quad off = c[k] - c[top] - shift;
      spread += d[k] * off * off;
      q[k] = d[k] * off;
      q[top] -= q[k];
    }
  spread += d[top] * shift * shift;
  p->stiff[i] = is_collision(p) ? spread + p->x[i] / p->t[i] : 0;
}

/* Add the row's part of M dz = ... + (P - q q^T / stiff) dnu, P = diag(d) - d
 * d^T / D, a Laplacian: its diagonal is the sum of what stands beside. */
static void add_row(path *p, size_t i) {
  const size_t n = p->n;
  const quad *d = p->d + i * n, *q = p->q + i * n;
  const quad whole = p->mass[i] + d[p->pivot[i]];
  for (size_t k = 0; k < n; k++) {
    quad part = d[k] / whole;
    quad bend = is_collision(p) ? q[k] / p->stiff[i] : 0;
    if (d[k] == 0)
      continue;
    for (size_t l = 0; l < k; l++) {
      quad weight = part * d[l];
      p->schur[k * n + l] -= weight + bend * q[l];
      p->schur[k * n + k] += weight;
      p->schur[l * n + l] += weight;
    }
    p->schur[k * n + k] -= bend * q[k];
  }
}

static quad bend_of(const path *p, size_t k) {
  return is_strong(p) ? p->rows * p->z[k] / p->nu[k]
                      : p->rows * p->z[k] / p->f->lambda;
}

/* Lower Cholesky factor in place. */
static bool factor(path *p) {
  const size_t n = p->n;
  quad *a = p->schur;
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l <= k; l++) {
      quad sum = a[k * n + l];
      for (size_t j = 0; j < l; j++)
        sum -= a[k * n + j] * a[l * n + j];
      if (l < k)
        a[k * n + l] = sum / a[l * n + l];
      else if (sum > 0)
        a[k * n + k] = sqrtq(sum);
      else
        return false;
    }
  return true;
}

static void solve(const path *p, quad *b) {
  const size_t n = p->n;
  const quad *a = p->schur;
  for (size_t k = 0; k < n; k++) {
    for (size_t l = 0; l < k; l++)
      b[k] -= a[k * n + l] * b[l];
    b[k] /= a[k * n + k];
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t l = k + 1; l < n; l++)
      b[k] -= a[l * n + k] * b[l];
    b[k] /= a[k * n + k];
  }
}

/* The row's answer to dnu = 0: dy = f + q r / stiff, into dy. */
static void push_row(path *p, size_t i) {
  const size_t n = p->n, top = p->pivot[i];
  const quad *d = p->d + i * n, *q = p->q + i * n;
  quad *e = p->e + i * n, *dy = p->dy + i * n, sum = 0, lean = 0, rest = 1;
  for (size_t k = 0; k < n; k++) {
    size_t at = i * n + k;
    rest -= p->y[at];
    e[k] = p->held[at] ? (p->w[at] + p->tau) / p->s[at] - p->y[at] : 0;
    sum += e[k];
    lean += (p->c[at] - p->mean[i]) * e[k];
  }
  p->r[i] =
      is_collision(p) ? (1 / p->t[i] - p->x[i]) - lean - p->mean[i] * rest : 0;
  p->pull[i] = sum - rest;
  quad whole = p->mass[i] + d[top], lever = 0;
  if (is_collision(p))
    lever = p->r[i] / p->stiff[i];
  dy[top] = rest;
  for (size_t k = 0; k < n; k++)
    if (k != top) {
      dy[k] = e[k] - d[k] / whole * p->pull[i] + q[k] * lever;
      dy[top] -= dy[k];
    }
}

static bool find_dnu(path *p) {
  const size_t n = p->n;
  const quad lambda = p->f->lambda;
  for (size_t e = 0; e < n * n; e++)
    p->schur[e] = 0;
  for (size_t i = 0; i < p->rows; i++) {
    reduce_row(p, i);
    add_row(p, i);
    push_row(p, i);
  }
  for (size_t k = 0; k < n; k++) {
    quad u = p->f->prior[k], bend = p->gone[k] ? 1 : bend_of(p, k);
    p->schur[k * n + k] += bend;
    p->rhs[k] = is_strong(p)
                    ? p->rows * (lambda * u / p->nu[k] - p->z[k])
                    : -bend * (p->nu[k] + lambda * (logq(p->z[k] / u) + 1));
    if (p->gone[k])
      p->rhs[k] = 0;
    for (size_t i = 0; i < p->rows; i++)
      p->rhs[k] -= p->dy[i * n + k];
    p->dnu[k] = p->rhs[k];
  }
  if (!factor(p))
    return false;
  solve(p, p->dnu);
  return true;
}

/* dy, dmu, dt and ds of a row from dnu. ds is taken from the product where y is
 * the larger, else from the multipliers. */
static void finish_row(path *p, size_t i) {
  const size_t n = p->n, top = p->pivot[i];
  const quad *d = p->d + i * n, *q = p->q + i * n;
  quad whole = p->mass[i] + d[top], turn = 0, drift = 0;
  for (size_t k = 0; k < n; k++) {
    turn += q[k] * (p->dnu[k] - p->dnu[top]);
    drift += d[k] * (p->dnu[k] - p->dnu[top]);
  }
  drift = p->dnu[top] + drift / whole;
  p->dt[i] = is_collision(p) ? (p->r[i] - turn) / p->stiff[i] : 0;
  p->dmu[i] = p->pull[i] / whole + drift + p->mean[i] * p->dt[i];
  quad *dy = p->dy + i * n, rest = 1;
  for (size_t k = 0; k < n; k++)
    rest -= p->y[i * n + k];
  dy[top] = rest;
  for (size_t k = 0; k < n; k++)
    if (k != top && p->held[i * n + k]) {
      dy[k] = p->e[i * n + k] -
              d[k] * (p->dmu[i] - p->c[i * n + k] * p->dt[i] - p->dnu[k]);
      dy[top] -= dy[k];
    }
  for (size_t k = 0; k < n; k++) {
    size_t e = i * n + k;
    if (!p->held[e])
      p->ds[e] = 0;
    else if (p->y[e] > p->s[e])
      p->ds[e] = (p->w[e] + p->tau - p->s[e] * (p->y[e] + dy[k])) / p->y[e];
    else
      p->ds[e] = p->dmu[i] - p->c[e] * p->dt[i] - p->dnu[k];
  }
}

/* ------------------------------------------------------------- moving ---- */

static void limit(quad value, quad change, quad *step) {
  if (value + *step * change < value / 10)
    *step = -(quad)9 / 10 * value / change;
}

static quad longest_step(const path *p) {
  quad step = 1;
  for (size_t e = 0; e < p->rows * p->n; e++)
    if (p->held[e]) {
      limit(p->y[e], p->dy[e], &step);
      limit(p->s[e], p->ds[e], &step);
    }
  for (size_t i = 0; is_collision(p) && i < p->rows; i++)
    limit(p->t[i], p->dt[i], &step);
  for (size_t k = 0; is_strong(p) && k < p->n; k++)
    limit(p->nu[k], p->dnu[k], &step);
  return step;
}

static void move(path *p, quad step) {
  for (size_t e = 0; e < p->rows * p->n; e++) {
    p->y[e] += step * p->dy[e];
    p->s[e] += step * p->ds[e];
  }
  for (size_t i = 0; i < p->rows; i++) {
    p->t[i] += step * p->dt[i];
    p->mu[i] += step * p->dmu[i];
  }
  for (size_t k = 0; k < p->n; k++)
    p->nu[k] += step * p->dnu[k];
  find_sums(p);
}

static void see(quad ratio, quad *worst) {
  quad off = ratio > 1 ? ratio - 1 : 1 / ratio - 1;
  *worst = off > *worst ? off : *worst;
}

/* How far the products are from their targets, as a ratio less 1. */
static quad distance(const path *p) {
  quad worst = 0;
  for (size_t e = 0; e < p->rows * p->n; e++)
    if (p->held[e])
      see(p->s[e] * p->y[e] / (p->w[e] + p->tau), &worst);
  for (size_t i = 0; is_collision(p) && i < p->rows; i++)
    see(p->t[i] * p->x[i], &worst);
  for (size_t k = 0; k < p->n; k++) {
    quad u = p->f->prior[k];
    if (p->gone[k])
      continue;
    if (is_strong(p))
      see(p->nu[k] * p->z[k] / (p->f->lambda * u), &worst);
    else
      see(p->z[k] / u * expq(1 + p->nu[k] / p->f->lambda), &worst);
  }
  return worst;
}

/* ------------------------------------------------------------ the path ---- */

/* From tau to tau; the fall is steeper while Newton's method needs few steps to
 * be near again. */
static bool follow(path *p) {
  const quad last = (quad)1e-20;
  quad fall = (quad)0.1;
  int since = 0;
  for (int iteration = 0; iteration < 600; iteration++) {
    if (distance(p) < (quad)0.3) {
      if (p->tau <= last)
        return true;
      fall = since <= 2 ? fall * (quad)0.3 : since >= 5 ? sqrtq(fall) : fall;
      fall = fall < (quad)1e-4  ? (quad)1e-4
             : fall > (quad)0.5 ? (quad)0.5
                                : fall;
      p->tau = p->tau * fall > last ? p->tau * fall : last;
      since = 0;
    }
    if (!find_dnu(p))
      return false;
    for (size_t i = 0; i < p->rows; i++)
      finish_row(p, i);
    move(p, longest_step(p));
    since++;
  }
  return false;
}

/* lambda = 0: all of a row on its largest sigma, or y = sigma (reverse). */
static void without_fairness(const ys_objective *f, quad *y, quad *nu) {
  const size_t n = f->batch->classes;
  for (size_t i = 0; i < f->batch->rows; i++) {
    const double *sigma = f->batch->sigma + i * n;
    size_t top = 0;
    for (size_t k = 0; k < n; k++) {
      top = sigma[k] > sigma[top] ? k : top;
      y[i * n + k] = f->loss == YS_REVERSE ? sigma[k] : 0;
    }
    if (f->loss != YS_REVERSE)
      y[i * n + top] = 1;
  }
  for (size_t k = 0; k < n; k++)
    nu[k] = 0;
}

bool truth_bracket_optimum(const ys_objective *f, truth_bracket *bracket) {
  path p;
  bool found = path_alloc(&p, f);
  if (found && f->lambda == 0)
    without_fairness(f, p.y, p.nu);
  else if (found)
    found = begin(&p) && follow(&p);
  if (found) {
    bracket->lower = truth_dual(f, p.nu);
    bracket->upper = truth_value_quad(f, p.y);
    bracket->level = 0;
    for (size_t i = 0; i < p.rows; i++)
      bracket->level += fabs((double)p.mu[i]) / (double)p.rows;
    found = bracket->upper - bracket->lower <=
            (quad)1e-15 * (1 + fabsq(bracket->upper));
  }
  path_free(&p);
  return found;
}
