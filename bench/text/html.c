#include "bench/text/html.h"

#include "problems/formats/text.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

static const char *entity(char character) {
  static const char special[] = "&<>\"'";
  static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                         "&#39;"};
  const char *found = strchr(special, character);
  return found && *found ? entities[found - special] : NULL;
}

/* U+FFFD stands for what is no character (ys_text_character). */
#define REPLACEMENT "\xEF\xBF\xBD"

/* Line ends stay. */
static size_t character(const char *text) {
  return *text == '\n' ? 1 : ys_text_character(text);
}

void html_put(FILE *out, const char *text) {
  while (*text) {
    size_t length = character(text);
    const char *instead = length ? entity(*text) : REPLACEMENT;
    if (instead)
      fputs(instead, out);
    else
      fwrite(text, 1, length, out);
    text += length ? length : 1;
  }
}

void html_put_heading(FILE *out, const char *id, const char *heading) {
  fprintf(out, "<h2 id=\"%s\">%s</h2>\n", id, heading);
}

void html_put_cell(FILE *out, const char *kind, const char *text) {
  fprintf(out, "<td class=\"%s\">", kind);
  html_put(out, text);
  fputs("</td>", out);
}

json_t *html_json_string(const char *text) {
  char *clean = malloc(ys_plus(ys_times(strlen(text), strlen(REPLACEMENT)), 1)),
       *end = clean;
  if (!clean)
    return NULL;
  while (*text) {
    size_t length = character(text);
    const char *from = length ? text : REPLACEMENT;
    size_t wrote = length ? length : strlen(REPLACEMENT);
    memcpy(end, from, wrote);
    end += wrote;
    text += length ? length : 1;
  }
  *end = '\0';
  json_t *made = json_string(clean);
  free(clean);
  return made;
}

int html_put_json(FILE *out, const json_t *json) {
  char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT |
                                    JSON_ENSURE_ASCII | JSON_REAL_PRECISION(5));
  if (!text)
    return -1;
  for (const char *c = text; *c; c++)
    if (strchr("<>&", *c))
      fprintf(out, "\\u%04x", (unsigned)*c);
    else
      fputc(*c, out);
  free(text);
  return 0;
}
