#include "bench/sweep/sweep_jobs.h"

#include "bench/cli/console.h"
#include "bench/run/exec_spec.h"
#include "bench/sweep/worker.h"
#include "bench/system/child.h"
#include "bench/system/clock_and_signals.h"
#include "bench/text/numbers.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEBIBYTE = 1 << 20 };

/* A place for one run at a time. */
typedef struct slot {
  child worker;
  sweep_run *run; /* NULL: free */
} slot;

typedef struct running {
  const sweep_jobs *jobs;
  slot *slots; /* jobs->side_by_side */
  struct pollfd *polls;
  size_t next, active;
  size_t real; /* runs that a process is started for */
  double started;
} running;

/* -------------------------------------------------------------- writing -- */

static ys_code write_run(running *r, const sweep_run *run,
                         const run_result *result, int threads,
                         ys_error *error) {
  run_spec done = run->spec;
  done.threads = threads;
  ys_code code = runlog_write(r->jobs->log, &done, result, error);
  if (code)
    return code;
  run_lines_put(r->jobs->lines, &run->spec, result);
  return YS_OK;
}

/* A run that has no figures, and why. */
static ys_code write_none(running *r, const sweep_run *run, run_status status,
                          const char *why, ys_error *error) {
  run_result none = run_result_none(status);
  snprintf(none.message, sizeof none.message, "%.*s",
           (int)sizeof none.message - 1, why);
  return write_run(r, run, &none, run->spec.threads, error);
}

/* ------------------------------------------------------ starting, ending -- */

static const char ranks_mark[] = "{ranks}";

ys_code sweep_launcher_check(const char *launcher, ys_error *error) {
  ys_memory memory = {0};
  char **words = exec_words(launcher, &memory);
  size_t count = 0;
  while (words && words[count])
    count++;
  const bool good = count > 0 && count <= CHILD_MOST_WORDS && **words &&
                    strstr(launcher, ranks_mark);
  ys_code code = ys_memory_check(&memory, error);
  ys_give_back(&memory);
  if (code)
    return code;
  return good ? YS_OK
              : ys_fail(error, YS_BAD_INPUT,
                        "--launcher %s: expected a command of at most %d words "
                        "with {ranks} among them",
                        launcher, CHILD_MOST_WORDS);
}

/* The words that start so many ranks, in `memory`; NULL for want of it. */
static char **launcher_words(const char *launcher, size_t ranks,
                             ys_memory *memory) {
  char **words = exec_words(launcher, memory);
  for (size_t i = 0; words && words[i]; i++) {
    char *mark = strstr(words[i], ranks_mark);
    if (!mark)
      continue;
    words[i] = ys_take_text(memory, "%.*s%zu%s", (int)(mark - words[i]),
                            words[i], ranks, mark + strlen(ranks_mark));
    if (!words[i])
      return NULL;
  }
  return words;
}

static ys_code start_worker(const running *r, slot *free_slot, sweep_run *run,
                            ys_error *error) {
  ys_memory memory = {0};
  const char *labels = NULL;
  const bool has_ranks = run->spec.ranks > 1;
  child_command command = {.name = "worker", .threads = run->spec.threads};
  child_limits limits = {run->spec.wall_seconds,
                         (size_t)run->spec.memory_mebibytes * MEBIBYTE};
  if (r->jobs->save_labels)
    labels = r->jobs->dir->path;
  child_order order = worker_pack(&run->spec, labels, &memory);
  if (has_ranks)
    command.launcher =
        launcher_words(r->jobs->launcher, run->spec.ranks, &memory);
  const bool ready = order.bytes && (command.launcher || !has_ranks);
  ys_code code =
      ready ? child_start(&free_slot->worker, &command, &order, &limits, error)
            : ys_fail_memory(error, "a run");
  ys_give_back(&memory);
  return code;
}

static ys_code start_next(running *r, ys_error *error) {
  sweep_run *run = r->jobs->runs[r->next++];
  if (run->unsupported)
    return write_none(r, run, RUN_UNSUPPORTED, run->unsupported, error);
  slot *place = r->slots;
  while (place->run)
    place++;
  ys_code code = start_worker(r, place, run, error);
  if (code)
    return code;
  place->run = run;
  r->active++;
  return YS_OK;
}

static ys_code finish(running *r, slot *place, ys_error *error) {
  child *worker = &place->worker;
  worker_report report;
  sweep_run *run = place->run;
  child_end end = child_finish(worker);
  const bool whole = worker_read(worker->bytes, worker->used, &report);
  ys_code code;
  place->run = NULL;
  r->active--;
  /* A launcher ends badly where a rank is lost, and the first says which. */
  if (!end.is_good && !(worker->is_launched && whole && !worker->is_late))
    code = write_none(r, run, RUN_FAILED, end.text, error);
  else if (!whole)
    code = write_none(r, run, RUN_FAILED, "its report was cut off", error);
  else if (report.is_lost) /* the disk failed: the run is to be done again */
    code = ys_fail(error, report.error.code, "%s", report.error.text);
  else if (report.error.code)
    code = write_none(r, run, RUN_FAILED, report.error.text, error);
  else
    code = write_run(r, run, &report.result, report.threads, error);
  child_free(worker);
  return code;
}

/* -------------------------------------------------------------- waiting -- */

static void show_progress(const running *r) {
  char line[256], left[DURATION_ROOM] = "?";
  const run_lines *lines = r->jobs->lines;
  size_t done = lines->done, count = r->jobs->count;
  size_t real = done - lines->ended[RUN_UNSUPPORTED]; /* they take no time */
  double elapsed = clock_seconds() - r->started;
  if (!console_is_terminal())
    return;
  if (real)
    duration_text(left, elapsed / (double)real * (double)(r->real - real));
  snprintf(line, sizeof line, "[%zu/%zu] %zu running, %zu failed, %s left",
           done, count, r->active, run_lines_failed(lines), left);
  console_progress(line);
}

/* Wait until a report can be read, a time is up, or a second has passed. */
static void wait_for_news(running *r) {
  double least = 1;
  for (size_t i = 0; i < r->jobs->side_by_side; i++) {
    slot *s = &r->slots[i];
    r->polls[i] =
        (struct pollfd){.fd = s->run ? s->worker.report : -1, .events = POLLIN};
    if (s->run)
      least = fmin(least, fmax(0.01, child_remaining(&s->worker)));
  }
  if (poll(r->polls, r->jobs->side_by_side, (int)ceil(1e3 * least)) < 0)
    for (size_t i = 0; i < r->jobs->side_by_side; i++)
      r->polls[i].revents = 0;
}

static ys_code take_news(running *r, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < r->jobs->side_by_side; i++)
    if (r->slots[i].run && r->polls[i].revents &&
        child_read(&r->slots[i].worker))
      code = finish(r, &r->slots[i], error);
  return code;
}

static ys_code loop(running *r, ys_error *error) {
  ys_code code = YS_OK;
  while (!code && !interrupt_signal() &&
         (r->active || r->next < r->jobs->count)) {
    while (!code && r->next < r->jobs->count &&
           r->active < r->jobs->side_by_side)
      code = start_next(r, error);
    show_progress(r);
    if (!code && r->active) {
      wait_for_news(r);
      code = take_news(r, error);
    }
  }
  console_progress(NULL);
  return code;
}

ys_code sweep_jobs_run(const sweep_jobs *jobs, ys_error *error) {
  running r = {.jobs = jobs, .started = clock_seconds()};
  for (size_t i = 0; i < jobs->count; i++)
    r.real += jobs->runs[i]->unsupported == NULL;
  r.slots = calloc(jobs->side_by_side, sizeof *r.slots);
  r.polls = calloc(jobs->side_by_side, sizeof *r.polls);
  ys_code code = r.slots && r.polls ? YS_OK : ys_fail_memory(error, "the jobs");
  if (!code)
    code = loop(&r, error);
  for (size_t i = 0; r.slots && i < jobs->side_by_side; i++)
    child_free(&r.slots[i].worker);
  free(r.slots);
  free(r.polls);
  return code;
}
