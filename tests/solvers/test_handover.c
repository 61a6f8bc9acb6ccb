/* Handing control back and forth: the turns, and that a body which is stopped
 * early winds up. */
#include "tests/support/testing.h"

#include "solvers/rivals/handover.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What a body does and sees; shared without a lock. */
typedef struct record {
  int most;     /* how often it yields if nobody stops it */
  int yields;   /* how often it was resumed from a yield */
  int refusals; /* yields that told it to stop */
  bool begun, wound_up;
  pthread_t thread;
  sigset_t blocked;
} record;

static void count(ys_handover *handover, void *context) {
  record *r = context;
  r->begun = true;
  r->thread = pthread_self();
  pthread_sigmask(SIG_BLOCK, NULL, &r->blocked);
  while (r->yields < r->most && ys_handover_yield(handover))
    r->yields++;
  r->wound_up = true;
}

static ys_handover *start(ys_handover_body *body, void *context) {
  ys_handover *handover;
  ck_assert_int_eq(ys_handover_start(&handover, body, context, NULL), YS_OK);
  return handover;
}

START_TEST(turns_alternate) {
  record r = {.most = 5};
  ys_handover *handover = start(count, &r);
  for (int i = 0; i < 5; i++) {
    ck_assert(ys_handover_resume(handover));
    ck_assert_int_eq(r.yields, i);
    ck_assert(!r.wound_up);
  }
  for (int i = 0; i < 3; i++) {
    ck_assert(!ys_handover_resume(handover));
    ck_assert(r.wound_up);
  }
  ck_assert_int_eq(r.yields, 5);
  ys_handover_free(handover);
}
END_TEST

START_TEST(nothing_runs_before_it_is_resumed) {
  record r = {.most = 1};
  ys_handover *handover = start(count, &r);
  usleep(20000);
  ck_assert(!r.begun);
  ys_handover_free(handover);
  ck_assert(!r.begun);
  ys_handover_free(NULL);
}
END_TEST

START_TEST(a_stopped_body_winds_up) {
  for (int stop = 1; stop <= 6; stop++) {
    record r = {.most = 5};
    ys_handover *handover = start(count, &r);
    for (int i = 0; i < stop; i++)
      ys_handover_resume(handover);
    ys_handover_free(handover);
    ck_assert(r.wound_up);
    ck_assert_int_eq(r.yields, stop - 1);
  }
}
END_TEST

/* Does not take no for an answer. */
static void insist(ys_handover *handover, void *context) {
  record *r = context;
  for (int i = 0; i < r->most; i++)
    if (ys_handover_yield(handover))
      r->yields++;
    else
      r->refusals++;
  r->wound_up = true;
}

START_TEST(further_yields_return_at_once) {
  record r = {.most = 100};
  ys_handover *handover = start(insist, &r);
  ck_assert(ys_handover_resume(handover));
  ck_assert(ys_handover_resume(handover));
  ys_handover_free(handover);
  ck_assert_int_eq(r.yields, 1);
  ck_assert_int_eq(r.refusals, 99);
  ck_assert(r.wound_up);
}
END_TEST

START_TEST(two_at_a_time) {
  record r[2] = {{.most = 40}, {.most = 40}};
  ys_handover *handovers[2] = {start(count, &r[0]), start(count, &r[1])};
  for (int i = 0; i < 60; i++) {
    int which = i % 3 == 0;
    ck_assert(ys_handover_resume(handovers[which]));
    ck_assert_int_eq(r[0].yields + r[1].yields, i < 1 ? i : i - 1);
  }
  ys_handover_free(handovers[1]);
  ck_assert(r[1].wound_up && !r[0].wound_up);
  ck_assert(!ys_handover_resume(handovers[0]));
  ys_handover_free(handovers[0]);
}
END_TEST

START_TEST(signals_stay_with_the_caller) {
  record r = {.most = 1};
  sigset_t before, after;
  pthread_sigmask(SIG_BLOCK, NULL, &before);
  ys_handover *handover = start(count, &r);
  pthread_sigmask(SIG_BLOCK, NULL, &after);
  ck_assert(ys_handover_resume(handover));
  ck_assert(!pthread_equal(r.thread, pthread_self()));
  ck_assert(sigismember(&r.blocked, SIGINT) && !sigismember(&after, SIGINT));
  ck_assert_int_eq(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
  ys_handover_free(handover);
}
END_TEST

/* As much stack as a main thread usually has. */
static void go_deep(ys_handover *handover, void *context) {
  volatile char room[8 << 20];
  for (size_t i = 0; i < sizeof room; i += 4096)
    room[i] = 1;
  *(bool *)context = ys_handover_yield(handover) && room[4096] == 1;
}

START_TEST(the_stack_is_deep) {
  bool has_passed = false;
  ys_handover *handover = start(go_deep, &has_passed);
  ck_assert(ys_handover_resume(handover));
  ck_assert(!ys_handover_resume(handover));
  ck_assert(has_passed);
  ys_handover_free(handover);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("handover");
  TCase *tests = tcase_create("turns");
  tcase_add_test(tests, turns_alternate);
  tcase_add_test(tests, nothing_runs_before_it_is_resumed);
  tcase_add_test(tests, a_stopped_body_winds_up);
  tcase_add_test(tests, further_yields_return_at_once);
  tcase_add_test(tests, two_at_a_time);
  tcase_add_test(tests, signals_stay_with_the_caller);
  tcase_add_test(tests, the_stack_is_deep);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
