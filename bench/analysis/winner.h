/* Shared by winner*.c alone: one map of winners. */
#ifndef WINNER_H
#define WINNER_H

#include "bench/analysis/gapmatrix.h"

enum { NOBODY = -1 };

/* One y-step of the map. */
typedef struct winner_cell {
  size_t group;
  size_t x, y;  /* its column and row */
  long key;     /* of the winner; NOBODY if nobody came within the gap */
  double cost;  /* of the winner */
  double ratio; /* the second's cost over the winner's; infinite without one */
} winner_cell;

typedef struct winners {
  const plot_request *request;
  plot_axis axis;
  group_set groups; /* of one loss, fairness, start and prior; nothing else is
                       owned */
  gap_matrix of;    /* those groups */
  winner_cell *cells;
  size_t cell_count;
  double *lambdas;         /* of the columns, ascending */
  const result_row **rows; /* a run of each row's problem */
  size_t column_count, row_count;
  plot_key *keys; /* of the winners */
  size_t key_count;
} winners;

/* STEM.dat: a line a y-step. */
void winner_write_data(FILE *out, const void *map);

/* The assignments that scripts/assets/winner.gp wants. */
void winner_write_settings(FILE *out, const void *map, bool latex);

/* STEM.txt. */
void winner_write_caption(FILE *out, const void *map);

#endif
