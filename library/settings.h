/* What a caller of the library sets by name, and what may be set. */
#ifndef YS_SETTINGS_H
#define YS_SETTINGS_H

#include "problems/ranks.h"
#include "solvers/solver.h"

typedef enum ys_start {
  YS_START_UNIFORM,
  YS_START_SIGMA,
  YS_START_GIVEN,
} ys_start;

typedef struct ys_settings {
  double lambda, tolerance, threads, time_limit, max_iterations, mix, logits;
  ys_loss loss;
  ys_fairness fairness;
  ys_start start;
  const ys_solver *solver;
  ys_options options;    /* of the solver; owned */
  double *prior;         /* K, owned; NULL: uniform */
  size_t classes;        /* of the prior */
  unsigned long edition; /* another number when any of these, but for the start,
                            is another one */
} ys_settings;

ys_code ys_settings_init(ys_settings *settings, ys_error *error);
void ys_settings_free(ys_settings *settings);

/* Set one by name. An unknown name is answered with the nearest one, a text
 * that it may not have likewise (YS_BAD_INPUT); settings are as they were then.
 */
ys_code ys_settings_number(ys_settings *settings, const char *name,
                           double value, ys_error *error);
/* A number by its name; NaN: there is none. */
double ys_settings_get(const ys_settings *settings, const char *name);

ys_code ys_settings_text(ys_settings *settings, const char *name,
                         const char *text, ys_error *error);
ys_code ys_settings_prior(ys_settings *settings, const double *prior,
                          size_t classes, ys_error *error);

/* Whether all ranks have the same ones, but for threads and the time limit.
 * YS_BAD_INPUT, on all: whose is which. */
ys_code ys_settings_agree(const ys_settings *settings, const ys_ranks *ranks,
                          ys_error *error);

#endif
