/* A program that runs in a process of its own, under limits: whatever it does,
 * it ends, and says how. */
#ifndef CHILD_H
#define CHILD_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* File descriptor on which the child writes its report. */
enum { CHILD_REPORT = 3 };

typedef struct child_limits {
  double seconds; /* of wall clock; then it is killed */
  size_t bytes;   /* of address space; 0: no limit. Programs built with
                     AddressSanitizer, which reserves terabytes, have none */
} child_limits;

/* This program's command `name`, with `threads` threads in its libraries;
 * `launcher`: NULL, or the words of a command, a NULL behind them, at most
 * CHILD_MOST_WORDS, that is given this program and `name` and starts them, many
 * times perhaps. It gets the order on standard input, and what it writes to
 * standard output is the report. */
typedef struct child_command {
  const char *name;
  int threads;
  char *const *launcher;
} child_command;
enum { CHILD_MOST_WORDS = 60 };

/* What a child finds on its standard input. */
typedef struct child_order {
  const void *bytes;
  size_t size;
} child_order;

typedef struct child {
  pid_t pid;  /* 0: none */
  int report; /* to be polled for reading */
  int errors; /* what it writes to standard error */
  child_limits limits;
  double started;
  bool is_launched,
      is_late;   /* by a launcher; it was killed at the time limit */
  bool is_whole; /* the report has ended */
  char *bytes;   /* its report so far; owned */
  size_t used, room;
} child;

/* How a child ended. */
typedef struct child_end {
  bool is_good;   /* exited with status 0 */
  char text[256]; /* if not good: "killed by signal 11 (Segmentation fault)
                     after 1.2 s, 34 MiB; it said: ..." */
} child_end;

/* Run it; without a launcher standard output goes nowhere. It dies with this
 * program, however that ends, but is not reached by Ctrl-C. */
ys_code child_start(child *made, const child_command *command,
                    const child_order *order, const child_limits *limits,
                    ys_error *error);

/* Take in what there is of the report. Returns whether that was all of it: the
 * child has closed it, or is out of memory to keep it in. */
bool child_read(child *of);

/* Seconds until its time is up; kills it if that is now. */
double child_remaining(child *of);

/* Make sure that it is gone and say how it ended. The report stays. */
child_end child_finish(child *of);

/* The status with which a process ends, and, unless NULL, what it used;
 * whatever interrupts the wait. */
int child_wait(pid_t pid, struct rusage *usage);

/* "; it said: ..." of the last line of what a process wrote to standard error,
 * a text that this may change; nothing if that is empty. */
void child_last_words(char *said, char *text, size_t room);

void child_free(child *of); /* kills it if need be; accepts a zeroed one */

#endif
