/* Ranks that are processes of the program, started by mpirun. */
#ifndef MPI_RANKS_H
#define MPI_RANKS_H

#include "tests/support/program.h"

#include <ctype.h>
#include <dirent.h>

static inline bool has_mpi(void) {
#ifdef YS_HAVE_MPI
  return system("command -v mpirun >/dev/null 2>&1") == 0;
#else
  return false;
#endif
}

/* The process of a rank, of those that write to this folder; 0: none. Of any
 * rank: -1. */
static inline pid_t find_rank(int rank) {
  char name[64], bytes[8192], place[64];
  struct dirent *entry;
  pid_t found = 0;
  DIR *all = opendir("/proc");
  snprintf(name, sizeof name, "OMPI_COMM_WORLD_RANK=%d", rank);
  while (!found && (entry = readdir(all))) {
    if (!isdigit((unsigned char)*entry->d_name))
      continue;
    snprintf(place, sizeof place, "/proc/%.20s/cwd", entry->d_name);
    ssize_t length = readlink(place, bytes, sizeof bytes - 1);
    if (length < 0 || (bytes[length] = '\0', strcmp(bytes, folder) != 0))
      continue;
    snprintf(place, sizeof place, "/proc/%.20s/environ", entry->d_name);
    FILE *file = fopen(place, "r");
    size_t got = file ? fread(bytes, 1, sizeof bytes - 1, file) : 0;
    if (file)
      fclose(file);
    bytes[got] = '\0';
    for (size_t i = 0; i < got && !found; i += strlen(bytes + i) + 1)
      if (rank < 0 ? strncmp(bytes + i, "OMPI_COMM_WORLD_RANK=", 21) == 0
                   : strcmp(bytes + i, name) == 0)
        found = (pid_t)atoi(entry->d_name);
  }
  closedir(all);
  return found;
}

static inline void nap(double seconds) {
  const struct timespec wait = {(time_t)seconds,
                                (long)(1e9 * (seconds - floor(seconds)))};
  nanosleep(&wait, NULL);
}

/* A shell that does it. */
static inline pid_t start_command(const char *command) {
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  return child;
}

/* Its exit status, 128 and more for a signal; no rank may be left ten seconds
 * later. */
static inline int wait_for_ranks(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  for (int i = 0; i < 800 && !(ended = waitpid(child, &status, WNOHANG)); i++)
    nap(0.05);
  ck_assert_msg(ended == child, "what started the ranks is left");
  for (int i = 0; i < 200 && find_rank(-1); i++)
    nap(0.05);
  ck_assert_msg(!find_rank(-1), "a rank is left");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Nobody is left waiting: whatever takes longer is killed. */
#define MPIRUN_ENVIRONMENT                                                     \
  "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "                 \
  "OMPI_MCA_btl_base_warn_component_unused=0 OMP_NUM_THREADS=1 "               \
  "ASAN_OPTIONS=detect_leaks=0 " /* leaks are MPI's own */
#define MPIRUN                                                                 \
  MPIRUN_ENVIRONMENT "timeout --foreground -s KILL 120 mpirun "                \
                     "--oversubscribe "

/* `mpirun -n COUNT ystep ARGUMENTS`, its output in out.txt and err.txt; the
 * exit status. */
__attribute__((format(printf, 2, 3))) static inline int
ranks(int count, const char *format, ...) {
  char arguments[1024], command[2000];
  va_list list;
  va_start(list, format);
  vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  snprintf(command, sizeof command,
           MPIRUN "-n %d \"$YSTEP\" %s >out.txt 2>err.txt", count, arguments);
  const int status = system(command);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) < 128, "%s: %d",
                command, status);
  return WEXITSTATUS(status);
}

/* How many lines of a file hold a word; the last of them, without its end. */
static inline int find_line(const char *path, const char *word,
                            char found[1024]) {
  char line[1024];
  FILE *file = fopen(path, "r");
  int count = 0;
  ck_assert_ptr_nonnull(file);
  *found = '\0';
  while (fgets(line, sizeof line, file))
    if (strstr(line, word)) {
      strcpy(found, line);
      found[strcspn(found, "\n")] = '\0';
      count++;
    }
  fclose(file);
  return count;
}

/* One line says it, and nobody else does. */
static inline void assert_error(const char *words) {
  char said[1024];
  const int count = find_line("err.txt", "ystep: error:", said);
  ck_assert_msg(count == 1, "%d errors: %s", count, said);
  assert_says(said, words);
}

#endif
