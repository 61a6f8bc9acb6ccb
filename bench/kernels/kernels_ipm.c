/* The interior point: an iteration, its Newton system, and that system's M K^2
 * part alone. */
#include "bench/kernels/kernel.h"

#include "problems/vector/array.h"
#include "solvers/ipm/ipm_state.h"

/* Two vectors a row, K (K + 1) / 2 inner products over them. */
static double syrk_flops(size_t rows, size_t classes) {
  return 2.0 * (double)rows * (double)classes * (double)(classes + 1);
}

/* And a Cholesky factorisation. */
static double system_flops(size_t rows, size_t classes) {
  const double n = (double)classes;
  return syrk_flops(rows, classes) + n * n * n / 3;
}

/* ------------------------------------------------- the system ---- */

typedef struct system_work {
  ys_work work;
  ys_ipm_state *state;
} system_work;

/* A few iterations in. */
static ys_code begin_system(kernel_case *c, ys_error *error) {
  enum { CORRECTORS = 2, ITERATIONS = 3 };
  const kernel_data *d = c->data;
  const ys_batch *batch = d->objective->batch;
  const size_t tiles = ys_ipm_tiles(batch->rows);
  system_work *w = c->state =
      ys_work_open(sizeof *w, "the interior point", d->objective, error);
  if (!w)
    return YS_NO_MEMORY;
  ys_ipm_state *p = w->state = ys_ipm_open(&w->work.memory, d->objective, tiles,
                                           tiles * batch->classes, CORRECTORS);
  ys_code code = ys_memory_check(&w->work.memory, error);
  if (code)
    return code;
  ys_ipm_read(p, NULL, d->y, NULL);
  for (int i = 0; i < ITERATIONS; i++)
    ys_ipm_iterate(p, d->out);
  return YS_OK;
}

static ys_code run_system(kernel_case *c, ys_error *error) {
  ys_ipm_state *p = ((system_work *)c->state)->state;
  ys_ipm_factor(p);
  ys_ipm_fairness(p);
  return ys_ipm_assemble(p) ? YS_OK
                            : ys_fail(error, YS_BAD_NUMERICS,
                                      "the system cannot be factorised");
}

static void end_system(kernel_case *c) {
  ys_work_free(c->state);
}

/* -------------------------------------------------------- SYRK alone ---- */

/* As many row blocks as ys_ipm_factor would see, one after the other from the
 * same memory, which stays in the cache as it does there. */
enum { ROWS = YS_IPM_CHUNK * YS_LANES };

typedef struct products {
  ys_lanes *vectors; /* threads x K x 2 CHUNK */
  double *matrix;    /* threads x K x K */
  size_t chunks;
  int threads;
} products;

static size_t chunks_of(size_t rows) {
  return (rows + ROWS - 1) / ROWS;
}

static double chunk_flops(size_t rows, size_t classes) {
  return syrk_flops(chunks_of(rows) * ROWS, classes);
}

static ys_code begin_syrk(kernel_case *c, ys_error *error) {
  const ys_batch *batch = c->data->objective->batch;
  const size_t n = batch->classes;
  products *w = c->state = ys_take(&c->memory, 1, sizeof *w, "vectors");
  if (!w)
    return ys_memory_check(&c->memory, error);
  w->chunks = chunks_of(batch->rows);
  w->threads = c->data->objective->threads;
  const size_t copies = (size_t)w->threads;
  const size_t lanes = copies * n * 2 * YS_IPM_CHUNK;
  w->vectors = ys_take(&c->memory, lanes, sizeof *w->vectors, "vectors");
  w->matrix =
      ys_take_numbers(&c->memory, ys_times(ys_times(copies, n), n), "vectors");
  if (!w->vectors || !w->matrix)
    return ys_memory_check(&c->memory, error);
  for (size_t i = 0; i < lanes; i++)
    for (size_t l = 0; l < YS_LANES; l++)
      w->vectors[i][l] = 1e-3 * (double)((i + l) % 17);
  return YS_OK;
}

static ys_code run_syrk(kernel_case *c, ys_error *error) {
  products *w = c->state;
  const size_t n = c->data->objective->batch->classes;
  (void)error;
#pragma omp parallel for schedule(static) num_threads(w->threads)
  for (int t = 0; t < w->threads; t++) {
    const size_t at = (size_t)t, all = (size_t)w->threads;
    for (size_t i = at * w->chunks / all; i < (at + 1) * w->chunks / all; i++)
      ys_ipm_subtract(w->vectors + at * n * 2 * YS_IPM_CHUNK, 2 * YS_IPM_CHUNK,
                      n, w->matrix + at * n * n);
  }
  return YS_OK;
}

/* ------------------------------------------------------------ table ---- */

/* Its state is a dozen arrays, so a smaller batch is out of the cache. Of those
 * arrays an iteration has to read the slopes, y and s and to write y and s. */
const kernel kernel_ipm = {.name = "ipm",
                           .about = "one interior point iteration",
                           .solver = "ipm:active=0",
                           .warm = 2,
                           .most = 6,
                           .arrays = 5,
                           .share = 0.25,
                           .begin = kernel_solver_begin,
                           .ready = kernel_solver_ready,
                           .run = kernel_solver_run,
                           .end = kernel_solver_end,
                           .flops = system_flops};

const kernel kernel_ipm_system = {
    .name = "ipm-system",
    .about = "the interior point's Newton system, factorised",
    .arrays = 3,
    .share = 0.25,
    .begin = begin_system,
    .run = run_system,
    .end = end_system,
    .flops = system_flops};

const kernel kernel_ipm_syrk = {.name = "ipm-syrk",
                                .about = "the outer products of that system",
                                .rate = 0.7,
                                .share = 0.25,
                                .begin = begin_syrk,
                                .run = run_syrk,
                                .flops = chunk_flops};
