/* What kernel-bench writes: a Markdown page and a CSV table. */
#ifndef REPORT_H
#define REPORT_H

#include "bench/kernels/measure.h"
#include "bench/store/csvout.h"

#include <stdio.h>

typedef struct measurements {
  measurement *item; /* owned */
  size_t count, room;
} measurements;

ys_code measurements_add(measurements *all, const measurement *m,
                         ys_error *error);
void measurements_free(measurements *all);

/* The page: what was measured where (`about`: lines of a list); the tables of
 * pivot.h; and, if `whole`, a row for every measurement, with quartiles. Missed
 * targets are bold. */
void report_page(FILE *out, const char *about, const measurements *all,
                 bool whole);

/* Columns of the CSV table, docs/file-formats.md describes them. */
extern const char report_csv_header[];
void report_csv_row(csvout *csv, const measurement *m);

#endif
