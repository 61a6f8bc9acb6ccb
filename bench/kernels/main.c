/* kernel-bench: how near the machine's limits the hot loops run. `make bench`
 * builds it and runs all of it. */
#include "bench/kernels/kernel_table.h"

#include "bench/cli/command.h"
#include "bench/cli/console.h"
#include "bench/kernels/large.h"
#include "bench/kernels/plan.h"
#include "bench/kernels/ysteps.h"
#include "bench/store/meta.h"
#include "bench/store/rundir.h"
#include "bench/system/clock_and_signals.h"
#include "problems/problem.h"

#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdlib.h>

/* What is being written. */
typedef struct output {
  measurements all;
  csvout csv; /* closed without -o */
  char *page; /* file name; NULL without -o; owned */
} output;

static ys_code open_output(const arg *args, output *to, ys_error *error) {
  const char *path = args_text(args, "output");
  rundir dir;
  *to = (output){.csv.file = -1};
  if (!path)
    return YS_OK;
  ys_code code =
      rundir_make(&dir, path, args_given(args, "force"), NULL, error);
  if (code)
    return code;
  char *table = rundir_file(dir.path, "kernels.csv");
  to->page = rundir_file(dir.path, "kernels.md");
  code = table && to->page
             ? csvout_open(&to->csv, table, kernel_table_csv_header, error)
             : ys_fail_memory(error, "a file name");
  free(table);
  rundir_free(&dir);
  return code;
}

static ys_code write_page(const plan *p, const output *to, ys_error *error) {
  char about[2048];
  plan_describe(p, about, sizeof about);
  kernel_table_page(stdout, about, &to->all, false);
  if (!to->page)
    return YS_OK;
  ys_output page;
  ys_code code = ys_output_create(&page, to->page, error);
  if (code)
    return code;
  kernel_table_page(page.file, about, &to->all, true);
  return ys_output_finish(&page, error);
}

static void close_output(output *to) {
  csvout_close(&to->csv);
  measurements_free(&to->all);
  free(to->page);
}

/* ------------------------------------------------------ measuring ---- */

static ys_code keep(output *to, const measurement *m, ys_error *error) {
  ys_code code = measurements_add(&to->all, m, error);
  if (!code && to->csv.file >= 0) {
    kernel_table_csv_row(&to->csv, m);
    code = csvout_flush(&to->csv, error);
  }
  return code;
}

static void progress(const plan *p, const measurement *m) {
  char line[160];
  snprintf(line, sizeof line, "%zu of %zu: %s, %s, K = %zu, %d threads",
           p->done + 1, p->total, m->kernel->name, m->size, m->classes,
           m->threads);
  console_progress(line);
}

/* The kernels of the plan on one batch, by `threads` threads. */
static ys_code measure_all(plan *p, const plan_batch *b, int threads,
                           output *to, ys_error *error) {
  stage s;
  ys_code code = stage_init(&s, p, b, threads, error);
  for (size_t i = 0; !code && i < p->kernel_count; i++) {
    measurement m = plan_measurement(p, b, p->kernel[i], threads);
    if (!plan_wants(b, p->kernel[i]) || interrupt_signal())
      continue;
    progress(p, &m);
    measure_kernel(p->kernel[i], &s.data, &s.triad, &s.gemm, &p->effort, &m);
    p->done++;
    code = keep(to, &m, error);
  }
  stage_free(&s);
  return code;
}

static ys_code measure_batch(plan *p, plan_batch *b, output *to,
                             ys_error *error) {
  ys_code code = plan_batch_make(p, b, error);
  if (code)
    return code;
  for (size_t t = 0; !code && t < p->thread_count; t++)
    code = measure_all(p, b, (int)p->threads[t], to, error);
  ys_batch_free(&b->batch);
  return code;
}

static void print_list(void) {
  for (size_t i = 0; kernels[i]; i++)
    printf("%-16s%s\n", kernels[i]->name, kernels[i]->about);
}

static ys_code run(command_line *line, ys_error *error) {
  plan p;
  output to;
  plan_batch b;
  if (args_given(line->args, "list")) {
    print_list();
    return YS_OK;
  }
  if (args_given(line->args, "y-steps"))
    return args_given(line->args, "quick")
               ? ysteps_measure(4, 2, stdout, error)
               : ysteps_measure(32, 20, stdout, error);
  if (args_given(line->args, "large"))
    return large_measure(args_given(line->args, "quick"), stdout, error);
  ys_code code = plan_read(line->args, &p, error);
  if (code)
    return code;
  code = open_output(line->args, &to, error);
  for (size_t i = 0; !code && plan_batch_at(&p, i, &b); i++)
    if (!interrupt_signal())
      code = measure_batch(&p, &b, &to, error);
  console_progress(NULL);
  if (!code)
    code = write_page(&p, &to, error);
  for (size_t i = 0; i < to.all.count; i++)
    if (to.all.item[i].failure[0])
      line->status = EXIT_RUN_FAILED;
  line->status = interrupt_status(line->status);
  close_output(&to);
  plan_free(&p);
  return code;
}

static const arg_option options[] = {
    {"kernel", 'k', ARG_MANY, NULL, "NAME...  these alone (--list names them)"},
    {"classes", 'K', ARG_MANY, NULL,
     "K...  numbers of classes (default 2 to 1000)"},
    {"threads", 't', ARG_MANY, NULL,
     "T...  OpenMP threads (default 1 and all)"},
    {"size", 0, ARG_ONE, NULL, "S  cache or memory alone (default both)"},
    {"cache-elements", 0, ARG_ONE, "32768", "N  M K in cache (default %s)"},
    {"memory-elements", 0, ARG_ONE, NULL,
     "N  M K out of cache (default twice the last cache, 64 MiB at least)"},
    {"batch", 0, ARG_ONE, "dirichlet", "PROBLEM  less M and K (default %s)"},
    {"lambda", 0, ARG_ONE, "1", "X  weight of fairness (default %s)"},
    {"quick", 'q', ARG_FLAG, NULL, "  few K, few samples"},
    {"list", 'l', ARG_FLAG, NULL, "  the kernels"},
    {"y-steps", 0, ARG_FLAG, NULL,
     "  none of them, but whole y-steps of mini-batches"},
    {"large", 0, ARG_FLAG, NULL,
     "  or of large batches: their time, and what of it is serial"},
    {"output", 'o', ARG_ONE, NULL,
     "DIR  also write kernels.md and kernels.csv"},
    {"force", 0, ARG_FLAG, NULL, "  replace those in DIR"},
    {0}};

int main(int argc, char **argv) {
  const command_spec kernel_bench = {
      .usage = "kernel-bench [options]",
      .about =
          "Time the solvers' hot loops against a triad, a[i] = b[i] + s c[i], "
          "over\n"
          "arrays of the same size, against one plain read of sigma, and the\n"
          "interior point's products against DGEMM, in the same run, and "
          "print\n"
          "tables in Markdown. Takes about five minutes, with --quick half a\n"
          "minute. Times mean something on an idle machine alone.",
      .examples =
          "  kernel-bench --quick\n"
          "  kernel-bench --kernel em md --classes 10 20 --size memory\n"
          "  kernel-bench --threads 1 2 4 -o results/bench\n"
          "  kernel-bench --batch gaussian:scale=10 --kernel judge\n"
          "  kernel-bench --y-steps\n"
          "  kernel-bench --large\n",
      .options = options,
      .run = run};
  gsl_set_error_handler_off();
  openblas_set_num_threads(1);
  interrupt_install();
  return command_run(&kernel_bench, argc, argv);
}
