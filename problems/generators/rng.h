/* Reproducible randomness for filling a matrix row by row in parallel. Each
 * fixed block of YS_RNG_ROWS rows has a Mersenne twister of its own, seeded
 * from (seed, use, block): what row i receives depends on these and on i alone,
 * never on the number of rows or of threads. */
#ifndef YS_RNG_H
#define YS_RNG_H

#include "problems/error.h"

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

enum { YS_RNG_ROWS = 256 };

/* What the numbers are for. Uses of the same seed share no numbers, so that a
 * random start point, say, is not the random data that it starts on. */
typedef enum ys_rng_use {
  YS_RNG_DATA,       /* a generator's batch */
  YS_RNG_START,      /* a random start point */
  YS_RNG_LABELS,     /* labels chosen before the data are made to fit them */
  YS_RNG_NOISE,      /* noise added to data */
  YS_RNG_PARAMETERS, /* first parameters of a network */
  YS_RNG_ORDER,      /* order of the rows in an epoch, and who is held out */
  YS_RNG_AUGMENT,    /* augmented views */
  YS_RNG_KMEANS,     /* starts of K-means */
  YS_RNG_TARGETS     /* corruption of given labels */
} ys_rng_use;

/* A generator, or NULL if memory is out. GSL's own allocator is avoided: it
 * reports that through a global error handler, which aborts by default. */
gsl_rng *ys_rng_alloc(void);
void ys_rng_free(gsl_rng *rng); /* accepts NULL */
void ys_rng_seed(gsl_rng *rng, uint64_t seed, ys_rng_use use, size_t block);

/* Draw what one row needs. Rows of a block come in order, each exactly once;
 * different blocks may run at the same time. */
typedef void ys_rng_row(gsl_rng *rng, size_t row, void *context);

/* Call `fill` for rows `first` to `first + rows - 1`, first a multiple of
 * YS_RNG_ROWS. Can only fail for want of memory. */
ys_code ys_rng_rows(size_t first, size_t rows, uint64_t seed, ys_rng_use use,
                    int threads, ys_rng_row *fill, void *context,
                    ys_error *error);

#endif
