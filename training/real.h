/* The number type of the networks: 32-bit floats, for speed. The suite that
 * checks gradients builds them in double precision, where a finite difference
 * leaves no doubt. */
#ifndef YS_REAL_H
#define YS_REAL_H

#ifdef YS_DOUBLE_NETWORKS
typedef double ys_real;
#else
typedef float ys_real;
#endif

#endif
