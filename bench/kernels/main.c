/* kernel-bench: how near the machine's limits the hot loops run. `make bench`
 * builds it and runs all of it. */
#include "bench/kernels/kernel_table.h"

#include "bench/cli/args.h"
#include "bench/cli/console.h"
#include "bench/kernels/plan.h"
#include "bench/store/meta.h"
#include "bench/store/rundir.h"
#include "bench/system/interrupt.h"
#include "problems/problem.h"

#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static const arg_help help = {
    .usage = "kernel-bench [options]",
    .about =
        "Time the solvers' hot loops against a triad, a[i] = b[i] + s c[i], "
        "over\n"
        "arrays of the same size, and the interior point's products against\n"
        "DGEMM, in the same run, and print tables in Markdown. Takes about "
        "five\n"
        "minutes, with --quick half a minute. Times mean something on an idle\n"
        "machine alone.",
    .examples = "  kernel-bench --quick\n"
                "  kernel-bench --kernel em md --classes 10 20 --size memory\n"
                "  kernel-bench --threads 1 2 4 -o results/bench\n"
                "  kernel-bench --batch gaussian:scale=10 --kernel judge\n",
};

static const arg options[] = {
    {"kernel", 'k', ARG_MANY, "NAME...  these alone (--list names them)", 0, 0},
    {"classes", 'K', ARG_MANY, "K...  numbers of classes (default 2 to 1000)",
     0, 0},
    {"threads", 't', ARG_MANY, "T...  OpenMP threads (default 1 and all)", 0,
     0},
    {"size", 0, ARG_ONE, "S  cache or memory alone (default both)", 0, 0},
    {"cache-elements", 0, ARG_ONE, "N  M K in cache (default 32768)", 0, 0},
    {"memory-elements", 0, ARG_ONE,
     "N  M K out of cache (default twice the last cache, 64 MiB at least)", 0,
     0},
    {"batch", 0, ARG_ONE, "PROBLEM  less M and K (default dirichlet)", 0, 0},
    {"lambda", 0, ARG_ONE, "X  weight of fairness (default 1)", 0, 0},
    {"quick", 'q', ARG_FLAG, "  few K, few samples", 0, 0},
    {"list", 'l', ARG_FLAG, "  the kernels", 0, 0},
    {"output", 'o', ARG_ONE, "DIR  also write kernels.md and kernels.csv", 0,
     0},
    {"force", 0, ARG_FLAG, "  replace those in DIR", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

/* What is being written. */
typedef struct output {
  measurements all;
  csvout csv; /* closed without -o */
  char *page; /* file name; NULL without -o; owned */
} output;

static ys_code open_output(const arg *args, output *to, ys_error *error) {
  const char *path = args_text(args, "output", NULL);
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
             ? csvout_open(&to->csv, table, report_csv_header, error)
             : ys_fail_memory(error, "a file name");
  free(table);
  rundir_free(&dir);
  return code;
}

static ys_code write_page(const plan *p, const output *to, ys_error *error) {
  char about[2048];
  plan_describe(p, about, sizeof about);
  report_page(stdout, about, &to->all, false);
  if (!to->page)
    return YS_OK;
  ys_output page;
  ys_code code = ys_output_create(&page, to->page, error);
  if (code)
    return code;
  report_page(page.file, about, &to->all, true);
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
    report_csv_row(&to->csv, m);
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
    if (!plan_wants(p, b, p->kernel[i]) || interrupt_signal())
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

static ys_code run(const arg *args, int *status, ys_error *error) {
  plan p;
  output to;
  plan_batch b;
  ys_code code = plan_read(args, &p, error);
  if (code)
    return code;
  code = open_output(args, &to, error);
  for (size_t i = 0; !code && plan_batch_at(&p, i, &b); i++)
    if (!interrupt_signal())
      code = measure_batch(&p, &b, &to, error);
  console_progress(NULL);
  if (!code)
    code = write_page(&p, &to, error);
  for (size_t i = 0; i < to.all.count; i++)
    if (to.all.item[i].failure[0])
      *status = EXIT_RUN_FAILED;
  if (interrupt_signal())
    *status = 128 + interrupt_signal();
  close_output(&to);
  plan_free(&p);
  return code;
}

static void print_list(void) {
  for (size_t i = 0; kernels[i]; i++)
    printf("%-16s%s\n", kernels[i]->name, kernels[i]->about);
}

int main(int argc, char **argv) {
  arg args[sizeof options / sizeof *options];
  ys_error error;
  size_t found;
  int status = EXIT_DONE;
  gsl_set_error_handler_off();
  openblas_set_num_threads(1);
  interrupt_install();
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, NULL, 0, &found, &error);
  if (!code && args_given(args, "help"))
    args_print_help(&help, args);
  else if (!code && args_given(args, "list"))
    print_list();
  else if (!code)
    code = run(args, &status, &error);
  args_free(args);
  return code ? console_error(&error) : status;
}
