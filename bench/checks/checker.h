/* What the checks share: a sample of the batch, random points, an objective at
 * hand, tallies of violations, and one runner. */
#ifndef CHECKER_H
#define CHECKER_H

#include "bench/checks/checks.h"
#include "problems/memory.h"

#include <gsl/gsl_rng.h>
#include <math.h>

typedef struct checker {
  const check_task *task;
  const check_subject *subject; /* the task's, or a control's */
  check_sink *sink;
  void *context;
  gsl_rng *rng;
} checker;

ys_code checker_open(checker *c, const check_task *task, check_sink *sink,
                     void *context, ys_error *error);
void checker_close(checker *c);

/* ----------------------------------------------------------- tallies ---- */

typedef struct check_tally {
  size_t samples;
  double worst;
} check_tally;

static const check_tally NO_SAMPLES = {0, -INFINITY};

/* One more sample; what is not a number counts as an infinite violation. */
void check_count(check_tally *tally, double violation);

/* What a check claims: its name, how large a violation counts as rounding, and
 * whether the claim is expected to hold (false: a negative control). */
typedef struct check_law {
  const char *name;
  double tolerance;
  bool expected;
} check_law;

/* Hand the finding to the sink; `loss` and `fairness` are names, "-" where the
 * law does not concern them. */
ys_code check_report(const checker *c, const check_law *law, const char *loss,
                     const char *fairness, check_tally tally, ys_error *error);

/* ------------------------------------------------------------ samples ---- */

enum { CHECK_ROWS = 64, CHECK_ENTRIES = 16384, CHECK_LEAST_ROWS = 9 };

/* Evenly spaced rows of the batch: at most `rows` of them, and fewer (down to
 * CHECK_LEAST_ROWS) if they have more than CHECK_ENTRIES entries together; an
 * odd number, so that there is a last tile that is not whole (tiles.h).
 * Where `classes` is not CHECK_ALL, at most so many classes: those of largest
 * mean in these rows and none that is 0 in all of them, but two at the least;
 * rows are divided by their sums. */
enum { CHECK_ALL = 0 };

ys_code checker_sample(const checker *c, size_t rows, size_t classes,
                       ys_batch *sample, ys_error *error);

/* A row drawn from the symmetric Dirichlet distribution of this parameter. */
void checker_row(const checker *c, double parameter, double *row, size_t n);

/* -------------------------------------------------------------- stages ---- */

/* An objective on a sample, with points to evaluate it at. */
typedef struct check_stage {
  ys_objective objective;
  ys_scratch scratch;
  double *y, *from, *to, *gradient; /* M x K each */
  ys_memory memory;
} check_stage;

/* A loss and a fairness term: loss * YS_FAIRNESSES + fairness. */
enum {
  CHECK_PAIRS = YS_LOSSES * YS_FAIRNESSES,
  CHECK_MAIN = YS_COLLISION * YS_FAIRNESSES + YS_STRONG
};

/* lambda >= 0; the prior is uniform, or random if `prior` is set. To be freed
 * after failure, too. */
ys_code checker_stage(const checker *c, const ys_batch *sample, int pair,
                      double lambda, bool prior, check_stage *stage,
                      ys_error *error);
void check_stage_free(check_stage *stage);

double checker_value(const checker *c, check_stage *stage, const double *y);

/* stage->y as labels, and what the judge finds there. */
ys_labels check_labels(const check_stage *stage);
ys_verdict checker_judge(const checker *c, check_stage *stage,
                         const double *hint);

/* Of a stage on one row at lambda = 0: the loss of other sigma. */
double checker_loss(const checker *c, check_stage *stage, ys_loss loss,
                    const double *sigma, const double *y);

/* Fill y with a random point; its entries are 0 where shannon's loss needs
 * it. */
void checker_point(const checker *c, const check_stage *stage, double parameter,
                   double *y);

/* y = (1 - t) from + t to. */
void check_between(const check_stage *stage, double t, double *y);

/* -------------------------------------------------------------- trials ---- */

enum { CHECK_LAWS = 3, CHECK_LAMBDAS = 4 };

typedef enum check_rows {
  CHECK_SAMPLE,
  CHECK_ZEROS,  /* a sample with one class cleared in every second row, where it
                   is not all: losses have cases of their own there */
  CHECK_PLANTED /* rows yet to be filled in, of at most so many classes */
} check_rows;

typedef enum check_pairs {
  CHECK_EVERY_PAIR,
  CHECK_MAIN_PAIR,     /* collision and strong fairness */
  CHECK_EACH_FAIRNESS, /* with collision */
} check_pairs;

/* Laws and how they are tried: on so many rows, for each pair on `stages`
 * stages at each lambda, so many times each. Together the tries of a pair are
 * one finding of each law. */
typedef struct check_trial {
  check_law laws[CHECK_LAWS]; /* with a tally each; without a name: none */
  check_rows kind;
  size_t rows, classes; /* rows 0: CHECK_ROWS */
  check_pairs pairs;
  bool no_loss, no_fairness; /* that a finding is about */
  struct {
    double lambda;
    bool prior; /* a random one */
  } at[CHECK_LAMBDAS];
  int lambdas;           /* 0: lambda = 0.1, 1 and 10, 1 without a prior */
  int stages, tries;     /* 0: one */
  check_subject instead; /* what is not NULL in it is used: a control's */
  ys_code (*try)(const checker *c, check_stage *stage, check_tally *tallies,
                 ys_error *error);
} check_trial;

extern const check_trial check_convexity, check_joint_convexity,
    check_gradients, check_forgetful_gradient, check_curvature,
    check_joint_curvature, check_bounds, check_raised_bound, check_judge,
    check_fairness;

ys_code check_losses(const checker *c, ys_error *error);

#endif
