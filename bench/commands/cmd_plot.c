#include "bench/commands/commands.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/figures/figure.h"
#include "bench/figures/plot.h"
#include "bench/store/rundir.h"
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

enum { MOST_KINDS = 16, MOST_CURVES = 12 };

/* What the command line asks for. */
typedef struct plot_choice {
  const plot_kind *kinds[MOST_KINDS];
  size_t kind_count;
  unsigned uses;  /* of all those kinds together */
  unsigned every; /* of each of them */
  double *gaps;   /* owned, like stem */
  double x_limits[2], y_limits[2];
  char *stem;
  const char *format;
  figure_look look;
  plot_request request;
} plot_choice;

/* --------------------------------------------------------- the options ---- */

static ys_code has_table(const char *dir, const plot_kind *kind, bool *found,
                         ys_error *error) {
  return rundir_has(dir, kind->table, found, error);
}

/* The first kind whose table the directory has; else the first of all, which
 * will say what is missing. */
static ys_code find_usual_kind(const char *dir, plot_choice *q,
                               ys_error *error) {
  bool found = false;
  ys_code code = YS_OK;
  q->kinds[0] = plot_kinds[0];
  q->kind_count = 1;
  for (size_t i = 0; !code && !found && plot_kinds[i]; i++) {
    code = has_table(dir, plot_kinds[i], &found, error);
    if (found)
      q->kinds[0] = plot_kinds[i];
  }
  return code;
}

static ys_code find_kinds(const arg *args, plot_choice *q, ys_error *error) {
  const arg_texts asked = args_texts(args, "kind");
  if (asked.count > MOST_KINDS)
    return ys_fail(error, YS_BAD_INPUT, "--kind: at most %d at once",
                   MOST_KINDS);
  ys_code code =
      asked.count ? YS_OK : find_usual_kind(q->request.dir, q, error);
  for (size_t kind; !code && q->kind_count < asked.count; q->kind_count++) {
    const char *word = asked.item[q->kind_count];
    code = ys_look_up("figure kind", YS_NAMES_TO_NULL(plot_kinds), word,
                      strlen(word), NULL, &kind, error);
    if (code)
      return code;
    q->kinds[q->kind_count] = plot_kinds[kind];
  }
  q->every = ~0u;
  for (size_t i = 0; !code && i < q->kind_count; i++) {
    q->uses |= q->kinds[i]->uses;
    q->every &= q->kinds[i]->uses;
  }
  return code;
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
  } of[] = {{PLOT_AXIS, "x"},
            {PLOT_GAP, "gap"},
            {PLOT_UNIT, "unit"},
            {PLOT_RUNS, "problem"},
            {PLOT_RUNS, "solver"},
            {PLOT_RUNS, "lambda"},
            {PLOT_RUNS, "loss"},
            {PLOT_RUNS, "fairness"},
            {PLOT_RUNS | PLOT_LABELS, "label"},
            {PLOT_X, "x-limits"},
            {PLOT_Y, "y-limits"}};
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

/* The two ends of an axis, above zero if it is logarithmic in one of the
 * figures; *limits is NULL if none are given. */
static ys_code read_limits(const arg *args, const char *name, bool is_linear,
                           double ends[2], const double **limits,
                           ys_error *error) {
  const arg_texts given = args_texts(args, name);
  *limits = NULL;
  if (!given.count)
    return YS_OK;
  if (given.count != 2 || !ys_read_number(given.item[0], &ends[0]) ||
      !ys_read_number(given.item[1], &ends[1]) || ends[0] >= ends[1] ||
      (!is_linear && ends[0] <= 0))
    return ys_fail(error, YS_BAD_INPUT,
                   "--%s: expected two numbers%s, the smaller one first", name,
                   is_linear ? "" : " above 0");
  *limits = ends;
  return YS_OK;
}

static ys_code read_look(const arg *args, plot_choice *q, ys_error *error) {
  q->look = (figure_look){.preset = args_text(args, "preset"),
                          .font = args_text(args, "font"),
                          .title = args_text(args, "title"),
                          .no_legend = args_given(args, "no-legend")};
  q->request.look = &q->look;
  ys_code code =
      check_words(args, "preset", "preset", YS_NAMES(figure_presets), error);
  if (!code)
    code = args_number(args, "width", 30, 1000, &q->look.width, error);
  if (!code)
    code = read_limits(args, "x-limits", q->every & PLOT_LINEAR_X, q->x_limits,
                       &q->request.x_limits, error);
  if (!code)
    code = read_limits(args, "y-limits", q->every & PLOT_LINEAR_Y, q->y_limits,
                       &q->request.y_limits, error);
  return code;
}

static ys_code read_choice(const arg *args, const char *dir, plot_choice *q,
                           ys_error *error) {
  const arg_texts formats = args_texts(args, "format");
  q->request = (plot_request){.dir = dir,
                              .axis = args_text(args, "x"),
                              .unit = args_text(args, "unit"),
                              .labels = args_texts(args, "label"),
                              .formats = formats.item,
                              .format_count = formats.count};
  ys_code code = find_kinds(args, q, error);
  if (!code)
    code = check_words(args, "x", "axis", YS_NAMES(plot_costs), error);
  if (!code)
    code = check_words(args, "format", "figure format",
                       YS_NAMES(figure_formats), error);
  if (!code)
    code = check_uses(args, q, error);
  if (!code)
    code = read_look(args, q, error);
  if (!code)
    code = gap_levels_read(args, "gap", &q->gaps, &q->request.gap_count, error);
  q->request.gaps = q->gaps;
  if (!code)
    code = read_output(args, q, error);
  q->request.stem = q->stem;
  return code;
}

/* --------------------------------------------------------------- drawing -- */

/* What became of the figures. */
typedef struct plot_tally {
  size_t drawn, curves; /* the most of one */
  ys_error first;       /* why one is not drawn */
} plot_tally;

/* Nothing to draw is no failure as long as there is something else. */
static ys_code excuse(plot_tally *tally, ys_code code, const ys_error *error) {
  if (code != YS_UNSUPPORTED)
    return code;
  if (!tally->first.code)
    tally->first = *error;
  return YS_OK;
}

/* How many figures there are in all, which -o wants to be one. */
static ys_code check_single(const plot_choice *q, plot_tally *tally,
                            ys_error *error) {
  size_t total = 0;
  for (size_t i = 0; i < q->kind_count; i++) {
    size_t count = 0;
    ys_code code = excuse(
        tally, plot_count(q->kinds[i], &q->request, &count, error), error);
    if (code)
      return code;
    total += count;
  }
  if (!q->stem || total <= 1)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "-o takes one figure, and these are %zu: choose one with "
                 "%s--problem, --lambda, --loss and --fairness, or leave -o "
                 "away",
                 total, q->request.axis ? "" : "--x, ");
}

/* Draw all the figures of a kind that there is something to draw on, and say
 * which not. */
static ys_code draw_kind(const plot_kind *kind, const plot_choice *q,
                         plot_tally *tally, ys_error *error) {
  size_t count = 0, skipped = 0;
  plot_tally own = {0};
  ys_code code =
      excuse(&own, plot_count(kind, &q->request, &count, error), error);
  for (size_t i = 0; !code && i < count; i++) {
    code = plot_draw(kind, &q->request, i, &tally->curves, error);
    skipped += code == YS_UNSUPPORTED;
    code = excuse(&own, code, error);
  }
  if (code)
    return code;
  tally->drawn += count - skipped;
  if (!own.first.code)
    return YS_OK;
  excuse(tally, own.first.code, &own.first);
  if (skipped < count)
    console_note("%zu of %zu figures are not drawn: %s", skipped, count,
                 own.first.text);
  else if (q->kind_count > 1)
    console_note("no figure of kind %s is drawn: %s", kind->name,
                 own.first.text);
  return YS_OK;
}

static ys_code draw_all(const plot_choice *q, ys_error *error) {
  plot_tally tally = {0};
  ys_code code = check_single(q, &tally, error);
  for (size_t i = 0; !code && i < q->kind_count; i++)
    code = draw_kind(q->kinds[i], q, &tally, error);
  if (code)
    return code;
  if (tally.curves > MOST_CURVES)
    console_note("a figure has %zu curves: more than %d are hard to tell "
                 "apart; choose some with --solver",
                 tally.curves, MOST_CURVES);
  return tally.drawn ? YS_OK
                     : ys_fail(error, tally.first.code, "%s", tally.first.text);
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

/* Leave out the kinds whose table is not there, unless none is: then one of
 * them says so. */
static ys_code drop_kinds(plot_choice *q, ys_error *error) {
  size_t kept = 0;
  bool found[MOST_KINDS];
  for (size_t i = 0; i < q->kind_count; i++) {
    ys_code code = has_table(q->request.dir, q->kinds[i], &found[i], error);
    if (code)
      return code;
    kept += found[i];
  }
  if (!kept || kept == q->kind_count)
    return YS_OK;
  kept = 0;
  q->uses = 0;
  for (size_t i = 0; i < q->kind_count; i++)
    if (found[i]) {
      q->uses |= q->kinds[i]->uses;
      q->kinds[kept++] = q->kinds[i];
    } else {
      console_note("no figure of kind %s is drawn: %s has no %s",
                   q->kinds[i]->name, q->request.dir, q->kinds[i]->table);
    }
  q->kind_count = kept;
  return YS_OK;
}

static ys_code draw_directory(const arg *args, plot_choice *q,
                              ys_error *error) {
  selected_runs runs = {0};
  ys_code code = drop_kinds(q, error);
  const bool with_runs = q->uses & PLOT_RUNS;
  if (!code)
    code = selected_runs_read(q->request.dir, with_runs, &runs, error);
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
    {"kind", 'k', ARG_MANY, NULL,
     "KIND...  of those above (default: the first that DIR has numbers for)"},
    {"x", 'x', ARG_ONE, NULL, "AXIS  time or iteration (default: by the kind)"},
    {"gap", 'g', ARG_MANY, "1e-6", "GAP...  to come within (default %s)"},
    {"unit", 'u', ARG_ONE, "em",
     "SOLVER  data-profile: whose iterations to count in (default %s)"},
    {"preset", 0, ARG_ONE, "column",
     "PRESET  %s (84 mm wide; default) or slide"},
    {"format", 0, ARG_MANY, "pdf", "FORMAT...  %s (default), png, svg, tikz"},
    {"width", 0, ARG_ONE, NULL, "MM  (default: the preset's)"},
    {"font", 0, ARG_ONE, NULL, "NAME  of pdf, png and svg"},
    {"title", 0, ARG_ONE, NULL, "TEXT  above the figure"},
    {"no-legend", 0, ARG_FLAG, NULL, "  leave the legend away"},
    {"x-limits", 0, ARG_MANY, NULL, "LOW HIGH  the ends of the x axis"},
    {"y-limits", 0, ARG_MANY, NULL, "LOW HIGH  the ends of the y axis"},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, NULL, "FILE  draw one figure, there"},
    {"force", 0, ARG_FLAG, NULL, "  with -o, replace existing files"},
    {0}};

static const char about[] =
    "Draw figures of a directory of runs, trainings or checks. Each figure is\n"
    "NAME.pdf (or .png, .svg, .tex) beside NAME.dat (the numbers), NAME.gp (a\n"
    "gnuplot script that draws them, to be restyled) and NAME.txt (a "
    "caption).\n"
    "They go to DIR/figures, where a figure of the same name is drawn anew: "
    "to\n"
    "keep a restyled script, rename it. A solver has one colour, dash and "
    "mark\n"
    "in all figures. What cannot be drawn is said, and the rest is drawn.\n"
    "-o FILE draws one figure, of the format that FILE's ending says. A .tex\n"
    "figure is for \\input in a document with \\usepackage{gnuplot-lua-tikz};\n"
    "`gnuplot -e 'set terminal tikz createstyle'` writes that package.\n"
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
