#include "bench/figures/figure.h"

#include "bench/store/commandline.h"
#include "bench/store/rundir_clear.h"
#include "bench/system/assets.h"
#include "bench/system/child.h"
#include "bench/system/files.h"
#include "bench/text/gnuplot.h"
#include "problems/formats/output.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const figure_presets[2] = {"column", "slide"};

const char *const figure_formats[FIGURE_FORMATS] = {"pdf", "png", "svg",
                                                    "tikz"};

extern char **environ;

static ys_code append_script(FILE *out, const char *name, ys_error *error) {
  FILE *in = assets_open(name);
  if (!in)
    return ys_fail(error, YS_IO,
                   "gnuplot script %s not found (set YSTEP_SCRIPTS to its "
                   "folder)",
                   name);
  for (int byte; (byte = fgetc(in)) != EOF;)
    fputc(byte, out);
  fclose(in);
  return YS_OK;
}

static const char *ending(const char *format) {
  return strcmp(format, "tikz") == 0 ? "tex" : format;
}

static ys_code open_file(const figure_files *drawing, const char *ending_of,
                         ys_output *output, ys_error *error) {
  char *path;
  if (asprintf(&path, "%s.%s", drawing->stem, ending_of) < 0)
    return ys_fail_memory(error, "a file name");
  ys_code code = ys_output_create(output, path, error);
  free(path);
  return code;
}

static ys_code write_file(const figure_files *drawing, const char *ending_of,
                          void (*put)(FILE *, const void *), ys_error *error) {
  ys_output output;
  ys_code code = open_file(drawing, ending_of, &output, error);
  if (code)
    return code;
  put(output.file, drawing->content);
  return ys_output_finish(&output, error);
}

/* A folder in front of the file: a name that begins with | or < is no command
 * then, and one that begins with - no option. */
static void put_file(FILE *out, const char *variable, const char *name,
                     const char *file_ending) {
  fprintf(out, "%s = \"./", variable);
  gnuplot_put_part(out, name);
  fprintf(out, ".%s\"\n", file_ending);
}

static void put_look(FILE *out, const figure_look *look) {
  fprintf(out, "preset = '%s'\n", look->preset);
  if (look->width > 0)
    fprintf(out, "width = %.6g\n", look->width / 25.4);
  if (look->font) {
    fputs("font_name = ", out);
    gnuplot_put_string(out, look->font);
    fputc('\n', out);
  }
  if (look->title)
    fputs("has_title = 1\n", out);
  if (look->no_legend)
    fputs("legend = 0\n", out);
}

static void put_head(FILE *out, const figure_files *drawing, const char *name,
                     const char *format) {
  fputs(RUNDIR_FIGURE_HEAD "./", out);
  commandline_put_word(out, name);
  fprintf(out, ".gp\nformat = \"%s\"\n", format);
  put_file(out, "data", name, "dat");
  put_file(out, "if (!exists(\"output\")) output", name, ending(format));
  put_look(out, drawing->look);
  drawing->settings(out, drawing->content, strcmp(format, "tikz") == 0);
  fputc('\n', out);
}

static ys_code write_script(const figure_files *drawing, const char *name,
                            const char *format, ys_error *error) {
  ys_output output;
  ys_code code = open_file(drawing, "gp", &output, error);
  if (code)
    return code;
  FILE *out = output.file;
  put_head(out, drawing, name, format);
  code = append_script(out, "terminal.gp", error);
  if (!code && drawing->has_legend)
    code = append_script(out, "frame.gp", error);
  if (!code)
    code = append_script(out, drawing->script, error);
  if (!code)
    return ys_output_finish(&output, error);
  ys_output_abandon(&output);
  return code;
}

/* Run gnuplot on NAME.gp in `folder`; what it draws goes to `output`. -d: no
 * settings of the user's or the system's; nor the terminal that a user draws on
 * by default, which gnuplot sets at its start, and fails if it does not know.
 */
static ys_code run_gnuplot(const char *folder, char *script, FILE *output,
                           ys_error *error) {
  char *words[] = {"gnuplot", "-d", "-e", "output = '/dev/stdout'",
                   script,    NULL};
  posix_spawn_file_actions_t actions;
  pid_t gnuplot;
  unsetenv("GNUTERM");
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
  int failed =
      posix_spawnp(&gnuplot, "gnuplot", &actions, NULL, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed)
    return ys_fail(error, YS_IO, "cannot run gnuplot: %s (is it installed?)",
                   strerror(failed));
  int status = child_wait(gnuplot, NULL);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return ys_fail(error, YS_IO, "gnuplot failed on %s/%s", folder, script);
  return YS_OK;
}

/* Nothing has been drawn into the file. */
static bool is_empty(FILE *file) {
  struct stat status;
  return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_size == 0;
}

/* What NAME.gp draws, in STEM.ENDING; at the end of a link or in a device where
 * the user named one. */
static ys_code draw(const figure_files *drawing, const char *folder,
                    const char *name, const char *format, ys_error *error) {
  ys_output output = {.folder = -1};
  char *path = NULL, *script = NULL;
  ys_code code;
  if (asprintf(&script, "./%s.gp", name) < 0 ||
      asprintf(&path, "%s.%s", drawing->stem, ending(format)) < 0)
    code = ys_fail_memory(error, "a figure's file names");
  else
    code = drawing->is_named ? files_open_output(&output, path, true, error)
                             : ys_output_create(&output, path, error);
  if (!code)
    code = run_gnuplot(folder, script, output.file, error);
  if (!code && is_empty(output.file))
    code = ys_fail(error, YS_IO, "%s: gnuplot has not made it", path);
  if (!code)
    code = ys_output_finish(&output, error);
  ys_output_abandon(&output);
  if (!code)
    printf("%s\n", path);
  free(script);
  free(path);
  return code;
}

ys_code figure_draw(const figure_files *drawing, ys_error *error) {
  const char *slash = strrchr(drawing->stem, '/');
  const char *name = slash ? slash + 1 : drawing->stem;
  size_t length = slash ? (size_t)(slash - drawing->stem) : 0;
  char *folder =
      length ? strndup(drawing->stem, length) : strdup(slash ? "/" : ".");
  ys_code code = folder ? write_file(drawing, "dat", drawing->data, error)
                        : ys_fail_memory(error, "a figure's file names");
  /* The script that stays is the last one drawn: the first format's. */
  for (size_t i = drawing->format_count; !code && i-- > 0;) {
    const char *format = drawing->formats[i];
    code = write_script(drawing, name, format, error);
    if (!code)
      code = write_file(drawing, "txt", drawing->caption, error);
    if (!code)
      code = draw(drawing, folder, name, format, error);
  }
  free(folder);
  return code;
}

/* ---------------------------------------------------- where the user says - */

/* The format that a file's ending asks for; NULL if none. */
static const char *format_of(const char *file) {
  const char *dot = strrchr(file, '.');
  const char *end = dot && !strchr(dot, '/') && dot > file ? dot + 1 : "";
  for (size_t i = 0; i < FIGURE_FORMATS; i++)
    if (strcmp(end, ending(figure_formats[i])) == 0)
      return figure_formats[i];
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

ys_code figure_output_read(const char *file, bool force, char **stem,
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
