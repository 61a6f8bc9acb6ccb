#include "bench/system/child.h"

#include "bench/system/clock_and_signals.h"
#include "bench/system/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* AddressSanitizer reserves terabytes of address space. */
#ifdef YS_SANITIZE
enum { CAN_LIMIT = 0 };
#else
enum { CAN_LIMIT = 1 };
#endif

/* ------------------------------------------------------------- starting -- */

/* In the child, up to exec. Only what is safe between fork and exec. */
static void become(char *const *argv, bool is_launched,
                   const child_limits *limits, int order, int report,
                   int errors, pid_t parent) {
  int null = open("/dev/null", O_RDWR);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, is_launched ? SIGTERM : SIGKILL);
  if (getppid() != parent)
    _exit(1);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  if (limits->bytes && CAN_LIMIT)
    setrlimit(RLIMIT_AS, &(struct rlimit){limits->bytes, limits->bytes});
  /* Away from 0 to 3, over which it is copied. */
  int safe = fcntl(report, F_DUPFD_CLOEXEC, 10);
  dup2(order, STDIN_FILENO);
  dup2(is_launched ? safe : null, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  if (is_launched) {
    execvp(*argv, argv);
    dprintf(STDERR_FILENO, "%s: %s\n", *argv, strerror(errno));
    _exit(127);
  }
  dup2(safe, CHILD_REPORT);
  execv("/proc/self/exe", argv);
  _exit(127);
}

/* OpenMP and OpenBLAS read these when they are loaded; threads are OpenMP's
 * alone. */
static void set_threads(int threads) {
  char text[16];
  snprintf(text, sizeof text, "%d", threads);
  setenv("OMP_NUM_THREADS", text, 1);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

/* A file of that content, to be read from its begin; -1 on failure. */
static int make_order(const child_order *order) {
  int file = memfd_create("order", MFD_CLOEXEC);
  if (file >= 0 && (!files_write(file, order->bytes, order->size) ||
                    lseek(file, 0, SEEK_SET) != 0)) {
    close(file);
    file = -1;
  }
  return file;
}

/* The launcher's words, this program and its command: where it is found again
 * by others. */
static char **make_words(const child_command *command, char program[4096],
                         char **room, size_t most) {
  size_t count = 0;
  const ssize_t length = readlink("/proc/self/exe", program, 4095);
  program[length > 0 ? length : 0] = '\0';
  for (char *const *word = command->launcher; word && *word; word++)
    if (count + 3 < most)
      room[count++] = *word;
  room[count++] = program;
  room[count++] = (char *)(uintptr_t)command->name;
  room[count] = NULL;
  return room;
}

ys_code child_start(child *made, const child_command *command,
                    const child_order *order, const child_limits *limits,
                    ys_error *error) {
  char program[4096], *words[CHILD_MOST_WORDS + 3];
  int ends[2] = {-1, -1}, input = make_order(order);
  pid_t parent = getpid();
  make_words(command, program, words, CHILD_MOST_WORDS + 3);
  *made = (child){.report = -1,
                  .errors = -1,
                  .is_launched = command->launcher != NULL,
                  .limits = *limits};
  made->errors = memfd_create("errors", MFD_CLOEXEC);
  bool failed = input < 0 || made->errors < 0 || pipe2(ends, O_CLOEXEC) != 0;
  if (!failed) {
    set_threads(command->threads);
    made->report = ends[0];
    made->started = clock_seconds();
    made->pid = fork();
    if (made->pid == 0)
      become(words, made->is_launched, limits, input, ends[1], made->errors,
             parent);
    failed = made->pid < 0;
  }
  ys_code code = failed ? ys_fail(error, YS_IO, "cannot start a process: %s",
                                  strerror(errno))
                        : YS_OK;
  if (input >= 0)
    close(input);
  if (ends[1] >= 0)
    close(ends[1]);
  if (failed) {
    made->pid = 0;
    child_free(made);
  }
  return code;
}

/* -------------------------------------------------------------- reading -- */

bool child_read(child *of) {
  if (of->used == of->room) {
    size_t room = of->room ? 2 * of->room : 65536;
    char *grown = realloc(of->bytes, room);
    if (!grown)
      return true;
    of->bytes = grown;
    of->room = room;
  }
  ssize_t got = read(of->report, of->bytes + of->used, of->room - of->used);
  if (got < 0)
    return errno != EINTR;
  of->used += (size_t)got;
  of->is_whole = got == 0;
  return of->is_whole;
}

/* A launcher is asked to end, for it has processes of its own to end, and after
 * a while made to. */
static const double GRACE = 5;

double child_remaining(child *of) {
  double left = of->started + of->limits.seconds - clock_seconds();
  if (left <= 0 && !of->is_late) {
    of->is_late = true;
    kill(of->pid, of->is_launched ? SIGTERM : SIGKILL);
  }
  if (left <= -GRACE)
    kill(of->pid, SIGKILL);
  return left;
}

/* --------------------------------------------------------------- ending -- */

void child_last_words(char *said, char *text, size_t room) {
  size_t length = strlen(said);
  while (length && strchr("\n-", said[length - 1])) /* rules under words, too */
    said[--length] = '\0';
  const char *line = strrchr(said, '\n');
  line = line ? line + 1 : said;
  snprintf(text, room, "%s%.140s", *line ? "; it said: " : "", line);
  for (; *text; text++)
    if ((unsigned char)*text < ' ')
      *text = ' ';
}

/* Of the end of what the child wrote. */
static void last_words(const child *of, char *text, size_t room) {
  char bytes[512];
  off_t end = lseek(of->errors, 0, SEEK_END);
  off_t begin =
      end > (off_t)sizeof bytes - 1 ? end - (off_t)sizeof bytes + 1 : 0;
  ssize_t got = pread(of->errors, bytes, sizeof bytes - 1, begin);
  bytes[got > 0 ? got : 0] = '\0';
  child_last_words(bytes, text, room);
}

static void describe(const child *of, int status, const struct rusage *usage,
                     child_end *end) {
  char words[160], how[96];
  last_words(of, words, sizeof words);
  if (of->is_late)
    snprintf(how, sizeof how, "killed at the wall limit of %g s",
             of->limits.seconds);
  else if (WIFSIGNALED(status))
    snprintf(how, sizeof how, "killed by signal %d (%s)", WTERMSIG(status),
             strsignal(WTERMSIG(status)));
  else
    snprintf(how, sizeof how, "exited with status %d", WEXITSTATUS(status));
  int length =
      snprintf(end->text, sizeof end->text, "%s after %.3g s, %ld MiB", how,
               clock_seconds() - of->started, usage->ru_maxrss / 1024);
  if (of->limits.bytes && CAN_LIMIT)
    length += snprintf(end->text + length, sizeof end->text - (size_t)length,
                       " resident (limit: %zu MiB of address space)",
                       of->limits.bytes >> 20);
  snprintf(end->text + length, sizeof end->text - (size_t)length, "%s", words);
}

int child_wait(pid_t pid, struct rusage *usage) {
  int status = 0;
  while (wait4(pid, &status, 0, usage) < 0 && errno == EINTR)
    ;
  return status;
}

/* Whether it ends by itself before GRACE seconds are over. */
static bool ends_soon(const child *of) {
  const double since = clock_seconds();
  siginfo_t info = {.si_pid = 0};
  while (waitid(P_PID, (id_t)of->pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
             0 &&
         !info.si_pid && clock_seconds() - since < GRACE)
    nanosleep(&(struct timespec){0, 10000000}, NULL);
  return info.si_pid != 0;
}

child_end child_finish(child *of) {
  child_end end = {.text = ""};
  struct rusage usage = {0};
  /* The report ends when the process does, whose status is fixed then; one that
   * closed the report and goes on is ended by this. */
  if (of->is_launched && !(of->is_whole && ends_soon(of))) {
    kill(of->pid, SIGTERM);
    ends_soon(of);
  }
  kill(of->pid, SIGKILL);
  int status = child_wait(of->pid, &usage);
  of->pid = 0;
  end.is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!end.is_good)
    describe(of, status, &usage, &end);
  return end;
}

void child_free(child *of) {
  if (of->pid > 0)
    child_finish(of);
  if (of->report > 0)
    close(of->report);
  if (of->errors > 0)
    close(of->errors);
  free(of->bytes);
  *of = (child){.report = -1, .errors = -1};
}
