#include "bench/kernels/pivot.h"

#include <math.h>
#include <string.h>

/* The measurements of one table: a row a kernel, a column a K. */
typedef struct slice {
  const measurements *all;
  const char *size;
  int threads;
} slice;

static bool is_in(const slice *s, const measurement *m) {
  return m->threads == s->threads && strcmp(m->size, s->size) == 0;
}

static const measurement *find(const slice *s, const kernel *k,
                               size_t classes) {
  for (size_t i = 0; i < s->all->count; i++) {
    const measurement *m = s->all->item + i;
    if (is_in(s, m) && m->classes == classes && (!k || m->kernel == k))
      return m;
  }
  return NULL;
}

static bool has_targets(const slice *s) {
  for (size_t i = 0; i < s->all->count; i++)
    if (is_in(s, s->all->item + i) && s->all->item[i].target > 0)
      return true;
  return false;
}

/* The next larger number of classes in the slice, 0 if there is none. */
static size_t next_classes(const slice *s, size_t after) {
  size_t next = 0;
  for (size_t i = 0; i < s->all->count; i++) {
    const measurement *m = s->all->item + i;
    if (is_in(s, m) && m->classes > after && (!next || m->classes < next))
      next = m->classes;
  }
  return next;
}

typedef struct column {
  const char *title;
  double (*value)(const slice *, const measurement *);
  const char *format;
} column;

static double triads_of(const slice *s, const measurement *m) {
  (void)s;
  return m->triads.median;
}

static double ns_of(const slice *s, const measurement *m) {
  (void)s;
  return m->ns.median;
}

static double rate_of(const slice *s, const measurement *m) {
  (void)s;
  return m->rate.median;
}

/* Over the fewest threads that the kernel was measured with. */
static double speedup_of(const slice *s, const measurement *m) {
  const measurement *least = m;
  for (size_t i = 0; i < s->all->count; i++) {
    const measurement *other = s->all->item + i;
    if (other->kernel == m->kernel && other->classes == m->classes &&
        strcmp(other->size, m->size) == 0 && other->threads < least->threads)
      least = other;
  }
  return least->threads < m->threads ? least->ns.median / m->ns.median : NAN;
}

static const column by_triads = {"time in triads over arrays of the same size",
                                 triads_of, "%.2f"};
static const column by_ns = {"nanoseconds an element", ns_of, "%.3f"};
static const column by_rate = {"floating-point rate over DGEMM's", rate_of,
                               "%.2f"};
static const column by_speedup = {"times as fast as with one thread",
                                  speedup_of, "%.2f"};

/* Whether the table's figures are what targets are set for. */
static bool shows_targets(const slice *s, const column *c) {
  return (c == &by_triads || c == &by_rate) && has_targets(s);
}

static void cell(FILE *out, const slice *s, const column *c,
                 const measurement *m) {
  const double value = m && m->samples ? c->value(s, m) : NAN;
  if (m && !m->samples) {
    fprintf(out, " failed |");
    return;
  }
  const bool missed =
      isfinite(value) && shows_targets(s, c) && m->target > 0 && !m->met;
  fprintf(out, missed ? " **" : " ");
  if (isfinite(value))
    fprintf(out, c->format, value);
  fprintf(out, missed ? "** |" : " |");
}

static void target_cell(FILE *out, const kernel *k) {
  if (k->rate > 0)
    fprintf(out, " >= %g from K = 100 |", k->rate);
  else if (k->small > 0 && k->small != k->target)
    fprintf(out, " <= %g; K >= 10: <= %g |", k->small, k->target);
  else if (k->target > 0)
    fprintf(out, " <= %g |", k->target);
  else
    fprintf(out, " |");
}

static void table_head(FILE *out, const slice *s, const column *c) {
  const bool targets = shows_targets(s, c);
  fprintf(out, "| kernel |%s", targets ? " target |" : "");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " K = %zu |", k);
  fprintf(out, "\n| --- |%s", targets ? " --- |" : "");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " ---: |");
  fprintf(out, "\n");
}

/* A kernel's row, if it has something to show in this table. */
static void table_row(FILE *out, const slice *s, const column *c,
                      const kernel *row) {
  bool any = false;
  for (size_t k = 0; (k = next_classes(s, k));) {
    const measurement *m = find(s, row, k);
    any = any || (m && (isfinite(c->value(s, m)) || !m->samples));
  }
  if (!any)
    return;
  fprintf(out, "| %s |", row->name);
  if (shows_targets(s, c))
    target_cell(out, row);
  for (size_t k = 0; (k = next_classes(s, k));)
    cell(out, s, c, find(s, row, k));
  fprintf(out, "\n");
}

/* Whether a kernel belongs in the table of rates, or in those of times. */
static bool belongs(const column *c, const kernel *k) {
  if (c == &by_rate)
    return k->flops != NULL;
  return c == &by_ns || c == &by_speedup || k->arrays > 0;
}

/* The triad at the first kernel of each K. */
static void triad_row(FILE *out, const slice *s) {
  fprintf(out, "| triad |");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " %.3f |", find(s, NULL, k)->triad_ns.median);
  fprintf(out, "\n");
}

static bool is_empty(const slice *s, const column *c) {
  for (size_t i = 0; i < s->all->count; i++) {
    const measurement *m = s->all->item + i;
    if (is_in(s, m) && belongs(c, m->kernel) &&
        (isfinite(c->value(s, m)) || (!m->samples && c != &by_speedup)))
      return false;
  }
  return true;
}

static void table(FILE *out, const slice *s, const column *c) {
  if (is_empty(s, c))
    return;
  fprintf(out, "\n## %s, %d thread%s: %s\n\n",
          strcmp(s->size, "cache") == 0 ? "In cache" : "Out of cache",
          s->threads, s->threads == 1 ? "" : "s", c->title);
  table_head(out, s, c);
  if (c == &by_ns)
    triad_row(out, s);
  for (size_t i = 0; kernels[i]; i++)
    if (belongs(c, kernels[i]))
      table_row(out, s, c, kernels[i]);
}

/* Whether the slice of measurement i came up before. */
static bool is_new(const measurements *all, size_t i) {
  const measurement *m = all->item + i;
  for (size_t j = 0; j < i; j++)
    if (is_in(&(slice){all, m->size, m->threads}, all->item + j))
      return false;
  return true;
}

void pivot_tables(FILE *out, const measurements *all) {
  for (size_t i = 0; i < all->count; i++) {
    const slice s = {all, all->item[i].size, all->item[i].threads};
    if (!is_new(all, i))
      continue;
    table(out, &s, &by_triads);
    table(out, &s, &by_rate);
    table(out, &s, &by_ns);
    table(out, &s, &by_speedup);
  }
}
