/* Text within a cell of a table. */
#ifndef CELLS_H
#define CELLS_H

#include <stdio.h>

/* For Markdown, where a bar would end the cell. */
void cell_put_markdown(FILE *out, const char *text);
/* For CSV, quoted where it must be (RFC 4180). */
void cell_put_csv(FILE *out, const char *text);

#endif
