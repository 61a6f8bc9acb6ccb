#include "bench/run/shared_array.h"

#include "problems/vector/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Memory there is for all of it, now: a page that could not be had when it is
 * written would be a signal. Cut off by the other side, it would be, too. */
static bool open_file(shared_array *array, const char *name) {
  array->file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (array->file < 0)
    return false;
  if (fallocate(array->file, 0, 0, (off_t)array->size) == 0 &&
      fcntl(array->file, F_ADD_SEALS,
            F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    array->map = mmap(NULL, array->size, PROT_READ | PROT_WRITE, MAP_SHARED,
                      array->file, 0);
  if (array->map && array->map != MAP_FAILED)
    return true;
  const int why = errno;
  close(array->file);
  errno = why;
  return false;
}

ys_code shared_array_make(shared_array *array, const char *name, size_t rows,
                          size_t cols, ys_error *error) {
  char shape[64], header[YS_NPY_HEADER];
  const size_t numbers = ys_times(rows ? rows : 1, cols);
  *array = (shared_array){
      .size = ys_plus(ys_times(numbers, sizeof(double)), YS_NPY_HEADER)};
  if (!open_file(array, name)) {
    *array = (shared_array){0};
    return ys_fail(error, YS_NO_MEMORY, "no memory to share %s: %s", name,
                   strerror(errno));
  }
  if (rows)
    snprintf(shape, sizeof shape, "(%zu, %zu)", rows, cols);
  else
    snprintf(shape, sizeof shape, "(%zu,)", cols);
  ys_npy_header_make("<f8", shape, header);
  memcpy(array->map, header, sizeof header);
  array->numbers = (double *)(void *)((char *)array->map + sizeof header);
  snprintf(array->path, sizeof array->path, "/proc/%d/fd/%d", (int)getpid(),
           array->file);
  return YS_OK;
}

void shared_array_free(shared_array *array) {
  if (!array->map)
    return;
  munmap(array->map, array->size);
  close(array->file);
  *array = (shared_array){0};
}
