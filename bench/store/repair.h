/* Mending the directory of a run, a sweep or a training that was damaged: what
 * is whole stays, the rest goes, and files are kept beside as they were. */
#ifndef REPAIR_H
#define REPAIR_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Go through the tables of DIR, meta.json and labels/, and say on standard
 * output what goes and why. A row stays if it is one, and a run if its settings
 * and its last iterate are there too. With `only_look` nothing is changed.
 * *damaged is how many files were not whole. Killed or failing at any moment,
 * it leaves every table as it was or mended. */
ys_code repair_directory(const char *dir, bool only_look, size_t *damaged,
                         ys_error *error);

#endif
