#include "bench/run/schedule.h"

#include <limits.h>

long schedule_next_check(long iteration) {
  if (iteration < 10)
    return iteration + 1;
  return iteration + iteration / 7;
}

long schedule_next_trace(long iteration, long every) {
  if (every == SCHEDULE_THIN)
    return schedule_next_check(iteration);
  if (every == 0)
    return LONG_MAX;
  return (iteration / every + 1) * every;
}
