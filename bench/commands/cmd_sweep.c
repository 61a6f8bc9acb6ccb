#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/run/input_files.h"
#include "bench/store/meta.h"
#include "bench/store/rundir_clear.h"
#include "bench/sweep/sweep_jobs.h"
#include "bench/sweep/sweep_plan.h"
#include "bench/sweep/sweep_resume.h"
#include "bench/system/address_space.h"
#include "bench/system/clock_and_signals.h"
#include "bench/text/numbers.h"

#include "problems/vector/array.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a sweep works with; zeroed at first, freed as a whole. */
typedef struct sweep {
  const arg *args;
  size_t jobs, shard, shards;
  int threads;
  sweep_file file;
  sweep_plan plan;
  sweep_store store; /* what there is in the directory */
  rundir dir;
  sweep_run **pending; /* what is to be run, in order */
  size_t pending_count;
  bool failed; /* a run is */
} sweep;

static void sweep_free(sweep *s) {
  free(s->pending);
  sweep_store_free(&s->store);
  rundir_free(&s->dir);
  sweep_plan_free(&s->plan);
  sweep_file_free(&s->file);
}

/* -------------------------------------------------------------- options -- */

static ys_code read_shard(sweep *s, ys_error *error) {
  const char *text = args_text(s->args, "shard");
  int end = 0;
  if (sscanf(text, "%zu/%zu%n", &s->shard, &s->shards, &end) == 2 &&
      !text[end] && s->shard >= 1 && s->shard <= s->shards && text[0] != '-')
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "--shard %s is not valid: expected I/N with 1 <= I <= N",
                 text);
}

static ys_code read_options(sweep *s, ys_error *error) {
  double jobs, threads;
  ys_code code = args_number(s->args, "jobs", 1, 4096, &jobs, error);
  if (code)
    return code;
  threads = fmax(1, floor(omp_get_num_procs() / jobs));
  code = args_number(s->args, "threads", 1, 1024, &threads, error);
  if (code)
    return code;
  if (jobs != floor(jobs) || threads != floor(threads))
    return ys_fail(error, YS_BAD_INPUT,
                   "--jobs and --threads: expected whole numbers");
  s->jobs = (size_t)jobs;
  s->threads = (int)threads;
  code = sweep_launcher_check(args_text(s->args, "launcher"), error);
  return code ? code : read_shard(s, error);
}

/* ----------------------------------------------------------------- plan -- */

/* Where no limit is said, a share of the machine's memory: a run that wants
 * more would take the others and the sweep with it. */
static void set_memory_limits(const sweep *s) {
  double machine =
      (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGE_SIZE);
  double share = fmax(1024, floor(machine / 1048576 / (double)s->jobs));
  for (size_t i = 0; i < s->plan.count; i++)
    if (s->plan.runs[i].spec.memory_mebibytes < 0)
      s->plan.runs[i].spec.memory_mebibytes =
          fmax(1024, floor(share / (double)s->plan.runs[i].spec.ranks));
}

/* A run that cannot start would be a failed one. */
static ys_code check_memory_limits(const sweep *s, ys_error *error) {
  for (size_t i = 0; i < s->plan.count; i++) {
    const sweep_run *run = &s->plan.runs[i];
    size_t least = address_space_least(run->spec.threads);
    if (run->spec.memory_mebibytes < (double)least)
      return ys_fail(error, YS_BAD_INPUT,
                     "memory-limit: %g MiB for %s on %s: the program alone "
                     "takes %zu MiB with %d threads",
                     run->spec.memory_mebibytes, run->spec.solver,
                     run->spec.problem, least, run->spec.threads);
  }
  return YS_OK;
}

/* What -p, -s and --lambda leave of the plan. */
static ys_code filter_plan(sweep *s, ys_error *error) {
  ys_code code = sweep_plan_keep(&s->plan, FILTER_PROBLEM,
                                 args_texts(s->args, "problem"), error);
  if (!code)
    code = sweep_plan_keep(&s->plan, FILTER_SOLVER,
                           args_texts(s->args, "solver"), error);
  return code ? code
              : sweep_plan_keep(&s->plan, FILTER_LAMBDA,
                                args_texts(s->args, "lambda"), error);
}

static ys_code make_plan(sweep *s, const char *path, ys_error *error) {
  ys_code code = sweep_file_read(path, &s->file, error);
  if (!code)
    code = sweep_plan_make(
        &s->file, args_given(s->args, "threads") ? s->threads : -s->threads,
        &s->plan, error);
  if (!code)
    code = filter_plan(s, error);
  if (!code && s->shards > 1)
    code = sweep_plan_shard(&s->plan, s->shard, s->shards, error);
  if (code)
    return code;
  set_memory_limits(s);
  code = check_memory_limits(s, error);
  return code ? code : sweep_prepare(&s->plan, &s->file.memory, error);
}

/* Timings of runs that share a core mean little; say so. */
static void note_threads(const sweep *s) {
  int most = 0, cores = omp_get_num_procs();
  for (size_t i = 0; i < s->plan.count; i++) {
    const run_spec *run = &s->plan.runs[i].spec;
    const int threads = run->threads * (int)run->ranks;
    most = threads > most ? threads : most;
  }
  if (most * (int)s->jobs > cores)
    console_note("%zu runs side by side of up to %d threads each share %d "
                 "cores: their timings are not comparable",
                 s->jobs, most, cores);
  else if (s->jobs > 1)
    console_note("%zu runs side by side have a core for each of their threads, "
                 "but share memory bandwidth and caches",
                 s->jobs);
}

/* Find what is to be run, and in which order. */
static ys_code make_pending(sweep *s, ys_error *error) {
  s->pending = ys_array(s->plan.count + 1, sizeof *s->pending);
  if (!s->pending)
    return ys_fail_memory(error, "the plan");
  ys_code code =
      sweep_resume_match(&s->plan, &s->store, args_given(s->args, "replace"),
                         s->pending, &s->pending_count, error);
  if (!code)
    code = sweep_plan_shuffle(s->pending, s->pending_count, s->file.shuffle,
                              error);
  return code;
}

static void print_plan(const sweep *s) {
  printf("%6s  %-34s %-28s %8s  %-9s %-6s %-8s %-8s %6s %6s %5s %3s  %s\n",
         "run_id", "problem", "solver", "lambda", "loss", "fair", "start",
         "prior", "seed", "repeat", "ranks", "thr", "state");
  for (size_t i = 0; i < s->plan.count; i++) {
    const sweep_run *run = &s->plan.runs[i];
    const run_spec *row = &run->spec;
    bool done = sweep_store_find(&s->store, run->spec.hash) != NULL;
    printf("%6zu  %-34s %-28s %8g  %-9s %-6s %-8s %-8s %6lu %6zu %5zu %3d  "
           "%s%s\n",
           row->id, row->problem, row->solver, row->lambda,
           ys_loss_name(row->loss), ys_fairness_name(row->fairness),
           run->spec.start, run->spec.prior, row->seed, row->repeat, row->ranks,
           row->threads,
           done               ? "done"
           : run->unsupported ? "unsupported: "
                              : "to run",
           run->unsupported && !done ? run->unsupported : "");
  }
}

static void print_summary(const sweep *s) {
  char most[DURATION_ROOM], likely[DURATION_ROOM];
  size_t unsupported = 0;
  if (console_is_quiet() && !args_given(s->args, "dry-run"))
    return;
  for (size_t i = 0; i < s->pending_count; i++)
    unsupported += s->pending[i]->unsupported != NULL;
  sweep_estimate time =
      sweep_resume_estimate(&s->store, s->pending, s->pending_count, s->jobs);
  printf("%zu runs planned, %zu done, %zu to run, %zu of them unsupported; %zu "
         "side by side\n",
         s->plan.count, s->plan.count - s->pending_count, s->pending_count,
         unsupported, s->jobs);
  printf("at most %s of solver time, if every run takes its time limit",
         duration_text(most, time.most));
  if (s->store.count)
    printf("; about %s by the %zu runs done",
           duration_text(likely, time.likely), s->store.count);
  printf("\n");
}

/* ------------------------------------------------------------ directory -- */

/* Where labels are asked for, runs that have lost theirs are done again. A
 * sweep that never kept any is not thrown away unasked. */
static ys_code want_labels(sweep *s, ys_error *error) {
  size_t without = 0;
  bool kept;
  ys_code code = rundir_has(s->store.path, "labels", &kept, error);
  if (!code)
    code = sweep_store_want_labels(&s->store, &without, error);
  if (code || !without)
    return code;
  if (!kept && !args_given(s->args, "replace"))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its %zu runs were done without --save-labels; leave "
                   "that out, or give --replace to run them again",
                   s->store.path, without);
  console_note("%s: %zu runs have no whole labels: they are done again",
               s->store.path, without);
  return YS_OK;
}

static ys_code read_store(sweep *s, const char *path, ys_error *error) {
  ys_code code = sweep_store_read(path, STORE_OF_SWEEP, &s->store, error);
  if (code)
    return code;
  if (s->store.lost)
    console_note("%s: of %zu runs the settings or the end of the trace are "
                 "gone: they are done again",
                 path, s->store.lost);
  sweep_store_forget_interrupted(&s->store);
  if (args_given(s->args, "save-labels"))
    code = want_labels(s, error);
  if (code || !args_given(s->args, "retry-failed"))
    return code;
  for (size_t i = 0; i < s->store.count; i++)
    if (result_has_status(&s->store.runs[i], RUN_FAILED))
      s->store.runs[i].settings = NULL;
  sweep_store_forget(&s->store);
  return YS_OK;
}

/* A sweep that is there is neither replaced nor gone on with unasked. */
static ys_code check_directory(const sweep *s, const char *path,
                               ys_error *error) {
  bool resume = args_given(s->args, "resume");
  bool force = args_given(s->args, "force");
  if (resume && (!path || force))
    return ys_fail(error, YS_BAD_INPUT,
                   force ? "--resume and --force exclude each other"
                         : "--resume needs the directory: -o DIR");
  if (!path || resume || force)
    return YS_OK;
  bool is_there;
  ys_code code = rundir_has(path, "settings.csv", &is_there, error);
  if (code)
    return code;
  return is_there ? ys_fail(error, YS_BAD_INPUT,
                            "%s: holds a sweep: give --resume to go on with "
                            "it, or --force to start over",
                            path)
                  : YS_OK;
}

/* The files that the plan is read from. Runs of a problem are neighbours. */
static ys_code list_inputs(const sweep *s, file_list *inputs, ys_error *error) {
  const sweep_run *last = NULL;
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < s->plan.count; i++) {
    const sweep_run *run = &s->plan.runs[i];
    if (!last || run->problem != last->problem)
      code = input_files_add_problem(inputs, run->problem->spec, error);
    if (!code && (!last || strcmp(run->spec.start, last->spec.start) != 0))
      code = input_files_add_start(inputs, run->spec.start, error);
    if (!code && strcmp(run->spec.prior, "uniform") != 0 &&
        (!last || strcmp(run->spec.prior, last->spec.prior) != 0))
      code = files_add(inputs, run->spec.prior, error);
    last = run;
  }
  return code;
}

/* Take the directory: a new one, or one to go on in. */
static ys_code open_directory(sweep *s, ys_error *error) {
  const char *path = args_text(s->args, "output");
  file_list inputs = {0};
  ys_code code = check_directory(s, path, error);
  if (!code && args_given(s->args, "resume")) {
    code = rundir_open(&s->dir, path, error);
    if (!code)
      code = rundir_check_own(s->dir.path, s->dir.folder, error);
  } else if (!code) {
    code = list_inputs(s, &inputs, error);
    if (!code)
      code = rundir_make(&s->dir, path, args_given(s->args, "force"), &inputs,
                         error);
  }
  files_free(&inputs);
  return code ? code : read_store(s, s->dir.path, error);
}

/* -------------------------------------------------------------- running -- */

static void print_end(const sweep *s, run_lines *lines, double seconds,
                      bool wrote) {
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu runs are kept; go on "
                 "with --resume",
                 interrupt_signal(), lines->done, s->pending_count);
  if (!wrote)
    return;
  run_lines_put_end(lines, seconds);
  command_put_next(s->dir.path);
}

static ys_code do_pending(sweep *s, runlog *log, ys_error *error) {
  const bool labels = args_given(s->args, "save-labels");
  run_lines lines = {.is_verbose = args_given(s->args, "verbose")};
  const sweep_jobs jobs = {.runs = s->pending,
                           .count = s->pending_count,
                           .side_by_side = s->jobs,
                           .save_labels = labels,
                           .launcher = args_text(s->args, "launcher"),
                           .dir = &s->dir,
                           .log = log,
                           .lines = &lines};
  const double started = clock_seconds();
  ys_code code = YS_OK;
  for (size_t i = 0; i < s->pending_count && !code; i++)
    code = run_lines_fit(&lines, &s->pending[i]->spec, error);
  interrupt_install();
  if (!code) {
    run_lines_put_head(&lines);
    code = sweep_jobs_run(&jobs, error);
  }
  if (!code)
    code = rundir_check(&s->dir, error);
  print_end(s, &lines, clock_seconds() - started, !code);
  s->failed = run_lines_failed(&lines) > 0;
  run_lines_free(&lines);
  return code;
}

static ys_code run_pending(sweep *s, ys_error *error) {
  runlog log;
  ys_code code = runlog_open(&log, csvout_append, &s->dir, error);
  if (code)
    return code;
  if (args_given(s->args, "save-labels"))
    code = rundir_folder(s->dir.path, "labels", error);
  if (!code)
    code = do_pending(s, &log, error);
  runlog_close(&log);
  return code;
}

static ys_code dry_run(sweep *s, ys_error *error) {
  const char *path = args_text(s->args, "output");
  ys_code code = path ? read_store(s, path, error) : YS_OK;
  if (!code)
    code = make_pending(s, error);
  if (code)
    return code;
  print_plan(s);
  print_summary(s);
  return YS_OK;
}

static void add_labels(json_t *labels, label_kind kind,
                       const sweep_entries *entries) {
  for (size_t i = 0; i < entries->count; i++)
    if (entries->item[i].label)
      label_add(labels, kind, entries->item[i].spec, entries->item[i].label);
}

static ys_code write_meta(const sweep *s, const command_line *line,
                          ys_error *error) {
  json_t *labels = json_object();
  if (!labels)
    return ys_fail_memory(error, "meta.json");
  add_labels(labels, LABEL_PROBLEM, &s->file.problems);
  add_labels(labels, LABEL_SOLVER, &s->file.solvers);
  ys_code code = rundir_write_meta(&s->dir, line->argc, line->argv, s->threads,
                                   labels, error);
  json_decref(labels);
  return code;
}

static ys_code start(sweep *s, const command_line *line, ys_error *error) {
  ys_code code = read_options(s, error);
  if (!code)
    code = make_plan(s, line->words[0], error);
  if (code)
    return code;
  note_threads(s);
  if (args_given(s->args, "dry-run"))
    return dry_run(s, error);
  code = open_directory(s, error);
  if (!code)
    code = make_pending(s, error);
  if (!code && args_given(s->args, "resume"))
    code = sweep_store_clean(&s->store, error);
  if (!code)
    code = write_meta(s, line, error);
  if (code)
    return code;
  print_summary(s);
  return run_pending(s, error);
}

static ys_code execute(command_line *line, ys_error *error) {
  sweep s = {.args = line->args};
  ys_code code = start(&s, line, error);
  line->status = interrupt_status(s.failed ? EXIT_RUN_FAILED : EXIT_DONE);
  sweep_free(&s);
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_MANY, NULL,
     "PROBLEM...  of the file's these only, by spec or name; * and ? are "
     "globs"},
    {"solver", 's', ARG_MANY, NULL, "SOLVER...  likewise"},
    {"lambda", 0, ARG_MANY, NULL, "LAMBDA...  likewise"},
    {"output", 'o', ARG_ONE, NULL, "DIR  run directory (default results/NNNN)"},
    {"resume", 0, ARG_FLAG, NULL,
     "  go on with the sweep in DIR: run what is missing (all of it if DIR is "
     "new)"},
    {"retry-failed", 0, ARG_FLAG, NULL,
     "  with --resume: run failed runs again"},
    {"replace", 0, ARG_FLAG, NULL,
     "  with --resume: run again what was done by other settings, version, "
     "machine, or without labels"},
    {"force", 0, ARG_FLAG, NULL, "  start over in an existing directory"},
    {"dry-run", 'n', ARG_FLAG, NULL,
     "  print the plan and its time; run nothing"},
    {"jobs", 'j', ARG_ONE, "1", "N  runs side by side (default %s)"},
    {"threads", 0, ARG_ONE, NULL,
     "T  threads a run where the file says nothing (default cores / jobs)"},
    {"launcher", 0, ARG_ONE, "mpirun -n {ranks}",
     "COMMAND  what starts a run's ranks where the file asks for some (default "
     "%s)"},
    {"shard", 0, ARG_ONE, "1/1", "I/N  only the I-th of N parts, I from 1"},
    {"save-labels", 0, ARG_FLAG, NULL,
     "  write the final y to labels/RUN_ID.npy or .npz"},
    {"verbose", 'v', ARG_FLAG, NULL,
     "  a second line a run: times, bound, seed"},
    {0}};

static const char about[] =
    "Run what a YAML file describes: problems x solvers x lambdas x losses\n"
    "x fairness x starts x priors x seeds x ranks x repeats "
    "(docs/sweeps.md).\n"
    "Each run has a process of its own, or several ranks, with limits on\n"
    "memory and time. A sweep that was stopped, in whatever way, goes on where "
    "it\n"
    "was with --resume.";

const command_spec cmd_sweep = {
    .name = "sweep",
    .summary = "run what a YAML file describes; resumable, in parallel",
    .usage = "ystep sweep FILE.yaml [options]",
    .about = about,
    .examples =
        "  ystep sweep bench/sweeps/paper.yaml --dry-run\n"
        "  ystep sweep bench/sweeps/paper.yaml -o results/paper --resume\n"
        "  ystep sweep big.yaml -s exact 'pgd:step=*' -p 'dirichlet*K=20' -o "
        "few\n"
        "  ystep sweep big.yaml --shard 3/8 -o shard-3 --resume\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "sweep needs a file: ystep sweep FILE.yaml (try --help)",
    .run = execute,
};
