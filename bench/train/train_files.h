/* What `ystep train` writes to: what must be right before a file is touched,
 * and whether a directory is one to go on in. */
#ifndef TRAIN_FILES_H
#define TRAIN_FILES_H

#include "bench/cli/command.h"
#include "bench/train/train_log.h"

/* The files of a command, held until train_files_close. */
typedef struct train_files {
  const train_request *request;
  rundir dir, record; /* record: closed without --record */
  train_log log;      /* closed at first */
  char *checkpoint;   /* path; owned */
  char *key;   /* all that decides the trainings, as text: the options but
                  for those that say where they go, how many threads do
                  it, and how often the state is kept; owned */
  bool resume; /* go on from the checkpoint */
} train_files;

/* Make all data and a part of each training, so that what cannot work fails
 * now. */
ys_code train_files_check(const train_request *r, ys_error *error);

/* Make and lock the directories of -o and --record, empty them if --force says
 * so, and write meta.json; or open them with --resume, which is refused where
 * the trainings were begun with other options. On failure nothing is left to
 * close. */
ys_code train_files_open(train_files *files, const command_line *line,
                         const train_request *r, ys_error *error);
void train_files_close(train_files *files);

#endif
