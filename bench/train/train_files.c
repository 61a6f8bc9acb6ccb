#include "bench/train/train_files.h"

#include "bench/cli/console.h"
#include "bench/run/input_files.h"
#include "bench/store/rundir_clear.h"
#include "bench/system/files.h"
#include "bench/train/train_state.h"
#include "training/dataset.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ----------------------------------------------------------- checking ---- */

enum { FEW_ROWS = 256 };

/* Open one training of each kind on a few of the rows. */
static ys_code check_trainings(const train_request *r, const ys_dataset *data,
                               const char *spec, ys_error *error) {
  train_request light = *r;
  ys_dataset few = *data;
  ys_code code = YS_OK;
  light.init_epochs = 0;
  few.rows = data->rows < FEW_ROWS ? data->rows : FEW_ROWS;
  for (size_t i = 0; !code && i < train_job_count(r); i += r->repeats) {
    training t;
    train_job job = train_job_at(r, i);
    if (job.data != spec || job.kmeans)
      continue;
    code = training_open(&t, &light, &job, &few, error);
    if (!code)
      training_close(&t);
  }
  return code;
}

/* Whether classes weigh anything in any training. */
static bool is_fair(const train_request *r) {
  for (size_t i = 0; i < r->lambda_count; i++)
    if (r->lambdas[i] > 0)
      return true;
  return false;
}

/* Refuse a queue that with a mini-batch is more than an epoch: rows would be
 * there twice. Note, once, a window of fewer rows than classes. */
static ys_code check_window(const train_request *r, const ys_dataset *data,
                            const char *spec, bool *noted, ys_error *error) {
  const size_t rows = training_rows(r, data);
  const row_window w = {.epoch = rows,
                        .batch = r->batch < rows ? r->batch : rows,
                        .queue = r->queue};
  const size_t batches = (rows - 1) / w.batch + 1, most = row_window_most(&w);
  if (w.queue >= batches)
    return ys_fail(error, YS_BAD_INPUT,
                   "--ystep batch:queue=%zu: the %zu training rows of %s are "
                   "%zu mini-batches: expected a queue of at most %zu",
                   w.queue, rows, spec, batches, batches - 1);
  if (*noted || most >= data->classes || !is_fair(r))
    return YS_OK;
  *noted = true;
  console_note("--ystep batch: a mini-batch and its queue are %zu row%s, fewer "
               "than the %zu classes: fairness asks each class for less than a "
               "row, and rows are shared among classes; a larger --batch or "
               "queue gives classes rows of their own",
               most, most == 1 ? "" : "s", data->classes);
  return YS_OK;
}

ys_code train_files_check(const train_request *r, ys_error *error) {
  ys_code code = YS_OK;
  bool noted = false;
  for (size_t i = 0; !code && i < r->data.count; i++) {
    ys_dataset data;
    code = ys_dataset_make(r->data.item[i], &data, error);
    if (code)
      break;
    if (r->on_batches)
      code = check_window(r, &data, r->data.item[i], &noted, error);
    if (!code)
      code = check_trainings(r, &data, r->data.item[i], error);
    ys_dataset_free(&data);
  }
  return code;
}

/* ------------------------------------------------------------ resuming --- */

static bool decides(const char *option) {
  static const char *const others[] = {"output",  "force",      "resume",
                                       "threads", "checkpoint", "help"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (strcmp(option, others[i]) == 0)
      return false;
  return true;
}

static char *make_key(const arg *args) {
  char *key = NULL;
  size_t size;
  FILE *out = open_memstream(&key, &size);
  if (!out)
    return NULL;
  for (const arg *of = args; of->option.name; of++)
    for (size_t i = 0; decides(of->option.name) && i < of->count; i++)
      fprintf(out, "--%s %s\n", of->option.name, of->item[i]);
  if (fclose(out) == 0)
    return key;
  free(key);
  return NULL;
}

/* The words of an option, for a message. */
static void put_words(const arg *of, char *text, size_t room) {
  size_t used = (size_t)snprintf(text, room, "%s--%s", of->count ? "" : "no ",
                                 of->option.name);
  for (size_t i = 0; i < of->count && used < room; i++)
    used += (size_t)snprintf(text + used, room - used, " %s", of->item[i]);
}

static bool is_same_option(const arg *a, const arg *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (strcmp(a->item[i], b->item[i]) != 0)
      return false;
  return true;
}

static ys_code compare(const char *dir, const arg *then, const arg *now,
                       ys_error *error) {
  char before[160], asked[160];
  for (; now->option.name; now++, then++) {
    if (!decides(now->option.name) || is_same_option(now, then))
      continue;
    put_words(then, before, sizeof before);
    put_words(now, asked, sizeof asked);
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its trainings were begun with %s, not with %s: give "
                   "the same options, or another directory",
                   dir, before, asked);
  }
  return YS_OK;
}

/* The command line in meta.json, read like this one. */
static ys_code compare_command(const char *dir, const json_t *command,
                               const command_line *line, ys_error *error) {
  ys_error why;
  size_t words = json_array_size(command), found;
  const char **argv = calloc(words + 1, sizeof *argv);
  arg *then = args_make(line->of->options);
  ys_code code = argv && then ? YS_OK : ys_fail_memory(error, "a command line");
  for (size_t i = 1; !code && i < words; i++)
    argv[i - 1] = json_string_value(json_array_get(command, i));
  bool is_train =
      !code && words > 1 && argv[0] && strcmp(argv[0], "train") == 0;
  if (!code && (!is_train || args_parse((int)words - 1, (char **)argv, then,
                                        NULL, 0, &found, &why)))
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: meta.json is of another command: there are no "
                   "trainings to go on with",
                   dir);
  if (!code)
    code = compare(dir, then, line->args, error);
  args_free(then);
  free(argv);
  return code;
}

/* *known: meta.json says with which options the trainings were begun. Without
 * it the checkpoint's own key is all there is to compare. */
static ys_code check_options(const rundir *dir, const command_line *line,
                             bool *known, ys_error *error) {
  char *path = rundir_file(dir->path, "meta.json");
  if (!path)
    return ys_fail_memory(error, "a file name");
  json_t *meta = json_load_file(path, 0, NULL);
  const json_t *command = json_object_get(meta, "command");
  *known = json_is_array(command);
  ys_code code =
      *known ? compare_command(dir->path, command, line, error) : YS_OK;
  if (!*known && access(path, F_OK) == 0)
    console_note("%s does not say with which options the trainings were begun",
                 path);
  json_decref(meta);
  free(path);
  return code;
}

/* ---------------------------------------------------------- directories -- */

/* Hold the directory of a recording. Nothing in it is removed yet. */
static ys_code open_record(train_files *f, const arg *args, ys_error *error) {
  const char *output = args_text(args, "output"), *record = f->request->record;
  if (output && files_same_output(output, record))
    return ys_fail(error, YS_BAD_INPUT,
                   "--record %s is the directory of -o: a recording needs one "
                   "of its own",
                   record);
  ys_code code = rundir_open(&f->record, record, error);
  if (code || f->resume || args_given(args, "force") ||
      rundir_is_empty(&f->record))
    return code;
  return ys_fail(error, YS_BAD_INPUT,
                 "--record %s: exists and is not empty; choose another "
                 "directory or give --force to replace the recording in it",
                 record);
}

static ys_code open_output(train_files *f, const command_line *line,
                           const file_list *inputs, ys_error *error) {
  const char *output = args_text(line->args, "output");
  bool force = args_given(line->args, "force"), known = false;
  ys_code code = f->resume ? rundir_open(&f->dir, output, error)
                           : rundir_make(&f->dir, output, force, inputs, error);
  if (!code && f->resume)
    code = rundir_check_own(f->dir.path, f->dir.folder, error);
  if (!code && f->resume)
    code = check_options(&f->dir, line, &known, error);
  if (!code && f->request->record && force)
    code =
        rundir_clear_recording(f->record.path, f->record.folder, inputs, error);
  if (!code && !known)
    code = rundir_write_meta(&f->dir, line->argc, line->argv,
                             f->request->threads, NULL, error);
  if (code)
    return code;
  f->key = make_key(line->args);
  f->checkpoint = rundir_file(f->dir.path, "checkpoint.bin");
  return f->key && f->checkpoint ? YS_OK : ys_fail_memory(error, "a file name");
}

ys_code train_files_open(train_files *f, const command_line *line,
                         const train_request *r, ys_error *error) {
  const arg *args = line->args;
  file_list inputs = {0};
  *f = (train_files){.request = r,
                     .log = TRAIN_LOG_CLOSED,
                     .resume = args_given(args, "resume")};
  if (f->resume && !args_given(args, "output"))
    return ys_fail(error, YS_BAD_INPUT, "--resume needs the directory: -o DIR");
  if (f->resume && args_given(args, "force"))
    return ys_fail(error, YS_BAD_INPUT,
                   "--resume and --force exclude each other");
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < r->data.count; i++)
    code = input_files_add_data(&inputs, r->data.item[i], error);
  if (!code && r->record)
    code = open_record(f, args, error);
  if (!code)
    code = open_output(f, line, &inputs, error);
  files_free(&inputs);
  if (code)
    train_files_close(f);
  return code;
}

void train_files_close(train_files *f) {
  train_log_close(&f->log);
  rundir_free(&f->record);
  rundir_free(&f->dir);
  free(f->checkpoint);
  free(f->key);
}
