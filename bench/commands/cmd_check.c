#include "bench/commands/commands.h"

#include "bench/checks/checks.h"
#include "bench/cli/console.h"
#include "bench/figures/figure.h"
#include "bench/figures/plot.h"
#include "bench/run/input_files.h"
#include "bench/store/schema.h"
#include "problems/options.h"
#include "problems/problem.h"

#include <stdio.h>
#include <stdlib.h>

/* Easy, peaked, two classes, exact zeros and one-hot rows, a known optimum. */
static const char *default_problems[] = {
    "dirichlet:M=200,K=5", "gaussian:M=200,K=20,scale=8,skew=4",
    "dirichlet:M=100,K=2,alpha=0.3", "gaussian:M=100,K=6,scale=1000",
    "planted:M=100,K=6"};
enum { DEFAULT_PROBLEMS = sizeof default_problems / sizeof *default_problems };

typedef struct check_request {
  const char *const *problems;
  size_t count;
  unsigned long seed;
  int threads;
  const char *format;
  ys_batch *batches; /* as many as problems; owned */
} check_request;

static ys_code read_check_request(const arg *args, check_request *q,
                                  ys_error *error) {
  const arg *given = args_get(args, "problem");
  const arg_whole seed = {"seed", 0, ARGS_MOST_SEED, &q->seed};
  size_t format;
  *q =
      (check_request){.problems = given->count ? given->item : default_problems,
                      .count = given->count ? given->count : DEFAULT_PROBLEMS,
                      .format = args_text(args, "format")};
  ys_code code = args_wholes(args, &seed, 1, error);
  if (!code)
    code = args_threads(args, &q->threads, error);
  return code ? code
              : args_choice(args, "format", YS_NAMES(figure_formats),
                            "no format '%s'; expected pdf, png, svg or tikz",
                            &format, error);
}

/* Every batch, before anything is written. */
static ys_code make_batches(check_request *q, ys_error *error) {
  ys_code code = YS_OK;
  q->batches = calloc(q->count, sizeof *q->batches);
  if (!q->batches)
    return ys_fail_memory(error, "the batches");
  for (size_t p = 0; !code && p < q->count; p++) {
    ys_error why;
    code = ys_problem_make(q->problems[p], q->threads, &q->batches[p], error);
    if (!code && ys_batch_widen(&q->batches[p], "check", q->threads, &why))
      code = ys_fail(error, YS_BAD_INPUT, "%s: %s", q->problems[p], why.text);
  }
  return code;
}

static void free_batches(check_request *q) {
  for (size_t p = 0; q->batches && p < q->count; p++)
    ys_batch_free(&q->batches[p]);
  free(q->batches);
}

static check_task task_of(const check_request *q, size_t problem) {
  return (check_task){.batch = &q->batches[problem],
                      .problem = q->problems[problem],
                      .seed = q->seed,
                      .threads = q->threads,
                      .subject = &check_library};
}

/* ---------------------------------------------------------- findings ---- */

typedef struct ledger {
  csvout csv;
  size_t checks, controls, failed; /* of this problem */
} ledger;

static const char *word(bool holds) {
  return holds ? "holds" : "violated";
}

static ys_code record(void *context, const check_finding *finding,
                      ys_error *error) {
  ledger *book = context;
  bool passed = check_passed(finding);
  const check_row row = {.check = finding->check,
                         .problem = finding->problem,
                         .loss = finding->loss,
                         .fairness = finding->fairness,
                         .samples = (long)finding->samples,
                         .worst = finding->worst,
                         .tolerance = finding->tolerance,
                         .expected = word(finding->expected),
                         .observed = word(check_observed(finding)),
                         .verdict = passed ? "ok" : "FAIL"};
  record_write(&book->csv, &schema_checks, &row);
  *(finding->expected ? &book->checks : &book->controls) += 1;
  book->failed += !passed;
  if (!passed)
    printf("FAIL  %s, %s %s on %s: worst %.3g, tolerance %.3g, %ld samples; "
           "expected %s, observed %s\n",
           row.check, row.loss, row.fairness, row.problem, row.worst,
           row.tolerance, row.samples, row.expected, row.observed);
  return csvout_flush(&book->csv, error);
}

static ys_code check_all(const check_request *q, const rundir *dir,
                         bool *failed, ys_error *error) {
  ledger book;
  ys_code code = record_open_table(csvout_open, &book.csv, dir->path,
                                   &schema_checks, error);
  if (code)
    return code;
  for (size_t p = 0; !code && p < q->count; p++) {
    check_task task = task_of(q, p);
    book.checks = book.controls = book.failed = 0;
    code = checks_run(&task, record, &book, error);
    if (!code)
      console_say("%-40s %zu laws, %zu controls: %zu not as expected",
                  q->problems[p], book.checks, book.controls, book.failed);
    *failed = *failed || book.failed;
  }
  csvout_close(&book.csv);
  return code;
}

/* The rows of one problem. */
static void put_segments(csvout *csv, const check_task *task,
                         const check_panel panels[CHECK_PANELS]) {
  for (int p = 0; p < CHECK_PANELS; p++)
    for (int curve = 0; curve < CHECK_CURVES; curve++)
      for (int point = 0; point < CHECK_POINTS; point++) {
        const segment_row row = {.problem = task->problem,
                                 .panel = panels[p].name,
                                 .seed = (long)task->seed,
                                 .segment = curve + 1,
                                 .t = (double)point / (CHECK_POINTS - 1),
                                 .objective = panels[p].value[curve][point]};
        record_write(csv, &schema_segments, &row);
      }
}

static ys_code write_segments(const check_request *q, const rundir *dir,
                              ys_error *error) {
  csvout csv;
  check_panel panels[CHECK_PANELS];
  ys_code code =
      record_open_table(csvout_open, &csv, dir->path, &schema_segments, error);
  if (code)
    return code;
  for (size_t p = 0; !code && p < q->count; p++) {
    check_task task = task_of(q, p);
    code = checks_segments(&task, panels, error);
    if (!code) {
      put_segments(&csv, &task, panels);
      code = csvout_flush(&csv, error);
    }
  }
  csvout_close(&csv);
  return code;
}

static ys_code draw_segments(const check_request *q, const rundir *dir,
                             ys_error *error) {
  provenance made;
  ys_code code = provenance_read(dir->path, &made, error);
  if (code)
    return code;
  const figure_look look = {.preset = figure_presets[0]};
  size_t curves = 0;
  plot_request request = {.dir = dir->path,
                          .made = &made,
                          .look = &look,
                          .formats = &q->format,
                          .format_count = 1};
  for (size_t p = 0; !code && p < q->count; p++)
    code = plot_draw(&plot_segments, &request, p, &curves, error);
  provenance_free(&made);
  return code;
}

static ys_code write_all(const check_request *q, const rundir *dir,
                         bool *failed, ys_error *error) {
  ys_code code = check_all(q, dir, failed, error);
  if (!code)
    code = write_segments(q, dir, error);
  if (code)
    return code;
  /* Figures that cannot be drawn leave the checks as they are. */
  if (draw_segments(q, dir, error))
    console_note("no figure: %s", error->text);
  return command_finish_directory(dir, error);
}

/* What is read is not to be replaced. */
static ys_code make_directory(const command_line *line, const check_request *q,
                              rundir *dir, ys_error *error) {
  file_list inputs = {0};
  ys_code code = YS_OK;
  for (size_t p = 0; !code && p < q->count; p++)
    code = input_files_add_problem(&inputs, q->problems[p], error);
  if (!code)
    code = command_make_directory(line, &inputs, q->threads, dir, error);
  files_free(&inputs);
  return code;
}

static ys_code execute(command_line *line, ys_error *error) {
  bool failed = false;
  check_request q;
  rundir dir;
  ys_code code = read_check_request(line->args, &q, error);
  if (code)
    return code;
  code = make_batches(&q, error);
  if (!code)
    code = make_directory(line, &q, &dir, error);
  if (!code) {
    code = write_all(&q, &dir, &failed, error);
    rundir_free(&dir);
  }
  free_batches(&q);
  line->status = failed ? EXIT_RUN_FAILED : EXIT_DONE;
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_MANY, NULL,
     "PROBLEM...  name[:key=value,...] (default: a small set)"},
    {"seed", 0, ARG_ONE, "1", "S  of the random points (default %s)"},
    {"threads", 0, ARG_ONE, NULL, "T  OpenMP threads (default: all cores)"},
    {"format", 0, ARG_ONE, "pdf",
     "FORMAT  of the figure: %s (default), png, svg, tikz"},
    {"output", 'o', ARG_ONE, NULL, "DIR  run directory (default results/NNNN)"},
    {"force", 0, ARG_FLAG, NULL, "  replace the run in an existing directory"},
    {0}};

const command_spec cmd_check = {
    .name = "check",
    .summary = "convexity, gradients, bounds and laws of the losses",
    .usage = "ystep check [-p PROBLEM...] [options]",
    .about =
        "Check on each problem that the objective is convex, that gradients\n"
        "match finite differences, that lower bounds are below every value,\n"
        "and that the losses obey their laws; with controls, which must come\n"
        "out as violated. Writes checks.csv, meta.json, segments.csv, the\n"
        "objective along random segments, and a figure of it for each problem\n"
        "(drawn again by `ystep plot DIR --kind segments`). Large batches are\n"
        "sampled: up to 64 rows. Exit status 1 if a check did not come out as\n"
        "expected.",
    .examples = "  ystep check\n"
                "  ystep check -p file:path=batch.npy dirichlet:M=100,K=4\n",
    .options = options,
    .run = execute,
};
