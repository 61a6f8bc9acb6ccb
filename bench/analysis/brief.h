/* Problems and y-steps in few letters, for figures. */
#ifndef BRIEF_H
#define BRIEF_H

#include "bench/analysis/groups.h"

/* A problem's spec without the option `key`, and with a file's path cut down to
 * its name: "dirichlet:M=5000,K=20" without "K" is "dirichlet:M=5000";
 * "file:path=a/b.npy,logits=1" is "b:logits=1". */
void brief_spec(const char *spec, const char *key, char *text, size_t room);

/* A problem without its shape: "dirichlet", "gaussian:skew=3", "digits". */
void brief_name(const result_row *row, char *text, size_t room);

/* "dirichlet 5000 x 20, lambda 1", and whatever else is not as usual: ",
 * reverse + weak", ", start sigma", ", prior FILE". */
void brief_ystep(const result_row *row, char *text, size_t room);

/* "-gap1e-6": for the names of files. */
void brief_gap_slug(double gap, char *text, size_t room);

#endif
