#include "training/scores.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Rows and columns are numbered from 1; 0 is a row and a column of its own,
 * from which each search begins. */
typedef struct assignment {
  const double *cost;
  size_t n;
  double *u, *v;    /* potentials of rows and columns: u_i + v_j <= cost_ij */
  double *slack;    /* least of cost - u - v from the rows of the tree */
  size_t *row_of;   /* the row that each column is assigned to; 0: none */
  size_t *previous; /* the column before this one on the shortest path */
  bool *seen;       /* columns in the tree */
} assignment;

static void free_assignment(assignment *a) {
  free(a->u);
  free(a->v);
  free(a->slack);
  free(a->row_of);
  free(a->previous);
  free(a->seen);
}

static ys_code alloc_assignment(assignment *a, const double *cost, size_t n,
                                ys_error *error) {
  *a = (assignment){.cost = cost,
                    .n = n,
                    .u = calloc(n + 1, sizeof(double)),
                    .v = calloc(n + 1, sizeof(double)),
                    .slack = calloc(n + 1, sizeof(double)),
                    .row_of = calloc(n + 1, sizeof(size_t)),
                    .previous = calloc(n + 1, sizeof(size_t)),
                    .seen = calloc(n + 1, sizeof(bool))};
  if (a->u && a->v && a->slack && a->row_of && a->previous && a->seen)
    return YS_OK;
  free_assignment(a);
  return ys_fail_memory(error, "an assignment");
}

/* Relax the edges of the row that column `at` holds; the nearest column. */
static size_t relax(assignment *a, size_t at) {
  size_t row = a->row_of[at], nearest = 0;
  double least = INFINITY;
  for (size_t j = 1; j <= a->n; j++) {
    if (a->seen[j])
      continue;
    double left = a->cost[(row - 1) * a->n + j - 1] - a->u[row] - a->v[j];
    if (left < a->slack[j]) {
      a->slack[j] = left;
      a->previous[j] = at;
    }
    if (a->slack[j] < least) {
      least = a->slack[j];
      nearest = j;
    }
  }
  return nearest;
}

/* Move the potentials so that the nearest column's edge becomes tight. */
static void shift(assignment *a, double amount) {
  for (size_t j = 0; j <= a->n; j++)
    if (a->seen[j]) {
      a->u[a->row_of[j]] += amount;
      a->v[j] -= amount;
    } else
      a->slack[j] -= amount;
}

static void assign_row(assignment *a, size_t row) {
  size_t at = 0;
  for (size_t j = 0; j <= a->n; j++) {
    a->slack[j] = INFINITY;
    a->seen[j] = false;
  }
  a->row_of[0] = row;
  do {
    a->seen[at] = true;
    size_t next = relax(a, at);
    shift(a, a->slack[next]);
    at = next;
  } while (a->row_of[at]);
  for (; at; at = a->previous[at])
    a->row_of[at] = a->row_of[a->previous[at]];
}

ys_code ys_assign(const double *cost, size_t n, size_t *column,
                  ys_error *error) {
  assignment a;
  ys_code code = alloc_assignment(&a, cost, n, error);
  if (code)
    return code;
  for (size_t row = 1; row <= n; row++)
    assign_row(&a, row);
  for (size_t j = 1; j <= n; j++)
    column[a.row_of[j] - 1] = j - 1;
  free_assignment(&a);
  return YS_OK;
}
