#include "problems/objective/evaluation.h"

#include "problems/objective/fairness.h"
#include "problems/objective/tree.h"
#include "problems/vector/array.h"
#include "problems/vector/tiles.h"

#include <math.h>
#include <string.h>

/* ----------------------------------------------------------- memory ---- */

ys_code ys_scratch_init(ys_scratch *scratch, const ys_objective *objective,
                        ys_error *error) {
  const size_t rows = objective->batch->rows;
  const size_t classes = objective->batch->classes;
  const ys_share share = ys_batch_share(objective->batch);
  const ys_blocks blocks = ys_share_blocks(&share);
  *scratch = (ys_scratch){.blocks = blocks, .share = share};
  scratch->threads = ys_block_threads(&blocks, objective->threads);
  size_t room = (size_t)scratch->threads * YS_ROOMS * ys_room_lanes(classes);
  const char *what = "the evaluation of the objective";
  ys_memory *memory = &scratch->memory;
  scratch->ybar = ys_take_numbers(memory, classes, what);
  scratch->nu = ys_take_numbers(memory, classes, what);
  scratch->x = ys_take_numbers(memory, rows, what);
  scratch->top = ys_take(memory, rows, sizeof *scratch->top, what);
  scratch->partials = ys_take_numbers(
      memory, ys_times(ys_times(blocks.count, classes), 2), what);
  scratch->totals =
      ys_take_numbers(memory, ys_times(blocks.count, YS_TOTALS), what);
  scratch->tree = ys_take_numbers(
      memory, ys_tree_room(&share, classes + YS_TOTALS, 0), what);
  scratch->room = ys_take(memory, room + 1, sizeof(ys_lanes), what);
  ys_code code = ys_memory_check(memory, error);
  if (code)
    ys_give_back(memory);
  return code;
}

int ys_scratch_threads(const ys_scratch *scratch,
                       const ys_objective *objective) {
  int threads = ys_block_threads(&scratch->blocks, objective->threads);
  return threads < scratch->threads ? threads : scratch->threads;
}

void ys_scratch_free(ys_scratch *scratch) {
  ys_give_back(&scratch->memory);
  *scratch = (ys_scratch){.blocks = scratch->blocks};
}

/* ---------------------------------------------------------- columns ---- */

static void add_to(double *restrict sum, const double *restrict row, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    sum[k] += row[k];
}

ys_columns ys_columns_begin(const ys_scratch *scratch, size_t classes,
                            size_t block) {
  double *sum = scratch->partials + 2 * block * classes;
  memset(sum, 0, 2 * classes * sizeof *sum);
  return (ys_columns){sum, sum + classes, classes, 0};
}

void ys_columns_end(ys_columns *columns) {
  add_to(columns->sum, columns->chunk, columns->n);
  memset(columns->chunk, 0, columns->n * sizeof *columns->chunk);
  columns->held = 0;
}

void ys_columns_next(ys_columns *columns) {
  enum { ROWS_A_CHUNK = 64 };
  if (++columns->held == ROWS_A_CHUNK)
    ys_columns_end(columns);
}

void ys_columns_add(ys_columns *columns, const double *row) {
  add_to(columns->chunk, row, columns->n);
  ys_columns_next(columns);
}

static ys_tree_part column_sums(ys_scratch *scratch, size_t classes) {
  return (ys_tree_part){YS_PLAIN_SUM, scratch->partials, 2 * classes, classes,
                        scratch->ybar};
}

static ys_tree_part totals_of(ys_scratch *scratch, ys_meeting how, size_t first,
                              size_t count) {
  return (ys_tree_part){how, scratch->totals + first, YS_TOTALS, count,
                        scratch->over_all + first};
}

static void combine(const ys_scratch *scratch, const ys_tree_part *parts,
                    size_t count) {
  ys_tree_combine(&scratch->share, parts, count, scratch->tree);
}

/* ybar_k = (1/M) sum_i y_ik. */
static void divide_columns(ys_scratch *scratch, size_t classes) {
  for (size_t k = 0; k < classes; k++)
    scratch->ybar[k] /= (double)scratch->share.whole.rows;
}

void ys_scratch_means(ys_scratch *scratch, size_t classes) {
  const ys_tree_part columns = column_sums(scratch, classes);
  combine(scratch, &columns, 1);
  divide_columns(scratch, classes);
}

void ys_scratch_sum(ys_scratch *scratch, size_t first, size_t count) {
  const ys_tree_part sums = totals_of(scratch, YS_SUM, first, count);
  combine(scratch, &sums, 1);
}

void ys_scratch_sum_all(ys_scratch *scratch, size_t classes, size_t first,
                        size_t count) {
  const ys_tree_part parts[] = {column_sums(scratch, classes),
                                totals_of(scratch, YS_SUM, first, count)};
  combine(scratch, parts, 2);
  divide_columns(scratch, classes);
}

void ys_scratch_measured(ys_scratch *scratch, size_t classes) {
  const ys_tree_part parts[] = {
      column_sums(scratch, classes), totals_of(scratch, YS_SUM, YS_LOSS, 1),
      totals_of(scratch, YS_LARGEST, YS_ROW_SUM_ERROR, 1),
      totals_of(scratch, YS_LEAST, YS_LEAST_ENTRY, 2)};
  combine(scratch, parts, 4);
  divide_columns(scratch, classes);
}

void ys_column_means(const ys_objective *objective, const double *y,
                     ys_scratch *scratch) {
  const size_t n = objective->batch->classes;
  const ys_blocks *blocks = &scratch->blocks;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < blocks->count; block++) {
    ys_columns columns = ys_columns_begin(scratch, n, block);
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      ys_columns_add(&columns, y + i * n);
    ys_columns_end(&columns);
  }
  ys_scratch_means(scratch, n);
}

double ys_scratch_mean(const ys_scratch *scratch, size_t which) {
  return scratch->over_all[which] / (double)scratch->share.whole.rows;
}

/* lambda fairness(ybar): sum_k u_k e(ybar_k / u_k), or sum_k ybar_k e(u_k /
 * ybar_k) (method.md, 2, "Rounding": Fairness). */
double ys_fairness_value(const ys_objective *objective, const double *ybar) {
  const double *u = objective->prior;
  ys_sum sum = {0, 0};
  if (objective->lambda == 0)
    return 0;
  for (size_t k = 0; k < objective->batch->classes; k++) {
    if (!isfinite(ybar[k]) || ybar[k] < 0)
      return INFINITY;
    ys_sum_add(&sum, ys_fairness_term(objective->fairness, u[k], ybar[k]));
  }
  return objective->lambda * ys_sum_value(&sum);
}

/* F = (1/M) sum_i loss(sigma_i, y_i) + lambda fairness(ybar) (method.md, 1). */
double ys_scratch_value(const ys_objective *objective,
                        const ys_scratch *scratch) {
  return ys_scratch_mean(scratch, YS_LOSS) +
         ys_fairness_value(objective, scratch->ybar);
}

double ys_scratch_objective(const ys_objective *objective,
                            ys_scratch *scratch) {
  ys_scratch_sum_all(scratch, objective->batch->classes, YS_LOSS, 1);
  return ys_scratch_value(objective, scratch);
}
