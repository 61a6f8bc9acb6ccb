#include "bench/commands/command.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/figures/figure.h"
#include "bench/figures/plot.h"
#include "problems/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    "createstyle'` writes that package.\n\nkinds:\n";

static void put_kinds(void) {
  for (size_t i = 0; plot_kinds[i]; i++)
    printf("%s  %-14s%s", i ? "\n" : "", plot_kinds[i]->name,
           plot_kinds[i]->summary);
}

static const char examples[] =
    "  ystep plot results/0001\n"
    "  ystep plot out -p dirichlet --lambda 1 -s em pgd --format pdf png\n"
    "  ystep plot out -p dirichlet --lambda 1 --x time -o figure.tex\n"
    "  ystep plot out --kind profile data-profile --gap 1e-4 1e-8 --x time\n"
    "  ystep plot out --kind winner --preset slide --format svg\n";

static const arg_help help = {"ystep plot DIR [options]", about, examples,
                              put_kinds};

static const arg options[] = {
    {"kind", 'k', ARG_MANY, "KIND...  of those above (default convergence)", 0,
     0},
    {"x", 'x', ARG_ONE, "AXIS  time or iteration (default: by the kind)", 0, 0},
    {"gap", 'g', ARG_MANY, "GAP...  to come within (default 1e-6)", 0, 0},
    {"unit", 'u', ARG_ONE,
     "SOLVER  data-profile: whose iterations to count in (default em)", 0, 0},
    {"preset", 0, ARG_ONE, "PRESET  column (84 mm wide; default) or slide", 0,
     0},
    {"format", 0, ARG_MANY, "FORMAT...  pdf (default), png, svg, tikz", 0, 0},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, "FILE  draw one figure, there", 0, 0},
    {"force", 0, ARG_FLAG, "  with -o, replace existing files", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

static const char *const presets[] = {"column", "slide"};
enum { MOST_KINDS = 16 };

/* What the command line asks for. */
typedef struct plot_inquiry {
  const plot_kind *kinds[MOST_KINDS];
  size_t kind_count;
  unsigned uses; /* of all those kinds together */
  double *gaps;  /* owned, like stem */
  char *stem;
  const char *format;
  plot_request request;
} plot_inquiry;

/* --------------------------------------------------------- the options ---- */

static ys_code find_kinds(const arg *args, plot_inquiry *q, ys_error *error) {
  const arg *given = args_get(args, "kind");
  ys_code code = YS_OK;
  q->kinds[0] = plot_kinds[0];
  q->kind_count = given->count ? given->count : 1;
  if (q->kind_count > MOST_KINDS)
    return ys_fail(error, YS_BAD_INPUT, "--kind: at most %d at once",
                   MOST_KINDS);
  for (size_t i = 0, kind; !code && i < given->count; i++) {
    const char *word = given->item[i];
    code = ys_look_up("figure kind", YS_NAMES_TO_NULL(plot_kinds), word,
                      strlen(word), NULL, &kind, error);
    if (!code)
      q->kinds[i] = plot_kinds[kind];
  }
  for (size_t i = 0; !code && i < q->kind_count; i++)
    q->uses |= q->kinds[i]->uses;
  return code;
}

static ys_code check_words(const arg *args, const char *name, const char *what,
                           ys_names words, ys_error *error) {
  const arg *option = args_get(args, name);
  ys_code code = YS_OK;
  for (size_t i = 0, found; !code && i < option->count; i++)
    code = ys_look_up(what, words, option->item[i], strlen(option->item[i]),
                      NULL, &found, error);
  return code;
}

/* An option that none of the kinds makes use of is a mistake. */
static ys_code check_uses(const arg *args, const plot_inquiry *q,
                          ys_error *error) {
  static const struct {
    unsigned use;
    const char *option;
  } of[] = {{PLOT_AXIS, "x"},       {PLOT_GAP, "gap"},
            {PLOT_UNIT, "unit"},    {PLOT_RUNS, "problem"},
            {PLOT_RUNS, "solvers"}, {PLOT_RUNS, "lambda"},
            {PLOT_RUNS, "loss"},    {PLOT_RUNS, "fairness"}};
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    if (args_given(args, of[i].option) && !(q->uses & of[i].use))
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s has no meaning for figures of kind %s", of[i].option,
                     q->kinds[0]->name);
  return YS_OK;
}

static ys_code read_output(const arg *args, plot_inquiry *q, ys_error *error) {
  const char *file = args_text(args, "output", NULL);
  if (!file)
    return YS_OK;
  if (args_given(args, "format"))
    return ys_fail(error, YS_BAD_INPUT,
                   "give --format or -o FILE: FILE's ending says the format");
  return figure_output_read(file, args_given(args, "force"), &q->stem,
                            &q->format, error);
}

static ys_code read_inquiry(const arg *args, const char *dir, plot_inquiry *q,
                            ys_error *error) {
  const arg *formats = args_get(args, "format");
  static const double usual = 1e-6;
  size_t gap_count = 0;
  ys_code code = find_kinds(args, q, error);
  q->format = figure_formats[0];
  if (!code)
    code = check_words(args, "x", "axis", YS_NAMES(plot_axis_names), error);
  if (!code)
    code = check_words(args, "preset", "preset", YS_NAMES(presets), error);
  if (!code)
    code = check_words(args, "format", "figure format",
                       YS_NAMES(figure_formats), error);
  if (!code)
    code = check_uses(args, q, error);
  if (!code)
    code = gap_levels_read(args, "gap", &usual, 1, &q->gaps, &gap_count, error);
  if (!code)
    code = read_output(args, q, error);
  q->request =
      (plot_request){.dir = dir,
                     .axis = args_text(args, "x", NULL),
                     .gaps = q->gaps,
                     .gap_count = gap_count,
                     .unit = args_text(args, "unit", "em"),
                     .preset = args_text(args, "preset", presets[0]),
                     .stem = q->stem,
                     .formats = formats->count ? formats->item : &q->format,
                     .format_count = formats->count ? formats->count : 1};
  return code;
}

/* --------------------------------------------------------------- drawing -- */

/* How many figures there are in all, which -o wants to be one. */
static ys_code check_single(const plot_inquiry *q, ys_error *error) {
  size_t total = 0, count;
  for (size_t i = 0; i < q->kind_count; i++) {
    ys_code code = q->kinds[i]->count(&q->request, &count, error);
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
  ys_code code = kind->count(request, &count, error);
  for (size_t i = 0; !code && i < count; i++) {
    code = kind->draw(request, i, error);
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

static ys_code draw_all(const plot_inquiry *q, ys_error *error) {
  ys_code code = check_single(q, error);
  for (size_t i = 0; !code && i < q->kind_count; i++)
    code = draw_kind(q->kinds[i], &q->request, error);
  return code;
}

static ys_code draw_selected(const arg *args, plot_inquiry *q,
                             selected_runs *runs, ys_error *error) {
  solver_styles solvers = {0};
  ys_code code = selected_runs_choose(args, runs, error);
  if (!code)
    code = solver_styles_make(&runs->set, &solvers, error);
  q->request.results = &runs->results;
  q->request.set = &runs->set;
  q->request.solvers = &solvers;
  if (!code)
    code = draw_all(q, error);
  solver_styles_free(&solvers);
  return code;
}

static ys_code draw_directory(const arg *args, plot_inquiry *q,
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

static ys_code plot(const command_line *line, int *status, ys_error *error) {
  plot_inquiry q = {0};
  (void)status;
  ys_code code = read_inquiry(line->args, line->words[0], &q, error);
  if (!code)
    code = draw_directory(line->args, &q, error);
  free(q.gaps);
  free(q.stem);
  return code;
}

int cmd_plot(int argc, char **argv) {
  static const command_spec plot_command = {
      options, &help, 1, 1, "plot needs a run directory (try --help)", plot};
  return command_run(&plot_command, argc, argv);
}
