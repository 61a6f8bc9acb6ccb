/* Text for HTML: whatever it holds, a file's name or a solver's message, it is
 * shown as it is and never taken for markup or script. */
#ifndef HTML_H
#define HTML_H

#include <jansson.h>
#include <stdio.h>

/* Write `text` for the content of an element or a quoted attribute. Control
 * characters but line ends, and what is not UTF-8, become U+FFFD, here and in
 * the next. */
void html_put(FILE *out, const char *text);

/* A heading that `id` leads to, both markup already; a cell of a table, of the
 * class `kind`, that shows `text`. */
void html_put_heading(FILE *out, const char *id, const char *heading);
void html_put_cell(FILE *out, const char *kind, const char *text);

/* A JSON string of `text`; NULL without memory. */
json_t *html_json_string(const char *text);

/* Write JSON for the content of a <script>: < > and & as \u003c ..., so that
 * nothing in it ends the element. -1 without memory. */
int html_put_json(FILE *out, const json_t *json);

#endif
