#include "training/kmeans.h"

#include "problems/generators/rng.h"
#include "problems/memory.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct kmeans {
  const ys_dataset *data;
  size_t size;    /* numbers a row */
  size_t classes; /* K */
  int threads;
  double *sum;      /* K x size: of the rows of a cluster */
  ys_real *centre;  /* K x size */
  double *distance; /* rows: squared, to the nearest centre */
  double *count;    /* K: rows a cluster */
  size_t *cluster;  /* rows */
  ys_memory memory; /* of the above but the data */
} kmeans;

/* In the networks' precision, which is the data's: sixteen lanes of floats. */
static double squared_distance(const ys_real *row, const ys_real *centre,
                               size_t size) {
  ys_real sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t j = 0; j < size; j++) {
    ys_real d = row[j] - centre[j];
    sum += d * d;
  }
  return (double)sum;
}

static void put_centre(kmeans *k, size_t which, size_t row) {
  memcpy(k->centre + which * k->size, k->data->input + row * k->size,
         k->size * sizeof *k->centre);
}

/* Each row's nearest centre among the first `centres`; the sum of squares. */
static double assign(kmeans *k, size_t centres) {
#pragma omp parallel for num_threads(k->threads) schedule(static)
  for (size_t i = 0; i < k->data->rows; i++) {
    const ys_real *row = k->data->input + i * k->size;
    k->distance[i] = INFINITY;
    for (size_t c = 0; c < centres; c++) {
      double d = squared_distance(row, k->centre + c * k->size, k->size);
      if (d < k->distance[i]) {
        k->distance[i] = d;
        k->cluster[i] = c;
      }
    }
  }
  double sum = 0;
  for (size_t i = 0; i < k->data->rows; i++)
    sum += k->distance[i];
  return sum;
}

static size_t farthest(const kmeans *k) {
  size_t best = 0;
  for (size_t i = 1; i < k->data->rows; i++)
    if (k->distance[i] > k->distance[best])
      best = i;
  return best;
}

static void update(kmeans *k) {
  memset(k->sum, 0, k->classes * k->size * sizeof *k->sum);
  memset(k->count, 0, k->classes * sizeof *k->count);
  for (size_t i = 0; i < k->data->rows; i++) {
    double *sum = k->sum + k->cluster[i] * k->size;
    k->count[k->cluster[i]]++;
    for (size_t j = 0; j < k->size; j++)
      sum[j] += (double)k->data->input[i * k->size + j];
  }
  for (size_t c = 0; c < k->classes; c++) {
    if (k->count[c] == 0) {
      size_t row = farthest(k);
      put_centre(k, c, row);
      k->distance[row] = 0;
      continue;
    }
    for (size_t j = 0; j < k->size; j++)
      k->centre[c * k->size + j] =
          (ys_real)(k->sum[c * k->size + j] / k->count[c]);
  }
}

/* Rows drawn with probability proportional to the squared distance from the
 * centres so far. */
static void seed_centres(kmeans *k, gsl_rng *rng) {
  put_centre(k, 0, gsl_rng_uniform_int(rng, k->data->rows));
  for (size_t c = 1; c < k->classes; c++) {
    double aim = gsl_rng_uniform(rng) * assign(k, c);
    size_t row = 0;
    while (row + 1 < k->data->rows && (aim -= k->distance[row]) > 0)
      row++;
    put_centre(k, c, row);
  }
}

static double lloyd(kmeans *k) {
  double before = INFINITY, sum = assign(k, k->classes);
  for (int i = 0; i < 300 && sum < before * (1 - 1e-9); i++) {
    before = sum;
    update(k);
    sum = assign(k, k->classes);
  }
  return sum;
}

static ys_code alloc_kmeans(kmeans *k, const ys_dataset *data, int threads,
                            ys_error *error) {
  const char *what = "K-means";
  size_t size = ys_shape_size(data->shape), classes = data->classes;
  *k = (kmeans){
      .data = data, .size = size, .classes = classes, .threads = threads};
  k->sum = ys_take_numbers(&k->memory, ys_times(classes, size), what);
  k->centre =
      ys_take(&k->memory, ys_times(classes, size), sizeof *k->centre, what);
  k->distance = ys_take_numbers(&k->memory, data->rows, what);
  k->count = ys_take_numbers(&k->memory, classes, what);
  k->cluster = ys_take(&k->memory, data->rows, sizeof *k->cluster, what);
  ys_code code = ys_memory_check(&k->memory, error);
  if (code)
    ys_give_back(&k->memory);
  return code;
}

ys_code ys_kmeans(const ys_dataset *dataset, size_t restarts, uint64_t seed,
                  int threads, size_t *cluster, double *inertia,
                  ys_error *error) {
  kmeans k;
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_code code = alloc_kmeans(&k, dataset, threads, error);
  *inertia = INFINITY;
  for (size_t r = 0; !code && r < restarts; r++) {
    ys_rng_seed(rng, seed, YS_RNG_KMEANS, r);
    seed_centres(&k, rng);
    double sum = lloyd(&k);
    if (sum < *inertia || r == 0) {
      *inertia = sum;
      memcpy(cluster, k.cluster, dataset->rows * sizeof *cluster);
    }
  }
  ys_give_back(&k.memory);
  ys_rng_free(rng);
  return code;
}
