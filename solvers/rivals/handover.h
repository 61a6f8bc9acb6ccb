/* Handing control back and forth between the caller and a body of code that
 * owns its own loop, such as a library that only calls back: a coroutine, on a
 * thread of its own. The two sides take turns and never run at the same time,
 * so what they share needs no lock.
 *
 * A thread rather than a switched stack (swapcontext): C++ exceptions, thread
 * identity (OpenMP) and memory checkers all know threads. */
#ifndef YS_HANDOVER_H
#define YS_HANDOVER_H

#include "problems/error.h"

#include <stdbool.h>

typedef struct ys_handover ys_handover;

/* What runs on the other side, until it returns. */
typedef void ys_handover_body(ys_handover *handover, void *context);

/* Get a body ready; it begins to run when it is first resumed. On failure
 * *handover is NULL and nothing is left running. */
ys_code ys_handover_start(ys_handover **handover, ys_handover_body *body,
                          void *context, ys_error *error);

/* Run the body until it next yields or returns. False if it has returned; to
 * resume it then is allowed and does nothing. */
bool ys_handover_resume(ys_handover *handover);

/* For the body: let the caller run until it resumes. False if the caller is
 * freeing the handover: the body must then wind up and return, and any further
 * yield returns false at once. */
bool ys_handover_yield(ys_handover *handover);

/* Make the body wind up, wait for its return and free everything. A body that
 * was never resumed never runs. Accepts NULL. Not to be called by the body. */
void ys_handover_free(ys_handover *handover);

#endif
