#include "figure.h"

#include "../problems/array.h"

#include "commandline.h"
#include "gnuplot.h"
#include "rundir.h"
#include "script.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *const formats[] = {"pdf", "png", "svg", "tikz"};

bool figure_knows_format(const char *format) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(format, formats[i]) == 0)
      return true;
  return false;
}

static ys_code append_script(FILE *out, const char *name, ys_error *error) {
  FILE *in = script_open(name);
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

/* A folder in front of the file: a name that begins with | or < is no command
 * then, and one that begins with - no option. */
static void put_file(FILE *out, const char *variable, const char *name,
                     const char *file_ending) {
  fprintf(out, "%s = \"./", variable);
  gnuplot_put_part(out, name);
  fprintf(out, ".%s\"\n", file_ending);
}

static void put_head(FILE *out, const figure *drawing, const char *name) {
  fputs("# Draw this figure again with: gnuplot ./", out);
  commandline_put_word(out, name);
  fprintf(out, ".gp\nformat = \"%s\"\n", drawing->format);
  put_file(out, "data", name, "dat");
  put_file(out, "output", name, ending(drawing->format));
  fprintf(out, "%s\n", drawing->settings);
}

static ys_code write_script(const figure *drawing, const char *path,
                            const char *name, ys_error *error) {
  FILE *out = fopen(path, "w");
  if (!out)
    return ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  put_head(out, drawing, name);
  ys_code code = append_script(out, "terminal.gp", error);
  if (!code && drawing->has_legend)
    code = append_script(out, "frame.gp", error);
  if (!code)
    code = append_script(out, drawing->script, error);
  if (fclose(out) != 0 && !code)
    code = ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  return code;
}

static ys_code write_caption(const figure *drawing, const char *path,
                             ys_error *error) {
  FILE *out = fopen(path, "w");
  bool failed = !out || fputs(drawing->caption, out) < 0;
  failed = (out && fclose(out) != 0) || failed;
  if (failed)
    return ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  return YS_OK;
}

/* The environment without the terminal that a user draws on by default: gnuplot
 * sets it at its start, and fails if it does not know it. To be freed. */
static char **clean_environment(void) {
  size_t count = 0, kept = 0;
  while (environ[count])
    count++;
  char **clean = ys_array(count + 1, sizeof *clean);
  for (size_t i = 0; clean && i < count; i++)
    if (strncmp(environ[i], "GNUTERM=", 8) != 0)
      clean[kept++] = environ[i];
  if (clean)
    clean[kept] = NULL;
  return clean;
}

/* -d: no settings of the user's or the system's. */
static ys_code run_gnuplot(const char *folder, char *script, ys_error *error) {
  char *words[] = {"gnuplot", "-d", script, NULL};
  char **clean = clean_environment();
  posix_spawn_file_actions_t actions;
  pid_t child;
  int status = 0;
  if (!clean)
    return ys_fail_memory(error, "an environment");
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  int failed = posix_spawnp(&child, "gnuplot", &actions, NULL, words, clean);
  posix_spawn_file_actions_destroy(&actions);
  free(clean);
  if (failed)
    return ys_fail(error, YS_IO, "cannot run gnuplot: %s (is it installed?)",
                   strerror(failed));
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return ys_fail(error, YS_IO, "gnuplot failed on %s/%s", folder, script);
  return YS_OK;
}

/* Draw NAME.gp in the folder, and see that it left a figure. */
static ys_code draw(const figure *drawing, const char *folder, const char *name,
                    ys_error *error) {
  char *script = NULL, *made = NULL;
  ys_code code;
  if (asprintf(&script, "./%s.gp", name) < 0 ||
      asprintf(&made, "%s.%s", drawing->stem, ending(drawing->format)) < 0)
    code = ys_fail_memory(error, "a figure's file names");
  else
    code = run_gnuplot(folder, script, error);
  if (!code && access(made, F_OK) != 0)
    code = ys_fail(error, YS_IO, "%s: gnuplot has not made it", made);
  free(script);
  free(made);
  return code;
}

ys_code figure_draw(const figure *drawing, ys_error *error) {
  const char *slash = strrchr(drawing->stem, '/');
  const char *name = slash ? slash + 1 : drawing->stem;
  size_t length = slash ? (size_t)(slash - drawing->stem) : 0;
  char *folder =
      length ? strndup(drawing->stem, length) : strdup(slash ? "/" : ".");
  char *script = NULL, *caption = NULL;
  ys_code code;
  if (!folder || asprintf(&script, "%s.gp", drawing->stem) < 0 ||
      asprintf(&caption, "%s.txt", drawing->stem) < 0)
    code = ys_fail_memory(error, "a figure's file names");
  else
    code = write_script(drawing, script, name, error);
  if (!code)
    code = write_caption(drawing, caption, error);
  if (!code)
    code = draw(drawing, folder, name, error);
  free(folder);
  free(script);
  free(caption);
  return code;
}
