#include "training/scores.h"

#include "problems/memory.h"

#include <math.h>
#include <stdbool.h>

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
  ys_memory memory; /* of the above but the cost */
} assignment;

static ys_code alloc_assignment(assignment *a, const double *cost, size_t n,
                                ys_error *error) {
  const char *what = "an assignment";
  *a = (assignment){.cost = cost, .n = n};
  a->u = ys_take_numbers(&a->memory, n + 1, what);
  a->v = ys_take_numbers(&a->memory, n + 1, what);
  a->slack = ys_take_numbers(&a->memory, n + 1, what);
  a->row_of = ys_take(&a->memory, n + 1, sizeof *a->row_of, what);
  a->previous = ys_take(&a->memory, n + 1, sizeof *a->previous, what);
  a->seen = ys_take(&a->memory, n + 1, sizeof *a->seen, what);
  ys_code code = ys_memory_check(&a->memory, error);
  if (code)
    ys_give_back(&a->memory);
  return code;
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
  ys_give_back(&a.memory);
  return YS_OK;
}
