#include "command.h"

#include "../problems/options.h"
#include "args.h"
#include "console.h"
#include "plot.h"
#include "selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const arg_help help = {
    .usage = "ystep plot DIR [options]",
    .about =
        "Draw figures of a run directory: for every problem, loss, fairness "
        "and\n"
        "lambda the gap against solver time and against iterations, a line a\n"
        "solver, with a band over repeats. Each figure is NAME.pdf (or .png,\n"
        ".svg, .tex) beside NAME.dat (the numbers), NAME.gp (a gnuplot script\n"
        "that draws them, to be restyled) and NAME.txt (a caption).\n"
        "They go to DIR/figures, where a figure of the same name is drawn "
        "anew:\n"
        "to keep a restyled script, rename it. -o FILE draws one figure, of "
        "the\n"
        "format that FILE's ending says. A .tex figure is for \\input in a\n"
        "document with \\usepackage{gnuplot-lua-tikz}; `gnuplot -e 'set "
        "terminal\n"
        "tikz createstyle'` writes that package.",
    .examples =
        "  ystep plot results/0001\n"
        "  ystep plot out -p dirichlet --lambda 1 -s em pgd --format pdf png\n"
        "  ystep plot out -p dirichlet --lambda 1 --x time -o figure.tex\n",
};

static const arg options[] = {
    {"kind", 0, ARG_ONE, "KIND  convergence (default)", 0, 0},
    {"x", 'x', ARG_ONE, "AXIS  time or iteration (default: a figure of each)",
     0, 0},
    {"format", 0, ARG_MANY, "FORMAT...  pdf (default), png, svg, tikz", 0, 0},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, "FILE  draw one figure, there", 0, 0},
    {"force", 0, ARG_FLAG, "  with -o, replace existing files", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

/* The table of figures. */
static const plot_kind *const kinds[] = {&plot_convergence};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *const formats[] = {"pdf", "png", "svg", "tikz"};
static const char *const axes[] = {"time", "iteration"};
enum { FORMATS = 4, AXES = 2 };

static ys_code unknown(const char *what, const char *word,
                       const char *const *names, size_t count,
                       ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT, "no %s '%s'; did you mean '%s'?", what,
                 word,
                 names[ys_nearest_name(word, strlen(word), names, count)]);
}

static ys_code find_kind(const arg *args, const plot_kind **kind,
                         ys_error *error) {
  const char *names[KINDS];
  const char *word = args_text(args, "kind", kinds[0]->name);
  for (size_t i = 0; i < KINDS; i++) {
    names[i] = kinds[i]->name;
    if (strcmp(word, names[i]) != 0)
      continue;
    *kind = kinds[i];
    return YS_OK;
  }
  return unknown("figure kind", word, names, KINDS, error);
}

static ys_code check_words(const arg *args, const char *name, const char *what,
                           const char *const *words, size_t count,
                           ys_error *error) {
  const arg *option = args_get(args, name);
  for (size_t i = 0; i < option->count; i++) {
    size_t w = 0;
    while (w < count && strcmp(option->item[i], words[w]) != 0)
      w++;
    if (w == count)
      return unknown(what, option->item[i], words, count, error);
  }
  return YS_OK;
}

/* ------------------------------------------------------------ -o FILE ----- */

/* The format that a file's ending asks for; NULL if none. */
static const char *format_of(const char *file) {
  const char *dot = strrchr(file, '.');
  const char *ending = dot && !strchr(dot, '/') && dot > file ? dot + 1 : "";
  if (strcmp(ending, "tex") == 0)
    return "tikz";
  for (size_t i = 0; i < FORMATS - 1; i++)
    if (strcmp(ending, formats[i]) == 0)
      return formats[i];
  return NULL;
}

/* Nothing that is there already is to be lost. */
static ys_code check_free(const char *stem, const char *ending, bool force,
                          ys_error *error) {
  char *path;
  ys_code code = YS_OK;
  if (asprintf(&path, "%s%s", stem, ending) < 0)
    return ys_fail_memory(error, "a file name");
  if (!force && access(path, F_OK) == 0)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: exists; give --force to replace it", path);
  free(path);
  return code;
}

/* Take -o FILE apart into *stem, to be freed, and *format. */
static ys_code read_output(const arg *args, const char *file, char **stem,
                           const char **format, ys_error *error) {
  ys_code code = YS_OK;
  *format = format_of(file);
  if (!*format)
    return ys_fail(error, YS_BAD_INPUT,
                   "-o %s: expected a name that ends in .pdf, .png, .svg or "
                   ".tex",
                   file);
  if (args_given(args, "format"))
    return ys_fail(error, YS_BAD_INPUT,
                   "give --format or -o FILE: FILE's ending says the format");
  if (strpbrk(file, "\"\\`$\n"))
    return ys_fail(error, YS_BAD_INPUT,
                   "-o %s: gnuplot cannot take a name with \" \\ ` or $", file);
  const char *dot = strrchr(file, '.');
  *stem = strndup(file, (size_t)(dot - file));
  if (!*stem)
    return ys_fail_memory(error, "a file name");
  const char *const endings[] = {dot, ".dat", ".gp", ".txt"};
  for (size_t i = 0; !code && i < sizeof endings / sizeof *endings; i++)
    code = check_free(*stem, endings[i], args_given(args, "force"), error);
  return code;
}

/* --------------------------------------------------------------- drawing -- */

static ys_code check_single(const plot_kind *kind, const plot_request *request,
                            ys_error *error) {
  size_t count = kind->count(request);
  if (!request->stem || count == 1)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "-o takes one figure, and these are %zu: choose one with "
                 "%s--problem, --lambda, --loss and --fairness, or leave -o "
                 "away",
                 count, request->axis ? "" : "--x, ");
}

/* Draw all the figures that there is something to draw on, and say which not.
 */
static ys_code draw_all(const plot_kind *kind, const plot_request *request,
                        ys_error *error) {
  size_t count = kind->count(request), skipped = 0;
  ys_error first = {YS_OK, ""};
  for (size_t i = 0; i < count; i++) {
    ys_code code = kind->draw(request, i, error);
    if (code && code != YS_UNSUPPORTED)
      return code;
    if (code && skipped++ == 0)
      first = *error;
  }
  if (skipped == count)
    return ys_fail(error, first.code, "%s", first.text);
  if (skipped)
    console_note("%zu of %zu figures are not drawn: %s", skipped, count,
                 first.text);
  return YS_OK;
}

static ys_code plot_results(const arg *args, const plot_kind *kind,
                            const result_set *results, plot_request *request,
                            ys_error *error) {
  group_set set;
  ys_code code = groups_make(results, &set, error);
  if (code)
    return code;
  request->set = &set;
  code = selection_apply(args, &set, error);
  if (!code)
    code = check_single(kind, request, error);
  if (!code)
    code = draw_all(kind, request, error);
  groups_free(&set);
  return code;
}

static ys_code plot_directory(const arg *args, const plot_kind *kind,
                              plot_request *request, ys_error *error) {
  result_set results;
  provenance made;
  ys_code code = results_read(request->dir, &results, error);
  if (code)
    return code;
  code = provenance_read(request->dir, &made, error);
  if (!code) {
    request->made = &made;
    code = plot_results(args, kind, &results, request, error);
    provenance_free(&made);
  }
  results_free(&results);
  return code;
}

static ys_code plot(const arg *args, const char *dir, ys_error *error) {
  const plot_kind *kind;
  const arg *given = args_get(args, "format");
  const char *output = args_text(args, "output", NULL);
  const char *format = formats[0];
  char *stem = NULL;
  ys_code code = find_kind(args, &kind, error);
  if (!code)
    code = check_words(args, "x", "axis", axes, AXES, error);
  if (!code)
    code =
        check_words(args, "format", "figure format", formats, FORMATS, error);
  if (!code && output)
    code = read_output(args, output, &stem, &format, error);
  if (!code) {
    plot_request request = {.dir = dir,
                            .axis = args_text(args, "x", NULL),
                            .stem = stem,
                            .formats = given->count ? given->item : &format,
                            .format_count = given->count ? given->count : 1};
    code = plot_directory(args, kind, &request, error);
  }
  free(stem);
  return code;
}

int cmd_plot(int argc, char **argv) {
  arg args[sizeof options / sizeof *options];
  ys_error error;
  const char *dir;
  size_t found;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, &dir, 1, &found, &error);
  if (!code && args_given(args, "help"))
    args_print_help(&help, args);
  else if (!code && !found)
    code = ys_fail(&error, YS_BAD_INPUT,
                   "plot needs a run directory (try --help)");
  else if (!code)
    code = plot(args, dir, &error);
  args_free(args);
  return code ? console_error(&error) : EXIT_DONE;
}
