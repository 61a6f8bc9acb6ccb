/* What program on what machine this is. */
#ifndef META_H
#define META_H

#include "problems/error.h"

#include <jansson.h>
#include <stddef.h>

const char *meta_version(void); /* "0.1.0" */
const char *meta_commit(void);  /* of the sources; "-dirty" behind it if they
                                   had been changed */

const char *meta_compiler(void);
const char *meta_flags(void);

/* Write DIR/meta.json. A NULL object is want of memory. */
ys_code meta_write(const char *dir, const json_t *meta, ys_error *error);

/* The processor's name, "unknown" if the system does not say. */
void meta_cpu(char *text, size_t room);

#endif
