#include "bench/system/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the libraries of other languages ask for their threads. */
static const char *const thread_counts[] = {
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "JULIA_NUM_THREADS"};

static void set_threads(int threads) {
  char text[16];
  snprintf(text, sizeof text, "%d", threads);
  for (size_t i = 0; i < sizeof thread_counts / sizeof *thread_counts; i++)
    setenv(thread_counts[i], text, 1);
}

_Noreturn static void become(char *const *words, pid_t parent) {
  sigset_t none;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execvp(words[0], words);
  dprintf(STDERR_FILENO, "cannot run '%s': %s\n", words[0], strerror(errno));
  _exit(127);
}

/* The streams are the command's: whoever reads them sees its end. */
static void let_go_of_streams(void) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
    dup2(null, file);
}

/* Kill every child that there is; those whose parents died are among them, for
 * this process is their reaper. (A kernel may lack the list.) */
static void kill_children(void) {
  char path[64];
  int child;
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  FILE *list = fopen(path, "re");
  while (list && fscanf(list, "%d", &child) == 1)
    kill(child, SIGKILL);
  if (list)
    fclose(list);
}

/* Wait for the command's end, and leave it to be reaped: its number, which is
 * its group's, is nobody else's until then. False if a signal came before. */
static bool wait_for(pid_t command, const sigset_t *signals) {
  for (;;) {
    const int number = sigwaitinfo(signals, NULL);
    siginfo_t ended = {0};
    if (number > 0 && number != SIGCHLD)
      return false;
    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid) {
      if (ended.si_pid == command)
        return true;
      waitpid(ended.si_pid, NULL, WNOHANG);
      ended.si_pid = 0;
    }
  }
}

/* End the command, its group and whatever left that, until there is none: each
 * that dies may leave its own. The status of the command. */
static int end_all(pid_t command) {
  int status = 0, one;
  pid_t ended = 0;
  kill(-command, SIGKILL);
  while (ended >= 0 || errno == EINTR) {
    kill_children();
    ended = waitpid(-1, &one, 0);
    if (ended == command)
      status = one;
  }
  return status;
}

_Noreturn static void end_as(int status) {
  sigset_t one;
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Signals that are blocked are waited for; the command has none blocked, and
 * none ignored that ystep ignores. */
static void block_signals(sigset_t *signals) {
  static const int numbers[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT};
  sigemptyset(signals);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaddset(signals, numbers[i]);
  sigprocmask(SIG_SETMASK, signals, NULL);
  signal(SIGXFSZ, SIG_DFL);
}

_Noreturn void keeper_main(int threads, char *const *words) {
  const pid_t self = getpid();
  sigset_t signals;
  block_signals(&signals);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  set_threads(threads);
  const pid_t command = fork();
  if (command == 0)
    become(words, self);
  if (command < 0) {
    dprintf(STDERR_FILENO, "cannot start a process: %s\n", strerror(errno));
    _exit(127);
  }
  setpgid(command, command); /* whichever of the two is first */
  let_go_of_streams();
  const bool has_ended = wait_for(command, &signals);
  const int status = end_all(command);
  if (!has_ended)
    _exit(1);
  end_as(status);
}
