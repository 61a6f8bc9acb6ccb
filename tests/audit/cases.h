/* The audit's batches: small, adversarial, and made from a number alone. */
#ifndef CASES_H
#define CASES_H

#include "problems/objective.h"

/* As a user would hand it in: files of these numbers give the same run. */
typedef struct audit_case {
  long number;
  size_t rows, classes;
  double *sigma, *prior, *start; /* as written to files; prior NULL: uniform */
  double least_prior;            /* 1/K if uniform */
  ys_batch batch;                /* as read */
  ys_objective objective;
  double *y; /* the start as read; F is finite there */
  const char *rows_kind, *prior_kind, *start_kind;
} audit_case;

/* Case `number` of the adversarial ones. False if F is finite nowhere (a class
 * without support): there is nothing to run then, and nothing to free. */
bool case_make(audit_case *c, long number);

/* How many rows a mini-batch has. */
typedef struct case_sizes {
  size_t least, most;
} case_sizes;
static const case_sizes CASE_SIZES = {20,
                                      200}; /* unless others are asked for */

/* Case `number` of the mini-batches of `recorded`. */
bool case_draw(audit_case *c, long number, const ys_batch *recorded,
               case_sizes rows);

void case_free(audit_case *c);

/* Write sigma.npy, start.npy and prior.npy into `folder` (made if it is not
 * there), and the command that runs `solver` on them into `command`. */
bool case_keep(const audit_case *c, const char *folder);
void case_command(const audit_case *c, const char *folder, const char *solver,
                  char *command, size_t size);

#endif
