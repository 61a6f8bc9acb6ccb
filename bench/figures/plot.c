#include "bench/figures/plot.h"

#include "bench/figures/figure.h"
#include "bench/store/rundir.h"
#include "bench/text/latex.h"

#include <stdlib.h>
#include <string.h>

#define PLOT(kind) extern const plot_kind kind;
#include "bench/figures/plots.def"
#undef PLOT

const plot_kind *const plot_kinds[] = {
#define PLOT(kind) &kind,
#include "bench/figures/plots.def"
#undef PLOT
    NULL,
};

/* ------------------------------------------------------------- the axes --- */

const char *const plot_axis_names[2] = {"time", "iteration"};

size_t plot_axis_count(const plot_request *request) {
  return request->axis ? 1 : 2;
}

cost_kind plot_axis_or(const plot_request *request, cost_kind usual) {
  if (!request->axis)
    return usual;
  return strcmp(request->axis, "time") == 0 ? COST_TIME : COST_ITERATION;
}

cost_kind plot_axis_of(const plot_request *request, size_t number) {
  return plot_axis_or(request, number % 2 ? COST_ITERATION : COST_TIME);
}

/* ---------------------------------------------------------------- files --- */

/* The path of a figure without an ending, its folder made; to be freed. */
static ys_code make_stem(const plot_request *request, const char *name,
                         char **stem, ys_error *error) {
  *stem = NULL;
  if (request->stem) {
    *stem = strdup(request->stem);
    return *stem ? YS_OK : ys_fail_memory(error, "a file name");
  }
  char *folder = rundir_file(request->dir, "figures");
  if (!folder)
    return ys_fail_memory(error, "a file name");
  ys_code code = rundir_folder(folder, error);
  if (!code) {
    *stem = rundir_file(folder, name);
    if (!*stem)
      code = ys_fail_memory(error, "a file name");
  }
  free(folder);
  return code;
}

static ys_code write_data(const plot_drawing *drawing, const char *stem,
                          ys_error *error) {
  ys_output output;
  ys_code code = figure_open_file(&output, stem, "dat", error);
  if (code)
    return code;
  drawing->data(output.file, drawing->context);
  return ys_output_finish(&output, error);
}

/* ------------------------------------------------------- text in memory --- */

/* Close a memory stream; on failure nothing is left of its text. */
static ys_code close_text(FILE *out, char **text, ys_error *error) {
  bool failed = ferror(out) != 0;
  failed = fclose(out) != 0 || failed;
  if (!failed)
    return YS_OK;
  free(*text);
  *text = NULL;
  return ys_fail_memory(error, "the text of a figure");
}

/* To be freed, like the next. */
static ys_code make_caption(const plot_drawing *drawing, char **caption,
                            ys_error *error) {
  size_t size;
  *caption = NULL;
  FILE *out = open_memstream(caption, &size);
  if (!out)
    return ys_fail_memory(error, "a caption");
  drawing->caption(out, drawing->context);
  return close_text(out, caption, error);
}

static ys_code make_settings(const plot_request *request,
                             const plot_drawing *drawing, bool latex,
                             char **settings, ys_error *error) {
  size_t size;
  *settings = NULL;
  FILE *out = open_memstream(settings, &size);
  if (!out)
    return ys_fail_memory(error, "the settings of a figure");
  fprintf(out, "preset = '%s'\n", request->preset);
  drawing->settings(out, drawing->context, latex);
  return close_text(out, settings, error);
}

/* -------------------------------------------------------------- drawing --- */

static ys_code draw_one(const plot_request *request, const char *stem,
                        const char *format, const plot_drawing *drawing,
                        const char *caption, ys_error *error) {
  char *settings;
  bool latex = strcmp(format, "tikz") == 0;
  ys_code code = make_settings(request, drawing, latex, &settings, error);
  if (code)
    return code;
  figure made = {.stem = stem,
                 .script = drawing->script,
                 .format = format,
                 .settings = settings,
                 .has_legend = drawing->has_legend,
                 .caption = caption,
                 .is_named = request->stem != NULL};
  code = figure_draw(&made, error);
  free(settings);
  if (!code)
    printf("%s.%s\n", stem, latex ? "tex" : format);
  return code;
}

static ys_code draw_at(const plot_request *request, const char *stem,
                       const plot_drawing *drawing, ys_error *error) {
  char *caption;
  ys_code code = write_data(drawing, stem, error);
  if (!code)
    code = make_caption(drawing, &caption, error);
  if (code)
    return code;
  /* The script that stays is the last one drawn: the first format's. */
  for (size_t i = request->format_count; !code && i-- > 0;)
    code =
        draw_one(request, stem, request->formats[i], drawing, caption, error);
  free(caption);
  return code;
}

ys_code plot_draw(const plot_request *request, const char *name,
                  const plot_drawing *drawing, ys_error *error) {
  char *stem;
  ys_code code = make_stem(request, name, &stem, error);
  if (code)
    return code;
  code = draw_at(request, stem, drawing, error);
  free(stem);
  return code;
}
