#include "html.h"

#include <stdlib.h>
#include <string.h>

static const char *entity(char character) {
  switch (character) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

void html_put(FILE *out, const char *text) {
  for (; *text; text++) {
    const char *instead = entity(*text);
    if (instead)
      fputs(instead, out);
    else
      fputc(*text, out);
  }
}

json_t *html_json_string(const char *text) {
  json_t *made = json_string(text);
  char *ascii = made ? NULL : strdup(text);
  if (!ascii)
    return made;
  for (char *c = ascii; *c; c++)
    if ((unsigned char)*c >= 0x80)
      *c = '?';
  made = json_string(ascii);
  free(ascii);
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
