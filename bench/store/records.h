/* A CSV file with a header as a sequence of structs, one a row. */
#ifndef RECORDS_H
#define RECORDS_H

#include "problems/formats/csv.h"

typedef enum record_kind {
  RECORD_TEXT,   /* char *, to be freed */
  RECORD_WHOLE,  /* long */
  RECORD_NUMBER, /* double */
} record_kind;

/* What the fields of a column may be; columns.h has those there are. */
typedef struct record_rule {
  record_kind kind;
  double low, high;           /* closed range of a number; NaN is in none */
  const char *(*word)(int i); /* the i-th of the words that a text must be one
                                 of, NULL behind the last; NULL: any text in
                                 UTF-8 without control characters */
  bool is_optional;           /* no number: NaN */
} record_rule;

/* Which column goes where in the struct. */
typedef struct record_field {
  const char *name;
  const record_rule *rule;
  size_t offset;
} record_field;

/* The columns of a table that somebody reads. */
typedef struct record_table {
  const char *name; /* of the file */
  const record_field *fields;
  size_t count;
} record_table;

enum { RECORD_FIELDS = 24 }; /* at most */

typedef struct records {
  ys_csv csv; /* csv.line: the line of the last record */
  char *path; /* owned */
  const record_field *fields;
  size_t count;                /* of the fields */
  size_t width;                /* columns of the file */
  size_t place[RECORD_FIELDS]; /* the column of each field */
} records;

/* Open DIR/name and find the columns of `fields`, which must outlive it. On
 * failure nothing is left open. */
ys_code records_open(const char *dir, const char *name,
                     const record_field *fields, size_t count, records *file,
                     ys_error *error);
void records_close(records *file);

/* Read the next row into the struct at `record`; *more is false, and nothing
 * stored, at the end. A field that is not what its rule says is refused with
 * file, line and column. A last line without its line end is left out, with a
 * note on standard error. On failure the texts of `record` are free or NULL. */
ys_code records_next(records *file, void *record, bool *more, ys_error *error);

/* The same without notes and advice, and with a last line that was cut off as
 * any other. */
ys_code records_next_plain(records *file, void *record, bool *more,
                           ys_error *error);

/* Free the texts of a record. */
void record_free(const record_field *fields, size_t count, void *record);

/* Read all the rows of DIR/name into an array of structs of `size` bytes. On
 * failure nothing is left to free. */
ys_code records_read_all(const char *dir, const char *name,
                         const record_field *fields, size_t field_count,
                         size_t size, void **rows, size_t *count,
                         ys_error *error);
void records_free_all(const record_field *fields, size_t field_count,
                      size_t size, void *rows, size_t count);

/* What is allocated for rows, in messages. */
extern const char record_rows[];

#endif
