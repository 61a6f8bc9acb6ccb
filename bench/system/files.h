/* Files that a user names: where -o FILE goes, and which names are one file. */
#ifndef FILES_H
#define FILES_H

#include "problems/formats/output.h"

#include <stdbool.h>

/* Make one directory, or find it; *made: it was not there. Another program, the
 * next shard of a sweep, may be at it, too. */
ys_code files_make_directory(const char *path, bool *made, ys_error *error);

/* Make the directories that are missing above `path`. */
ys_code files_make_parents(const char *path, ys_error *error);

/* Open what -o FILE names, or standard output if `path` is NULL; the
 * directories above a new file are made. A file that is there is replaced with
 * `force` alone (output.h: beside, renamed), at the end of a symbolic link the
 * file that it leads to. What is no file is neither replaced nor refused: the
 * bytes go straight into a device, a pipe or, by /dev/stdout, into where that
 * goes. */
ys_code files_open_output(ys_output *output, const char *path, bool force,
                          ys_error *error);

/* Write all the bytes to a file descriptor, whatever interrupts that; false,
 * with errno, if that cannot be. */
bool files_write(int file, const void *bytes, size_t count);

/* Whether both names are there and lead to the same file or directory. */
bool files_same(const char *a, const char *b);

/* Whether two outputs would be one file, which need not be there yet. */
bool files_same_output(const char *a, const char *b);

/* The files and directories that a command reads; zeroed at first. */
typedef struct file_list {
  char **path; /* owned, as all of it */
  size_t count, room;
} file_list;

ys_code files_add(file_list *list, const char *path, ys_error *error);
void files_free(file_list *list);

/* The first of the list that is the same file as `path`, by whatever name;
 * NULL if none is. */
const char *files_find(const file_list *list, const char *path);

/* Refuse to write `path` if that would replace one of `inputs`, or a file in a
 * directory that is one of them. */
ys_code files_check_apart(const file_list *inputs, const char *path,
                          ys_error *error);

#endif
