/* What tables, figures and pages call problems and solvers. */
#ifndef LABELLING_H
#define LABELLING_H

#include "bench/cli/args.h"
#include "bench/store/meta.h"
#include "bench/store/results.h"

/* Give the rows the labels of the sweep that made them, and before those the
 * ones of `--label SPEC=TEXT...`; a solver in a process of its own has a short
 * name without any (exec_spec_label). Texts are borrowed from `made` and
 * `args`, or `results` has them.
 * Refuses a SPEC that no row has. */
ys_code labelling_apply(const arg *args, const provenance *made,
                        result_set *results, ys_error *error);

/* The same for what has no rows of runs, such as trainings: what the last
 * SPEC=TEXT of the words calls a spec; the spec itself if none is of it. */
const char *labelling_name(arg_texts words, const char *spec);

/* Refuse a word that is of none of the specs, or whose TEXT is no label. */
ys_code labelling_check(arg_texts words, arg_texts specs, ys_error *error);

#endif
