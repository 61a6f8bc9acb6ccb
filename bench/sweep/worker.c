#include "bench/sweep/worker.h"

#include <string.h>

enum { TEXTS = 5 };

/* In the order in which they follow the struct. */
static void texts_of(run_spec *run, const char **labels,
                     const char **texts[TEXTS]) {
  texts[0] = &run->problem;
  texts[1] = &run->solver;
  texts[2] = &run->start;
  texts[3] = &run->prior;
  texts[4] = labels;
}

child_order worker_pack(const run_spec *run, const char *labels,
                        ys_memory *memory) {
  run_spec copy = *run;
  const char *file = labels ? labels : "", **text[TEXTS];
  size_t size = sizeof copy;
  texts_of(&copy, &file, text);
  for (int i = 0; i < TEXTS; i++)
    size += strlen(*text[i]) + 1;
  char *bytes = ys_take(memory, size, 1, "an order"), *next = bytes;
  if (!bytes)
    return (child_order){NULL, 0};
  next = mempcpy(next, &copy, sizeof copy);
  for (int i = 0; i < TEXTS; i++)
    next = stpcpy(next, *text[i]) + 1;
  return (child_order){bytes, size};
}

bool worker_unpack(const char *bytes, size_t size, run_spec *run,
                   const char **labels) {
  const char **text[TEXTS], *next = bytes + sizeof *run, *end = bytes + size;
  if (size < sizeof *run)
    return false;
  memcpy(run, bytes, sizeof *run);
  texts_of(run, labels, text);
  for (int i = 0; i < TEXTS; i++) {
    const char *last = memchr(next, '\0', (size_t)(end - next));
    if (!last)
      return false;
    *text[i] = next;
    next = last + 1;
  }
  return next == end;
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
