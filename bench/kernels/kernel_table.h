/* What kernel-bench writes: a Markdown page and a CSV table. */
#ifndef KERNEL_TABLE_H
#define KERNEL_TABLE_H

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

/* The page: what was measured where (`about`: lines of a list); tables
 * of a row a kernel and a column a K; and, if `whole`, a row for every
 * measurement, with quartiles. Missed targets are bold. */
void kernel_table_page(FILE *out, const char *about, const measurements *all,
                       bool whole);

/* Columns of the CSV table, docs/file-formats.md describes them. */
extern const char kernel_table_csv_header[];
void kernel_table_csv_row(csvout *csv, const measurement *m);

#endif
