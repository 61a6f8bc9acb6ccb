/* A CSV file with a header as a sequence of structs, one a row. A table of
 * columns says it all: the header line, the reading and the writing come from
 * it. */
#ifndef RECORDS_H
#define RECORDS_H

#include "bench/store/csvout.h"
#include "problems/formats/csv.h"

typedef enum record_kind {
  RECORD_TEXT,    /* const char *; of a row that was read, to be freed */
  RECORD_WHOLE,   /* long */
  RECORD_NUMBER,  /* double */
  RECORD_SECONDS, /* double, written to the nanosecond */
} record_kind;

/* What the fields of a column may be; schema.c has those there are. */
typedef struct record_rule {
  record_kind kind;
  double low, high;           /* closed range of a number; NaN is in none */
  const char *(*word)(int i); /* the i-th of the words that a text must be one
                                 of, NULL behind the last; NULL: any text in
                                 UTF-8 without control characters */
  bool is_optional;           /* no number: NaN, an empty field */
} record_rule;

/* Which column goes where in the struct. */
typedef struct record_field {
  const char *name;
  const record_rule *rule;
  size_t offset;
  bool is_later; /* a file of an older version may lack the column, which then
                    has no number; it is one of the last, and optional */
} record_field;

/* A table: its columns in the order of the file. */
typedef struct record_table {
  const char *name; /* of the file */
  const record_field *fields;
  size_t count;
  size_t size; /* of the struct, bytes */
  size_t line; /* offset of the size_t for the row's line in the file; 0: the
                  struct has none */
} record_table;

enum { RECORD_FIELDS = 40, RECORD_HEADER = 512 }; /* at most; bytes */

/* The header line, without its end, into `header`, which is returned. */
const char *record_header(const record_table *table,
                          char header[RECORD_HEADER]);

/* The place of a column, which must be there, in the table. */
size_t record_column(const record_table *table, const char *name);

/* The columns of `table` that `names` has: what somebody needs of it. They go
 * into `fields`, and into the same struct. */
record_table record_pick(const record_table *table, const char *const *names,
                         size_t count, record_field fields[RECORD_FIELDS]);

/* Open DIR/name to add rows: csvout_open or csvout_append. */
typedef ys_code record_opener(csvout *csv, const char *path, const char *header,
                              ys_error *error);
ys_code record_open_table(record_opener *open, csvout *csv, const char *dir,
                          const record_table *table, ys_error *error);

/* Add a row. */
void record_write(csvout *csv, const record_table *table, const void *record);

typedef struct records {
  ys_csv csv; /* csv.line: the line of the last record */
  char *path; /* owned */
  const record_table *table;
  size_t width;                /* columns of the file */
  size_t place[RECORD_FIELDS]; /* the column of each field */
} records;

/* Open DIR/name and find the columns of the table, which must outlive it. On
 * failure nothing is left open. */
ys_code records_open(const char *dir, const record_table *table, records *file,
                     ys_error *error);
void records_close(records *file);

/* Read the next row into the struct at `record`; *more is false, and nothing
 * stored, at the end. A field that is not what its rule says is refused with
 * file, line and column. A last line without its line end is left out, with a
 * note on standard error. On failure nothing of `record` is left to free. */
ys_code records_next(records *file, void *record, bool *more, ys_error *error);

/* The same without notes and advice, and with a last line that was cut off as
 * any other. */
ys_code records_next_plain(records *file, void *record, bool *more,
                           ys_error *error);

/* Free the texts of a record. */
void record_free(const record_table *table, void *record);

/* Read all the rows of DIR/name into an array of the table's structs; what has
 * no column in it, but for the line, is zero. Where there is a line, they are
 * sorted by the first member, an id, and then by line. A file that is not there
 * has none if it is `optional`. On failure nothing is left to free. */
ys_code records_read_all(const char *dir, const record_table *table,
                         bool optional, void **rows, size_t *count,
                         ys_error *error);
void records_free_all(const record_table *table, void *rows, size_t count);

/* What is allocated for rows, in messages. */
extern const char record_rows[];

#endif
