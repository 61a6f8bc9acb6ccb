#include "training/layer.h"

#include <cblas.h> /* not beside GSL's */
#include <stdbool.h>
#include <string.h>

#ifdef YS_DOUBLE_NETWORKS
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

size_t ys_shape_size(ys_shape shape) {
  return shape.channels * shape.height * shape.width;
}

/* C = A B + beta C, C m x n and the sum over k, all row by row. What is turned
 * is given by the rows of its transpose. */
static void multiply(bool turn_a, bool turn_b, size_t m, size_t n, size_t k,
                     const ys_real *a, const ys_real *b, ys_real beta,
                     ys_real *c) {
  GEMM(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans,
       turn_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1, a,
       (int)(turn_a ? m : k), b, (int)(turn_b ? k : n), beta, c, (int)n);
}

/* ------------------------------------------------------------ dense ---- */

static void dense_forward(const ys_layer *layer, const ys_layer_rows *at) {
  size_t inputs = layer->fan_in, outputs = layer->biases;
  const ys_real *bias = at->parameters + layer->weights;
  for (size_t i = 0; i < at->rows; i++)
    memcpy(at->out + i * outputs, bias, outputs * sizeof *bias);
  multiply(false, false, at->rows, outputs, inputs, at->in, at->parameters, 1,
           at->out);
}

static void dense_backward(const ys_layer *layer, const ys_layer_rows *at) {
  size_t inputs = layer->fan_in, outputs = layer->biases;
  ys_real *dbias = at->dparameters + layer->weights;
  multiply(true, false, inputs, outputs, at->rows, at->in, at->dout, 1,
           at->dparameters);
  for (size_t i = 0; i < at->rows; i++)
    for (size_t k = 0; k < outputs; k++)
      dbias[k] += at->dout[i * outputs + k];
  if (at->din)
    multiply(false, true, at->rows, inputs, outputs, at->dout, at->parameters,
             0, at->din);
}

ys_layer ys_layer_dense(ys_shape in, size_t outputs) {
  static const ys_layer_kind dense = {"dense", dense_forward, dense_backward};
  size_t inputs = ys_shape_size(in);
  return (ys_layer){.kind = &dense,
                    .in = in,
                    .out = {outputs, 1, 1},
                    .weights = inputs * outputs,
                    .biases = outputs,
                    .fan_in = inputs};
}

/* ------------------------------------------------------------- ReLU ---- */

static void relu_forward(const ys_layer *layer, const ys_layer_rows *at) {
  size_t count = at->rows * ys_shape_size(layer->in);
  for (size_t i = 0; i < count; i++) /* a NaN stays one, to be found */
    at->out[i] = at->in[i] < 0 ? 0 : at->in[i];
}

static void relu_backward(const ys_layer *layer, const ys_layer_rows *at) {
  size_t count = at->rows * ys_shape_size(layer->in);
  for (size_t i = 0; at->din && i < count; i++)
    at->din[i] = at->out[i] > 0 ? at->dout[i] : 0;
}

ys_layer ys_layer_relu(ys_shape in) {
  static const ys_layer_kind relu = {"relu", relu_forward, relu_backward};
  return (ys_layer){.kind = &relu, .in = in, .out = in};
}

/* ------------------------------------------------------ convolution ---- */

enum { SIDE = 3, TAPS = SIDE * SIDE };

/* Where row i of an image that is shifted by a tap comes from, zeros where the
 * shift leaves the image: its pixel j, begin <= j < end, is that at from + j.
 * False if all of it is zeros. */
static bool find_source(ys_shape s, int tap, size_t i, long *from,
                        size_t *begin, size_t *end) {
  int down = tap / SIDE - 1, right = tap % SIDE - 1;
  size_t row =
      (size_t)((long)i + down); /* what lies before the first is large */
  *from = (long)(row * s.width) + right;
  *begin = right < 0;
  *end = s.width - (right > 0);
  return row < s.height;
}

/* Columns: 9 channels x pixels, a row for each channel and tap. */
static void unfold(const ys_real *in, ys_shape s, ys_real *columns) {
  size_t begin, end;
  long from;
  for (size_t c = 0; c < s.channels; c++, in += s.height * s.width)
    for (int tap = 0; tap < TAPS; tap++)
      for (size_t i = 0; i < s.height; i++, columns += s.width)
        if (find_source(s, tap, i, &from, &begin, &end)) {
          columns[0] = columns[s.width - 1] = 0;
          memcpy(columns + begin, in + (from + (long)begin),
                 (end - begin) * sizeof *columns);
        } else
          memset(columns, 0, s.width * sizeof *columns);
}

/* The way back, added up. */
static void fold(const ys_real *columns, ys_shape s, ys_real *in) {
  size_t begin, end;
  long from;
  memset(in, 0, ys_shape_size(s) * sizeof *in);
  for (size_t c = 0; c < s.channels; c++, in += s.height * s.width)
    for (int tap = 0; tap < TAPS; tap++)
      for (size_t i = 0; i < s.height; i++, columns += s.width)
        if (find_source(s, tap, i, &from, &begin, &end))
          for (size_t j = begin; j < end; j++)
            in[from + (long)j] += columns[j];
}

static void convolution_forward(const ys_layer *layer,
                                const ys_layer_rows *at) {
  size_t size = ys_shape_size(layer->in);
  size_t pixels = layer->in.height * layer->in.width;
  size_t filters = layer->biases;
  const ys_real *bias = at->parameters + layer->weights;
  for (size_t i = 0; i < at->rows; i++) {
    ys_real *image = at->out + i * filters * pixels;
    unfold(at->in + i * size, layer->in, at->room);
    for (size_t f = 0; f < filters; f++)
      for (size_t p = 0; p < pixels; p++)
        image[f * pixels + p] = bias[f];
    multiply(false, false, filters, pixels, layer->fan_in, at->parameters,
             at->room, 1, image);
  }
}

static void add_bias_gradient(const ys_real *dout, size_t filters,
                              size_t pixels, ys_real *dbias) {
  for (size_t f = 0; f < filters; f++) {
    ys_real sum = 0;
    for (size_t p = 0; p < pixels; p++)
      sum += dout[f * pixels + p];
    dbias[f] += sum;
  }
}

static void convolution_backward(const ys_layer *layer,
                                 const ys_layer_rows *at) {
  size_t size = ys_shape_size(layer->in), taps = layer->fan_in;
  size_t pixels = layer->in.height * layer->in.width;
  size_t filters = layer->biases;
  for (size_t i = 0; i < at->rows; i++) {
    const ys_real *dimage = at->dout + i * filters * pixels;
    unfold(at->in + i * size, layer->in, at->room);
    multiply(false, true, filters, taps, pixels, dimage, at->room, 1,
             at->dparameters);
    add_bias_gradient(dimage, filters, pixels,
                      at->dparameters + layer->weights);
    if (!at->din)
      continue;
    multiply(true, false, taps, pixels, filters, at->parameters, dimage, 0,
             at->room);
    fold(at->room, layer->in, at->din + i * size);
  }
}

ys_layer ys_layer_convolution(ys_shape in, size_t outputs) {
  static const ys_layer_kind convolution = {"convolution", convolution_forward,
                                            convolution_backward};
  size_t taps = TAPS * in.channels;
  return (ys_layer){.kind = &convolution,
                    .in = in,
                    .out = {outputs, in.height, in.width},
                    .weights = taps * outputs,
                    .biases = outputs,
                    .fan_in = taps,
                    .room = taps * in.height * in.width};
}

/* ---------------------------------------------------------- pooling ---- */

/* The pixel of the window at (i, j) of the pooled image that is the largest,
 * the first of equals; a NaN counts as largest, so that it is found. */
static size_t largest(const ys_real *image, ys_shape s, size_t i, size_t j) {
  size_t at = 2 * i * s.width + 2 * j, best = at;
  size_t right = 2 * j + 1 < s.width, down = 2 * i + 1 < s.height ? s.width : 0;
  /* Where a side is odd, the window's other half is itself again. */
  best = image[at + right] <= image[best] ? best : at + right;
  best = image[at + down] <= image[best] ? best : at + down;
  return image[at + down + right] <= image[best] ? best : at + down + right;
}

static void pool_forward(const ys_layer *layer, const ys_layer_rows *at) {
  ys_shape s = layer->in, t = layer->out;
  const ys_real *image = at->in, *end = image + at->rows * ys_shape_size(s);
  ys_real *out = at->out;
  for (; image < end; image += s.height * s.width)
    for (size_t i = 0; i < t.height; i++)
      for (size_t j = 0; j < t.width; j++)
        *out++ = image[largest(image, s, i, j)];
}

static void pool_backward(const ys_layer *layer, const ys_layer_rows *at) {
  ys_shape s = layer->in, t = layer->out;
  size_t count = at->rows * ys_shape_size(s);
  const ys_real *dout = at->dout;
  if (!at->din)
    return;
  memset(at->din, 0, count * sizeof *at->din);
  for (size_t image = 0; image < count; image += s.height * s.width)
    for (size_t i = 0; i < t.height; i++)
      for (size_t j = 0; j < t.width; j++)
        at->din[image + largest(at->in + image, s, i, j)] += *dout++;
}

ys_layer ys_layer_pool(ys_shape in) {
  static const ys_layer_kind pool = {"pooling", pool_forward, pool_backward};
  return (ys_layer){
      .kind = &pool,
      .in = in,
      .out = {in.channels, (in.height + 1) / 2, (in.width + 1) / 2}};
}
