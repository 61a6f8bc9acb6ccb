/* What one `ystep run` does: the product of problems, terms, solvers and
 * repeats, checked as a whole before anything runs. A run of a sweep is an
 * experiment of one job. */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include "bench/run/request.h"
#include "bench/run/run.h"
#include "bench/system/files.h"

#include "problems/problem.h"

typedef struct loaded_problem {
  ys_batch batch;
  double seconds; /* reading or making it */
} loaded_problem;

typedef struct chosen_solver {
  const ys_solver *solver;
  ys_options options;
} chosen_solver;

/* Parse as many texts; *chosen is to be freed, on failure too. */
ys_code chosen_solvers_read(arg_texts texts, chosen_solver **chosen,
                            ys_error *error);
void chosen_solvers_free(chosen_solver *chosen, size_t count);

typedef struct experiment {
  const request *request;
  loaded_problem *problems; /* each of the request's */
  chosen_solver *solvers;   /* likewise */
  ys_objective *objectives; /* a row a problem, a column a term */
} experiment;

/* A run of it is known by its place in the product, from 0, in the order
 * problem, term (loss, fairness, lambda), solver, repeat. */

/* Read every batch and option and check that every solver serves its objective
 * and that every start point has a finite objective. Fails on the first thing
 * that is not so, with nothing left to free; notes what reading renormalised.
 */
ys_code experiment_open(experiment *experiment, const request *request,
                        ys_error *error);
void experiment_close(experiment *experiment);

/* Add the files that the experiment was read from to the list. */
ys_code experiment_inputs(const experiment *experiment, file_list *list,
                          ys_error *error);

/* Whether the solver of the run serves its objective; always so but for a
 * request of `all`. */
bool experiment_serves(const experiment *experiment, size_t place);

/* The places in the order they run, but for those that are not served: one
 * repeat after the other, each repeat a shuffle (from the seed) of all
 * problems, terms and solvers (with warm starts: of chains of problems), so
 * that a drift of the machine favours none. *places is to be freed. */
ys_code experiment_order(const experiment *experiment, size_t **places,
                         size_t *count, ys_error *error);

/* Which of the problems the run at a place is on. */
size_t experiment_problem(const experiment *experiment, size_t place);

/* The run at a place. Its seed, that of its start point, is another one each
 * repeat; its threads are those that it really runs on, or that a process is
 * told. */
run_spec experiment_spec(const experiment *experiment, size_t place);

/* Whether a warm start of this run takes the labels of `last`: the problem
 * before, of the same shape, with the same term, solver and repeat. */
bool experiment_follows(const experiment *experiment, size_t place,
                        size_t last);

/* Do one run, from `labels` (NULL: from the start point asked for). *y receives
 * the labels, sparse if the solver takes such; on failure there is nothing to
 * free. */
ys_code experiment_run(const experiment *experiment, size_t place,
                       const ys_labels *labels, const run_limits *limits,
                       run_watch *watch, void *context, run_result *result,
                       ys_labels *y, ys_error *error);

/* A short run that is thrown away, but for a process, which would be another
 * one: it starts the threads and brings code and data into the caches; of a
 * batch too large for them, on the first rows, so many as experiment_warm_rows
 * says. */
size_t experiment_warm_rows(const ys_batch *batch, int threads);
ys_code experiment_warm_up(const experiment *experiment, size_t place,
                           ys_error *error);

/* Say on standard error what reading a batch renormalised, if it did. */
void experiment_note_batch(const char *spec, const ys_batch *batch);

/* The checks of experiment_open, one by one: whether the solver serves the
 * objective, and whether the objective is finite at the start point. */
ys_code experiment_check_solver(const chosen_solver *chosen,
                                const ys_objective *objective, ys_error *why);
ys_code experiment_check_start(const ys_objective *objective, const char *start,
                               unsigned long seed, ys_error *error);

#endif
