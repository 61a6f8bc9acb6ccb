#include "solvers/rivals/handover.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

typedef enum side { CALLER, BODY } side;

struct ys_handover {
  ys_handover_body *body;
  void *context;
  pthread_t thread;
  sem_t turn[2]; /* a side's; whose it is has all the rest to itself */
  bool stopping; /* the caller wants the body to return */
  bool returned; /* the body has returned, or will never run */
};

/* A signal may end a wait. */
static void await_turn(ys_handover *handover, side of) {
  while (sem_wait(&handover->turn[of]) != 0)
    ;
}

static void *run_body(void *argument) {
  ys_handover *handover = argument;
  await_turn(handover, BODY);
  if (!handover->stopping)
    handover->body(handover, handover->context);
  handover->returned = true;
  sem_post(&handover->turn[CALLER]);
  return NULL;
}

/* Start the thread with every signal blocked: the caller keeps its signals. */
static int start_thread(ys_handover *handover) {
  const size_t stack = (size_t)16 << 20; /* Fortran may want a main thread's */
  sigset_t all, before;
  pthread_attr_t attributes;
  int failed = pthread_attr_init(&attributes);
  if (failed)
    return failed;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  failed = pthread_attr_setstacksize(&attributes, stack);
  if (!failed)
    failed = pthread_create(&handover->thread, &attributes, run_body, handover);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return failed;
}

static void drop(ys_handover *handover) {
  sem_destroy(&handover->turn[CALLER]);
  sem_destroy(&handover->turn[BODY]);
  free(handover);
}

ys_code ys_handover_start(ys_handover **handover, ys_handover_body *body,
                          void *context, ys_error *error) {
  *handover = calloc(1, sizeof **handover);
  if (!*handover)
    return ys_fail_memory(error, "a thread");
  (*handover)->body = body;
  (*handover)->context = context;
  sem_init(&(*handover)->turn[CALLER], 0, 0);
  sem_init(&(*handover)->turn[BODY], 0, 0);
  if (start_thread(*handover) == 0)
    return YS_OK;
  drop(*handover);
  *handover = NULL;
  return ys_fail(error, YS_NO_MEMORY, "cannot start a thread");
}

bool ys_handover_resume(ys_handover *handover) {
  if (!handover->returned) {
    sem_post(&handover->turn[BODY]);
    await_turn(handover, CALLER);
  }
  return !handover->returned;
}

bool ys_handover_yield(ys_handover *handover) {
  if (!handover->stopping) {
    sem_post(&handover->turn[CALLER]);
    await_turn(handover, BODY);
  }
  return !handover->stopping;
}

void ys_handover_free(ys_handover *handover) {
  if (!handover)
    return;
  handover->stopping = true;
  ys_handover_resume(handover);
  pthread_join(handover->thread, NULL);
  drop(handover);
}
