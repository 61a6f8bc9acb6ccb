/* Solvers' names as short as a legend needs them. */
#ifndef LEGEND_H
#define LEGEND_H

#include "bench/analysis/groups.h"

enum { LEGEND_LONGEST = 22, LEGEND_ROOM = LEGEND_LONGEST + 8 };

typedef struct legend_label {
  char text[LEGEND_ROOM];
} legend_label;

/* A label for each solver, each unlike any other: its name and
 * options as given, if short enough; else without the keys of options whose
 * values are words (gsl:method=conjugate_fr becomes gsl:conjugate_fr); else
 * with its middle left out. Labels that come out the same are numbered. */
void legend_make(const char *const *solvers, size_t count,
                 legend_label *labels);

/* Columns for a legend of `count` entries, the longest of that many letters,
 * below a figure 84 mm wide. */
size_t legend_columns(size_t longest, size_t count);

#endif
