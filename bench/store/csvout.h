/* Writing CSV (RFC 4180) so that a killed program leaves whole rows only: rows
 * gather in memory and go out in one write() to a file open for appending. */
#ifndef CSVOUT_H
#define CSVOUT_H

#include "problems/formats/output.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct csvout {
  int file;        /* file descriptor, -1 when closed */
  ys_output whole; /* of a table that appears when it is whole */
  char *path;      /* for messages; owned */
  FILE *rows;      /* not yet written: in memory */
  char *bytes;     /* theirs, and how many, whenever `rows` is flushed */
  size_t used;
  bool in_row; /* a field has been written since the last end of row */
} csvout;      /* is not to be moved while it is open */

/* Make `path`, in place of a file or link of that name, and write the header
 * line: the table grows there. */
ys_code csvout_open(csvout *csv, const char *path, const char *header,
                    ys_error *error);

/* The same for a table that is written in one go: it is there once
 * csvout_finish has put it there, whole (output.h), and not before. */
ys_code csvout_create(csvout *csv, const char *path, const char *header,
                      ys_error *error);
ys_code csvout_finish(csvout *csv, ys_error *error);

/* Open `path` to add rows to those it has, whose last line must be whole; make
 * it, with the header line, if it is not there. Refuses what is no regular
 * file, a symbolic link above all. */
ys_code csvout_append(csvout *csv, const char *path, const char *header,
                      ys_error *error);
void csvout_close(csvout *csv); /* a closed or zeroed csvout is accepted */

/* Add one field to the current row. Text is quoted where it must be; numbers
 * are written with as few digits as give the same bits back or, for seconds, to
 * the nanosecond. */
void csvout_text(csvout *csv, const char *text);
void csvout_integer(csvout *csv, long long number);
void csvout_number(csvout *csv, double number);
void csvout_seconds(csvout *csv, double seconds);
void csvout_end_row(csvout *csv);

/* Hand every finished row to the operating system. Fails if the file has been
 * removed meanwhile: nobody would see the rows. */
ys_code csvout_flush(csvout *csv, ys_error *error);

/* And have them on the disk. */
ys_code csvout_sync(csvout *csv, ys_error *error);

#endif
