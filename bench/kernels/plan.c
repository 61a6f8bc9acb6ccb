#include "bench/kernels/plan.h"

#include "bench/store/meta.h"
#include "problems/problem.h"
#include "problems/vector/array.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------- caches ---- */

enum { CACHE_LAST = 0 };

/* One of the files that describe a cache; false if it is not there. */
static bool read_word(int index, const char *name, char *word, size_t room) {
  char path[96];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s",
           index, name);
  FILE *file = fopen(path, "re");
  bool found = file && fgets(word, (int)room, file);
  if (file)
    fclose(file);
  return found;
}

/* Bytes of the data cache of a level, 1 to 4, that processor 0 uses, or of the
 * last level there is; 0 if the system does not say. From Linux's
 * /sys/devices/system/cpu: sysconf counts the whole socket's on some machines.
 */
static size_t cache_bytes(int level) {
  char word[32];
  int at, last = 0;
  size_t found = 0, kib;
  for (int i = 0; read_word(i, "type", word, sizeof word); i++) {
    if (strncmp(word, "Instruction", 11) == 0 ||
        !read_word(i, "level", word, sizeof word) ||
        sscanf(word, "%d", &at) != 1 ||
        !read_word(i, "size", word, sizeof word) ||
        sscanf(word, "%zuK", &kib) != 1)
      continue;
    if (level == CACHE_LAST ? at > last : at == level)
      found = 1024 * kib;
    last = at > last ? at : last;
  }
  return found;
}

/* -------------------------------------------------------- options ---- */

static ys_code choose_kernels(const arg *args, plan *p, ys_error *error) {
  const arg *given = args_get(args, "kernel");
  size_t all = 0;
  while (kernels[all])
    all++;
  p->kernel = ys_take(&p->memory, ys_plus(all, given->count), sizeof *p->kernel,
                      "the kernels");
  if (!p->kernel)
    return ys_memory_check(&p->memory, error);
  for (size_t i = 0, which; i < given->count; i++) {
    const char *word = given->item[i];
    ys_code code = ys_look_up("kernel", YS_NAMES_TO_NULL(kernels), word,
                              strlen(word), " (try --list)", &which, error);
    if (code)
      return code;
    p->kernel[p->kernel_count++] = kernels[which];
  }
  for (size_t i = 0; given->count == 0 && i < all; i++)
    p->kernel[p->kernel_count++] = kernels[i];
  return YS_OK;
}

/* Whole numbers in [low, high], or `count` defaults. */
static ys_code read_whole(plan *p, const arg *given, double low, double high,
                          const size_t *defaults, size_t count, size_t **list,
                          size_t *found, ys_error *error) {
  *found = given->count ? given->count : count;
  *list = ys_take(&p->memory, *found, sizeof **list, "arguments");
  if (!*list)
    return ys_memory_check(&p->memory, error);
  for (size_t i = 0; i < *found; i++) {
    double number = (double)defaults[given->count ? 0 : i];
    if (given->count &&
        (!ys_read_number(given->item[i], &number) || number != floor(number) ||
         number < low || number > high))
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s %s is not valid: expected a whole number in "
                     "[%g, %g]",
                     given->option.name, given->item[i], low, high);
    (*list)[i] = (size_t)number;
  }
  return YS_OK;
}

static ys_code read_classes(const arg *args, plan *p, bool quick,
                            ys_error *error) {
  static const size_t all[] = {2, 3, 5, 10, 20, 50, 100, 200, 1000};
  static const size_t few[] = {2, 10, 100};
  return read_whole(p, args_get(args, "classes"), 2, 100000, quick ? few : all,
                    quick ? sizeof few / sizeof *few : sizeof all / sizeof *all,
                    &p->classes, &p->class_count, error);
}

static ys_code read_threads(const arg *args, plan *p, ys_error *error) {
  size_t all = (size_t)omp_get_num_procs();
  const size_t defaults[] = {1, all};
  return read_whole(p, args_get(args, "threads"), 1, 1024, defaults,
                    all > 1 ? 2 : 1, &p->threads, &p->thread_count, error);
}

/* Arrays of twice the last cache, and 64 MiB at least. */
static double beyond_cache(void) {
  return fmax(2.0 * (double)cache_bytes(CACHE_LAST), 64.0 * 1024 * 1024) /
         sizeof(double);
}

static ys_code read_sizes(const arg *args, plan *p, bool quick,
                          ys_error *error) {
  const char *only = args_text(args, "size");
  size_t in = 0, out = (size_t)(beyond_cache() / (quick ? 2 : 1));
  const arg_whole sizes[] = {{"cache-elements", 1, 1e12, &in},
                             {"memory-elements", 1, 1e12, &out}};
  ys_code code = args_wholes(args, sizes, 2, error);
  const bool in_cache = !only || strcmp(only, "cache") == 0;
  const bool in_memory = !only || strcmp(only, "memory") == 0;
  if (!code && !in_cache && !in_memory)
    code = ys_fail(error, YS_BAD_INPUT, "no size '%s'; it is cache or memory",
                   only);
  p->elements[0] = in_cache ? in : 0;
  p->elements[1] = in_memory ? out : 0;
  return code;
}

static size_t count_measurements(const plan *p) {
  size_t total = 0;
  plan_batch b;
  for (size_t i = 0; plan_batch_at(p, i, &b); i++)
    for (size_t k = 0; k < p->kernel_count; k++)
      total += plan_wants(&b, p->kernel[k]) ? p->thread_count : 0;
  return total;
}

ys_code plan_read(const arg *args, plan *p, ys_error *error) {
  const bool quick = args_given(args, "quick");
  *p = (plan){.batch = args_text(args, "batch")};
  p->effort = quick ? (effort){3, 5, 0.1, 0.0005} : (effort){5, 50, 0.5, 0.002};
  ys_code code = choose_kernels(args, p, error);
  if (!code)
    code = read_classes(args, p, quick, error);
  if (!code)
    code = read_threads(args, p, error);
  if (!code)
    code = read_sizes(args, p, quick, error);
  if (!code)
    code = args_number(args, "lambda", 0, 1e300, &p->lambda, error);
  if (code)
    plan_free(p);
  else
    p->total = count_measurements(p);
  return code;
}

void plan_free(plan *p) {
  ys_give_back(&p->memory);
}

/* ---------------------------------------------------- description ---- */

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "not set";
}

void plan_describe(const plan *p, char *text, size_t room) {
  char cpu[256];
  const double kib = 1024;
  double load = NAN;
  getloadavg(&load, 1);
  meta_cpu(cpu, sizeof cpu);
  snprintf(text, room,
           "* CPU: %s, %d processors, load %.1f at the end; caches: L1d %g "
           "KiB, L2 %g KiB, L3 %g KiB"
           "\n* ystep %s, %s\n* compiler: %s, `%s`\n"
           "* OpenMP: OMP_WAIT_POLICY %s, OMP_PROC_BIND %s, OMP_PLACES %s, "
           "GOMP_SPINCOUNT %s\n* DGEMM: %s, %s\n"
           "* batch: %s, lambda %g, collision + strong\n"
           "* in cache: M K = %zu; out of cache: %zu (%.0f MiB an "
           "array); 0: not measured\n"
           "* a sample lasts %g ms at least; %zu samples at least\n",
           cpu, omp_get_num_procs(), load, (double)cache_bytes(1) / kib,
           (double)cache_bytes(2) / kib, (double)cache_bytes(3) / kib,
           meta_version, meta_commit, meta_compiler, meta_flags,
           setting("OMP_WAIT_POLICY"), setting("OMP_PROC_BIND"),
           setting("OMP_PLACES"), setting("GOMP_SPINCOUNT"),
           openblas_get_config(), openblas_get_corename(), p->batch, p->lambda,
           p->elements[0], p->elements[1],
           (double)p->elements[1] * sizeof(double) / kib / kib,
           1e3 * p->effort.sample, p->effort.least);
}

/* -------------------------------------------------------- batches ---- */

bool plan_wants(const plan_batch *b, const kernel *k) {
  return strcmp(b->size, "cache") == 0 ||
         (k->share > 0 ? k->share : 1) == b->share;
}

static bool any_wants(const plan *p, const plan_batch *b) {
  for (size_t k = 0; k < p->kernel_count; k++)
    if (plan_wants(b, p->kernel[k]))
      return true;
  return false;
}

static int most_threads(const plan *p) {
  size_t most = 0;
  for (size_t t = 0; t < p->thread_count; t++)
    most = p->threads[t] > most ? p->threads[t] : most;
  return (int)most;
}

measurement plan_measurement(const plan *p, const plan_batch *b,
                             const kernel *k, int threads) {
  const bool out = strcmp(b->size, "memory") == 0;
  const bool counts = out && (k->rate > 0 || threads == most_threads(p));
  return (measurement){.kernel = k,
                       .size = b->size,
                       .rows = b->rows,
                       .classes = b->classes,
                       .threads = threads,
                       .target = counts ? kernel_target(k, b->classes) : 0};
}

/* By number of classes; for each, in cache, out of cache, out of cache small.
 */
bool plan_batch_at(const plan *p, size_t i, plan_batch *b) {
  static const struct {
    const char *size;
    double share;
  } kinds[] = {{"cache", 1}, {"memory", 1}, {"memory", 0.25}};
  const size_t count = sizeof kinds / sizeof *kinds;
  for (size_t j = 0; j < count * p->class_count; j++) {
    *b = (plan_batch){.size = kinds[j % count].size,
                      .share = kinds[j % count].share,
                      .classes = p->classes[j / count]};
    size_t elements = p->elements[j % count > 0];
    double rows = b->share * (double)elements / (double)b->classes;
    b->rows = rows < 1 ? 1 : (size_t)rows;
    if (elements && any_wants(p, b) && i-- == 0)
      return true;
  }
  return false;
}

ys_code plan_batch_make(const plan *p, plan_batch *b, ys_error *error) {
  char spec[512];
  snprintf(spec, sizeof spec, "%s%cM=%zu,K=%zu", p->batch,
           strchr(p->batch, ':') ? ',' : ':', b->rows, b->classes);
  return ys_problem_make(spec, omp_get_num_procs(), &b->batch, error);
}

/* ---------------------------------------------------------- stage ---- */

/* y from uniform by a few iterations of EM. */
static ys_code find_labels(stage *s, ys_error *error) {
  const kernel em = {.solver = "em", .warm = 3};
  const ys_batch *batch = s->objective.batch;
  kernel_case c = {.kernel = &em, .data = &s->data};
  ys_code code = kernel_solver_begin(&c, error);
  if (!code)
    memcpy(s->y, c.y, batch->rows * batch->classes * sizeof *s->y);
  kernel_solver_end(&c);
  ys_give_back(&c.memory);
  return code;
}

ys_code stage_init(stage *s, const plan *p, const plan_batch *b, int threads,
                   ys_error *error) {
  enum { GEMM_SIZE = 512 };
  const size_t count = b->rows * b->classes;
  *s = (stage){0};
  ys_code code = ys_objective_init(&s->objective, &b->batch, YS_COLLISION,
                                   YS_STRONG, p->lambda, NULL, threads, error);
  if (!code)
    code = ys_scratch_init(&s->scratch, &s->objective, error);
  if (!code)
    code = triad_init(&s->triad, count, threads, error);
  if (!code)
    code = gemm_init(&s->gemm, GEMM_SIZE, threads, error);
  if (code)
    return code;
  s->y = ys_take_numbers(&s->memory, count, "labels");
  s->out = ys_take_numbers(&s->memory, count, "labels");
  if (!s->y || !s->out)
    return ys_memory_check(&s->memory, error);
  s->data = (kernel_data){&s->objective, s->y, s->out, &s->scratch};
  return find_labels(s, error);
}

void stage_free(stage *s) {
  yardstick_free(&s->triad);
  yardstick_free(&s->gemm);
  ys_give_back(&s->memory);
  ys_scratch_free(&s->scratch);
  ys_objective_free(&s->objective);
}
