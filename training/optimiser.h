/* Optimisers of a network's parameters: SGD with momentum, and Adam. */
#ifndef YS_OPTIMISER_H
#define YS_OPTIMISER_H

#include "training/network.h"

/* Settings, from the text form "sgd:rate=0.1,momentum=0.9,decay=1e-4" or
 * "adam:rate=1e-3,beta1=0.9,beta2=0.999,decay=0". Weight decay acts on weights,
 * never on biases. */
typedef struct ys_optimiser {
  bool adam;
  double rate;         /* > 0 */
  double momentum;     /* sgd: in [0, 1) */
  double beta1, beta2; /* adam */
  double decay;        /* >= 0 */
  long steps;          /* taken so far */
  ys_real *state;      /* YS_OPTIMISER_STATES numbers a parameter */
} ys_optimiser;

enum { YS_OPTIMISER_STATES = 2 };

ys_code ys_optimiser_parse(const char *spec, ys_optimiser *optimiser,
                           ys_error *error);

/* Take the state for so many parameters from `memory`, which tells if there was
 * none left. */
void ys_optimiser_start(ys_optimiser *optimiser, size_t parameters,
                        ys_memory *memory);

/* One step with the loss's gradient g:
 *
 *   sgd   v <- momentum v + g + decay w;  w <- w - rate v
 *   adam  Kingma and Ba, arXiv 1412.6980, with decoupled weight decay
 *         (Loshchilov and Hutter, arXiv 1711.05101): also w <- w - rate decay w
 */
void ys_optimiser_step(ys_optimiser *optimiser, const ys_network *network,
                       const ys_real *gradient, ys_real *parameters);

#endif
