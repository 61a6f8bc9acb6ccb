/* How long a solver took to come within a gap of the optimum, by its recorded
 * trace. */
#ifndef TIMETOGAP_H
#define TIMETOGAP_H

#include "bench/analysis/groups.h"
#include "bench/analysis/solver_styles.h"

/* The first recorded iterate of a run whose gap is <= `gap`: its time and its
 * iteration; infinite if there is none. */
typedef struct gap_reached {
  double seconds, iterations;
} gap_reached;

gap_reached timetogap(const result_row *run, double gap);

/* The smallest gap a run recorded; infinite if it recorded none. */
double timetogap_best(const result_row *run);

/* The q-quantile, q in [0, 1], of values in ascending order, linear between
 * them (type 7 of Hyndman and Fan 1996). Values may be +infinite; so is then
 * a quantile that has any of its weight there. count >= 1. */
double quantile_of_sorted(const double *values, size_t count, double q);

/* The same of values in any order, which it sorts. */
double quantile(double *values, size_t count, double q);

enum { GAP_BAND_LOW = 10, GAP_BAND_HIGH = 90 }; /* per cent, of every band */

/* What is compared: solver time or iterations. */
typedef enum cost_kind { COST_TIME, COST_ITERATION } cost_kind;

/* A number over runs: its median and the quantiles of the band. */
typedef struct cost_band {
  double low, median, high;
} cost_band;

/* Of count >= 1 values, which it sorts. */
cost_band cost_band_of(double *values, size_t count);

/* Over the repeats of a solver. A run that did not reach the gap counts as
 * infinitely late. */
typedef struct gap_summary {
  double gap;
  size_t runs, reached;
  cost_band to[2]; /* by cost_kind: seconds, iterations to the gap */
  double spent;    /* median of the runs' whole solve_seconds */
  double best;     /* median of the smallest gaps they recorded */
} gap_summary;

ys_code timetogap_summarise(const solver_runs *solver, double gap,
                            gap_summary *summary, ys_error *error);

/* ------------------------------------------------------------- a matrix --- */

/* How long every solver took on every y-step to come within one gap. */
typedef struct gap_matrix {
  const group_set *set;         /* borrowed */
  const solver_styles *solvers; /* borrowed */
  double gap;
  gap_summary *cells; /* groups x solvers; without runs where the solver has
                         none or does not serve the y-step */
} gap_matrix;

ys_code gap_matrix_make(const group_set *set, const solver_styles *solvers,
                        double gap, gap_matrix *made, ys_error *error);
void gap_matrix_free(gap_matrix *made);

gap_summary *gap_matrix_at(const gap_matrix *of, size_t group, size_t solver);

/* Whether the solver ran on any of the y-steps. */
bool gap_matrix_ran(const gap_matrix *of, size_t solver);

/* -------------------------------------------------------------- a table --- */

/* How long each solver took to each gap, a block a y-step and a row a
 * solver. */

/* Medians over the solver's repeats. */
typedef struct gap_row {
  const solver_runs *solver;
  char status[96];
  double iterations, setup_seconds, solve_seconds;
  double seconds_per_iteration; /* NaN without iterations */
  double noise;    /* of the repeats' seconds an iteration: (most - least) /
                      median; NaN where fewer than two have one */
  double gap;      /* at the end; infinite if not a number */
  gap_summary *to; /* for each of the table's gaps */
} gap_row;

typedef struct gap_table {
  const group_set *set; /* borrowed */
  const double *gaps;   /* descending; borrowed */
  size_t gap_count;
  gap_row *rows; /* of all groups, one behind the other */
  ys_memory memory;
} gap_table;

ys_code gap_table_make(const group_set *set, const double *gaps,
                       size_t gap_count, gap_table *table, ys_error *error);
void gap_table_free(gap_table *table);

#endif
