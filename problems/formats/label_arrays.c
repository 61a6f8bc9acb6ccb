#include "problems/formats/label_arrays.h"

#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 18 }; /* bytes */

/* What the first rank asks another one for: elements of its own part of an
 * array, whose row starts are raised by `shift`. No elements: that was all. */
typedef struct order {
  ys_label_array of;
  bool wide;
  size_t first, count, shift;
} order;

/* ----------------------------------------------------- opening, closing -- */

static size_t ranks_of(const ys_label_arrays *a) {
  return a->ranks ? a->ranks->count : 1;
}

static ys_code make_room(ys_label_arrays *a, ys_error *error) {
  const size_t ends = ranks_of(a) + 1;
  ys_code code = YS_OK;
  a->first_row = calloc(ends, sizeof *a->first_row);
  a->first_entry = calloc(ends, sizeof *a->first_entry);
  a->piece = malloc(PIECE);
  if (!a->first_row || !a->first_entry || !a->piece)
    code = ys_fail_memory(error, "a file's labels");
  if (code || ys_labels_empty_rows(a->labels) == 0)
    return code;
  code = ys_labels_copy(a->labels, &a->spelled, error);
  a->labels = &a->spelled;
  return code ? code : ys_labels_spell_out(&a->spelled, error);
}

/* The first rank hears how many entries each has. */
static ys_code count_entries(ys_label_arrays *a, const ys_share *share,
                             ys_error *error) {
  const ys_ranks *ranks = a->ranks;
  size_t own = ys_labels_entries(a->labels);
  const size_t first = ranks ? ranks->rank : 0;
  if (first && !ranks->send(ranks->context, 0, &own, sizeof own))
    return ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
  for (size_t r = 0; first == 0 && r < ranks_of(a); r++) {
    if (r && !ranks->receive(ranks->context, r, &own, sizeof own))
      return ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
    a->first_entry[r + 1] = a->first_entry[r] + own;
    a->first_row[r + 1] =
        ranks
            ? ys_block_begin(&share->whole,
                             ys_share_begin(&share->whole, ranks->count, r + 1))
            : a->labels->rows;
  }
  a->entries = a->first_entry[ranks_of(a)];
  a->wide =
      a->entries > INT32_MAX || a->classes > INT32_MAX || a->rows > INT32_MAX;
  return YS_OK;
}

ys_code ys_label_arrays_open(ys_label_arrays *arrays, const ys_labels *labels,
                             const ys_share *share, ys_error *error) {
  *arrays = (ys_label_arrays){.ranks = share ? share->ranks : NULL,
                              .labels = labels,
                              .rows = labels->rows,
                              .classes = labels->classes};
  if (arrays->ranks)
    arrays->rows = share->whole.rows;
  const ys_code code =
      ys_ranks_agree(arrays->ranks, make_room(arrays, error), error);
  return code ? code : count_entries(arrays, share, error);
}

void ys_label_arrays_close(ys_label_arrays *arrays) {
  ys_labels_free(&arrays->spelled);
  free(arrays->first_row);
  free(arrays->first_entry);
  free(arrays->piece);
  *arrays = (ys_label_arrays){0};
}

/* ------------------------------------------------------------ elements ---- */

size_t ys_label_arrays_item(const ys_label_arrays *arrays, ys_label_array of) {
  return of == YS_DATA || arrays->wide ? 8 : 4;
}

size_t ys_label_arrays_count(const ys_label_arrays *arrays, ys_label_array of) {
  return of == YS_INDPTR ? arrays->rows + 1 : arrays->entries;
}

static void put_integer(unsigned char *to, size_t number, bool wide) {
  const int64_t long_one = (int64_t)number;
  const int32_t short_one = (int32_t)number;
  if (wide)
    memcpy(to, &long_one, sizeof long_one);
  else
    memcpy(to, &short_one, sizeof short_one);
}

/* Elements of this process' rows, as they are in the file. */
static void put(const ys_label_arrays *a, const order *o) {
  const ys_labels *labels = a->labels;
  const size_t item = o->of == YS_DATA || o->wide ? 8 : 4;
  if (o->of == YS_DATA) {
    memcpy(a->piece, labels->weight + o->first, o->count * item);
    return;
  }
  for (size_t i = 0; i < o->count; i++)
    put_integer(a->piece + i * item,
                o->of == YS_INDICES ? labels->held[o->first + i]
                                    : labels->begin[o->first + i] + o->shift,
                o->wide);
}

/* A rank's row starts are those of its rows but for the first one, which is
 * where the rows before it end; the first rank has the 0, too. */
size_t ys_label_arrays_take(ys_label_arrays *arrays, ys_label_array of,
                            size_t first, size_t most,
                            const unsigned char **bytes) {
  const ys_ranks *ranks = arrays->ranks;
  const size_t *begin =
      of == YS_INDPTR ? arrays->first_row : arrays->first_entry;
  const size_t extra = of == YS_INDPTR; /* elements beyond the last begin */
  const size_t item = ys_label_arrays_item(arrays, of);
  size_t r = 0;
  while (begin[r + 1] + extra <= first)
    r++;
  const size_t left = begin[r + 1] + extra - first;
  order o = {of, arrays->wide, first - begin[r], left, arrays->first_entry[r]};
  o.count = o.count < most ? o.count : most;
  o.count = o.count < PIECE / item ? o.count : PIECE / item;
  *bytes = arrays->piece;
  if (r == 0)
    put(arrays, &o);
  else if (!ranks->send(ranks->context, r, &o, sizeof o) ||
           !ranks->receive(ranks->context, r, arrays->piece, o.count * item))
    return 0;
  return o.count;
}

/* ---------------------------------------------------------- the others ---- */

ys_code ys_label_arrays_answer(ys_label_arrays *arrays, ys_error *error) {
  const ys_ranks *ranks = arrays->ranks;
  for (;;) {
    order o;
    if (!ranks->receive(ranks->context, 0, &o, sizeof o))
      break;
    if (o.count == 0)
      return YS_OK;
    put(arrays, &o);
    const size_t item = o.of == YS_DATA || o.wide ? 8 : 4;
    if (!ranks->send(ranks->context, 0, arrays->piece, o.count * item))
      break;
  }
  return ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
}

void ys_label_arrays_dismiss(ys_label_arrays *arrays) {
  const ys_ranks *ranks = arrays->ranks;
  const order none = {YS_DATA, false, 0, 0, 0};
  for (size_t r = 1; ranks && r < ranks->count; r++)
    ranks->send(ranks->context, r, &none, sizeof none);
}
