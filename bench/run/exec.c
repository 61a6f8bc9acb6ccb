#include "bench/run/exec.h"

#include "bench/run/exec_spec.h"
#include "bench/run/shared_array.h"
#include "bench/system/clock_and_signals.h"
#include "bench/system/coprocess.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXEC_VERSION = 1 };

/* The process's share of a run. */
typedef struct exec_work {
  const ys_objective *objective;
  const ys_stop *stop; /* NULL: nobody asks for a stop */
  coprocess process;
  char name[EXEC_LABEL]; /* for messages */
  shared_array sigma, prior, y;
  double *taken;        /* M x K: y as it was taken in, not yet checked whole */
  double begun;         /* when it was started: within */
  double start_seconds; /* it must be ready and have answered the pings */
  double time_limit;    /* of the run, for messages */
  double asked;         /* when it was asked last, */
  double wanted;        /* and when a stop was wanted then; 0: it was not */
  double grace;         /* beyond that */
  bool is_ready;
  bool is_last;     /* it says that its y is final */
  bool is_left;     /* an answer is due still: the run is to end before it */
  ys_error failure; /* code YS_OK: none */
  long steps;
  double empty_step_seconds, own_seconds;
  ys_memory memory;
} exec_work;

/* -------------------------------------------------------------- failing -- */

/* The process has failed, in these words; it is ended. */
__attribute__((format(printf, 2, 3))) static void
fail(exec_work *w, const char *format, ...) {
  char text[256], how[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  coprocess_end(&w->process, NULL, 0, how, sizeof how);
  const char *words = strchr(how, ';');
  ys_fail(&w->failure, YS_BAD_NUMERICS, "%s %s%s", w->name, text,
          words ? words : "");
}

/* It closed its pipe: it has ended by itself, or is about to. */
static void fail_ended(exec_work *w) {
  const double moment = 2;
  char how[256];
  coprocess_end(&w->process, NULL, moment, how, sizeof how);
  ys_fail(&w->failure, YS_BAD_NUMERICS, "%s closed its pipe: %s", w->name, how);
}

static void fail_late(exec_work *w, const char *line) {
  const int length = (int)strcspn(line, "\n");
  if (w->stop)
    fail(w,
         "did not answer '%.*s' within the time limit of %g s and %.3g s more",
         length, line, w->time_limit, w->grace);
  else
    fail(w, "was not ready within %g s (start=SECONDS gives it more)",
         w->start_seconds);
}

/* What it said in place of an answer. */
static void fail_answer(exec_work *w, const char *answer,
                        const char *expected) {
  enum { SHOWN = 60 };
  const char refusal[] = "error ";
  if (strncmp(answer, refusal, strlen(refusal)) == 0)
    fail(w, "says: %.180s", answer + strlen(refusal));
  else
    fail(w, "answered '%.*s%s': expected %s", SHOWN, answer,
         strlen(answer) > SHOWN ? "..." : "", expected);
}

/* -------------------------------------------------------------- talking -- */

/* Before the run begins there is a limit of its own. A step may take what is
 * left of the run's, and then a grace: of what other steps took, for this one
 * may have begun just before. */
static double patience(void *context) {
  const double moment = 1; /* to be asked again */
  exec_work *w = context;
  const double now = clock_seconds();
  if (interrupt_signal()) {
    w->is_left = true;
    return 0;
  }
  if (!w->stop)
    return w->begun + w->start_seconds - now;
  if (w->wanted == 0 && ys_stop_is_wanted(w->stop))
    w->wanted = now;
  return w->wanted > 0 ? w->wanted + w->grace - now : moment;
}

/* The answer to a line; NULL: there is none, and `failure` says why, or the run
 * was interrupted. */
static const char *ask(exec_work *w, const char *line) {
  const char *answer = NULL;
  if (w->failure.code || w->is_left)
    return NULL;
  w->asked = clock_seconds();
  w->wanted = 0;
  switch (coprocess_ask(&w->process, line, patience, w, &answer)) {
  case COPROCESS_SAID:
    return answer;
  case COPROCESS_LATE:
    if (!w->is_left)
      fail_late(w, line);
    return NULL;
  case COPROCESS_ENDED:
    fail_ended(w);
    return NULL;
  default:
    fail(w, "says more than it was asked, or a line of more than %d bytes",
         COPROCESS_LINE);
    return NULL;
  }
}

/* ----------------------------------------------------------- taking y in -- */

/* Rows that are on the simplex as every solver's must be stay as they are, to
 * the bit; what rounding may be to blame for is put right. */
static bool take_row(const double *from, double *row, size_t n) {
  const double exact = 1e-12, rounding = 1e-9;
  double sum = 0, least = 0;
  for (size_t k = 0; k < n; k++) {
    row[k] = from[k];
    least = row[k] < least ? row[k] : least;
    sum += row[k];
  }
  if (!(fabs(sum - 1) <= rounding) || least < -rounding)
    return false;
  if (least < 0) {
    sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += row[k] = fmax(row[k], 0);
  }
  if (least < 0 || fabs(sum - 1) > exact)
    for (size_t k = 0; k < n; k++)
      row[k] /= sum;
  return true;
}

static void fail_row(exec_work *w, size_t i, const double *row, size_t n) {
  double sum = 0, least = INFINITY;
  for (size_t k = 0; k < n; k++) {
    sum += row[k];
    least = fmin(least, row[k]);
  }
  if (isfinite(sum))
    fail(w, "left the simplex: row %zu (from 0) sums to %.12g, least entry %g",
         i, sum, least);
  else
    fail(w, "left y with a number in row %zu (from 0) that is not finite", i);
}

/* It may write to its y whenever it likes, so that is copied, and what was
 * copied is checked. y stays what it was if not all of it will do. */
static void take_in(exec_work *w, ys_labels *y) {
  const size_t n = y->classes;
  for (size_t i = 0; i < y->rows; i++)
    if (!take_row(w->y.numbers + i * n, w->taken + i * n, n)) {
      fail_row(w, i, w->taken + i * n, n);
      return;
    }
  memcpy(y->dense, w->taken, y->rows * n * sizeof *y->dense);
}

/* ------------------------------------------------------------- beginning -- */

static json_t *options_json(const exec_order *order, ys_memory *memory) {
  const char *at = NULL, *key, *value;
  json_t *made = json_object();
  while (exec_spec_next(&order->options, &at, &key, &value, memory))
    json_object_set_new(made, key, json_string(value));
  return made;
}

/* The first line, to be freed; NULL for want of memory. */
static char *greeting(const exec_work *w, const exec_order *order,
                      ys_memory *memory) {
  const ys_objective *o = w->objective;
  json_t *made = json_pack(
      "{s:i, s:I, s:I, s:s, s:s, s:s, s:i, s:i, s:s, s:f, s:s, s:s, s:I, s:i, "
      "s:f, s:o}",
      "ystep", EXEC_VERSION, "rows", (json_int_t)o->batch->rows, "classes",
      (json_int_t)o->batch->classes, "sigma", w->sigma.path, "prior",
      w->prior.path, "y", w->y.path, "y_offset", SHARED_ARRAY_OFFSET,
      "sigma_offset", SHARED_ARRAY_OFFSET, "sigma_type", "float64", "lambda",
      o->lambda, "loss", ys_loss_name(o->loss), "fairness",
      ys_fairness_name(o->fairness), "seed", (json_int_t)order->seed, "threads",
      o->threads, "tol", order->tolerance, "options",
      options_json(order, memory));
  char *text = json_dumps(made, JSON_COMPACT), *line = NULL;
  json_decref(made);
  if (text && asprintf(&line, "%s\n", text) < 0)
    line = NULL;
  free(text);
  return line;
}

static ys_code share(exec_work *w, const ys_labels *y, ys_error *error) {
  const ys_batch *batch = w->objective->batch;
  const size_t rows = batch->rows, n = batch->classes;
  ys_code code = shared_array_make(&w->sigma, "sigma", rows, n, error);
  if (!code)
    code = shared_array_make(&w->prior, "prior", 0, n, error);
  if (!code)
    code = shared_array_make(&w->y, "y", rows, n, error);
  if (code)
    return code;
  for (size_t i = 0; i < rows; i++) {
    double *row = w->sigma.numbers + i * n;
    memmove(row, ys_batch_rows(batch, i, 1, row), n * sizeof *row);
  }
  memcpy(w->prior.numbers, w->objective->prior, n * sizeof *w->prior.numbers);
  memcpy(w->y.numbers, y->dense, rows * n * sizeof *y->dense);
  return YS_OK;
}

/* "ready 1", and perhaps a name. */
static void greet(exec_work *w, const char *line) {
  const char ready[] = "ready 1";
  const size_t length = strlen(ready);
  const char *answer = NULL;
  if (strlen(line) > COPROCESS_LINE)
    fail(w, "has options of more than a line of %d bytes", COPROCESS_LINE);
  else
    answer = ask(w, line);
  if (answer && (strncmp(answer, ready, length) != 0 ||
                 (answer[length] && answer[length] != ' ')))
    fail_answer(w, answer, "'ready 1'");
  w->is_ready = answer && !w->failure.code;
}

/* Whether it answers that it is there. */
static bool ping(exec_work *w) {
  const char *answer = ask(w, "ping\n");
  if (answer && strcmp(answer, "pong") != 0)
    fail_answer(w, answer, "'pong'");
  return answer && !w->failure.code;
}

/* What a step costs in which nothing is done: some are measured, fewer of them
 * where y is large. */
static void measure_empty_step(exec_work *w, ys_labels *y) {
  enum { MOST = 21, LEAST = 3 };
  const double enough = 0.2;
  const double begun = clock_seconds();
  double seconds[MOST];
  size_t count = 0;
  while (count < MOST && (count < LEAST || clock_seconds() < begun + enough)) {
    const double before = clock_seconds();
    if (!ping(w))
      return;
    take_in(w, y);
    if (w->failure.code)
      return;
    seconds[count++] = clock_seconds() - before;
  }
  gsl_sort(seconds, 1, count);
  w->empty_step_seconds = gsl_stats_median_from_sorted_data(seconds, 1, count);
}

static ys_code begin(exec_work *w, const exec_order *order, ys_labels *y,
                     ys_error *error) {
  char **words = exec_spec_words(&order->options, &w->memory);
  const size_t entries = y->rows * y->classes;
  w->taken = ys_take_numbers(&w->memory, entries, "a process's y");
  char *line = greeting(w, order, &w->memory);
  ys_code code = line ? ys_memory_check(&w->memory, error)
                      : ys_fail_memory(error, "a message");
  w->begun = clock_seconds();
  if (!code && coprocess_start(&w->process, words, w->objective->threads,
                               order->shows_errors, &w->failure) == YS_OK) {
    greet(w, line);
    if (w->is_ready)
      measure_empty_step(w, y);
  }
  free(line);
  return code;
}

static void exec_free(void *work) {
  const double patience_at_end = 2;
  char how[256];
  exec_work *w = work;
  if (!w)
    return;
  const bool listens = w->is_ready && !w->is_left;
  coprocess_end(&w->process, listens ? "quit\n" : NULL,
                listens ? patience_at_end : 0, how, sizeof how);
  shared_array_free(&w->sigma);
  shared_array_free(&w->prior);
  shared_array_free(&w->y);
  ys_give_back(&w->memory);
  free(w);
}

/* The options are the first member of the order. A process that cannot be had
 * is a failure of the run, in its first step. */
static ys_code exec_init(void **work, const ys_objective *objective,
                         const ys_options *options, ys_labels *y,
                         ys_error *error) {
  const double least_grace = 2;
  const exec_order *order = (const void *)options;
  const char *name = ys_options_text(options, "name");
  exec_work *w = calloc(1, sizeof *w);
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "a process");
  w->objective = objective;
  w->start_seconds = ys_options_number(options, "start");
  w->time_limit = order->seconds;
  w->grace = least_grace;
  w->empty_step_seconds = w->own_seconds = NAN;
  snprintf(w->name, sizeof w->name, "%s", *name ? name : "the process");
  ys_code code = share(w, y, error);
  if (!code)
    code = begin(w, order, y, error);
  if (code)
    exec_free(w);
  else
    *work = w;
  return code;
}

/* -------------------------------------------------------------- stepping -- */

/* Whether `answer` is `word`, or that and seconds, which are NaN without. */
static bool is_word(const char *answer, const char *word, double *seconds) {
  const size_t length = strlen(word);
  *seconds = NAN;
  if (strncmp(answer, word, length) != 0)
    return false;
  return !answer[length] ||
         (answer[length] == ' ' &&
          ys_read_number(answer + length + 1, seconds) && *seconds >= 0);
}

/* Of one step not said, NaN, the sum says nothing. */
static void note_seconds(exec_work *w, double own) {
  const double factor = 2;
  w->own_seconds = w->steps++ ? w->own_seconds + own : own;
  w->grace = fmax(w->grace, factor * (clock_seconds() - w->asked));
}

static ys_step exec_step(void *work, ys_labels *y, ys_error *error) {
  exec_work *w = work;
  const char *answer = ask(w, "step\n");
  double own = NAN;
  if (answer) {
    const bool is_done = is_word(answer, "done", &own);
    w->is_last = !is_done && is_word(answer, "converged", &own);
    if (is_done || w->is_last) {
      note_seconds(w, own);
      take_in(w, y);
    } else
      fail_answer(w, answer, "'done' or 'converged', with seconds or without");
  }
  if (w->failure.code) {
    ys_fail(error, w->failure.code, "%s", w->failure.text);
    return YS_STEP_FAILED;
  }
  if (!w->is_last)
    return YS_STEP_ON;
  ys_fail(error, YS_OK, "%s says that it has converged", w->name);
  return YS_STEP_STALLED;
}

static void exec_heed(void *work, const ys_stop *stop) {
  ((exec_work *)work)->stop = stop;
}

/* An answer too many may have been taken for one to a step. */
void exec_close(void *work) {
  exec_work *w = work;
  if (w->is_ready && !w->is_last)
    ping(w);
}

exec_report exec_report_of(const void *work) {
  const exec_work *w = work;
  return (exec_report){w->empty_step_seconds, w->own_seconds,
                       w->failure.code ? w->failure.text : NULL};
}

const ys_solver exec_solver = {
    .name = "exec",
    .summary = "a process of its own (docs/exec-protocol.md)",
    .options = exec_spec_options,
    .by_rows = true,
    .init = exec_init,
    .step = exec_step,
    .heed = exec_heed,
    .free = exec_free,
};
