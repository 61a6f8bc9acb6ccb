/* How much address space the program takes before it has a batch. OpenBLAS asks
 * for its working memory without end where a limit leaves none (its issue
 * 5289), so that such limits are refused before its first call. */
#ifndef ADDRESS_SPACE_H
#define ADDRESS_SPACE_H

#include "problems/error.h"

#include <stddef.h>

/* MiB of address space with so many threads: program and libraries as they are
 * mapped, OpenBLAS's buffer, a stack a thread. */
size_t address_space_least(int threads);

/* At the start of the program, whose words are `argv`: take OpenBLAS's buffer,
 * or refuse if there is no room for it. Under a limit the program may start
 * anew, without OpenBLAS's threads. */
ys_code address_space_reserve(char **argv, ys_error *error);

/* Whether there is room for a buffer for each of so many threads, which call
 * OpenBLAS at a time. */
ys_code address_space_check_buffers(int threads, ys_error *error);

#endif
