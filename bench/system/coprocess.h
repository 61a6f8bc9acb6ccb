/* A command that runs beside the program and answers it, line by line, over a
 * pipe each way. Whatever it does, it ends: it and all that it started, with
 * this program (keeper.h) or before. */
#ifndef COPROCESS_H
#define COPROCESS_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes of a line at most, its end included. */
enum { COPROCESS_LINE = 65536 };

typedef struct coprocess {
  pid_t keeper;         /* 0: none */
  int to, from, errors; /* its standard input, output and error */
  bool shows_errors;    /* they go on to the program's own standard error */
  char *bytes;          /* what it said last: room for COPROCESS_LINE; owned */
  size_t used, heard;   /* of them; the line that was heard */
  char last_words[512]; /* the end of what it wrote to standard error */
  size_t last;
} coprocess;

/* Start a command by its words, a NULL behind them; so many threads are asked
 * for in its libraries. A command that is not there is one that ends at once.
 */
ys_code coprocess_start(coprocess *made, char *const *words, int threads,
                        bool shows_errors, ys_error *error);

/* Seconds that there are to go on waiting, asked for again and again; none when
 * it is not positive. */
typedef double coprocess_patience(void *context);

typedef enum coprocess_news {
  COPROCESS_SAID,   /* a line */
  COPROCESS_LATE,   /* nothing came while there was patience */
  COPROCESS_ENDED,  /* its standard output, or input, is closed */
  COPROCESS_BABBLE, /* a line without an end, or bytes before it was asked */
} coprocess_news;

/* Say a line, which has its end, and hear the line that answers it, which is
 * put, without its end, where *answer points until the next call. What it says
 * without being asked is found here, too. */
coprocess_news coprocess_ask(coprocess *of, const char *line,
                             coprocess_patience *patience, void *context,
                             const char **answer);

/* End it: say `line`, if that is not NULL, close its standard input, wait so
 * many seconds for it to end by itself, and then end it. `how` (not NULL)
 * receives what there is to say of its end: "exited with status 3; it said:
 * ...". Accepts one that was not started. */
void coprocess_end(coprocess *of, const char *line, double seconds, char *how,
                   size_t room);

#endif
