/* Manual pages, in roff's man macros, from the tables that the help pages come
 * from. */
#ifndef MANUAL_H
#define MANUAL_H

#include "bench/cli/command.h"

#include <stdio.h>

/* A page up to its description, its end, and an entry of a list between. */
void manual_put_head(FILE *out, const char *name, const char *summary,
                     const char *usage, const char *about);
void manual_put_entry(FILE *out, const char *term, const char *text);
void manual_put_end(FILE *out, const char *examples);

/* The page of one command, ystep-NAME(1). */
ys_code manual_put_command(FILE *out, const command_spec *of, ys_error *error);

#endif
