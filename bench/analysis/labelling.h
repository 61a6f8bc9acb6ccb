/* What tables, figures and pages call problems and solvers. */
#ifndef LABELLING_H
#define LABELLING_H

#include "bench/cli/args.h"
#include "bench/store/meta.h"
#include "bench/store/results.h"

/* Give the rows the labels of the sweep that made them, and before those the
 * ones of `--label SPEC=TEXT...`, as far as they have such a SPEC
 * (labelling_check). Texts are borrowed from `made` and `args`. */
ys_code labelling_apply(const arg *args, const provenance *made,
                        result_set *results, ys_error *error);

/* What --label may name of the runs, problem and solver of each: 2 a run. */
void labelling_specs(const result_set *results, const char **specs);

/* Refuse a word of --label that is of none of the specs, or whose TEXT is no
 * label. */
ys_code labelling_check(arg_texts words, arg_texts specs, ys_error *error);

/* What the last SPEC=TEXT of the words calls a spec, of what has no rows of
 * runs, such as trainings; the spec itself if none is of it. */
const char *labelling_name(arg_texts words, const char *spec);

#endif
