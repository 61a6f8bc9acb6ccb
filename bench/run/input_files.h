/* The problems of a run as files: recordings written out, and which files are
 * read. */
#ifndef INPUT_FILES_H
#define INPUT_FILES_H

#include "bench/cli/args.h"
#include "bench/system/files.h"
#include "problems/memory.h"

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
 * `recorded:dir=DIR,epoch=N`. *expanded is to be freed, on failure too; its
 * texts are those given, or are in `memory`. */
ys_code input_files_expand(arg_texts specs, ys_memory *memory,
                           const char ***expanded, size_t *count,
                           ys_error *error);

#endif
