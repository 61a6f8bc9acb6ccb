/* A look at rows of a batch at given multipliers nu: which vertex is each row's
 * best, and how far nu may move before that is in doubt. docs/method.md, "The
 * exact solver". One pass over sigma at most, in vectors, without a logarithm.
 *
 * At nu a row's best vertex is the class a of largest sigma_k exp(nu_k). It is
 * the row's optimum if and only if no class's line is above a's at t = 1 /
 * sigma_a, that is, if its slack
 *
 *   min over k != a of  1 + nu_a - (sigma_k / sigma_a + nu_k)
 *
 * is not negative; and stays so while no difference of two nu changes by more
 * than the slack. */
#ifndef YS_EXACT_LOOK_H
#define YS_EXACT_LOOK_H

#include "problems/vector/tiles.h"
#include "solvers/common/work.h"

#include <stdint.h>

/* Rows of fewer classes are worked on YS_LANES side by side; of more, one after
 * the other. */
enum { YS_SIDE_BY_SIDE = 32 };

/* Rows are looked at in tiles of YS_LANES neighbours: every tile, or one of
 * each `stride` tiles on end, scattered among them as by chance. Of the tiles
 * that all rows have, a rank has those that lie in its rows. */
typedef struct ys_look_sample {
  size_t rows;   /* of the batch, or of this rank's share */
  size_t stride; /* 1: every row */
  size_t whole;  /* rows of all ranks */
  size_t before; /* tiles of the ranks before this one, of all; */
  size_t first;  /* and of the sample */
} ys_look_sample;

/* One of each `stride` tiles. */
ys_look_sample ys_look_every(const ys_batch *batch, size_t stride);

/* How many tiles a sample has here, and the first row of one of them, of those
 * that are here; and how many rows all ranks have. */
size_t ys_look_tiles(ys_look_sample sample);
size_t ys_look_row(ys_look_sample sample, size_t tile);
size_t ys_look_rows(ys_look_sample sample);

typedef struct ys_look {
  uint32_t *vertex; /* tiles x YS_LANES: the best vertex of each row */
  uint32_t *next;   /* likewise: the class whose line is highest but for it,
                       where the slack is exact */
  float *slack;     /* likewise; what is beyond the last row is +infinity */
  size_t stride;    /* of the sample; 0: nothing has been looked at */
  double *nu;       /* K: what it was looked at */
  double *fall;     /* K: room */
} ys_look;

/* Room for so many rows. */
void ys_look_init(ys_look *look, ys_memory *memory, size_t rows,
                  size_t classes);

/* Look at the sample's rows at nu (K); tilt (K) is exp(nu - max nu). Slacks
 * below `exact` are exact; of another row, that is decided for long, the slack
 * may be a lower bound. With many classes, a row that the look before this one,
 * at the same sample or one of all rows here, says so much of is not read
 * again. */
void ys_look_at(const ys_work *work, ys_look_sample sample, const double *nu,
                const double *tilt, double exact, ys_look *look);

/* How many of the places [first, end) have a slack below `width`: none beyond
 * the last row. */
size_t ys_look_below(const ys_look *look, double width, size_t first,
                     size_t end);

/* `width`, or a narrower one that about `wanted` rows of the sample, of all
 * ranks, have a slack below. */
double ys_look_width(const ys_work *work, const ys_look *look,
                     ys_look_sample sample, double width, size_t wanted);

#endif
