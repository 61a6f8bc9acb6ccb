/* Text for LaTeX. */
#ifndef LATEX_H
#define LATEX_H

#include <stdio.h>

/* What LaTeX needs to set one step of `text`, which must not be at its end, as
 * it is: its ten special characters and those that the usual font encodings set
 * as others (< > | ") are replaced; control characters, line ends among them,
 * and what is not UTF-8 become blanks. Returns how many bytes of `text` that
 * was. */
enum { LATEX_STEP = 24 };
size_t latex_step(const char *text, char latex[LATEX_STEP]);

/* Write `text` so that LaTeX sets it as it is; in a comment it stays on the
 * line. */
void latex_put(FILE *out, const char *text);

/* Write a number as a math formula: $0.12$, $3.2\times10^{-5}$, $\infty$.
 * `text` is the number as numbers.h writes it; "-" stays. */
void latex_put_number(FILE *out, const char *text);

#endif
