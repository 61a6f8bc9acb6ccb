/* The interior point's K x K system where few rows hold some classes each: its
 * matrix straight from the rows' lists, in one triangle; by a matrix product of
 * BLAS where the lists are long; or, where rows are much fewer than classes, a
 * system of two unknowns a row in place of it. docs/method.md, "Few rows a
 * class". */
#ifndef YS_FEW_SYSTEM_H
#define YS_FEW_SYSTEM_H

#include "solvers/ipm/ipm_state.h"

typedef struct ys_few_system {
  ys_ipm_system hook; /* for the interior point, whose part is a list of rows */
  bool by_rows;       /* two unknowns a row, rather than one a class */
  size_t order;       /* of the matrix */
  double *matrix;     /* order x order, upper triangle: `L` of columns, whose
                         factor OpenBLAS finds faster than that of `U` */
  double *vectors;    /* 2 rows x K: those whose products it takes */
  double *right;      /* order */
  double *weight;     /* K: D */
  /* By rows: of the entries, by class, e, q and the row. By classes: of the
     entries, by row, the two vectors and the class. */
  double *e, *q;
  unsigned *held;
  unsigned *end, *place; /* entries: behind the row; the places by class */
  size_t *begin;         /* K + 2: first entry of a class */
  double *room;          /* 2 K */
} ys_few_system;

/* Room for a state of so many rows and entries; memory may be lacking then. */
void ys_few_system_init(ys_few_system *system, ys_memory *memory, size_t rows,
                        size_t classes, size_t entries);

#endif
