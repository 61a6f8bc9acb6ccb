/* segments.csv: the objective along random segments, which `ystep check` writes
 * and `ystep plot --kind segments` draws. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "bench/checks/checks.h"
#include "bench/figures/plot.h"
#include "bench/store/csvout.h"

extern const char segments_header[];

/* Add the rows of one problem. */
void segments_put(csvout *csv, const check_setting *setting,
                  const check_panel panels[CHECK_PANELS]);

extern const plot_kind plot_segments;

#endif
