#include "bench/sweep/worker.h"

#include <string.h>

enum { MOST_WORDS = 48 };

typedef struct words {
  char **word;
  size_t count;
  bool failed;
  arena *memory;
} words;

static void add(words *to, const char *text) {
  char *copy = arena_text(to->memory, "%s", text);
  to->failed = to->failed || !copy;
  to->word[to->count++] = copy;
}

static void add_option(words *to, const char *name, const char *text) {
  add(to, name);
  add(to, text);
}

static void add_number(words *to, const char *name, double number) {
  char *text = arena_text(to->memory, "%.17g", number);
  to->failed = to->failed || !text;
  add(to, name);
  to->word[to->count++] = text;
}

static void add_y_step(words *to, const sweep_run *run) {
  const run_row *row = &run->row;
  add_option(to, "-p", row->problem);
  add_option(to, "-s", row->solver);
  add_option(to, "--loss", ys_loss_name(row->loss));
  add_option(to, "--fairness", ys_fairness_name(row->fairness));
  add_number(to, "--lambda", row->lambda);
  add_option(to, "--start", run->start);
  if (strcmp(run->prior, "uniform") != 0)
    add_option(to, "--prior", run->prior);
}

static void add_limits(words *to, const sweep_run *run) {
  add_number(to, "--tol", run->limits.tolerance);
  add_number(to, "--max-iter", (double)run->limits.max_iterations);
  add_number(to, "--time-limit", run->limits.seconds);
  if (run->limits.trace_every >= 0)
    add_number(to, "--trace-every", (double)run->limits.trace_every);
  add_number(to, "--seed", (double)run->row.seed);
  add_number(to, "--threads", run->row.threads);
}

char **worker_command(const sweep_run *run, const char *labels, arena *memory) {
  words to = {.memory = memory};
  to.word = arena_take(memory, MOST_WORDS * sizeof *to.word);
  if (!to.word)
    return NULL;
  add_option(&to, "ystep", "worker");
  add_y_step(&to, run);
  add_limits(&to, run);
  add_option(&to, "--digest", run->batch);
  if (labels)
    add_option(&to, "--labels", labels);
  return to.failed ? NULL : to.word;
}

bool worker_read(char *bytes, size_t used, worker_report *report) {
  if (used < sizeof *report)
    return false;
  memcpy(report, bytes, sizeof *report);
  size_t trace = used - sizeof *report;
  report->result.trace = (trace_point *)(void *)(bytes + sizeof *report);
  return trace % sizeof(trace_point) == 0 &&
         trace / sizeof(trace_point) == report->result.traced;
}
