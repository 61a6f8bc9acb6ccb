/* What the y-steps on mini-batches are on: the queue, and the labels that come
 * of it. */
#include "tests/support/testing.h"

#include "bench/train/checkpoint.h"
#include "tests/support/tempfile.h"

#include <string.h>

/* ------------------------------------------------------------- window ---- */

enum { MOST_BATCHES = 60 };

/* A row that bears its number. */
static void mark(double *row, size_t number) {
  row[0] = 1 - (double)number / 1024;
  row[1] = (double)number / 1024;
}

/* Three epochs of `rows` in mini-batches, each row marked with its number over
 * all of them. */
static void follow(size_t rows, size_t batch, size_t queue) {
  row_window w;
  size_t begin[MOST_BATCHES] = {0}; /* of each mini-batch */
  size_t number = 0, done = 0;
  ck_assert_int_eq(row_window_init(&w, rows, batch, queue, 2, NULL), YS_OK);
  for (; number < 3 * rows; done++) {
    size_t left = rows - number % rows, own = left < batch ? left : batch;
    size_t first = begin[done < queue ? 0 : done - queue];
    size_t kept = row_window_kept(&w, done);
    ck_assert_uint_eq(kept, queue ? number - first : 0);
    ck_assert_uint_le(kept + own, row_window_most(&w));
    ck_assert(row_window_is_sound(&w, done, number));
    for (size_t i = 0; i < kept; i++) {
      ck_assert(w.row[i] == first + i);
      ck_assert(w.labels[2 * i + 1] * 1024 == (double)(first + i));
    }
    for (size_t i = kept; i < kept + own; i++, number++) {
      w.row[i] = number;
      mark(w.labels + 2 * i, number);
    }
    row_window_slide(&w, done, own);
    begin[done + 1] = number;
  }
  if (queue) {
    w.labels[1] = NAN;
    ck_assert(!row_window_is_sound(&w, done, number));
    mark(w.labels, 0);
    w.labels[0] += 1e-6;
    ck_assert(!row_window_is_sound(&w, done, number));
    mark(w.labels, 0);
    w.row[0] = number;
    ck_assert(!row_window_is_sound(&w, done, number));
  }
  row_window_free(&w);
}

START_TEST(the_queue_is_the_last_mini_batches) {
  follow(10, 3, 0);
  follow(10, 3, 1);
  follow(10, 3, 3);
  follow(9, 3, 2);
  follow(5, 5, 0);
  follow(5, 1, 4);
}
END_TEST

/* ------------------------------------------------------------- labels ---- */

typedef struct rig {
  train_request request;
  train_job job;
  chosen_solver solver;
  ys_dataset data;
  training t;
} rig;

/* 50 rows of 3 classes in mini-batches of 8, and a queue. */
static void set_rig(rig *r, size_t queue, double rate) {
  ys_error error;
  *r = (rig){.request = {.batch = 8,
                         .views = 1,
                         .epochs = 3,
                         .on_batches = true,
                         .queue = queue,
                         .threads = 1,
                         .warm = true,
                         .warm_mix = 1e-3,
                         .limits = {1e-9, 1000, 60, 0}},
             .job = {.id = 1,
                     .data = "blobs:M=50,K=3,noise=1",
                     .classifier = "linear",
                     .solver = "ipm",
                     .chosen = &r->solver,
                     .lambda = 1,
                     .seed = 1}};
  ck_assert_int_eq(ys_optimiser_parse("sgd", &r->request.optimiser, &error),
                   YS_OK);
  r->request.optimiser.rate = rate;
  ck_assert_int_eq(
      ys_solver_parse("ipm", &r->solver.solver, &r->solver.options, &error),
      YS_OK);
  ck_assert_int_eq(ys_dataset_make(r->job.data, &r->data, &error), YS_OK);
  ck_assert_msg(training_open(&r->t, &r->request, &r->job, &r->data, &error) ==
                    YS_OK,
                "%s", error.text);
}

static void drop_rig(rig *r) {
  training_close(&r->t);
  ys_dataset_free(&r->data);
  ys_options_free(&r->solver.options);
}

/* What the window holds are the rows of the last mini-batches of the epoch, and
 * the labels that these were trained on. */
START_TEST(rows_and_labels_of_the_queue_are_those_of_the_trainer) {
  rig r;
  set_rig(&r, 2, 0);
  for (int epoch = 0; epoch < 2; epoch++) {
    ck_assert_int_eq(training_epoch(&r.t, NULL), YS_OK);
    size_t kept = row_window_kept(&r.t.window, (size_t)r.t.totals.ysteps);
    ck_assert_uint_eq(kept, 8 + 2);
    ck_assert_int_eq(r.t.totals.ysteps, 7 * (epoch + 1));
    ck_assert(r.t.totals.gap <= 1e-9);
    for (size_t i = 0; i < kept; i++) {
      size_t place = r.t.trainer.order[50 - kept + i];
      const double *y = r.t.trainer.labels + place * 3;
      ck_assert_uint_eq(r.t.window.row[i], r.t.rows[place]);
      if (i >= 8) /* others have labels of later y-steps in the window */
        ck_assert_mem_eq(r.t.window.labels + i * 3, y, 3 * sizeof *y);
    }
  }
  drop_rig(&r);
}
END_TEST

/* With a queue of an epoch and a classifier that stands still, the last y-step
 * is on all rows: the labels of its mini-batch, of 2 rows, are those that a
 * y-step on all rows finds; not those that two rows by themselves would have.
 */
START_TEST(labels_are_those_of_the_queue_and_the_mini_batch_together) {
  for (size_t queue = 0; queue <= 6; queue += 6) {
    ys_batch all;
    ys_objective objective;
    run_result result;
    double y[50][3], worst = 0;
    rig r;
    set_rig(&r, queue, 0);
    ck_assert_int_eq(training_epoch(&r.t, NULL), YS_OK);
    all = (ys_batch){.rows = 50, .classes = 3, .sigma = r.t.sigma};
    ck_assert_int_eq(ys_objective_init(&objective, &all, YS_COLLISION,
                                       YS_STRONG, 1, NULL, 1, NULL),
                     YS_OK);
    ys_labels labels = ys_labels_view(y[0], 50, 3);
    ys_start_uniform(&objective, y[0]);
    ck_assert_int_eq(run_solver(r.solver.solver, &r.solver.options, &objective,
                                &r.request.limits, &labels, NULL, NULL, &result,
                                NULL),
                     YS_OK);
    ck_assert_int_eq(result.status, RUN_CONVERGED);
    for (size_t i = 48; i < 50; i++)
      for (size_t k = 0; k < 3; k++) {
        size_t place = r.t.trainer.order[i];
        worst =
            fmax(worst, fabs(r.t.trainer.labels[place * 3 + k] - y[place][k]));
      }
    ck_assert_msg(queue ? worst < 1e-3 : worst > 0.05, "%zu: %g", queue, worst);
    run_result_free(&result);
    ys_objective_free(&objective);
    drop_rig(&r);
  }
}
END_TEST

/* --------------------------------------------------------- checkpoint ---- */

START_TEST(a_checkpoint_keeps_the_queue) {
  ys_error error;
  bool found;
  rig r, again;
  char *path = temp_file(".bin");
  set_rig(&r, 2, 0.05);
  set_rig(&again, 2, 0.05);
  ck_assert_int_eq(training_epoch(&r.t, &error), YS_OK);
  ck_assert_int_eq(checkpoint_write(path, &r.t, "key", &error), YS_OK);
  ck_assert_int_eq(checkpoint_read(path, &again.t, "key", &found, &error),
                   YS_OK);
  ck_assert(found);
  ck_assert_int_eq(training_epoch(&r.t, &error), YS_OK);
  ck_assert_int_eq(training_epoch(&again.t, &error), YS_OK);
  ck_assert_mem_eq(r.t.trainer.parameters, again.t.trainer.parameters,
                   r.t.trainer.network.parameters * sizeof(ys_real));
  ck_assert_mem_eq(r.t.trainer.labels, again.t.trainer.labels,
                   sizeof(double[50][3]));
  r.t.window.labels[0] = -1;
  ck_assert_int_eq(checkpoint_write(path, &r.t, "key", &error), YS_OK);
  ck_assert_int_eq(checkpoint_read(path, &again.t, "key", &found, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, "damaged|queue");
  drop_file(path);
  drop_rig(&r);
  drop_rig(&again);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("minibatches");
  TCase *all = tcase_create("minibatches");
  tcase_add_test(all, the_queue_is_the_last_mini_batches);
  tcase_add_test(all, rows_and_labels_of_the_queue_are_those_of_the_trainer);
  tcase_add_test(all,
                 labels_are_those_of_the_queue_and_the_mini_batch_together);
  tcase_add_test(all, a_checkpoint_keeps_the_queue);
  suite_add_tcase(suite, all);
  return run_suite(suite);
}
