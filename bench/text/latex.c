#include "bench/text/latex.h"

#include "problems/formats/text.h"

#include <string.h>

static const struct {
  char character;
  const char *latex;
} special[] = {
    {'\\', "\\textbackslash{}"},
    {'~', "\\textasciitilde{}"},
    {'^', "\\textasciicircum{}"},
    {'{', "\\{"},
    {'}', "\\}"},
    {'_', "\\_"},
    {'%', "\\%"},
    {'&', "\\&"},
    {'#', "\\#"},
    {'$', "\\$"},
    {'<', "\\textless{}"},
    {'>', "\\textgreater{}"},
    {'|', "\\textbar{}"},
    {'"', "''"},
};

size_t latex_step(const char *text, char latex[LATEX_STEP]) {
  size_t length = ys_text_character(text);
  for (size_t i = 0; i < sizeof special / sizeof *special; i++)
    if (special[i].character == *text) {
      strcpy(latex, special[i].latex);
      return 1;
    }
  if (!length)
    return (size_t)sprintf(latex, " ");
  memcpy(latex, text, length);
  latex[length] = '\0';
  return length;
}

void latex_put(FILE *out, const char *text) {
  char latex[LATEX_STEP];
  while (*text) {
    text += latex_step(text, latex);
    fputs(latex, out);
  }
}

void latex_put_number(FILE *out, const char *text) {
  const char *exponent = strchr(text, 'e');
  if (strcmp(text, "inf") == 0)
    fputs("$\\infty$", out);
  else if (strcmp(text, "-") == 0)
    fputs(text, out);
  else if (!exponent)
    fprintf(out, "$%s$", text);
  else if (exponent == text + 1 && *text == '1')
    fprintf(out, "$10^{%s}$", exponent + 1);
  else
    fprintf(out, "$%.*s\\times10^{%s}$", (int)(exponent - text), text,
            exponent + 1);
}
