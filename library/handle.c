#include "library/handle.h"

#include "problems/vector/array.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- codes ---- */

_Static_assert((int)YSTEP_BAD_INPUT == (int)YS_BAD_INPUT &&
                   (int)YSTEP_NO_MEMORY == (int)YS_NO_MEMORY &&
                   (int)YSTEP_IO == (int)YS_IO &&
                   (int)YSTEP_UNSUPPORTED == (int)YS_UNSUPPORTED &&
                   (int)YSTEP_BAD_NUMERICS == (int)YS_BAD_NUMERICS,
               "the interface has the codes of problems/error.h");

/* What the handle alone is asked. */
static int finish(ystep_handle *handle, ys_code code, const ys_error *error) {
  if (code)
    handle->error = *error;
  return (int)code;
}

ys_code ys_handle_agree(const ystep_handle *handle, ys_code code,
                        ys_error *error) {
  return ys_ranks_agree(handle->ranks, code, error);
}

int ys_handle_return(ystep_handle *handle, ys_code code, ys_error *error) {
  code = ys_handle_agree(handle, code, error);
  return finish(handle, code, error);
}

const char *ys_message(const ystep_handle *handle) {
  return handle ? handle->error.text : "no handle: out of memory, or NULL";
}

const char *ys_version(void) {
  return YSTEP_VERSION;
}

/* --------------------------------------------------------- life cycle ---- */

static const ys_results no_results = {NAN, NAN, NAN, NAN, NAN, NAN,  NAN,
                                      NAN, NAN, NAN, NAN, NAN, NULL, ""};

ystep_handle *ys_open(void) {
  ystep_handle *handle = calloc(1, sizeof *handle);
  if (!handle || ys_settings_init(&handle->settings, NULL)) {
    free(handle);
    return NULL;
  }
  handle->results = no_results;
  return handle;
}

static void drop_kept(ystep_handle *handle) {
  if (handle->kept.work)
    handle->kept.solver->free(handle->kept.work);
  handle->kept.work = NULL;
}

/* What belongs to the last call's batch alone. */
static void let_go(ystep_handle *handle) {
  if (handle->batch.sigma == handle->sigma)
    handle->batch.sigma = NULL;
  ys_batch_free(&handle->batch);
  ys_objective_free(&handle->objective);
}

void ys_close(ystep_handle *handle) {
  if (!handle)
    return;
  drop_kept(handle);
  let_go(handle);
  ys_settings_free(&handle->settings);
  ys_scratch_free(&handle->scratch);
  ys_labels_free(&handle->dense);
  ys_labels_free(&handle->sparse);
  ys_labels_free(&handle->spare);
  free(handle->sigma);
  free(handle->nu);
  free(handle);
}

/* ----------------------------------------------------------- settings ---- */

int ys_set(ystep_handle *handle, const char *name, double value) {
  ys_error error;
  if (!handle || !name)
    return YSTEP_BAD_INPUT;
  return finish(handle,
                ys_settings_number(&handle->settings, name, value, &error),
                &error);
}

int ys_set_text(ystep_handle *handle, const char *name, const char *text) {
  ys_error error;
  if (!handle || !name || !text)
    return YSTEP_BAD_INPUT;
  return finish(handle, ys_settings_text(&handle->settings, name, text, &error),
                &error);
}

int ys_set_prior(ystep_handle *handle, const double *prior, size_t classes) {
  ys_error error;
  if (!handle)
    return YSTEP_BAD_INPUT;
  return finish(handle,
                ys_settings_prior(&handle->settings, prior, classes, &error),
                &error);
}

void ys_interrupt(ystep_handle *handle) {
  if (handle)
    atomic_store(&handle->stop, true);
}

/* -------------------------------------------------------------- ranks ---- */

int ys_set_ranks(ystep_handle *handle, const ys_ranks *ranks) {
  ys_error error;
  if (!handle)
    return YSTEP_BAD_INPUT;
  handle->ranks = NULL;
  handle->rows = 0; /* what is kept is of the ranks before */
  drop_kept(handle);
  if (!ranks || ranks->count == 1)
    return YSTEP_OK;
  if (ranks->rank >= ranks->count || !ranks->send || !ranks->receive ||
      !ranks->exchange || !ranks->loss)
    return finish(handle,
                  ys_fail(&error, YS_BAD_INPUT,
                          "ranks: rank %zu of %zu; expected one of them, and "
                          "functions that carry bytes",
                          ranks->rank, ranks->count),
                  &error);
  handle->carried = *ranks;
  handle->carried.rider = &handle->rider;
  handle->ranks = &handle->carried;
  return YSTEP_OK;
}

int ys_rows_of_rank(size_t rank, size_t count, size_t rows, size_t classes,
                    size_t *first, size_t *own) {
  const ys_ranks ranks = {.rank = rank, .count = count};
  if (rank >= count || rows == 0 || classes < 2 || !first || !own)
    return YSTEP_BAD_INPUT;
  const ys_share share = ys_share_make(&ranks, rows, classes);
  *first = ys_share_first_row(&share);
  *own = ys_share_blocks(&share).rows;
  return (int)ys_share_check(&share, NULL);
}

static size_t count_rows(const ys_ranks *ranks, size_t own) {
  int64_t all = (int64_t)own, room;
  ys_ranks_sum(ranks, &all, &room, 1);
  return (size_t)all;
}

static ys_code check_classes(const ys_ranks *ranks, const ystep_array *sigma,
                             ys_error *error) {
  size_t classes = sigma->classes;
  ys_ranks_spread(ranks, &classes, sizeof classes);
  return classes == sigma->classes
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "sigma: %zu classes; expected %zu as on rank 0",
                       sigma->classes, classes);
}

/* Whether what the ranks have is one y-step: settings, classes, and the rows of
 * each. How many rows there are in all. */
static ys_code meet(const ystep_handle *handle, const ystep_array *sigma,
                    size_t *whole, ys_error *error) {
  const ys_ranks *ranks = handle->ranks;
  ys_code code = ys_settings_agree(&handle->settings, ranks, error);
  if (!code)
    code = ys_handle_agree(handle, check_classes(ranks, sigma, error), error);
  if (code)
    return code;
  *whole = count_rows(ranks, sigma->rows);
  const ys_share share = ys_share_make(ranks, *whole, sigma->classes);
  const size_t own = ys_share_blocks(&share).rows;
  code = ys_share_check(&share, error);
  if (!code && own != sigma->rows)
    code = ys_fail(error, YS_BAD_INPUT,
                   "sigma: %zu rows; expected %zu, its share of %zu x %zu "
                   "(ys_rows_of_rank)",
                   sigma->rows, own, *whole, sigma->classes);
  return ys_handle_agree(handle, code, error);
}

/* -------------------------------------------------------------- batch ---- */

static int threads_of(const ystep_handle *handle) {
  const int asked = (int)handle->settings.threads;
  return asked ? asked : omp_get_max_threads();
}

/* sigma's memory, if it is not large enough yet. */
static ys_code make_room(ystep_handle *handle, const ystep_array *sigma,
                         ys_error *error) {
  const size_t wanted = ys_times(sigma->rows, sigma->classes);
  if (wanted <= handle->room)
    return YS_OK;
  drop_kept(handle); /* it may know where sigma was */
  free(handle->sigma);
  handle->room = 0;
  handle->sigma = ys_array(wanted, sizeof *handle->sigma);
  if (!handle->sigma)
    return ys_fail_memory(error, "sigma");
  handle->room = wanted;
  return YS_OK;
}

static void read_rows(const void *context, size_t first, size_t count,
                      double *rows) {
  ys_array_read(context, first, count, rows);
}

/* Whether sigma may stay where it is: as much of float32 as would be slow to
 * copy, as the harness keeps in its file. */
static bool may_stay(const ystep_handle *handle, const ystep_array *sigma) {
  const size_t many = (size_t)1 << 22;
  return sigma->type == YSTEP_FLOAT && handle->settings.logits == 0 &&
         (sigma->stride == 0 || sigma->stride == sigma->classes) &&
         handle->settings.solver->by_rows &&
         sigma->rows * sigma->classes >= many;
}

static ys_code read_numbers(ystep_handle *handle, const ystep_array *sigma,
                            ys_error *error) {
  ys_batch *batch = &handle->batch;
  const int threads = threads_of(handle);
  const ys_row_rule rule = {.logits = handle->settings.logits != 0};
  if (may_stay(handle, sigma))
    return ys_batch_keep(batch, "sigma", &rule, sigma->data, sigma->rows,
                         sigma->classes, NULL, 0, threads, error);
  ys_code code = make_room(handle, sigma, error);
  if (code)
    return code;
  *batch = (ys_batch){.rows = sigma->rows,
                      .classes = sigma->classes,
                      .sigma = handle->sigma,
                      .planted_lambda = NAN,
                      .planted_optimum = NAN};
  return ys_batch_fill(batch, rule.logits ? "logits" : "sigma", &rule,
                       read_rows, sigma, threads, error);
}

/* `whole`: rows of all ranks. */
static ys_code read_batch(ystep_handle *handle, const ystep_array *sigma,
                          size_t whole, ys_error *error) {
  const ys_share share = ys_share_make(handle->ranks, whole, sigma->classes);
  const ys_code code = read_numbers(handle, sigma, error);
  handle->batch.ranks = handle->ranks;
  handle->batch.whole_rows = whole;
  return ys_share_explain(&share, code, error);
}

static ys_code make_objective(ystep_handle *handle, ys_error *error) {
  const ys_settings *s = &handle->settings;
  if (s->prior && s->classes != handle->batch.classes)
    return ys_fail(error, YS_BAD_INPUT,
                   "prior: %zu entries; expected sigma's %zu classes",
                   s->classes, handle->batch.classes);
  return ys_objective_init(&handle->objective, &handle->batch, s->loss,
                           s->fairness, s->lambda, s->prior, threads_of(handle),
                           error);
}

/* The scratch and nu, kept while batches have the same shape. */
static ys_code make_scratch(ystep_handle *handle, ys_error *error) {
  const ys_batch *batch = &handle->batch;
  const int threads = handle->objective.threads;
  handle->scratch.knows_top = false;
  if (handle->scratch.ybar && handle->rows == batch->rows &&
      handle->classes == batch->classes && handle->threads == threads)
    return YS_OK;
  ys_scratch_free(&handle->scratch);
  free(handle->nu);
  handle->nu = ys_array(batch->classes, sizeof *handle->nu);
  handle->rows = batch->rows;
  handle->classes = batch->classes;
  handle->threads = threads;
  ys_code code =
      handle->nu ? ys_scratch_init(&handle->scratch, &handle->objective, error)
                 : ys_fail_memory(error, "the multipliers");
  if (code) /* what it had begun to take is gone */
    handle->scratch = (ys_scratch){0};
  return code;
}

static ys_code take(ystep_handle *handle, const ystep_array *sigma,
                    size_t whole, ys_error *error) {
  ys_code code = read_batch(handle, sigma, whole, error);
  if (!code)
    code = make_objective(handle, error);
  if (code)
    return code;
  handle->results.renormalised_rows = (double)handle->batch.renormalised_rows;
  handle->results.largest_deviation = handle->batch.largest_deviation;
  return make_scratch(handle, error);
}

ys_code ys_handle_take(ystep_handle *handle, const ystep_array *sigma,
                       ys_error *error) {
  size_t whole = 0;
  handle->results = no_results;
  let_go(handle);
  ys_code code = ys_array_check(sigma, "sigma", NULL, error);
  code = ys_handle_agree(handle, code, error);
  if (!code)
    whole = sigma->rows;
  if (!code && handle->ranks)
    code = meet(handle, sigma, &whole, error);
  return code ? code
              : ys_handle_agree(handle, take(handle, sigma, whole, error),
                                error);
}

void **ys_handle_kept(ystep_handle *handle, const ys_labels *y) {
  const size_t many = (size_t)1 << 20;
  const ys_kept now = {
      NULL,       handle->settings.solver,   handle->settings.edition, y->rows,
      y->classes, handle->objective.threads, y->dense != NULL};
  ys_kept *kept = &handle->kept;
  const bool is_same =
      kept->solver == now.solver && kept->edition == now.edition &&
      kept->rows == now.rows && kept->classes == now.classes &&
      kept->threads == now.threads && kept->is_dense == now.is_dense;
  if (!is_same || !handle->batch.sigma) {
    drop_kept(handle);
    *kept = now;
  }
  return handle->batch.sigma && !handle->ranks && y->rows * y->classes <= many
             ? &kept->work
             : NULL;
}

/* ------------------------------------------------------------- labels ---- */

static bool is_shaped(const ystep_handle *handle, const ys_labels *labels) {
  return labels->rows == handle->batch.rows &&
         labels->classes == handle->batch.classes;
}

ys_code ys_handle_dense(ystep_handle *handle, ys_error *error) {
  if (handle->dense.dense && is_shaped(handle, &handle->dense))
    return YS_OK;
  ys_labels_free(&handle->dense);
  return ys_labels_make_dense(&handle->dense, handle->batch.rows,
                              handle->batch.classes, error);
}

ys_code ys_handle_sparse(ystep_handle *handle, ys_error *error) {
  ys_labels *y = &handle->sparse;
  if (y->begin && is_shaped(handle, y)) {
    memset(y->begin, 0, (y->rows + 1) * sizeof *y->begin);
    return YS_OK;
  }
  ys_labels_free(y);
  return ys_labels_make_sparse(y, handle->batch.rows, handle->batch.classes,
                               error);
}

static ys_code take_labels(ystep_handle *handle, const ystep_array *sigma,
                           const ystep_array *array, bool is_read, ys_labels *y,
                           ys_error *error) {
  ys_code code = ys_array_check(array, "labels", sigma, error);
  if (!code && ys_array_is_plain(array)) {
    *y = ys_labels_view(array->data, array->rows, array->classes);
    return YS_OK;
  }
  if (!code)
    code = ys_handle_dense(handle, error);
  if (code)
    return code;
  *y = handle->dense;
  if (is_read)
    ys_array_read(array, 0, array->rows, y->dense);
  return YS_OK;
}

ys_code ys_handle_take_dense(ystep_handle *handle, const ystep_array *sigma,
                             const ystep_array *array, bool is_read,
                             ys_labels *y, ys_error *error) {
  const ys_code code = ys_handle_take(handle, sigma, error);
  return code
             ? code
             : ys_handle_agree(
                   handle, take_labels(handle, sigma, array, is_read, y, error),
                   error);
}

/* ------------------------------------------------------------ results ---- */

static const struct {
  const char *name;
  size_t offset;
} results[] = {
#define RESULT(name)                                                           \
  { #name, offsetof(ys_results, name) }
    RESULT(objective),     RESULT(lower_bound),       RESULT(gap),
    RESULT(row_sum_error), RESULT(least_entry),       RESULT(iterations),
    RESULT(seconds),       RESULT(setup_seconds),     RESULT(solve_seconds),
    RESULT(judge_seconds), RESULT(renormalised_rows), RESULT(largest_deviation),
#undef RESULT
};

double ys_get(const ystep_handle *handle, const char *name) {
  size_t i;
  if (!handle || !name)
    return NAN;
  if (!ys_names_find(YS_NAMES(results), name, strlen(name), &i))
    return ys_settings_get(&handle->settings, name);
  const char *at = (const char *)&handle->results + results[i].offset;
  return *(const double *)(const void *)at;
}

const char *ys_get_text(const ystep_handle *handle, const char *name) {
  if (!handle || !name)
    return NULL;
  if (strcmp(name, "status") == 0)
    return handle->results.status;
  return strcmp(name, "message") == 0 ? handle->results.message : NULL;
}

const double *ys_get_multipliers(const ystep_handle *handle) {
  return handle && handle->results.status ? handle->nu : NULL;
}
