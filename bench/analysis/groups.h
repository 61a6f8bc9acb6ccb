/* The runs of a directory in the order a reader wants them: by y-step (problem,
 * loss, fairness, lambda, start, prior), then by solver, then by repeat. */
#ifndef GROUPS_H
#define GROUPS_H

#include "bench/analysis/problem_title.h"
#include "problems/memory.h"

/* One solver's repeats on one y-step. */
typedef struct solver_runs {
  const char *solver;      /* as the user gave it */
  const result_row **runs; /* by run_id */
  size_t count;            /* >= 1 */
} solver_runs;

enum { GROUP_FILE_NAME = 96 };

/* One y-step, and what ran on it. */
typedef struct run_group {
  const result_row *sample; /* any of its runs: they share the y-step */
  solver_runs *solvers;     /* in the order of their first run_id */
  size_t solver_count;
  char slug[GROUP_FILE_NAME]; /* its name in file names, unlike any other
                            group's: "dirichlet-M5000-K20-lambda1" */
} run_group;

typedef struct group_set {
  run_group *groups;
  size_t count;
  solver_runs *solvers;    /* of all groups */
  const result_row **runs; /* of all solvers */
  ys_memory memory;
} group_set;

/* Group all the runs of `results`, which must outlive the groups. */
ys_code groups_make(const result_set *results, group_set *set, ys_error *error);
void groups_free(group_set *set);

/* How many solvers its groups have in all. */
size_t groups_count_solvers(const group_set *set);

/* Whether two runs are of one loss, fairness and lambda, on as many ranks. */
bool group_same_terms(const result_row *a, const result_row *b);

/* Whether two runs are of one group: of the same problem, loss, fairness,
 * lambda, start, prior and ranks. */
bool group_same_ystep(const result_row *a, const result_row *b);

/* "dirichlet:M=5000,K=20 (5000 x 20), collision + strong, lambda 1", and behind
 * it ", start sigma" and ", prior FILE" where a sweep used others than the
 * uniform ones. */
enum { GROUP_TITLE = 512 };
const char *group_title(const run_group *group, char text[GROUP_TITLE]);

/* The solver as pages call it. */
const char *solver_runs_name(const solver_runs *solver);

/* Whether any of its solvers ran more than once, so that there is a spread. */
bool group_has_repeats(const run_group *group);

/* "converged", or "converged 2, time_limit 1" where repeats differ. */
void solver_runs_status(const solver_runs *solver, char *text, size_t room);

/* "failed", or "left the domain", which is expected of a step that is too long.
 */
const char *solver_runs_failure(const solver_runs *solver);

/* The run whose message says most: a failed one if there is one, else the first
 * with a message; NULL if none has one. */
const result_row *solver_runs_message(const solver_runs *solver);

#endif
