/* Figures from a run directory: what was asked for, and the kinds there are. A
 * new kind is one file with a plot_kind in it, one line in the table in
 * cmd_plot.c and a gnuplot script. */
#ifndef PLOT_H
#define PLOT_H

#include "groups.h"
#include "provenance.h"

#include <stdio.h>

typedef struct plot_request {
  const char *dir; /* the run directory */
  const group_set *set;
  const provenance *made;
  const char *axis; /* "time" or "iteration"; NULL: both */
  const char *stem; /* where the one figure goes, without an ending; NULL:
                       DIR/figures/NAME */
  const char *const *formats;
  size_t format_count; /* >= 1 */
} plot_request;

typedef struct plot_kind {
  const char *name, *summary;
  /* How many figures the request makes. */
  size_t (*count)(const plot_request *request);
  /* Draw one of them, by its number from 0. YS_UNSUPPORTED: there is nothing to
   * draw, and the error says why. */
  ys_code (*draw)(const plot_request *request, size_t number, ys_error *error);
} plot_kind;

extern const plot_kind plot_convergence;

/* What a kind hands over to be drawn. */
typedef struct plot_drawing {
  const char *script;  /* in scripts/ */
  const char *caption; /* for STEM.txt */
  const void *context;
  /* Write the gnuplot assignments that the script wants; text that is drawn
   * goes through plot_put_string, so that it suits the format. */
  void (*settings)(FILE *out, const void *context, bool latex);
} plot_drawing;

/* The path of the figure called `name` without an ending, its folder made; to
 * be freed. */
ys_code plot_stem(const plot_request *request, const char *name, char **stem,
                  ys_error *error);

/* Draw STEM.dat in every format asked for and say so on standard output. */
ys_code plot_draw(const plot_request *request, const char *stem,
                  const plot_drawing *drawing, ys_error *error);

/* Write `text` as a gnuplot string that is drawn as it is, in LaTeX too. */
void plot_put_string(FILE *out, const char *text, bool latex);

#endif
