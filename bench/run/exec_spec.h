/* What `exec:command=python3 mine.py,name=mine,step=3` says: a solver that is a
 * program of its own (exec.h), in any language. */
#ifndef EXEC_SPEC_H
#define EXEC_SPEC_H

#include "problems/memory.h"
#include "problems/options.h"

/* Whether "name:options" is one: its name is exec. */
bool exec_is_spec(const char *spec);

/* Its options, as far as they are the harness's own. */
extern const ys_option exec_spec_options[];

/* Read the options of such a spec: command (required), name and start are the
 * harness's own; all others are the command's, and stand as they are written in
 * one, EXEC_OTHERS. To be freed as any options. YS_BAD_INPUT: a command without
 * a word or with a quote that does not end, an option that is no key=value or
 * that is there twice. */
#define EXEC_OTHERS "options of the command"
ys_code exec_spec_parse(const char *spec, ys_options *options, ys_error *error);

/* The words of a command, a NULL behind them, in `memory`: separated by blanks,
 * quoted as in a shell by '...', "..." and \, and nothing is expanded. NULL for
 * want of memory. And those of the options' command. */
char **exec_words(const char *command, ys_memory *memory);
char **exec_spec_words(const ys_options *options, ys_memory *memory);

/* The next of the command's own options, in their order: its key and its value,
 * in `memory`; *at, NULL at first, is the place. Returns whether there was one;
 * a want of memory, which `memory` says, is the end, too. */
bool exec_spec_next(const ys_options *options, const char **at,
                    const char **key, const char **value, ys_memory *memory);

/* What tables and figures call such a solver, into `label`, cut to its room:
 * name=, or the program and its first argument, if that is no option, without
 * folders, and behind it the command's own options: "mine:step=3", "python3
 * mine.py:step=3". Returns `label`; NULL if it is none, or not a right one. */
enum { EXEC_LABEL = 61 };
const char *exec_spec_label(const char *spec, char label[EXEC_LABEL]);

#endif
