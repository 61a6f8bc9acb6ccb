/* Ctrl-C and SIGTERM: noted, and acted on between two iterations. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/* Note SIGINT and SIGTERM from now on. A second one of the same kind ends the
 * program at once, as if nothing had been installed. */
void interrupt_install(void);

/* The signal that came, or 0. */
int interrupt_signal(void);

/* The exit status that goes with it, or `status`. */
int interrupt_status(int status);

#endif
