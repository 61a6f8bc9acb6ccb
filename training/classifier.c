/* The table of classifiers, and building one from its text form. */
#include "training/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static ys_shape end_of(const ys_network *network, ys_shape in) {
  return network->layers ? network->layer[network->layers - 1].out : in;
}

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

static void add(ys_network *network, ys_layer layer) {
  size_t in = ys_shape_size(layer.in), out = ys_shape_size(layer.out);
  layer.offset = network->parameters;
  network->parameters += layer.weights + layer.biases;
  network->outputs += out;
  network->widest = larger(network->widest, larger(in, out));
  network->room = larger(network->room, layer.room);
  network->layer[network->layers++] = layer;
}

/* Read "64x32" into sizes; at most `most` of them, each 1 to 65536. */
static ys_code read_sizes(const char *owner, const char *text, size_t *size,
                          size_t most, size_t *count, ys_error *error) {
  const char *at = text;
  for (*count = 0; *count < most;) {
    char *end;
    long number = strtol(at, &end, 10);
    if (end == at || number < 1 || number > 65536)
      break;
    size[(*count)++] = (size_t)number;
    if (!*end)
      return YS_OK;
    if (*end != 'x')
      break;
    at = end + 1;
  }
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: sizes '%s' are not valid: expected 1 to %zu whole "
                 "numbers like 128x64",
                 owner, text, most);
}

static ys_code build_linear(const ys_options *options, ys_shape in,
                            size_t classes, ys_network *network,
                            ys_error *error) {
  (void)options;
  (void)error;
  add(network, ys_layer_dense(in, classes));
  return YS_OK;
}

static ys_code build_mlp(const ys_options *options, ys_shape in, size_t classes,
                         ys_network *network, ys_error *error) {
  size_t size[8], count;
  ys_code code = read_sizes("mlp", ys_options_text(options, "hidden"), size, 8,
                            &count, error);
  for (size_t i = 0; !code && i < count; i++) {
    add(network, ys_layer_dense(end_of(network, in), size[i]));
    add(network, ys_layer_relu(end_of(network, in)));
  }
  if (!code)
    add(network, ys_layer_dense(end_of(network, in), classes));
  return code;
}

static ys_code build_conv(const ys_options *options, ys_shape in,
                          size_t classes, ys_network *network,
                          ys_error *error) {
  size_t size[2], count;
  size_t hidden = (size_t)ys_options_number(options, "hidden");
  ys_code code = read_sizes("conv", ys_options_text(options, "channels"), size,
                            2, &count, error);
  if (!code && (in.height < 2 || in.width < 2))
    code = ys_fail(error, YS_BAD_INPUT,
                   "conv: the data are vectors of %zu numbers: expected images",
                   ys_shape_size(in));
  for (size_t i = 0; !code && i < count; i++) {
    add(network, ys_layer_convolution(end_of(network, in), size[i]));
    add(network, ys_layer_relu(end_of(network, in)));
    add(network, ys_layer_pool(end_of(network, in)));
  }
  if (!code && hidden) {
    add(network, ys_layer_dense(end_of(network, in), hidden));
    add(network, ys_layer_relu(end_of(network, in)));
  }
  if (!code)
    add(network, ys_layer_dense(end_of(network, in), classes));
  return code;
}

static const ys_option no_options[] = {{.name = NULL}};
static const ys_option mlp_options[] = {
    {"hidden", YS_TEXT, "128x128", 0, 0, NULL, "sizes of the hidden layers"},
    {.name = NULL},
};
static const ys_option conv_options[] = {
    {"channels", YS_TEXT, "8x16", 0, 0, NULL,
     "filters of the two convolution layers"},
    {"hidden", YS_INTEGER, "64", 0, 65536, NULL,
     "size of a dense layer behind them; 0: none"},
    {.name = NULL},
};

static const ys_classifier linear = {"linear", "softmax of a linear map",
                                     no_options, build_linear};
static const ys_classifier mlp = {
    "mlp", "multilayer perceptron with ReLU units", mlp_options, build_mlp};
static const ys_classifier conv = {
    "conv", "3 x 3 convolutions, ReLU and 2 x 2 max pooling, twice",
    conv_options, build_conv};

const ys_classifier *const ys_classifiers[] = {&linear, &mlp, &conv, NULL};

ys_code ys_network_parse(const char *spec, ys_shape in, size_t classes,
                         ys_network *network, ys_error *error) {
  size_t i;
  ys_options options;
  ys_code code = ys_look_up("classifier", YS_NAMES_TO_NULL(ys_classifiers),
                            spec, ys_spec_name_length(spec), NULL, &i, error);
  if (code)
    return code;
  const ys_classifier *found = ys_classifiers[i];
  code = ys_options_parse(found->name, found->options, ys_spec_options(spec),
                          &options, error);
  if (code)
    return code;
  *network = (ys_network){0};
  code = found->build(&options, in, classes, network, error);
  ys_options_free(&options);
  return code;
}
