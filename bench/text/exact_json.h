/* JSON whose numbers are as short as the same bits allow: 0.1 (jansson itself
 * writes 0.10000000000000001). */
#ifndef EXACT_JSON_H
#define EXACT_JSON_H

#include <jansson.h>
#include <stdio.h>

/* Write a value, indented; -1 without memory, where `json` is NULL, or where
 * `out` fails. */
int exact_json_put(FILE *out, const json_t *json);

/* A number; null for one that JSON has not: what is infinite or not known. */
json_t *exact_json_number(double number);

#endif
