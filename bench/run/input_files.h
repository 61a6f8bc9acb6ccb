/* The problems of a run as files: recordings written out, and which files are
 * read. */
#ifndef INPUT_FILES_H
#define INPUT_FILES_H

#include "bench/system/files.h"

/* Add to the list the files and directories that a problem, the data of a
 * training or a start point is read from. */
ys_code input_files_add_problem(file_list *list, const char *spec,
                                ys_error *error);
ys_code input_files_add_data(file_list *list, const char *spec,
                             ys_error *error);
ys_code input_files_add_start(file_list *list, const char *start,
                              ys_error *error);

/* Recordings among the problems of a run: `recorded:dir=DIR` stands for all its
 * batches, one after the other. */

/* The problems with every whole recording replaced by its batches,
 * `recorded:dir=DIR,epoch=N`. On failure nothing is left to free. */
ys_code input_files_expand(const char *const *specs, size_t count,
                           char ***expanded, size_t *expanded_count,
                           ys_error *error);
void input_files_free_expanded(char **expanded, size_t count);

#endif
