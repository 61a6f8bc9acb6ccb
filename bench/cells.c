#include "cells.h"

#include <stdbool.h>
#include <string.h>

void cell_put_markdown(FILE *out, const char *text) {
  for (; *text; text++) {
    if (*text == '|')
      fputc('\\', out);
    fputc(*text == '\n' ? ' ' : *text, out);
  }
}

void cell_put_csv(FILE *out, const char *text) {
  bool quote = text[strcspn(text, ",\"\r\n")] != '\0';
  if (quote)
    fputc('"', out);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', out);
    fputc(*text, out);
  }
  if (quote)
    fputc('"', out);
}
