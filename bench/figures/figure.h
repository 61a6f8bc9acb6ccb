/* Drawing with gnuplot. A figure is three files beside each other: STEM.dat
 * (the numbers), STEM.gp (a script that draws them, for an editor) and STEM.txt
 * (a caption); gnuplot turns them into STEM.pdf, .png, .svg or .tex. */
#ifndef FIGURE_H
#define FIGURE_H

#include "problems/error.h"

#include <stdbool.h>
#include <stdio.h>

/* The figure formats. */
enum { FIGURE_FORMATS = 4 };
extern const char *const figure_formats[FIGURE_FORMATS];

/* "column" (the default) and "slide", for scripts/assets/terminal.gp. */
extern const char *const figure_presets[2];

/* What the user asks of the looks of every figure: for terminal.gp. */
typedef struct figure_look {
  const char *preset; /* "column" or "slide" */
  const char *font;   /* of pdf, png and svg; NULL: the usual one */
  const char *title;  /* NULL: the kind's, on slides alone */
  double width;       /* mm; 0: the preset's */
  bool no_legend;
} figure_look;

typedef struct figure_files {
  const char *stem;   /* path of the files, without an ending */
  const char *script; /* file name in scripts/assets/, such as "segments.gp" */
  const figure_look *look;
  const char *const *formats; /* pdf, png, svg or tikz */
  size_t format_count;        /* >= 1 */
  bool has_legend;
  bool is_named; /* by the user: a link is followed then */
  const void *content;
  void (*data)(FILE *out, const void *content);    /* STEM.dat */
  void (*caption)(FILE *out, const void *content); /* STEM.txt */
  /* The gnuplot assignments that the script wants, a line each, such as
   * `curves = 3`; text that is drawn goes through plot_put_string, so that it
   * suits the format. */
  void (*settings)(FILE *out, const void *content, bool latex);
} figure_files;

/* Write STEM.dat, and in every format STEM.gp and STEM.txt, run gnuplot on
 * STEM.gp in the folder of the figure, and name the figure on standard output.
 * STEM.gp starts with
 *
 *   format = "pdf"; data = "./NAME.dat";
 *   if (!exists("output")) output = "./NAME.pdf"; preset = 'column'
 *
 * and the settings, then scripts/assets/terminal.gp (which sets the terminal
 * for `format`, the shared line styles and the output), then
 * scripts/assets/frame.gp (which draws the legend) if `has_legend`, then the
 * script; so that `gnuplot NAME.gp` draws it again, restyled or not. Here
 * gnuplot draws to its standard output instead, so that the figure is there
 * whole or not at all. The scripts are those in the folder that the variable
 * YSTEP_SCRIPTS names, else those beside the program or installed with it. */
ys_code figure_draw(const figure_files *drawing, ys_error *error);

/* `ystep plot -o FILE`: take FILE apart into *stem, its path without the
 * ending, to be freed, and the format that its ending names. Refuses an ending
 * that is no figure's, a name that gnuplot cannot take, and, unless `force` is
 * set, one whose figure would replace a file. */
ys_code figure_output_read(const char *file, bool force, char **stem,
                           const char **format, ys_error *error);

#endif
