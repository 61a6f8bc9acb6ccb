/* Text for gnuplot. */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include <stdio.h>

/* Write `text` as a string of gnuplot's, the same in every position: nothing in
 * it ends the string, runs a command or is a macro. Control characters are
 * shown as "\x1b". To be drawn as it is, such a string also wants
 * `noenhanced`. */
void gnuplot_put_string(FILE *out, const char *text);

/* The same without the quotes around it: a part of a string. */
void gnuplot_put_part(FILE *out, const char *text);

#endif
