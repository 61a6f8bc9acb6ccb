/* What kernel-bench is asked to measure, and the batches to measure it on. */
#ifndef PLAN_H
#define PLAN_H

#include "bench/cli/args.h"
#include "bench/kernels/measure.h"

typedef struct plan {
  const kernel **kernel;
  size_t *classes, *threads;
  size_t kernel_count, class_count, thread_count;
  size_t elements[2]; /* M K in and out of cache; 0: not wanted */
  const char *batch;  /* a problem's spec, less M and K */
  double lambda;
  effort effort;
  size_t done, total; /* measurements */
  ys_memory memory;
} plan;

/* Read the options of kernel-bench. On failure nothing is left to free. */
ys_code plan_read(const arg *args, plan *p, ys_error *error);
void plan_free(plan *p);

/* A Markdown list: machine, compiler, settings, sizes. */
void plan_describe(const plan *p, char *text, size_t room);

/* One batch of the plan. Where kernels ask for smaller ones, there are several
 * of a size. */
typedef struct plan_batch {
  const char *size; /* "cache" or "memory" */
  double share;     /* of the size's elements; for the kernels of this share */
  size_t rows, classes;
  ys_batch batch;
} plan_batch;

/* The i-th batch, not yet made; false if there are no more. */
bool plan_batch_at(const plan *p, size_t i, plan_batch *b);
ys_code plan_batch_make(const plan *p, plan_batch *b, ys_error *error);

/* Whether the kernel is to be measured on this batch. */
bool plan_wants(const plan_batch *b, const kernel *k);

/* What a measurement of it begins as. The targets are for out of cache; those
 * in triads for all threads. */
measurement plan_measurement(const plan *p, const plan_batch *b,
                             const kernel *k, int threads);

/* A batch with all that the measurements on it share. */
typedef struct stage {
  ys_objective objective;
  ys_scratch scratch;
  double *y, *out;
  yardstick triad, gemm;
  kernel_data data;
  ys_memory memory;
} stage;

/* Set up for a number of threads: y is where a few EM iterations lead. On
 * failure, stage_free is to be called all the same. */
ys_code stage_init(stage *s, const plan *p, const plan_batch *b, int threads,
                   ys_error *error);
void stage_free(stage *s);

#endif
