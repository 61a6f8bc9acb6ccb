#include "bench/system/address_space.h"

#include <errno.h>
#include <lapacke.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* OpenBLAS's BUFFER_SIZE, 32 << 22 bytes in its common_x86_64.h and
 * common_arm64.h; and what the first call maps beside it. */
enum { BUFFER_MEBIBYTES = 128, MARGIN_MEBIBYTES = 8 };
static const size_t mebibyte = 1 << 20;

/* Bytes of the files that are mapped: the program and its libraries. */
static size_t mapped_files(void) {
  char line[4096];
  size_t sum = 0, begin, end;
  FILE *maps = fopen("/proc/self/maps", "re");
  while (maps && fgets(line, sizeof line, maps))
    if (strchr(line, '/') && sscanf(line, "%zx-%zx", &begin, &end) == 2)
      sum += end - begin;
  if (maps)
    fclose(maps);
  return sum;
}

static size_t stack_size(void) {
  struct rlimit stack;
  bool is_known =
      getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY;
  return is_known ? stack.rlim_cur : 8 * mebibyte;
}

static size_t least(int threads, int buffers) {
  size_t bytes = mapped_files() + (size_t)threads * stack_size();
  return bytes / mebibyte + 1 + (size_t)buffers * BUFFER_MEBIBYTES +
         MARGIN_MEBIBYTES;
}

size_t address_space_least(int threads) {
  return least(threads, 1);
}

ys_code address_space_check_buffers(int threads, ys_error *error) {
  size_t wanted = (size_t)threads * BUFFER_MEBIBYTES + MARGIN_MEBIBYTES;
  void *room = mmap(NULL, wanted * mebibyte, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED)
    return ys_fail(error, YS_NO_MEMORY,
                   "%s: OpenBLAS needs %zu MiB of address space, the program "
                   "%zu MiB in all: is there a limit (ulimit -v)?",
                   strerror(errno), wanted, least(threads, threads));
  munmap(room, wanted * mebibyte);
  return YS_OK;
}

/* OpenBLAS starts threads when it is loaded, and each of them takes a buffer,
 * or turns in a circle where there is none. None of them is wanted here: where
 * space is short, start again without. */
static void start_without_blas_threads(char **argv) {
  static const char name[] = "OPENBLAS_NUM_THREADS";
  char program[PATH_MAX];
  struct rlimit space;
  const char *threads = getenv(name);
  if (getrlimit(RLIMIT_AS, &space) != 0 || space.rlim_cur == RLIM_INFINITY ||
      (threads && strcmp(threads, "1") == 0))
    return;
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (length < 0 || setenv(name, "1", 1) != 0)
    return;
  program[length] = '\0';
  execv(program, argv);
}

ys_code address_space_reserve(char **argv, ys_error *error) {
  double one = 1;
  start_without_blas_threads(argv);
  ys_code code = address_space_check_buffers(1, error);
  if (!code)
    LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', 1, &one, 1);
  return code;
}
