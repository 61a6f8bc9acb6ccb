/* Text for LaTeX. */
#ifndef LATEX_H
#define LATEX_H

#include <stdio.h>

/* What to write for a character that LaTeX would not set as it is; NULL if it
 * would. */
const char *latex_replacement(char character);

/* Write `text` so that LaTeX sets it as it is: its ten special characters and
 * those that the usual font encodings set as others (< > | ") are replaced,
 * line ends become blanks. */
void latex_put(FILE *out, const char *text);

/* Write a number as a math formula: $0.12$, $3.2\times10^{-5}$, $\infty$.
 * `text` is the number as gaptext.h writes it; "-" stays. */
void latex_put_number(FILE *out, const char *text);

#endif
