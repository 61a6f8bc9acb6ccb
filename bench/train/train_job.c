#include "bench/train/train_job.h"

#include "problems/vector/array.h"

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
