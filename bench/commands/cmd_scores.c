#include "bench/commands/commands.h"

#include "bench/tables/tables.h"

enum { MOST_DIRS = 64 };

static const struct {
  const char *name;
  void (*write)(FILE *out, const train_summary *summary);
} formats[] = {{"md", train_summary_markdown},
               {"csv", train_summary_csv},
               {"tsv", train_summary_tsv}};

static ys_code show(command_line *line, ys_error *error) {
  train_summary summary;
  table_output output;
  size_t format;
  ys_code code = command_find_format(line, YS_NAMES(formats), &format, error);
  if (!code)
    code = command_check_output(line, error);
  if (!code)
    code = train_summary_make(line->words, line->word_count, &summary, error);
  if (code)
    return code;
  code = command_open_table(line, format == 0, &output, error);
  if (!code) {
    formats[format].write(output.file, &summary);
    code = command_finish_table(&output, YS_OK, error);
  }
  train_summary_free(&summary);
  return code;
}

static const arg_option options[] = {
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default), csv or tsv; by the ending of FILE"},
    {"output", 'o', ARG_ONE, NULL, "FILE  default: standard output"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing FILE"},
    {0}};

const command_spec cmd_scores = {
    .name = "scores",
    .summary = "accuracy, NMI, ARI of trainings: mean and spread over seeds",
    .usage = "ystep scores DIR... [options]",
    .about =
        "Sum up the trainings of `ystep train`: a row for those that differ "
        "in\n"
        "their seed alone, mean and standard deviation of clustering accuracy\n"
        "(best matching), NMI, ARI, seconds and the y-steps' share of them.\n"
        "Trainings that failed count in no number. Supervised trainings have\n"
        "their accuracy without matching.",
    .examples = "  ystep scores out\n"
                "  ystep scores a b c -o scores.csv\n",
    .options = options,
    .least_words = 1,
    .most_words = MOST_DIRS,
    .missing_words = "scores needs a directory of trainings (try --help)",
    .run = show,
};
