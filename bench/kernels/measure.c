#include "bench/kernels/measure.h"

#include "problems/vector/array.h"

#include "bench/system/clock_and_signals.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ----------------------------------------------------- arithmetic ---- */

quartiles quartiles_of(double *values, size_t count) {
  if (count == 0)
    return (quartiles){NAN, NAN, NAN};
  gsl_sort(values, 1, count);
  return (quartiles){
      gsl_stats_quantile_from_sorted_data(values, 1, count, 0.25),
      gsl_stats_quantile_from_sorted_data(values, 1, count, 0.5),
      gsl_stats_quantile_from_sorted_data(values, 1, count, 0.75)};
}

double kernel_target(const kernel *k, size_t classes) {
  if (k->rate > 0)
    return classes >= 100 ? k->rate : 0;
  return classes < 10 ? k->small : k->target;
}

/* Quantities that a sample yields. */
enum {
  NS,
  TRIAD_NS,
  TRIADS,
  READ_NS,
  READS,
  SHARE,
  GFLOPS,
  GEMM,
  RATE,
  QUANTITIES
};

static void derive(const sample *s, const measurement *m, double gemm_flops,
                   double *values, size_t stride) {
  const double elements = (double)m->rows * (double)m->classes;
  const double flops =
      m->kernel->flops ? m->kernel->flops(m->rows, m->classes) : NAN;
  values[NS * stride] = 1e9 * s->kernel / elements;
  values[TRIAD_NS * stride] = 1e9 * s->triad / elements;
  values[TRIADS * stride] = s->kernel / s->triad;
  values[READ_NS * stride] = 1e9 * s->read / elements;
  values[READS * stride] = s->kernel / s->read;
  values[SHARE * stride] = s->share;
  values[GFLOPS * stride] = 1e-9 * flops / s->kernel;
  values[GEMM * stride] = 1e-9 * gemm_flops / s->gemm;
  values[RATE * stride] = flops / s->kernel / (gemm_flops / s->gemm);
}

static void judge_target(measurement *m) {
  m->met = m->kernel->rate > 0 ? m->rate.median >= m->target
                               : m->triads.median <= m->target;
  m->met = m->met && m->target > 0;
}

ys_code measure_summarise(const sample *samples, size_t count,
                          double gemm_flops, double read_bytes, measurement *m,
                          ys_error *error) {
  double *values = ys_array(ys_times(count + 1, QUANTITIES), sizeof *values);
  const quartiles none = {NAN, NAN, NAN};
  if (!values)
    return ys_fail_memory(error, "samples");
  for (size_t i = 0; i < count; i++)
    derive(samples + i, m, gemm_flops, values + i, count);
  quartiles share;
  quartiles *to[QUANTITIES] = {&m->ns,      &m->triad_ns, &m->triads,
                               &m->read_ns, &m->reads,    &share,
                               &m->gflops,  &m->gemm,     &m->rate};
  for (size_t q = 0; q < QUANTITIES; q++)
    *to[q] = q < GFLOPS || m->kernel->flops
                 ? quartiles_of(values + q * count, count)
                 : none;
  free(values);
  const double elements = (double)m->rows * (double)m->classes;
  m->samples = count;
  m->share = share.median;
  m->bytes = m->kernel->arrays * elements * sizeof(double);
  m->bandwidth = m->bytes / (m->ns.median * elements);
  m->read_rate = read_bytes / (m->read_ns.median * elements);
  judge_target(m);
  return YS_OK;
}

/* --------------------------------------------------------- timing ---- */

/* Seconds of one run, those in which the kernel found nothing to do not
 * counted. */
static ys_code time_run(kernel_case *c, double *seconds, ys_error *error) {
  enum { MOST_TRIES = 4 };
  for (int i = 0; i < MOST_TRIES; i++) {
    ys_code code = c->kernel->ready ? c->kernel->ready(c, error) : YS_OK;
    double before = clock_seconds();
    if (!code)
      code = c->kernel->run(c, error);
    *seconds = clock_seconds() - before;
    if (code || !c->standing)
      return code;
  }
  return ys_fail(error, YS_BAD_NUMERICS, "the solver stalls at once");
}

static ys_code time_runs(kernel_case *c, size_t runs, double *seconds,
                         ys_error *error) {
  double total = 0;
  for (size_t i = 0; i < runs; i++) {
    ys_code code = time_run(c, seconds, error);
    if (code)
      return code;
    total += *seconds;
  }
  *seconds = total / (double)runs;
  return YS_OK;
}

static double cpu_seconds(void) {
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* Seconds of a triad; what its threads had of a processor each, into *share. */
static double time_triads(const yardstick *t, size_t runs, double *share) {
  double before = clock_seconds(), cpu = cpu_seconds();
  for (size_t i = 0; i < runs; i++)
    triad_run(t);
  double seconds = clock_seconds() - before;
  *share = (cpu_seconds() - cpu) / (seconds * t->threads);
  return seconds / (double)runs;
}

static double time_reads(const ys_batch *batch, int threads, size_t runs) {
  volatile double sum;
  double before = clock_seconds();
  for (size_t i = 0; i < runs; i++)
    sum = sigma_read(batch, threads);
  (void)sum;
  return (clock_seconds() - before) / (double)runs;
}

/* The first run warms up. */
static double time_gemm(const yardstick *g) {
  gemm_run(g);
  double before = clock_seconds();
  gemm_run(g);
  return clock_seconds() - before;
}

/* Runs a sample needs. */
static size_t runs_for(double seconds, const effort *spend) {
  const double most = 10000;
  return (size_t)fmin(most, fmax(1, ceil(spend->sample / seconds)));
}

/* How often to repeat each for a sample. */
typedef struct repeats {
  size_t kernel, triad, read;
} repeats;

/* Everything once, which also warms it up, to see how often to repeat it. */
static ys_code calibrate(kernel_case *c, const yardstick *t,
                         const effort *spend, repeats *runs, ys_error *error) {
  const ys_batch *batch = c->data->objective->batch;
  double seconds, unused;
  triad_run(t);
  runs->triad = runs_for(time_triads(t, 1, &unused), spend);
  sigma_read(batch, t->threads);
  runs->read = runs_for(time_reads(batch, t->threads, 1), spend);
  ys_code code = time_run(c, &seconds, error);
  runs->kernel = code ? 1 : runs_for(seconds, spend);
  return code;
}

static ys_code take_samples(kernel_case *c, const yardstick *t,
                            const yardstick *g, const effort *spend,
                            sample *samples, size_t *count, ys_error *error) {
  repeats runs;
  double started = clock_seconds();
  ys_code code = calibrate(c, t, spend, &runs, error);
  for (*count = 0; !code && *count < spend->most && !interrupt_signal();) {
    sample *s = samples + *count;
    if (*count >= spend->least && clock_seconds() - started > spend->seconds)
      break;
    s->triad = time_triads(t, runs.triad, &s->share);
    s->read = time_reads(c->data->objective->batch, t->threads, runs.read);
    s->gemm = NAN;
    if (c->kernel->flops)
      s->gemm = time_gemm(g);
    code = time_runs(c, runs.kernel, &s->kernel, error);
    *count += code == YS_OK;
  }
  return code;
}

void measure_kernel(const kernel *k, const kernel_data *data,
                    const yardstick *t, const yardstick *g, const effort *spend,
                    measurement *m) {
  kernel_case c = {.kernel = k, .data = data};
  ys_error error = {YS_OK, ""};
  size_t count = 0;
  m->kernel = k;
  sample *samples = ys_array(spend->most, sizeof *samples);
  ys_code code = samples ? YS_OK : ys_fail_memory(&error, "samples");
  if (!code && k->begin)
    code = k->begin(&c, &error);
  if (!code)
    code = take_samples(&c, t, g, spend, samples, &count, &error);
  if (k->end)
    k->end(&c);
  ys_give_back(&c.memory);
  m->samples = count;
  if (count)
    code = measure_summarise(samples, count, gemm_flops(g),
                             sigma_bytes(data->objective->batch), m, &error);
  snprintf(m->failure, sizeof m->failure, "%s",
           code || count ? error.text : "interrupted");
  free(samples);
}
