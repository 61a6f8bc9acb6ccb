/* The audit's runs of solvers, and the laws that each must obey. */
#ifndef RUNS_H
#define RUNS_H

#include "bench/run/run.h"
#include "tests/audit/cases.h"
#include "tests/audit/truth.h"

typedef struct audit_subject {
  const char *spec;
  long iterations; /* at most: a hard limit in place of time */
  bool settles;    /* whatever ends it, its last iterate is its best */
  bool rival;      /* generic, slow: on small batches now and then */
  bool exact;      /* comes to the floor of rounding whatever the problem */
} audit_subject;

extern const audit_subject audit_subjects[]; /* ended by a NULL spec */
enum { AUDIT_SUBJECTS = 18 };

/* An iterate that was looked at, and F there in quad. */
typedef struct sighting {
  trace_point point;
  quad value;
  double row_error, least; /* of the rows' sums; entry */
  double steepness;        /* D of docs/method.md, section 2, Rounding */
  double subnormal;        /* what numbers near the least double do to F */
} sighting;

enum { MOST_SIGHTINGS = 40 };

typedef struct audit_run {
  const audit_subject *subject;
  bool served;
  ys_error refusal; /* the solver would not start */
  run_result result;
  sighting seen[MOST_SIGHTINGS];
  size_t sightings;
} audit_run;

/* Run it from the case's start. `often`: look at iterates on the way, too. */
bool audit_run_case(const audit_case *c, const audit_subject *subject,
                    bool often, audit_run *run);
void audit_run_free(audit_run *run);

/* How a run came out, as the summary counts it. */
typedef enum audit_end {
  END_UNSERVED,
  END_CONVERGED, /* to the tolerance */
  END_FLOOR,     /* stopped above it, at the floor of rounding */
  END_UNFINISHED,
  END_STALLED, /* above the floor */
  END_REFUSED, /* failed, with a reason */
  END_COUNT,
} audit_end;

audit_end audit_run_end(const audit_case *c, const audit_run *run,
                        const truth_bracket *bracket);

/* Where no optimum is known: between the best bound of all runs and their best
 * value. */
truth_bracket audit_agree(const audit_run *runs, size_t count);

/* Receives each law that is broken, and by how much. */
typedef void audit_sink(void *context, const char *law, const char *details);

/* The law that an exact solver breaks by stalling above the floor. Under a
 * uniform prior it may not; else it may once in a thousand runs. */
#define AUDIT_STALL "stalled above the floor"

/* The bracket must be true; it need not be tight. */
void audit_check(const audit_case *c, const audit_run *run,
                 const truth_bracket *bracket, audit_sink *sink, void *context);

#endif
