/* The solvers of a set of runs, each with its number, its label, and its style:
 * the colour, dash and mark that it has wherever it is drawn. */
#ifndef SOLVER_STYLES_H
#define SOLVER_STYLES_H

#include "bench/analysis/groups.h"
#include "bench/store/meta.h"

#include <stdio.h>

enum {
  SOLVER_LABEL_LONGEST = 22, /* of those made here */
  SOLVER_LABEL_ROOM = LABEL_LONGEST + 8
};

typedef struct solver_label {
  char text[SOLVER_LABEL_ROOM];
} solver_label;

/* A label for each solver, each unlike any other: the one that the user gave
 * (`given`, NULL where there is none, or NULL for none at all); else its name
 * and options as given, if short enough; else without the keys of options whose
 * values are words (gsl:method=conjugate_fr becomes gsl:conjugate_fr); else
 * with its middle left out. Labels that come out the same are numbered. */
void solver_labels_make(const char *const *solvers, const char *const *given,
                        size_t count, solver_label *labels);

/* How a solver is drawn. The colour alone tells it from every other solver
 * (Okabe and Ito's colours, https://jfly.uni-koeln.de/color/, their yellow made
 * dark enough for paper); the same solver with other options has a shade of it,
 * another dash or another mark. */
typedef struct solver_style {
  char colour[8]; /* "#0072B2" */
  int dash;       /* from 1, solid: gnuplot's dash types */
  int mark;       /* gnuplot's point types, of those that every format has */
} solver_style;

enum { SOLVER_STYLE_DASHES = 5 };

/* The style of a solver as runs.csv names it. It depends on the text and
 * nothing else, so that it is the same in every directory, selection and page:
 * that of a table, or of a hash of the options. */
solver_style solver_style_of(const char *solver);

/* Styles that differ, of what is told apart by other things than solvers. */
solver_style solver_style_numbered(size_t number);

/* The same of each, but that two whose hashes come out the same differ. */
void solver_styles_choose(const char *const *solvers, size_t count,
                          solver_style *styles);

typedef struct solver_styles {
  const char **names;   /* as in runs.csv, each once; borrowed from the set */
  const char **given;   /* the labels that the user gave, or NULL; likewise */
  solver_label *labels; /* of the same numbers */
  solver_style *styles; /* likewise */
  size_t count;         /* >= 1 */
  ys_memory memory;
} solver_styles;

/* Number the solvers in the order in which the groups have them, of a selection
 * of `all` runs; NULL: of no selection. */
ys_code solver_styles_make(const group_set *set, const result_set *all,
                           solver_styles *solvers, ys_error *error);
void solver_styles_free(solver_styles *solvers);

/* The number of a solver; their count if it is none of them. */
size_t solver_style_number(const solver_styles *solvers, const char *name);

/* As a caption has it: the label that the user gave, or the name. */
const char *solver_style_name(const solver_styles *solvers, size_t number);

/* For a caption: a line if the solver's label is not its name. */
void solver_style_explain(FILE *out, const solver_styles *solvers,
                          size_t number);

#endif
