/* Where the trainings of `ystep train` go: what must be right before a file is
 * touched, and whether a directory is one to go on in. */
#ifndef TRAIN_DIRS_H
#define TRAIN_DIRS_H

#include "bench/cli/command.h"
#include "bench/store/rundir.h"
#include "bench/train/train_request.h"

/* The directories of a command, held until train_dirs_close. */
typedef struct train_dirs {
  rundir dir, record; /* record: closed without --record */
  bool resume;
} train_dirs;

/* Make all data and a part of each training, so that what cannot work fails
 * now. */
ys_code train_dirs_check(const train_request *r, ys_error *error);

/* Make and lock the directories of -o and --record, empty them if --force says
 * so, and write meta.json; or open them with --resume, which is refused where
 * the trainings were begun with other options. On failure nothing is left to
 * close. */
ys_code train_dirs_open(train_dirs *dirs, const command_line *line,
                        const train_request *r, ys_error *error);
void train_dirs_close(train_dirs *dirs);

/* All that decides the trainings, as text: the options but for those that say
 * where they go, how many threads do it, and how often the state is kept. To be
 * freed; NULL without memory. */
char *train_dirs_key(const arg *args);

#endif
