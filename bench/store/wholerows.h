/* Tables to which a program of ours adds rows, row by row: to count them, to
 * copy them, to write them anew without some. A last line that was cut off is
 * left out; damage anywhere else is refused, with file and line. */
#ifndef WHOLEROWS_H
#define WHOLEROWS_H

#include "bench/store/records.h"

/* Whether the table DIR/name is there with its whole header line; a note says
 * so if it is there with less. */
ys_code wholerows_found(const char *dir, const char *name, bool *found,
                        ys_error *error);

typedef ys_code wholerows_visit(const ys_csv *row, void *context,
                                ys_error *error);

/* Show every row below the header, which must be that of the table, or of an
 * older version of it. There are none if it is not there. */
ys_code wholerows_each(const char *dir, const record_table *table,
                       wholerows_visit *visit, void *context, ys_error *error);

/* What becomes of a row whose first field, a whole number, is *id: it goes if
 * that is set to 0, and may get another number. */
typedef ys_code wholerows_filter(const ys_csv *row, void *context, long *id,
                                 ys_error *error);

/* Add the rows that stay to those of `out`, with all of the table's columns. */
ys_code wholerows_copy(const char *dir, const record_table *table, csvout *out,
                       wholerows_filter *filter, void *context,
                       ys_error *error);

/* Put a table with the rows that stay in the place of this one, or with the
 * header alone if there is none. On failure the old one is there as it was. */
ys_code wholerows_rewrite(const char *dir, const record_table *table,
                          wholerows_filter *filter, void *context,
                          ys_error *error);

/* A field that must be a whole number. */
ys_code wholerows_number(const ys_csv *row, size_t field, long *number,
                         ys_error *error);

#endif
