#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

size_t ys_times(size_t a, size_t b) {
  return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

size_t ys_plus(size_t a, size_t b) {
  return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

#ifdef MADV_HUGEPAGE
/* From the first page on to the last one, so that what lies side by side is
 * one piece to the system. */
void ys_wish_large_pages(void *memory, size_t bytes) {
  const size_t large = 1 << 20, page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t before = (uintptr_t)memory % page;
  if (memory && bytes >= large)
    madvise((char *)memory - before, before + bytes, MADV_HUGEPAGE);
}
#else
void ys_wish_large_pages(void *memory, size_t bytes) {
  (void)memory;
  (void)bytes;
}
#endif

/* On some virtual machines to touch a page of 4 KiB for the first time takes a
 * seventh of what a large one takes. AddressSanitizer watches the other kind
 * alone. */
#if defined(MADV_HUGEPAGE) && !defined(__SANITIZE_ADDRESS__)
enum { LARGE_PAGE = 1 << 21 };

bool ys_pages_are_large(size_t bytes) {
  const size_t large = 1 << 18;
  return bytes >= large;
}

static char *map(size_t bytes) {
  void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

static void unmap(char *pages, size_t bytes) {
  if (bytes)
    munmap(pages, bytes);
}

static size_t whole_pages(size_t bytes) {
  return (ys_plus(bytes, LARGE_PAGE - 1)) / LARGE_PAGE * LARGE_PAGE;
}

/* From the start of a large page on, where many systems put it by themselves.
 */
static char *map_aligned(size_t bytes) {
  char *pages = map(bytes);
  if (!pages || (uintptr_t)pages % LARGE_PAGE == 0)
    return pages;
  unmap(pages, bytes);
  pages = map(bytes + LARGE_PAGE);
  if (!pages)
    return NULL;
  const size_t before = LARGE_PAGE - (uintptr_t)pages % LARGE_PAGE;
  unmap(pages, before);
  unmap(pages + before + bytes, LARGE_PAGE - before);
  return pages + before;
}

void *ys_pages(size_t bytes) {
  if (!ys_pages_are_large(bytes))
    return calloc(1, bytes);
  if (bytes > SIZE_MAX / 2)
    return NULL;
  const size_t whole = whole_pages(bytes);
  char *pages = map_aligned(whole);
  ys_wish_large_pages(pages, whole);
  return pages;
}

void ys_pages_free(void *pages, size_t bytes) {
  if (!ys_pages_are_large(bytes))
    free(pages);
  else if (pages)
    unmap(pages, whole_pages(bytes));
}
#else
bool ys_pages_are_large(size_t bytes) {
  (void)bytes;
  return false;
}

void *ys_pages(size_t bytes) {
  return calloc(1, bytes);
}

void ys_pages_free(void *pages, size_t bytes) {
  (void)bytes;
  free(pages);
}
#endif

void *ys_array(size_t count, size_t size) {
  const size_t bytes = ys_times(count, size);
  void *array = malloc(bytes);
  ys_wish_large_pages(array, bytes);
  return array;
}

ys_code ys_grow(void *array, size_t used, size_t *room, size_t size,
                const char *what, ys_error *error) {
  enum { FIRST = 64 };
  if (used < *room)
    return YS_OK;
  size_t wanted = *room ? ys_times(2, *room) : FIRST;
  void *larger;
  memcpy(&larger, array, sizeof larger);
  larger = realloc(larger, ys_times(wanted, size));
  if (!larger)
    return ys_fail_memory(error, what);
  memcpy(array, &larger, sizeof larger);
  *room = wanted;
  return YS_OK;
}
