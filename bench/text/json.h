/* JSON for other programs. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* Write the document, indented, with a line end; every number with as few
 * digits as give it back to the bit (jansson itself writes 0.1 as
 * 0.10000000000000001). -1 without memory, or where `json` is NULL. */
int json_put_document(FILE *out, const json_t *json);

/* A number; null for one that JSON has not: what is infinite or not known. */
json_t *json_number_or_null(double number);

#endif
