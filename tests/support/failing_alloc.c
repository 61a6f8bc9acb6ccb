#include "tests/support/failing_alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HELD = 1 << 16 };

static struct {
  size_t countdown; /* 0: not armed */
  int has_failed;
  void *held[MOST_HELD];
  size_t count;
} state;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
int __wrap_asprintf(char **out, const char *format, ...);

void failing_alloc_start(size_t n) {
  state.countdown = n;
  state.has_failed = 0;
  state.count = 0;
}

int failing_alloc_end(void) {
  state.countdown = 0;
  return state.has_failed;
}

size_t failing_alloc_held(void) {
  return state.count;
}

static int must_fail(void) {
  if (state.countdown == 0 || --state.countdown > 0)
    return 0;
  state.has_failed = 1;
  return 1;
}

static void *hold(void *block) {
  if (block && state.count < MOST_HELD)
    state.held[state.count++] = block;
  return block;
}

static void release(const void *block) {
  for (size_t i = state.count; i-- > 0;)
    if (state.held[i] == block) {
      state.held[i] = state.held[--state.count];
      return;
    }
}

/* OpenMP threads may allocate at the same time. */

void *__wrap_malloc(size_t size) {
  void *block = NULL;
#pragma omp critical(failing_alloc)
  if (!must_fail())
    block = hold(__real_malloc(size));
  return block;
}

void *__wrap_calloc(size_t count, size_t size) {
  void *block = NULL;
#pragma omp critical(failing_alloc)
  if (!must_fail())
    block = hold(__real_calloc(count, size));
  return block;
}

void *__wrap_realloc(void *old, size_t size) {
  void *block = NULL;
#pragma omp critical(failing_alloc)
  if (!must_fail()) {
    release(old);
    block = hold(__real_realloc(old, size));
  }
  return block;
}

void __wrap_free(void *block) {
#pragma omp critical(failing_alloc)
  {
    release(block);
    __real_free(block);
  }
}

char *__wrap_strndup(const char *text, size_t most) {
  size_t length = strnlen(text, most);
  char *copy = __wrap_malloc(length + 1);
  if (copy) {
    memcpy(copy, text, length);
    copy[length] = '\0';
  }
  return copy;
}

char *__wrap_strdup(const char *text) {
  return __wrap_strndup(text, strlen(text));
}

int __wrap_asprintf(char **out, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  *out = __wrap_malloc((size_t)length + 1);
  if (*out)
    vsnprintf(*out, (size_t)length + 1, format, again);
  va_end(again);
  return *out ? length : -1;
}
