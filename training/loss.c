#include "training/loss.h"

#include <math.h>

/* ln(sum_k exp(v_k)), and softmax(v) into s. */
static double log_sum_exp(const double *v, double *s, size_t classes) {
  double most = v[0], sum = 0;
  for (size_t k = 1; k < classes; k++)
    most = v[k] > most ? v[k] : most;
  for (size_t k = 0; k < classes; k++)
    sum += s[k] = exp(v[k] - most);
  for (size_t k = 0; k < classes; k++)
    s[k] /= sum;
  return most + log(sum);
}

void ys_softmax(const ys_real *logits, double *sigma, size_t classes) {
  double most = logits[0], sum = 0;
  for (size_t k = 1; k < classes; k++)
    most = logits[k] > most ? logits[k] : most;
  for (size_t k = 0; k < classes; k++)
    sum += sigma[k] = exp(fmax(logits[k] - most, -700));
  for (size_t k = 0; k < classes; k++)
    sigma[k] /= sum;
}

static double collision(const double *logit, double *sigma, const double *y,
                        size_t classes, double scale, ys_real *gradient,
                        double *joint) {
  double all = log_sum_exp(logit, sigma, classes);
  for (size_t k = 0; k < classes; k++)
    joint[k] = logit[k] + log(y[k]);
  double both = log_sum_exp(joint, joint, classes);
  for (size_t k = 0; k < classes; k++)
    gradient[k] = (ys_real)((sigma[k] - joint[k]) / scale);
  return all - both;
}

static double shannon(const double *logit, double *sigma, const double *y,
                      size_t classes, double scale, ys_real *gradient) {
  double all = log_sum_exp(logit, sigma, classes), loss = 0;
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
  log_sum_exp(logit, sigma, classes);
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
