/* The subcommands of ystep. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "bench/cli/command.h"
#include "bench/store/rundir.h"

extern const command_spec cmd_list, cmd_run, cmd_sweep, cmd_merge, cmd_repair,
    cmd_table, cmd_labels, cmd_plot, cmd_compare, cmd_report, cmd_check,
    cmd_train, cmd_scores, cmd_gen, cmd_solve, cmd_help;

/* All of them, as the help page lists them, up to a NULL. */
extern const command_spec *const command_table[];

/* One run of a sweep, which starts it by the word `worker`; not listed. */
int cmd_worker(void);

/* What a shell's completion asks; not listed either. */
int cmd_complete(int count, char **words);

/* ----------------------------------------------- for those that write ---- */

/* Make and lock the directory of -o, with its meta.json; --force replaces what
 * ystep left in it, but never one of `inputs`. On failure nothing is open. */
ys_code command_make_directory(const command_line *line,
                               const file_list *inputs, int threads,
                               rundir *dir, ys_error *error);

/* Say where runs are, and what to type next. */
void command_put_next(const char *dir);

/* Say that it is written, if it is still there. */
ys_code command_finish_directory(const rundir *dir, ys_error *error);

/* Refuse what -o names where that is a file which ystep reads in one of the
 * directories that the line names. */
ys_code command_check_output(const command_line *line, ys_error *error);

/* The format of what the command prints: the word of --format, or else the one
 * of `names` that is the ending of what -o names (of "md", "csv", "tex"), or
 * else the default of --format. *which is its place. */
ys_code command_find_format(const command_line *line, ys_names names,
                            size_t *which, ys_error *error);

/* Open what -o names, standard output without it; --force replaces a file. */
ys_code command_open_output(const command_line *line, ys_output *output,
                            ys_error *error);

/* Where a table goes: what -o names, or standard output; where that is a
 * terminal, Markdown is drawn (bench/text/terminal_table.h). */
typedef struct table_output {
  FILE *file; /* to write to */
  ys_output output;
  char *text; /* what is to be drawn; NULL: nothing */
  size_t size;
} table_output;

ys_code command_open_table(const command_line *line, bool markdown,
                           table_output *to, ys_error *error);

/* Finish it, or, if the writing ended with a `code`, drop it and return that.
 */
ys_code command_finish_table(table_output *to, ys_code code, ys_error *error);

#endif
