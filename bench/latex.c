#include "latex.h"

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
    {'\n', " "},
    {'\r', " "},
};

const char *latex_replacement(char character) {
  for (size_t i = 0; i < sizeof special / sizeof *special; i++)
    if (special[i].character == character)
      return special[i].latex;
  return NULL;
}

void latex_put(FILE *out, const char *text) {
  for (; *text; text++) {
    const char *latex = latex_replacement(*text);
    if (latex)
      fputs(latex, out);
    else
      fputc(*text, out);
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
