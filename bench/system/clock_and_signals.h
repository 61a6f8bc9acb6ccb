/* What ends a loop from outside: the clock, and Ctrl-C or SIGTERM, which are
 * noted, and acted on between two iterations. */
#ifndef CLOCK_AND_SIGNALS_H
#define CLOCK_AND_SIGNALS_H

/* The one clock: seconds of monotonic wall time since some fixed moment. */
double clock_seconds(void);

/* Note SIGINT and SIGTERM from now on. A second one of the same kind ends the
 * program at once, as if nothing had been installed. */
void interrupt_install(void);

/* The signal that came, or 0. */
int interrupt_signal(void);

/* The exit status that goes with it, or `status`. */
int interrupt_status(int status);

#endif
