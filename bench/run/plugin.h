/* Solvers from outside, beside those of the table: in shared objects, and in
 * processes of their own (exec.h). */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "solvers/solver.h"

/* Whether "name:options" names a file: its name holds a slash, or ends in .so.
 * *path, if not NULL, is then the path, to be freed, NULL for want of memory.
 */
bool plugin_is_name(const char *spec, char **path);

/* ys_solver_parse, of those, too. Of a process the options are those of
 * exec_spec_parse, and an experiment alone runs it. A plug-in's file is loaded,
 * once, and stays while the process does. Whatever it is not, a file that can
 * be loaded, a plug-in, one that was built against the headers that this
 * program was, is YS_BAD_INPUT, which says so. Its code runs as the program's
 * own: what it does wrong beyond what the judge sees, the program does. */
ys_code plugin_parse(const char *spec, const ys_solver **solver,
                     ys_options *options, ys_error *error);

#endif
