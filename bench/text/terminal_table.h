/* Markdown with tables, as a reader at a terminal wants it: columns aligned,
 * no wider than the window. */
#ifndef TERMINAL_TABLE_H
#define TERMINAL_TABLE_H

#include "problems/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Write `markdown`, as bench/tables/ makes it: headings, tables, paragraphs.
 * Columns of a table that have no room within `width` follow below, each time
 * with the first one; `styled`: headings are bold. Takes `markdown` apart. */
ys_code terminal_table_draw(FILE *out, char *markdown, size_t width,
                            bool styled, ys_error *error);

#endif
