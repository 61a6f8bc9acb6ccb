/* Drawing with gnuplot. A figure is three files beside each other: STEM.dat
 * (the numbers), STEM.gp (a script that draws them, for an editor) and STEM.txt
 * (a caption); gnuplot turns them into STEM.pdf, .png, .svg or .tex. */
#ifndef FIGURE_H
#define FIGURE_H

#include "problems/formats/output.h"

#include <stdbool.h>

/* The figure formats. */
enum { FIGURE_FORMATS = 4 };
extern const char *const figure_formats[FIGURE_FORMATS];

/* "column" (the default) and "slide", for scripts/assets/terminal.gp. */
extern const char *const figure_presets[2];

typedef struct figure {
  const char *stem;     /* path of the files, without an ending */
  const char *script;   /* file name in scripts/, such as "segments.gp" */
  const char *format;   /* pdf, png, svg or tikz */
  const char *settings; /* gnuplot assignments put in front of the script, a
                           line each, such as `curves = 3` */
  bool has_legend;
  const char *caption; /* written to STEM.txt */
  bool is_named;       /* by the user: a link is followed then */
} figure;

/* Begin to write STEM.ENDING. */
ys_code figure_open_file(ys_output *output, const char *stem,
                         const char *ending, ys_error *error);

/* Write STEM.gp and STEM.txt and run gnuplot on STEM.gp in the folder of the
 * figure. STEM.dat must be there already. STEM.gp starts with
 *
 *   format = "pdf"; data = "./NAME.dat";
 *   if (!exists("output")) output = "./NAME.pdf"
 *
 * and the settings, then scripts/assets/terminal.gp (which sets the terminal
 * for `format`, the shared line styles and the output), then
 * scripts/assets/frame.gp (which draws the legend) if `has_legend`, then the
 * script; so that `gnuplot NAME.gp` draws it again, restyled or not. Here
 * gnuplot draws to its standard output instead, so that the figure is there
 * whole or not at all. The scripts are those in the folder that the variable
 * YSTEP_SCRIPTS names, else those beside the program or installed with it. */
ys_code figure_draw(const figure *drawing, ys_error *error);

/* `ystep plot -o FILE`: take FILE apart into *stem, its path without the
 * ending, to be freed, and the format that its ending names. Refuses an ending
 * that is no figure's, a name that gnuplot cannot take, and, unless `force` is
 * set, one whose figure would replace a file. */
ys_code figure_output_read(const char *file, bool force, char **stem,
                           const char **format, ys_error *error);

#endif
