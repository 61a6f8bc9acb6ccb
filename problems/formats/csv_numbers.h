/* A table of numbers in a CSV file: lines that begin with '#' are comments, a
 * first row none of whose fields is a number is a header, and every row has as
 * many fields as the first. */
#ifndef YS_CSV_NUMBERS_H
#define YS_CSV_NUMBERS_H

#include "problems/formats/csv.h"

typedef struct ys_csv_numbers {
  size_t rows, cols; /* both >= 1; the header does not count */
  ys_csv csv;        /* csv.line: the line of the last row read */
} ys_csv_numbers;

/* Open the file, count its rows and go back to the first. `path` must stay
 * valid until the file is closed. On failure nothing is left open. */
ys_code ys_csv_numbers_open(const char *path, ys_csv_numbers *table,
                            ys_error *error);
void ys_csv_numbers_close(ys_csv_numbers *table); /* accepts NULL */

/* Read the next row into out[cols]; to be called `rows` times at most. Accepts
 * what strtod does, "inf" and "nan" too, between blanks; refuses anything else
 * with file, line and field. */
ys_code ys_csv_numbers_next(ys_csv_numbers *table, double *out,
                            ys_error *error);

#endif
