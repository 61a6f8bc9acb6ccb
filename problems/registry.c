#include "problems/formats/input.h"
#include "problems/generators/rng.h"
#include "problems/problem.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PROBLEM(entry) extern const ys_problem entry;
#include "problems/problems.def"
#undef PROBLEM

const ys_problem *const ys_problems[] = {
#define PROBLEM(entry) &entry,
#include "problems/problems.def"
#undef PROBLEM
    NULL,
};

/* ------------------------------------ a file in the place of a name ---- */

static bool ends_in(const char *text, size_t length, const char *ending) {
  const size_t tail = strlen(ending);
  return length > tail && strncasecmp(text + length - tail, ending, tail) == 0;
}

/* Whether `length` bytes look like the name of a file of numbers. */
static bool looks_like_path(const char *text, size_t length) {
  static const char *const endings[] = {".npy", ".npz", ".csv", ".tsv", ".txt",
                                        ".dat", ".pt",  ".pth", ".pkl", ".h5"};
  bool looks = memchr(text, '/', length) != NULL;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    looks = looks || ends_in(text, length, endings[i]);
  return looks;
}

/* How to write a problem that is a path, with the options that may be behind
 * it; *text is empty if it is none. */
static void path_hint(const char *spec, char *text, size_t room) {
  const bool there = ys_input_is_file(spec), dir = ys_input_is_directory(spec);
  const size_t length = there || dir ? strlen(spec) : strcspn(spec, ":,");
  size_t used = 0;
  *text = '\0';
  if (!there && !dir && !looks_like_path(spec, length))
    return;
  used += (size_t)snprintf(text, room, ": for the %s write %s",
                           dir ? "recording" : "file",
                           dir ? "recorded:dir=" : "file:path=");
  for (size_t i = 0; i < length && used + 2 < room; i++) {
    text[used++] = spec[i];
    if (spec[i] == ',')
      text[used++] = ','; /* within a value it is doubled */
  }
  snprintf(text + used, room - used, "%s%s", spec[length] ? "," : "",
           spec[length] ? spec + length + 1 : "");
}

ys_code ys_problem_parse(const char *spec, const ys_problem **problem,
                         ys_options *options, ys_error *error) {
  const ys_names names = YS_NAMES_TO_NULL(ys_problems);
  const size_t length = ys_spec_name_length(spec);
  char hint[300];
  size_t i;
  *problem = NULL;
  if (!ys_names_find(names, spec, length, &i)) {
    path_hint(spec, hint, sizeof hint);
    return *hint ? ys_fail(error, YS_BAD_INPUT, "no problem '%s'%s", spec, hint)
                 : ys_look_up("problem", names, spec, length,
                              " (ystep list problems)", &i, error);
  }
  *problem = ys_problems[i];
  return ys_options_parse((*problem)->name, (*problem)->options,
                          ys_spec_options(spec), options, error);
}

/* Random numbers are drawn for so many rows at a time that a share may begin
 * among them: those before it are drawn, too, and dropped. */
static ys_code draw_share(const ys_problem *problem, const ys_options *options,
                          const ys_ranks *ranks, int threads, ys_batch *batch,
                          ys_error *error) {
  const size_t rows = (size_t)ys_options_number(options, "M");
  const size_t classes = (size_t)ys_options_number(options, "K");
  const ys_share share = ys_share_make(ranks, rows, classes);
  const size_t own = ys_share_blocks(&share).rows;
  const size_t first = ys_share_first_row(&share), before = first % YS_RNG_ROWS;
  ys_code code = ys_share_check(&share, error);
  if (!code)
    code = ys_batch_alloc(batch, problem->name, own + before, classes, error);
  if (code)
    return code;
  code = problem->draw(options, first - before, threads, batch, error);
  if (code) {
    ys_batch_free(batch);
    return code;
  }
  if (before)
    memmove(batch->sigma, batch->sigma + before * classes,
            own * classes * sizeof *batch->sigma);
  batch->rows = own;
  batch->ranks = ranks;
  batch->whole_rows = rows;
  return YS_OK;
}

ys_code ys_problem_make_share(const char *spec, const ys_ranks *ranks,
                              int threads, ys_batch *batch, ys_error *error) {
  const ys_problem *problem;
  ys_options options;
  ys_code code = ys_problem_parse(spec, &problem, &options, error);
  if (!code) {
    code = problem->draw
               ? draw_share(problem, &options, ranks, threads, batch, error)
               : problem->make(&options, ranks, threads, batch, error);
    ys_options_free(&options);
  }
  const ys_code all = ys_ranks_agree(ranks, code, error);
  if (all && !code)
    ys_batch_free(batch);
  return all;
}

ys_code ys_problem_make(const char *spec, int threads, ys_batch *batch,
                        ys_error *error) {
  return ys_problem_make_share(spec, NULL, threads, batch, error);
}
