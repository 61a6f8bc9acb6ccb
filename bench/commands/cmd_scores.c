#include "bench/commands/commands.h"

#include "bench/tables/tables.h"

enum { MOST_DIRS = 64 };

enum { MARKDOWN, CSV, TSV };
static const char *const formats[] = {"md", "csv", "tsv"};

static ys_code put_summary(const command_line *line, size_t format,
                           const train_summary *summary, ys_error *error) {
  const arg_texts labels = args_texts(line->args, "label");
  table_output output;
  ys_code code =
      train_check_labels(labels, summary->record, summary->records, error);
  if (!code)
    code = command_open_table(line, format == MARKDOWN, &output, error);
  if (code)
    return code;
  if (format == MARKDOWN)
    train_summary_markdown(output.file, summary, labels);
  else if (format == CSV)
    train_summary_csv(output.file, summary);
  else
    train_summary_tsv(output.file, summary);
  return command_finish_table(&output, YS_OK, error);
}

static ys_code show(command_line *line, ys_error *error) {
  train_summary summary;
  size_t format;
  ys_code code = command_find_format(line, YS_NAMES(formats), &format, error);
  if (!code)
    code = command_check_output(line, error);
  if (!code)
    code = train_summary_make(line->words, line->word_count, &summary, error);
  if (code)
    return code;
  code = put_summary(line, format, &summary, error);
  train_summary_free(&summary);
  return code;
}

static const arg_option options[] = {
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default), csv or tsv; by the ending of FILE"},
    {"label", 0, ARG_MANY, NULL,
     "SPEC=TEXT...  what Markdown is to call a data set, classifier, loss or "
     "solver"},
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
