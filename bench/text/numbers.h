/* Numbers as tables and captions print them, and how long something takes. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>

enum { NUMBER_ROOM = 32 };

/* Each fills text[NUMBER_ROOM] and returns it. */
const char *text_seconds(char *text, double seconds); /* 0.0123, 1.2e-5, 731 */
const char *text_gap(char *text, double gap);         /* 3.2e-5, 1e-4, inf */
const char *text_target(char *text, double gap);      /* 1e-4, 1.25e-3 */
const char *text_count(char *text, double count);     /* 14, 14.5, - */

/* With as few digits as give the same bits back: 0.1, 3.1622776601683795. */
const char *text_exact(char *text, double number);

/* Whether `shown` is `number` as somebody printed it: rounded to six or more
 * significant digits. */
bool number_shown_as(double number, double shown);

enum { DURATION_ROOM = 32 };

/* "3 s", "12 min", "2 h 5 min"; fills text[DURATION_ROOM] and returns it. */
const char *duration_text(char *text, double seconds);

#endif
