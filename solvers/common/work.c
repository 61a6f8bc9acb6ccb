#include "solvers/common/work.h"

#include <stdlib.h>

void *ys_work_open(size_t size, const char *name, const ys_objective *objective,
                   ys_error *error) {
  ys_work *w = calloc(1, size);
  if (!w) {
    ys_fail_memory(error, name);
    return NULL;
  }
  w->objective = objective;
  w->rows = objective->batch->rows;
  w->classes = objective->batch->classes;
  w->entries = w->rows * w->classes;
  if (ys_scratch_init(&w->scratch, objective, error) == YS_OK)
    return w;
  free(w);
  return NULL;
}

ys_code ys_work_hand_over(void **work, void *opened, ys_code code,
                          void (*release)(void *), ys_error *error) {
  *work = NULL;
  if (!opened)
    return YS_NO_MEMORY;
  if (!code)
    code = ys_memory_check(&((ys_work *)opened)->memory, error);
  if (code)
    release(opened);
  else
    *work = opened;
  return code;
}

void ys_work_free(void *work) {
  ys_work *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  ys_give_back(&w->memory);
  free(w);
}

void ys_work_heed(void *work, const ys_stop *stop) {
  ((ys_work *)work)->stop = stop;
}

bool ys_work_descends(const ys_options *options) {
  (void)options;
  return true;
}
