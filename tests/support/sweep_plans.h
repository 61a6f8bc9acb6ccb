/* A sweep's plan made from the text of its YAML file, for the suites of what
 * such plans are. */
#ifndef SWEEP_PLANS_H
#define SWEEP_PLANS_H

#include "tests/support/testing.h"

#include "bench/sweep/sweep_plan.h"
#include "tests/support/tempfile.h"

/* A plan from a text, as far as preparing the runs. */
typedef struct planned {
  char *path;
  sweep_file file;
  sweep_plan plan;
  ys_error error;
} planned;

static inline ys_code make_plan(planned *p, const char *text) {
  p->path = temp_file(".yaml");
  p->plan = (sweep_plan){0};
  put_text(p->path, text);
  ys_code code = sweep_file_read(p->path, &p->file, &p->error);
  if (!code)
    code = sweep_plan_make(&p->file, 2, &p->plan, &p->error);
  return code ? code : sweep_prepare(&p->plan, &p->file.memory, &p->error);
}

static inline void drop(planned *p) {
  sweep_plan_free(&p->plan);
  sweep_file_free(&p->file);
  drop_file(p->path);
}

static inline planned plan_of(const char *text) {
  planned p;
  ys_code code = make_plan(&p, text);
  ck_assert_msg(code == YS_OK, "%s: %s", text, p.error.text);
  return p;
}

#endif
