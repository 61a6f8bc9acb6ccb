/* Text from outside, a file's name or a field of somebody's table: which of its
 * bytes are characters that may be shown. */
#ifndef YS_TEXT_H
#define YS_TEXT_H

#include <stddef.h>

/* The length in bytes of the character that `text` begins with; 0 for what is
 * none that can be shown: a control character (C0, DEL, C1: among them ESC and
 * line ends), a byte that is not UTF-8 (RFC 3629), a code point that is not a
 * character (U+FFFE, ...), and at the end of the text. */
size_t ys_text_character(const char *text);

/* The first byte of `text` that is no such character; NULL if there is none. */
const char *ys_text_fault(const char *text);

/* How one step of `text`, which must not be at its end, is shown: its character
 * or, for a byte that is part of none, "\x1b". Returns how many bytes of `text`
 * that was. */
enum { YS_TEXT_STEP = 8 };
size_t ys_text_step(const char *text, char shown[YS_TEXT_STEP]);

/* Write `text` as it is shown, as many whole steps as fit into `room` bytes
 * with the NUL behind them. */
void ys_text_show(const char *text, char *shown, size_t room);

#endif
