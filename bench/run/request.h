/* What `ystep run` is asked to do, by its options, and a worker of a sweep,
 * which does one run of it. */
#ifndef REQUEST_H
#define REQUEST_H

#include "bench/cli/args.h"
#include "bench/run/run.h"
#include "problems/memory.h"

/* The texts are borrowed from the arguments. */
typedef struct request {
  arg_texts problems, solvers;
  double *lambdas; /* owned */
  size_t lambda_count;
  ys_loss loss;
  ys_fairness fairness;
  const char *prior;       /* file, or NULL for the uniform prior */
  const char *start_given; /* as it was written */
  const char *start;       /* see start_make; `uniform` if that is a warm one */
  bool warm;               /* from the problem before, if there is one */
  double warm_mix;
  const char **expanded; /* owned: what `problems` points to, and */
  ys_memory memory;      /* its texts */
  run_limits limits;
  size_t repeats;
  unsigned long seed;
  int threads;
} request;

/* The defaults of --tol, --time-limit and --max-iter. */
#define REQUEST_TOLERANCE 1e-6
#define REQUEST_SECONDS 60
#define REQUEST_ITERATIONS 1e15
#define REQUEST_MOST_RUNS 1000000

#define REQUEST_TEXT(number) REQUEST_WORD(number)
#define REQUEST_WORD(word) #word

/* Read the options into the request; nothing is left to free on failure. */
ys_code request_read(const arg *args, request *r, ys_error *error);
void request_free(request *r); /* a zeroed one is accepted */

/* The loss and the fairness term alone. */
ys_code request_read_terms(const arg *args, request *r, ys_error *error);

/* How many runs there are: the product of what was asked for. */
size_t request_runs(const request *r);

/* The names of the losses and of the fairness terms, for args_choice. */
void request_names(const char *losses[YS_LOSSES],
                   const char *fairness[YS_FAIRNESSES]);

#endif
