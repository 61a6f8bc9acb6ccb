/* Emptying a run directory, which is open as `folder`, of what an earlier
 * command left there. */
#ifndef RUNDIR_CLEAR_H
#define RUNDIR_CLEAR_H

#include "bench/system/files.h"

/* How the gnuplot script of a figure begins, which says that the figure is
 * ystep's. */
#define RUNDIR_FIGURE_HEAD "# Draw this figure again with: gnuplot "

/* Remove from the directory what ystep wrote there:
 * its tables, meta.json, checkpoint and page, the numbered files in labels/,
 * parameters/, sigma/ and map/, and its figures. Nothing at all is removed if a
 * file of such a name is not ystep's by what it holds, if such a folder is a
 * symbolic link, or if one of the files is among the inputs. */
ys_code rundir_clear(const char *path, int folder, const file_list *inputs,
                     ys_error *error);

/* Refuse an output that is a table or another file which ystep reads in the
 * directory `dir`. `output` may be NULL. */
ys_code rundir_check_output(const char *dir, const char *output,
                            ys_error *error);

/* For a command that goes on in a directory: fail if meta.json, which it writes
 * anew, is not ystep's. */
ys_code rundir_check_own(const char *path, int folder, ys_error *error);

/* Likewise for a directory of recordings (train_save.h): the indices and
 * batches in it and in its numbered folders. */
ys_code rundir_clear_recording(const char *path, int folder,
                               const file_list *inputs, ys_error *error);

#endif
