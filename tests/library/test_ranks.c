/* libystep over ranks, which are threads of the test: the labels and results of
 * one process, whatever is set, and one message where one rank has something
 * else than it should. */
#include "tests/support/handles.h"
#include "tests/support/thread_ranks.h"

enum { ROWS = 3001, CLASSES = 11, MOST = ROWS * CLASSES };

/* What a rank does differently from the others. */
typedef enum rank_fault {
  NOTHING,
  NO_SIGMA,
  NO_LABELS,
  FEW_ROWS,
  FEW_CLASSES,
  BAD_ROW,
  BAD_START,
  OTHER_LAMBDA,
  OTHER_SOLVER,
  OTHER_LOSS,
  OTHER_START,
  OTHER_PRIOR,
  NO_PRIOR,
  LEAVES,
  INTERRUPTS,
} rank_fault;

/* What all set, and what came of it. */
typedef struct task {
  const char *solver, *loss, *fairness, *start;
  double mix, tolerance, most;
  bool is_sparse, is_float, has_prior, has_gaps;
  rank_fault fault; /* of rank 1 */
  int code[MOST_RANKS];
  char message[MOST_RANKS][600];
  char status[MOST_RANKS][20];
  double objective[MOST_RANKS], bound[MOST_RANKS], gap[MOST_RANKS],
      iterations[MOST_RANKS], nu[MOST_RANKS][CLASSES], judged[MOST_RANKS];
  double y[MOST], by_y[MOST], by_logits[MOST]; /* of all */
} task;

static const double prior[CLASSES] = {0.2,  0.1,  0.05, 0.05, 0.1, 0.1,
                                      0.05, 0.05, 0.1,  0.1,  0.1};

static void set(ystep_handle *handle, const task *t, rank_fault fault) {
  const char *loss = t->loss ? t->loss : "collision";
  const char *start = t->start ? t->start : "uniform";
  double shares[CLASSES];
  memcpy(shares, prior, sizeof shares);
  if (fault == OTHER_PRIOR) {
    shares[3] += 0.01;
    shares[4] -= 0.01;
  }
  ys_set(handle, "lambda", fault == OTHER_LAMBDA ? 4 : 3);
  ys_set(handle, "threads", 1);
  ys_set(handle, "mix", t->mix);
  ys_set(handle, "tolerance", t->tolerance);
  ys_set(handle, "max_iterations", t->most > 0 ? t->most : 40);
  ys_set_text(handle, "solver", fault == OTHER_SOLVER ? "em" : t->solver);
  ys_set_text(handle, "loss", fault == OTHER_LOSS ? "shannon" : loss);
  ys_set_text(handle, "fairness", t->fairness ? t->fairness : "strong");
  ys_set_text(handle, "start", fault == OTHER_START ? "sigma" : start);
  if (t->has_prior && fault != NO_PRIOR)
    ys_set_prior(handle, shares, CLASSES);
}

/* The rank's rows of sigma, of labels to start from, and room. */
typedef struct rows {
  size_t first, own, stride;
  double *sigma, *y;
  float *floats;
  ystep_array given, labels;
} rows;

static rows make_rows(const task *t, const ys_ranks *ranks, rank_fault fault) {
  rows r = {.own = ROWS, .stride = t->has_gaps ? CLASSES + 3 : CLASSES};
  if (ranks)
    ys_rows_of_rank(ranks->rank, ranks->count, ROWS, CLASSES, &r.first, &r.own);
  r.sigma = calloc(r.own * r.stride, sizeof *r.sigma);
  r.y = calloc(r.own * r.stride, sizeof *r.y);
  r.floats = calloc(r.own * r.stride, sizeof *r.floats);
  for (size_t i = 0; i < r.own; i++) {
    put_row(r.first + i, CLASSES, r.sigma + i * r.stride);
    put_row(r.first + i + 5, CLASSES, r.y + i * r.stride);
    for (size_t k = 0; k < CLASSES; k++)
      r.floats[i * r.stride + k] = (float)r.sigma[i * r.stride + k];
  }
  if (fault == BAD_ROW)
    r.sigma[7 * r.stride] = r.floats[7 * r.stride] = 3;
  if (fault == BAD_START)
    r.y[7 * r.stride] = 3;
  r.given = (ystep_array){t->is_float ? (void *)r.floats : (void *)r.sigma,
                          t->is_float ? YSTEP_FLOAT : YSTEP_DOUBLE, r.own,
                          CLASSES, r.stride};
  r.labels = (ystep_array){r.y, YSTEP_DOUBLE, r.own, CLASSES, r.stride};
  if (fault == NO_SIGMA)
    r.given.data = NULL;
  if (fault == NO_LABELS)
    r.labels.data = NULL;
  r.given.rows -= fault == FEW_ROWS;
  r.given.classes -= fault == FEW_CLASSES;
  r.labels.rows = r.given.rows;
  r.labels.classes = r.given.classes;
  return r;
}

static void free_rows(rows *r) {
  free(r->sigma);
  free(r->y);
  free(r->floats);
}

static void take_results(ystep_handle *handle, task *t, size_t me) {
  t->objective[me] = ys_get(handle, "objective");
  t->bound[me] = ys_get(handle, "lower_bound");
  t->gap[me] = ys_get(handle, "gap");
  t->iterations[me] = ys_get(handle, "iterations");
  snprintf(t->status[me], sizeof t->status[me], "%s",
           ys_get_text(handle, "status"));
  memcpy(t->nu[me], ys_get_multipliers(handle), sizeof t->nu[me]);
}

/* Solve, judge what was found, and see how F rises there. */
static int solve_dense(ystep_handle *handle, task *t, rows *r, size_t me) {
  int code = ys_solve(handle, &r->given, &r->labels);
  if (code)
    return code;
  take_results(handle, t, me);
  for (size_t i = 0; i < r->own; i++)
    memcpy(t->y + (r->first + i) * CLASSES, r->y + i * r->stride,
           CLASSES * sizeof *t->y);
  code = ys_judge(handle, &r->given, &r->labels);
  t->judged[me] = ys_get(handle, "objective");
  const ystep_array by_y = {t->by_y + r->first * CLASSES, YSTEP_DOUBLE, r->own,
                            CLASSES, 0};
  const ystep_array by_logits = {t->by_logits + r->first * CLASSES,
                                 YSTEP_DOUBLE, r->own, CLASSES, 0};
  return code ? code
              : ys_evaluate(handle, &r->given, &r->labels, &by_y, &by_logits);
}

static int solve_sparse(ystep_handle *handle, task *t, rows *r, size_t me) {
  ystep_sparse found = {0};
  int code = ys_solve_sparse(handle, &r->given, &found);
  if (code)
    return code;
  take_results(handle, t, me);
  for (size_t i = 0; i < found.rows; i++)
    for (size_t e = found.begin[i]; e < found.begin[i + 1]; e++)
      t->y[(r->first + i) * CLASSES + found.held[e]] = found.weight[e];
  code = ys_judge_sparse(handle, &r->given, &found);
  t->judged[me] = ys_get(handle, "objective");
  return code;
}

static void work(const ys_ranks *ranks, void *context) {
  task *t = context;
  const size_t me = ranks ? ranks->rank : 0;
  const rank_fault fault = me == 1 ? t->fault : NOTHING;
  rows r = make_rows(t, ranks, fault);
  ystep_handle *handle = ys_open();
  set(handle, t, fault);
  if (ranks)
    ys_set_ranks(handle, ranks);
  if (fault == LEAVES)
    post_lose(ranks);
  else {
    if (fault == INTERRUPTS)
      ys_interrupt(handle);
    t->code[me] = t->is_sparse ? solve_sparse(handle, t, &r, me)
                               : solve_dense(handle, t, &r, me);
    snprintf(t->message[me], sizeof t->message[me], "%s", ys_message(handle));
  }
  ys_close(handle);
  free_rows(&r);
}

static task *task_of(const task *like) {
  task *t = malloc(sizeof *t);
  ck_assert_ptr_nonnull(t);
  *t = *like;
  t->tolerance = like->tolerance > 0 ? like->tolerance : 1e-9;
  return t;
}

/* ------------------------------------------------------- the same bits ---- */

static const task tasks[] = {
    {.solver = "exact"},
    {.solver = "exact", .is_sparse = true, .is_float = true, .has_prior = true},
    {.solver = "em"},
    {.solver = "em:accel=squarem", .is_sparse = true},
    {.solver = "pgd", .is_float = true, .has_prior = true},
    {.solver = "pgd:step=bb", .has_gaps = true, .start = "sigma"},
    {.solver = "md", .start = "given", .mix = 0.1},
    {.solver = "md", .loss = "reverse", .fairness = "weak", .has_gaps = true},
    {.solver = "pgd", .start = "given", .is_float = true, .has_gaps = true},
};

START_TEST(ranks_have_what_one_process_has) {
  task *alone = task_of(&tasks[_i]);
  work(NULL, alone);
  ck_assert_msg(alone->code[0] == YSTEP_OK, "%s", alone->message[0]);
  for (size_t count = 2; count <= 5; count++) {
    task *t = task_of(&tasks[_i]);
    run_ranks(count, work, t);
    for (size_t k = 0; k < count; k++) {
      ck_assert_msg(t->code[k] == YSTEP_OK, "%s", t->message[k]);
      ck_assert_str_eq(t->status[k], alone->status[0]);
      ck_assert(t->iterations[k] == alone->iterations[0]);
      ck_assert(t->objective[k] == alone->objective[0]);
      ck_assert(t->bound[k] == alone->bound[0]);
      ck_assert(t->gap[k] == alone->gap[0]);
      ck_assert(t->judged[k] == alone->judged[0]);
      assert_same(t->nu[k], alone->nu[0], CLASSES);
    }
    assert_same(t->y, alone->y, MOST);
    assert_same(t->by_y, alone->by_y, MOST);
    assert_same(t->by_logits, alone->by_logits, MOST);
    free(t);
  }
  free(alone);
}
END_TEST

/* A handle that was some ranks' is one process' again, and others'. */
static void take_turns(const ys_ranks *ranks, void *context) {
  task *t = context;
  rows all = make_rows(t, NULL, NOTHING), own = make_rows(t, ranks, NOTHING);
  ystep_handle *handle = ys_open();
  double first = 0;
  set(handle, t, NOTHING);
  for (int turn = 0; turn < 4 && !t->code[ranks->rank]; turn++) {
    rows *r = turn % 2 ? &all : &own;
    ys_set_ranks(handle, turn % 2 ? NULL : ranks);
    t->code[ranks->rank] = ys_solve(handle, &r->given, &r->labels);
    if (turn && ys_get(handle, "objective") != first)
      t->code[ranks->rank] = -1;
    first = ys_get(handle, "objective");
  }
  ys_close(handle);
  free_rows(&all);
  free_rows(&own);
}

START_TEST(a_handle_is_ranks_as_long_as_it_is_said) {
  task *t = task_of(&tasks[0]);
  run_ranks(3, take_turns, t);
  for (size_t k = 0; k < 3; k++)
    ck_assert_int_eq(t->code[k], YSTEP_OK);
  free(t);
}
END_TEST

/* ------------------------------------------------------------- faults ---- */

static const struct {
  rank_fault fault;
  int code;
  const char *says;
} faults[] = {
    {NO_SIGMA, YSTEP_BAD_INPUT, "rank 1: sigma: NULL"},
    {FEW_ROWS, YSTEP_BAD_INPUT, "rank |sigma: |rows; expected |3000 x 11"},
    {FEW_CLASSES, YSTEP_BAD_INPUT, "rank 1: sigma: 10 classes; expected 11"},
    {BAD_ROW, YSTEP_BAD_INPUT,
     "rank 1: sigma: row 7 (from 0) sums to|counted from row"},
    {OTHER_LAMBDA, YSTEP_BAD_INPUT, "rank 1: lambda is 4; expected 3"},
    {OTHER_SOLVER, YSTEP_BAD_INPUT, "rank 1: solver is em|expected pgd"},
    {OTHER_LOSS, YSTEP_BAD_INPUT, "rank 1: loss is shannon|collision"},
    {OTHER_START, YSTEP_BAD_INPUT, "rank 1: start is sigma; expected given"},
    {OTHER_PRIOR, YSTEP_BAD_INPUT, "rank 1: prior: entry 3 (from 0) is 0.06"},
    {NO_PRIOR, YSTEP_BAD_INPUT, "rank 1: prior: 0 entries; expected 11"},
    {LEAVES, YSTEP_IO, "a rank is lost"},
    /* Of dense labels. */
    {NO_LABELS, YSTEP_BAD_INPUT, "rank 1: labels: NULL"},
    {BAD_START, YSTEP_BAD_INPUT,
     "rank 1: labels: row 7 (from 0) sums to|counted from row"},
};

START_TEST(what_is_wrong_on_one_all_say) {
  const rank_fault fault = faults[_i].fault;
  for (int sparse = 0; sparse < 2; sparse++) {
    const bool needs_dense =
        fault == NO_LABELS || fault == BAD_START || fault == OTHER_START;
    if (sparse && needs_dense)
      continue;
    task *t = task_of(&(task){.solver = "pgd",
                              .start = needs_dense ? "given" : "uniform",
                              .has_prior = true,
                              .is_sparse = sparse,
                              .fault = fault});
    run_ranks(3, work, t);
    for (size_t k = 0; k < 3; k++) {
      if (fault == LEAVES && k == 1)
        continue;
      ck_assert_int_eq(t->code[k], faults[_i].code);
      ck_assert_str_eq(t->message[k], t->message[0]);
      assert_says(t->message[k], faults[_i].says);
    }
    free(t);
  }
}
END_TEST

/* Whoever hears of it: long before the iterations are over. */
START_TEST(any_rank_stops_all) {
  task *t = task_of(&(task){
      .solver = "em", .most = 1e9, .tolerance = 1e-300, .fault = INTERRUPTS});
  run_ranks(3, work, t);
  for (size_t k = 0; k < 3; k++) {
    ck_assert_msg(t->code[k] == YSTEP_OK, "%s", t->message[k]);
    ck_assert_str_eq(t->status[k], "stopped");
    ck_assert(t->objective[k] == t->objective[0]);
  }
  free(t);
}
END_TEST

START_TEST(shares_and_ranks_that_are_none) {
  size_t first, own;
  ystep_handle *handle = ys_open();
  const ys_ranks none = {.rank = 3, .count = 3};
  ck_assert_int_eq(ys_rows_of_rank(3, 3, ROWS, 5, &first, &own),
                   YSTEP_BAD_INPUT);
  ck_assert_int_eq(ys_rows_of_rank(0, 3, 0, 5, &first, &own), YSTEP_BAD_INPUT);
  ck_assert_int_eq(ys_rows_of_rank(0, 3, 40, 5, &first, &own),
                   YSTEP_UNSUPPORTED);
  ck_assert_int_eq(ys_set_ranks(NULL, NULL), YSTEP_BAD_INPUT);
  fails(handle, ys_set_ranks(handle, &none), YSTEP_BAD_INPUT,
        "rank 3 of 3; expected one of them");
  succeeds(handle, ys_set_ranks(handle, NULL));
  ys_close(handle);
}
END_TEST

/* A solver that needs all rows says so, and a batch may have too few. */
static void refuse(const ys_ranks *ranks, void *context) {
  task *t = context;
  rows r = make_rows(t, ranks, NOTHING);
  ystep_handle *handle = ys_open();
  ys_set_text(handle, "solver", t->solver);
  ys_set_ranks(handle, ranks);
  r.given.rows = r.labels.rows = t->is_sparse ? 10 : r.own;
  t->code[ranks->rank] = ys_solve(handle, &r.given, &r.labels);
  snprintf(t->message[ranks->rank], sizeof *t->message, "%s",
           ys_message(handle));
  ys_close(handle);
  free_rows(&r);
}

START_TEST(what_ranks_cannot_do_is_refused) {
  for (int few = 0; few < 2; few++) {
    task *t = task_of(&(task){.solver = few ? "em" : "fw", .is_sparse = few});
    run_ranks(3, refuse, t);
    for (size_t k = 0; k < 3; k++) {
      ck_assert_int_eq(t->code[k], YSTEP_UNSUPPORTED);
      assert_says(t->message[k], few ? "3 ranks|30 rows|1 blocks"
                                     : "fw does not work over ranks");
    }
    free(t);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("library over ranks");
  TCase *tests = tcase_create("ranks");
  tcase_add_loop_test(tests, ranks_have_what_one_process_has, 0,
                      sizeof tasks / sizeof *tasks);
  tcase_add_test(tests, a_handle_is_ranks_as_long_as_it_is_said);
  tcase_add_loop_test(tests, what_is_wrong_on_one_all_say, 0,
                      sizeof faults / sizeof *faults);
  tcase_add_test(tests, any_rank_stops_all);
  tcase_add_test(tests, shares_and_ranks_that_are_none);
  tcase_add_test(tests, what_ranks_cannot_do_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
