#include "bench/system/clock_and_signals.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

double clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A signal handler has nowhere else to leave word. */
static volatile sig_atomic_t caught;

static void note(int number) {
  caught = number;
}

void interrupt_install(void) {
  struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

int interrupt_signal(void) {
  return caught;
}

int interrupt_status(int status) {
  return caught ? 128 + caught : status;
}
