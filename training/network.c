#include "training/network.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

ys_code ys_network_draw(const ys_network *network, uint64_t seed,
                        ys_real *parameters, ys_error *error) {
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_rng_seed(rng, seed, YS_RNG_PARAMETERS, 0);
  for (size_t l = 0; l < network->layers; l++) {
    const ys_layer *layer = &network->layer[l];
    ys_real *weight = parameters + layer->offset;
    double gain = l + 1 < network->layers ? 2 : 1;
    double deviation = sqrt(gain / fmax(1, (double)layer->fan_in));
    for (size_t i = 0; i < layer->weights; i++)
      weight[i] = (ys_real)gsl_ran_gaussian_ziggurat(rng, deviation);
    for (size_t i = 0; i < layer->biases; i++)
      weight[layer->weights + i] = 0;
  }
  ys_rng_free(rng);
  return YS_OK;
}

ys_pass ys_pass_take(ys_memory *memory, const ys_network *network,
                     size_t rows) {
  const char *what = "the activations of a network";
  const size_t real = sizeof(ys_real);
  size_t in = ys_times(rows, ys_shape_size(network->layer[0].in));
  size_t widest = ys_times(rows, network->widest);
  return (ys_pass){
      .rows = rows,
      .in = ys_take(memory, in, real, what),
      .outputs = ys_take(memory, ys_times(rows, network->outputs), real, what),
      .gradient = ys_take(memory, widest, real, what),
      .gradient2 = ys_take(memory, widest, real, what),
      .room = ys_take(memory, network->room + 1, real, what),
  };
}

/* The layers' outputs lie one behind the other, each for all rows. */
static ys_real *output_of(const ys_network *network, const ys_pass *pass,
                          size_t layer) {
  ys_real *out = pass->outputs;
  for (size_t l = 0; l < layer; l++)
    out += pass->rows * ys_shape_size(network->layer[l].out);
  return out;
}

const ys_real *ys_network_forward(const ys_network *network,
                                  const ys_real *parameters, ys_pass *pass,
                                  size_t rows) {
  ys_layer_rows at = {.rows = rows, .out = pass->in, .room = pass->room};
  for (size_t l = 0; l < network->layers; l++) {
    const ys_layer *layer = &network->layer[l];
    at.parameters = parameters + layer->offset;
    at.in = at.out;
    at.out = output_of(network, pass, l);
    layer->kind->forward(layer, &at);
  }
  return at.out;
}

void ys_network_backward(const ys_network *network, const ys_real *parameters,
                         ys_pass *pass, size_t rows, ys_real *gradient) {
  for (size_t l = network->layers; l-- > 0;) {
    const ys_layer *layer = &network->layer[l];
    const ys_layer_rows at = {.rows = rows,
                              .parameters = parameters + layer->offset,
                              .in = l ? output_of(network, pass, l - 1)
                                      : pass->in,
                              .out = output_of(network, pass, l),
                              .room = pass->room,
                              .dout = pass->gradient,
                              .din = l ? pass->gradient2 : NULL,
                              .dparameters = gradient + layer->offset};
    layer->kind->backward(layer, &at);
    ys_real *swap = pass->gradient;
    pass->gradient = pass->gradient2;
    pass->gradient2 = swap;
  }
}

/* The first index whose number is not finite; `count` if there is none. */
static size_t first_bad(const ys_real *numbers, size_t count) {
  size_t i = 0;
  while (i < count && isfinite(numbers[i]))
    i++;
  return i;
}

void ys_network_blame(const ys_network *network, const ys_real *parameters,
                      const ys_pass *pass, size_t rows, char *text,
                      size_t room) {
  size_t in = ys_shape_size(network->layer[0].in);
  size_t bad = first_bad(pass->in, rows * in);
  if (bad < rows * in) {
    snprintf(text, room, "input %zu of a row is not finite", bad % in);
    return;
  }
  for (size_t l = 0; l < network->layers; l++) {
    const ys_layer *layer = &network->layer[l];
    size_t own = layer->weights + layer->biases;
    size_t out = rows * ys_shape_size(layer->out);
    if (first_bad(parameters + layer->offset, own) < own) {
      snprintf(text, room, "the parameters of layer %zu (%s) are not finite",
               l + 1, layer->kind->name);
      return;
    }
    if (first_bad(output_of(network, pass, l), out) < out) {
      snprintf(text, room, "the output of layer %zu (%s) is not finite", l + 1,
               layer->kind->name);
      return;
    }
  }
  snprintf(text, room, "every layer's output is finite, the loss is not");
}
