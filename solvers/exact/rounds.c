/* Rounds of the interior point, on the rows in doubt and the classes that are
 * near; the other rows stand at their vertices. After each, every row is looked
 * at again: if what it lacks is next to nothing the interior point goes on
 * where it is, and else rows and classes are chosen anew. */
#include "solvers/exact/exact_state.h"

#include "problems/objective/tree.h"
#include "solvers/exact/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double ys_exact_distance(const double *a, const double *b, size_t n) {
  double low = INFINITY, high = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    low = fmin(low, a[k] - b[k]);
    high = fmax(high, a[k] - b[k]);
  }
  return high - low;
}

/* y of the candidates by their answers. */
static void answer(ys_candidates *c, int threads) {
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&c->blocks, threads))
  for (size_t block = 0; block < c->blocks.count; block++)
    for (size_t j = ys_block_begin(&c->blocks, block);
         j < ys_block_end(&c->blocks, block); j++) {
      const ys_answer *a = &c->answer[j];
      for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
        c->y[e] = c->held[e] == a->low    ? 1 - a->share
                  : c->held[e] == a->high ? a->share
                                          : 0;
    }
}

/* --------------------------------------------------------------- wishes ----
 */

static int by_value(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* Wish for the rows that are nearest to classes that nobody would hold, as far
 * as they are this rank's. */
static bool wish(ys_exact *w) {
  const size_t n = w->work.classes;
  const size_t before = ys_share_first_row(&w->work.scratch.share);
  ys_candidates *c = &w->candidates;
  bool any = false;
  ys_tally_begin(&c->tally, n, 1);
  for (size_t e = 0; e < c->entries; e++)
    ys_tally_own(&c->tally)[c->held[e]]++;
  const int64_t *held = ys_tally_total(&c->tally);
  for (size_t k = 0; k < n; k++) {
    w->seen[k] = c->count[k] + (double)held[k];
    any = any || w->seen[k] == 0;
  }
  if (!any)
    return false;
  ys_nearest_find(&w->nearest, &w->work, &w->look, w->nu);
  c->wishes = 0;
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < YS_NEAREST && w->seen[k] == 0; i++) {
      const ys_near *near = &w->nearest.list[k * YS_NEAREST + i];
      if (near->lack < INFINITY && near->row >= before &&
          near->row - before < w->work.rows)
        w->wanted[c->wishes++] = (near->row - before) << 32 | k;
    }
  qsort(w->wanted, c->wishes, sizeof *w->wanted, by_value);
  return true;
}

/* --------------------------------------------------------------- choice ----
 */

/* A candidate's y from its entries of the round before. */
static void carry_row(const ys_candidates *b, size_t i, ys_candidates *c,
                      size_t j) {
  double sum = 0;
  size_t f = b->begin[i];
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++) {
    while (f < b->begin[i + 1] && b->held[f] < c->held[e])
      f++;
    const bool same = f < b->begin[i + 1] && b->held[f] == c->held[e];
    c->y[e] = same ? b->y[f] : 0;
    sum += c->y[e];
  }
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
    c->y[e] =
        sum > 0 ? c->y[e] / sum : 1 / (double)(c->begin[j + 1] - c->begin[j]);
}

/* y of the candidates: of the round before, if their row was in it, or by their
 * answers. */
static void carry(ys_exact *w) {
  ys_candidates *c = &w->candidates;
  const ys_candidates *b = &w->before;
  answer(c, w->work.objective->threads);
  for (size_t j = 0, i = 0; j < c->rows; j++) {
    while (i < b->rows && b->row[i] < c->row[j])
      i++;
    if (i < b->rows && b->row[i] == c->row[j])
      carry_row(b, i, c, j);
  }
}

/* Rows and classes at nu, which they have been looked at, as many as the budget
 * allows. False if those that no width leaves out are too many. */
static bool choose(ys_exact *w, ys_look_sample sample) {
  ys_candidates *c = &w->candidates;
  c->wishes = 0;
  w->width = ys_look_width(&w->work, &w->look, sample, w->reach, w->budget / 2);
  while (
      !ys_candidates_choose(c, &w->work, sample, &w->look, w->nu, w->width) ||
      c->total > w->budget) {
    if (w->width < YS_EXACT_NARROWEST)
      return false;
    w->width /= 2;
  }
  if (sample.stride == 1 && wish(w) &&
      !ys_candidates_choose(c, &w->work, sample, &w->look, w->nu, w->width))
    return false;
  c->wishes = 0;
  carry(w);
  return true;
}

/* ---------------------------------------------------------------- price ----
 */

/* What the best line at a row's t is above those that it holds. */
YS_INLINE double lacking(const ys_work *work, const double *nu, size_t i,
                         double t, double held) {
  double *room = ys_row_room(&work->scratch, work->classes);
  const double *sigma = ys_batch_rows(work->objective->batch, i, 1, room);
  return fmax(0, ys_lines_top(sigma, nu, t, 0, work->classes) - held);
}

YS_INLINE double price_candidate(const ys_exact *w, size_t j) {
  const ys_candidates *c = &w->candidates;
  double x = 0, top = -INFINITY;
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
    x += c->sigma[e] * c->y[e];
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++) {
    /* not fmax(), of which GCC 12 for arm64 stops with an internal error */
    const double line = c->sigma[e] / x + w->nu[c->held[e]];
    top = line > top ? line : top;
  }
  return lacking(&w->work, w->nu, c->row[j], 1 / x, top);
}

YS_INLINE double price_vertex(const ys_exact *w, size_t i) {
  const uint32_t a = w->look.vertex[i];
  double *room = ys_row_room(&w->work.scratch, w->work.classes);
  if (w->fresh.vertex[i] == a)
    return fmax(0, -(double)w->fresh.slack[i]);
  const double *sigma = ys_batch_rows(w->work.objective->batch, i, 1, room);
  return lacking(&w->work, w->nu, i, 1 / sigma[a], 1 + w->nu[a]);
}

YS_HOT static double price_block(const ys_exact *w, size_t first, size_t end) {
  const ys_candidates *c = &w->candidates;
  size_t j = ys_candidates_from(c, first);
  double sum = 0;
  for (size_t i = first; i < end; i++)
    if (j < c->rows && c->row[j] == i)
      sum += price_candidate(w, j++);
    else
      sum += price_vertex(w, i);
  return sum;
}

/* All rows, at nu. */
static void look_afresh(ys_exact *w) {
  const ys_look_sample all = ys_look_every(w->work.objective->batch, 1);
  memcpy(w->newton.nu, w->nu, w->work.classes * sizeof *w->nu);
  ys_newton_tilt(&w->newton);
  ys_look_at(&w->work, all, w->nu, w->newton.tilt, INFINITY, &w->fresh);
}

/* What the part's optimum may lack of F's, a mean over the rows, at nu. */
static double price(ys_exact *w) {
  const ys_scratch *scratch = &w->work.scratch;
  const ys_blocks *blocks = &scratch->blocks;
  double *totals = scratch->totals, sum;
  const ys_tree_part all = {YS_SUM, totals, 1, 1, &sum};
  look_afresh(w);
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    totals[block] = price_block(w, ys_block_begin(blocks, block),
                                ys_block_end(blocks, block));
  ys_tree_combine(&scratch->share, &all, 1, scratch->tree);
  return sum / (double)ys_batch_whole_rows(w->work.objective->batch);
}

/* --------------------------------------------------------------- rounds ----
 */

void ys_exact_begin_rounds(ys_exact *w, bool solved) {
  const ys_candidates *c = &w->candidates;
  int64_t mixed = 0, room;
  for (size_t j = 0; j < c->rows; j++)
    mixed += c->answer[j].share > 0;
  ys_ranks_sum(w->work.objective->batch->ranks, &mixed, &room, 1);
  w->budget = solved ? 16 * w->work.classes + 6 * (size_t)mixed : c->room;
  w->reach = solved ? 0.25 : w->width;
  w->gap = w->least = INFINITY;
  w->idle = 0;
  w->chosen = false;
  w->before.rows = 0;
}

/* Begin with a part of the sample, all ranks with the same. */
static bool set_up(ys_exact *w, ys_look_sample sample) {
  if (!choose(w, sample))
    return false;
  w->whose = ys_gather_candidates(w->work.objective->batch->ranks,
                                  &w->candidates, &w->everybody, &w->own);
  w->sampled.rows = w->candidates.all;
  if (!w->whose || !ys_exact_part_lay(&w->part, w->whose, w->candidates.all,
                                      w->work.classes))
    return false;
  w->inner->stop = w->work.stop;
  ys_ipm_read(w->inner, &w->part.part, NULL, w->nu);
  return w->moving = true;
}

/* Solve the part until its gap has fallen to a share of what it was, after the
 * first iteration, or at last; nu follows. */
static void solve(ys_exact *w, double target) {
  enum { MOST_ITERATIONS = 60 };
  const double enough = 1e-2;
  int i = 0;
  for (; i < MOST_ITERATIONS && w->moving; i++) {
    w->moving = ys_ipm_iterate(w->inner, NULL);
    if (i == 0)
      target = fmin(target, enough * w->inner->gap);
    if (w->inner->gap <= target || ys_stop_is_wanted(w->work.stop))
      break;
  }
  ys_exact_part_take(&w->part, w->whose, w->own, w->own + w->candidates.entries,
                     w->candidates.y);
  const double moved =
      ys_exact_distance(w->inner->hint, w->nu, w->work.classes);
  if (moved > w->width / 2) {
    w->reach = fmax(w->reach, 4 * moved);
    w->budget *= 2;
  }
  memcpy(w->nu, w->inner->hint, w->work.classes * sizeof *w->nu);
  w->listed = true;
}

void ys_exact_round_on(ys_exact *w, ys_look_sample sample) {
  if (set_up(w, sample))
    solve(w, INFINITY);
}

static void exchange_candidates(ys_exact *w) {
  const ys_candidates kept = w->before;
  w->before = w->candidates;
  w->candidates = kept;
}

static void exchange_looks(ys_exact *w) {
  const ys_look kept = w->look;
  w->look = w->fresh;
  w->fresh = kept;
}

bool ys_exact_round(ys_exact *w) {
  enum { MOST_IDLE = 4 };
  const double next_to_nothing = 0.1;
  const ys_look_sample all = ys_look_every(w->work.objective->batch, 1);
  if (!w->chosen) {
    if (w->gap == INFINITY) /* the first one */
      look_afresh(w);
    else
      exchange_candidates(w);
    exchange_looks(w);
    if (!set_up(w, all))
      return false;
  }
  solve(w, 0.01 * w->gap);
  if (isnan(w->inner->gap)) /* broken down: its y and nu are no start */
    return false;
  const double lack = price(w);
  w->gap = w->inner->gap + lack;
  w->chosen = lack <= next_to_nothing * w->inner->gap;
  w->idle = w->gap < w->least ? 0 : w->idle + 1;
  w->least = fmin(w->least, w->gap);
  if (w->idle)
    w->budget *= 2;
  return w->idle < MOST_IDLE && (w->moving || !w->chosen);
}
