/* ystep: a benchmark harness for solvers of the y-step. */
#include "bench/commands/command.h"

#include "bench/cli/console.h"
#include "bench/system/memory.h"
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

typedef struct subcommand {
  const char *name, *summary;
  int (*run)(int argc, char **argv);
} subcommand;

static const subcommand commands[] = {
    {"list", "what there is to run: solvers, problems, losses, fairness",
     cmd_list},
    {"run", "run solvers on problems and record certified traces", cmd_run},
    {"sweep", "run what a YAML file describes; resumable, in parallel",
     cmd_sweep},
    {"merge", "join the directories of sweeps, such as shards", cmd_merge},
    {"repair", "mend a damaged directory: keep what is whole", cmd_repair},
    {"table", "seconds and iterations to each gap, from a run directory",
     cmd_table},
    {"labels", "how many classes rows of saved labels hold, how sure they are",
     cmd_labels},
    {"plot", "convergence figures from a run directory", cmd_plot},
    {"compare", "two run directories: what became faster or slower",
     cmd_compare},
    {"report", "a run directory as one HTML page, figures and all", cmd_report},
    {"check", "convexity, gradients, bounds and laws of the losses", cmd_check},
    {"train", "self-labelled training around the y-step", cmd_train},
    {"scores", "accuracy, NMI, ARI of trainings: mean and spread over seeds",
     cmd_scores},
    {"gen", "write a problem's batch to a file", cmd_gen},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void) {
  printf("usage: ystep COMMAND [options]\n\n"
         "Benchmark solvers of the pseudo-label step of self-labelled\n"
         "classification, every figure with a certified distance to the "
         "optimum.\n\ncommands:\n");
  for (size_t i = 0; i < COMMANDS; i++)
    printf("  %-8s%s\n", commands[i].name, commands[i].summary);
  printf("\n`ystep COMMAND --help` shows a command's options and examples.\n\n"
         "examples:\n"
         "  ystep run -p dirichlet:M=5000,K=20 -s em pgd md -o out\n"
         "  ystep table out\n"
         "  ystep plot out\n");
}

static int unknown_command(const char *word) {
  ys_error error;
  const char *names[COMMANDS];
  for (size_t i = 0; i < COMMANDS; i++)
    names[i] = commands[i].name;
  ys_fail(&error, YS_BAD_INPUT,
          "no command '%s'; did you mean '%s'? (try ystep --help)", word,
          names[ys_nearest_name(word, strlen(word), names, COMMANDS)]);
  return console_error(&error);
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
  int status = check_words(argc, argv);
  if (status)
    return status;
  if (argc < 2 || strcmp(argv[1], "--help") == 0 ||
      strcmp(argv[1], "-h") == 0) {
    print_help();
    return argc < 2 ? EXIT_BAD_INPUT : EXIT_DONE;
  }
  /* What a sweep starts for each of its runs. */
  if (strcmp(argv[1], "worker") == 0)
    return cmd_worker();
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(argv[1], commands[i].name) == 0)
      return commands[i].run(argc - 1, argv + 1);
  return unknown_command(argv[1]);
}

int main(int argc, char **argv) {
  ys_error error;
  open_standard_streams();
  /* GSL's default handler aborts; every GSL call here is checked instead. */
  gsl_set_error_handler_off();
  /* Threads are the solvers' own, over rows; BLAS calls run inside them. */
  openblas_set_num_threads(1);
  /* A file that grows beyond a limit (ulimit -f) is an error of its write. */
  signal(SIGXFSZ, SIG_IGN);
  if (memory_reserve(argv, &error))
    return console_error(&error);
  return finish_output(run_command(argc, argv));
}
