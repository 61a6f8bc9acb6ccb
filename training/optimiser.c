#include "training/optimiser.h"

#include "problems/vector/array.h"

#include <math.h>

static const ys_option sgd_options[] = {
    {"rate", YS_REAL, "0.05", 1e-12, 1e6, NULL, "length of a step"},
    {"momentum", YS_REAL, "0.9", 0, 0.9999, NULL, "share of the last step"},
    {"decay", YS_REAL, "0", 0, 1e3, NULL, "weight decay"},
    {.name = NULL},
};
static const ys_option adam_options[] = {
    {"rate", YS_REAL, "0.001", 1e-12, 1e6, NULL, "length of a step"},
    {"beta1", YS_REAL, "0.9", 0, 0.9999, NULL, "memory of the mean gradient"},
    {"beta2", YS_REAL, "0.999", 0, 0.99999, NULL, "memory of its square"},
    {"decay", YS_REAL, "0", 0, 1e3, NULL, "decoupled weight decay"},
    {.name = NULL},
};

ys_code ys_optimiser_parse(const char *spec, ys_optimiser *o, ys_error *error) {
  static const char *const names[] = {"sgd", "adam"};
  double *const sgd_numbers[] = {&o->rate, &o->momentum, &o->decay};
  double *const adam_numbers[] = {&o->rate, &o->beta1, &o->beta2, &o->decay};
  size_t kind;
  *o = (ys_optimiser){0};
  ys_code code = ys_look_up("optimiser", YS_NAMES(names), spec,
                            ys_spec_name_length(spec), NULL, &kind, error);
  if (code)
    return code;
  o->adam = kind == 1;
  return ys_options_numbers(names[kind], o->adam ? adam_options : sgd_options,
                            ys_spec_options(spec),
                            o->adam ? adam_numbers : sgd_numbers, error);
}

void ys_optimiser_start(ys_optimiser *o, size_t parameters, ys_memory *memory) {
  o->steps = 0;
  o->state = ys_take(memory, ys_times(parameters, YS_OPTIMISER_STATES),
                     sizeof *o->state, "the optimiser's state");
}

static void sgd(const ys_optimiser *o, const ys_real *g, ys_real *w, ys_real *v,
                size_t count, double decay) {
  ys_real momentum = (ys_real)o->momentum, rate = (ys_real)o->rate;
  ys_real shrink = (ys_real)decay;
  for (size_t i = 0; i < count; i++) {
    v[i] = momentum * v[i] + g[i] + shrink * w[i];
    w[i] -= rate * v[i];
  }
}

static void adam(const ys_optimiser *o, const ys_real *g, ys_real *w,
                 ys_real *v, size_t count, double decay) {
  ys_real *mean = v, *square = v + count;
  ys_real b1 = (ys_real)o->beta1, b2 = (ys_real)o->beta2;
  double t = (double)o->steps;
  ys_real rate = (ys_real)(o->rate / (1 - pow(o->beta1, t)));
  ys_real scale = (ys_real)(1 / (1 - pow(o->beta2, t)));
  ys_real keep = (ys_real)(1 - o->rate * decay), tiny = (ys_real)1e-8;
  for (size_t i = 0; i < count; i++) {
    mean[i] = b1 * mean[i] + (1 - b1) * g[i];
    square[i] = b2 * square[i] + (1 - b2) * g[i] * g[i];
    ys_real spread = (ys_real)sqrt(square[i] * scale) + tiny;
    w[i] = keep * w[i] - rate * mean[i] / spread;
  }
}

void ys_optimiser_step(ys_optimiser *o, const ys_network *network,
                       const ys_real *gradient, ys_real *parameters) {
  o->steps++;
  for (size_t l = 0; l < network->layers; l++) {
    const ys_layer *layer = &network->layer[l];
    size_t at = layer->offset, bias = at + layer->weights;
    (o->adam ? adam : sgd)(o, gradient + at, parameters + at,
                           o->state + YS_OPTIMISER_STATES * at, layer->weights,
                           o->decay);
    (o->adam ? adam : sgd)(o, gradient + bias, parameters + bias,
                           o->state + YS_OPTIMISER_STATES * bias, layer->biases,
                           0);
  }
}
