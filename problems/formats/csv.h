/* A reader of comma-separated values after RFC 4180, row by row: fields may be
 * quoted, and then hold commas, line ends and doubled quotes; lines end in LF
 * or CRLF, the last one possibly in neither. Beyond the RFC, a UTF-8 byte order
 * mark and wholly empty lines are skipped. Blanks belong to their field. */
#ifndef YS_CSV_H
#define YS_CSV_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct ys_csv {
  const char *path; /* borrowed, for messages */
  FILE *file;
  char comment; /* lines that begin with it are skipped; 0: there are none */
  char
      separator; /* of fields: ',' once opened; ' ' stands for any run of blanks
                    and tabs, with those at both ends of a line left out */
  size_t line;   /* line on which the current row begins, from 1 */
  size_t count;  /* fields in the current row */
  char *text;    /* the fields of the current row, NUL-terminated each */
  size_t *start; /* where each of them begins in `text` */
  size_t lines;  /* line ends read so far */
  size_t used;   /* bytes of `text` in use */
  size_t text_room, start_room;
} ys_csv;

/* `path` must stay valid until the file is closed. On failure nothing is left
 * open. */
ys_code ys_csv_open(const char *path, char comment, ys_csv *csv,
                    ys_error *error);
void ys_csv_close(ys_csv *csv); /* accepts NULL */

/* Find out what separates the fields of a table of numbers, ',', ';', tabs or
 * blanks, from its second row or, if there is none, its first, and go back to
 * the start of the file. A comma is it where blanks stand beside commas, and
 * where nothing separates. */
ys_code ys_csv_find_separator(ys_csv *csv, ys_error *error);

/* Read the next row; *more is false, and the row empty, at the end of the file.
 * Rows may differ in their number of fields. Refuses a quote within an unquoted
 * field, text behind a closing quote, a quote that is never closed, a CR
 * without LF and a NUL byte, with file, line and field. */
ys_code ys_csv_next_row(ys_csv *csv, bool *more, ys_error *error);

/* The same for a table to which a program adds whole rows. A last line without
 * its line end, as a killed writer, a full disk or a loss of power leaves it,
 * cut short or followed by NULs, is no row: *more is false then, and *torn
 * true. Damage anywhere else is refused; so is a last row of several lines
 * without its line end, which a quote too many cannot be told from. */
ys_code ys_csv_next_whole_row(ys_csv *csv, bool *more, bool *torn,
                              ys_error *error);

/* A field of the current row, i < count, valid until the next row is read. */
const char *ys_csv_field(const ys_csv *csv, size_t i);

/* Go back to the start of the file. */
ys_code ys_csv_rewind(ys_csv *csv, ys_error *error);

#endif
