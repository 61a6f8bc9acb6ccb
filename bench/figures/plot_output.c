#include "bench/figures/plot_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const plot_formats[PLOT_FORMATS] = {"pdf", "png", "svg", "tikz"};

/* The format that a file's ending asks for; NULL if none. */
static const char *format_of(const char *file) {
  const char *dot = strrchr(file, '.');
  const char *ending = dot && !strchr(dot, '/') && dot > file ? dot + 1 : "";
  if (strcmp(ending, "tex") == 0)
    return "tikz";
  for (size_t i = 0; i < PLOT_FORMATS - 1; i++)
    if (strcmp(ending, plot_formats[i]) == 0)
      return plot_formats[i];
  return NULL;
}

/* Nothing that is there already is to be lost. */
static ys_code check_free(const char *stem, const char *ending,
                          ys_error *error) {
  char *path;
  ys_code code = YS_OK;
  if (asprintf(&path, "%s%s", stem, ending) < 0)
    return ys_fail_memory(error, "a file name");
  if (access(path, F_OK) == 0)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: exists; give --force to replace it", path);
  free(path);
  return code;
}

ys_code plot_output_read(const char *file, bool force, char **stem,
                         const char **format, ys_error *error) {
  ys_code code = YS_OK;
  *format = format_of(file);
  if (!*format)
    return ys_fail(error, YS_BAD_INPUT,
                   "-o %s: expected a name that ends in .pdf, .png, .svg or "
                   ".tex",
                   file);
  const char *dot = strrchr(file, '.');
  *stem = strndup(file, (size_t)(dot - file));
  if (!*stem)
    return ys_fail_memory(error, "a file name");
  const char *const endings[] = {dot, ".dat", ".gp", ".txt"};
  for (size_t i = 0; !code && !force && i < sizeof endings / sizeof *endings;
       i++)
    code = check_free(*stem, endings[i], error);
  return code;
}
