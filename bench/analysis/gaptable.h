/* The table of how long each solver took to each gap, a block a y-step and a
 * row a solver. */
#ifndef GAPTABLE_H
#define GAPTABLE_H

#include "bench/analysis/timetogap.h"
#include "bench/store/provenance.h"

#include <stdio.h>

/* Medians over the solver's repeats. */
typedef struct gap_row {
  const solver_runs *solver;
  char status[96];
  double iterations, setup_seconds, solve_seconds;
  double seconds_per_iteration; /* NaN without iterations */
  double gap;                   /* at the end; infinite if not a number */
  gap_summary *to;              /* for each of the table's gaps */
} gap_row;

typedef struct gap_table {
  const group_set *set; /* borrowed */
  const double *gaps;   /* descending; borrowed */
  size_t gap_count;
  gap_row *rows; /* of all groups, one behind the other; owned */
  gap_summary *summaries;
} gap_table;

ys_code gaptable_make(const group_set *set, const double *gaps,
                      size_t gap_count, gap_table *table, ys_error *error);
void gaptable_free(gap_table *table);

/* Write the table to `out`: Markdown; LaTeX, which needs the booktabs package;
 * or CSV, a line for each solver and gap, with the columns of
 * gaptable_csv_header. */
void gaptable_write_markdown(FILE *out, const gap_table *table,
                             const provenance *made);
void gaptable_write_latex(FILE *out, const gap_table *table,
                          const provenance *made);
void gaptable_write_csv(FILE *out, const gap_table *table,
                        const provenance *made);

extern const char gaptable_csv_header[];

#endif
