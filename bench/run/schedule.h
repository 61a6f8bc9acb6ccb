/* Which iterations are looked at. Both schedules depend on the iteration number
 * alone, never on the clock, so that looking changes nothing. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>

/* The first iteration after `iteration` at which the gap is judged for
 * stopping: every one up to 10, then thinner by a factor of 8 / 7 (COCO's is
 * 10^(1/20), 9 / 8), so that a run of n iterations is judged about 10 + 17
 * log10(n / 10) times: judging costs as much as an iteration of EM or two. */
long schedule_next_check(long iteration);

/* The first iteration after `iteration` that goes into the trace: every
 * `every`-th, or the checked ones if `every` is SCHEDULE_THIN; none if 0. */
enum { SCHEDULE_THIN = -1 };
long schedule_next_trace(long iteration, long every);

#endif
