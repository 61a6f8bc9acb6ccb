#include "bench/commands/commands.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/figures/figure.h"
#include "bench/figures/plot.h"
#include "bench/system/files.h"
#include "problems/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_kinds(void) {
  for (size_t i = 0; plot_kinds[i]; i++)
    printf("%s  %-14s%s", i ? "\n" : "", plot_kinds[i]->name,
           plot_kinds[i]->summary);
}

enum { MOST_KINDS = 16 };

/* What the command line asks for. */
typedef struct plot_choice {
  const plot_kind *kinds[MOST_KINDS];
  size_t kind_count;
  unsigned uses; /* of all those kinds together */
  double *gaps;  /* owned, like stem */
  char *stem;
  const char *format;
  plot_request request;
} plot_choice;

/* --------------------------------------------------------- the options ---- */

static ys_code find_kinds(const arg *args, plot_choice *q, ys_error *error) {
  const arg_texts asked = args_texts(args, "kind");
  if (asked.count > MOST_KINDS)
    return ys_fail(error, YS_BAD_INPUT, "--kind: at most %d at once",
                   MOST_KINDS);
  for (size_t kind; q->kind_count < asked.count; q->kind_count++) {
    const char *word = asked.item[q->kind_count];
    ys_code code = ys_look_up("figure kind", YS_NAMES_TO_NULL(plot_kinds), word,
                              strlen(word), NULL, &kind, error);
    if (code)
      return code;
    q->kinds[q->kind_count] = plot_kinds[kind];
    q->uses |= plot_kinds[kind]->uses;
  }
  return YS_OK;
}

static ys_code check_words(const arg *args, const char *name, const char *what,
                           ys_names words, ys_error *error) {
  const arg *given = args_get(args, name);
  ys_code code = YS_OK;
  for (size_t i = 0, found; !code && i < given->count; i++)
    code = ys_look_up(what, words, given->item[i], strlen(given->item[i]), NULL,
                      &found, error);
  return code;
}

/* An option that none of the kinds makes use of is a mistake. */
static ys_code check_uses(const arg *args, const plot_choice *q,
                          ys_error *error) {
  static const struct {
    unsigned use;
    const char *option;
  } of[] = {{PLOT_AXIS, "x"},      {PLOT_GAP, "gap"},
            {PLOT_UNIT, "unit"},   {PLOT_RUNS, "problem"},
            {PLOT_RUNS, "solver"}, {PLOT_RUNS, "lambda"},
            {PLOT_RUNS, "loss"},   {PLOT_RUNS, "fairness"}};
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    if (args_given(args, of[i].option) && !(q->uses & of[i].use))
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s has no meaning for figures of kind %s", of[i].option,
                     q->kinds[0]->name);
  return YS_OK;
}

static ys_code read_output(const arg *args, plot_choice *q, ys_error *error) {
  const char *file = args_text(args, "output");
  if (!file)
    return YS_OK;
  if (args_given(args, "format"))
    return ys_fail(error, YS_BAD_INPUT,
                   "give --format or -o FILE: FILE's ending says the format");
  ys_code code = figure_output_read(file, args_given(args, "force"), &q->stem,
                                    &q->format, error);
  if (!code)
    code = files_make_parents(file, error);
  q->request.formats = &q->format;
  return code;
}

static ys_code read_choice(const arg *args, const char *dir, plot_choice *q,
                           ys_error *error) {
  const arg_texts formats = args_texts(args, "format");
  q->request = (plot_request){.dir = dir,
                              .axis = args_text(args, "x"),
                              .unit = args_text(args, "unit"),
                              .preset = args_text(args, "preset"),
                              .formats = formats.item,
                              .format_count = formats.count};
  ys_code code = find_kinds(args, q, error);
  if (!code)
    code = check_words(args, "x", "axis", YS_NAMES(plot_costs), error);
  if (!code)
    code =
        check_words(args, "preset", "preset", YS_NAMES(figure_presets), error);
  if (!code)
    code = check_words(args, "format", "figure format",
                       YS_NAMES(figure_formats), error);
  if (!code)
    code = check_uses(args, q, error);
  if (!code)
    code = gap_levels_read(args, "gap", &q->gaps, &q->request.gap_count, error);
  q->request.gaps = q->gaps;
  if (!code)
    code = read_output(args, q, error);
  q->request.stem = q->stem;
  return code;
}

/* --------------------------------------------------------------- drawing -- */

/* How many figures there are in all, which -o wants to be one. */
static ys_code check_single(const plot_choice *q, ys_error *error) {
  size_t total = 0, count;
  for (size_t i = 0; i < q->kind_count; i++) {
    ys_code code = plot_count(q->kinds[i], &q->request, &count, error);
    if (code)
      return code;
    total += count;
  }
  if (!q->stem || total == 1)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "-o takes one figure, and these are %zu: choose one with "
                 "%s--problem, --lambda, --loss and --fairness, or leave -o "
                 "away",
                 total, q->request.axis ? "" : "--x, ");
}

/* Draw all the figures of a kind that there is something to draw on, and say
 * which not. */
static ys_code draw_kind(const plot_kind *kind, const plot_request *request,
                         ys_error *error) {
  size_t count, skipped = 0;
  ys_error first = {YS_OK, ""};
  ys_code code = plot_count(kind, request, &count, error);
  for (size_t i = 0; !code && i < count; i++) {
    code = plot_draw(kind, request, i, error);
    if (code == YS_UNSUPPORTED) {
      if (skipped++ == 0)
        first = *error;
      code = YS_OK;
    }
  }
  if (code)
    return code;
  if (skipped == count && count)
    return ys_fail(error, first.code, "%s", first.text);
  if (skipped)
    console_note("%zu of %zu figures are not drawn: %s", skipped, count,
                 first.text);
  return YS_OK;
}

static ys_code draw_all(const plot_choice *q, ys_error *error) {
  ys_code code = check_single(q, error);
  for (size_t i = 0; !code && i < q->kind_count; i++)
    code = draw_kind(q->kinds[i], &q->request, error);
  return code;
}

static ys_code draw_selected(const arg *args, plot_choice *q,
                             selected_runs *runs, ys_error *error) {
  solver_styles solvers = {0};
  ys_code code = selected_runs_choose(args, runs, error);
  if (!code)
    code = solver_styles_make(&runs->set, &runs->results, &solvers, error);
  q->request.results = &runs->results;
  q->request.set = &runs->set;
  q->request.solvers = &solvers;
  if (!code)
    code = draw_all(q, error);
  solver_styles_free(&solvers);
  return code;
}

static ys_code draw_directory(const arg *args, plot_choice *q,
                              ys_error *error) {
  const bool with_runs = q->uses & PLOT_RUNS;
  selected_runs runs;
  ys_code code = selected_runs_read(q->request.dir, with_runs, &runs, error);
  q->request.made = &runs.made;
  if (!code)
    code =
        with_runs ? draw_selected(args, q, &runs, error) : draw_all(q, error);
  selected_runs_free(&runs);
  return code;
}

/* ------------------------------------------------------------ the command - */

static ys_code plot(command_line *line, ys_error *error) {
  plot_choice q = {0};
  ys_code code = read_choice(line->args, line->words[0], &q, error);
  if (!code)
    code = draw_directory(line->args, &q, error);
  free(q.gaps);
  free(q.stem);
  return code;
}

static const arg_option options[] = {
    {"kind", 'k', ARG_MANY, "convergence",
     "KIND...  of those above (default %s)"},
    {"x", 'x', ARG_ONE, NULL, "AXIS  time or iteration (default: by the kind)"},
    {"gap", 'g', ARG_MANY, "1e-6", "GAP...  to come within (default %s)"},
    {"unit", 'u', ARG_ONE, "em",
     "SOLVER  data-profile: whose iterations to count in (default %s)"},
    {"preset", 0, ARG_ONE, "column",
     "PRESET  %s (84 mm wide; default) or slide"},
    {"format", 0, ARG_MANY, "pdf", "FORMAT...  %s (default), png, svg, tikz"},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, NULL, "FILE  draw one figure, there"},
    {"force", 0, ARG_FLAG, NULL, "  with -o, replace existing files"},
    {0}};

static const char about[] =
    "Draw figures of a run directory. Each figure is NAME.pdf (or .png, .svg,\n"
    ".tex) beside NAME.dat (the numbers), NAME.gp (a gnuplot script that "
    "draws\n"
    "them, to be restyled) and NAME.txt (a caption). They go to DIR/figures,\n"
    "where a figure of the same name is drawn anew: to keep a restyled "
    "script,\n"
    "rename it. -o FILE draws one figure, of the format that FILE's ending\n"
    "says. A .tex figure is for \\input in a document with\n"
    "\\usepackage{gnuplot-lua-tikz}; `gnuplot -e 'set terminal tikz\n"
    "createstyle'` writes that package.\n"
    "\n"
    "kinds:\n";

const command_spec cmd_plot = {
    .name = "plot",
    .summary = "convergence figures from a run directory",
    .usage = "ystep plot DIR [options]",
    .about = about,
    .examples =
        "  ystep plot results/0001\n"
        "  ystep plot out -p dirichlet --lambda 1 -s em pgd --format pdf png\n"
        "  ystep plot out -p dirichlet --lambda 1 --x time -o figure.tex\n"
        "  ystep plot out --kind profile data-profile --gap 1e-4 1e-8 --x "
        "time\n"
        "  ystep plot out --kind winner --preset slide --format svg\n",
    .options = options,
    .put_list = put_kinds,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "plot needs a run directory (try --help)",
    .run = plot,
};
