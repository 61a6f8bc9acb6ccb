/* Text within a cell of a table. Whatever it holds, a file's name or somebody
 * else's words, it stays in its cell and is shown as it is; control characters,
 * and bytes that are not UTF-8, as "\x1b". */
#ifndef CELLS_H
#define CELLS_H

#include <stdio.h>

/* For Markdown: what would be markup, an entity, HTML or the end of a cell has
 * a backslash in front. */
void cell_put_markdown(FILE *out, const char *text);

/* For CSV, quoted where it must be (RFC 4180). */
void cell_put_csv(FILE *out, const char *text);

#endif
