/* Copying the rows of finished runs from table to table. */
#include "bench/sweep/sweep_store.h"

#include "bench/store/wholerows.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

typedef struct kept_ids {
  const new_id *ids; /* by .old */
  size_t count;
} kept_ids;

static int by_old(const void *a, const void *b) {
  long x = ((const new_id *)a)->old, y = ((const new_id *)b)->old;
  return (x > y) - (x < y);
}

/* A row goes if its run is none of these. */
static ys_code give_id(const ys_csv *row, void *context, long *id,
                       ys_error *error) {
  const kept_ids *kept = context;
  const new_id wanted = {.old = *id}, *found = NULL;
  (void)row;
  (void)error;
  if (kept->count)
    found = bsearch(&wanted, kept->ids, kept->count, sizeof wanted, by_old);
  *id = found ? found->new : 0;
  return YS_OK;
}

/* The tables in the order in which they may be replaced one by one: what is not
 * in runs.csv any more counts for nothing in the others. */
enum { TABLES = 3 };
static const record_table *const tables[TABLES] = {
    &schema_runs, &schema_settings, &schema_traces};

ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, runlog *log, ys_error *error) {
  csvout *const out[TABLES] = {&log->runs, &log->settings, &log->traces};
  kept_ids kept = {ids, count};
  ys_code code = YS_OK;
  for (int t = TABLES - 1; !code && count && t >= 0; t--)
    code =
        wholerows_copy(store->path, tables[t], out[t], give_id, &kept, error);
  return code;
}

/* Leave in each table the rows of the store's runs. */
ys_code sweep_store_clean(const sweep_store *store, ys_error *error) {
  ys_code code = YS_OK;
  new_id *ids = ys_array(store->count + 1, sizeof *ids);
  kept_ids kept = {ids, store->count};
  if (!ids)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < store->count; i++)
    ids[i] = (new_id){store->runs[i].run_id, store->runs[i].run_id};
  qsort(ids, store->count, sizeof *ids, by_old);
  for (int t = 0; !code && t < TABLES; t++)
    code = wholerows_rewrite(store->path, tables[t], give_id, &kept, error);
  free(ids);
  return code;
}
