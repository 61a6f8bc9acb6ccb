/* What the kinds of figures share in their gnuplot settings. */
#include "plot.h"

#include "latex.h"

#include <string.h>

enum { STYLES = 24 }; /* line types of scripts/terminal.gp */

size_t plot_style(size_t solver) {
  return solver % STYLES + 1;
}

/* One character within single quotes, where only the quote is special. */
static void put_character(FILE *out, char character) {
  if (character == '\'')
    fputc('\'', out);
  fputc(character == '\n' ? ' ' : character, out);
}

void plot_put_string(FILE *out, const char *text, bool latex) {
  fputc('\'', out);
  for (; *text; text++) {
    const char *instead = latex ? latex_replacement(*text) : NULL;
    if (!instead)
      put_character(out, *text);
    while (instead && *instead)
      put_character(out, *instead++);
  }
  fputc('\'', out);
}

void plot_put_text(FILE *out, const char *name, const char *text, bool latex) {
  fprintf(out, "%s = ", name);
  plot_put_string(out, text, latex);
  fputc('\n', out);
}

void plot_put_keys(FILE *out, const plot_key *keys, size_t count,
                   const char *title, bool latex) {
  size_t longest = 0;
  fprintf(out, "curves = %zu\narray labels[%zu] = [", count, count);
  for (size_t i = 0; i < count; i++) {
    size_t length = strlen(keys[i].text);
    longest = length > longest ? length : longest;
    fputs(i ? ", " : "", out);
    plot_put_string(out, keys[i].text, latex);
  }
  fprintf(out, "]\narray styles[%zu] = [", count);
  for (size_t i = 0; i < count; i++)
    fprintf(out, "%s%zu", i ? ", " : "", plot_style(keys[i].solver));
  fprintf(out, "]\nlegend_columns = %zu; legend_letters = %zu\n",
          legend_columns(longest, count), longest);
  plot_put_text(out, "legend_title", title, latex);
}
