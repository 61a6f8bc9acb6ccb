#include "bench/train/train_request.h"

#include "bench/run/exec_spec.h"
#include "bench/run/request.h"
#include "bench/run/starts.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

static ys_code read_terms(const arg *args, train_request *r, ys_error *error) {
  ys_code code = request_read_losses(args, r->loss, &r->loss_count, error);
  if (!code)
    code = request_read_fairness(args, r->fairness, &r->fairness_count, error);
  return code ? code
              : args_numbers(args, "lambda", &r->lambdas, &r->lambda_count,
                             error);
}

static ys_code read_start(const arg *args, train_request *r, ys_error *error) {
  const char *text = args_text(args, "start");
  ys_code code = warm_read(text, &r->warm, &r->warm_mix, error);
  if (!code && !r->warm && strcmp(text, "uniform") != 0)
    code = ys_fail(error, YS_BAD_INPUT,
                   "--start %s is not valid: expected warm or uniform", text);
  return code;
}

static const ys_option epoch_options[] = {{.name = NULL}};
static const ys_option batch_options[] = {
    {"queue", YS_INTEGER, "0", 0, 1e6, NULL,
     "mini-batches whose rows stay in the y-steps after them"},
    {.name = NULL},
};

/* Where the y-steps are. What says how those between epochs are is refused with
 * those on mini-batches. */
static ys_code read_ystep(const arg *args, train_request *r, ys_error *error) {
  static const char *const places[] = {"epoch", "batch"};
  static const char *const owners[] = {"--ystep epoch", "--ystep batch"};
  static const char *const others[] = {"ystep-every", "record", "every",
                                       "supervised"};
  const char *text = args_text(args, "ystep");
  ys_options options;
  size_t place;
  ys_code code = ys_look_up("--ystep", YS_NAMES(places), text,
                            ys_spec_name_length(text), NULL, &place, error);
  if (code)
    return code;
  r->on_batches = place == 1;
  for (size_t i = 0; r->on_batches && i < sizeof others / sizeof *others; i++)
    if (args_given(args, others[i]))
      return ys_fail(error, YS_BAD_INPUT, "%s and --%s exclude each other",
                     owners[place], others[i]);
  code = ys_options_parse(owners[place],
                          r->on_batches ? batch_options : epoch_options,
                          ys_spec_options(text), &options, error);
  if (code)
    return code;
  if (r->on_batches)
    r->queue = (size_t)ys_options_number(&options, "queue");
  ys_options_free(&options);
  return YS_OK;
}

static ys_code read_numbers(const arg *args, train_request *r,
                            ys_error *error) {
  const arg_whole wholes[] = {
      {"epochs", 0, 1e9, &r->epochs},
      {"ystep-every", 1, 1e9, &r->ystep_every},
      {"init-epochs", 0, 1e9, &r->init_epochs},
      {"views", 1, 64, &r->views},
      {"batch", 1, 1e7, &r->batch},
      {"repeat", 1, 1e6, &r->repeats},
      {"seed", 0, ARGS_MOST_SEED, &r->seed},
      {"checkpoint", 0, 1e9, &r->checkpoint_every},
      {"every", 1, 1e9, &r->record_every},
      {"max-iter", 0, REQUEST_ITERATIONS, &r->limits.max_iterations},
  };
  ys_code code =
      args_wholes(args, wholes, sizeof wholes / sizeof *wholes, error);
  if (!code)
    code = args_threads(args, &r->threads, error);
  if (!code)
    code = args_number(args, "tol", 0, 1e300, &r->limits.tolerance, error);
  return code ? code
              : args_number(args, "holdout", 0, 0.95, &r->holdout, error);
}

static const ys_option kmeans_options[] = {
    {"restarts", YS_INTEGER, "10", 1, 1e6, NULL,
     "k-means++ starts, the best of which is kept"},
    {.name = NULL},
};

/* The starts of "kmeans" or "kmeans:restarts=N"; 0 of any other classifier. */
static ys_code read_starts(const char *classifier, size_t *starts,
                           ys_error *error) {
  static const char name[] = "kmeans";
  ys_options options;
  *starts = 0;
  if (ys_spec_name_length(classifier) != strlen(name) ||
      strncmp(classifier, name, strlen(name)) != 0)
    return YS_OK;
  ys_code code = ys_options_parse(name, kmeans_options,
                                  ys_spec_options(classifier), &options, error);
  if (code)
    return code;
  *starts = (size_t)ys_options_number(&options, "restarts");
  ys_options_free(&options);
  return YS_OK;
}

/* A process would be started for each y-step, and its start be most of what is
 * timed. */
static ys_code read_solvers(train_request *r, ys_error *error) {
  for (size_t i = 0; i < r->solvers.count; i++)
    if (exec_is_spec(r->solvers.item[i]))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: a solver in a process of its own is for run, sweep "
                     "and solve: train has a y-step after the other",
                     r->solvers.item[i]);
  return chosen_solvers_read(r->solvers, &r->solver, error);
}

static ys_code read_specs(train_request *r, ys_error *error) {
  ys_code code = ys_optimiser_parse(r->optimiser_text, &r->optimiser, error);
  if (!code)
    code = ys_augment_parse(r->augment_text, &r->augment, error);
  for (size_t i = 0; !code && i < r->targets.count; i++)
    code = ys_targets_parse(r->targets.item[i], &r->target[i], error);
  return code ? code : read_solvers(r, error);
}

static ys_code read_all(const arg *args, train_request *r, ys_error *error) {
  ys_code code = read_terms(args, r, error);
  for (size_t i = 0; !code && i < r->classifiers.count; i++)
    code = read_starts(r->classifiers.item[i], &r->kmeans[i], error);
  if (!code)
    code = read_start(args, r, error);
  if (!code)
    code = read_ystep(args, r, error);
  if (!code)
    code = read_numbers(args, r, error);
  return code ? code : read_specs(r, error);
}

ys_code train_request_read(const arg *args, train_request *r, ys_error *error) {
  /* No y-step ends by the clock: a training repeats to the bit. */
  *r = (train_request){.data = args_texts(args, "data"),
                       .classifiers = args_texts(args, "classifier"),
                       .solvers = args_texts(args, "solver"),
                       .targets = args_texts(args, "supervised"),
                       .optimiser_text = args_text(args, "optimiser"),
                       .augment_text = args_text(args, "augment"),
                       .record = args_text(args, "record"),
                       .save = args_given(args, "save"),
                       .map = args_given(args, "map"),
                       .limits = {.seconds = 1e9}};
  if (!r->data.count)
    return ys_fail(error, YS_BAD_INPUT,
                   "train needs data: -d DATA (try --help)");
  r->kmeans = calloc(r->classifiers.count, sizeof *r->kmeans);
  r->target = calloc(r->targets.count + 1, sizeof *r->target);
  ys_code code = r->kmeans && r->target ? read_all(args, r, error)
                                        : ys_fail_memory(error, "a request");
  if (code)
    train_request_free(r);
  return code;
}

void train_request_free(train_request *r) {
  chosen_solvers_free(r->solver, r->solvers.count);
  free(r->target);
  free(r->kmeans);
  free(r->lambdas);
  *r = (train_request){0};
}

/* --------------------------------------------------------------- jobs -- */

size_t train_job_count(const train_request *r) {
  const size_t factors[] = {r->data.count,
                            r->classifiers.count,
                            r->loss_count,
                            r->fairness_count,
                            r->lambda_count,
                            r->solvers.count,
                            r->targets.count ? r->targets.count : 1,
                            r->repeats};
  size_t count = 1;
  for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
    count = ys_times(count, factors[i]);
  return count;
}

/* Take the last factor off the index. */
static size_t take(size_t *index, size_t count) {
  size_t digit = *index % count;
  *index /= count;
  return digit;
}

train_job train_job_at(const train_request *r, size_t index) {
  train_job job = {.id = index + 1};
  job.repeat = take(&index, r->repeats);
  if (r->targets.count) {
    const size_t targets = take(&index, r->targets.count);
    job.targets = r->targets.item[targets];
    job.target = &r->target[targets];
  }
  const size_t solver = take(&index, r->solvers.count);
  job.solver = r->solvers.item[solver];
  job.chosen = &r->solver[solver];
  job.lambda = r->lambdas[take(&index, r->lambda_count)];
  job.fairness = r->fairness[take(&index, r->fairness_count)];
  job.loss = r->loss[take(&index, r->loss_count)];
  const size_t classifier = take(&index, r->classifiers.count);
  job.classifier = r->classifiers.item[classifier];
  job.kmeans = r->kmeans[classifier];
  job.data = r->data.item[take(&index, r->data.count)];
  job.seed = r->seed + job.repeat;
  return job;
}

double train_total_seconds(const train_totals *t) {
  return t->ystep_seconds + t->step_seconds + t->predict_seconds;
}
