/* JSON whose numbers are as short as the same bits allow: 0.1. */
#ifndef EXACT_JSON_H
#define EXACT_JSON_H

#include <jansson.h>
#include <stdio.h>

/* Write a value, indented, with the fewest digits a number (of 15 to 17, the
 * same for all) that give every one of them back; -1 without memory or where
 * `out` fails. */
int exact_json_put(FILE *out, const json_t *json);

#endif
