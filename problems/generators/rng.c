#include "problems/generators/rng.h"

#include "problems/blocks.h"

#include <stdbool.h>
#include <stdlib.h>

gsl_rng *ys_rng_alloc(void) {
  gsl_rng *rng = malloc(sizeof *rng);
  void *state = malloc(gsl_rng_mt19937->size);
  if (!rng || !state) {
    free(rng);
    free(state);
    return NULL;
  }
  *rng = (gsl_rng){.type = gsl_rng_mt19937, .state = state};
  return rng;
}

void ys_rng_free(gsl_rng *rng) {
  if (!rng)
    return;
  free(rng->state);
  free(rng);
}

/* One output of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), with the
 * constants of S. Vigna's splitmix64.c. */
static uint64_t splitmix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* A bijection of 32-bit words, the finaliser of A. Appleby's MurmurHash3. */
static uint32_t scramble(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

void ys_rng_seed(gsl_rng *rng, uint64_t seed, ys_rng_use use, size_t block) {
  /* The twister takes 32 bits. Hashed down to those, two of many blocks would
   * soon meet; the bijection keeps the blocks of one seed apart. */
  uint64_t key = splitmix64(splitmix64(seed) + (uint64_t)use);
  gsl_rng_set(rng, scramble((uint32_t)key + (uint32_t)block));
}

ys_code ys_rng_rows(size_t first, size_t rows, uint64_t seed, ys_rng_use use,
                    int threads, ys_rng_row *fill, void *context,
                    ys_error *error) {
  const ys_blocks blocks = {rows, YS_RNG_ROWS, 1 + rows / YS_RNG_ROWS};
  bool starved = false;
#pragma omp parallel num_threads(ys_block_threads(&blocks, threads))           \
    reduction(||                                                               \
              : starved)
  {
    gsl_rng *rng = ys_rng_alloc();
    starved = !rng;
#pragma omp for schedule(static)
    for (size_t block = 0; block < blocks.count; block++) {
      if (!rng)
        continue;
      ys_rng_seed(rng, seed, use, first / YS_RNG_ROWS + block);
      for (size_t row = ys_block_begin(&blocks, block);
           row < ys_block_end(&blocks, block); row++)
        fill(rng, first + row, context);
    }
    ys_rng_free(rng);
  }
  return starved ? ys_fail_memory(error, "random number generators") : YS_OK;
}
