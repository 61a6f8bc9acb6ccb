#include "problems/problem.h"

#define PROBLEM(entry) extern const ys_problem entry;
#include "problems/problems.def"
#undef PROBLEM

const ys_problem *const ys_problems[] = {
#define PROBLEM(entry) &entry,
#include "problems/problems.def"
#undef PROBLEM
    NULL,
};

ys_code ys_problem_parse(const char *spec, const ys_problem **problem,
                         ys_options *options, ys_error *error) {
  size_t i;
  *problem = NULL;
  ys_code code = ys_look_up("problem", YS_NAMES_TO_NULL(ys_problems), spec,
                            ys_spec_name_length(spec), " (ystep list problems)",
                            &i, error);
  if (code)
    return code;
  *problem = ys_problems[i];
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
