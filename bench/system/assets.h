/* The files of scripts/ that the program reads while it runs: gnuplot scripts,
 * and the style and program of a report. */
#ifndef ASSETS_H
#define ASSETS_H

#include <stdio.h>

/* Open a file of scripts/: in the folder that the variable YSTEP_SCRIPTS names,
 * else beside the program, else where it was installed. NULL if it is not
 * there. */
FILE *assets_open(const char *name);

#endif
