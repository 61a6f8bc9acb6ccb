/* Text for LaTeX. */
#ifndef LATEX_H
#define LATEX_H

#include <stdio.h>

/* Write `text` so that LaTeX sets it as it is: its ten special characters and
 * those that the usual font encodings set as others (< > | ") are replaced,
 * line ends become blanks. */
void latex_put(FILE *out, const char *text);

/* Write a number as a math formula: $0.12$, $3.2\times10^{-5}$, $\infty$.
 * `text` is the number as printf leaves it. */
void latex_put_number(FILE *out, const char *text);

#endif
