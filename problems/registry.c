#include "problems/problem.h"

#include <string.h>

#define PROBLEM(entry) extern const ys_problem entry;
#include "problems/problems.def"
#undef PROBLEM

const ys_problem *const ys_problems[] = {
#define PROBLEM(entry) &entry,
#include "problems/problems.def"
#undef PROBLEM
    NULL,
};

static const ys_problem *find(const char *name, size_t length) {
  for (size_t i = 0; ys_problems[i]; i++)
    if (strlen(ys_problems[i]->name) == length &&
        strncmp(ys_problems[i]->name, name, length) == 0)
      return ys_problems[i];
  return NULL;
}

static ys_code unknown_problem(const char *spec, size_t length,
                               ys_error *error) {
  const char *names[sizeof ys_problems / sizeof *ys_problems];
  size_t count = 0;
  for (; ys_problems[count]; count++)
    names[count] = ys_problems[count]->name;
  return ys_fail(error, YS_BAD_INPUT,
                 "no problem '%.*s'; did you mean '%s'? (ystep list problems)",
                 (int)length, spec,
                 names[ys_nearest_name(spec, length, names, count)]);
}

ys_code ys_problem_parse(const char *spec, const ys_problem **problem,
                         ys_options *options, ys_error *error) {
  size_t length = ys_spec_name_length(spec);
  *problem = find(spec, length);
  if (!*problem)
    return unknown_problem(spec, length, error);
  return ys_options_parse((*problem)->name, (*problem)->options,
                          ys_spec_options(spec), options, error);
}

static ys_code draw_all(const ys_problem *problem, const ys_options *options,
                        int threads, ys_batch *batch, ys_error *error) {
  ys_code code = ys_batch_alloc(batch, problem->name,
                                (size_t)ys_options_number(options, "M"),
                                (size_t)ys_options_number(options, "K"), error);
  if (code)
    return code;
  code = problem->draw(options, 0, threads, batch, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

ys_code ys_problem_make(const char *spec, int threads, ys_batch *batch,
                        ys_error *error) {
  const ys_problem *problem;
  ys_options options;
  ys_code code = ys_problem_parse(spec, &problem, &options, error);
  if (code)
    return code;
  code = problem->draw ? draw_all(problem, &options, threads, batch, error)
                       : problem->make(&options, threads, batch, error);
  ys_options_free(&options);
  return code;
}
