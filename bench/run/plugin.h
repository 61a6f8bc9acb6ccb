/* Solvers in shared objects of their own, beside those of the table. */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "solvers/solver.h"

/* Whether "name:options" names a file: its name holds a slash, or ends in .so.
 * *path, if not NULL, is then the path, to be freed, NULL for want of memory.
 */
bool plugin_is_name(const char *spec, char **path);

/* ys_solver_parse, of a plug-in, too: its file is loaded, once, and stays while
 * the process does. Whatever it is not, a file that can be loaded, a plug-in,
 * one that was built against the headers that this program was, is
 * YS_BAD_INPUT, which says so. Its code runs as the program's own: what it does
 * wrong beyond what the judge sees, the program does. */
ys_code plugin_parse(const char *spec, const ys_solver **solver,
                     ys_options *options, ys_error *error);

#endif
