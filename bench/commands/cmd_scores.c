#include "bench/commands/command.h"

#include "bench/cli/console.h"
#include "bench/store/rundir_clear.h"
#include "bench/system/files.h"
#include "bench/tables/tables.h"

#include <string.h>

static const arg_help help = {
    .usage = "ystep scores DIR... [options]",
    .about =
        "Sum up the trainings of `ystep train`: a row for those that differ "
        "in\n"
        "their seed alone, mean and standard deviation of clustering accuracy\n"
        "(best matching), NMI, ARI, seconds and the y-steps' share of them.\n"
        "Trainings that failed count in no number. Supervised trainings have\n"
        "their accuracy without matching.",
    .examples = "  ystep scores out\n"
                "  ystep scores a b c --format csv -o scores.csv\n",
};

static const arg options[] = {
    {"format", 0, ARG_ONE, "FORMAT  md (default), csv or tsv", 0, 0},
    {"output", 'o', ARG_ONE, "FILE  default: standard output", 0, 0},
    {"force", 0, ARG_FLAG, "  replace an existing FILE", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

enum { MOST_DIRS = 64 };

typedef void writer(FILE *out, const train_summary *summary);

static const struct {
  const char *name;
  writer *write;
} formats[] = {{"md", train_summary_markdown},
               {"csv", train_summary_csv},
               {"tsv", train_summary_tsv}};
enum { FORMATS = sizeof formats / sizeof *formats };

static ys_code write(const arg *args, const train_summary *summary, writer *put,
                     ys_error *error) {
  ys_output output;
  ys_code code = files_open_output(&output, args_text(args, "output", NULL),
                                   args_given(args, "force"), error);
  if (code)
    return code;
  put(output.file, summary);
  return ys_output_finish(&output, error);
}

static ys_code show(const command_line *line, int *status, ys_error *error) {
  const arg *args = line->args;
  const char *format = args_text(args, "format", "md");
  train_summary summary;
  writer *put = NULL;
  (void)status;
  for (size_t i = 0; i < FORMATS; i++)
    if (strcmp(format, formats[i].name) == 0)
      put = formats[i].write;
  if (!put)
    return ys_fail(error, YS_BAD_INPUT,
                   "no format '%s' of scores; expected md, csv or tsv", format);
  const char *output = args_text(args, "output", NULL);
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < line->word_count; i++)
    code = rundir_check_output(line->words[i], output, error);
  if (!code)
    code = train_summary_make(line->words, line->word_count, &summary, error);
  if (code)
    return code;
  code = write(args, &summary, put, error);
  train_summary_free(&summary);
  return code;
}

int cmd_scores(int argc, char **argv) {
  static const command_spec scores_command = {
      options,
      &help,
      1,
      MOST_DIRS,
      "scores needs a directory of trainings (try --help)",
      show};
  return command_run(&scores_command, argc, argv);
}
