/* YS_INLINE marks what is inlined into a YS_HOT kernel in every case, so that
 * it is compiled for the kernel's vector unit and not once for the oldest. */
#ifndef YS_INLINE_H
#define YS_INLINE_H

#define YS_INLINE static inline __attribute__((always_inline))

#endif
