#include "bench/kernels/kernel_table.h"

#include "problems/vector/array.h"

#include "bench/kernels/pivot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ys_code measurements_add(measurements *all, const measurement *m,
                         ys_error *error) {
  if (all->count == all->room) {
    size_t room = 2 * all->room + 64;
    measurement *grown = realloc(all->item, ys_times(room, sizeof *grown));
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
  csv_number(csv, m->share);
  csv_number(csv, m->target > 0 ? m->target : NAN);
  csvout_text(csv, m->target > 0 && m->samples ? m->met ? "yes" : "no" : "");
  csvout_text(csv, m->failure);
  csvout_end_row(csv);
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

void report_page(FILE *out, const char *about, const measurements *all,
                 bool whole) {
  fprintf(out, "# Kernels\n\n%s", about);
  idleness(out, all);
  pivot_tables(out, all);
  if (whole)
    every_measurement(out, all);
}
