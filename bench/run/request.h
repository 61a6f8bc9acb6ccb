/* What `ystep run` is asked to do, by its options; a worker of a sweep, which
 * does one run of it, takes the same ones. */
#ifndef REQUEST_H
#define REQUEST_H

#include "bench/cli/args.h"
#include "bench/run/run.h"

/* The texts are borrowed from the arguments. */
typedef struct request {
  const char *const *problems, *const *solvers;
  double *lambdas; /* owned */
  size_t problem_count, solver_count, lambda_count;
  ys_loss loss;
  ys_fairness fairness;
  const char *prior;       /* file, or NULL for the uniform prior */
  const char *start_given; /* as it was written */
  const char *start;       /* see start_fill; `uniform` if that is a warm one */
  bool warm;               /* from the problem before, if there is one */
  double warm_mix;
  char **expanded; /* owned: what `problems` points to */
  run_limits limits;
  size_t repeats;
  unsigned long seed;
  int threads;
} request;

/* Rows of a subcommand's option table. */
#define REQUEST_OPTIONS                                                          \
  {"problem", 'p', ARG_MANY, "PROBLEM...  name[:key=value,...]", 0, 0},          \
      {"solver", 's', ARG_MANY, "SOLVER...  name[:key=value,...]", 0, 0},        \
      {"loss", 0, ARG_ONE, "L  collision (default), shannon or reverse", 0, 0},  \
      {"fairness", 0, ARG_ONE, "F  strong (default) or weak", 0, 0},             \
      {"lambda", 0, ARG_MANY, "X...  weights of fairness (default 1)", 0, 0},    \
      {"prior", 0, ARG_ONE, "FILE  class prior, .npy or .csv (default uniform)", \
       0,       0},                                                              \
      {"start",                                                                  \
       0,                                                                        \
       ARG_ONE,                                                                  \
       "WHERE[:mix=EPS]  uniform (default), sigma, random, FILE.npy, warm",      \
       0,                                                                        \
       0},                                                                       \
      {"tol", 0, ARG_ONE, "GAP  stop at this certified gap (default 1e-6)",      \
       0,     0},                                                                \
      {"max-iter", 0, ARG_ONE, "N  iterations a run (default: no limit)", 0, 0}, \
      {"time-limit",                                                             \
       0,                                                                        \
       ARG_ONE,                                                                  \
       "SECONDS  of solver time a run (default 60)",                             \
       0,                                                                        \
       0},                                                                       \
      {"trace-every",                                                            \
       0,                                                                        \
       ARG_ONE,                                                                  \
       "N  record every N-th iteration; 0: the last alone",                      \
       0,                                                                        \
       0},                                                                       \
      {"repeat", 0, ARG_ONE, "R  runs of each combination (default 1)", 0, 0},   \
      {"seed", 0, ARG_ONE, "S  of the order and of random starts (default 1)",   \
       0,      0},                                                               \
  {                                                                              \
    "threads", 0, ARG_ONE, "T  OpenMP threads (default: all cores)", 0, 0        \
  }

/* The defaults of --tol, --time-limit and --max-iter. */
#define REQUEST_TOLERANCE 1e-6
#define REQUEST_SECONDS 60.0
#define REQUEST_ITERATIONS 1e15
#define REQUEST_MOST_RUNS 1000000
#define REQUEST_MOST_SEED 4294967295.0

/* Read the options into the request; nothing is left to free on failure. */
ys_code request_read(const arg *args, request *r, ys_error *error);
/* Read --lambda X...; 1 by default. *lambdas is to be freed, on failure too. */
ys_code request_read_lambdas(const arg *args, double **lambdas, size_t *count,
                             ys_error *error);
/* How many runs there are: the product of what was asked for. */
size_t request_runs(const request *r);
void request_free(request *r); /* a zeroed one is accepted */

#endif
