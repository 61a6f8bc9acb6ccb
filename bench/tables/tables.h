/* What the analysis found, as tables in Markdown, CSV and LaTeX. */
#ifndef TABLES_H
#define TABLES_H

#include "bench/analysis/compare.h"
#include "bench/analysis/pivot.h"
#include "bench/analysis/timetogap.h"
#include "bench/analysis/total_times.h"
#include "bench/analysis/train_summary.h"
#include "bench/cli/args.h"
#include "bench/store/meta.h"

#include <stdio.h>

/* One text between two of ours, as a cell of Markdown or of CSV is. */
void table_put_markdown(FILE *out, const char *before, const char *text,
                        const char *after);
void table_put_csv(FILE *out, const char *text, const char *after);

/* Columns of CSV about a run: problem,rows,classes,loss,fairness,lambda,start,
 * prior,solver. */
void table_put_run(FILE *out, const result_row *run);

typedef enum table_format {
  TABLE_MARKDOWN,
  TABLE_CSV,
  TABLE_LATEX, /* needs the booktabs package */
  TABLE_JSON,
} table_format;
enum { TABLE_FORMATS = TABLE_JSON + 1 };

extern const char *const table_formats[TABLE_FORMATS]; /* md, csv, tex, json */

/* How long each solver took to each gap; in CSV a line for each solver and gap,
 * with the columns of gap_table_csv_header. */
ys_code gap_table_write(FILE *out, table_format format, const gap_table *table,
                        const provenance *made, ys_error *error);

extern const char gap_table_csv_header[];

/* Two of these formats: tables within the width of a page (latex_table.h), and
 * one object. */
ys_code gap_table_latex(FILE *out, const gap_table *table,
                        const provenance *made, ys_error *error);
ys_code gap_table_json(FILE *out, const gap_table *table,
                       const provenance *made, ys_error *error);

/* Solvers against y-steps at one gap: a row a solver, a column a y-step;
 * transposed, in Markdown and LaTeX, a row a y-step, a column a solver. */
ys_code pivot_write(FILE *out, table_format format, bool is_transposed,
                    const pivot *made, const provenance *from, ys_error *error);
ys_code pivot_json(FILE *out, const pivot *made, const provenance *from,
                   ys_error *error);

void compare_write_markdown(FILE *out, const compare_request *request,
                            const compare_result *result);
/* A line a comparison, with the columns of compare_csv_header; what cannot be
 * said is an empty field. */
void compare_write_csv(FILE *out, const compare_result *result);
ys_code compare_write_json(FILE *out, const compare_request *request,
                           const compare_result *result, ys_error *error);

extern const char compare_csv_header[];

/* In Markdown, CSV or JSON. */
ys_code total_times_write(FILE *out, table_format format,
                          const total_times *made, ys_error *error);
ys_code total_times_json(FILE *out, const total_times *made, ys_error *error);

void train_summary_markdown(FILE *out, const train_summary *summary,
                            arg_texts labels); /* of --label */
void train_summary_csv(FILE *out, const train_summary *summary);
/* The same with tabs and nothing quoted, for awk and gnuplot. */
void train_summary_tsv(FILE *out, const train_summary *summary);

#endif
