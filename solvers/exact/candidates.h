/* The rows whose best vertex is in doubt, each with the classes that it may
 * come to hold; and their exact answers to multipliers nu. docs/method.md, "The
 * exact solver".
 *
 * A row's answer minimises  -ln(sigma_i . y) - nu . y  over the simplex, which
 * is max over t of  1 + ln t - max_k (t sigma_k + nu_k):  a vertex, or, where
 * two lines of slopes sigma_low < 1 / t < sigma_high cross at the optimal t,
 * their two classes. */
#ifndef YS_EXACT_CANDIDATES_H
#define YS_EXACT_CANDIDATES_H

#include "solvers/exact/crossing.h"
#include "solvers/exact/look.h"
#include "solvers/exact/tally.h"

#include <math.h>

/* What else its row is near. Weights: see ys_candidates_ask. */
typedef struct ys_border {
  uint32_t third, given; /* the class whose line is next below those of a row
                            between two, and whose mass it would take */
  float weight, flip;    /* of low and high; of third and given */
} ys_border;

/* How far two multipliers' difference may be from where a row's answer changes
 * for the row to count: half of what it moved by in the last step, or is
 * expected to, but no more than `widest`. */
typedef struct ys_window {
  double widest;
  const double *moved; /* K, or NULL */
} ys_window;

/* Of any two classes; the narrowest is a share of the widest: a difference that
 * happens not to have moved says little. */
static inline double ys_window_least(const ys_window *window) {
  const double least = 0.05;
  return window->moved ? least * window->widest : window->widest;
}

/* Of two classes. */
static inline double ys_window_of(const ys_window *window, size_t a, size_t b) {
  if (!window->moved)
    return window->widest;
  const double half = 0.5 * fabs(window->moved[a] - window->moved[b]);
  return fmax(ys_window_least(window), fmin(window->widest, half));
}

/* Where a pair of classes is in a triangle of them, the larger one first. */
YS_INLINE size_t ys_pair_place(size_t a, size_t b) {
  return a > b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

typedef struct ys_candidates {
  size_t rows, entries;   /* in use, of this rank's */
  size_t total;           /* entries of all ranks, */
  size_t room;            /* and how many they may be */
  size_t capacity;        /* entries that there is memory for here */
  size_t all;             /* rows of the sample, which means are over */
  size_t *row;            /* of the batch, rising where it is the sample */
  size_t *begin;          /* rows + 1: first entry of each */
  uint32_t *held;         /* class of each entry, rising within a row */
  uint32_t *listed;       /* room: of what blocks list by themselves */
  double *sigma;          /* of each entry */
  double *y;              /* of each entry; the caller's */
  double *count;          /* K: rows of the sample at each vertex that are
                             not in doubt */
  ys_answer *answer;      /* rows */
  ys_border *border;      /* rows, of many classes */
  double largest;         /* weight of those borders */
  ys_lanes *tile;         /* of few classes: the rows' columns, for answers; */
  double *pairs;          /* K x K: weights of pairs of classes; */
  ys_tally sums;          /* and what they follow from */
  ys_tally tally;         /* of K sums */
  ys_blocks blocks;       /* of the rows */
  const uint64_t *wanted; /* (row, class) pairs to be taken in whatever
                             their lines, row << 32 | class, rising */
  size_t wishes;          /* how many of them */
} ys_candidates;

/* The answer to nu of a row of n classes, from two classes on; it weighs
 * nothing. */
ys_answer ys_candidates_answer(const double *sigma, const double *nu, size_t n,
                               size_t a, size_t b);

/* Room for so many entries of the objective's batch, on all ranks together;
 * memory may be lacking then. */
void ys_candidates_init(ys_candidates *c, ys_memory *memory,
                        const ys_objective *objective, size_t entries);

/* And room for what answers are found from, where classes are few. */
void ys_candidates_init_answers(ys_candidates *c, ys_memory *memory,
                                const ys_objective *objective);

/* Take in the rows of a sample whose slack, as it was looked at, is less than
 * `width`, each with the vertex and the next class that it was looked at to
 * have for an answer; count the others. */
void ys_candidates_choose_rows(ys_candidates *c, const ys_work *work,
                               ys_look_sample sample, const ys_look *look,
                               double width);

/* And of each the classes whose lines, at nu, are less than that below the
 * highest at the optimal t, with its answer. False if there is no room: fewer
 * are to be taken. */
bool ys_candidates_choose(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, double width);

/* The same for ys_candidates_ask: with all classes where they are few. */
bool ys_candidates_take(ys_candidates *c, const ys_work *work,
                        ys_look_sample sample, const ys_look *look,
                        const double *nu, double width);

/* The same rows, and classes anew. */
bool ys_candidates_list(ys_candidates *c, const ys_work *work, const double *nu,
                        double width);

/* The candidate of the first row from i on, or how many there are. */
size_t ys_candidates_from(const ys_candidates *c, size_t i);

/* Answers and column means as far as a look at nu tells, without lists: of two
 * classes at most. Rows that are neither mixed nor within the widest window are
 * counted; those within that, but not their pair's, weigh nothing. */
void ys_candidates_glance(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, const ys_window *window,
                          double *ybar);

/* Answers of rows that were taken for it, at nu, found from the last ones, and
 * column means ybar of the sample then; and what Newton's matrix weighs: pairs
 * of few classes, or else each row's border. With w the window of two classes
 * and d the difference of their multipliers, the weight of two that are held is
 * 1 / (d^2 + 2 w); that of a vertex whose slack is less than w is 1 / (2 w),
 * `high` being the class that is nearest; or else 0. Where a third line is less
 * than w below two that cross, the share of the one that would make way for it
 * flips: its weight is share / (2 w). A third line counts if it is the highest
 * of those that are in their windows. */
void ys_candidates_ask(ys_candidates *c, const ys_work *work, const double *nu,
                       const ys_window *window, double *ybar);

#endif
