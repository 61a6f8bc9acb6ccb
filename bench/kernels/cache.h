/* How large the caches are. */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>

enum { CACHE_LAST = 0 };

/* Bytes of the data cache of a level, 1 to 4, that processor 0 uses, or of the
 * last level there is; 0 if the system does not say. From Linux's
 * /sys/devices/system/cpu: sysconf counts the whole socket's on some machines.
 */
size_t cache_bytes(int level);

#endif
