#include "training/gemm.h"
#include "training/layer.h"

#include <stdbool.h>
#include <string.h>

enum { SIDE = 3, TAPS = SIDE * SIDE };

/* One tap of one channel: the image shifted by (down, right) in {-1, 0, 1}^2,
 * zeros where the shift leaves it; or, the way back, added up. In a row, pixels
 * j of [begin, end) come from j + right. */
static void shift(const ys_real *image, ys_real *shifted, ys_shape s, int down,
                  int right) {
  size_t begin = right < 0, end = s.width - (right > 0);
  for (size_t i = 0; i < s.height; i++) {
    size_t from = (size_t)((long)i + down);
    ys_real *row = shifted + i * s.width;
    if (from >= s.height) { /* also what lies before the first row */
      memset(row, 0, s.width * sizeof *row);
      continue;
    }
    row[0] = row[s.width - 1] = 0;
    memcpy(row + begin, image + from * s.width + begin + right,
           (end - begin) * sizeof *row);
  }
}

static void unshift(const ys_real *shifted, ys_real *image, ys_shape s,
                    int down, int right) {
  size_t begin = right < 0, end = s.width - (right > 0);
  for (size_t i = 0; i < s.height; i++) {
    size_t from = (size_t)((long)i + down);
    if (from >= s.height)
      continue;
    const ys_real *row = shifted + i * s.width;
    ys_real *to = image + from * s.width + right;
    for (size_t j = begin; j < end; j++)
      to[j] += row[j];
  }
}

/* Columns: 9 channels x pixels, a row for each channel and tap. */
static void unfold(const ys_real *in, ys_shape s, ys_real *columns) {
  size_t pixels = s.height * s.width;
  for (size_t c = 0; c < s.channels; c++)
    for (int tap = 0; tap < TAPS; tap++, columns += pixels)
      shift(in + c * pixels, columns, s, tap / SIDE - 1, tap % SIDE - 1);
}

static void fold(const ys_real *columns, ys_shape s, ys_real *in) {
  size_t pixels = s.height * s.width;
  memset(in, 0, ys_shape_size(s) * sizeof *in);
  for (size_t c = 0; c < s.channels; c++)
    for (int tap = 0; tap < TAPS; tap++, columns += pixels)
      unshift(columns, in + c * pixels, s, tap / SIDE - 1, tap % SIDE - 1);
}

static void forward(const ys_layer *layer, const ys_real *parameters,
                    const ys_real *in, ys_real *out, size_t rows,
                    ys_real *room) {
  size_t pixels = layer->in.height * layer->in.width;
  size_t filters = layer->biases, taps = layer->fan_in;
  const ys_real *bias = parameters + layer->weights;
  for (size_t i = 0; i < rows; i++) {
    ys_real *image = out + i * filters * pixels;
    unfold(in + i * ys_shape_size(layer->in), layer->in, room);
    for (size_t f = 0; f < filters; f++)
      for (size_t p = 0; p < pixels; p++)
        image[f * pixels + p] = bias[f];
    ys_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)filters,
            (int)pixels, (int)taps, 1, parameters, (int)taps, room, (int)pixels,
            1, image, (int)pixels);
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

static void backward(const ys_layer *layer, const ys_real *parameters,
                     const ys_real *in, const ys_real *out, const ys_real *dout,
                     ys_real *din, ys_real *dparameters, size_t rows,
                     ys_real *room) {
  size_t size = ys_shape_size(layer->in);
  size_t pixels = layer->in.height * layer->in.width;
  size_t filters = layer->biases, taps = layer->fan_in;
  (void)out;
  for (size_t i = 0; i < rows; i++) {
    const ys_real *dimage = dout + i * filters * pixels;
    unfold(in + i * size, layer->in, room);
    ys_gemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)filters, (int)taps,
            (int)pixels, 1, dimage, (int)pixels, room, (int)pixels, 1,
            dparameters, (int)taps);
    add_bias_gradient(dimage, filters, pixels, dparameters + layer->weights);
    if (!din)
      continue;
    ys_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)taps, (int)pixels,
            (int)filters, 1, parameters, (int)taps, dimage, (int)pixels, 0,
            room, (int)pixels);
    fold(room, layer->in, din + i * size);
  }
}

static const ys_layer_kind convolution = {"convolution", forward, backward};

ys_layer ys_layer_convolution(ys_shape in, size_t outputs) {
  size_t taps = TAPS * in.channels;
  return (ys_layer){.kind = &convolution,
                    .in = in,
                    .out = {outputs, in.height, in.width},
                    .weights = taps * outputs,
                    .biases = outputs,
                    .fan_in = taps,
                    .room = taps * in.height * in.width};
}
