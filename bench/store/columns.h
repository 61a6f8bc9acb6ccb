/* What the fields of each column of a run directory's tables may be. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "bench/store/records.h"

extern const record_rule column_text;     /* any */
extern const record_rule column_id;       /* from 1 */
extern const record_rule column_size;     /* rows, classes: from 1 */
extern const record_rule column_count;    /* from 0 */
extern const record_rule column_seed;     /* of the command, or counted on */
extern const record_rule column_threads;  /* from 0: of a run that never ran */
extern const record_rule column_schedule; /* trace_every */
extern const record_rule column_lambda, column_seconds; /* finite, from 0 */
extern const record_rule column_limit;                  /* from 0 */
extern const record_rule column_value; /* any number, infinite too */
extern const record_rule column_share; /* from 0 to 1 */
extern const record_rule column_score; /* from -1 to 1, or none */
/* Words. */
extern const record_rule column_loss, column_fairness, column_status;
/* The same, or "-" or nothing where it does not apply. */
extern const record_rule column_loss_or_none, column_fairness_or_none;
extern const record_rule column_training_status;
extern const record_rule column_panel;   /* a loss, or joint */
extern const record_rule column_law;     /* holds, violated */
extern const record_rule column_verdict; /* ok, FAIL */

#endif
