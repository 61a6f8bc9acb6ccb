/* The interface where memory runs out: at the n-th allocation of a handle's
 * life, for every n. The call says so, the next one is as if nothing had
 * happened, and nothing is left when the handle is closed. */
#include "library/ystep.h"

#include "tests/support/failing_alloc.h"
#include "tests/support/testing.h"

#include <stdbool.h>
#include <string.h>

enum { ROWS = 60, CLASSES = 4, MOST = ROWS * CLASSES };

/* What the calls below answer. */
typedef struct answers {
  double dense[MOST], strided[2 * MOST], gradient[MOST], weight[MOST], gap;
} answers;

static double sigma[MOST];
static const double prior[CLASSES] = {0.4, 0.2, 0.2, 0.2};
static const ystep_array given = {sigma, YSTEP_DOUBLE, ROWS, CLASSES, 0};

static int set_all(ystep_handle *handle, answers *to) {
  (void)to;
  int code = ys_set_text(handle, "solver", "exact");
  return code ? code : ys_set_prior(handle, prior, CLASSES);
}

static int solve_dense(ystep_handle *handle, answers *to) {
  const ystep_array y = {to->dense, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  return ys_solve(handle, &given, &y);
}

static int solve_strided(ystep_handle *handle, answers *to) {
  const ystep_array y = {to->strided, YSTEP_DOUBLE, ROWS, CLASSES, 2 * CLASSES};
  return ys_solve(handle, &given, &y);
}

static int solve_sparse(ystep_handle *handle, answers *to) {
  ystep_sparse y;
  int code = ys_solve_sparse(handle, &given, &y);
  if (!code)
    memcpy(to->weight, y.weight, y.begin[ROWS] * sizeof *y.weight);
  return code;
}

/* Of another shape, so that the memory is taken anew. */
static int judge_fewer(ystep_handle *handle, answers *to) {
  ystep_array few = given, y = {to->dense, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  few.rows = y.rows = ROWS / 2;
  int code = ys_judge(handle, &few, &y);
  to->gap = ys_get(handle, "gap");
  return code;
}

static int evaluate(ystep_handle *handle, answers *to) {
  const ystep_array y = {to->dense, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  const ystep_array by_y = {to->gradient, YSTEP_DOUBLE, ROWS, CLASSES, 0};
  return ys_evaluate(handle, &given, &y, NULL, &by_y);
}

static int (*const calls[])(ystep_handle *, answers *) = {
    set_all,      solve_dense, solve_strided, judge_fewer,
    solve_sparse, evaluate,    judge_fewer,   solve_dense};

static void fill(void) {
  for (size_t i = 0; i < ROWS; i++) {
    double sum = 0, *row = sigma + i * CLASSES;
    for (size_t k = 0; k < CLASSES; k++)
      sum += row[k] = exp(2 * sin((double)(i * (k + 3) + 5 * k)));
    for (size_t k = 0; k < CLASSES; k++)
      row[k] /= sum;
  }
}

/* What went wrong in a trial; Check allocates, and asserts outside. */
typedef struct trial {
  bool opened;
  int refusals; /* calls that said that memory was out */
  int others;   /* that said anything else */
  answers found;
} trial;

static void live(trial *t) {
  ystep_handle *handle = ys_open();
  *t = (trial){.opened = handle != NULL};
  for (size_t c = 0; handle && c < sizeof calls / sizeof *calls; c++) {
    int code = calls[c](handle, &t->found);
    if (code == YSTEP_NO_MEMORY) {
      t->refusals++;
      t->others += !strstr(ys_message(handle), "out of memory");
      code = calls[c](handle, &t->found);
    }
    t->others += code != YSTEP_OK;
  }
  ys_close(handle);
}

START_TEST(every_allocation_may_fail) {
  static trial whole, t;
  fill();
  live(&whole);
  ck_assert(whole.opened && whole.refusals == 0 && whole.others == 0);
  size_t n = 1;
  for (bool has_failed = true; has_failed; n++) {
    failing_alloc_start(n);
    live(&t);
    has_failed = failing_alloc_end();
    ck_assert_msg(failing_alloc_held() == 0, "%zu blocks leaked at call %zu",
                  failing_alloc_held(), n);
    ck_assert_msg(!t.opened || t.refusals == has_failed,
                  "call %zu: %d refusals", n, t.refusals);
    ck_assert_msg(t.others == 0, "call %zu: another code or message", n);
    if (t.opened)
      ck_assert_msg(memcmp(&t.found, &whole.found, sizeof t.found) == 0,
                    "call %zu: other answers after it", n);
  }
  ck_assert_uint_gt(n, 100);
}
END_TEST

/* How many allocations a call has, behind a call of the same or a first one. */
static size_t count_allocations(bool first) {
  static answers to;
  size_t n = 0;
  bool has_failed = true;
  while (has_failed) {
    ystep_handle *handle = ys_open();
    int code = handle && !first ? solve_dense(handle, &to) : YSTEP_OK;
    failing_alloc_start(++n);
    if (handle && !code)
      solve_dense(handle, &to);
    has_failed = failing_alloc_end();
    ys_close(handle);
  }
  return n - 1;
}

/* The next batch of the same shape has its work made already: the prior is
 * taken, and nothing else. */
START_TEST(a_batch_of_the_same_shape_takes_no_memory) {
  fill();
  ck_assert_uint_gt(count_allocations(true), 20);
  ck_assert_uint_le(count_allocations(false), 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("starved");
  TCase *tests = tcase_create("starved");
  tcase_add_test(tests, every_allocation_may_fail);
  tcase_add_test(tests, a_batch_of_the_same_shape_takes_no_memory);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
