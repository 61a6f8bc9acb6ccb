#include "bench/train/train_request.h"

#include "bench/run/request.h"
#include "bench/run/starts.h"
#include "problems/vector/array.h"
#include "training/augment.h"
#include "training/optimiser.h"
#include "training/targets.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* The texts of an option, or the one default. */
static train_texts texts_of(const arg *args, const char *name,
                            const char *const *fallback) {
  const arg *given = args_get(args, name);
  return given->count ? (train_texts){given->item, given->count}
                      : (train_texts){fallback, 1};
}

static ys_code read_losses(const arg *args, train_request *r, ys_error *error) {
  const arg *given = args_get(args, "loss");
  const char *names[YS_LOSSES];
  for (int i = 0; i < YS_LOSSES; i++)
    names[i] = ys_loss_name((ys_loss)i);
  if (given->count > YS_LOSSES)
    return ys_fail(error, YS_BAD_INPUT, "--loss: expected each loss once");
  for (; r->loss_count < given->count; r->loss_count++) {
    const char *text = given->item[r->loss_count];
    size_t found;
    ys_code code = ys_look_up("loss", YS_NAMES(names), text, strlen(text), NULL,
                              &found, error);
    if (code)
      return code;
    r->loss[r->loss_count] = (ys_loss)found;
  }
  r->loss_count += !given->count; /* collision, which is 0 */
  return YS_OK;
}

static ys_code read_fairness(const arg *args, train_request *r,
                             ys_error *error) {
  const char *text = args_text(args, "fairness", ys_fairness_name(YS_STRONG));
  for (int i = 0; i < YS_FAIRNESSES; i++)
    if (strcmp(text, ys_fairness_name((ys_fairness)i)) == 0) {
      r->fairness = (ys_fairness)i;
      return YS_OK;
    }
  return ys_fail(error, YS_BAD_INPUT,
                 "no fairness '%s'; expected strong or weak", text);
}

static ys_code read_start(const arg *args, train_request *r, ys_error *error) {
  const char *text = args_text(args, "start", "warm");
  ys_code code = warm_read(text, &r->warm, &r->warm_mix, error);
  if (!code && !r->warm && strcmp(text, "uniform") != 0)
    code = ys_fail(error, YS_BAD_INPUT,
                   "--start %s is not valid: expected warm or uniform", text);
  return code;
}

_Static_assert(sizeof(size_t) == sizeof(long), "whole numbers are of one size");

static ys_code read_wholes(const arg *args, train_request *r, ys_error *error) {
  const struct {
    const char *name;
    double low, high, fallback;
    void *member; /* of the size of a long */
  } wholes[] = {
      {"epochs", 0, 1e9, 30, &r->epochs},
      {"ystep-every", 1, 1e9, 1, &r->ystep_every},
      {"init-epochs", 0, 1e9, 0, &r->init_epochs},
      {"views", 1, 64, 1, &r->views},
      {"batch", 1, 1e7, 128, &r->batch},
      {"repeat", 1, 1e6, 1, &r->repeats},
      {"seed", 0, REQUEST_MOST_SEED, 1, &r->seed},
      {"checkpoint", 0, 1e9, 10, &r->checkpoint_every},
      {"every", 1, 1e9, 1, &r->record_every},
      {"max-iter", 0, REQUEST_ITERATIONS, 1000, &r->limits.max_iterations},
  };
  double found;
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < sizeof wholes / sizeof *wholes; i++) {
    code = args_whole(args, wholes[i].name, wholes[i].low, wholes[i].high,
                      wholes[i].fallback, &found, error);
    const long whole = (long)found;
    memcpy(wholes[i].member, &whole, sizeof whole);
  }
  if (!code)
    code = args_whole(args, "threads", 1, 1024, omp_get_num_procs(), &found,
                      error);
  r->threads = (int)found;
  return code;
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

static ys_code read_kmeans(train_request *r, ys_error *error) {
  ys_code code = YS_OK;
  r->kmeans = ys_array(r->classifiers.count, sizeof *r->kmeans);
  if (!r->kmeans)
    return ys_fail_memory(error, "the classifiers");
  for (size_t i = 0; !code && i < r->classifiers.count; i++)
    code = read_starts(r->classifiers.item[i], &r->kmeans[i], error);
  return code;
}

static ys_code read_all(const arg *args, train_request *r, ys_error *error) {
  ys_code code = read_losses(args, r, error);
  if (!code)
    code = read_fairness(args, r, error);
  if (!code)
    code = request_read_lambdas(args, &r->lambdas, &r->lambda_count, error);
  if (!code)
    code = read_kmeans(r, error);
  if (!code)
    code = read_start(args, r, error);
  if (!code)
    code = read_wholes(args, r, error);
  if (!code)
    code =
        args_number(args, "tol", 0, 1e300, 1e-3, &r->limits.tolerance, error);
  if (!code)
    code = args_number(args, "holdout", 0, 0.95, 0, &r->holdout, error);
  return code;
}

ys_code train_request_read(const arg *args, train_request *r, ys_error *error) {
  static const char *const classifier[] = {"mlp"}, *const solver[] = {"em"},
                           *const none[] = {NULL};
  /* No y-step ends by the clock: a training repeats to the bit. */
  *r = (train_request){.data = texts_of(args, "data", none),
                       .classifiers = texts_of(args, "classifier", classifier),
                       .solvers = texts_of(args, "solver", solver),
                       .targets = texts_of(args, "supervised", none),
                       .optimiser = args_text(args, "optimiser", "adam"),
                       .augment = args_text(args, "augment", ""),
                       .record = args_text(args, "record", NULL),
                       .save = args_given(args, "save"),
                       .map = args_given(args, "map"),
                       .limits = {.seconds = 1e9}};
  if (!args_given(args, "data"))
    return ys_fail(error, YS_BAD_INPUT,
                   "train needs data: -d DATA (try --help)");
  ys_code code = read_all(args, r, error);
  if (code)
    train_request_free(r);
  return code;
}

static ys_code check_solvers(const train_request *r, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < r->solvers.count; i++) {
    const ys_solver *solver;
    ys_options parsed;
    code = ys_solver_parse(r->solvers.item[i], &solver, &parsed, error);
    if (!code)
      ys_options_free(&parsed);
  }
  return code;
}

ys_code train_request_check(const train_request *r, ys_error *error) {
  ys_optimiser optimiser;
  ys_augment augment;
  ys_targets targets;
  ys_code code = ys_optimiser_parse(r->optimiser, &optimiser, error);
  if (!code)
    code = ys_augment_parse(r->augment, &augment, error);
  for (size_t i = 0; !code && i < r->targets.count; i++)
    if (r->targets.item[i])
      code = ys_targets_parse(r->targets.item[i], &targets, error);
  return code ? code : check_solvers(r, error);
}

void train_request_free(train_request *r) {
  free(r->lambdas);
  free(r->kmeans);
  r->lambdas = NULL;
  r->kmeans = NULL;
}

/* --------------------------------------------------------------- jobs -- */

size_t train_job_count(const train_request *r) {
  const size_t factors[] = {
      r->data.count,    r->classifiers.count, r->loss_count, r->lambda_count,
      r->solvers.count, r->targets.count,     r->repeats};
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
  job.targets = r->targets.item[take(&index, r->targets.count)];
  job.solver = r->solvers.item[take(&index, r->solvers.count)];
  job.lambda = r->lambdas[take(&index, r->lambda_count)];
  job.loss = r->loss[take(&index, r->loss_count)];
  size_t classifier = take(&index, r->classifiers.count);
  job.classifier = r->classifiers.item[classifier];
  job.kmeans = r->kmeans[classifier];
  job.data = r->data.item[take(&index, r->data.count)];
  job.seed = r->seed + job.repeat;
  return job;
}

double train_total_seconds(const train_totals *t) {
  return t->ystep_seconds + t->step_seconds + t->predict_seconds;
}
