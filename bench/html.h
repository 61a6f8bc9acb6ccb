/* Text for HTML: whatever it holds, a file's name or a solver's message, it is
 * shown as it is and never taken for markup or script. */
#ifndef HTML_H
#define HTML_H

#include <jansson.h>
#include <stdio.h>

/* Write `text` for the content of an element or a quoted attribute. */
void html_put(FILE *out, const char *text);

/* A JSON string of `text`; where that is not UTF-8, with a question mark for
 * every byte beyond ASCII. NULL without memory. */
json_t *html_json_string(const char *text);

/* Write JSON for the content of a <script>: < > and & as \u003c ..., so that
 * nothing in it ends the element. -1 without memory. */
int html_put_json(FILE *out, const json_t *json);

#endif
