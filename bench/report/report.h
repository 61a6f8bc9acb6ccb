/* A run directory as one HTML page that needs nothing beside it: what was run
 * on which machine, tables, interactive figures, checks, and the commands that
 * do it again. The figures are drawn by scripts/assets/report.js, which is
 * written into the page with scripts/assets/report.css; tables are there
 * without it. */
#ifndef REPORT_H
#define REPORT_H

#include "bench/analysis/timetogap.h"
#include "bench/store/meta.h"
#include "bench/store/results.h"

/* What the page is about; all of it is borrowed. */
typedef struct report {
  const char *dir;
  const gap_table *table;    /* NULL: the directory holds no runs */
  const check_table *checks; /* may be empty */
  const provenance *made;
} report;

ys_code report_write(FILE *out, const report *page, ys_error *error);

/* ---- The parts of the page, for report.c. */

void report_put_machine(FILE *out, const report *page);
void report_put_overview(FILE *out, const report *page);
void report_put_ysteps(FILE *out, const report *page);
void report_put_failures(FILE *out, const report *page);
void report_put_checks(FILE *out, const report *page);
ys_code report_put_commands(FILE *out, const report *page, ys_error *error);

/* The points of the figures as JSON, for report.js, which says how. Curves are
 * thinned to what can be seen, and more so where there are many, so that the
 * page stays at a few megabytes. */
ys_code report_put_data(FILE *out, const report *page, ys_error *error);

#endif
