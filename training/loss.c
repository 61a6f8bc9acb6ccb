#include "training/loss.h"

#include "problems/vector/exp_log.h"

#include <math.h>

void ys_softmax(const ys_real *logits, double *sigma, size_t classes) {
  double most = logits[0];
  for (size_t k = 1; k < classes; k++)
    most = logits[k] > most ? logits[k] : most;
  for (size_t k = 0; k < classes; k++)
    sigma[k] = fmax(logits[k] - most, -700);
  ys_log_sum_exp(sigma, sigma, classes);
}

static double collision(const double *logit, double *sigma, const double *y,
                        size_t classes, double scale, ys_real *gradient,
                        double *joint) {
  double all = ys_log_sum_exp(logit, sigma, classes);
  for (size_t k = 0; k < classes; k++)
    joint[k] = logit[k] + log(y[k]);
  double both = ys_log_sum_exp(joint, joint, classes);
  for (size_t k = 0; k < classes; k++)
    gradient[k] = (ys_real)((sigma[k] - joint[k]) / scale);
  return all - both;
}

static double shannon(const double *logit, double *sigma, const double *y,
                      size_t classes, double scale, ys_real *gradient) {
  double all = ys_log_sum_exp(logit, sigma, classes), loss = 0;
  for (size_t k = 0; k < classes; k++) {
    loss += y[k] > 0 ? y[k] * (all - logit[k]) : 0;
    gradient[k] = (ys_real)((sigma[k] - y[k]) / scale);
  }
  return loss;
}

static double reverse(const double *logit, double *sigma, const double *y,
                      size_t classes, double scale, ys_real *gradient) {
  const double least = 1e-30;
  double loss = 0;
  ys_log_sum_exp(logit, sigma, classes);
  for (size_t k = 0; k < classes; k++)
    loss -= sigma[k] * log(fmax(y[k], least));
  for (size_t k = 0; k < classes; k++)
    gradient[k] =
        (ys_real)(-sigma[k] * (log(fmax(y[k], least)) + loss) / scale);
  return loss;
}

double ys_loss_of_logits(ys_loss loss, const ys_real *logits, const double *y,
                         size_t classes, double scale, ys_real *gradient,
                         double *room) {
  double *logit = room + 2 * classes;
  for (size_t k = 0; k < classes; k++)
    logit[k] = logits[k];
  if (loss == YS_SHANNON)
    return shannon(logit, room, y, classes, scale, gradient);
  if (loss == YS_REVERSE)
    return reverse(logit, room, y, classes, scale, gradient);
  return collision(logit, room, y, classes, scale, gradient, room + classes);
}
