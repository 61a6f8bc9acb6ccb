#include "tests/audit/cases.h"

#include "problems/formats/npy.h"
#include "tests/support/dense.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ------------------------------------------------------------- numbers ---- */

/* Steele, Lea and Flood's SplitMix64 (2014). */
typedef struct dice {
  uint64_t state;
} dice;

static uint64_t roll(dice *d) {
  uint64_t z = d->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double uniform(dice *d) { /* in (0, 1) */
  return ((double)(roll(d) >> 12) + 0.5) / 4503599627370496.0;
}

static size_t below(dice *d, size_t count) {
  return (size_t)(roll(d) % count);
}

static double between(dice *d, double low, double high) {
  return low + (high - low) * uniform(d);
}

/* From low to high, as likely below their geometric mean as above. */
static size_t size_between(dice *d, size_t low, size_t high) {
  double most = log((double)high + 1), least = log((double)low);
  return (size_t)exp(between(d, least, most));
}

static void divide(double *row, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row[k];
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

/* ----------------------------------------------------------- rows ---- */

enum { FLAT, PEAKED, STEEP, EXTREME, ZEROS, ONE_HOT, TINY, TIES, KINDS };
static const char *const kind_names[] = {
    "flat",     "peaked", "steep", "extreme",    "zeros",      "one-hot",
    "denormal", "ties",   "mixed", "equal rows", "tiny column"};
enum { MIXED = KINDS, EQUAL, COLUMN, BATCH_KINDS };

static void exponential_row(dice *d, double *row, size_t n) {
  for (size_t k = 0; k < n; k++)
    row[k] = -log(uniform(d));
}

static void steep_row(dice *d, double scale, double *row, size_t n) {
  double top = -INFINITY;
  for (size_t k = 0; k < n; k++)
    top = fmax(top, row[k] = scale * (uniform(d) - 0.5));
  for (size_t k = 0; k < n; k++)
    row[k] = exp(row[k] - top);
}

static void make_row(dice *d, size_t kind, double *row, size_t n) {
  static const double scales[] = {0, 8, 60, 700},
                      tiny[] = {1e-300, 1e-310, 5e-324, 1e-20};
  size_t one = below(d, n);
  if (kind == PEAKED || kind == STEEP || kind == EXTREME)
    steep_row(d, scales[kind], row, n);
  else
    exponential_row(d, row, n);
  for (size_t k = 0; k < n; k++) {
    if (kind == ONE_HOT || (kind == ZEROS && below(d, 2)))
      row[k] = 0;
    if (kind == TINY && below(d, 4))
      row[k] = tiny[below(d, 4)];
    if (kind == TIES)
      row[k] = (double)below(d, 4);
    if (k == one && kind >= ZEROS)
      row[k] = fmax(row[k], 1);
  }
  divide(row, n);
}

static void make_sigma(dice *d, audit_case *c) {
  const size_t n = c->classes, kind = below(d, BATCH_KINDS);
  const size_t common = below(d, KINDS), column = below(d, n);
  c->rows_kind = kind_names[kind];
  for (size_t i = 0; i < c->rows; i++) {
    double *row = c->sigma + i * n;
    size_t own = kind < KINDS ? kind : kind == EQUAL ? common : below(d, KINDS);
    make_row(d, own, row, n);
    if (kind == EQUAL && i > 0 && below(d, 8))
      memcpy(row, c->sigma, n * sizeof *row);
    if (kind == COLUMN && row[column] < 0.5)
      row[column] = 1e-300;
    divide(row, n);
  }
}

/* ------------------------------------------------------ prior, lambda ---- */

static void make_prior(dice *d, audit_case *c) {
  static const char *const names[] = {"uniform",     "uniform",  "2^-k",
                                      "log-uniform", "1.2^-k",   "1 and 1e-13",
                                      "one of 1",    "dirichlet"};
  const size_t n = c->classes, kind = below(d, 8), one = below(d, n);
  const double floor_of = pow(10, -between(d, 2, 12));
  c->prior_kind = names[kind];
  c->least_prior = 1 / (double)n;
  if (kind < 2)
    return;
  c->prior = calloc(n, sizeof *c->prior);
  for (size_t k = 0; k < n; k++)
    c->prior[k] = kind == 2   ? fmax(pow(2, -(double)k), 1e-12)
                  : kind == 3 ? pow(10, -between(d, 0, 12))
                  : kind == 4 ? pow(1.2, -(double)k)
                  : kind == 5 ? (k % 2 ? 1e-13 : 1)
                  : kind == 6 ? (k == one ? 1 : floor_of)
                              : -log(uniform(d));
  divide(c->prior, n);
  for (size_t k = 0; k < n; k++)
    c->least_prior = fmin(c->least_prior, c->prior[k]);
}

static double make_lambda(dice *d) {
  static const double round[] = {0, 1e-8, 1e-4, 0.1, 1, 10, 1e4, 1e8};
  return below(d, 2) ? round[below(d, 8)] : pow(10, between(d, -8, 8));
}

/* --------------------------------------------------------------- start ---- */

enum { UNIFORM, SIGMA, RANDOM, SPARSE, HARD, FAINT, STARTS };

static void start_row(dice *d, size_t kind, const double *sigma, double *row,
                      size_t n) {
  size_t one = below(d, n);
  exponential_row(d, row, n);
  for (size_t k = 0; k < n; k++) {
    if (kind == UNIFORM)
      row[k] = 1;
    if (kind == SIGMA)
      row[k] = sigma[k];
    if (kind == HARD || (kind == SPARSE && below(d, 3)))
      row[k] = 0;
    if (kind == FAINT && below(d, 2))
      row[k] = below(d, 2) ? 1e-310 : 1e-200;
    if (k == one && kind >= SPARSE)
      row[k] = 1;
  }
  divide(row, n);
}

static void make_start(dice *d, size_t kind, audit_case *c) {
  static const char *const names[] = {"uniform", "sigma",   "random",
                                      "sparse",  "one-hot", "denormal"};
  const size_t n = c->classes;
  c->start_kind = names[kind];
  for (size_t i = 0; i < c->rows; i++)
    start_row(d, kind, c->sigma + i * n, c->start + i * n, n);
}

/* ---------------------------------------------------------- as read ---- */

static bool case_alloc(audit_case *c) {
  c->sigma = calloc(c->rows * c->classes, sizeof *c->sigma);
  c->start = calloc(c->rows * c->classes, sizeof *c->start);
  c->y = calloc(c->rows * c->classes, sizeof *c->y);
  return c->sigma && c->start && c->y &&
         !ys_batch_alloc(&c->batch, "audit", c->rows, c->classes, NULL);
}

void case_free(audit_case *c) {
  ys_objective_free(&c->objective);
  ys_batch_free(&c->batch);
  free(c->sigma);
  free(c->prior);
  free(c->start);
  free(c->y);
}

/* What reading a file of these rows makes of them. */
static bool accept(const double *from, double *to, size_t rows, size_t n) {
  ys_batch batch = {.rows = rows, .classes = n, .sigma = to};
  memcpy(to, from, rows * n * sizeof *to);
  for (size_t i = 0; i < rows; i++)
    if (ys_batch_accept_row(&batch, "audit", i, NULL))
      return false;
  return true;
}

/* The first kind of start, from `kind` on, at which F is finite. */
static bool find_start(dice *d, audit_case *c, size_t kind) {
  ys_scratch scratch;
  bool found = false;
  if (ys_scratch_init(&scratch, &c->objective, NULL))
    return false;
  for (size_t turn = 0; turn < STARTS && !found; turn++) {
    make_start(d, (kind + turn) % STARTS, c);
    found = accept(c->start, c->y, c->rows, c->classes) &&
            !check_dense(&c->objective, c->y, &scratch, NULL);
  }
  ys_scratch_free(&scratch);
  return found;
}

static bool read_case(dice *d, audit_case *c, int pair, double lambda,
                      size_t start) {
  return accept(c->sigma, c->batch.sigma, c->rows, c->classes) &&
         !ys_objective_init(
             &c->objective, &c->batch, (ys_loss)(pair / YS_FAIRNESSES),
             (ys_fairness)(pair % YS_FAIRNESSES), lambda, c->prior, 1, NULL) &&
         find_start(d, c, start);
}

bool case_make(audit_case *c, long number) {
  dice d = {(uint64_t)number * 0x2545f4914f6cdd1du};
  *c = (audit_case){.number = number};
  roll(&d);
  c->rows = size_between(&d, 1, 60);
  c->classes = size_between(&d, 2, 60);
  bool made = case_alloc(c);
  if (made) {
    make_sigma(&d, c);
    make_prior(&d, c);
    size_t start = below(&d, 2) ? UNIFORM : below(&d, STARTS);
    made = read_case(&d, c, (int)(number % (YS_LOSSES * YS_FAIRNESSES)),
                     make_lambda(&d), start);
  }
  if (!made)
    case_free(c);
  return made;
}

bool case_draw(audit_case *c, long number, const ys_batch *recorded,
               case_sizes rows) {
  dice d = {(uint64_t)number * 0x2545f4914f6cdd1du + 1};
  const size_t n = recorded->classes;
  *c = (audit_case){.number = number,
                    .classes = n,
                    .rows_kind = "recorded",
                    .prior_kind = "uniform",
                    .least_prior = 1 / (double)n};
  roll(&d);
  c->rows = rows.least + below(&d, rows.most - rows.least + 1);
  bool made = case_alloc(c);
  for (size_t i = 0; made && i < c->rows; i++)
    memcpy(c->sigma + i * n, recorded->sigma + below(&d, recorded->rows) * n,
           n * sizeof *c->sigma);
  double lambda = pow(10, between(&d, -6, 3));
  made = made && read_case(&d, c, (int)(number % (YS_LOSSES * YS_FAIRNESSES)),
                           lambda, UNIFORM);
  if (!made)
    case_free(c);
  return made;
}

/* ---------------------------------------------------------------- files ----
 */

bool case_keep(const audit_case *c, const char *folder) {
  char path[512];
  mkdir(folder, 0777);
  snprintf(path, sizeof path, "%s/sigma.npy", folder);
  bool kept = !ys_npy_write(path, c->sigma, c->rows, c->classes, NULL);
  snprintf(path, sizeof path, "%s/start.npy", folder);
  kept = kept && !ys_npy_write(path, c->start, c->rows, c->classes, NULL);
  snprintf(path, sizeof path, "%s/prior.npy", folder);
  return kept &&
         (!c->prior || !ys_npy_write(path, c->prior, 1, c->classes, NULL));
}

void case_command(const audit_case *c, const char *folder, const char *solver,
                  char *command, size_t size) {
  char prior[512] = "";
  if (c->prior)
    snprintf(prior, sizeof prior, " --prior %s/prior.npy", folder);
  snprintf(command, size,
           "build/ystep run -p file:path=%s/sigma.npy --start %s/start.npy%s "
           "--loss %s --fairness %s --lambda %.17g -s %s --trace-every 1",
           folder, folder, prior, ys_loss_name(c->objective.loss),
           ys_fairness_name(c->objective.fairness), c->objective.lambda,
           solver);
}
