/* A classifier: layers one after the other, from a row's inputs to its K
 * logits. The parameters of all layers lie in one vector, which the caller
 * owns. */
#ifndef YS_NETWORK_H
#define YS_NETWORK_H

#include "problems/memory.h"
#include "problems/options.h"
#include "training/layer.h"

#include <stdint.h>

enum { YS_MAX_LAYERS = 24 };

typedef struct ys_network {
  ys_layer layer[YS_MAX_LAYERS];
  size_t layers;
  size_t parameters;
  size_t outputs; /* of all layers together, numbers a row */
  size_t widest;  /* of inputs and outputs of any layer, numbers a row */
  size_t room;    /* the most that a layer needs */
} ys_network;

/* A kind of classifier, in the table of classifiers. */
typedef struct ys_classifier {
  const char *name, *summary;
  const ys_option *options;
  ys_code (*build)(const ys_options *options, ys_shape in, size_t classes,
                   ys_network *network, ys_error *error);
} ys_classifier;

/* linear, mlp, conv; ended by NULL. */
extern const ys_classifier *const ys_classifiers[];

/* Build the network that "name:key=value,..." names, for inputs of this shape.
 * An unknown name is answered with the nearest valid one. It allocates nothing
 * that outlives the call. */
ys_code ys_network_parse(const char *spec, ys_shape in, size_t classes,
                         ys_network *network, ys_error *error);

/* Draw the parameters from the seed: weights normal with variance 2 / fan_in
 * before a ReLU (He et al., ICCV 2015, arXiv 1502.01852), 1 / fan_in in the
 * last layer; biases 0. */
ys_code ys_network_draw(const ys_network *network, uint64_t seed,
                        ys_real *parameters, ys_error *error);

/* Memory for passing a block of rows through; one for each thread. */
typedef struct ys_pass {
  size_t rows; /* most rows a block */
  ys_real *in; /* rows x |in|: for the caller to fill */
  /* Behind a forward pass, the loss's gradient with respect to the logits (rows
   * x K) goes into `gradient`. */
  ys_real *outputs, *gradient, *gradient2, *room;
} ys_pass;

/* Its arrays are taken from `memory`, which tells if there was none left. */
ys_pass ys_pass_take(ys_memory *memory, const ys_network *network, size_t rows);

/* The logits (rows x K, within the pass) of the rows in pass->in. */
const ys_real *ys_network_forward(const ys_network *network,
                                  const ys_real *parameters, ys_pass *pass,
                                  size_t rows);

/* Carry pass->gradient back, adding the parameters' gradient to `gradient`. */
void ys_network_backward(const ys_network *network, const ys_real *parameters,
                         ys_pass *pass, size_t rows, ys_real *gradient);

/* Where numbers first stop being finite, in words: an input, the parameters or
 * the output of a layer, for the rows of the last ys_network_forward. */
void ys_network_blame(const ys_network *network, const ys_real *parameters,
                      const ys_pass *pass, size_t rows, char *text,
                      size_t room);

#endif
