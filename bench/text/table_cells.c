#include "bench/text/table_cells.h"

#include "problems/formats/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* ------------------------------------------------------------- Markdown --- */

static bool is_word(char character) {
  return isalnum((unsigned char)character) || (unsigned char)character >= 0x80;
}

/* An underscore within a word is none. */
static bool is_markup(char before, const char *at) {
  return *at == '_' ? !is_word(before) || !is_word(at[1])
                    : strchr("\\`*[]<>|&#~$", *at) != NULL;
}

void cell_put_markdown(FILE *out, const char *text) {
  char shown[YS_TEXT_STEP], before = ' ';
  while (*text) {
    const char *at = text;
    text += ys_text_step(text, shown);
    if (is_markup(before, shown[1] ? shown : at))
      fputc('\\', out);
    fputs(shown, out);
    before = text[-1];
  }
}

/* ------------------------------------------------------------------ CSV --- */

void cell_put_csv(FILE *out, const char *text) {
  char shown[YS_TEXT_STEP];
  bool quote = text[strcspn(text, ",\"")] != '\0';
  if (quote)
    fputc('"', out);
  while (*text) {
    if (*text == '"')
      fputc('"', out);
    text += ys_text_step(text, shown);
    fputs(shown, out);
  }
  if (quote)
    fputc('"', out);
}
