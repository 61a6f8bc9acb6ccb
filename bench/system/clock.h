/* The one clock: monotonic wall time. */
#ifndef CLOCK_H
#define CLOCK_H

/* Seconds since some fixed moment. */
double clock_seconds(void);

#endif
