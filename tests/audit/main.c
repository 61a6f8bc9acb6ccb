/* The audit of `make soak`: every solver on small adversarial batches, or on
 * mini-batches of a recording, each traced iterate held against the optimum
 * known in 128-bit arithmetic. docs/audit.md. */
#include "tests/audit/ledger.h"

#include "problems/problem.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct plan {
  long first, count;     /* cases */
  int jobs;              /* processes */
  const char *solver;    /* NULL: all */
  const char *keep;      /* NULL, or where the files of findings go */
  const char *recording; /* NULL: adversarial; else mini-batches of it */
  const char *sizes;     /* of those, as given; NULL: the usual ones */
  case_sizes rows;
  ys_batch recorded;
} plan;

enum { HUNG_SECONDS = 600 };

/* ------------------------------------------------------------ findings ---- */

/* The command that does one run again. */
static void repeat_command(const plan *p, long number, const char *spec,
                           char *text, size_t size) {
  char drawn[600] = "";
  if (p->recording)
    snprintf(drawn, sizeof drawn, " --recording %s%s%s", p->recording,
             p->sizes ? " --rows " : "", p->sizes ? p->sizes : "");
  snprintf(text, size, "build/tests/audit/audit%s --batch %ld --solver %s",
           drawn, number, spec);
}

typedef struct accusing {
  const plan *plan;
  ledger *ledger;
  const audit_case *c;
  size_t subject;
  bool any;
} accusing;

static void print_command(const accusing *at, char *text, size_t size) {
  const char *spec = audit_subjects[at->subject].spec;
  char folder[256];
  if (!at->plan->keep) {
    repeat_command(at->plan, at->c->number, spec, text, size);
    return;
  }
  snprintf(folder, sizeof folder, "%s/%ld", at->plan->keep, at->c->number);
  if (!case_keep(at->c, folder))
    snprintf(text, size, "%s: cannot be written", folder);
  else
    case_command(at->c, folder, spec, text, size);
}

/* One write a finding: lines of several processes do not mix. */
static void accuse(void *context, const char *law, const char *details) {
  accusing *at = context;
  const audit_case *c = at->c;
  char text[2048], command[1024];
  print_command(at, command, sizeof command);
  snprintf(text, sizeof text,
           "%s: %s: %s\n  case %ld: %s + %s, lambda %g, M %zu, K %zu, rows %s, "
           "prior %s (least %.1e), start %s\n  %s\n",
           audit_subjects[at->subject].spec, law, details, c->number,
           ys_loss_name(c->objective.loss),
           ys_fairness_name(c->objective.fairness), c->objective.lambda,
           c->rows, c->classes, c->rows_kind, c->prior_kind, c->least_prior,
           c->start_kind, command);
  if (write(STDOUT_FILENO, text, strlen(text)) < 0)
    perror("audit");
  if (strcmp(law, AUDIT_STALL) == 0 && c->prior) {
    at->ledger->stalls++; /* counted at the end */
    return;
  }
  at->ledger->findings++;
  at->any = true;
}

/* --------------------------------------------------------------- cases ---- */

static bool is_wanted(const plan *p, const audit_case *c, size_t subject) {
  const audit_subject *s = &audit_subjects[subject];
  if (p->solver)
    return strcmp(p->solver, s->spec) == 0;
  return !s->rival || (c->number % 8 == 0 && c->rows * c->classes <= 300);
}

static void judge(const plan *p, ledger *l, const audit_case *c,
                  const audit_run *runs, const truth_bracket *bracket) {
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++) {
    if (!runs[s].subject)
      continue;
    accusing at = {p, l, c, s, false};
    audit_end end = audit_run_end(c, &runs[s], bracket);
    audit_check(c, &runs[s], bracket, accuse, &at);
    l->ends[s][end]++;
    l->evenly[s] += end == END_STALLED && !c->prior;
    l->runs += end != END_UNSERVED;
    l->exact += end != END_UNSERVED && runs[s].subject->exact;
    l->iterates += (long)runs[s].result.traced;
    l->found[s] += at.any;
  }
}

static void try_case(const plan *p, ledger *l, int desk, const audit_case *c) {
  static audit_run runs[AUDIT_SUBJECTS];
  truth_bracket bracket;
  bool often = !p->recording;
  ledger_turn(l, desk, c->number, -1);
  if (often && !truth_bracket_optimum(&c->objective, &bracket)) {
    l->loose++;
    return;
  }
  memset(runs, 0, sizeof runs);
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++) {
    ledger_turn(l, desk, c->number, (long)s);
    if (is_wanted(p, c, s) &&
        !audit_run_case(c, &audit_subjects[s], often, &runs[s]))
      abort(); /* memory is out: the parent tells */
  }
  if (!often)
    bracket = audit_agree(runs, AUDIT_SUBJECTS);
  judge(p, l, c, runs, &bracket);
  for (size_t s = 0; s < AUDIT_SUBJECTS; s++)
    audit_run_free(&runs[s]);
}

static void work(const plan *p, ledger *l, int desk) {
  for (long number; (number = l->next++) < p->first + p->count;) {
    audit_case c;
    l->cases++;
    if (p->recording ? !case_draw(&c, number, &p->recorded, p->rows)
                     : !case_make(&c, number)) {
      l->hopeless++;
      continue;
    }
    try_case(p, l, desk, &c);
    case_free(&c);
  }
}

/* ----------------------------------------------------------- processes ---- */

static pid_t hire(const plan *p, ledger *l, int desk) {
  ledger_turn(l, desk, -1, -1);
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    work(p, l, desk);
    _exit(0);
  }
  return pid;
}

/* A process that died or hung is a finding; its place is taken by another. */
static void tell_death(const plan *p, ledger *l, int desk, const char *how) {
  long subject = l->desk[desk].subject;
  const char *spec = subject < 0 ? "reference" : audit_subjects[subject].spec;
  char command[1024];
  repeat_command(p, l->desk[desk].number, spec, command, sizeof command);
  printf("%s: %s\n  %s\n", spec, how, command);
  l->findings++;
  if (subject >= 0)
    l->found[subject]++;
}

static bool still_works(const plan *p, ledger *l, int desk, pid_t *pid) {
  int status;
  pid_t ended = waitpid(*pid, &status, WNOHANG);
  if (ended == 0 && ledger_seconds(l, desk) < HUNG_SECONDS)
    return true;
  if (ended == 0) {
    kill(*pid, SIGKILL);
    waitpid(*pid, &status, 0);
    tell_death(p, l, desk, "HANGS");
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return false;
  else
    tell_death(p, l, desk, "CRASHES");
  *pid = hire(p, l, desk);
  return *pid > 0;
}

static bool audit(const plan *p, ledger *l) {
  pid_t pid[MOST_JOBS];
  int working = 0;
  for (int desk = 0; desk < p->jobs; desk++) {
    pid[desk] = hire(p, l, desk);
    working += pid[desk] > 0;
  }
  if (working < p->jobs)
    return false;
  while (working > 0) {
    usleep(20000);
    for (int desk = 0; desk < p->jobs; desk++)
      if (pid[desk] > 0 && !still_works(p, l, desk, &pid[desk])) {
        pid[desk] = 0;
        working--;
      }
  }
  return true;
}

/* ---------------------------------------------------------- the program ----
 */

static const char usage[] =
    "usage: audit [--batches N] [--first N] [--jobs N] [--solver SPEC]\n"
    "             [--batch N] [--keep DIR] [--recording FILE.npy "
    "[--rows A-B]]\n"
    "Every solver on N small adversarial batches (with --recording: on N\n"
    "mini-batches of A to B of its rows, 20 to 200). --batch N: that one "
    "alone.\n"
    "--keep DIR: leave the files of findings there, and print the ystep "
    "command\n"
    "of each.\n";

/* "A-B", rows of a mini-batch. */
static bool read_sizes(plan *p, const char *text) {
  char rest;
  p->sizes = text;
  return sscanf(text, "%zu-%zu%c", &p->rows.least, &p->rows.most, &rest) == 2 &&
         p->rows.least > 0 && p->rows.least <= p->rows.most &&
         p->rows.most <= 100000;
}

static bool read_word(plan *p, const char *word, const char *value) {
  if (strcmp(word, "--batches") == 0)
    p->count = atol(value);
  else if (strcmp(word, "--first") == 0)
    p->first = atol(value);
  else if (strcmp(word, "--jobs") == 0)
    p->jobs = atoi(value);
  else if (strcmp(word, "--solver") == 0)
    p->solver = value;
  else if (strcmp(word, "--keep") == 0)
    p->keep = value;
  else if (strcmp(word, "--recording") == 0)
    p->recording = value;
  else if (strcmp(word, "--rows") == 0)
    return read_sizes(p, value);
  else if (strcmp(word, "--batch") == 0) {
    p->first = atol(value);
    p->count = 1;
  } else
    return false;
  return true;
}

static bool read_words(plan *p, int argc, char **argv) {
  ys_error error;
  char spec[600];
  for (int i = 1; i < argc; i += 2)
    if (i + 1 == argc || !read_word(p, argv[i], argv[i + 1])) {
      fputs(usage, stderr);
      return false;
    }
  p->jobs = p->jobs < 1 ? 1 : p->jobs > MOST_JOBS ? MOST_JOBS : p->jobs;
  if (!p->recording)
    return true;
  snprintf(spec, sizeof spec, "file:path=%s", p->recording);
  if (!ys_problem_make(spec, 1, &p->recorded, &error))
    return true;
  fprintf(stderr, "audit: %s\n", error.text);
  return false;
}

int main(int argc, char **argv) {
  plan p = {.first = 1, .count = 100, .jobs = 2, .rows = CASE_SIZES};
  if (!read_words(&p, argc, argv))
    return 2;
  if (p.keep)
    mkdir(p.keep, 0777);
  ledger *l = ledger_open(p.first);
  if (!l || !audit(&p, l)) {
    fprintf(stderr, "audit: %s\n", strerror(errno));
    return 2;
  }
  ledger_print(l);
  printf("%ld of %ld runs of exact and ipm stalled above the floor under a "
         "prior that is not uniform; 1 in 1000 may\n",
         (long)l->stalls, (long)l->exact);
  if (l->stalls * 1000 > l->exact)
    l->findings += l->stalls;
  printf("soak: %ld runs, %ld findings\n", (long)l->runs, (long)l->findings);
  ys_batch_free(&p.recorded);
  return l->findings > 0;
}
