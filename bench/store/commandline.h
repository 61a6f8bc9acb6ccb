/* The command that does a run again. */
#ifndef COMMANDLINE_H
#define COMMANDLINE_H

#include "bench/store/results.h"

/* Write a word so that a POSIX shell takes it as it is. */
void commandline_put_word(FILE *out, const char *word);

/* The `ystep run` that does the run again: the same start, and so the same
 * iterates to the bit, at the same limits. To be freed; NULL without memory.
 * What a directory without settings.csv does not say is left to the defaults.
 */
char *commandline_of_run(const result_row *run);

#endif
