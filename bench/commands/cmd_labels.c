#include "bench/commands/commands.h"

#include "bench/analysis/labelshape.h"
#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/run/starts.h"
#include "bench/store/labelfile.h"
#include "bench/store/meta.h"
#include "bench/store/rundir.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"

#include "problems/formats/labels_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is to be shown of a directory. */
typedef struct label_request {
  const char *dir;
  const provenance *made;
  const char *prior; /* NULL: the run's own */
  double threshold;
  bool csv;
  size_t shown, missing;
  FILE *out;
} label_request;

/* ------------------------------------------------------------- printing --- */

static void put_markdown_head(const label_request *show,
                              const run_group *group) {
  char title[512];
  group_title(group, title);
  fputs("### ", show->out);
  cell_put_markdown(show->out, title);
  fprintf(show->out,
          "\n\n| run | solver | gap | one class | two | more | most "
          "| largest entry: mean | least | 1 %% | 10 %% | median "
          "| ybar/u: least | largest |\n"
          "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
          "---:|\n");
}

static void put_markdown(const label_request *show, const result_row *run,
                         const label_shape *shape) {
  char gap[NUMBER_ROOM];
  fprintf(show->out, "| %ld | ", run->run_id);
  cell_put_markdown(show->out, result_solver_name(run));
  fprintf(show->out, " | %s | %zu | %zu | %zu | %zu | %.4f |",
          text_gap(gap, run->gap), shape->one, shape->two, shape->more,
          shape->most, shape->mean_largest);
  for (int q = 0; q < LABEL_QUANTILES; q++)
    fprintf(show->out, " %.4f |", shape->largest[q]);
  fprintf(show->out, " %.4g | %.4g |\n", shape->least_share,
          shape->largest_share);
}

static void put_csv(const label_request *show, const result_row *run,
                    const label_shape *shape) {
  char number[NUMBER_ROOM];
  fprintf(show->out, "%ld,", run->run_id);
  cell_put_csv(show->out, run->problem);
  fprintf(show->out, ",%ld,%ld,", run->rows, run->classes);
  cell_put_csv(show->out, run->loss);
  fputc(',', show->out);
  cell_put_csv(show->out, run->fairness);
  fprintf(show->out, ",%s,", text_exact(number, run->lambda));
  cell_put_csv(show->out, run->solver);
  fprintf(show->out, ",%.9g,%.9g,%zu,%zu,%zu,%zu,%.9g", run->gap,
          show->threshold, shape->one, shape->two, shape->more, shape->most,
          shape->mean_largest);
  for (int q = 0; q < LABEL_QUANTILES; q++)
    fprintf(show->out, ",%.9g", shape->largest[q]);
  fprintf(show->out, ",%.9g,%.9g\n", shape->least_share, shape->largest_share);
}

/* -------------------------------------------------------------- reading --- */

static ys_code read_labels(const char *path, const result_row *run,
                           ys_labels *y, ys_error *error) {
  ys_code code = ys_labels_read(path, y, error);
  if (code ||
      (y->rows == (size_t)run->rows && y->classes == (size_t)run->classes))
    return code;
  code = ys_fail(error, YS_BAD_INPUT,
                 "%s: the labels are %zu x %zu; run %ld is %ld x %ld", path,
                 y->rows, y->classes, run->run_id, run->rows, run->classes);
  ys_labels_free(y);
  return code;
}

/* The prior asked for, or that of the run; NULL if uniform. */
static ys_code read_prior(const label_request *show, const result_row *run,
                          double **prior, ys_error *error) {
  const char *path = show->prior;
  if (!path)
    path = group_own_prior(run);
  *prior = NULL;
  if (!path || strcmp(path, "uniform") == 0)
    return YS_OK;
  ys_code code = prior_read(path, (size_t)run->classes, prior, error);
  for (long k = 0; !code && k < run->classes; k++)
    if (!((*prior)[k] > 0 && isfinite((*prior)[k])))
      code = ys_fail(error, YS_BAD_INPUT,
                     "%s: class %ld (from 0): %g is no share: expected a "
                     "number above 0",
                     path, k, (*prior)[k]);
  return code;
}

static ys_code show_file(const label_request *show, const result_row *run,
                         const char *path, ys_error *error) {
  ys_labels y = {0};
  label_shape shape;
  double *prior = NULL;
  ys_code code = read_labels(path, run, &y, error);
  if (!code)
    code = read_prior(show, run, &prior, error);
  if (!code)
    code = label_shape_of(&y, prior, show->threshold, &shape, error);
  if (!code && show->csv)
    put_csv(show, run, &shape);
  else if (!code)
    put_markdown(show, run, &shape);
  free(prior);
  ys_labels_free(&y);
  return code;
}

static ys_code show_run(label_request *show, const result_row *run,
                        ys_error *error) {
  char *path;
  ys_code code = labelfile_find(show->dir, (size_t)run->run_id, &path, error);
  if (code)
    return code;
  *(path ? &show->shown : &show->missing) += 1;
  if (path)
    code = show_file(show, run, path, error);
  free(path);
  return code;
}

static ys_code show_group(label_request *show, const run_group *group,
                          ys_error *error) {
  ys_code code = YS_OK;
  if (!show->csv)
    put_markdown_head(show, group);
  for (size_t s = 0; s < group->solver_count; s++)
    for (size_t i = 0; !code && i < group->solvers[s].count; i++)
      code = show_run(show, group->solvers[s].runs[i], error);
  if (!show->csv)
    fprintf(show->out, "\n");
  return code;
}

/* -------------------------------------------------------------- command --- */

static ys_code read_options(const command_line *line, label_request *show,
                            ys_error *error) {
  static const char *const formats[] = {"md", "csv"};
  size_t format;
  const arg *args = line->args;
  ys_code code = command_find_format(line, YS_NAMES(formats), &format, error);
  if (code)
    return code;
  show->prior = args_text(args, "prior");
  show->csv = format > 0;
  return args_number(args, "threshold", 0, 0.5, &show->threshold, error);
}

static void put_notes(const label_request *show) {
  char text[512];
  if (show->missing)
    console_note("%zu of %zu runs have no labels/RUN_ID.npy or .npz",
                 show->missing, show->missing + show->shown);
  if (show->csv)
    return;
  provenance_line(show->made, text, sizeof text);
  fprintf(show->out, "Rows by how many entries are above %g.\n\n",
          show->threshold);
  cell_put_markdown(show->out, text);
  fputc('\n', show->out);
}

static ys_code check_threshold(const label_request *show, const result_row *run,
                               ys_error *error) {
  if (show->threshold * (double)run->classes < 1)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "--threshold %g is too large: with %ld classes a row may have "
                 "no entry above it; expected a number below 1/%ld",
                 show->threshold, run->classes, run->classes);
}

static ys_code show_set(label_request *show, const group_set *set,
                        ys_error *error) {
  ys_code code = YS_OK;
  for (size_t g = 0; !code && g < set->count; g++)
    code = check_threshold(show, set->groups[g].sample, error);
  if (!code && show->csv)
    fprintf(show->out,
            "run_id,problem,rows,classes,loss,fairness,lambda,solver,gap,"
            "threshold,one,two,more,most,mean_largest,min_largest,q01_largest,"
            "q10_largest,median_largest,least_share,largest_share\n");
  for (size_t g = 0; !code && g < set->count; g++)
    code = show_group(show, &set->groups[g], error);
  if (!code)
    put_notes(show);
  return code;
}

static ys_code check_labels(const char *dir, ys_error *error) {
  bool found;
  ys_code code = rundir_has(dir, "labels", &found, error);
  return code || found || access(dir, F_OK) != 0
             ? code
             : ys_fail(error, YS_BAD_INPUT,
                       "%s/labels: no labels here: run with --save-labels",
                       dir);
}

static ys_code show_labels(command_line *line, ys_error *error) {
  selected_runs runs = {0};
  label_request show = {.dir = line->words[0], .made = &runs.made};
  table_output output;
  ys_code code = command_check_output(line, error);
  if (!code)
    code = read_options(line, &show, error);
  if (!code)
    code = check_labels(show.dir, error);
  if (!code)
    code = selected_runs_read(show.dir, true, &runs, error);
  if (!code)
    code = selected_runs_choose(line->args, &runs, error);
  if (!code)
    code = command_open_table(line, !show.csv, &output, error);
  if (!code) {
    show.out = output.file;
    code = show_set(&show, &runs.set, error);
    code = command_finish_table(&output, code, error);
  }
  selected_runs_free(&runs);
  return code;
}

static const arg_option options[] = {
    {"threshold", 0, ARG_ONE, "1e-6",
     "X  entries up to X are none (default %s)"},
    {"prior", 0, ARG_ONE, NULL,
     "FILE  to compare with (default: the run's own)"},
    SELECTION_OPTIONS,
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default) or csv; by the ending of FILE"},
    {"output", 'o', ARG_ONE, NULL, "FILE  default: standard output"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing FILE"},
    {0}};

const command_spec cmd_labels = {
    .name = "labels",
    .summary = "how many classes rows of saved labels hold, how sure they are",
    .usage = "ystep labels DIR [options]",
    .about =
        "Show what the final labels of the runs in DIR look like (they must\n"
        "have been kept: `ystep run --save-labels`): how many rows hold one\n"
        "class, two, or more, how large a row's largest entry is, and the\n"
        "least and the largest ratio of a class's mean to its prior. A row\n"
        "holds the classes whose entries are above the threshold. CSV has\n"
        "the columns\n"
        "  run_id,problem,rows,classes,loss,fairness,lambda,solver,gap\n"
        "  threshold,one,two,more    rows by the classes they hold\n"
        "  most                      classes in the fullest row\n"
        "  mean_largest,min_largest,q01_largest,q10_largest,median_largest\n"
        "  least_share,largest_share of ybar_k / u_k",
    .examples =
        "  ystep run -p dirichlet -s exact --tol 1e-9 --save-labels -o out\n"
        "  ystep labels out\n"
        "  ystep labels out --lambda 10 --threshold 1e-3 --format csv\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "labels needs a run directory (try --help)",
    .run = show_labels,
};
