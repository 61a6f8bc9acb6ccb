/* The figure of `ystep check`: the objective along random segments. */
#ifndef CHECKS_FIGURE_H
#define CHECKS_FIGURE_H

#include "checks.h"

/* Write segments.dat, .gp, .txt and .FORMAT into the run directory, for the
 * setting's batch. meta.json must be there: the caption quotes it. */
ys_code checks_draw(const check_setting *setting, const char *dir,
                    const char *format, ys_error *error);

#endif
