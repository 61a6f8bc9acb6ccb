#include "training/gemm.h"
#include "training/layer.h"

#include <string.h>

size_t ys_shape_size(ys_shape shape) {
  return shape.channels * shape.height * shape.width;
}

static void dense_forward(const ys_layer *layer, const ys_real *parameters,
                          const ys_real *in, ys_real *out, size_t rows,
                          ys_real *room) {
  size_t inputs = layer->fan_in, outputs = layer->biases;
  const ys_real *bias = parameters + layer->weights;
  (void)room;
  for (size_t i = 0; i < rows; i++)
    memcpy(out + i * outputs, bias, outputs * sizeof *out);
  ys_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)outputs,
          (int)inputs, 1, in, (int)inputs, parameters, (int)outputs, 1, out,
          (int)outputs);
}

static void dense_backward(const ys_layer *layer, const ys_real *parameters,
                           const ys_real *in, const ys_real *out,
                           const ys_real *dout, ys_real *din,
                           ys_real *dparameters, size_t rows, ys_real *room) {
  size_t inputs = layer->fan_in, outputs = layer->biases;
  ys_real *dbias = dparameters + layer->weights;
  (void)out;
  (void)room;
  ys_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)inputs, (int)outputs,
          (int)rows, 1, in, (int)inputs, dout, (int)outputs, 1, dparameters,
          (int)outputs);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < outputs; k++)
      dbias[k] += dout[i * outputs + k];
  if (din)
    ys_gemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)inputs,
            (int)outputs, 1, dout, (int)outputs, parameters, (int)outputs, 0,
            din, (int)inputs);
}

static const ys_layer_kind dense = {"dense", dense_forward, dense_backward};

ys_layer ys_layer_dense(ys_shape in, size_t outputs) {
  size_t inputs = ys_shape_size(in);
  return (ys_layer){.kind = &dense,
                    .in = in,
                    .out = {outputs, 1, 1},
                    .weights = inputs * outputs,
                    .biases = outputs,
                    .fan_in = inputs};
}

static void relu_forward(const ys_layer *layer, const ys_real *parameters,
                         const ys_real *in, ys_real *out, size_t rows,
                         ys_real *room) {
  size_t count = rows * ys_shape_size(layer->in);
  (void)parameters;
  (void)room;
  for (size_t i = 0; i < count; i++)
    out[i] = in[i] < 0 ? 0 : in[i]; /* a NaN stays one, to be found */
}

static void relu_backward(const ys_layer *layer, const ys_real *parameters,
                          const ys_real *in, const ys_real *out,
                          const ys_real *dout, ys_real *din,
                          ys_real *dparameters, size_t rows, ys_real *room) {
  size_t count = rows * ys_shape_size(layer->in);
  (void)parameters;
  (void)in;
  (void)dparameters;
  (void)room;
  if (din)
    for (size_t i = 0; i < count; i++)
      din[i] = out[i] > 0 ? dout[i] : 0;
}

static const ys_layer_kind relu = {"relu", relu_forward, relu_backward};

ys_layer ys_layer_relu(ys_shape in) {
  return (ys_layer){.kind = &relu, .in = in, .out = in};
}
