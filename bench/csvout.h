/* Writing CSV (RFC 4180) so that a killed program leaves whole rows only: rows
 * gather in memory and go out in one write() to a file open for appending. */
#ifndef CSVOUT_H
#define CSVOUT_H

#include "../problems/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct csvout {
  int file;     /* file descriptor, -1 when closed */
  char *path;   /* for messages; owned */
  char *buffer; /* rows not yet written; owned */
  size_t used, room;
  bool in_row; /* a field has been written since the last end of row */
  bool failed; /* an allocation failed since the last flush */
} csvout;

/* Create or replace `path` and write the header line. */
ys_code csvout_open(csvout *csv, const char *path, const char *header,
                    ys_error *error);

/* Open `path` to add rows to those it has, whose last line must be whole; make
 * it, with the header line, if it is not there. */
ys_code csvout_append(csvout *csv, const char *path, const char *header,
                      ys_error *error);
void csvout_close(csvout *csv); /* a closed or zeroed csvout is accepted */

/* Add one field to the current row. Text is quoted where it must be; numbers
 * are written to be read back with the same bits (17 digits) or, for seconds,
 * to the nanosecond. */
void csvout_text(csvout *csv, const char *text);
void csvout_integer(csvout *csv, long long number);
void csvout_number(csvout *csv, double number);
void csvout_seconds(csvout *csv, double seconds);
void csvout_end_row(csvout *csv);

/* Hand every finished row to the operating system. */
ys_code csvout_flush(csvout *csv, ys_error *error);

/* And have them on the disk. */
ys_code csvout_sync(csvout *csv, ys_error *error);

#endif
