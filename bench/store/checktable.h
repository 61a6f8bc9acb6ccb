/* checks.csv, which `ystep check` leaves, read back. */
#ifndef CHECKTABLE_H
#define CHECKTABLE_H

#include "problems/error.h"

#include <stddef.h>

/* A row; text is owned by the table. */
typedef struct check_row {
  char *check, *problem, *loss, *fairness, *expected, *observed, *verdict;
  long samples;
  double worst, tolerance;
} check_row;

typedef struct check_table {
  check_row *rows; /* in the order of the file; owned */
  size_t count;
} check_table;

/* Read DIR/checks.csv; a directory without one gives an empty table. On failure
 * nothing is left to free. */
ys_code checktable_read(const char *dir, check_table *table, ys_error *error);
void checktable_free(check_table *table);

#endif
