#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ys_code measurements_add(measurements *all, const measurement *m,
                         ys_error *error) {
  if (all->count == all->room) {
    size_t room = 2 * all->room + 64;
    measurement *grown = realloc(all->item, room * sizeof *grown);
    if (!grown)
      return ys_fail_memory(error, "the measurements");
    all->item = grown;
    all->room = room;
  }
  all->item[all->count++] = *m;
  return YS_OK;
}

void measurements_free(measurements *all) {
  free(all->item);
  *all = (measurements){0};
}

/* ------------------------------------------------------------ CSV ---- */

const char report_csv_header[] =
    "kernel,size,rows,classes,threads,samples,ns_per_element,ns_q1,ns_q3,bytes,"
    "gb_per_second,triad_ns_per_element,triads,triads_q1,triads_q3,gflops,"
    "gflops_q1,gflops_q3,dgemm_gflops,rate,rate_q1,rate_q3,target,met,message";

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

void report_csv_row(csvout *csv, const measurement *m) {
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
  csv_quartiles(csv, m->gflops);
  csv_number(csv, m->gemm.median);
  csv_quartiles(csv, m->rate);
  csv_number(csv, m->target > 0 ? m->target : NAN);
  csvout_text(csv, m->target > 0 && m->samples ? m->met ? "yes" : "no" : "");
  csvout_text(csv, m->failure);
  csvout_end_row(csv);
}

/* ------------------------------------------------- tables by class ---- */

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
  double (*value)(const measurement *);
  const char *format;
} column;

static double triads_of(const measurement *m) {
  return m->triads.median;
}

static double ns_of(const measurement *m) {
  return m->ns.median;
}

static double rate_of(const measurement *m) {
  return m->rate.median;
}

static const column by_triads = {"time in triads over arrays of the same size",
                                 triads_of, "%.2f"};
static const column by_ns = {"nanoseconds an element", ns_of, "%.3f"};
static const column by_rate = {"floating-point rate over DGEMM's", rate_of,
                               "%.2f"};

static void cell(FILE *out, const column *c, const measurement *m) {
  const double value = m && m->samples ? c->value(m) : NAN;
  if (m && !m->samples) {
    fprintf(out, " failed |");
    return;
  }
  const bool missed =
      isfinite(value) && c != &by_ns && m->target > 0 && !m->met;
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
  const bool targets = c != &by_ns && has_targets(s);
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
    any = any || (m && (isfinite(c->value(m)) || !m->samples));
  }
  if (!any)
    return;
  fprintf(out, "| %s |", row->name);
  if (c != &by_ns && has_targets(s))
    target_cell(out, row);
  for (size_t k = 0; (k = next_classes(s, k));)
    cell(out, c, find(s, row, k));
  fprintf(out, "\n");
}

/* Whether a kernel belongs in the table of rates, or in those of times. */
static bool belongs(const column *c, const kernel *k) {
  if (c == &by_rate)
    return k->flops != NULL;
  return c == &by_ns || k->arrays > 0;
}

static void triad_row(FILE *out, const slice *s) {
  fprintf(out, "| triad |");
  for (size_t k = 0; (k = next_classes(s, k));)
    fprintf(out, " %.3f |", find(s, NULL, k)->triad_ns.median);
  fprintf(out, "\n");
}

static void table(FILE *out, const slice *s, const column *c) {
  bool any = false;
  for (size_t i = 0; i < s->all->count; i++)
    any = any ||
          (is_in(s, s->all->item + i) && belongs(c, s->all->item[i].kernel));
  if (!any)
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

/* ------------------------------------------------ every measurement ---- */

static void spread(FILE *out, quartiles q, const char *format) {
  if (!isfinite(q.median)) {
    fprintf(out, " |");
    return;
  }
  fprintf(out, " ");
  fprintf(out, format, q.median);
  fprintf(out, " (");
  fprintf(out, format, q.low);
  fprintf(out, "-");
  fprintf(out, format, q.high);
  fprintf(out, ") |");
}

static void measurement_row(FILE *out, const measurement *m) {
  fprintf(out, "| %s | %s | %zu | %zu | %d |", m->kernel->name, m->size,
          m->classes, m->rows, m->threads);
  if (!m->samples) {
    fprintf(out, " failed: %s | | | | | | |\n", m->failure);
    return;
  }
  spread(out, m->ns, "%.3f");
  fprintf(out, " %.4g | %.1f |", m->bytes, m->bandwidth);
  if (m->kernel->arrays > 0)
    spread(out, m->triads, "%.2f");
  else
    fprintf(out, " |");
  spread(out, m->gflops, "%.1f");
  spread(out, m->rate, "%.2f");
  fprintf(out, " %s |\n", m->target > 0 ? m->met ? "met" : "missed" : "");
}

static void every_measurement(FILE *out, const measurements *all) {
  fprintf(out,
          "\n## Every measurement\n\n"
          "Median (quartiles). Bytes: what has to be moved at least, each "
          "array that goes in or comes\nout counted once.\n\n"
          "| kernel | size | K | M | threads | ns/element | bytes | GB/s | "
          "triads | GFLOP/s | of DGEMM | target |\n"
          "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | "
          "---: | ---: | --- |\n");
  for (size_t i = 0; i < all->count; i++)
    measurement_row(out, all->item + i);
}

/* Whether the slice of measurement i came up before. */
static bool is_new(const measurements *all, size_t i) {
  const measurement *m = all->item + i;
  for (size_t j = 0; j < i; j++)
    if (is_in(&(slice){all, m->size, m->threads}, all->item + j))
      return false;
  return true;
}

void report_page(FILE *out, const char *about, const measurements *all,
                 bool whole) {
  fprintf(out, "# Kernels\n\n%s", about);
  for (size_t i = 0; i < all->count; i++) {
    const slice s = {all, all->item[i].size, all->item[i].threads};
    if (!is_new(all, i))
      continue;
    table(out, &s, &by_triads);
    table(out, &s, &by_rate);
    table(out, &s, &by_ns);
  }
  if (whole)
    every_measurement(out, all);
}
