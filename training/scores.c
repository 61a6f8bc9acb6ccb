#include "training/scores.h"

#include "problems/memory.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdbool.h>

/* -------------------------------------------------- the assignment ---- */

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

/* ------------------------------------------------------ the scores ---- */

/* Rows in cluster a and class b: count[a * n + b], and the margins. */
typedef struct contingency {
  size_t n;
  double rows;
  double *count, *cluster, *label;
  double *cost;   /* minus the counts */
  size_t *column; /* the class that each cluster is matched to */
  ys_memory memory;
} contingency;

static ys_code count_pairs(const size_t *cluster, const size_t *label,
                           size_t rows, size_t n, contingency *c,
                           ys_error *error) {
  const char *what = "a contingency table";
  *c = (contingency){.n = n, .rows = (double)rows};
  c->count = ys_take_numbers(&c->memory, ys_times(n, n), what);
  c->cluster = ys_take_numbers(&c->memory, n, what);
  c->label = ys_take_numbers(&c->memory, n, what);
  c->cost = ys_take_numbers(&c->memory, ys_times(n, n), what);
  c->column = ys_take(&c->memory, n, sizeof *c->column, what);
  ys_code code = ys_memory_check(&c->memory, error);
  if (code) {
    ys_give_back(&c->memory);
    return code;
  }
  for (size_t i = 0; i < rows; i++) {
    c->count[cluster[i] * n + label[i]]++;
    c->cost[cluster[i] * n + label[i]]--;
    c->cluster[cluster[i]]++;
    c->label[label[i]]++;
  }
  return YS_OK;
}

static double entropy(const double *count, size_t n, double rows) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    if (count[i] > 0)
      sum -= count[i] / rows * log(count[i] / rows);
  return sum;
}

static double mutual_information(const contingency *c) {
  double a = entropy(c->cluster, c->n, c->rows);
  double b = entropy(c->label, c->n, c->rows);
  double both = entropy(c->count, c->n * c->n, c->rows);
  return a + b > 0 ? fmax(0, 2 * (a + b - both) / (a + b)) : 1;
}

/* Number of pairs of rows that fall into one cell. */
static double pairs(const double *count, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += count[i] * (count[i] - 1) / 2;
  return sum;
}

static double adjusted_rand(const contingency *c) {
  double all = c->rows * (c->rows - 1) / 2;
  double a = pairs(c->cluster, c->n), b = pairs(c->label, c->n);
  double expected = all > 0 ? a * b / all : 0;
  double most = (a + b) / 2;
  return most > expected
             ? (pairs(c->count, c->n * c->n) - expected) / (most - expected)
             : 1;
}

ys_code ys_scores_find(const size_t *cluster, const size_t *label, size_t rows,
                       size_t classes, ys_scores *scores, ys_error *error) {
  contingency c;
  ys_code code = count_pairs(cluster, label, rows, classes, &c, error);
  if (code)
    return code;
  code = ys_assign(c.cost, classes, c.column, error);
  *scores =
      (ys_scores){.nmi = mutual_information(&c), .ari = adjusted_rand(&c)};
  for (size_t k = 0; !code && k < classes; k++) {
    scores->accuracy += c.count[k * classes + c.column[k]] / c.rows;
    scores->plain += c.count[k * classes + k] / c.rows;
  }
  ys_give_back(&c.memory);
  return code;
}

void ys_largest_columns(const double *matrix, size_t rows, size_t cols,
                        size_t *column) {
  for (size_t i = 0; i < rows; i++) {
    const double *row = matrix + i * cols;
    column[i] = 0;
    for (size_t k = 1; k < cols; k++)
      if (row[k] > row[column[i]])
        column[i] = k;
  }
}
