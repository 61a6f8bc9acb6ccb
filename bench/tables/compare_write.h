/* A comparison as text. */
#ifndef COMPARE_WRITE_H
#define COMPARE_WRITE_H

#include "bench/analysis/compare.h"

#include <stdio.h>

void compare_write_markdown(FILE *out, const compare_request *request,
                            const compare_result *result);
/* A line a comparison, with the columns of compare_csv_header; what cannot be
 * said is an empty field. */
void compare_write_csv(FILE *out, const compare_result *result);

extern const char compare_csv_header[];

#endif
