/* What `ystep run` is asked to do, by its options, and a worker of a sweep,
 * which does one run of it. */
#ifndef REQUEST_H
#define REQUEST_H

#include "bench/cli/args.h"
#include "bench/run/run.h"
#include "problems/memory.h"

/* What is minimised, on whichever batch. */
typedef struct request_term {
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
} request_term;

/* The texts are borrowed from the arguments. */
typedef struct request {
  arg_texts problems, solvers;
  bool all_solvers;    /* by `all`: those that serve an objective run on it */
  request_term *terms; /* the product of --loss, --fairness, --lambda; owned */
  size_t term_count;
  const char *prior;       /* file, or NULL for the uniform prior */
  const char *start_given; /* as it was written */
  const char *start;       /* see start_make; `uniform` if that is a warm one */
  bool warm;               /* from the problem before, if there is one */
  double warm_mix;
  const char **expanded; /* owned: what `problems` points to, and */
  ys_memory memory;      /* its texts, and those of `solvers`, if of all */
  run_limits limits;
  bool shows_errors; /* of solvers in processes of their own, as they come */
  size_t repeats;
  unsigned long seed;
  int threads;
  const ys_ranks *ranks; /* that do it together; NULL: this process alone */
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

/* The terms alone, which request_free frees, on failure too. */
ys_code request_read_terms(const arg *args, request *r, ys_error *error);

/* How many runs there are: the product of what was asked for. */
size_t request_runs(const request *r);

/* The values of --loss (at most YS_LOSSES) and --fairness (YS_FAIRNESSES), each
 * given at least once or by default. */
ys_code request_read_losses(const arg *args, ys_loss *losses, size_t *count,
                            ys_error *error);
ys_code request_read_fairness(const arg *args, ys_fairness *terms,
                              size_t *count, ys_error *error);

#endif
