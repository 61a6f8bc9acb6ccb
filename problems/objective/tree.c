#include "problems/objective/tree.h"

#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

/* A node's numbers lie one part after the other: of sums first the totals, then
 * what rounding has left of them. */

typedef struct walk {
  const ys_share *share;
  const ys_tree_part *parts;
  size_t count, width; /* parts; numbers a node, the rider behind them */
  double rider;
  bool lost;
} walk;

static size_t numbers_of(const ys_tree_part *part) {
  return part->how == YS_SUM ? 2 * part->count : part->count;
}

static size_t width_of(const ys_tree_part *parts, size_t count) {
  size_t width = 1;
  for (size_t p = 0; p < count; p++)
    width += numbers_of(parts + p);
  return width;
}

/* Nodes that are held at a time: one of each depth, and its sibling. */
static size_t nodes_held(size_t blocks) {
  size_t nodes = 2;
  for (size_t leaves = 1; leaves < blocks; leaves *= 2)
    nodes++;
  return nodes;
}

size_t ys_tree_room(const ys_share *share, size_t sums, size_t others) {
  const size_t width = ys_times(2, sums) + others + 1;
  return ys_times(nodes_held(share->whole.count), width);
}

/* ---------------------------------------------------------- two nodes ---- */

/* total + carry is the sum, but for the rounding of carry (Knuth 1969). */
static void add_exactly(double *restrict total, double *restrict carry,
                        const double *restrict other, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++) {
    const double sum = total[k] + other[k], added = sum - total[k];
    carry[k] += (total[k] - (sum - added)) + (other[k] - added);
    total[k] = sum;
  }
}

static void add(double *restrict sum, const double *restrict other, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    sum[k] += other[k];
}

static void meet(ys_meeting how, double *numbers, const double *others,
                 size_t n) {
  for (size_t k = 0; k < n; k++)
    numbers[k] = how == YS_LARGEST ? fmax(numbers[k], others[k])
                                   : fmin(numbers[k], others[k]);
}

/* The parent of two nodes, in place of the left one. */
static void join(const walk *w, double *left, const double *right) {
  for (size_t p = 0; p < w->count; p++) {
    const ys_tree_part *part = w->parts + p;
    const size_t n = part->count;
    if (part->how == YS_SUM) {
      add_exactly(left, left + n, right, n);
      add(left + n, right + n, n);
    } else if (part->how == YS_PLAIN_SUM)
      add(left, right, n);
    else
      meet(part->how, left, right, n);
    left += numbers_of(part);
    right += numbers_of(part);
  }
}

static const double *numbers_at(const walk *w, const ys_tree_part *part,
                                size_t block) {
  return part->of + (block - w->share->first) * part->stride;
}

/* The same with a leaf on the right, as it lies. */
static void join_leaf(const walk *w, double *left, size_t block) {
  for (size_t p = 0; p < w->count; p++) {
    const ys_tree_part *part = w->parts + p;
    const double *right = numbers_at(w, part, block);
    if (part->how == YS_SUM)
      add_exactly(left, left + part->count, right, part->count);
    else if (part->how == YS_PLAIN_SUM)
      add(left, right, part->count);
    else
      meet(part->how, left, right, part->count);
    left += numbers_of(part);
  }
}

static void take_leaf(const walk *w, double *node, size_t block) {
  for (size_t p = 0; p < w->count; p++) {
    const ys_tree_part *part = w->parts + p;
    const size_t bytes = part->count * sizeof *node;
    memcpy(node, numbers_at(w, part, block), bytes);
    if (part->how == YS_SUM)
      memset(node + part->count, 0, bytes);
    node += numbers_of(part);
  }
}

/* ----------------------------------------------------------- the tree ---- */

static bool is_mine(const walk *w, size_t block) {
  return block >= w->share->first && block < w->share->end;
}

/* A node that goes to another rank, the rider on it; and one that has come. */
static double *seal(const walk *w, double *node) {
  node[w->width - 1] = w->rider;
  return node;
}

static void unseal(walk *w, const double *node) {
  w->rider = fmax(w->rider, node[w->width - 1]);
}

/* The two halves of a node, as far as they are on this rank: the right one goes
 * to whoever has the left one. All ranks come by their nodes in one order, so
 * that none waits for another that waits for it. */
static void bring_together(walk *w, size_t begin, size_t middle, double *left,
                           double *right) {
  const ys_share *share = w->share;
  const ys_ranks *ranks = share->ranks;
  const size_t bytes = w->width * sizeof *left;
  const bool has_left = is_mine(w, begin), has_right = is_mine(w, middle);
  if (has_left && !has_right)
    w->lost =
        w->lost || !ranks->receive(ranks->context,
                                   ys_share_owner(share, middle), right, bytes);
  else if (has_right && !has_left)
    w->lost =
        w->lost || !ranks->send(ranks->context, ys_share_owner(share, begin),
                                seal(w, right), bytes);
  if (!has_left || w->lost)
    return;
  if (!has_right)
    unseal(w, right);
  join(w, left, right);
}

/* The node of blocks [begin, end), into the first of the nodes in `room`, if
 * its first block is this rank's. */
static void visit(walk *w, size_t begin, size_t end, double *room) {
  if (end <= w->share->first || begin >= w->share->end)
    return;
  if (end - begin == 1) {
    take_leaf(w, room, begin);
    return;
  }
  const size_t middle = ys_tree_middle(begin, end);
  visit(w, begin, middle, room);
  if (end - middle == 1 && is_mine(w, begin) && is_mine(w, middle)) {
    join_leaf(w, room, middle);
    return;
  }
  visit(w, middle, end, room + w->width);
  bring_together(w, begin, middle, room, room + w->width);
}

/* ---------------------------------------------------------- its result ---- */

static void take_result(const walk *w, const double *node) {
  for (size_t p = 0; p < w->count; p++) {
    const ys_tree_part *part = w->parts + p;
    const double *carry = node + part->count;
    for (size_t k = 0; k < part->count; k++) /* an infinite total's carry is no
                                                number */
      part->to[k] = part->how == YS_SUM && isfinite(node[k])
                        ? node[k] + carry[k]
                        : node[k];
    node += numbers_of(part);
  }
}

/* From a rank's subtree to the whole: at each level the node of the rank that
 * has the other half, whose number differs in one bit. */
static void climb(walk *w, double *node, double *other) {
  const ys_ranks *ranks = w->share->ranks;
  const size_t bytes = w->width * sizeof *node;
  for (size_t bit = 1; bit < ranks->count; bit *= 2) {
    w->lost = !ranks->exchange(ranks->context, ranks->rank ^ bit, seal(w, node),
                               other, bytes);
    if (w->lost)
      return;
    unseal(w, other);
    if (ranks->rank & bit) {
      join(w, other, node);
      memcpy(node, other, bytes);
    } else
      join(w, node, other);
  }
}

static void forget(const walk *w) {
  for (size_t p = 0; p < w->count; p++)
    for (size_t k = 0; k < w->parts[p].count; k++)
      w->parts[p].to[k] = NAN;
}

/* Rank 0's results on all ranks. */
static void spread(walk *w, double *room) {
  double *end = room;
  *end++ = w->rider;
  for (size_t p = 0; p < w->count; end += w->parts[p++].count)
    memcpy(end, w->parts[p].to, w->parts[p].count * sizeof *end);
  w->lost = w->lost || !ys_ranks_spread(w->share->ranks, room,
                                        (size_t)(end - room) * sizeof *room);
  w->rider = *room++;
  for (size_t p = 0; p < w->count; room += w->parts[p++].count)
    memcpy(w->parts[p].to, room, w->parts[p].count * sizeof *room);
}

static void climb_or_spread(walk *w, double *room) {
  const ys_share *share = w->share;
  const size_t count = share->ranks ? share->ranks->count : 1;
  if ((count & (count - 1)) == 0) {
    visit(w, share->first, share->end, room);
    if (count > 1)
      climb(w, room, room + w->width);
    take_result(w, room);
    return;
  }
  visit(w, 0, share->whole.count, room);
  if (share->first == 0)
    take_result(w, room);
  spread(w, room);
}

void ys_tree_combine(const ys_share *share, const ys_tree_part *parts,
                     size_t count, double *room) {
  ys_rider *rider = share->ranks ? share->ranks->rider : NULL;
  walk w = {share, parts, count, width_of(parts, count), 0, false};
  if (rider && rider->say)
    w.rider = rider->say(rider->context);
  climb_or_spread(&w, room);
  if (w.lost)
    forget(&w);
  else if (rider)
    rider->most = w.rider;
}
