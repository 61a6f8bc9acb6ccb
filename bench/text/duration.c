#include "bench/text/duration.h"

#include <stdio.h>

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
