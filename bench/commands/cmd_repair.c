#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/store/repair.h"
#include "bench/store/rundir.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static ys_code check_directory(const char *path, ys_error *error) {
  struct stat status;
  if (stat(path, &status) != 0)
    return ys_fail(error, YS_IO, "%s: cannot open: %s", path, strerror(errno));
  return S_ISDIR(status.st_mode)
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT, "%s: is not a directory", path);
}

static ys_code repair(command_line *line, ys_error *error) {
  const char *path = line->words[0];
  rundir dir;
  size_t damaged = 0;
  ys_code code = check_directory(path, error);
  if (!code)
    code = rundir_open(&dir, path, error);
  if (code)
    return code;
  code = repair_directory(path, args_given(line->args, "dry-run"), &damaged,
                          error);
  if (!code && !damaged)
    console_say("%s: nothing is damaged", path);
  rundir_free(&dir);
  return code;
}

static const arg_option options[] = {
    {"dry-run", 'n', ARG_FLAG, NULL, "  say what would go; change nothing"},
    {0}};

const command_spec cmd_repair = {
    .name = "repair",
    .summary = "mend a damaged directory: keep what is whole",
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
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "repair needs a directory: ystep repair DIR (try --help)",
    .run = repair,
};
