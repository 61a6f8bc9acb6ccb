/* meta.json: what program on what machine a run directory comes from. */
#ifndef META_H
#define META_H

#include "problems/error.h"

#include <jansson.h>
#include <stddef.h>

/* Of this program: "0.1.0"; of its sources, "-dirty" behind it if they had been
 * changed; what it was built by; "0.1.0 (commit)". */
extern const char meta_version[], meta_commit[], meta_compiler[], meta_flags[];
extern const char meta_program[];

/* The processor's name, "unknown" if the system does not say. */
void meta_cpu(char *text, size_t room);

/* Write DIR/meta.json. A NULL object is want of memory. */
ys_code meta_write(const char *dir, const json_t *meta, ys_error *error);

/* What it says about where numbers come from, for captions and footers. Text is
 * "unknown" where it does not say. */
typedef struct provenance {
  const char *version, *commit, *date, *cpu;
  json_t *meta; /* owns the texts; NULL without a file */
} provenance;

/* Read DIR/meta.json. A directory without it is accepted, with a note on
 * standard error; a file that is no JSON object is refused with its line. */
ys_code provenance_read(const char *dir, provenance *made, ys_error *error);
void provenance_free(provenance *made);

/* What a sweep calls its problems and solvers: meta.json's "labels", an object
 * from specs to texts in each of "problems" and "solvers". NULL: nothing is
 * said of that spec. */
typedef enum label_kind { LABEL_PROBLEM, LABEL_SOLVER, LABEL_KINDS } label_kind;
enum { LABEL_LONGEST = 60 }; /* bytes */
const char *provenance_label(const provenance *made, label_kind kind,
                             const char *spec);
/* Add one to such an object, unless the spec has one. */
void label_add(json_t *labels, label_kind kind, const char *spec,
               const char *text);

/* "CPU; ystep 0.1.0, commit abc, 2024-05-01T10:00:00Z" */
void provenance_line(const provenance *made, char *text, size_t room);

/* Whether seconds may be compared: YS_OK if all runs of both were done on one
 * machine, by its name, processor and number of processors in meta.json (a
 * merged directory names several; a name that an older directory does not hold
 * is not asked for). Otherwise says why not. `name_a` and `name_b` go into the
 * message. */
ys_code provenance_check_machine(const char *name_a, const provenance *a,
                                 const char *name_b, const provenance *b,
                                 ys_error *error);

#endif
