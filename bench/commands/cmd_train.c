#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/system/address_space.h"
#include "bench/system/clock_and_signals.h"
#include "bench/train/train_dirs.h"
#include "bench/train/train_loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_row(const train_job *job, const train_result *result) {
  const train_totals *t = &result->totals;
  console_progress(NULL);
  printf("%-4zu %-22.22s %-9s %8g %-14.14s %6lu %6ld %8.2f %8.3f", job->id,
         job->classifier, ys_loss_name(job->loss), job->lambda,
         job->targets ? job->targets : job->solver, job->seed, t->epoch,
         train_total_seconds(t), t->ystep_seconds);
  if (result->scored)
    printf("  %.3f  %.3f  %.3f",
           job->targets ? result->scores.plain : result->scores.accuracy,
           result->scores.nmi, result->scores.ari);
  printf("%s%s\n", result->status == TRAIN_DONE ? "" : "  ", result->message);
  fflush(stdout);
}

static void print_header(void) {
  printf("%-4s %-22s %-9s %8s %-14s %6s %6s %8s %8s  %-5s  %-5s  %s\n", "id",
         "classifier", "loss", "lambda", "solver", "seed", "epochs", "seconds",
         "y-steps", "acc", "nmi", "ari");
}

/* Run the jobs that share `data`, from *index on. */
static ys_code train_on(const train_place *place, const ys_dataset *data,
                        size_t *index, bool *failed, ys_error *error) {
  const train_request *r = place->request;
  train_place here = *place;
  const char *spec = train_job_at(r, *index).data;
  ys_code code = YS_OK;
  while (!code && *index < train_job_count(r) && !interrupt_signal()) {
    train_job job = train_job_at(r, *index);
    train_result result;
    if (job.data != spec)
      break;
    code = train_loop(&here, &job, data, &result, error);
    if (code || result.status == TRAIN_INTERRUPTED)
      break;
    here.resume = false;
    print_row(&job, &result);
    *failed = *failed || result.status == TRAIN_FAILED;
    code = train_log_training(here.log, r, &job, &result, error);
    unlink(here.checkpoint);
    ++*index;
  }
  return code;
}

static ys_code train_all(train_place *place, bool *failed, ys_error *error) {
  const train_request *r = place->request;
  size_t index = 0;
  ys_code code =
      place->resume ? train_log_finished(place->dir, &index, error) : YS_OK;
  if (!code && (!place->resume || index >= train_job_count(r)))
    code = place->resume
               ? train_log_resume(place->log, place->dir, index + 1, 0, error)
               : train_log_open(place->log, place->dir, error);
  if (!code)
    print_header();
  while (!code && index < train_job_count(r) && !interrupt_signal()) {
    ys_dataset data;
    code = ys_dataset_make(train_job_at(r, index).data, &data, error);
    if (code)
      break;
    code = train_on(place, &data, &index, failed, error);
    place->resume = false;
    ys_dataset_free(&data);
  }
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu trainings are kept; "
                 "the same command with --resume goes on",
                 interrupt_signal(), index, train_job_count(r));
  return code;
}

static ys_code train(const arg *args, const train_request *r,
                     const train_dirs *dirs, bool *failed, ys_error *error) {
  train_log log = {.trainings = {.file = -1}, .epochs = {.file = -1}};
  char *key = train_dirs_key(args);
  char *path = rundir_file(dirs->dir.path, "checkpoint.bin");
  train_place place = {.request = r,
                       .dir = &dirs->dir,
                       .log = &log,
                       .checkpoint = path,
                       .key = key,
                       .resume = dirs->resume};
  interrupt_install();
  ys_code code = path && key ? train_all(&place, failed, error)
                             : ys_fail_memory(error, "a file name");
  train_log_close(&log);
  if (!code)
    code = rundir_check(&dirs->dir, error);
  if (!code)
    printf("wrote %s\n", dirs->dir.path);
  free(path);
  free(key);
  return code;
}

static ys_code execute(command_line *line, ys_error *error) {
  train_request r;
  train_dirs dirs;
  bool failed = false;
  ys_code code = train_request_read(line->args, &r, error);
  if (code)
    return code;
  /* Before the data are made: where there is no room, OpenBLAS never ends. */
  code = address_space_check_buffers(r.threads, error);
  if (!code)
    code = train_dirs_check(&r, error);
  if (!code)
    code = train_dirs_open(&dirs, line, &r, error);
  if (!code) {
    code = train(line->args, &r, &dirs, &failed, error);
    train_dirs_close(&dirs);
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
    {"solver", 's', ARG_MANY, "em", "SOLVER...  of the y-step (default %s)"},
    {"loss", 0, ARG_MANY, "collision", "L...  %s (default), shannon, reverse"},
    {"fairness", 0, ARG_ONE, "strong", "F  %s (default) or weak"},
    {"lambda", 0, ARG_MANY, "1", "X...  weights of fairness (default %s)"},
    {"supervised", 0, ARG_MANY, NULL,
     "T...  train on labels: wrong=W,mix=U,blank=B"},
    {"holdout", 0, ARG_ONE, "0", "SHARE  rows kept for scoring (default %s)"},
    {"epochs", 0, ARG_ONE, "30", "N  passes over the rows (default %s)"},
    {"ystep-every", 0, ARG_ONE, "1", "N  epochs between y-steps (default %s)"},
    {"tol", 0, ARG_ONE, "1e-3", "GAP  a y-step stops there (default %s)"},
    {"max-iter", 0, ARG_ONE, "1000", "N  iterations a y-step (default %s)"},
    {"start", 0, ARG_ONE, "warm",
     "HOW  of a y-step: %s[:mix=EPS] (default), uniform"},
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
        "softmax with epochs of steps on the loss, the labels fixed. Trains\n"
        "every combination of data, classifiers, losses, lambdas, solvers and\n"
        "repeats; writes training.csv, epochs.csv and meta.json. Labels of "
        "the\n"
        "data are used for scores alone, unless --supervised is given.",
    .examples =
        "  ystep train -d moons -c mlp:hidden=32 --epochs 60 --map -o out\n"
        "  ystep train -d images:path=digits.npy,labels=labels.npy \\\n"
        "      -c mlp:hidden=256x256 --loss collision shannon --repeat 5 \\\n"
        "      --augment shift=1,rotate=10,noise=0.1 --init-epochs 5\n"
        "  ystep train -d glyphs -s ipm --record batches   then:\n"
        "  ystep run -p recorded:dir=batches -s em md ipm --start warm\n",
    .options = options,
    .run = execute,
};
