/* Laws of the losses of one row. Equality with Shannon's at one-hot labels,
 * symmetry, and no training at uniform labels are claims of Zhang and Boykov,
 * arXiv 2303.07321 (abstract); the inequalities are Jensen's and Cauchy's and
 * those between Renyi entropies. Controls: Shannon's loss is not symmetric, and
 * it does train at uniform labels. */
#include "bench/checks/checker.h"

#include <string.h>

enum { LABELS_A_ROW = 12, RANDOM_ROWS = 32 };

/* One try: a row of sigma, labels y. */
typedef struct trial {
  const checker *c;
  check_stage *stage; /* of one row */
  ys_loss loss;       /* of the law */
  const double *sigma, *y;
  size_t n;
} trial;

static double loss_of(const trial *t, ys_loss loss, const double *sigma,
                      const double *y) {
  return checker_loss(t->c, t->stage, loss, sigma, y);
}

/* Of the law, at the trial's sigma and y. */
static double own_loss(const trial *t) {
  return loss_of(t, t->loss, t->sigma, t->y);
}

/* |a - b| in relation to their size; equal infinities do not differ. */
static double difference(double a, double b) {
  return a == b ? 0 : fabs(a - b) / (1 + fabs(b));
}

/* By how much a <= b fails. */
static double excess(double a, double b) {
  return a <= b ? (b < INFINITY ? (a - b) / (1 + fabs(b)) : -1)
                : (a - b) / (1 + fabs(b));
}

/* ---------------------------------------------------------- the laws ---- */

static double equals_shannon(const trial *t) {
  return difference(own_loss(t), loss_of(t, YS_SHANNON, t->sigma, t->y));
}

static double symmetric(const trial *t) {
  return difference(own_loss(t), loss_of(t, t->loss, t->y, t->sigma));
}

static double not_negative(const trial *t) {
  return -own_loss(t);
}

/* Jensen: -ln(sigma . y) <= -sum_k y_k ln sigma_k, and likewise with sigma and
 * y exchanged. */
static double below_shannon(const trial *t) {
  return excess(own_loss(t), loss_of(t, YS_SHANNON, t->sigma, t->y));
}

static double below_reverse(const trial *t) {
  return excess(own_loss(t), loss_of(t, YS_REVERSE, t->sigma, t->y));
}

static double extreme(const double *row, size_t n, double sign) {
  double most = -INFINITY;
  for (size_t k = 0; k < n; k++)
    most = fmax(most, sign * row[k]);
  return sign * most;
}

/* -ln max_k sigma_k <= loss <= -ln min_k sigma_k */
static double between_logarithms(const trial *t) {
  double loss = own_loss(t);
  return fmax(excess(-log(extreme(t->sigma, t->n, 1)), loss),
              excess(loss, -log(extreme(t->sigma, t->n, -1))));
}

/* Cauchy: the loss is at least the mean of its values at (sigma, sigma) and
 * (y, y), which are the collision entropies of sigma and y. */
static double above_entropies(const trial *t) {
  double entropies =
      loss_of(t, t->loss, t->sigma, t->sigma) + loss_of(t, t->loss, t->y, t->y);
  return excess(entropies / 2, own_loss(t));
}

/* At sigma = y: min-entropy <= collision entropy <= Shannon's <= ln K. */
static double ordered_entropies(const trial *t) {
  double collision = loss_of(t, t->loss, t->y, t->y);
  double shannon = loss_of(t, YS_SHANNON, t->y, t->y);
  double worst = excess(-log(extreme(t->y, t->n, 1)), collision);
  worst = fmax(worst, excess(collision, shannon));
  return fmax(worst, excess(shannon, log((double)t->n)));
}

static double is_log_classes(const trial *t) {
  return difference(own_loss(t), log((double)t->n));
}

/* The loss with logit k of sigma raised by h. */
static double raised_logit(const trial *t, size_t k, double h) {
  double sum = 0, *raised = t->stage->to;
  memcpy(raised, t->sigma, t->n * sizeof *raised);
  raised[k] *= exp(h);
  for (size_t j = 0; j < t->n; j++)
    sum += raised[j];
  for (size_t j = 0; j < t->n; j++)
    raised[j] /= sum;
  return loss_of(t, t->loss, raised, t->y);
}

/* The slope in a few of the logits, by central differences. */
static double no_slope(const trial *t) {
  const double h = 1e-3;
  double worst = 0;
  for (int i = 0; i < 4; i++) {
    size_t k = gsl_rng_uniform_int(t->c->rng, t->n);
    double rise = raised_logit(t, k, h) - raised_logit(t, k, -h);
    worst = fmax(worst, fabs(rise) / (2 * h));
  }
  return worst;
}

typedef enum labels_kind { ANY, ONE_HOT, UNIFORM } labels_kind;

static const struct loss_law {
  check_law law;
  ys_loss loss;
  labels_kind labels;
  double (*violation)(const trial *);
} laws[] = {
    {{"shannon_at_one_hot_y", 1e-14, true},
     YS_COLLISION,
     ONE_HOT,
     equals_shannon},
    {{"symmetry", 1e-14, true}, YS_COLLISION, ANY, symmetric},
    {{"symmetry", 1e-14, false}, YS_SHANNON, ANY, symmetric},
    {{"no_gradient_at_uniform_y", 1e-10, true},
     YS_COLLISION,
     UNIFORM,
     no_slope},
    {{"no_gradient_at_uniform_y", 1e-10, true}, YS_REVERSE, UNIFORM, no_slope},
    {{"no_gradient_at_uniform_y", 1e-10, false}, YS_SHANNON, UNIFORM, no_slope},
    {{"ln_K_at_uniform_y", 1e-14, true}, YS_COLLISION, UNIFORM, is_log_classes},
    {{"not_negative", 1e-14, true}, YS_COLLISION, ANY, not_negative},
    {{"not_negative", 1e-14, true}, YS_SHANNON, ANY, not_negative},
    {{"not_negative", 1e-14, true}, YS_REVERSE, ANY, not_negative},
    {{"at_most_shannon", 1e-14, true}, YS_COLLISION, ANY, below_shannon},
    {{"at_most_reverse", 1e-14, true}, YS_COLLISION, ANY, below_reverse},
    {{"between_logarithms_of_sigma", 1e-14, true},
     YS_COLLISION,
     ANY,
     between_logarithms},
    {{"at_least_mean_collision_entropy", 1e-14, true},
     YS_COLLISION,
     ANY,
     above_entropies},
    {{"order_of_entropies", 1e-14, true}, YS_COLLISION, ANY, ordered_entropies},
};

/* --------------------------------------------------------- trying them ---- */

static void draw_labels(const checker *c, labels_kind kind, double *y,
                        size_t n) {
  checker_row(c, gsl_rng_uniform_int(c->rng, 2) ? 1 : 0.2, y, n);
  size_t hot = gsl_rng_uniform_int(c->rng, n);
  for (size_t k = 0; k < n; k++) {
    if (kind == ONE_HOT)
      y[k] = k == hot;
    if (kind == UNIFORM)
      y[k] = 1 / (double)n;
  }
}

static void try_row(trial *t, const struct loss_law *law, check_tally *tally) {
  double *y = t->stage->y;
  t->loss = law->loss;
  t->y = y;
  for (int i = 0; i < LABELS_A_ROW; i++) {
    draw_labels(t->c, law->labels, y, t->n);
    double violation = law->violation(t);
    /* a slope between infinities says nothing, for or against */
    if (law->violation == no_slope && !isfinite(violation))
      continue;
    check_count(tally, violation);
  }
}

/* A law on the rows of the sample, and on random rows, so that a batch of
 * special rows alone cannot hide a violation. */
static ys_code try_law(const checker *c, const struct loss_law *law,
                       const ys_batch *sample, check_stage *stage,
                       ys_error *error) {
  const size_t n = sample->classes;
  trial t = {.c = c, .stage = stage, .n = n};
  check_tally tally = NO_SAMPLES;
  for (size_t i = 0; i < sample->rows + RANDOM_ROWS; i++) {
    t.sigma = i < sample->rows ? sample->sigma + i * n : stage->from;
    if (i >= sample->rows)
      checker_row(c, 1, stage->from, n);
    try_row(&t, law, &tally);
  }
  return check_report(c, &law->law, ys_loss_name(law->loss), "-", tally, error);
}

ys_code check_losses(const checker *c, ys_error *error) {
  ys_batch sample, row = {0};
  check_stage stage = {0};
  ys_code code = checker_sample(c, CHECK_ROWS, CHECK_ALL, &sample, error);
  if (code)
    return code;
  code = ys_batch_alloc(&row, c->task->problem, 1, sample.classes, error);
  if (!code)
    code = checker_stage(c, &row, CHECK_MAIN, 0, false, &stage, error);
  for (size_t l = 0; !code && l < sizeof laws / sizeof *laws; l++)
    code = try_law(c, &laws[l], &sample, &stage, error);
  check_stage_free(&stage);
  ys_batch_free(&row);
  ys_batch_free(&sample);
  return code;
}
