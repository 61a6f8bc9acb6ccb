#include "tests/support/faults.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const fault_names[FAULT_KINDS] = {"EIO",  "ENOSPC", "EMFILE",
                                              "full", "kill",   "tear"};

/* ----------------------------------------------------- calls that count -- */

typedef enum call_class { OPENS, WRITES, OTHER } call_class;

static const struct call {
  const char *name;
  int number;
  int path, folder; /* which arguments are a path, and the descriptor of the
                       directory it starts from, or of the file; -1: none */
  call_class class;
} calls[] = {
#ifdef SYS_open
    {"open", SYS_open, 0, -1, OPENS},
    {"creat", SYS_creat, 0, -1, OPENS},
    {"rename", SYS_rename, 1, -1, OTHER},
    {"unlink", SYS_unlink, 0, -1, OTHER},
    {"mkdir", SYS_mkdir, 0, -1, OTHER},
    {"link", SYS_link, 1, -1, OTHER},
#endif
#ifdef SYS_renameat
    {"renameat", SYS_renameat, 3, 2, OTHER},
#endif
    {"openat", SYS_openat, 1, 0, OPENS},
    {"renameat2", SYS_renameat2, 3, 2, OTHER},
    {"unlinkat", SYS_unlinkat, 1, 0, OTHER},
    {"mkdirat", SYS_mkdirat, 1, 0, OTHER},
    {"linkat", SYS_linkat, 3, 2, OTHER},
    {"read", SYS_read, -1, 0, OTHER},
    {"pread64", SYS_pread64, -1, 0, OTHER},
    {"getdents64", SYS_getdents64, -1, 0, OTHER},
    {"lseek", SYS_lseek, -1, 0, OTHER},
    {"write", SYS_write, -1, 0, WRITES},
    {"pwrite64", SYS_pwrite64, -1, 0, WRITES},
    {"writev", SYS_writev, -1, 0, OTHER},
    {"ftruncate", SYS_ftruncate, -1, 0, OTHER},
    {"fsync", SYS_fsync, -1, 0, OTHER},
    {"fdatasync", SYS_fdatasync, -1, 0, OTHER},
    {"close", SYS_close, -1, 0, OTHER},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* ------------------------------------------------------------- registers -- */

/* A call's number, its arguments and its result, in the registers of a process
 * that is stopped at it. */
typedef struct registers {
  struct user_regs_struct all;
  long number;
} registers;

#if defined __x86_64__

static bool get_registers(pid_t pid, registers *r) {
  struct iovec piece = {&r->all, sizeof r->all};
  bool got = ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &piece) == 0;
  r->number = (long)r->all.orig_rax;
  return got;
}
static uint64_t argument(const registers *r, int i) {
  const uint64_t all[] = {r->all.rdi, r->all.rsi, r->all.rdx, r->all.r10};
  return all[i];
}
static void set_registers(pid_t pid, registers *r) {
  struct iovec piece = {&r->all, sizeof r->all};
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &piece);
}
static void halve(pid_t pid, registers *r) {
  r->all.rdx /= 2;
  set_registers(pid, r);
}
static void fail_with(pid_t pid, registers *r, int error) {
  r->all.orig_rax = UINT64_MAX;
  r->all.rax = (uint64_t)(-(int64_t)error);
  set_registers(pid, r);
}
enum { IS_KNOWN = 1 };

#elif defined __aarch64__

static bool get_registers(pid_t pid, registers *r) {
  struct iovec piece = {&r->all, sizeof r->all};
  bool got = ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &piece) == 0;
  r->number = (long)r->all.regs[8];
  return got;
}
static uint64_t argument(const registers *r, int i) {
  return r->all.regs[i];
}
static void set_registers(pid_t pid, registers *r) {
  struct iovec piece = {&r->all, sizeof r->all};
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &piece);
}
static void halve(pid_t pid, registers *r) {
  r->all.regs[2] /= 2;
  set_registers(pid, r);
}
static void fail_with(pid_t pid, registers *r, int error) {
  int none = -1;
  struct iovec piece = {&none, sizeof none};
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &piece);
  r->all.regs[0] = (uint64_t)(-(int64_t)error);
  set_registers(pid, r);
}
enum { IS_KNOWN = 1 };

#else
#error "which registers hold a call's arguments is not known here"
#endif

/* ---------------------------------------------------------- the program -- */

/* Have the kernel stop this process, and those it starts, at these calls. */
static bool filter_calls(void) {
  struct sock_filter code[CALLS + 3];
  struct sock_fprog program = {CALLS + 3, code};
  code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
  for (unsigned i = 0; i < CALLS; i++)
    code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                               (unsigned)calls[i].number,
                                               (unsigned char)(CALLS - i), 0);
  code[CALLS + 1] =
      (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  code[CALLS + 2] =
      (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { NO_EXEC = 99 };

static void become(char *const argv[], const char *out, const char *err) {
  if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr))
    _exit(NO_EXEC);
  /* LeakSanitizer cannot look into a process that is traced. */
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
    _exit(NO_EXEC);
  raise(SIGSTOP);
  if (filter_calls())
    execv(argv[0], argv);
  _exit(NO_EXEC);
}

/* --------------------------------------------------------- what counts -- */

static bool link_of(pid_t pid, const char *what, char *text, size_t room) {
  char link[64];
  snprintf(link, sizeof link, "/proc/%d/%s", (int)pid, what);
  ssize_t length = readlink(link, text, room - 1);
  text[length < 0 ? 0 : length] = '\0';
  return length > 0;
}

static bool text_of(pid_t pid, uint64_t address, char *text, size_t room) {
  int file;
  char memory[64];
  snprintf(memory, sizeof memory, "/proc/%d/mem", (int)pid);
  file = open(memory, O_RDONLY | O_CLOEXEC);
  ssize_t got = file < 0 ? -1 : pread(file, text, room - 1, (off_t)address);
  if (file >= 0)
    close(file);
  text[got > 0 ? got : 0] = '\0';
  return got > 0;
}

static const struct call *find_call(const registers *r) {
  const struct call *found = calls;
  while (found < calls + CALLS && found->number != r->number)
    found++;
  return found < calls + CALLS ? found : NULL;
}

static bool is_within(const char *folder, const char *path) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 &&
         (path[length] == '/' || !path[length]);
}

/* What the call is about: the whole path of a file, as it is written. */
static void name_of(pid_t pid, const struct call *c, const registers *r,
                    char *name, size_t room) {
  char fd[32] = "cwd", path[2048] = "";
  name[0] = '\0';
  if (c->path >= 0)
    text_of(pid, argument(r, c->path), path, sizeof path);
  int file = c->folder < 0 ? AT_FDCWD : (int)argument(r, c->folder);
  if (file != AT_FDCWD)
    snprintf(fd, sizeof fd, "fd/%d", file);
  if (path[0] == '/')
    snprintf(name, room, "%s", path);
  else if (link_of(pid, fd, name, room) && path[0])
    snprintf(name + strlen(name), room - strlen(name), "/%s", path);
}

/* Whether the call counts; then its description is in f->call. */
static bool counts(fault *f, pid_t pid, const struct call *c,
                   const registers *r) {
  char program[2048], name[4096];
  if (!c || (f->kind == FAULT_EMFILE && c->class != OPENS) ||
      !link_of(pid, "exe", program, sizeof program) ||
      strcmp(program, f->program) != 0)
    return false;
  name_of(pid, c, r, name, sizeof name);
  if (!is_within(f->folder, name))
    return false;
  if (++f->seen == f->at)
    snprintf(f->call, sizeof f->call, "%s %.200s", c->name,
             name + strlen(f->folder));
  return true;
}

/* -------------------------------------------------------------- tracing -- */

static void act(fault *f, pid_t root, pid_t pid) {
  registers r;
  if (!get_registers(pid, &r))
    return;
  const struct call *c = find_call(&r);
  if (!counts(f, pid, c, &r) || !f->at || f->seen < f->at)
    return;
  bool first = f->seen == f->at, writes = c->class == WRITES;
  static const int errors[] = {EIO, ENOSPC, EMFILE};
  if (f->kind <= FAULT_EMFILE && first)
    fail_with(pid, &r, errors[f->kind]);
  else if (f->kind == FAULT_FULL && writes && first)
    halve(pid, &r);
  else if (f->kind == FAULT_FULL && (writes || c->number == SYS_mkdirat))
    fail_with(pid, &r, ENOSPC);
  else if (f->kind == FAULT_TEAR && writes && first)
    halve(pid, &r);
  else if (f->kind == FAULT_KILL || f->kind == FAULT_TEAR)
    kill(root, SIGKILL);
}

/* The signal to go on with after a stop. */
static int handle_stop(fault *f, pid_t root, pid_t pid, int status) {
  int event = status >> 16, number = WSTOPSIG(status);
  if (event == PTRACE_EVENT_SECCOMP)
    act(f, root, pid);
  return event || number == SIGSTOP || number == SIGTRAP ? 0 : number;
}

static int trace(fault *f, pid_t root) {
  int status, end = -1;
  const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
                       PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                       PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  waitpid(root, &status, 0);
  ptrace(PTRACE_SETOPTIONS, root, NULL, options);
  ptrace(PTRACE_CONT, root, NULL, 0L);
  for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
    if (pid < 0)
      continue;
    if (WIFSTOPPED(status))
      ptrace(PTRACE_CONT, pid, NULL, (long)handle_stop(f, root, pid, status));
    else if (pid == root)
      end = status;
  }
  return end;
}

int fault_run(fault *f, char *const argv[], const char *out, const char *err) {
  f->seen = 0;
  f->call[0] = '\0';
  pid_t root = fork();
  if (root == 0)
    become(argv, out, err);
  return root < 0 ? -1 : trace(f, root);
}

bool faults_work(void) {
  char *const argv[] = {"/bin/true", NULL};
  fault f = {.program = "/bin/true", .folder = "/"};
  return fault_run(&f, argv, "/dev/null", "/dev/null") == 0;
}
