/* Copying the rows of finished runs from table to table. */
#include "bench/sweep/sweep_store.h"

#include "bench/store/wholerows.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- copying -- */

enum { FLUSH_BYTES = 1 << 20 };

typedef struct copying {
  const new_id *ids; /* by .old */
  size_t count;
  csvout *out;
} copying;

static int by_old(const void *a, const void *b) {
  long x = ((const new_id *)a)->old, y = ((const new_id *)b)->old;
  return (x > y) - (x < y);
}

/* The row's run among the ids, NULL if it is none of them. */
static ys_code find_id(const ys_csv *row, const copying *c, const new_id **id,
                       ys_error *error) {
  new_id wanted = {0, 0};
  ys_code code = wholerows_number(row, 0, &wanted.old, error);
  *id = code || !c->count
            ? NULL
            : bsearch(&wanted, c->ids, c->count, sizeof *c->ids, by_old);
  return code;
}

static ys_code copy_row(const ys_csv *row, void *context, ys_error *error) {
  const copying *c = context;
  const new_id *id;
  ys_code code = find_id(row, c, &id, error);
  if (code || !id)
    return code;
  csvout_integer(c->out, id->new);
  for (size_t i = 1; i < row->count; i++)
    csvout_text(c->out, ys_csv_field(row, i));
  csvout_end_row(c->out);
  return c->out->used > FLUSH_BYTES ? csvout_flush(c->out, error) : YS_OK;
}

static ys_code is_kept(const ys_csv *row, void *context, bool *keep,
                       ys_error *error) {
  const new_id *id;
  ys_code code = find_id(row, context, &id, error);
  *keep = id != NULL;
  return code;
}

/* The tables in the order in which they may be replaced one by one: what is not
 * in runs.csv any more counts for nothing in the others. */
enum { TABLES = 3 };
static const record_table *const tables[TABLES] = {
    &schema_runs, &schema_settings, &schema_traces};

ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, runlog *log, ys_error *error) {
  csvout *const out[TABLES] = {&log->runs, &log->settings, &log->traces};
  ys_code code = YS_OK;
  for (int t = TABLES - 1; !code && count && t >= 0; t--) {
    copying c = {ids, count, out[t]};
    code = wholerows_each(store->path, tables[t], copy_row, &c, error);
    if (!code)
      code = csvout_flush(out[t], error);
  }
  return code;
}

/* Leave in each table the rows of the store's runs. */
ys_code sweep_store_clean(const sweep_store *store, ys_error *error) {
  ys_code code = YS_OK;
  new_id *ids = ys_array(store->count + 1, sizeof *ids);
  if (!ids)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < store->count; i++)
    ids[i] = (new_id){store->runs[i].run_id, store->runs[i].run_id};
  qsort(ids, store->count, sizeof *ids, by_old);
  copying kept = {ids, store->count, NULL};
  for (int t = 0; !code && t < TABLES; t++)
    code = wholerows_rewrite(store->path, tables[t], is_kept, &kept, error);
  free(ids);
  return code;
}
