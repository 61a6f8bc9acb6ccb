#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/system/address_space.h"
#include "bench/system/clock_and_signals.h"
#include "bench/train/train_loop.h"

#include <stdio.h>
#include <unistd.h>

static void print_row(const train_job *job, const train_result *result) {
  const train_totals *t = &result->row.totals;
  const ys_scores *scores = &result->row.scores;
  if (console_is_quiet())
    return;
  console_progress(NULL);
  printf("%-4zu %-22.22s %-9s %8g %-14.14s %6lu %6ld %8.2f %8.3f", job->id,
         job->classifier, ys_loss_name(job->loss), job->lambda,
         job->targets ? job->targets : job->solver, job->seed, t->epoch,
         train_total_seconds(t), t->ystep_seconds);
  if (result->scored)
    printf("  %.3f  %.3f  %.3f",
           job->targets ? scores->plain : scores->accuracy, scores->nmi,
           scores->ari);
  printf("%s%s\n", result->status == TRAIN_DONE ? "" : "  ", result->message);
  fflush(stdout);
}

static void print_header(void) {
  if (console_is_quiet())
    return;
  printf("%-4s %-22s %-9s %8s %-14s %6s %6s %8s %8s  %-5s  %-5s  %s\n", "id",
         "classifier", "loss", "lambda", "solver", "seed", "epochs", "seconds",
         "y-steps", "acc", "nmi", "ari");
}

/* Do the training *index, and go on to the next unless it was interrupted. */
static ys_code train_one(train_files *files, const ys_dataset *data,
                         size_t *index, bool *failed, ys_error *error) {
  const train_job job = train_job_at(files->request, *index);
  train_result result;
  ys_code code = train_loop(files, &job, data, &result, error);
  if (code || result.status == TRAIN_INTERRUPTED)
    return code;
  files->resume = false;
  print_row(&job, &result);
  *failed = *failed || result.status == TRAIN_FAILED;
  code = train_log_training(&files->log, files->request, &job, &result, error);
  unlink(files->checkpoint);
  ++*index;
  return code;
}

/* The log, unless a training that goes on opens it; *index: the first to do. */
static ys_code open_log(train_files *files, size_t *index, ys_error *error) {
  *index = 0;
  if (!files->resume)
    return train_log_open(&files->log, &files->dir, error);
  ys_code code = train_log_finished(&files->dir, index, error);
  return code || *index < train_job_count(files->request)
             ? code
             : train_log_resume(&files->log, &files->dir, *index + 1, 0, error);
}

static ys_code train_all(train_files *files, bool *failed, ys_error *error) {
  const size_t count = train_job_count(files->request);
  const char *made = NULL; /* what `data` are of */
  ys_dataset data = {0};
  size_t index;
  ys_code code = open_log(files, &index, error);
  if (!code)
    print_header();
  while (!code && index < count && !interrupt_signal()) {
    const char *spec = train_job_at(files->request, index).data;
    if (spec != made) {
      ys_dataset_free(&data);
      code = ys_dataset_make(spec, &data, error);
      made = spec;
      if (code)
        data = (ys_dataset){0}; /* nothing is left to free */
    }
    if (!code)
      code = train_one(files, &data, &index, failed, error);
  }
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu trainings are kept; "
                 "the same command with --resume goes on",
                 interrupt_signal(), index, count);
  ys_dataset_free(&data);
  return code;
}

static ys_code execute(command_line *line, ys_error *error) {
  train_request r;
  train_files files;
  bool failed = false;
  ys_code code = train_request_read(line->args, &r, error);
  if (code)
    return code;
  /* Before the data are made: where there is no room, OpenBLAS never ends. */
  code = address_space_check_buffers(r.threads, error);
  if (!code)
    code = train_files_check(&r, error);
  if (!code)
    code = train_files_open(&files, line, &r, error);
  if (!code) {
    interrupt_install();
    code = train_all(&files, &failed, error);
    if (!code)
      code = command_finish_directory(&files.dir, error);
    train_files_close(&files);
  }
  line->status = interrupt_status(failed ? EXIT_RUN_FAILED : EXIT_DONE);
  train_request_free(&r);
  return code;
}

static const arg_option options[] = {
    {"data", 'd', ARG_MANY, NULL,
     "DATA...  name[:key=value,...] (ystep list data)"},
    {"classifier", 'c', ARG_MANY, "mlp",
     "C...  linear, %s (default), conv; or kmeans"},
    {"solver", 's', ARG_MANY, "exact", "SOLVER...  of the y-step (default %s)"},
    {"loss", 0, ARG_MANY, "collision",
     "LOSS...  %s (default), shannon, reverse"},
    {"fairness", 0, ARG_MANY, "strong", "FAIRNESS...  %s (default), weak"},
    {"lambda", 0, ARG_MANY, "1", "LAMBDA...  weights of fairness (default %s)"},
    {"supervised", 0, ARG_MANY, NULL,
     "T...  train on labels: wrong=W,mix=U,blank=B"},
    {"holdout", 0, ARG_ONE, "0", "SHARE  rows kept for scoring (default %s)"},
    {"epochs", 0, ARG_ONE, "30", "N  passes over the rows (default %s)"},
    {"ystep", 0, ARG_ONE, "epoch",
     "HOW  %s (default), or y-steps by batch[:queue=N]"},
    {"ystep-every", 0, ARG_ONE, "1", "N  epochs between y-steps (default %s)"},
    {"tol", 0, ARG_ONE, "1e-3", "GAP  a y-step stops there (default %s)"},
    {"max-iter", 0, ARG_ONE, "1000", "N  iterations a y-step (default %s)"},
    {"start", 0, ARG_ONE, "warm",
     "WHERE[:mix=EPS]  of a y-step: %s (default), uniform"},
    {"init-epochs", 0, ARG_ONE, "0",
     "N  epochs on K-means labels first (default %s)"},
    {"optimiser", 0, ARG_ONE, "adam", "O  adam:rate=R (default), sgd:rate=R"},
    {"augment", 0, ARG_ONE, "",
     "A  shift=,rotate=,scale=,shear=,noise= (default none)"},
    {"views", 0, ARG_ONE, "1",
     "N  augmented views of a row a step (default %s)"},
    {"batch", 0, ARG_ONE, "128", "N  rows a step (default %s)"},
    {"repeat", 0, ARG_ONE, "1", "R  trainings, seed after seed (default %s)"},
    {"seed", 0, ARG_ONE, "1", "S  first seed (default %s)"},
    {"threads", 0, ARG_ONE, NULL, "T  OpenMP threads (default: all cores)"},
    {"checkpoint", 0, ARG_ONE, "10",
     "N  epochs between checkpoints (default %s; 0: none)"},
    {"record", 0, ARG_ONE, NULL,
     "DIR  write sigma there, for recorded:dir=DIR"},
    {"every", 0, ARG_ONE, "1", "N  record every N epochs (default %s)"},
    {"save", 0, ARG_FLAG, NULL, "  write parameters/ID.npy and sigma/ID.npy"},
    {"map", 0, ARG_FLAG, NULL, "  write map/ID.csv, decisions over the plane"},
    {"output", 'o', ARG_ONE, NULL, "DIR  run directory (default results/NNNN)"},
    {"force", 0, ARG_FLAG, NULL, "  replace the run in an existing directory"},
    {"resume", 0, ARG_FLAG, NULL, "  go on where the same command was killed"},
    {0}};

const command_spec cmd_train = {
    .name = "train",
    .summary = "self-labelled training around the y-step",
    .usage = "ystep train -d DATA... [options]",
    .about =
        "Self-labelled training: alternate the y-step on the classifier's\n"
        "softmax with epochs of steps on the loss, the labels fixed; or, by\n"
        "batch, with each step, on its mini-batch and the N before it. Trains\n"
        "every combination of data, classifiers, losses, fairness, lambdas,\n"
        "solvers and repeats; writes training.csv, epochs.csv and meta.json.\n"
        "Labels of the data are used for scores alone, unless --supervised is "
        "given.",
    .examples =
        "  ystep train -d moons -c mlp:hidden=32 --epochs 60 --map -o out\n"
        "  ystep train -d images:path=digits.npy,labels=labels.npy \\\n"
        "      -c mlp:hidden=256x256 --loss collision shannon --repeat 5 \\\n"
        "      --augment shift=1,rotate=10,noise=0.1 --init-epochs 5\n"
        "  ystep train -d glyphs -c conv --lambda 10 --batch 64 \\\n"
        "      --ystep batch:queue=4 -o out2\n"
        "  ystep train -d glyphs --record batches   then:\n"
        "  ystep run -p recorded:dir=batches -s exact em md --start warm\n",
    .options = options,
    .run = execute,
};
