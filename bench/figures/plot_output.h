/* `ystep plot -o FILE`: one figure, where the user says. */
#ifndef PLOT_OUTPUT_H
#define PLOT_OUTPUT_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The figure formats. */
enum { PLOT_FORMATS = 4 };
extern const char *const plot_formats[PLOT_FORMATS];

/* Take FILE apart into *stem, its path without the ending, to be freed, and the
 * format that its ending names. Refuses an ending that is no figure's, a name
 * that gnuplot cannot take, and, unless `force` is set, one whose figure would
 * replace a file. */
ys_code plot_output_read(const char *file, bool force, char **stem,
                         const char **format, ys_error *error);

#endif
