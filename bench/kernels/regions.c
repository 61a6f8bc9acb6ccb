#include "bench/kernels/regions.h"

#include <time.h>

static regions *watched; /* there is no other way to tell a wrapped function */

double regions_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void regions_watch(regions *to) {
  watched = to;
}

#ifdef __linux__
typedef void region_body(void *data);
void __real_GOMP_parallel(region_body *body, void *data, unsigned threads,
                          unsigned flags);
void __wrap_GOMP_parallel(region_body *body, void *data, unsigned threads,
                          unsigned flags);

void __wrap_GOMP_parallel(region_body *body, void *data, unsigned threads,
                          unsigned flags) {
  regions *to = watched;
  if (!to) {
    __real_GOMP_parallel(body, data, threads, flags);
    return;
  }
  const double before = regions_clock();
  __real_GOMP_parallel(body, data, 1, flags);
  to->seconds[threads < REGIONS_CORES ? threads : REGIONS_CORES] +=
      regions_clock() - before;
  to->count++;
}
#endif

double regions_serial(const regions *r, double all) {
  for (size_t threads = 2; threads <= REGIONS_CORES; threads++)
    all -= r->seconds[threads];
  return all;
}

double regions_speedup(const regions *r, double all) {
  double left = regions_serial(r, all);
  for (size_t threads = 2; threads <= REGIONS_CORES; threads++)
    left += r->seconds[threads] / (double)threads;
  return all / left;
}
