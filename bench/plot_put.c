/* What the kinds of figures share in their gnuplot settings and captions. */
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

/* -------------------------------------------------------------- captions -- */

void plot_put_limits(FILE *out, const plot_request *request,
                     const run_group *groups, size_t count) {
  const provenance *made = request->made;
  (void)groups;
  (void)count;
  if (made->tolerance && made->time_limit)
    fprintf(out,
            "Runs stopped at a gap of %s nats or after %s s of solver time.\n",
            made->tolerance, made->time_limit);
}

typedef struct thread_range {
  long least, most;
} thread_range;

static void add_group(const run_group *group, thread_range *range) {
  for (size_t s = 0; s < group->solver_count; s++)
    for (size_t i = 0; i < group->solvers[s].count; i++) {
      long threads = group->solvers[s].runs[i]->threads;
      range->least = threads < range->least ? threads : range->least;
      range->most = threads > range->most ? threads : range->most;
    }
}

void plot_put_provenance(FILE *out, const plot_request *request,
                         const run_group *groups, size_t count) {
  char line[512];
  long first = groups->sample->threads;
  thread_range range = {first, first};
  for (size_t g = 0; g < count; g++)
    add_group(&groups[g], &range);
  provenance_line(request->made, line, sizeof line);
  fputs("Measured with ", out);
  if (range.least < range.most)
    fprintf(out, "%ld to ", range.least);
  fprintf(out, "%ld thread%s on %s.\n", range.most, range.most == 1 ? "" : "s",
          line);
}
