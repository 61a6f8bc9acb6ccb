/* Figures from a run directory: what was asked for, and the kinds there are. A
 * new kind is one file with a plot_kind in it, one line in plots.def and a
 * gnuplot script. */
#ifndef PLOT_H
#define PLOT_H

#include "bench/analysis/timetogap.h"
#include "bench/cli/args.h"
#include "bench/figures/figure.h"
#include "bench/store/meta.h"
#include "bench/text/numbers.h"

#include <math.h>
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
  arg_texts labels;   /* of kinds without runs; those of runs have theirs */
  const figure_look *look;
  const double *x_limits, *y_limits; /* the ends of an axis; NULL: those of what
                                        is drawn */
  const char *stem; /* where the one figure goes, without an ending; NULL:
                       DIR/figures/NAME */
  const char *const *formats;
  size_t format_count; /* >= 1 */
} plot_request;

/* ------------------------------------------------------- one figure ------- */

/* The ends of an axis, or of a number over runs. */
typedef struct plot_range {
  double low, high;
} plot_range;

static const plot_range PLOT_NOTHING = {INFINITY, -INFINITY};

/* A line of a legend: its text and the style number of its solver. */
typedef struct plot_key {
  char text[SOLVER_LABEL_ROOM + 24];
  size_t solver;
} plot_key;

typedef struct plot_kind plot_kind;

/* What figures of every kind have; that of a kind begins with it. */
typedef struct plot_figure {
  const plot_request *request;
  const plot_kind *kind;
  const solver_styles *solvers; /* of the keys: the request's */
  size_t number;                /* from 0, of its y-steps or their family */
  int size;         /* of a family, in which its y-steps may differ */
  group_set groups; /* the y-steps */
  cost_kind cost;
  double gap;
  char gap_text[NUMBER_ROOM];
  gap_matrix of;           /* the y-steps, to the gap */
  char title[GROUP_TITLE]; /* what it is about: by default the first y-step */
  char slug[GROUP_FILE_NAME + 8]; /* of that, in the file's name: "-SLUG" */
  plot_key *keys;                 /* the legend, with room for every solver */
  size_t key_count;
  plot_range x, y; /* the axes */
  ys_memory memory;
} plot_figure;

#define PLOT_TABLE_OF_RUNS "runs.csv"

/* What a kind makes use of. */
enum {
  PLOT_RUNS = 1,  /* runs.csv and traces.csv, and options that select of them */
  PLOT_AXIS = 2,  /* --x */
  PLOT_GAP = 4,   /* --gap: figure->of */
  PLOT_UNIT = 8,  /* --unit */
  PLOT_BOTH = 16, /* without --x, a figure for each axis */
  PLOT_X = 32,    /* --x-limits */
  PLOT_Y = 64,    /* --y-limits */
  PLOT_LINEAR_X = 128, /* those may be zero */
  PLOT_LINEAR_Y = 256,
  PLOT_LABELS = 1024, /* --label, of a kind without runs */
  PLOT_LEGEND = 512   /* of curves, which may be too many to be told apart */
};

struct plot_kind {
  const char *name, *summary; /* the name begins those of files */
  unsigned uses;
  const char *table;  /* of the directory, that it draws */
  cost_kind usual;    /* axis */
  const char *script; /* in scripts/assets/ */
  bool has_legend;    /* that frame.gp draws, of what plot_put_keys() writes */
  size_t figure_size; /* of what begins with a plot_figure */

  /* Whether two y-steps are of one figure, for each of so many sizes (0: one);
   * NULL: no two are. */
  bool (*alike)(const result_row *a, const result_row *b, int size);
  int sizes;
  /* NULL-able: the order within a figure, which wants two that differ in it. */
  bool (*is_larger)(const result_row *a, const result_row *b, int size);
  const char *none; /* says that there are none; NULL: no mistake */
  /* Of a kind that is not about y-steps: how many figures there are. */
  ys_code (*count)(const plot_request *request, size_t *count, ys_error *error);

  /* What is drawn, and the keys. YS_UNSUPPORTED: there is nothing to draw, and
   * the error says why. `discard` (NULL-able) frees what is not of the figure's
   * memory, after failure, too. */
  ys_code (*fill)(void *figure, ys_error *error);
  void (*discard)(void *figure);
  void (*data)(FILE *out, const void *figure);
  void (*caption)(FILE *out, const void *figure);
  void (*settings)(FILE *out, const void *figure, bool latex); /* figure.h */
};

/* Ends with NULL. */
extern const plot_kind *const plot_kinds[];
extern const plot_kind plot_segments; /* of `ystep check` */

/* How many figures of this kind the request makes. YS_UNSUPPORTED: none, and
 * the error says why. */
ys_code plot_count(const plot_kind *kind, const plot_request *request,
                   size_t *count, ys_error *error);

/* Draw one of them, by its number from 0, in every format asked for, and say so
 * on standard output; *curves is raised to those of its legend. YS_UNSUPPORTED:
 * there is nothing to draw, and the error says why. */
ys_code plot_draw(const plot_kind *kind, const plot_request *request,
                  size_t number, size_t *curves, ys_error *error);

/* ---------------------------------------------------- for the kinds ------- */

/* By cost_kind: as --x and the names of files have it, as axes name it, and as
 * it begins a caption. */
typedef struct plot_cost {
  const char *axis, *name, *phrase;
} plot_cost;

extern const plot_cost plot_costs[2];

/* Seconds or iterations, medians over repeats: infinite if half of the runs or
 * more did not come within the gap, or there are none. */
double plot_cost_of(const plot_figure *figure, size_t group, size_t solver);

/* Add the solver's label to the legend. */
plot_key *plot_add_key(plot_figure *figure, size_t solver);

/* Write `text` as a gnuplot string that is drawn as it is, in LaTeX too. */
void plot_put_string(FILE *out, const char *text, bool latex);

/* "title = 'text'", or the title that the user gave. */
void plot_put_title(FILE *out, const plot_figure *figure, const char *text,
                    bool latex);

/* "NAME = 'text'" */
void plot_put_text(FILE *out, const char *name, const char *text, bool latex);

/* The assignments that scripts/assets/frame.gp wants: curves, labels, styles,
 * and the shape of the legend. */
void plot_put_keys(FILE *out, const plot_figure *figure, const char *title,
                   bool latex);

/* Columns for a legend of `count` entries, the longest of that many letters,
 * below a figure of that width. */
enum { LEGEND_WIDTH = 84 }; /* mm, of a column */
size_t legend_columns(size_t longest, size_t count, double width);

void plot_widen(plot_range *range, double number);

/* Round a range, 0 < low <= high, outwards to 1, 2 or 5 times a power of ten;
 * to whole decades if it would otherwise hold fewer than two powers of ten,
 * which are what an axis names. */
void plot_round_axis(plot_range *range);

/* The assignments x_low, x_high, and y_low, y_high where there is a range: the
 * figure's, or the user's. */
void plot_put_axes(FILE *out, const plot_figure *figure);

/* For captions: what within the gap means, and who did not run where. */
void plot_put_solved(FILE *out, const plot_figure *figure);

/* When the runs stopped, as far as that is known. */
void plot_put_limits(FILE *out, const plot_figure *figure);

/* The last lines: labels that are not names; threads, machine, version and
 * date. */
void plot_put_end(FILE *out, const plot_figure *figure);

#endif
