/* Figures from a run directory: what was asked for, and the kinds there are. A
 * new kind is one file with a plot_kind in it, one line in plots.def and a
 * gnuplot script. */
#ifndef PLOT_H
#define PLOT_H

#include "bench/analysis/timetogap.h"
#include "bench/store/provenance.h"

#include <stdio.h>

typedef struct plot_request {
  const char *dir;           /* the run directory */
  const result_set *results; /* all of its runs */
  const group_set *set; /* those selected; NULL for a kind that reads none */
  const solver_styles *solvers; /* of the set */
  const provenance *made;
  const char *axis;   /* "time" or "iteration"; NULL: what is usual */
  const double *gaps; /* for kinds that are about a gap */
  size_t gap_count;   /* >= 1 */
  const char *unit;   /* the solver whose iterations data profiles count in */
  const char *preset; /* one of figure_presets */
  const char *stem;   /* where the one figure goes, without an ending; NULL:
                         DIR/figures/NAME */
  const char *const *formats;
  size_t format_count; /* >= 1 */
} plot_request;

/* What a kind makes use of. */
enum {
  PLOT_RUNS = 1, /* runs.csv and traces.csv, and options that select of them */
  PLOT_AXIS = 2, /* --x */
  PLOT_GAP = 4,  /* --gap */
  PLOT_UNIT = 8, /* --unit */
};

typedef struct plot_kind {
  const char *name, *summary;
  unsigned uses;
  /* How many figures the request makes. */
  ys_code (*count)(const plot_request *request, size_t *count, ys_error *error);
  /* Draw one of them, by its number from 0. YS_UNSUPPORTED: there is nothing to
   * draw, and the error says why. */
  ys_code (*draw)(const plot_request *request, size_t number, ys_error *error);
} plot_kind;

/* Ends with NULL. */
extern const plot_kind *const plot_kinds[];

/* ---------------------------------------------------- for the kinds ------- */

/* "time" and "iteration", as --x and the names of files have them. */
extern const char *const plot_axis_names[2];

/* How many axes the request is about: one it names, or both. */
size_t plot_axis_count(const plot_request *request);
/* That of figure `number`, of which plot_axis_count() share everything else. */
cost_kind plot_axis_of(const plot_request *request, size_t number);

/* The one that the request names, or `usual`. */
cost_kind plot_axis_or(const plot_request *request, cost_kind usual);

/* What a kind hands over to be drawn. */
typedef struct plot_drawing {
  const char *script; /* in scripts/ */
  bool has_legend;    /* that frame.gp draws, of what plot_put_keys() writes */
  const void *context;
  /* Write STEM.dat, and STEM.txt. */
  void (*data)(FILE *out, const void *context);
  void (*caption)(FILE *out, const void *context);
  /* Write the gnuplot assignments that the script wants; text that is drawn
   * goes through plot_put_string, so that it suits the format. */
  void (*settings)(FILE *out, const void *context, bool latex);
} plot_drawing;

/* Write and draw the figure called `name`, a file name without an ending, in
 * every format asked for, and say so on standard output. */
ys_code plot_draw(const plot_request *request, const char *name,
                  const plot_drawing *drawing, ys_error *error);

/* Write `text` as a gnuplot string that is drawn as it is, in LaTeX too. */
void plot_put_string(FILE *out, const char *text, bool latex);

/* "NAME = 'text'" */
void plot_put_text(FILE *out, const char *name, const char *text, bool latex);

/* A line of a legend: its text and the style number of its solver. */
typedef struct plot_key {
  char text[SOLVER_LABEL_ROOM + 24];
  size_t solver;
} plot_key;

/* The assignments that scripts/assets/frame.gp wants: curves, labels, styles,
 * and the shape of the legend. */
void plot_put_keys(FILE *out, const plot_key *keys, size_t count,
                   const char *title, bool latex);

/* Columns for a legend of `count` entries, the longest of that many letters,
 * below a figure 84 mm wide. */
size_t legend_columns(size_t longest, size_t count);

/* The number of a solver's line type in scripts/assets/terminal.gp. */
size_t plot_style(size_t solver);

/* Round a range, 0 < *low <= *high, outwards to 1, 2 or 5 times a power of ten;
 * to whole decades if it would otherwise hold fewer than two powers of ten,
 * which are what an axis names. */
void plot_round_axis(double *low, double *high);

/* For captions about these groups: when their runs stopped, as far as that is
 * known; and the last line, with threads, machine, version and date. */
void plot_put_limits(FILE *out, const run_group *groups, size_t count);
void plot_put_provenance(FILE *out, const plot_request *request,
                         const run_group *groups, size_t count);

#endif
