#include "bench/commands/command.h"

#include "bench/cli/args.h"
#include "bench/cli/console.h"
#include "bench/store/repair.h"
#include "bench/store/rundir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const arg_help help = {
    .usage = "ystep repair DIR [options]",
    .about =
        "Mend a directory that a command refuses because a file in it is\n"
        "damaged. Rows that are whole stay; what goes is said, line by line:\n"
        "rows that cannot be read, runs whose settings or last iterate are\n"
        "gone, labels and a meta.json that cannot be read. The files as they\n"
        "were are kept beside as NAME.damaged. Then sweep --resume and train\n"
        "--resume do again what went. A table's missing header is an error.",
    .examples = "  ystep repair out --dry-run\n"
                "  ystep repair out\n",
};

static const arg options[] = {
    {"dry-run", 'n', ARG_FLAG, "  say what would go; change nothing", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

static ys_code check_directory(const char *path, ys_error *error) {
  struct stat status;
  if (stat(path, &status) != 0)
    return ys_fail(error, YS_IO, "%s: cannot open: %s", path, strerror(errno));
  return S_ISDIR(status.st_mode)
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT, "%s: is not a directory", path);
}

static ys_code execute(const char *path, bool only_look, ys_error *error) {
  rundir dir;
  size_t damaged = 0;
  ys_code code = check_directory(path, error);
  if (!code)
    code = rundir_open(&dir, path, error);
  if (code)
    return code;
  code = repair_directory(path, only_look, &damaged, error);
  if (!code && !damaged)
    console_say("%s: nothing is damaged", path);
  rundir_free(&dir);
  return code;
}

int cmd_repair(int argc, char **argv) {
  arg args[sizeof options / sizeof *options];
  ys_error error;
  const char *path = NULL;
  size_t found;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, &path, 1, &found, &error);
  if (!code && args_given(args, "help"))
    args_print_help(&help, args);
  else if (!code && !found)
    code = ys_fail(&error, YS_BAD_INPUT,
                   "repair needs a directory: ystep repair DIR (try --help)");
  else if (!code)
    code = execute(path, args_given(args, "dry-run"), &error);
  args_free(args);
  return code ? console_error(&error) : EXIT_DONE;
}
