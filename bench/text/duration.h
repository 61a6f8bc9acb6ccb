/* How long something takes, for people. */
#ifndef DURATION_H
#define DURATION_H

enum { DURATION_ROOM = 32 };

/* "3 s", "12 min", "2 h 5 min"; fills text[DURATION_ROOM] and returns it. */
const char *duration_text(char *text, double seconds);

#endif
