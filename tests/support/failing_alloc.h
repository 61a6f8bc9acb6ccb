/* An allocator that fails at the n-th call. A test that links with
 * $(FAILING_ALLOC) of the Makefile has every allocation of the project's own
 * objects come through here (the linker's --wrap); those inside shared
 * libraries are left alone. Allocations are counted and watched: what is still
 * held at the end of a trial has leaked. */
#ifndef FAILING_ALLOC_H
#define FAILING_ALLOC_H

#include <stddef.h>

/* Start a trial: the n-th allocation from now fails (n from 1; 0: none). */
void failing_alloc_start(size_t n);

/* End the trial; whether the failing allocation was reached. */
int failing_alloc_end(void);

/* Blocks allocated in this trial and not freed by now. */
size_t failing_alloc_held(void);

#endif
