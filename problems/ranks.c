#include "problems/ranks.h"

#include <string.h>

/* ----------------------------------------------------- what is whose ---- */

size_t ys_tree_middle(size_t begin, size_t end) {
  return begin + (end - begin + 1) / 2;
}

/* Where the rank-th of `count` nodes of one depth begins, count a power of two.
 */
static size_t node_begin(size_t blocks, size_t count, size_t rank) {
  size_t begin = 0, end = blocks;
  for (size_t half = count / 2; half; half /= 2) {
    const size_t middle = ys_tree_middle(begin, end);
    if (rank & half)
      begin = middle;
    else
      end = middle;
  }
  return begin;
}

/* A share is n / count blocks. Of the bounds within an eighth of that of rank n
 * / count, the one that most of the tree's nodes end at. */
static size_t near_begin(size_t n, size_t count, size_t rank) {
  const size_t ideal = 8 * rank * n, unit = 8 * count;
  size_t least = (ideal - n + unit - 1) / unit, most = (ideal + n) / unit;
  size_t begin = 0, end = n;
  if (least > most)
    least = most = (2 * ideal + unit) / (2 * unit);
  for (;;) {
    const size_t middle = ys_tree_middle(begin, end);
    if (middle < least)
      begin = middle;
    else if (middle > most)
      end = middle;
    else
      return middle;
  }
}

size_t ys_share_begin(const ys_blocks *whole, size_t count, size_t rank) {
  const bool has_depth = (count & (count - 1)) == 0;
  if (rank == 0 || rank >= count)
    return rank ? whole->count : 0;
  if (count > whole->count) /* not to be used, see ys_share_check */
    return rank < whole->count ? rank : whole->count;
  return has_depth ? node_begin(whole->count, count, rank)
                   : near_begin(whole->count, count, rank);
}

ys_share ys_share_make(const ys_ranks *ranks, size_t rows, size_t classes) {
  const ys_blocks whole = ys_blocks_make(rows, classes);
  if (!ranks)
    return (ys_share){NULL, whole, 0, whole.count};
  const size_t first = ys_share_begin(&whole, ranks->count, ranks->rank);
  return (ys_share){ranks, whole, first,
                    ys_share_begin(&whole, ranks->count, ranks->rank + 1)};
}

size_t ys_share_owner(const ys_share *share, size_t block) {
  size_t rank = 0;
  while (share->ranks &&
         ys_share_begin(&share->whole, share->ranks->count, rank + 1) <= block)
    rank++;
  return rank;
}

size_t ys_share_first_row(const ys_share *share) {
  return ys_block_begin(&share->whole, share->first);
}

ys_blocks ys_share_blocks(const ys_share *share) {
  const size_t end = share->end > share->first
                         ? ys_block_end(&share->whole, share->end - 1)
                         : ys_share_first_row(share);
  return (ys_blocks){end - ys_share_first_row(share), share->whole.size,
                     share->end - share->first};
}

ys_code ys_share_check(const ys_share *share, ys_error *error) {
  if (!share->ranks || share->ranks->count <= share->whole.count)
    return YS_OK;
  return ys_fail(error, YS_UNSUPPORTED,
                 "%zu ranks, and the batch's %zu rows are %zu blocks, of which "
                 "each rank holds one at least",
                 share->ranks->count, share->whole.rows, share->whole.count);
}

ys_code ys_share_explain(const ys_share *share, ys_code code, ys_error *error) {
  const size_t first = ys_share_first_row(share);
  if (code != YS_BAD_INPUT || !error || first == 0)
    return code;
  const ys_error of = *error;
  return ys_fail(error, code, "%s (counted from row %zu, the rank's first)",
                 of.text, first);
}

/* ------------------------------------------------------- for decisions ---- */

const char *ys_ranks_loss(const ys_ranks *ranks) {
  return ranks ? ranks->loss(ranks->context) : NULL;
}

/* By a binomial tree, in which rank r hears from r minus its lowest bit. */
bool ys_ranks_spread(const ys_ranks *ranks, void *bytes, size_t size) {
  if (!ranks)
    return true;
  const size_t rank = ranks->rank;
  size_t bit = 1;
  while (bit < ranks->count && !(rank & bit))
    bit *= 2;
  if (rank && !ranks->receive(ranks->context, rank - bit, bytes, size))
    return false;
  for (bit /= 2; bit; bit /= 2)
    if (rank + bit < ranks->count &&
        !ranks->send(ranks->context, rank + bit, bytes, size))
      return false;
  return true;
}

bool ys_ranks_meet(const ys_ranks *ranks, void *bytes, void *other, size_t size,
                   ys_rank_meeting *meet) {
  if (!ranks)
    return true;
  for (size_t bit = 1; bit < ranks->count; bit *= 2) {
    if (ranks->rank & bit) {
      if (!ranks->send(ranks->context, ranks->rank - bit, bytes, size))
        return false;
      break;
    }
    if (ranks->rank + bit >= ranks->count)
      continue;
    if (!ranks->receive(ranks->context, ranks->rank + bit, other, size))
      return false;
    meet(bytes, other, size);
  }
  return ys_ranks_spread(ranks, bytes, size);
}

/* The bytes of some ranks, one after the other. */
typedef struct run {
  size_t first, end;
} run;

static run run_of(const ys_ranks *ranks, const size_t *begin, size_t rank,
                  size_t count) {
  const size_t end = rank + count;
  return (run){begin[rank], begin[end < ranks->count ? end : ranks->count]};
}

/* A run to a rank or from one: without a letter where it is empty, as both of
 * them know. */
static bool carry(const ys_ranks *ranks, size_t other, bool sends, char *all,
                  run piece) {
  const size_t bytes = piece.end - piece.first;
  char *from = all + piece.first;
  return !bytes || (sends ? ranks->send(ranks->context, other, from, bytes)
                          : ranks->receive(ranks->context, other, from, bytes));
}

/* What is before and behind a run, to a rank that has that one, or from one to
 * this rank, which has it. */
static bool carry_rest(const ys_ranks *ranks, size_t other, bool sends,
                       char *all, run has, size_t size) {
  return carry(ranks, other, sends, all, (run){0, has.first}) &&
         carry(ranks, other, sends, all, (run){has.end, size});
}

/* Runs of ranks grow up the same tree, and come down it to whoever has not sent
 * them up. */
bool ys_ranks_gather(const ys_ranks *ranks, void *bytes, const size_t *begin) {
  if (!ranks)
    return true;
  const size_t rank = ranks->rank, count = ranks->count, size = begin[count];
  size_t bit = 1;
  for (; bit < count && !(rank & bit); bit *= 2)
    if (rank + bit < count && !carry(ranks, rank + bit, false, bytes,
                                     run_of(ranks, begin, rank + bit, bit)))
      return false;
  if (rank) {
    const run own = run_of(ranks, begin, rank, bit);
    if (!carry(ranks, rank - bit, true, bytes, own) ||
        !carry_rest(ranks, rank - bit, false, bytes, own, size))
      return false;
  }
  for (bit /= 2; bit; bit /= 2)
    if (rank + bit < count &&
        !carry_rest(ranks, rank + bit, true, bytes,
                    run_of(ranks, begin, rank + bit, bit), size))
      return false;
  return true;
}

static void take_less(void *bytes, const void *other, size_t size) {
  size_t *mine = bytes;
  const size_t *its = other;
  (void)size;
  *mine = *its < *mine ? *its : *mine;
}

size_t ys_ranks_least(const ys_ranks *ranks, size_t number) {
  size_t least = number, other;
  return ys_ranks_meet(ranks, &least, &other, sizeof least, take_less) ? least
                                                                       : number;
}

bool ys_ranks_any(const ys_ranks *ranks, bool so) {
  return ys_ranks_least(ranks, !so) == 0;
}

static void take_more(void *bytes, const void *other, size_t size) {
  double *mine = bytes;
  const double *its = other;
  (void)size;
  *mine = *its > *mine ? *its : *mine;
}

double ys_ranks_most(const ys_ranks *ranks, double number) {
  double most = number, other;
  return ys_ranks_meet(ranks, &most, &other, sizeof most, take_more) ? most
                                                                     : number;
}

static void add_up(void *bytes, const void *other, size_t size) {
  int64_t *mine = bytes;
  const int64_t *its = other;
  for (size_t i = 0; i < size / sizeof *mine; i++)
    mine[i] += its[i];
}

bool ys_ranks_sum(const ys_ranks *ranks, int64_t *numbers, int64_t *room,
                  size_t count) {
  return ys_ranks_meet(ranks, numbers, room, count * sizeof *numbers, add_up);
}

static void unite(void *bytes, const void *other, size_t size) {
  uint64_t *mine = bytes;
  const uint64_t *its = other;
  for (size_t i = 0; i < size / sizeof *mine; i++)
    mine[i] |= its[i];
}

enum { BITS = 64 }; /* of a word: a place each */

static bool has_place(const int64_t *places, size_t i) {
  return (uint64_t)places[i / BITS] >> i % BITS & 1;
}

/* All first hear where anybody has another number than 0. */
bool ys_ranks_sum_sparse(const ys_ranks *ranks, int64_t *numbers, int64_t *room,
                         size_t count) {
  enum { FEW = 16 };
  const size_t words = (count + BITS - 1) / BITS;
  int64_t *places = room, *others = room + words;
  size_t held = 0;
  if (!ranks || count < FEW)
    return ys_ranks_sum(ranks, numbers, room, count);
  memset(places, 0, words * sizeof *places);
  for (size_t i = 0; i < count; i++)
    if (numbers[i])
      places[i / BITS] |= (int64_t)((uint64_t)1 << i % BITS);
  if (!ys_ranks_meet(ranks, places, others, words * sizeof *places, unite))
    return false;
  for (size_t i = 0; i < count; i++)
    held += has_place(places, i);
  if (held + words > count)
    return ys_ranks_sum(ranks, numbers, room, count);
  for (size_t i = 0, to = 0; i < count; i++)
    if (has_place(places, i))
      numbers[to++] = numbers[i];
  const bool carried = ys_ranks_sum(ranks, numbers, others, held);
  for (size_t i = count; i-- > 0;)
    numbers[i] = has_place(places, i) ? numbers[--held] : 0;
  return carried;
}

/* What ranks have come to: the first that has failed, and whether all have for
 * the same reason. */
typedef struct finding {
  ys_error error;
  size_t rank;
  bool alike;
} finding;

static void take_first(void *bytes, const void *other, size_t size) {
  finding *mine = bytes;
  const finding *its = other;
  (void)size;
  const bool alike = mine->alike && its->alike &&
                     mine->error.code == its->error.code &&
                     strcmp(mine->error.text, its->error.text) == 0;
  if (!mine->error.code)
    *mine = *its;
  mine->alike = alike;
}

/* Reasons are long, and mostly there are none: numbers say so first. */
ys_code ys_ranks_agree(const ys_ranks *ranks, ys_code code, ys_error *error) {
  finding all, other;
  if (!ranks || ranks->count == 1 ||
      (!ys_ranks_any(ranks, code != YS_OK) && !ys_ranks_loss(ranks)))
    return code;
  memset(&all, 0, sizeof all);
  all.rank = ranks->rank;
  all.alike = true;
  if (code) {
    if (error)
      all.error = *error;
    all.error.code = code;
  }
  if (!ys_ranks_meet(ranks, &all, &other, sizeof all, take_first))
    return code ? code : ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
  if (!all.error.code)
    return YS_OK;
  return all.alike ? ys_fail(error, all.error.code, "%s", all.error.text)
                   : ys_fail(error, all.error.code, "rank %zu: %s", all.rank,
                             all.error.text);
}

ys_code ys_ranks_agree_shape(const ys_ranks *ranks, const char *name,
                             size_t rows, size_t classes, ys_error *error) {
  size_t all[2] = {rows, classes};
  ys_ranks_spread(ranks, all, sizeof all);
  const bool same = all[0] == rows && all[1] == classes;
  return ys_ranks_agree(
      ranks,
      same ? YS_OK
           : ys_fail(error, YS_BAD_INPUT,
                     "%s: holds %zu x %zu numbers: expected %zu x %zu as rank "
                     "0 found",
                     name, rows, classes, all[0], all[1]),
      error);
}
