/* The layers of a classifier: each maps a block of rows forwards, and carries
 * the gradient of a loss backwards. A layer is a constant table of functions
 * and the shapes it was made for. It runs serially: threads work on different
 * blocks of rows. */
#ifndef YS_LAYER_H
#define YS_LAYER_H

#include <stddef.h>

/* The number type of the networks: 32-bit floats, for speed. The suite that
 * checks gradients builds them in double precision, where a finite difference
 * leaves no doubt. */
#ifdef YS_DOUBLE_NETWORKS
typedef double ys_real;
#else
typedef float ys_real;
#endif

/* What one row holds: channels images of height x width, channel by channel,
 * each row by row. A plain vector is channels x 1 x 1. */
typedef struct ys_shape {
  size_t channels, height, width;
} ys_shape;

size_t ys_shape_size(ys_shape shape); /* channels * height * width */

typedef struct ys_layer ys_layer;

/* A block of rows that a layer works on. */
typedef struct ys_layer_rows {
  size_t rows;
  const ys_real *parameters; /* the layer's own */
  const ys_real *in;         /* rows x |in| */
  ys_real *out;              /* rows x |out| */
  ys_real *room;             /* layer->room numbers */
  /* Backwards alone: the loss's gradient at out, at in (NULL: not wanted), and
   * with respect to the parameters. */
  const ys_real *dout;
  ys_real *din, *dparameters;
} ys_layer_rows;

typedef struct ys_layer_kind {
  const char *name; /* as messages say it: "dense", "convolution", ... */

  void (*forward)(const ys_layer *layer, const ys_layer_rows *at); /* out */
  void (*backward)(const ys_layer *layer,
                   const ys_layer_rows *at); /* din; adds to dparameters */
} ys_layer_kind;

struct ys_layer {
  const ys_layer_kind *kind;
  ys_shape in, out;
  size_t weights; /* parameters: the weights, then the biases */
  size_t biases;
  size_t fan_in; /* inputs that feed one output; 0 without weights */
  size_t offset; /* of its parameters among the network's */
  size_t room;   /* numbers of scratch that a call needs */
};

/* out = in W + b, W |in| x outputs, row by row. */
ys_layer ys_layer_dense(ys_shape in, size_t outputs);
/* max(in, 0) */
ys_layer ys_layer_relu(ys_shape in);
/* 3 x 3 filters over zero-padded images of unchanged size, by im2col and GEMM
 * (Chellapilla, Puri and Simard, IWFHR 2006). W is outputs x 9 channels. */
ys_layer ys_layer_convolution(ys_shape in, size_t outputs);
/* The largest of each 2 x 2 window, the last one cut where a side is odd. */
ys_layer ys_layer_pool(ys_shape in);

#endif
