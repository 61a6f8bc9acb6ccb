/* One table, line by line: which of them are rows. */
#ifndef REPAIR_TABLE_H
#define REPAIR_TABLE_H

#include "bench/store/records.h"

typedef struct repair_table {
  char *path;
  char *text; /* the file */
  size_t size;
  size_t *begin; /* where each line begins, and one more: where the last ends */
  bool *goes;    /* by line, from 0, the header */
  size_t count;  /* of lines */
  size_t gone;   /* how many of them go */
} repair_table;

/* Why a row that is one by itself goes nevertheless, or NULL. */
typedef const char *repair_judge(const void *record, void *context);

/* Read DIR/columns->name, and say on standard output of each line that is no
 * row with these columns, or that `judge` (NULL: nobody) will not have, why it
 * goes. Without a whole header line there is nothing to be kept: count is 0. */
ys_code repair_table_read(const char *dir, const record_table *columns,
                          repair_judge *judge, void *context,
                          repair_table *table, ys_error *error);
void repair_table_free(repair_table *table); /* accepts a zeroed one */

/* Put the table without the lines that go in its place; as it was, it is kept
 * as NAME.damaged. Nothing happens if none goes. */
ys_code repair_table_write(const repair_table *table, ys_error *error);

/* Move, or with `copy` link, a file to NAME.damaged, or to NAME.damaged.2 and
 * so on if that is there. */
ys_code repair_set_aside(const char *path, bool copy, ys_error *error);

#endif
