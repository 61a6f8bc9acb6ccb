#include "bench/kernels/kernel_table.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ys_code measurements_add(measurements *all, const measurement *m,
                         ys_error *error) {
  ys_code code = ys_grow(&all->item, all->count, &all->room, sizeof *all->item,
                         "the measurements", error);
  if (!code)
    all->item[all->count++] = *m;
  return code;
}

void measurements_free(measurements *all) {
  free(all->item);
  *all = (measurements){0};
}

/* ------------------------------------------------------------ CSV ---- */

const char kernel_table_csv_header[] =
    "kernel,size,rows,classes,threads,samples,ns_per_element,ns_q1,ns_q3,bytes,"
    "gb_per_second,triad_ns_per_element,triads,triads_q1,triads_q3,"
    "read_ns_per_element,read_gb_per_second,reads,reads_q1,reads_q3,gflops,"
    "gflops_q1,gflops_q3,dgemm_gflops,rate,rate_q1,rate_q3,processor_share,"
    "target,met,message";

/* A number, or an empty field for none. */
static void csv_number(csvout *csv, double number) {
  char text[32] = "";
  if (isfinite(number))
    snprintf(text, sizeof text, "%.6g", number);
  csvout_text(csv, text);
}

static void csv_quartiles(csvout *csv, quartiles q) {
  csv_number(csv, q.median);
  csv_number(csv, q.low);
  csv_number(csv, q.high);
}

void kernel_table_csv_row(csvout *csv, const measurement *m) {
  csvout_text(csv, m->kernel->name);
  csvout_text(csv, m->size);
  csvout_integer(csv, (long long)m->rows);
  csvout_integer(csv, (long long)m->classes);
  csvout_integer(csv, m->threads);
  csvout_integer(csv, (long long)m->samples);
  csv_quartiles(csv, m->ns);
  csv_number(csv, m->bytes);
  csv_number(csv, m->bandwidth);
  csv_number(csv, m->triad_ns.median);
  csv_quartiles(csv, m->triads);
  csv_number(csv, m->read_ns.median);
  csv_number(csv, m->read_rate);
  csv_quartiles(csv, m->reads);
  csv_quartiles(csv, m->gflops);
  csv_number(csv, m->gemm.median);
  csv_quartiles(csv, m->rate);
  csv_number(csv, m->share);
  csv_number(csv, m->target > 0 ? m->target : NAN);
  csvout_text(csv, m->target > 0 && m->samples ? m->met ? "yes" : "no" : "");
  csvout_text(csv, m->failure);
  csvout_end_row(csv);
}

/* -------------------------------------------------- a row a kernel ---- */

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

/* What is shown of a measurement. */
typedef enum column {
  TRIADS,
  READS,
  RATE,
  NANOSECONDS,
  SPEEDUP,
  COLUMNS
} column;

static double value_of(const slice *s, column c, const measurement *m) {
  return c == TRIADS        ? m->triads.median
         : c == READS       ? m->reads.median
         : c == RATE        ? m->rate.median
         : c == NANOSECONDS ? m->ns.median
                            : speedup_of(s, m);
}

/* Whether the table's figures are what targets are set for. */
static bool shows_targets(const slice *s, column c) {
  return (c == TRIADS || c == RATE) && has_targets(s);
}

static void cell(FILE *out, const slice *s, column c, const measurement *m) {
  const double value = m && m->samples ? value_of(s, c, m) : NAN;
  if (m && !m->samples) {
    fprintf(out, " failed |");
    return;
  }
  const bool missed =
      isfinite(value) && shows_targets(s, c) && m->target > 0 && !m->met;
  fprintf(out, missed ? " **" : " ");
  if (isfinite(value))
    fprintf(out, c == NANOSECONDS ? "%.3f" : "%.2f", value);
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

static void table_head(FILE *out, const slice *s, column c) {
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
static void table_row(FILE *out, const slice *s, column c, const kernel *row) {
  bool any = false;
  for (size_t k = 0; (k = next_classes(s, k));) {
    const measurement *m = find(s, row, k);
    any = any || (m && (!m->samples || isfinite(value_of(s, c, m))));
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
static bool belongs(column c, const kernel *k) {
  if (c == RATE)
    return k->flops != NULL;
  return c == NANOSECONDS || c == SPEEDUP || k->arrays > 0;
}

/* The yardsticks at the first kernel of each K. */
static void yardstick_rows(FILE *out, const slice *s) {
  fprintf(out, "| triad |");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " %.3f |", find(s, NULL, k)->triad_ns.median);
  fprintf(out, "\n| one plain read of sigma |");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " %.3f |", find(s, NULL, k)->read_ns.median);
  fprintf(out, "\n| the same, GB/s |");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " %.1f |", find(s, NULL, k)->read_rate);
  fprintf(out, "\n");
}

static bool is_empty(const slice *s, column c) {
  for (size_t i = 0; i < s->all->count; i++) {
    const measurement *m = s->all->item + i;
    if (is_in(s, m) && belongs(c, m->kernel) &&
        (isfinite(value_of(s, c, m)) || (!m->samples && c != SPEEDUP)))
      return false;
  }
  return true;
}

static void table(FILE *out, const slice *s, column c) {
  static const char *const titles[COLUMNS] = {
      "time in triads over arrays of the same size",
      "time in plain reads of sigma", "floating-point rate over DGEMM's",
      "nanoseconds an element", "times as fast as with one thread"};
  if (is_empty(s, c))
    return;
  fprintf(out, "\n## %s, %d thread%s: %s\n\n",
          strcmp(s->size, "cache") == 0 ? "In cache" : "Out of cache",
          s->threads, s->threads == 1 ? "" : "s", titles[c]);
  table_head(out, s, c);
  if (c == NANOSECONDS)
    yardstick_rows(out, s);
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

/* For every size and number of threads that was measured: times in triads,
 * rates against DGEMM, nanoseconds, speed-ups; each where there are any. */
static void pivot_tables(FILE *out, const measurements *all) {
  for (size_t i = 0; i < all->count; i++) {
    const slice s = {all, all->item[i].size, all->item[i].threads};
    if (!is_new(all, i))
      continue;
    for (int c = 0; c < COLUMNS; c++)
      table(out, &s, (column)c);
  }
}

/* ------------------------------------------------ every measurement ---- */

static void spread(FILE *out, quartiles q, int digits) {
  if (isfinite(q.median))
    fprintf(out, " %.*f (%.*f-%.*f) |", digits, q.median, digits, q.low, digits,
            q.high);
  else
    fprintf(out, " |");
}

static void measurement_row(FILE *out, const measurement *m) {
  fprintf(out, "| %s | %s | %zu | %zu | %d |", m->kernel->name, m->size,
          m->classes, m->rows, m->threads);
  if (!m->samples) {
    fprintf(out, " failed: %s | | | | | | | |\n", m->failure);
    return;
  }
  spread(out, m->ns, 3);
  fprintf(out, " %.4g | %.1f |", m->bytes, m->bandwidth);
  if (m->kernel->arrays > 0)
    spread(out, m->triads, 2);
  else
    fprintf(out, " |");
  spread(out, m->reads, 2);
  spread(out, m->gflops, 1);
  spread(out, m->rate, 2);
  fprintf(out, " %s |\n", m->target > 0 ? m->met ? "met" : "missed" : "");
}

static void every_measurement(FILE *out, const measurements *all) {
  fprintf(out,
          "\n## Every measurement\n\n"
          "Median (quartiles). Bytes: what has to be moved at least, each "
          "array that goes in or comes\nout counted once.\n\n"
          "| kernel | size | K | M | threads | ns/element | bytes | GB/s | "
          "triads | reads of sigma | GFLOP/s | of DGEMM | target |\n"
          "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | "
          "---: | ---: | ---: | --- |\n");
  for (size_t i = 0; i < all->count; i++)
    measurement_row(out, all->item + i);
}

/* The shares of the processors that threads had, and what they mean. */
static void idleness(FILE *out, const measurements *all) {
  double *share = ys_array(all->count + 1, sizeof *share);
  size_t count = 0;
  for (size_t i = 0; share && i < all->count; i++)
    if (all->item[i].samples)
      share[count++] = all->item[i].share;
  if (count) {
    const quartiles q = quartiles_of(share, count);
    fprintf(out,
            "* of a processor each, threads had %.0f %% (quartiles %.0f to "
            "%.0f)%s\n",
            100 * q.median, 100 * q.low, 100 * q.high,
            q.low < 0.95 ? ": **the machine was not idle, and times mean "
                           "little**"
                         : "");
  }
  free(share);
}

void kernel_table_page(FILE *out, const char *about, const measurements *all,
                       bool whole) {
  fprintf(out, "# Kernels\n\n%s", about);
  idleness(out, all);
  pivot_tables(out, all);
  if (whole)
    every_measurement(out, all);
}
