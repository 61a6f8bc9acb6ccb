#include "solvers/exact/gathered.h"

#include "problems/vector/array.h"

#include <string.h>

/* ------------------------------------------------------------- pieces ---- */

/* Where each rank's begin, of what it has `own` of, all in one order. */
static bool count_pieces(const ys_ranks *ranks, size_t own, size_t *begin) {
  int64_t counts[YS_MAX_BLOCKS] = {0}, room[YS_MAX_BLOCKS];
  counts[ranks->rank] = (int64_t)own;
  begin[0] = 0;
  if (!ys_ranks_sum(ranks, counts, room, ranks->count))
    return false;
  for (size_t rank = 0; rank < ranks->count; rank++)
    begin[rank + 1] = begin[rank] + (size_t)counts[rank];
  return true;
}

static bool gather_array(const ys_ranks *ranks, void *all, const void *own,
                         size_t size, const size_t *begin) {
  size_t bytes[YS_MAX_BLOCKS + 1];
  for (size_t rank = 0; rank <= ranks->count; rank++)
    bytes[rank] = begin[rank] * size;
  const size_t first = bytes[ranks->rank], end = bytes[ranks->rank + 1];
  if (end > first) /* a rank that has none may have no memory for them */
    memcpy((char *)all + first, own, end - first);
  return ys_ranks_gather(ranks, all, bytes);
}

/* Where rows' entries begin, gathered as each rank counts its own: among all.
 */
static void count_on(const ys_ranks *ranks, const size_t *rows,
                     const size_t *entries, size_t *begin) {
  for (size_t rank = 0; rank < ranks->count; rank++)
    for (size_t j = rows[rank]; j < rows[rank + 1]; j++)
      begin[j] += entries[rank];
  begin[rows[ranks->count]] = entries[ranks->count];
}

/* ------------------------------------------------------- a whole batch ---- */

/* Where each rank's rows begin, as so many bytes of `size` a row. */
static void find_pieces(const ys_share *share, size_t size, size_t *begin) {
  const ys_blocks *whole = &share->whole;
  const size_t count = share->ranks->count;
  for (size_t rank = 0; rank < count; rank++)
    begin[rank] =
        ys_block_begin(whole, ys_share_begin(whole, count, rank)) * size;
  begin[count] = whole->rows * size;
}

static ys_code check_size(const ys_batch *batch, ys_error *error) {
  const size_t most = (size_t)1 << 27, n = batch->classes;
  if (ys_times(batch->whole_rows, n) <= most)
    return YS_OK;
  return ys_fail(error, YS_UNSUPPORTED,
                 "exact would go on with all of %zu x %zu numbers on every "
                 "rank, and does so up to %zu: take another solver",
                 batch->whole_rows, n, most);
}

static bool gather_sigma(ys_gathered *g, const ys_batch *batch,
                         const ys_share *share) {
  const size_t n = batch->classes;
  size_t begin[YS_MAX_BLOCKS + 1];
  double *own = g->batch.sigma + ys_share_first_row(share) * n;
  const double *rows = ys_batch_rows(batch, 0, batch->rows, own);
  if (rows != own)
    memcpy(own, rows, batch->rows * n * sizeof *own);
  find_pieces(share, n * sizeof *own, begin);
  return ys_ranks_gather(batch->ranks, g->batch.sigma, begin);
}

/* This rank's rows of dense labels of all. */
static ys_labels own_dense(const ys_gathered *g, const ys_share *share) {
  const size_t n = g->y.classes;
  return ys_labels_view(g->y.dense + ys_share_first_row(share) * n,
                        ys_share_blocks(share).rows, n);
}

static bool gather_dense(ys_gathered *g, const ys_labels *y,
                         const ys_share *share) {
  size_t begin[YS_MAX_BLOCKS + 1];
  ys_labels part = own_dense(g, share);
  ys_labels_assign(&part, y, NULL); /* to dense ones: needs no memory */
  find_pieces(share, y->classes * sizeof *g->y.dense, begin);
  return ys_ranks_gather(share->ranks, g->y.dense, begin);
}

/* Sparse labels, into *all, which are yet to be made. */
static ys_code gather_sparse(const ys_labels *y, const ys_share *share,
                             ys_labels *all, ys_error *error) {
  const ys_ranks *ranks = share->ranks;
  size_t rows[YS_MAX_BLOCKS + 1], entries[YS_MAX_BLOCKS + 1];
  find_pieces(share, 1, rows);
  bool carried = count_pieces(ranks, ys_labels_entries(y), entries);
  ys_code code =
      ys_labels_make_sparse(all, share->whole.rows, y->classes, error);
  if (!code && carried)
    code = ys_labels_reserve(all, entries[ranks->count], error);
  code = ys_ranks_agree(ranks, code, error);
  if (code)
    return code;
  carried =
      carried &&
      gather_array(ranks, all->begin, y->begin, sizeof *y->begin, rows) &&
      gather_array(ranks, all->held, y->held, sizeof *y->held, entries) &&
      gather_array(ranks, all->weight, y->weight, sizeof *y->weight, entries);
  if (!carried)
    return ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
  count_on(ranks, rows, entries, all->begin);
  return YS_OK;
}

/* Sparse labels, to dense ones of all. */
static ys_code gather_to_dense(ys_gathered *g, const ys_labels *y,
                               const ys_share *share, ys_error *error) {
  ys_labels all = {0};
  const ys_code code = gather_sparse(y, share, &all, error);
  if (!code)
    ys_labels_assign(&g->y, &all, NULL);
  ys_labels_free(&all);
  return code;
}

/* For the batch, and labels unless they are made as they come. */
static ys_code take_room(ys_gathered *g, const ys_batch *batch, bool sparse,
                         ys_error *error) {
  const size_t rows = batch->whole_rows, n = batch->classes;
  ys_code code = YS_OK;
  if (sparse || !g->y.dense)
    ys_labels_free(&g->y);
  if (!g->batch.sigma)
    code = ys_batch_alloc(&g->batch, "exact", rows, n, error);
  if (!code && !sparse && !g->y.dense)
    code = ys_labels_make_dense(&g->y, rows, n, error);
  return code;
}

ys_code ys_gather_whole(ys_gathered *g, const ys_objective *objective,
                        const ys_labels *y, bool sparse, ys_error *error) {
  const ys_batch *batch = objective->batch;
  const ys_ranks *ranks = batch->ranks;
  const ys_share share = ys_batch_share(batch);
  ys_code code = check_size(batch, error);
  if (code)
    return code;
  const bool dense = ys_ranks_any(ranks, y->dense != NULL);
  code = take_room(g, batch, sparse && !dense, error);
  code = ys_ranks_agree(ranks, code, error);
  if (code)
    return code;
  if (!gather_sigma(g, batch, &share) || (dense && !gather_dense(g, y, &share)))
    return ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
  if (!dense)
    code = sparse ? gather_sparse(y, &share, &g->y, error)
                  : gather_to_dense(g, y, &share, error);
  g->objective = *objective;
  g->objective.batch = &g->batch;
  return code;
}

void ys_gathered_free(ys_gathered *g) {
  ys_batch_free(&g->batch);
  ys_labels_free(&g->y);
}

/* This rank's rows of sparse labels of all. */
static ys_code take_rows(const ys_labels *all, const ys_share *share,
                         ys_labels *y, ys_error *error) {
  const size_t *begin = all->begin + ys_share_first_row(share);
  const size_t from = *begin, entries = begin[y->rows] - from;
  const ys_code code = ys_labels_reserve(y, entries, error);
  if (code)
    return code;
  for (size_t i = 0; i <= y->rows; i++)
    y->begin[i] = begin[i] - from;
  if (entries) {
    memcpy(y->held, all->held + from, entries * sizeof *y->held);
    memcpy(y->weight, all->weight + from, entries * sizeof *y->weight);
  }
  return code;
}

ys_code ys_gathered_write(const ys_gathered *g, const ys_objective *objective,
                          ys_labels *y, ys_error *error) {
  const ys_share share = ys_batch_share(objective->batch);
  ys_code code;
  if (g->y.begin)
    code = take_rows(&g->y, &share, y, error);
  else {
    const ys_labels own = own_dense(g, &share);
    code = ys_labels_assign(y, &own, error);
  }
  return ys_ranks_agree(objective->batch->ranks, code, error);
}

/* --------------------------------------------------- the rows in doubt ---- */

void ys_all_candidates_init(ys_candidates *all, ys_memory *memory, size_t rows,
                            const ys_candidates *own) {
  const char *what = "the rows in doubt of all ranks";
  all->begin = ys_take(memory, rows + 1, sizeof *all->begin, what);
  all->held = ys_take(memory, own->room, sizeof *all->held, what);
  all->sigma = ys_take_numbers(memory, own->room, what);
  all->y = ys_take_numbers(memory, own->room, what);
}

const ys_candidates *ys_gather_candidates(const ys_ranks *ranks,
                                          const ys_candidates *own,
                                          ys_candidates *all, size_t *first) {
  size_t rows[YS_MAX_BLOCKS + 1], entries[YS_MAX_BLOCKS + 1];
  *first = 0;
  if (!ranks)
    return own;
  if (!count_pieces(ranks, own->rows, rows) ||
      !count_pieces(ranks, own->entries, entries) ||
      !gather_array(ranks, all->begin, own->begin, sizeof *own->begin, rows) ||
      !gather_array(ranks, all->held, own->held, sizeof *own->held, entries) ||
      !gather_array(ranks, all->sigma, own->sigma, sizeof *own->sigma,
                    entries) ||
      !gather_array(ranks, all->y, own->y, sizeof *own->y, entries))
    return NULL;
  count_on(ranks, rows, entries, all->begin);
  *first = entries[ranks->rank];
  all->rows = rows[ranks->count];
  all->entries = entries[ranks->count];
  all->count = own->count;
  return all;
}
