/* Files that hold numbers in a way that is not read here: what each is, and the
 * line, of Python for the most part, that converts it. */
#ifndef YS_FOREIGN_H
#define YS_FOREIGN_H

#include "problems/error.h"

#include <stdbool.h>

/* Refuse a file that begins as one of them does, by its first bytes whatever
 * its name; YS_OK for any other, and for one that cannot be read. */
ys_code ys_foreign_check(const char *path, ys_error *error);

/* Whether the file begins as a zip archive does. */
bool ys_foreign_is_zip(const char *path);

/* A line with the path in the place of every '@'; with "FILE" there, if the
 * path is long or not to be quoted as it is. */
enum { YS_FOREIGN_LINE = 400 };
void ys_foreign_line(const char *line, const char *path,
                     char text[YS_FOREIGN_LINE]);

/* YS_BAD_INPUT: "PATH: WHAT: convert it: LINE". */
ys_code ys_foreign_refuse(const char *path, const char *what, const char *line,
                          ys_error *error);

#endif
