#include "problems/formats/text.h"

#include <stdio.h>
#include <string.h>

/* How many bytes follow the first one of a UTF-8 sequence, and the least code
 * point that needs so many. */
typedef struct utf8_lead {
  unsigned char mask, value;
  size_t following;
  unsigned long least;
} utf8_lead;

static const utf8_lead leads[] = {{0x80, 0x00, 0, 0},
                                  {0xE0, 0xC0, 1, 0x80},
                                  {0xF0, 0xE0, 2, 0x800},
                                  {0xF8, 0xF0, 3, 0x10000}};
enum { LEADS = sizeof leads / sizeof *leads };

/* The code point at `text` and its length; 0 if that is not UTF-8. */
static size_t decode(const char *text, unsigned long *code) {
  const unsigned char *byte = (const unsigned char *)text;
  size_t kind = 0;
  while (kind < LEADS && (byte[0] & leads[kind].mask) != leads[kind].value)
    kind++;
  if (kind == LEADS)
    return 0;
  *code = byte[0] & (unsigned char)~leads[kind].mask;
  for (size_t i = 1; i <= leads[kind].following; i++) {
    if ((byte[i] & 0xC0) != 0x80)
      return 0;
    *code = *code << 6 | (byte[i] & 0x3F);
  }
  return *code < leads[kind].least ? 0 : leads[kind].following + 1;
}

static int is_character(unsigned long code) {
  int control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  int surrogate = code >= 0xD800 && code < 0xE000;
  int none = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code < 0xFDF0);
  return !control && !surrogate && !none && code <= 0x10FFFF;
}

size_t ys_text_character(const char *text) {
  unsigned long code;
  size_t length = decode(text, &code);
  return length && is_character(code) ? length : 0;
}

const char *ys_text_fault(const char *text) {
  while (*text) {
    size_t length = ys_text_character(text);
    if (!length)
      return text;
    text += length;
  }
  return NULL;
}

size_t ys_text_step(const char *text, char shown[YS_TEXT_STEP]) {
  size_t length = ys_text_character(text);
  if (!length) {
    snprintf(shown, YS_TEXT_STEP, "\\x%02x", (unsigned char)*text);
    return 1;
  }
  memcpy(shown, text, length);
  shown[length] = '\0';
  return length;
}

void ys_text_show(const char *text, char *shown, size_t room) {
  char step[YS_TEXT_STEP];
  size_t used = 0;
  while (*text) {
    text += ys_text_step(text, step);
    size_t length = strlen(step);
    if (used + length >= room)
      break;
    memcpy(shown + used, step, length);
    used += length;
  }
  shown[used] = '\0';
}
