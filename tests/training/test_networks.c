/* training/: layers, classifiers, losses and optimisers, built in double
 * precision: gradients against finite differences, layers against plain loops.
 */
#include "tests/support/testing.h"
#include "training/loss.h"
#include "training/network.h"
#include "training/optimiser.h"

#include <gsl/gsl_randist.h>
#include <string.h>

enum { ROWS = 5, CLASSES = 4, MOST = 4096 };

static gsl_rng *rng;
static ys_error error;

static void set_up(void) {
  rng = gsl_rng_alloc(gsl_rng_mt19937);
  ck_assert_uint_eq(sizeof(ys_real), sizeof(double));
}

static void tear_down(void) {
  gsl_rng_free(rng);
}

static void random_labels(double *y, size_t classes) {
  const double alpha[] = {0.5, 0.5, 0.5, 0.5};
  gsl_ran_dirichlet(rng, classes, alpha, y);
}

/* A network with parameters, a filled pass and labels. */
typedef struct model {
  ys_network network;
  ys_memory memory;
  ys_pass pass;
  ys_real parameters[MOST];
  double labels[ROWS * CLASSES];
  ys_loss loss;
} model;

static void make_model(model *m, const char *spec, ys_shape in, ys_loss loss) {
  ck_assert_msg(ys_network_parse(spec, in, CLASSES, &m->network, &error) ==
                    YS_OK,
                "%s", error.text);
  ck_assert_uint_le(m->network.parameters, MOST);
  m->memory = (ys_memory){0};
  m->pass = ys_pass_take(&m->memory, &m->network, ROWS);
  ck_assert_int_eq(ys_memory_check(&m->memory, NULL), YS_OK);
  for (size_t i = 0; i < m->network.parameters; i++)
    m->parameters[i] = gsl_ran_gaussian(rng, 0.5);
  for (size_t i = 0; i < ROWS * ys_shape_size(in); i++)
    m->pass.in[i] = gsl_ran_gaussian(rng, 1);
  for (size_t i = 0; i < ROWS; i++)
    random_labels(m->labels + i * CLASSES, CLASSES);
  m->loss = loss;
}

/* The mean loss; its gradient is added to `gradient` unless that is NULL. */
static double evaluate(model *m, ys_real *gradient) {
  double room[3 * CLASSES], total = 0;
  const ys_real *logits =
      ys_network_forward(&m->network, m->parameters, &m->pass, ROWS);
  for (size_t i = 0; i < ROWS; i++)
    total += ys_loss_of_logits(m->loss, logits + i * CLASSES,
                               m->labels + i * CLASSES, CLASSES, ROWS,
                               m->pass.gradient + i * CLASSES, room);
  if (gradient)
    ys_network_backward(&m->network, m->parameters, &m->pass, ROWS, gradient);
  return total / ROWS;
}

static const struct {
  const char *spec;
  ys_shape in;
} nets[] = {
    {"linear", {6, 1, 1}},
    {"mlp:hidden=7x5", {6, 1, 1}},
    {"conv:channels=3x4,hidden=6", {1, 6, 6}},
    {"conv:channels=2x3,hidden=0", {2, 5, 7}}, /* odd sides, two channels */
};
enum { NETS = sizeof nets / sizeof *nets };

START_TEST(gradients_are_finite_differences) {
  ys_real gradient[MOST] = {0};
  size_t bad = 0;
  model m;
  make_model(&m, nets[_i / YS_LOSSES].spec, nets[_i / YS_LOSSES].in,
             (ys_loss)(_i % YS_LOSSES));
  evaluate(&m, gradient);
  for (size_t i = 0; i < m.network.parameters; i++) {
    const double h = 1e-6;
    double at = m.parameters[i];
    m.parameters[i] = at + h;
    double up = evaluate(&m, NULL);
    m.parameters[i] = at - h;
    double down = evaluate(&m, NULL);
    m.parameters[i] = at;
    bad += fabs((up - down) / (2 * h) - gradient[i]) > 1e-7;
  }
  /* A unit or a window that switches within h is a corner of the loss. */
  ck_assert_msg(bad <= m.network.parameters / 200, "%zu of %zu are off", bad,
                m.network.parameters);
  ys_give_back(&m.memory);
}
END_TEST

/* What a convolution is, without im2col. */
static double convolve(const ys_layer *layer, const ys_real *parameters,
                       const ys_real *in, size_t filter, long i, long j) {
  ys_shape s = layer->in;
  double sum = parameters[layer->weights + filter];
  for (size_t c = 0; c < s.channels; c++)
    for (long a = -1; a <= 1; a++)
      for (long b = -1; b <= 1; b++)
        if (i + a >= 0 && i + a < (long)s.height && j + b >= 0 &&
            j + b < (long)s.width)
          sum +=
              in[(c * s.height + (size_t)(i + a)) * s.width + (size_t)(j + b)] *
              parameters[(filter * s.channels + c) * 9 +
                         (size_t)(3 * (a + 1) + b + 1)];
  return sum;
}

START_TEST(convolution_is_its_definition) {
  ys_layer layer = ys_layer_convolution((ys_shape){2, 5, 4}, 3);
  ys_real in[2 * 40], out[2 * 60], parameters[57], room[18 * 20];
  ck_assert_uint_eq(layer.weights + layer.biases, 57);
  ck_assert_uint_eq(layer.room, 18 * 20);
  for (size_t i = 0; i < 80; i++)
    in[i] = gsl_ran_gaussian(rng, 1);
  for (size_t i = 0; i < 57; i++)
    parameters[i] = gsl_ran_gaussian(rng, 1);
  layer.kind->forward(&layer, &(ys_layer_rows){.rows = 2,
                                               .parameters = parameters,
                                               .in = in,
                                               .out = out,
                                               .room = room});
  for (size_t row = 0; row < 2; row++)
    for (size_t f = 0; f < 3; f++)
      for (long i = 0; i < 5; i++)
        for (long j = 0; j < 4; j++)
          assert_close(out[row * 60 + f * 20 + (size_t)(i * 4 + j)],
                       convolve(&layer, parameters, in + row * 40, f, i, j),
                       1e-12);
}
END_TEST

START_TEST(pooling_takes_the_largest_and_cuts_odd_windows) {
  ys_layer layer = ys_layer_pool((ys_shape){1, 3, 3});
  const ys_real in[] = {1, 5, 2, 3, 4, 9, -1, -2, -3},
                expected[] = {5, 9, -1, -3};
  const ys_real dout[] = {1, 2, 3, 4}, back[] = {0, 1, 0, 0, 0, 2, 3, 0, 4};
  ys_real out[4], din[9];
  const ys_layer_rows at = {
      .rows = 1, .in = in, .out = out, .dout = dout, .din = din};
  layer.kind->forward(&layer, &at);
  ck_assert_mem_eq(out, expected, sizeof out);
  layer.kind->backward(&layer, &at);
  ck_assert_mem_eq(din, back, sizeof din);
}
END_TEST

/* ------------------------------------------------------------ losses ---- */

START_TEST(collision_does_not_learn_from_uniform_labels) {
  for (int trial = 0; trial < 1000; trial++) {
    ys_real logits[CLASSES], gradient[CLASSES];
    double y[CLASSES], room[3 * CLASSES];
    for (size_t k = 0; k < CLASSES; k++) {
      logits[k] = gsl_ran_gaussian(rng, trial % 2 ? 1 : 30);
      y[k] = 1.0 / CLASSES;
    }
    double loss =
        ys_loss_of_logits(YS_COLLISION, logits, y, CLASSES, 1, gradient, room);
    assert_close(loss, log(CLASSES), 1e-14);
    for (size_t k = 0; k < CLASSES; k++)
      ck_assert_double_le(fabs(gradient[k]), 4e-16);
    /* as the others do: towards uniform sigma */
    ys_loss_of_logits(YS_SHANNON, logits, y, CLASSES, 1, gradient, room);
    ck_assert_double_gt(fabs(gradient[0]), 1e-6);
  }
}
END_TEST

START_TEST(losses_are_their_formulas_and_gradients_sum_to_zero) {
  for (int trial = 0; trial < 300; trial++) {
    ys_real logits[CLASSES], gradient[CLASSES];
    double y[CLASSES], sigma[CLASSES], room[3 * CLASSES];
    double x = 0, shannon = 0, reverse = 0;
    random_labels(y, CLASSES);
    for (size_t k = 0; k < CLASSES; k++)
      logits[k] = gsl_ran_gaussian(rng, 3);
    ys_softmax(logits, sigma, CLASSES);
    for (size_t k = 0; k < CLASSES; k++) {
      x += sigma[k] * y[k];
      shannon -= y[k] * log(sigma[k]);
      reverse -= sigma[k] * log(fmax(y[k], 1e-30));
    }
    const double expected[YS_LOSSES] = {-log(x), shannon, reverse};
    for (int loss = 0; loss < YS_LOSSES; loss++) {
      double sum = 0;
      assert_close(ys_loss_of_logits((ys_loss)loss, logits, y, CLASSES, 1,
                                     gradient, room),
                   expected[loss], 1e-12);
      for (size_t k = 0; k < CLASSES; k++)
        sum += gradient[k];
      ck_assert_double_le(fabs(sum), 1e-11);
    }
  }
}
END_TEST

START_TEST(collision_is_shannon_on_one_hot_labels) {
  for (size_t hot = 0; hot < CLASSES; hot++) {
    ys_real logits[CLASSES] = {3, -800, 0.5, 40}, a[CLASSES], b[CLASSES];
    double y[CLASSES] = {0}, room[3 * CLASSES];
    y[hot] = 1;
    double collision =
        ys_loss_of_logits(YS_COLLISION, logits, y, CLASSES, 1, a, room);
    assert_close(collision,
                 ys_loss_of_logits(YS_SHANNON, logits, y, CLASSES, 1, b, room),
                 1e-14);
    for (size_t k = 0; k < CLASSES; k++)
      ck_assert_double_le(fabs(a[k] - b[k]), 1e-15);
  }
}
END_TEST

START_TEST(softmax_has_no_zero) {
  ys_real logits[CLASSES] = {0, 2000, -3000, 1999};
  double sigma[CLASSES], sum = 0;
  ys_softmax(logits, sigma, CLASSES);
  for (size_t k = 0; k < CLASSES; k++) {
    ck_assert_double_gt(sigma[k], 0);
    sum += sigma[k];
  }
  assert_close(sum, 1, 1e-15);
}
END_TEST

/* -------------------------------------------------------- optimisers ---- */

START_TEST(steps_are_the_published_ones) {
  static const char *const specs[] = {
      "sgd:rate=0.1,momentum=0.8,decay=0.01",
      "adam:rate=0.1,beta1=0.8,beta2=0.95,decay=0.01"};
  ys_network net;
  ys_memory memory = {0};
  ys_optimiser o;
  ys_real w[12], g[12];
  double expected[12], m[12] = {0}, v[12] = {0};
  ck_assert_int_eq(
      ys_network_parse("linear", (ys_shape){2, 1, 1}, CLASSES, &net, NULL),
      YS_OK);
  ck_assert_int_eq(ys_optimiser_parse(specs[_i], &o, NULL), YS_OK);
  ys_optimiser_start(&o, net.parameters, &memory);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  for (size_t i = 0; i < 12; i++)
    expected[i] = w[i] = gsl_ran_gaussian(rng, 1);
  for (int step = 1; step <= 5; step++) {
    for (size_t i = 0; i < 12; i++) {
      double decay = i < 8 ? 0.01 : 0; /* the last four are biases */
      g[i] = gsl_ran_gaussian(rng, 1);
      if (_i == 0) {
        m[i] = 0.8 * m[i] + g[i] + decay * expected[i];
        expected[i] -= 0.1 * m[i];
      } else {
        m[i] = 0.8 * m[i] + 0.2 * g[i];
        v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
        double mean = m[i] / (1 - pow(0.8, step));
        double square = v[i] / (1 - pow(0.95, step));
        expected[i] -=
            0.1 * (mean / (sqrt(square) + 1e-8) + decay * expected[i]);
      }
    }
    ys_optimiser_step(&o, &net, g, w);
    for (size_t i = 0; i < 12; i++)
      assert_close(w[i], expected[i], 1e-12);
  }
  ys_give_back(&memory);
}
END_TEST

/* ------------------------------------------------------------- specs ---- */

static const struct {
  const char *spec, *says;
} bad_specs[] = {
    {"lineal", "did you mean 'linear'"},
    {"mlp:hidden=64y32", "expected 1 to 8 whole numbers"},
    {"mlp:hidden=0", "expected 1 to 8 whole numbers"},
    {"mlp:hidden=1x2x3x4x5x6x7x8x9", "expected 1 to 8"},
    {"mlp:hiden=3", "did you mean 'hidden'"},
    {"conv:channels=3x4", "expected images"},
};

START_TEST(bad_specs_are_refused) {
  ys_network net;
  ck_assert_int_eq(ys_network_parse(bad_specs[_i].spec, (ys_shape){6, 1, 1},
                                    CLASSES, &net, &error),
                   YS_BAD_INPUT);
  ck_assert_msg(strstr(error.text, bad_specs[_i].says) != NULL, "%s",
                error.text);
}
END_TEST

START_TEST(bad_optimisers_are_refused) {
  static const char *const specs[] = {"adma", "sgd:rate=0", "sgd:momentum=1",
                                      "adam:decay=-1", "sgd:beta1=0.9"};
  ys_optimiser o;
  ck_assert_int_eq(ys_optimiser_parse(specs[_i], &o, &error), YS_BAD_INPUT);
}
END_TEST

START_TEST(blame_names_the_layer) {
  char text[160];
  model m;
  make_model(&m, "mlp:hidden=7x5", (ys_shape){6, 1, 1}, YS_COLLISION);
  evaluate(&m, NULL);
  ys_network_blame(&m.network, m.parameters, &m.pass, ROWS, text, sizeof text);
  ck_assert_ptr_nonnull(strstr(text, "every layer"));
  m.parameters[m.network.layer[2].offset + 3] = NAN;
  ys_network_blame(&m.network, m.parameters, &m.pass, ROWS, text, sizeof text);
  ck_assert_ptr_nonnull(strstr(text, "parameters of layer 3 (dense)"));
  m.pass.in[8] = INFINITY;
  ys_network_blame(&m.network, m.parameters, &m.pass, ROWS, text, sizeof text);
  ck_assert_ptr_nonnull(strstr(text, "input 2"));
  ys_give_back(&m.memory);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("networks");
  TCase *networks = tcase_create("networks");
  tcase_add_checked_fixture(networks, set_up, tear_down);
  tcase_add_loop_test(networks, gradients_are_finite_differences, 0,
                      NETS * YS_LOSSES);
  tcase_add_test(networks, convolution_is_its_definition);
  tcase_add_test(networks, pooling_takes_the_largest_and_cuts_odd_windows);
  tcase_add_test(networks, collision_does_not_learn_from_uniform_labels);
  tcase_add_test(networks, losses_are_their_formulas_and_gradients_sum_to_zero);
  tcase_add_test(networks, collision_is_shannon_on_one_hot_labels);
  tcase_add_test(networks, softmax_has_no_zero);
  tcase_add_loop_test(networks, steps_are_the_published_ones, 0, 2);
  tcase_add_loop_test(networks, bad_specs_are_refused, 0,
                      sizeof bad_specs / sizeof *bad_specs);
  tcase_add_loop_test(networks, bad_optimisers_are_refused, 0, 5);
  tcase_add_test(networks, blame_names_the_layer);
  suite_add_tcase(suite, networks);
  return run_suite(suite);
}
