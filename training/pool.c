#include "training/layer.h"

#include <string.h>

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

static void forward(const ys_layer *layer, const ys_real *parameters,
                    const ys_real *in, ys_real *out, size_t rows,
                    ys_real *room) {
  ys_shape s = layer->in, t = layer->out;
  (void)parameters;
  (void)room;
  for (size_t image = 0; image < rows * s.channels; image++)
    for (size_t i = 0; i < t.height; i++)
      for (size_t j = 0; j < t.width; j++) {
        const ys_real *from = in + image * s.height * s.width;
        *out++ = from[largest(from, s, i, j)];
      }
}

static void backward(const ys_layer *layer, const ys_real *parameters,
                     const ys_real *in, const ys_real *out, const ys_real *dout,
                     ys_real *din, ys_real *dparameters, size_t rows,
                     ys_real *room) {
  ys_shape s = layer->in, t = layer->out;
  (void)parameters;
  (void)out;
  (void)dparameters;
  (void)room;
  if (!din)
    return;
  memset(din, 0, rows * ys_shape_size(s) * sizeof *din);
  for (size_t image = 0; image < rows * s.channels; image++)
    for (size_t i = 0; i < t.height; i++)
      for (size_t j = 0; j < t.width; j++) {
        size_t base = image * s.height * s.width;
        din[base + largest(in + base, s, i, j)] += *dout++;
      }
}

static const ys_layer_kind pool = {"pooling", forward, backward};

ys_layer ys_layer_pool(ys_shape in) {
  return (ys_layer){
      .kind = &pool,
      .in = in,
      .out = {in.channels, (in.height + 1) / 2, (in.width + 1) / 2}};
}
