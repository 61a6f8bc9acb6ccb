#include "bench/system/coprocess.h"

#include "bench/system/child.h"
#include "bench/system/clock_and_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------- starting -- */

/* The ends of three pipes: the command's, and those that stay here. */
typedef struct streams {
  int theirs[3], ours[3];
} streams;

static ys_code fail(ys_error *error) {
  return ys_fail(error, YS_IO, "cannot start a process: %s", strerror(errno));
}

static void close_all(const int files[3]) {
  for (int i = 0; i < 3; i++)
    if (files[i] >= 0)
      close(files[i]);
}

/* Ours block nobody. */
static bool open_streams(streams *made) {
  bool ok = true;
  *made = (streams){{-1, -1, -1}, {-1, -1, -1}};
  for (int i = 0; ok && i < 3; i++) {
    int ends[2];
    ok = pipe2(ends, O_CLOEXEC) == 0;
    if (!ok)
      break;
    made->theirs[i] = ends[i == STDIN_FILENO ? 0 : 1];
    made->ours[i] = ends[i == STDIN_FILENO ? 1 : 0];
    ok = fcntl(made->ours[i], F_SETFL, O_NONBLOCK) == 0;
  }
  return ok;
}

/* Files of this program are none of the command's. */
static void close_others(void) {
  enum { SOME = 1024 };
  if (close_range(STDERR_FILENO + 1, UINT_MAX, 0) != 0)
    for (int file = STDERR_FILENO + 1; file < SOME; file++)
      close(file);
}

/* In the new process, up to exec. Only what is safe between fork and exec. The
 * keeper is in a group of its own, which Ctrl-C does not reach. */
_Noreturn static void become(char *const *argv, const streams *s,
                             pid_t parent) {
  int safe[3];
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent)
    _exit(1);
  for (int i = 0; i < 3; i++) /* away from 0 to 2, over which they are copied */
    safe[i] = fcntl(s->theirs[i], F_DUPFD, STDERR_FILENO + 1);
  for (int i = 0; i < 3; i++)
    dup2(safe[i], i);
  close_others();
  execv("/proc/self/exe", argv);
  _exit(127);
}

/* "ystep keeper THREADS WORD...", to be freed; the words are borrowed. */
static char **keeper_words(char *const *words, char *threads) {
  static char program[] = "ystep", command[] = "keeper";
  size_t count = 0;
  while (words[count])
    count++;
  char **argv = calloc(count + 4, sizeof *argv);
  if (!argv)
    return NULL;
  argv[0] = program;
  argv[1] = command;
  argv[2] = threads;
  memcpy(argv + 3, words, count * sizeof *argv);
  return argv;
}

static ys_code start(coprocess *made, const streams *s, char *const *argv,
                     ys_error *error) {
  const pid_t parent = getpid();
  /* A keeper has no use for OpenBLAS's threads, and none of them may take its
   * signals. */
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  made->keeper = fork();
  if (made->keeper == 0)
    become(argv, s, parent);
  return made->keeper > 0 ? YS_OK : fail(error);
}

ys_code coprocess_start(coprocess *made, char *const *words, int threads,
                        bool shows_errors, ys_error *error) {
  char text[16];
  streams s;
  snprintf(text, sizeof text, "%d", threads);
  *made = (coprocess){.shows_errors = shows_errors};
  made->bytes = malloc(COPROCESS_LINE);
  char **argv = keeper_words(words, text);
  ys_code code = open_streams(&s) ? YS_OK : fail(error);
  if (!code)
    code = made->bytes && argv ? start(made, &s, argv, error)
                               : ys_fail_memory(error, "a process");
  free(argv);
  close_all(s.theirs);
  made->to = s.ours[STDIN_FILENO];
  made->from = s.ours[STDOUT_FILENO];
  made->errors = s.ours[STDERR_FILENO];
  if (code) {
    close_all(s.ours);
    free(made->bytes);
    *made = (coprocess){0};
  }
  return code;
}

/* -------------------------------------------------------------- talking -- */

/* Keep the end of what it wrote to standard error. */
static void keep_last(coprocess *of, const char *bytes, size_t count) {
  const size_t room = sizeof of->last_words - 1;
  const size_t more = count < room ? count : room;
  const size_t kept = of->last < room - more ? of->last : room - more;
  memmove(of->last_words, of->last_words + of->last - kept, kept);
  memcpy(of->last_words + kept, bytes + count - more, more);
  of->last = kept + more;
}

/* Some of what there is of it, which may well never end; whether that was any.
 */
static bool read_errors(coprocess *of) {
  char bytes[4096];
  ssize_t got = of->errors >= 0 ? read(of->errors, bytes, sizeof bytes) : -1;
  if (got > 0) {
    keep_last(of, bytes, (size_t)got);
    if (of->shows_errors)
      fwrite(bytes, 1, (size_t)got, stderr);
  } else if (got == 0) {
    close(of->errors);
    of->errors = -1;
  }
  return got > 0;
}

/* Wait for either of its outputs, or until `more` can be written to it; at most
 * so many seconds. */
static void wait_for_it(coprocess *of, bool more, double seconds) {
  const double longest = 0.05; /* signals and limits are looked at then */
  struct pollfd polls[] = {{.fd = of->from, .events = POLLIN},
                           {.fd = of->errors, .events = POLLIN},
                           {.fd = more ? of->to : -1, .events = POLLOUT}};
  const double wait = fmin(fmax(seconds, 0), longest);
  if (poll(polls, 3, (int)ceil(1e3 * wait)) > 0 && polls[1].revents)
    read_errors(of);
}

/* A write to a pipe that nobody reads is an error of that write, and no signal,
 * whatever is done of the signal elsewhere. */
static ssize_t write_quietly(int file, const char *bytes, size_t count) {
  sigset_t pipe, before, pending;
  const struct timespec none = {0, 0};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const ssize_t wrote = write(file, bytes, count);
  const int why = errno;
  if (wrote < 0 && why == EPIPE && !sigismember(&pending, SIGPIPE))
    while (sigtimedwait(&pipe, NULL, &none) < 0 && errno == EINTR)
      ;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = why;
  return wrote;
}

static coprocess_news say(coprocess *of, const char *line,
                          coprocess_patience *patience, void *context) {
  size_t count = strlen(line);
  while (count) {
    const ssize_t wrote = write_quietly(of->to, line, count);
    if (wrote > 0) {
      line += wrote;
      count -= (size_t)wrote;
      continue;
    }
    if (errno != EAGAIN && errno != EINTR)
      return COPROCESS_ENDED;
    const double left = patience(context);
    if (left <= 0)
      return COPROCESS_LATE;
    wait_for_it(of, true, left);
  }
  return COPROCESS_SAID;
}

/* Take in what it has said; whether its output has not ended. */
static bool read_more(coprocess *of) {
  const ssize_t got =
      read(of->from, of->bytes + of->used, COPROCESS_LINE - of->used);
  if (got > 0)
    of->used += (size_t)got;
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static coprocess_news hear(coprocess *of, coprocess_patience *patience,
                           void *context, const char **answer) {
  for (;;) {
    const bool goes_on = read_more(of);
    char *end = memchr(of->bytes, '\n', of->used);
    if (end) {
      *end = '\0';
      of->heard = (size_t)(end - of->bytes) + 1;
      *answer = of->bytes;
      return strlen(of->bytes) + 1 == of->heard ? COPROCESS_SAID
                                                : COPROCESS_BABBLE;
    }
    if (of->used == COPROCESS_LINE)
      return COPROCESS_BABBLE;
    if (!goes_on)
      return COPROCESS_ENDED;
    const double left = patience(context);
    if (left <= 0)
      return COPROCESS_LATE;
    wait_for_it(of, false, left);
  }
}

coprocess_news coprocess_ask(coprocess *of, const char *line,
                             coprocess_patience *patience, void *context,
                             const char **answer) {
  bool is_quiet = of->used == of->heard;
  of->used = is_quiet ? 0 : of->used;
  of->heard = 0;
  if (is_quiet && !read_more(of))
    return COPROCESS_ENDED;
  if (!is_quiet || of->used)
    return COPROCESS_BABBLE;
  const coprocess_news said = say(of, line, patience, context);
  return said == COPROCESS_SAID ? hear(of, patience, context, answer) : said;
}

/* --------------------------------------------------------------- ending -- */

/* Whether the keeper, and so all that it keeps, ends within so many seconds. */
static bool ends_within(coprocess *of, double seconds, int *status) {
  const double until = clock_seconds() + seconds;
  const struct timespec nap = {0, 1000000};
  for (;;) {
    const pid_t ended = waitpid(of->keeper, status, WNOHANG);
    if (ended == of->keeper || (ended < 0 && errno != EINTR))
      return true;
    read_errors(of);
    if (clock_seconds() >= until)
      return false;
    nanosleep(&nap, NULL);
  }
}

static void describe(coprocess *of, bool by_itself, int status, char *how,
                     size_t room) {
  char words[160];
  of->last_words[of->last] = '\0';
  child_last_words(of->last_words, words, sizeof words);
  if (!by_itself)
    snprintf(how, room, "was ended%s", words);
  else if (WIFSIGNALED(status))
    snprintf(how, room, "killed by signal %d (%s)%s", WTERMSIG(status),
             strsignal(WTERMSIG(status)), words);
  else
    snprintf(how, room, "exited with status %d%s", WEXITSTATUS(status), words);
}

void coprocess_end(coprocess *of, const char *line, double seconds, char *how,
                   size_t room) {
  const double patience = 2;
  int status = 0;
  *how = '\0';
  if (!of->keeper)
    return;
  if (line)
    write_quietly(of->to, line, strlen(line));
  close(of->to);
  const bool by_itself = ends_within(of, seconds, &status);
  if (!by_itself)
    kill(of->keeper, SIGTERM);
  if (!by_itself && !ends_within(of, patience, &status)) {
    kill(of->keeper, SIGKILL);
    child_wait(of->keeper, NULL);
  }
  while (read_errors(of))
    ;
  describe(of, by_itself, status, how, room);
  close(of->from);
  if (of->errors >= 0)
    close(of->errors);
  free(of->bytes);
  *of = (coprocess){0};
}
