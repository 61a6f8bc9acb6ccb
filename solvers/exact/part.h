/* The rows in doubt as a part that the interior point works on. */
#ifndef YS_EXACT_PART_H
#define YS_EXACT_PART_H

#include "solvers/exact/candidates.h"
#include "solvers/ipm/ipm_state.h"

typedef struct ys_exact_part {
  ys_ipm_part part;
  size_t capacity;   /* slots */
  size_t *start;     /* K + 2: room for sorting */
  size_t *candidate; /* rows of the part: their place among the candidates */
} ys_exact_part;

void ys_exact_part_init(ys_exact_part *p, ys_memory *memory, size_t rows,
                        size_t slots, size_t classes);

/* Lay out the candidates, their y included; of K = n classes and `all` rows.
 * Rows that hold one class stand still. False if there is no room, or no row
 * with two. */
bool ys_exact_part_lay(ys_exact_part *p, const ys_candidates *c, size_t all,
                       size_t n);

/* Take the part's y back, of the candidates' entries [from, end), into y. */
void ys_exact_part_take(const ys_exact_part *p, const ys_candidates *c,
                        size_t from, size_t end, double *y);

#endif
