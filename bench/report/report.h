/* Run directories as one HTML page that needs nothing beside it: what was run
 * on which machine, tables, interactive figures, trainings, checks, and the
 * commands that do it again. The figures are drawn by scripts/assets/report.js,
 * which is written into the page with scripts/assets/report.css; it also makes
 * filters, sorting and downloads. Tables are there without it. */
#ifndef REPORT_H
#define REPORT_H

#include "bench/analysis/timetogap.h"
#include "bench/cli/args.h"
#include "bench/store/meta.h"
#include "bench/store/results.h"

/* training.csv and epochs.csv. */
typedef struct training_table {
  training_row *rows;
  size_t count;
  epoch_row *epochs; /* by train_id */
  size_t epoch_count;
} training_table;

/* A directory of the page; all of it is borrowed. */
typedef struct report_part {
  const char *dir;
  const gap_table *table;          /* NULL: the directory holds no runs */
  const training_table *trainings; /* may be empty; */
  const check_table *checks;       /* likewise */
  const provenance *made;
  arg_texts labels; /* of --label, for trainings; runs have theirs */
  size_t first;     /* y-steps of the parts before it */
} report_part;

typedef struct report {
  const char *title;
  const report_part *parts;
  size_t count;
} report;

ys_code report_write(FILE *out, const report *page, ys_error *error);

/* ---- The sections of the page, for report.c. Each writes what one directory
 * has to say there. */

void report_put_machine(FILE *out, const report_part *part);
/* How many runs ended how; who is first on each y-step. */
void report_put_statuses(FILE *out, const report_part *part);
void report_put_firsts(FILE *out, const report_part *part);
/* What each solver comes to over all y-steps. */
ys_code report_put_ranking(FILE *out, const report_part *part, ys_error *error);
void report_put_ysteps(FILE *out, const report_part *part);
void report_put_trainings(FILE *out, const report_part *part);
void report_put_failures(FILE *out, const report_part *part);
/* How many runs failed, or were not served; beside them *left is raised by
 * those that left the domain. */
size_t report_count_failures(const report_part *part, size_t *left);
void report_put_checks(FILE *out, const report_part *part);
ys_code report_put_commands(FILE *out, const report_part *part,
                            ys_error *error);

/* The points of the figures as JSON, for report.js, which says how. Curves are
 * thinned to what can be seen, and more so where there are many, so that the
 * page stays at a few megabytes. */
ys_code report_put_data(FILE *out, const report *page, ys_error *error);

/* A table that can be sorted by its columns, up to its head's first cell; and
 * its end. */
void report_begin_table(FILE *out);
void report_end_table(FILE *out);
/* A cell of the head. */
void report_put_head(FILE *out, const char *kind, const char *text);

#endif
