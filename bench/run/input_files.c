#include "bench/run/input_files.h"

#include "bench/run/starts.h"
#include "problems/generators/recording.h"
#include "problems/problem.h"
#include "problems/vector/array.h"
#include "training/dataset.h"

#include <string.h>

/* -------------------------------------------------- which files they are -- */

/* The texts among the options of problems and data are the names of files.
 * Frees the options. */
static ys_code add_texts(file_list *list, ys_options *options,
                         ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && options->table[i].name; i++)
    if (options->table[i].type == YS_TEXT && *options->value[i].text)
      code = files_add(list, options->value[i].text, error);
  ys_options_free(options);
  return code;
}

ys_code input_files_add_problem(file_list *list, const char *spec,
                                ys_error *error) {
  const ys_problem *problem;
  ys_options options;
  ys_code code = ys_problem_parse(spec, &problem, &options, error);
  return code ? code : add_texts(list, &options, error);
}

ys_code input_files_add_data(file_list *list, const char *spec,
                             ys_error *error) {
  const ys_data *data;
  ys_options options;
  ys_code code = ys_data_parse(spec, &data, &options, error);
  return code ? code : add_texts(list, &options, error);
}

ys_code input_files_add_start(file_list *list, const char *start,
                              ys_error *error) {
  start_choice choice;
  ys_code code = start_read(start, &choice, error);
  if (code)
    return code;
  if (choice.is_file)
    code = files_add(list, choice.where, error);
  start_free(&choice);
  return code;
}

/* ------------------------------------------------ recordings written out -- */

typedef struct spec_list {
  ys_memory *memory;
  const char **item;
  size_t count, room;
} spec_list;

/* Takes a text that is NULL for want of memory. */
static ys_code add(spec_list *list, const char *spec, ys_error *error) {
  ys_code code = ys_grow(&list->item, list->count, &list->room,
                         sizeof *list->item, "the problems", error);
  if (code)
    return code;
  list->item[list->count++] = spec;
  return spec ? YS_OK : ys_fail_memory(error, "the problems");
}

/* `spec` as it was written, with an epoch behind it. */
static ys_code add_recording(spec_list *list, const char *spec, const char *dir,
                             ys_error *error) {
  ys_recording recording;
  ys_code code = ys_recording_read(dir, &recording, error);
  if (code)
    return code;
  for (size_t i = 0; !code && i < recording.count; i++)
    code = add(list,
               ys_take_text(list->memory, "%s,epoch=%ld", spec,
                            recording.batch[i].epoch),
               error);
  ys_recording_free(&recording);
  return code;
}

static ys_code add_problem(spec_list *list, const char *spec, ys_error *error) {
  const ys_problem *problem;
  ys_options options;
  ys_code code = ys_problem_parse(spec, &problem, &options, error);
  if (code)
    return code;
  if (strcmp(problem->name, "recorded") == 0 &&
      ys_options_number(&options, "epoch") == 0)
    code = add_recording(list, spec, ys_options_text(&options, "dir"), error);
  else
    code = add(list, spec, error);
  ys_options_free(&options);
  return code;
}

ys_code input_files_expand(arg_texts specs, ys_memory *memory,
                           const char ***expanded, size_t *count,
                           ys_error *error) {
  spec_list list = {.memory = memory};
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < specs.count; i++)
    code = add_problem(&list, specs.item[i], error);
  *expanded = list.item;
  *count = list.count;
  return code;
}
