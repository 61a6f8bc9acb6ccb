/* ystep: a benchmark harness for solvers of the y-step. */
#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/ranks/ranks.h"
#include "bench/store/meta.h"
#include "bench/system/address_space.h"
#include "bench/system/keeper.h"
#include "problems/formats/text.h"
#include "problems/options.h"

#include <cblas.h>
#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_version(void) {
  printf("ystep %s (%s)\n%s\n%s\n", meta_version, meta_commit, meta_compiler,
         meta_flags);
}

static bool is_one_of(const char *word, const char *a, const char *b,
                      const char *c) {
  return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

/* Words of the command line go into tables, scripts and pages, and from there
 * into terminals and other programs. */
static int check_words(int argc, char **argv) {
  ys_error error;
  for (int i = 1; i < argc; i++)
    if (ys_text_fault(argv[i])) {
      ys_fail(&error, YS_BAD_INPUT,
              "argument %d, '%s': expected text in UTF-8 without control "
              "characters; rename a file of such a name",
              i, argv[i]);
      return console_error(&error);
    }
  return EXIT_DONE;
}

/* A descriptor that is closed would be that of the first file opened, and what
 * is printed would go into it. */
static void open_standard_streams(void) {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file)
      abort(); /* the lowest one that is free */
}

/* What was printed has arrived, or the command has failed. */
static int finish_output(int status) {
  ys_error error;
  bool failed = ferror(stdout) != 0;
  errno = 0;
  failed = fclose(stdout) != 0 || failed;
  if (!failed)
    return status;
  ys_fail(&error, YS_IO, "standard output: cannot write: %s",
          errno ? strerror(errno) : "a write failed");
  int why = console_error(&error);
  return status > why ? status : why;
}

static int run_command(int argc, char **argv) {
  ys_error error;
  size_t which;
  int status = check_words(argc, argv);
  if (status)
    return status;
  if (argc < 2 || is_one_of(argv[1], "--help", "-h", "-?")) {
    char *help[] = {(char *)cmd_help.name};
    status = command_run(&cmd_help, 1, help);
    return argc < 2 ? EXIT_BAD_INPUT : status;
  }
  if (is_one_of(argv[1], "--version", "-V", "-v")) {
    print_version();
    return EXIT_DONE;
  }
  /* What a sweep starts for each of its runs. */
  if (strcmp(argv[1], "worker") == 0)
    return cmd_worker();
  if (strcmp(argv[1], "complete") == 0)
    return cmd_complete(argc - 2, argv + 2);
  if (ys_look_up("command", YS_NAMES_TO_NULL(command_table), argv[1],
                 strlen(argv[1]), " (try ystep --help)", &which, &error))
    return console_error(&error);
  return command_run(command_table[which], argc - 1, argv + 1);
}

int main(int argc, char **argv) {
  ys_error error;
  /* What a solver in a process of its own is started through. */
  if (argc > 3 && strcmp(argv[1], "keeper") == 0)
    keeper_main(atoi(argv[2]), argv + 3);
  open_standard_streams();
  /* GSL's default handler aborts; every GSL call here is checked instead. */
  gsl_set_error_handler_off();
  /* Threads are the solvers' own, over rows; BLAS calls run inside them. */
  openblas_set_num_threads(1);
  /* A file that grows beyond a limit (ulimit -f) is an error of its write. */
  signal(SIGXFSZ, SIG_IGN);
  if (address_space_reserve(argv, &error))
    return console_error(&error);
  const int status = finish_output(run_command(argc, argv));
  ranks_end(status);
  return status;
}
