/* Two threads, a handle each, under helgrind (make helgrind): they share
 * nothing but an interrupt, which is atomic. Each starts no threads of its own,
 * since helgrind does not know OpenMP's. */
#include "library/ystep.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 200, CLASSES = 5, TIMES = 5 };

typedef struct job {
  double y[ROWS * CLASSES];
  double lambda;
  ystep_handle *handle;
  int code;
} job;

static double sigma[ROWS * CLASSES];

static void *solve(void *context) {
  job *j = context;
  const ystep_array given = {sigma, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  const ystep_array labels = {j->y, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  for (int i = 0; !j->code && i < TIMES; i++)
    j->code = ys_solve(j->handle, &given, &labels);
  return NULL;
}

static void fill(void) {
  for (size_t i = 0; i < ROWS; i++) {
    double *row = sigma + i * CLASSES, sum = 0;
    for (size_t k = 0; k < CLASSES; k++)
      sum += row[k] = exp(2 * sin((double)(i * (k + 3) + 5 * k)));
    for (size_t k = 0; k < CLASSES; k++)
      row[k] /= sum;
  }
}

static int open_job(job *j, double lambda) {
  *j = (job){.lambda = lambda, .handle = ys_open()};
  return !j->handle || ys_set(j->handle, "lambda", lambda) ||
         ys_set(j->handle, "threads", 1);
}

int main(void) {
  static job jobs[2], alone[2];
  pthread_t threads[2];
  fill();
  for (int j = 0; j < 2; j++) {
    if (open_job(&jobs[j], 1 + 9 * j) || open_job(&alone[j], 1 + 9 * j))
      return EXIT_FAILURE;
    solve(&alone[j]);
  }
  for (int j = 0; j < 2; j++)
    if (pthread_create(&threads[j], NULL, solve, &jobs[j]))
      return EXIT_FAILURE;
  ys_interrupt(jobs[1].handle);
  for (int j = 0; j < 2; j++)
    pthread_join(threads[j], NULL);
  solve(&jobs[1]); /* whatever the interrupt has ended */
  for (int j = 0; j < 2; j++) {
    if (jobs[j].code || memcmp(jobs[j].y, alone[j].y, sizeof jobs[j].y) != 0) {
      fprintf(stderr, "two_threads: %s\n",
              jobs[j].code ? ys_message(jobs[j].handle) : "other bits");
      return EXIT_FAILURE;
    }
    ys_close(jobs[j].handle);
    ys_close(alone[j].handle);
  }
  puts("two threads at a time: the same bits");
  return EXIT_SUCCESS;
}
