/* training/: data, K-means, augmentation, targets, and the trainer. */
#include "problems/formats/npy.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"
#include "training/kmeans.h"
#include "training/scores.h"
#include "training/trainer.h"

#include "problems/generators/rng.h"

static ys_error error;

static ys_dataset make(const char *spec) {
  ys_dataset data;
  ck_assert_msg(ys_dataset_make(spec, &data, &error) == YS_OK, "%s",
                error.text);
  return data;
}

/* -------------------------------------------------------------- data ---- */

START_TEST(every_toy_is_reproducible_and_balanced) {
  for (size_t d = 0; ys_datas[d]; d++) {
    if (ys_datas[d] == &ys_images)
      continue;
    ys_dataset a = make(ys_datas[d]->name), b = make(ys_datas[d]->name);
    size_t size = a.rows * ys_shape_size(a.shape);
    size_t *count = calloc(a.classes, sizeof *count);
    ck_assert_mem_eq(a.input, b.input, size * sizeof *a.input);
    for (size_t i = 0; i < a.rows; i++)
      count[a.label[i]]++;
    for (size_t k = 0; k < a.classes; k++)
      ck_assert_uint_ge(count[k], a.rows / a.classes);
    free(count);
    ys_dataset_free(&a);
    ys_dataset_free(&b);
  }
}
END_TEST

START_TEST(images_are_read_with_their_labels) {
  char *images = temp_file(".npy"), *labels = temp_file(".npy"), spec[512];
  double pixel[3 * 16], label[3] = {2, 0, 1};
  for (int i = 0; i < 48; i++)
    pixel[i] = i / 48.0;
  ck_assert_int_eq(ys_npy_write(images, pixel, 3, 16, NULL), YS_OK);
  ck_assert_int_eq(ys_npy_write(labels, label, 3, 1, NULL), YS_OK);
  snprintf(spec, sizeof spec, "images:path=%s,labels=%s", images, labels);
  ys_dataset data = make(spec);
  ck_assert_uint_eq(data.rows, 3);
  ck_assert_uint_eq(data.classes, 3);
  ck_assert_uint_eq(data.shape.height, 4); /* 16 is a square */
  ck_assert(data.input[17] == (ys_real)(17 / 48.0));
  ck_assert_uint_eq(data.label[0], 2);
  ys_dataset_free(&data);
  snprintf(spec, sizeof spec, "images:path=%s,classes=4,rows=2,height=1",
           images);
  data = make(spec);
  ck_assert_uint_eq(data.rows, 2);
  ck_assert_uint_eq(data.shape.channels, 16);
  ck_assert_ptr_null(data.label);
  ys_dataset_free(&data);
  drop_file(images);
  drop_file(labels);
}
END_TEST

static const struct {
  const char *options, *says;
} bad_images[] = {
    {"", "how many classes"},
    {",classes=1", "at least 1 row and 2 classes"},
    {",classes=3,rows=4", "has 3 rows|expected 4"},
    {",classes=3,height=3", "no images 3 high"},
    {",labels=/nowhere.npy", "/nowhere.npy: cannot open"},
};

START_TEST(bad_images_are_refused) {
  char *images = temp_file(".npy"), spec[512];
  double pixel[3 * 16] = {0};
  ys_dataset data;
  ck_assert_int_eq(ys_npy_write(images, pixel, 3, 16, NULL), YS_OK);
  snprintf(spec, sizeof spec, "images:path=%s%s", images,
           bad_images[_i].options);
  ck_assert_int_ne(ys_dataset_make(spec, &data, &error), YS_OK);
  assert_says(error.text, bad_images[_i].says);
  drop_file(images);
}
END_TEST

START_TEST(bad_labels_and_pixels_are_refused) {
  char *images = temp_file(".npy"), *labels = temp_file(".npy"), spec[512];
  double pixel[8] = {0}, label[4] = {0, 1, 1.5, 0};
  ys_dataset data;
  snprintf(spec, sizeof spec, "images:path=%s,labels=%s", images, labels);
  ys_npy_write(images, pixel, 4, 2, NULL);
  ys_npy_write(labels, label, 4, 1, NULL);
  ck_assert_int_eq(ys_dataset_make(spec, &data, &error), YS_BAD_INPUT);
  assert_says(error.text, "row 2|label 1.5|whole number");
  ys_npy_write(labels, label, 3, 1, NULL);
  ck_assert_int_eq(ys_dataset_make(spec, &data, &error), YS_BAD_INPUT);
  assert_says(error.text, "a label for each of 4 rows");
  label[2] = 1;
  pixel[5] = NAN;
  ys_npy_write(labels, label, 4, 1, NULL);
  ys_npy_write(images, pixel, 4, 2, NULL);
  ck_assert_int_eq(ys_dataset_make(spec, &data, &error), YS_BAD_INPUT);
  assert_says(error.text, "row 2, column 1|finite");
  drop_file(images);
  drop_file(labels);
}
END_TEST

/* ----------------------------------------------------------- K-means ---- */

START_TEST(kmeans_finds_blobs_whatever_the_threads) {
  ys_dataset data = make("blobs:M=300,K=5,noise=0.05");
  size_t one[300], two[300];
  double inertia, again;
  ys_scores scores;
  ck_assert_int_eq(ys_kmeans(&data, 5, 7, 1, one, &inertia, NULL), YS_OK);
  ck_assert_int_eq(ys_kmeans(&data, 5, 7, 3, two, &again, NULL), YS_OK);
  ck_assert_mem_eq(one, two, sizeof one);
  ck_assert(inertia == again);
  ck_assert_int_eq(ys_scores_find(one, data.label, 300, 5, &scores, NULL),
                   YS_OK);
  assert_close(scores.accuracy, 1, 1e-12);
  ck_assert_double_le(inertia, 300 * 2 * 0.05 * 0.05 * 1.3);
  ys_dataset_free(&data);
}
END_TEST

START_TEST(kmeans_lives_with_equal_rows) {
  ys_dataset data = make("blobs:M=12,K=4,noise=0");
  size_t cluster[12];
  double inertia;
  for (size_t i = 0; i < 24; i++)
    data.input[i] = 1;
  ck_assert_int_eq(ys_kmeans(&data, 2, 1, 1, cluster, &inertia, NULL), YS_OK);
  ck_assert(inertia == 0);
  ys_dataset_free(&data);
}
END_TEST

/* ------------------------------------------------------ augmentation ---- */

static void view(const char *text, ys_real *out, const ys_real *in,
                 ys_shape shape, unsigned long seed) {
  ys_augment augment;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, seed);
  ck_assert_int_eq(ys_augment_parse(text, &augment, NULL), YS_OK);
  ys_augment_row(&augment, rng, shape, in, out);
  gsl_rng_free(rng);
}

START_TEST(no_augmentation_is_the_identity) {
  const ys_real in[4] = {1, 2, 3, 4};
  ys_real out[4];
  view("", out, in, (ys_shape){1, 2, 2}, 1);
  ck_assert_mem_eq(in, out, sizeof in);
  view("shift=1,rotate=90", out, in, (ys_shape){4, 1, 1}, 1); /* no image */
  ck_assert_mem_eq(in, out, sizeof in);
}
END_TEST

/* A bump far from the border: its mass stays, its centre moves as much as it
 * may. */
START_TEST(shifts_stay_within_their_limits) {
  ys_shape shape = {1, 11, 11};
  ys_real in[121] = {0}, out[121];
  double farthest = 0;
  in[5 * 11 + 5] = 1;
  for (unsigned long seed = 0; seed < 200; seed++) {
    double mass = 0, x = 0, y = 0;
    view("shift=2", out, in, shape, seed);
    for (size_t i = 0; i < 121; i++) {
      mass += (double)out[i];
      y += (double)out[i] * (double)(i / 11);
      x += (double)out[i] * (double)(i % 11);
    }
    assert_close(mass, 1, 1e-5);
    ck_assert_double_le(fmax(fabs(x - 5), fabs(y - 5)), 2 + 1e-5);
    farthest = fmax(farthest, fabs(x - 5));
  }
  ck_assert_double_ge(farthest, 1.8);
}
END_TEST

START_TEST(noise_has_its_deviation) {
  enum { COUNT = 20000 };
  static ys_real in[COUNT], out[COUNT];
  double square = 0;
  view("noise=0.3", out, in, (ys_shape){COUNT, 1, 1}, 3);
  for (size_t i = 0; i < COUNT; i++)
    square += (double)out[i] * (double)out[i] / COUNT;
  assert_close(sqrt(square), 0.3, 0.01);
}
END_TEST

/* ------------------------------------------------------------ targets ---- */

START_TEST(targets_are_corrupted_as_asked) {
  enum { ROWS = 4000, CLASSES = 4 };
  ys_dataset data = make("blobs:M=4000,K=4");
  size_t rows[ROWS], changed = 0, blank = 0;
  double *y = malloc(ROWS * CLASSES * sizeof *y);
  ys_targets targets;
  for (size_t i = 0; i < ROWS; i++)
    rows[i] = ROWS - 1 - i;
  ck_assert_int_eq(
      ys_targets_parse("wrong=0.4,mix=0.2,blank=0.25", &targets, NULL), YS_OK);
  ck_assert_int_eq(ys_targets_fill(&targets, &data, rows, ROWS, 1, y, NULL),
                   YS_OK);
  for (size_t i = 0; i < ROWS; i++) {
    const double *row = y + i * CLASSES;
    size_t hot;
    ys_largest_columns(row, 1, CLASSES, &hot);
    assert_close(row[0] + row[1] + row[2] + row[3], 1, 1e-14);
    if (row[hot] < 0.3)
      blank++;
    else {
      assert_close(row[hot], 0.85, 1e-14);
      changed += hot != data.label[rows[i]];
    }
  }
  assert_close((double)blank / ROWS, 0.25, 0.03);
  /* a fourth of the labels drawn anew are right */
  assert_close((double)changed / (double)(ROWS - blank), 0.3, 0.03);
  free(y);
  ys_dataset_free(&data);
}
END_TEST

/* ------------------------------------------------------------ trainer ---- */

typedef struct rig {
  ys_dataset data;
  size_t rows[400];
  ys_trainer trainer;
} rig;

static void set_rig(rig *r, const char *data, const char *classifier,
                    const char *optimiser, int threads) {
  ys_trainer_settings settings = {.classifier = classifier,
                                  .augment = {.shift = 0.5, .noise = 0.05},
                                  .loss = YS_COLLISION,
                                  .batch = 100,
                                  .views = 2,
                                  .seed = 5,
                                  .threads = threads};
  ck_assert_int_eq(ys_optimiser_parse(optimiser, &settings.optimiser, &error),
                   YS_OK);
  r->data = make(data);
  ck_assert_uint_le(r->data.rows, 400);
  for (size_t i = 0; i < r->data.rows; i++)
    r->rows[i] = i;
  ck_assert_msg(ys_trainer_init(&r->trainer, &r->data, r->rows, r->data.rows,
                                &settings, &error) == YS_OK,
                "%s", error.text);
  for (size_t i = 0; i < r->data.rows; i++)
    r->trainer.labels[i * r->data.classes + r->data.label[i]] = 1;
}

static void drop_rig(rig *r) {
  ys_trainer_free(&r->trainer);
  ys_dataset_free(&r->data);
}

/* One epoch of steps; the mean loss. */
static ys_code run_epoch(rig *r, double *loss, ys_error *why) {
  ys_code code = YS_OK;
  ys_trainer_begin(&r->trainer);
  while (!code && ys_trainer_next(&r->trainer))
    code = ys_trainer_step(&r->trainer, why);
  *loss = r->trainer.loss_sum / (double)r->trainer.count;
  return code;
}

static double accuracy(rig *r) {
  size_t rows = r->data.rows, found[400];
  ys_scores scores;
  double *sigma = malloc(rows * r->data.classes * sizeof *sigma);
  ys_trainer_predict(&r->trainer, r->trainer.data->input, r->rows, rows, sigma);
  ys_largest_columns(sigma, rows, r->data.classes, found);
  ys_scores_find(found, r->data.label, rows, r->data.classes, &scores, NULL);
  free(sigma);
  return scores.plain;
}

static const char *const classifiers[] = {"linear", "mlp:hidden=32",
                                          "conv:channels=4x8,hidden=16"};
static const char *const optimisers[] = {"adam:rate=0.01",
                                         "sgd:rate=0.1,momentum=0.9"};

START_TEST(every_classifier_learns_from_labels) {
  double loss, first = 0;
  rig r;
  set_rig(&r, "glyphs:M=390,K=4", classifiers[_i / 2], optimisers[_i % 2], 1);
  for (int epoch = 0; epoch < 40; epoch++) {
    ck_assert_int_eq(run_epoch(&r, &loss, &error), YS_OK);
    first = epoch ? first : loss;
  }
  ck_assert_double_lt(loss, first / 2);
  ck_assert_double_gt(accuracy(&r), 0.85);
  drop_rig(&r);
}
END_TEST

START_TEST(threads_do_not_change_the_bits) {
  double loss[2];
  rig one, three;
  set_rig(&one, "glyphs:M=390,K=4", classifiers[_i], optimisers[0], 1);
  set_rig(&three, "glyphs:M=390,K=4", classifiers[_i], optimisers[0], 3);
  for (int epoch = 0; epoch < 3; epoch++) {
    run_epoch(&one, &loss[0], NULL);
    run_epoch(&three, &loss[1], NULL);
    ck_assert(loss[0] == loss[1]);
  }
  ck_assert_mem_eq(one.trainer.parameters, three.trainer.parameters,
                   one.trainer.network.parameters * sizeof(ys_real));
  drop_rig(&one);
  drop_rig(&three);
}
END_TEST

START_TEST(a_loss_that_is_no_number_says_where) {
  double loss;
  rig r;
  set_rig(&r, "glyphs:M=390,K=4", "mlp:hidden=8", optimisers[0], 2);
  ck_assert_int_eq(run_epoch(&r, &loss, NULL), YS_OK);
  r.data.input[64 * 123 + 5] = NAN;
  ck_assert_int_eq(run_epoch(&r, &loss, &error), YS_BAD_NUMERICS);
  assert_says(error.text, "epoch 2, batch |the loss is |rows |input ");
  ck_assert_int_eq(r.trainer.epoch, 1);
  drop_rig(&r);
  set_rig(&r, "glyphs:M=390,K=4", "mlp:hidden=8", "sgd:rate=1e6,decay=1e3", 2);
  ys_code code = YS_OK;
  for (int epoch = 0; !code && epoch < 30; epoch++)
    code = run_epoch(&r, &loss, &error);
  ck_assert_int_eq(code, YS_BAD_NUMERICS);
  assert_says(error.text, "epoch |batch |layer ");
  drop_rig(&r);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("training");
  TCase *all = tcase_create("training");
  tcase_add_test(all, every_toy_is_reproducible_and_balanced);
  tcase_add_test(all, images_are_read_with_their_labels);
  tcase_add_loop_test(all, bad_images_are_refused, 0,
                      sizeof bad_images / sizeof *bad_images);
  tcase_add_test(all, bad_labels_and_pixels_are_refused);
  tcase_add_test(all, kmeans_finds_blobs_whatever_the_threads);
  tcase_add_test(all, kmeans_lives_with_equal_rows);
  tcase_add_test(all, no_augmentation_is_the_identity);
  tcase_add_test(all, shifts_stay_within_their_limits);
  tcase_add_test(all, noise_has_its_deviation);
  tcase_add_test(all, targets_are_corrupted_as_asked);
  tcase_add_loop_test(all, every_classifier_learns_from_labels, 0, 6);
  tcase_add_loop_test(all, threads_do_not_change_the_bits, 0, 3);
  tcase_add_test(all, a_loss_that_is_no_number_says_where);
  suite_add_tcase(suite, all);
  return run_suite(suite);
}
