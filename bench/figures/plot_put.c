/* What the kinds of figures share in their gnuplot settings. */
#include "bench/figures/plot.h"

#include "bench/figures/gnuplot.h"
#include "bench/text/latex.h"

#include <string.h>

enum { STYLES = 24 }; /* line types of scripts/assets/terminal.gp */

size_t plot_style(size_t solver) {
  return solver % STYLES + 1;
}

void plot_put_string(FILE *out, const char *text, bool latex) {
  char step[LATEX_STEP];
  if (!latex) {
    gnuplot_put_string(out, text);
    return;
  }
  fputc('"', out);
  while (*text) {
    text += latex_step(text, step);
    gnuplot_put_part(out, step);
  }
  fputc('"', out);
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
