/* Problems and y-steps in few letters, for figures and the names of files. */
#ifndef PROBLEM_TITLE_H
#define PROBLEM_TITLE_H

#include "bench/store/results.h"

#include <stddef.h>

/* Text that grows as far as there is room; `used` counts what there was none
 * for, too. */
typedef struct short_text {
  char *text;
  size_t used, room;
} short_text;

void short_text_add(short_text *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The prior of a sweep's run; NULL if it is the uniform one. */
const char *group_own_prior(const result_row *row);

/* ", start sigma, prior FILE, 4 ranks" of a run, less what is uniform and one.
 */
enum { OWN_TERMS = 2048 };
const char *group_own_terms(const result_row *row, char text[OWN_TERMS]);

/* A problem's spec without the option `key`, and with a file's path cut down to
 * its name: "dirichlet:M=5000,K=20" without "K" is "dirichlet:M=5000";
 * "file:path=a/b.npy,logits=1" is "b:logits=1". */
void problem_without_option(const char *spec, const char *key, char *text,
                            size_t room);

/* Whether two problems differ in nothing but that option. */
bool problem_is_same_without(const result_row *a, const result_row *b,
                             const char *key);

/* A problem by its label, or without its shape: "dirichlet", "gaussian:skew=3",
 * "digits". */
void problem_short_name(const result_row *row, char *text, size_t room);

/* "dirichlet 5000 x 20, lambda 1", and whatever else is not as usual: ",
 * reverse + weak", ", start sigma", ", prior FILE". */
void ystep_short_title(const result_row *row, char *text, size_t room);

/* Append to the `used` bytes of `slug` what of `text` is fit for a file name,
 * up to `limit` bytes in all: letters, digits, '.', '_' and '-' as they are,
 * '=' left out, a '-' for anything else. Returns how many there are then. */
size_t file_name_append(char *slug, size_t used, size_t limit,
                        const char *text);

/* Begin `slug`, which has room for FILE_NAME_PROBLEM + 1, with a problem; a
 * file's path loses its folders and its ending. Returns its length. */
enum { FILE_NAME_PROBLEM = 56 };
size_t file_name_of_problem(char *slug, const char *problem);

#endif
