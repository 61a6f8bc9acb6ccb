#include "bench/text/gnuplot.h"

#include "problems/formats/text.h"

#include <ctype.h>
#include <string.h>

/* Strings in single quotes would leave less to replace, but gnuplot 5.4 takes
 * two doubled quotes in a row for their end. Within double quotes a backslash,
 * a backquote and an @ mean something: all but harmless characters are written
 * by their octal number. */
static void put_byte(FILE *out, unsigned char byte) {
  if (byte >= 0x80 || isalnum(byte) || strchr(" .,:;=+-_/()%'", byte))
    fputc(byte, out);
  else
    fprintf(out, "\\%03o", byte);
}

void gnuplot_put_part(FILE *out, const char *text) {
  char shown[YS_TEXT_STEP];
  while (*text) {
    text += ys_text_step(text, shown);
    for (const char *c = shown; *c; c++)
      put_byte(out, (unsigned char)*c);
  }
}

void gnuplot_put_string(FILE *out, const char *text) {
  fputc('"', out);
  gnuplot_put_part(out, text);
  fputc('"', out);
}
