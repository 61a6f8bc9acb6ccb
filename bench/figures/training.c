/* Trainings: accuracy, or the seconds spent in y-steps, against the epoch; for
 * each data set a figure of both, a curve for trainings that differ in their
 * seed alone. */
#include "bench/analysis/labelling.h"
#include "bench/analysis/problem_title.h"
#include "bench/analysis/train_summary.h"
#include "bench/figures/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRAINING_ACCURACY, TRAINING_SECONDS, TRAINING_QUANTITIES };

/* Trainings that differ in their seed alone. */
typedef struct training_curve {
  const training_row *sample;
  size_t runs, failed;
  long last; /* epoch */
} training_curve;

typedef struct training_figure {
  plot_figure base;
  training_row *trainings; /* all of training.csv; owned, like epochs */
  size_t training_count;
  epoch_row *epochs; /* all of epochs.csv */
  size_t epoch_count;
  int quantity;
  const char *data;       /* the data set */
  training_curve *curves; /* those of it, a key each */
  size_t count;
  double *values;       /* room for a number a training */
  solver_styles styles; /* numbered like the curves; its arrays are of the
                           figure's memory */
} training_figure;

static void discard(void *made) {
  training_figure *figure = made;
  records_free_all(&schema_trainings, figure->trainings,
                   figure->training_count);
  records_free_all(&schema_epochs, figure->epochs, figure->epoch_count);
}

static ys_code read_tables(training_figure *figure, const char *dir,
                           bool with_epochs, ys_error *error) {
  void *rows = NULL;
  ys_code code = records_read_all(dir, &schema_trainings, false, &rows,
                                  &figure->training_count, error);
  figure->trainings = rows;
  if (code || !with_epochs)
    return code;
  rows = NULL;
  code = records_read_all(dir, &schema_epochs, false, &rows,
                          &figure->epoch_count, error);
  figure->epochs = rows;
  return code;
}

/* The number'th data set; NULL if there are fewer: then *found says how many.
 */
static const char *find_data(const training_figure *figure, size_t number,
                             size_t *found) {
  *found = 0;
  for (size_t i = 0; i < figure->training_count; i++) {
    size_t before = 0;
    while (before < i && strcmp(figure->trainings[before].data,
                                figure->trainings[i].data) != 0)
      before++;
    if (before == i && (*found)++ == number)
      return figure->trainings[i].data;
  }
  return NULL;
}

/* ---------------------------------------------------------------- curves -- */

static double value_of(const training_figure *figure,
                       const training_row *training, const epoch_row *epoch) {
  if (figure->quantity == TRAINING_SECONDS)
    return epoch->totals.ystep_seconds;
  return training->targets[0] ? epoch->scores.plain : epoch->scores.accuracy;
}

/* Over the repeats that have the epoch, and a number there; how many. */
static size_t measure(const training_figure *figure,
                      const training_curve *curve, long epoch,
                      cost_band *band) {
  size_t count = 0;
  for (size_t i = 0; i < figure->training_count; i++) {
    const training_row *training = &figure->trainings[i];
    if (!train_is_repeat(training, curve->sample))
      continue;
    for (size_t e = 0; e < figure->epoch_count; e++) {
      const epoch_row *row = &figure->epochs[e];
      double value = value_of(figure, training, row);
      if (row->train_id == training->train_id && row->totals.epoch == epoch &&
          isfinite(value))
        figure->values[count++] = value;
    }
  }
  if (count)
    *band = cost_band_of(figure->values, count);
  return count;
}

static long last_epoch(const training_figure *figure,
                       const training_row *training) {
  long last = 0;
  for (size_t e = 0; e < figure->epoch_count; e++)
    if (figure->epochs[e].train_id == training->train_id &&
        figure->epochs[e].totals.epoch > last)
      last = figure->epochs[e].totals.epoch;
  return last;
}

static void add_training(training_figure *figure,
                         const training_row *training) {
  size_t i = 0;
  while (i < figure->count &&
         !train_is_repeat(figure->curves[i].sample, training))
    i++;
  if (i == figure->count)
    figure->curves[figure->count++] = (training_curve){.sample = training};
  training_curve *curve = &figure->curves[i];
  long last = last_epoch(figure, training);
  curve->runs++;
  curve->failed += strcmp(training->status, train_status_name(TRAIN_DONE)) != 0;
  curve->last = last > curve->last ? last : curve->last;
}

static void widen(training_figure *figure) {
  cost_band band;
  for (size_t i = 0; i < figure->count; i++)
    for (long epoch = 1; epoch <= figure->curves[i].last; epoch++)
      if (measure(figure, &figure->curves[i], epoch, &band)) {
        plot_widen(&figure->base.x, (double)epoch);
        plot_widen(&figure->base.y, band.low);
        plot_widen(&figure->base.y, band.high);
      }
}

/* A curve without a point is none. */
static void drop_empty(training_figure *figure) {
  size_t kept = 0;
  for (size_t i = 0; i < figure->count; i++) {
    cost_band band;
    bool any = false;
    for (long epoch = 1; !any && epoch <= figure->curves[i].last; epoch++)
      any = measure(figure, &figure->curves[i], epoch, &band) > 0;
    if (any)
      figure->curves[kept++] = figure->curves[i];
  }
  figure->count = kept;
}

/* ---------------------------------------------------------------- styles -- */

static const char *data_name(const training_figure *figure) {
  return labelling_name(figure->base.request->labels, figure->data);
}

/* Add a text, or what it is called, where the curves differ in it. */
static void add_text(short_text *to, const training_figure *figure, size_t text,
                     arg_texts labels, size_t i) {
  const char *own[TRAIN_TEXTS], *others[TRAIN_TEXTS];
  bool differs = false;
  train_texts(figure->curves[i].sample, own);
  for (size_t k = 0; k < figure->count; k++) {
    train_texts(figure->curves[k].sample, others);
    differs = differs || strcmp(own[text], others[text]) != 0;
  }
  if (differs && *own[text])
    short_text_add(to, "%s%s", to->used ? ", " : "",
                   labelling_name(labels, own[text]));
}

static void add_number(short_text *to, const training_figure *figure,
                       const char *name, double (*of)(const training_row *),
                       size_t i) {
  double own = of(figure->curves[i].sample);
  bool differs = false;
  for (size_t k = 0; k < figure->count; k++)
    differs = differs || of(figure->curves[k].sample) != own;
  if (differs)
    short_text_add(to, "%s%s %g", to->used ? ", " : "", name, own);
}

static double lambda_of(const training_row *row) {
  return row->lambda;
}

static double tolerance_of(const training_row *row) {
  return row->tolerance;
}

static double iterations_of(const training_row *row) {
  return (double)row->max_iterations;
}

static double epochs_of(const training_row *row) {
  return (double)row->epochs;
}

/* What tells the curve from the others; the solver if there are none. */
static const char *tell_apart(const training_figure *figure, size_t i,
                              arg_texts labels, char *text, size_t room) {
  short_text to = {text, 0, room};
  text[0] = '\0';
  for (size_t t = 1; t < TRAIN_TEXTS; t++)
    add_text(&to, figure, t, labels, i);
  add_number(&to, figure, "lambda", lambda_of, i);
  add_number(&to, figure, "gap", tolerance_of, i);
  add_number(&to, figure, "iterations", iterations_of, i);
  add_number(&to, figure, "epochs", epochs_of, i);
  if (!to.used)
    short_text_add(&to, "%s",
                   labelling_name(labels, figure->curves[i].sample->solver));
  return text;
}

/* Whether no two curves are of one solver, whose style they have then. */
static bool differ_in_solver(const training_figure *figure) {
  for (size_t i = 0; i < figure->count; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(figure->curves[i].sample->solver,
                 figure->curves[k].sample->solver) == 0)
        return false;
  return true;
}

static ys_code make_styles(training_figure *figure, ys_error *error) {
  ys_memory *memory = &figure->base.memory;
  solver_styles *styles = &figure->styles;
  const char *const what = "the curves of trainings";
  styles->names = ys_take(memory, figure->count, sizeof *styles->names, what);
  styles->given = ys_take(memory, figure->count, sizeof *styles->given, what);
  styles->labels = ys_take(memory, figure->count, sizeof *styles->labels, what);
  styles->styles = ys_take(memory, figure->count, sizeof *styles->styles, what);
  figure->base.keys =
      ys_take(memory, figure->count, sizeof *figure->base.keys, what);
  ys_code code = ys_memory_check(memory, error);
  if (code)
    return code;
  const bool by_solver = differ_in_solver(figure);
  for (size_t i = 0; i < figure->count; i++) {
    const arg_texts labels = figure->base.request->labels, none = {NULL, 0};
    char text[512];
    styles->names[i] = ys_take_text(
        memory, "%s", tell_apart(figure, i, none, text, sizeof text));
    tell_apart(figure, i, labels, text, sizeof text);
    if (styles->names[i] && strcmp(text, styles->names[i]) != 0)
      styles->given[i] = ys_take_text(memory, "%s", text);
    styles->styles[i] = by_solver
                            ? solver_style_of(figure->curves[i].sample->solver)
                            : solver_style_numbered(i);
  }
  styles->count = figure->count;
  code = ys_memory_check(memory, error);
  if (!code)
    solver_labels_make(styles->names, styles->given, styles->count,
                       styles->labels);
  figure->base.solvers = styles;
  for (size_t i = 0; !code && i < figure->count; i++)
    plot_add_key(&figure->base, i);
  return code;
}

/* ------------------------------------------------------------ one figure -- */

static ys_code count_figures(const plot_request *request, size_t *count,
                             ys_error *error) {
  training_figure all = {.count = 0};
  *count = 0;
  ys_code code = read_tables(&all, request->dir, false, error);
  if (!code)
    find_data(&all, (size_t)-1, count);
  discard(&all);
  *count *= TRAINING_QUANTITIES;
  return code;
}

static void set_axes(training_figure *figure) {
  plot_figure *base = &figure->base;
  base->x.low = 0;
  base->x.high = fmax(base->x.high, 1);
  if (figure->quantity == TRAINING_SECONDS && base->y.low > 0) {
    plot_round_axis(&base->y);
    return;
  }
  double room = 0.04 * (base->y.high - base->y.low);
  base->y.high += room > 0 ? room : 0.05;
  if (figure->quantity == TRAINING_ACCURACY) {
    base->y.low = fmax(0, base->y.low - fmax(room, 0.01));
    base->y.high = fmin(1, base->y.high);
  }
}

static ys_code fill(void *made, ys_error *error) {
  training_figure *figure = made;
  plot_figure *base = &figure->base;
  char slug[FILE_NAME_PROBLEM + 1];
  size_t found;
  figure->quantity = (int)(base->number % TRAINING_QUANTITIES);
  ys_code code = read_tables(figure, base->request->dir, true, error);
  if (!code)
    code = train_check_labels(base->request->labels, figure->trainings,
                              figure->training_count, error);
  if (code)
    return code;
  figure->data = find_data(figure, base->number / TRAINING_QUANTITIES, &found);
  figure->curves = ys_take(&base->memory, figure->training_count,
                           sizeof *figure->curves, "the curves of trainings");
  figure->values = ys_take_numbers(&base->memory, figure->epoch_count,
                                   "the curves of trainings");
  code = ys_memory_check(&base->memory, error);
  if (code)
    return code;
  for (size_t i = 0; i < figure->training_count; i++)
    if (strcmp(figure->trainings[i].data, figure->data) == 0)
      add_training(figure, &figure->trainings[i]);
  drop_empty(figure);
  if (!figure->count)
    return ys_fail(
        error, YS_UNSUPPORTED, "no %s of trainings on %s to draw: %s",
        figure->quantity == TRAINING_SECONDS ? "seconds" : "accuracy",
        figure->data,
        figure->quantity == TRAINING_SECONDS
            ? "no epoch was done"
            : "no epoch was done, or the data have no labels");
  widen(figure);
  set_axes(figure);
  snprintf(base->title, sizeof base->title, "%s", data_name(figure));
  file_name_of_problem(slug, figure->data);
  snprintf(base->slug, sizeof base->slug, "-%s-%s", slug,
           figure->quantity == TRAINING_SECONDS ? "seconds" : "accuracy");
  return make_styles(figure, error);
}

/* ----------------------------------------------------------------- files -- */

static const char *const quantity_names[TRAINING_QUANTITIES] = {
    "accuracy", "seconds in y-steps"};

static bool training_has_bands(const training_figure *figure) {
  for (size_t i = 0; i < figure->count; i++)
    if (figure->curves[i].runs > 1)
      return true;
  return false;
}

/* Five markers a curve, at other epochs on each, and one at its end. */
static void put_curve(FILE *out, const training_figure *figure, size_t i) {
  const training_curve *curve = &figure->curves[i];
  const long every = curve->last / 5 + 1;
  cost_band band;
  fprintf(out, "%zu trainings\n# epoch median low high marker\n", curve->runs);
  for (long epoch = 1; epoch <= curve->last; epoch++)
    if (measure(figure, curve, epoch, &band))
      fprintf(out, "%ld %.10g %.10g %.10g %d\n", epoch, band.median, band.low,
              band.high,
              epoch == curve->last || epoch % every == (long)i % every);
}

static void put_band(FILE *out, const training_figure *figure, size_t i) {
  const training_curve *curve = &figure->curves[i];
  cost_band band;
  fputs("outline of the band\n# epoch value\n", out);
  for (long epoch = 1; epoch <= curve->last; epoch++)
    if (measure(figure, curve, epoch, &band))
      fprintf(out, "%ld %.10g\n", epoch, band.low);
  for (long epoch = curve->last; epoch >= 1; epoch--)
    if (measure(figure, curve, epoch, &band))
      fprintf(out, "%ld %.10g\n", epoch, band.high);
}

static void training_write_data(FILE *out, const void *context) {
  const training_figure *figure = context;
  size_t index = 0;
  fprintf(out,
          "# %s against the epoch, trainings on %s\n"
          "# median, %d %% and %d %% quantile over seeds\n",
          quantity_names[figure->quantity], figure->data, GAP_BAND_LOW,
          GAP_BAND_HIGH);
  for (int band = 0; band <= training_has_bands(figure); band++)
    for (size_t i = 0; i < figure->count; i++, index++) {
      fprintf(out, "%s# index %zu: %s, ", index ? "\n\n" : "", index,
              figure->styles.names[i]);
      (band ? put_band : put_curve)(out, figure, i);
    }
}

static void training_write_settings(FILE *out, const void *context,
                                    bool latex) {
  const training_figure *figure = context;
  plot_put_keys(out, &figure->base, "", latex);
  plot_put_title(out, &figure->base, figure->base.title, latex);
  fprintf(out, "bands = %d\nlinear = 1; log_y = %d\n",
          training_has_bands(figure), figure->quantity == TRAINING_SECONDS);
  plot_put_axes(out, &figure->base);
  plot_put_text(out, "x_name", "epoch", latex);
  plot_put_text(out, "y_name", quantity_names[figure->quantity], latex);
}

static void training_write_caption(FILE *out, const void *context) {
  const training_figure *figure = context;
  char line[512];
  fprintf(out, "%s against the epoch, in trainings on %s.\n",
          figure->quantity == TRAINING_SECONDS
              ? "Seconds spent in y-steps so far, setting up included, without "
                "monitoring,"
              : "Accuracy",
          data_name(figure));
  if (figure->quantity == TRAINING_ACCURACY)
    fputs("Of clusters: under the best matching of clusters to classes; of a "
          "training with targets: as predicted.\n",
          out);
  if (training_has_bands(figure))
    fprintf(out,
            "Lines: medians over seeds; bands: %d %% to %d %% quantiles. "
            "Trainings:",
            GAP_BAND_LOW, GAP_BAND_HIGH);
  else
    fputs("Trainings:", out);
  for (size_t i = 0; i < figure->count; i++) {
    const training_curve *curve = &figure->curves[i];
    fprintf(out, "%s %zu of %s", i ? "," : "", curve->runs,
            solver_style_name(&figure->styles, i));
    if (curve->failed)
      fprintf(out, " (%zu not done)", curve->failed);
  }
  fputs(".\n", out);
  for (size_t i = 0; i < figure->count; i++)
    solver_style_explain(out, &figure->styles, i);
  provenance_line(figure->base.request->made, line, sizeof line);
  fprintf(out, "Measured with %ld threads on %s.\n",
          figure->curves[0].sample->threads, line);
}

const plot_kind plot_training = {
    .name = "training",
    .summary = "of `ystep train`: accuracy and y-step seconds by epoch",
    .table = "training.csv",
    .uses = PLOT_X | PLOT_Y | PLOT_LINEAR_X | PLOT_LINEAR_Y | PLOT_LEGEND |
            PLOT_LABELS,
    .script = "convergence.gp",
    .has_legend = true,
    .figure_size = sizeof(training_figure),
    .count = count_figures,
    .fill = fill,
    .discard = discard,
    .data = training_write_data,
    .caption = training_write_caption,
    .settings = training_write_settings};
