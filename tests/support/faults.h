/* Running a program so that one of its system calls on files fails, or it is
 * killed there: for every call in turn, what is left behind can be looked at.
 * By seccomp and ptrace (Linux): stdio's and other libraries' calls count too.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fault_kind {
  FAULT_EIO,    /* the call fails with EIO */
  FAULT_ENOSPC, /* with ENOSPC */
  FAULT_EMFILE, /* with EMFILE; only calls that open count */
  FAULT_FULL,   /* the disk is full from here on: half of this write, if it is
                   one, and no later one, gets through */
  FAULT_KILL,   /* the program is killed before the call */
  FAULT_TEAR,   /* and after half of it, if it is a write */
  FAULT_KINDS
} fault_kind;

extern const char *const fault_names[FAULT_KINDS];

typedef struct fault {
  const char *program; /* whose calls count: not those of gnuplot */
  const char *folder;  /* on files in which they count; absolute, no links */
  fault_kind kind;
  size_t at;      /* at which call, from 1; 0: never */
  size_t seen;    /* out: calls that counted */
  char call[256]; /* out: the call it happened to */
} fault;

/* Whether this machine lets a program be run so. */
bool faults_work(void);

/* Run argv[0] in the current directory, its output in the two files; its wait
 * status. */
int fault_run(fault *f, char *const argv[], const char *out, const char *err);

#endif
