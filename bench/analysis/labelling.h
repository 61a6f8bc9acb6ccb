/* What tables, figures and pages call problems and solvers. */
#ifndef LABELLING_H
#define LABELLING_H

#include "bench/cli/args.h"
#include "bench/store/meta.h"
#include "bench/store/results.h"

/* Give the rows the labels of the sweep that made them, and before those the
 * ones of `--label SPEC=TEXT...`. Texts are borrowed from `made` and `args`.
 * Refuses a SPEC that no row has. */
ys_code labelling_apply(const arg *args, const provenance *made,
                        result_set *results, ys_error *error);

#endif
