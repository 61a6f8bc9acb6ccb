/* segments.csv: the objective along random segments, which `ystep check` writes
 * and `ystep plot --kind segments` draws. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "bench/figures/plot.h"

extern const plot_kind plot_segments;

#endif
