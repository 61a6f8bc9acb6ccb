#include "plot.h"

#include "figure.h"
#include "latex.h"
#include "rundir.h"

#include <stdlib.h>
#include <string.h>

ys_code plot_stem(const plot_request *request, const char *name, char **stem,
                  ys_error *error) {
  *stem = NULL;
  if (request->stem) {
    *stem = strdup(request->stem);
    return *stem ? YS_OK : ys_fail_memory(error, "a file name");
  }
  char *folder = rundir_file(request->dir, "figures");
  if (!folder)
    return ys_fail_memory(error, "a file name");
  ys_code code = rundir_subdirectory(folder, error);
  if (!code) {
    *stem = rundir_file(folder, name);
    if (!*stem)
      code = ys_fail_memory(error, "a file name");
  }
  free(folder);
  return code;
}

/* The settings as text, to be freed. */
static ys_code make_settings(const plot_drawing *drawing, bool latex,
                             char **settings, ys_error *error) {
  size_t size;
  *settings = NULL;
  FILE *out = open_memstream(settings, &size);
  if (!out)
    return ys_fail_memory(error, "the settings of a figure");
  drawing->settings(out, drawing->context, latex);
  bool failed = ferror(out) != 0;
  failed = fclose(out) != 0 || failed;
  if (!failed)
    return YS_OK;
  free(*settings);
  return ys_fail_memory(error, "the settings of a figure");
}

static ys_code draw_one(const char *stem, const char *format,
                        const plot_drawing *drawing, ys_error *error) {
  char *settings;
  bool latex = strcmp(format, "tikz") == 0;
  ys_code code = make_settings(drawing, latex, &settings, error);
  if (code)
    return code;
  figure made = {.stem = stem,
                 .script = drawing->script,
                 .format = format,
                 .settings = settings,
                 .caption = drawing->caption};
  code = figure_draw(&made, error);
  free(settings);
  if (!code)
    printf("%s.%s\n", stem, latex ? "tex" : format);
  return code;
}

ys_code plot_draw(const plot_request *request, const char *stem,
                  const plot_drawing *drawing, ys_error *error) {
  ys_code code = YS_OK;
  /* The script that stays is the last one drawn: the first format's. */
  for (size_t i = request->format_count; !code && i-- > 0;)
    code = draw_one(stem, request->formats[i], drawing, error);
  return code;
}

/* One character within single quotes, where only the quote is special. */
static void put_character(FILE *out, char character) {
  if (character == '\'')
    fputc('\'', out);
  fputc(character == '\n' ? ' ' : character, out);
}

void plot_put_string(FILE *out, const char *text, bool latex) {
  fputc('\'', out);
  for (; *text; text++) {
    const char *instead = latex ? latex_replacement(*text) : NULL;
    if (!instead)
      put_character(out, *text);
    while (instead && *instead)
      put_character(out, *instead++);
  }
  fputc('\'', out);
}
