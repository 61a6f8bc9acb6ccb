#include "bench/text/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tidy(char *text) {
  char *exponent = strchr(text, 'e'), *end = exponent;
  char tail[NUMBER_ROOM];
  if (!exponent)
    return;
  snprintf(tail, sizeof tail, "e%d", atoi(exponent + 1));
  if (memchr(text, '.', (size_t)(exponent - text))) {
    while (end[-1] == '0')
      end--;
    end -= end[-1] == '.';
  }
  memcpy(end, tail, strlen(tail) + 1);
}

const char *text_seconds(char *text, double seconds) {
  if (isnan(seconds))
    return strcpy(text, "-");
  snprintf(text, NUMBER_ROOM, seconds >= 100 ? "%.0f" : "%.3g", seconds);
  tidy(text);
  return text;
}

const char *text_gap(char *text, double gap) {
  bool plain = gap == 0 || (gap >= 0.1 && gap < 1000);
  snprintf(text, NUMBER_ROOM, plain ? "%.2g" : "%.1e", gap);
  tidy(text);
  return text;
}

const char *text_target(char *text, double gap) {
  snprintf(text, NUMBER_ROOM, gap == 0 ? "%.0f" : "%.6e", gap);
  tidy(text);
  return text;
}

const char *text_count(char *text, double count) {
  if (isnan(count))
    return strcpy(text, "-");
  snprintf(text, NUMBER_ROOM, "%.10g", count);
  return text;
}

enum { SHOWN_DIGITS = 6, EXACT_DIGITS = 17 };

/* What a number is when it has been printed with so many digits; the print is
 * left in text[NUMBER_ROOM]. */
static double printed(char *text, double number, int digits) {
  snprintf(text, NUMBER_ROOM, "%.*g", digits, number);
  return strtod(text, NULL);
}

/* Every decimal of 15 digits survives a double, so fewer are not tried: %g
 * leaves out zeros. */
const char *text_exact(char *text, double number) {
  char shown[NUMBER_ROOM];
  int digits = 15;
  while (printed(shown, number, digits) != number && digits < EXACT_DIGITS)
    digits++;
  return strcpy(text, shown);
}

bool number_shown_as(double number, double shown) {
  char text[NUMBER_ROOM];
  for (int digits = SHOWN_DIGITS; digits <= EXACT_DIGITS; digits++)
    if (printed(text, number, digits) == shown)
      return true;
  return false;
}

const char *duration_text(char *text, double seconds) {
  if (seconds < 100)
    snprintf(text, DURATION_ROOM, "%.0f s", seconds);
  else if (seconds < 6000)
    snprintf(text, DURATION_ROOM, "%.0f min", seconds / 60);
  else if (seconds < 1e9)
    snprintf(text, DURATION_ROOM, "%d h %d min", (int)(seconds / 3600),
             (int)(seconds / 60) % 60);
  else
    snprintf(text, DURATION_ROOM, "years");
  return text;
}
