#include "checks_figure.h"

#include "figure.h"
#include "provenance.h"
#include "rundir.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double time_at(int point) {
  return (double)point / (CHECK_POINTS - 1);
}

/* F less the straight line between its values at the ends; infinite where F is,
 * or an end. */
static double departure(const double *value, int point) {
  double t = time_at(point);
  double d = value[point] - (1 - t) * value[0] - t * value[CHECK_POINTS - 1];
  return isfinite(d) ? d : INFINITY;
}

/* The largest departure of a panel, by which its curves are divided. */
static double largest_departure(const check_panel *panel) {
  double largest = 0;
  for (int curve = 0; curve < CHECK_CURVES; curve++)
    for (int point = 0; point < CHECK_POINTS; point++) {
      double d = fabs(departure(panel->value[curve], point));
      largest = d < INFINITY ? fmax(largest, d) : largest;
    }
  return largest > 0 ? largest : 1;
}

static void write_panel(FILE *out, const check_panel *panel) {
  double scale = largest_departure(panel);
  fprintf(out, "# %s: departures are divided by %.6g nats\n", panel->name,
          scale);
  for (int point = 0; point < CHECK_POINTS; point++) {
    fprintf(out, "%.2f", time_at(point));
    for (int curve = 0; curve < CHECK_CURVES; curve++)
      fprintf(out, " %.9g", departure(panel->value[curve], point) / scale);
    for (int curve = 0; curve < CHECK_CURVES; curve++)
      fprintf(out, " %.9g", panel->value[curve][point]);
    fputc('\n', out);
  }
  fputs("\n\n", out);
}

static ys_code write_data(const check_panel *panels, const char *stem,
                          ys_error *error) {
  char *path;
  if (asprintf(&path, "%s.dat", stem) < 0)
    return ys_fail_memory(error, "a file name");
  FILE *out = fopen(path, "w");
  ys_code code = YS_OK;
  if (out)
    fprintf(out,
            "# t, %d departures of F from its chord (scaled), the same %d F in "
            "nats; a block a panel\n",
            CHECK_CURVES, CHECK_CURVES);
  for (int p = 0; out && p < CHECK_PANELS; p++)
    write_panel(out, &panels[p]);
  bool failed = !out || ferror(out);
  failed = (out && fclose(out) != 0) || failed;
  if (failed)
    code = ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  free(path);
  return code;
}

static char *make_caption(const check_setting *setting,
                          const provenance *made) {
  char line[512], *caption;
  provenance_line(made, line, sizeof line);
  int length = asprintf(
      &caption,
      "The objective (strong fairness, lambda = 1, 4 rows of %s) along %d "
      "random segments of y between peaked points, less the straight line "
      "between its ends, in units of each panel's largest departure; a convex "
      "function is nowhere above 0 (an infinite one is left out). Last panel, "
      "a control: the collision loss "
      "of one row with sigma and y moving together (y = sigma), in which it "
      "is not convex. Seed %lu. %s.\n",
      setting->problem, CHECK_CURVES, setting->seed, line);
  return length < 0 ? NULL : caption;
}

static ys_code draw(const check_setting *setting, const char *dir,
                    const char *stem, const char *format, ys_error *error) {
  char settings[64];
  provenance made;
  ys_code code = provenance_read(dir, &made, error);
  if (code)
    return code;
  char *caption = make_caption(setting, &made);
  snprintf(settings, sizeof settings, "curves = %d", CHECK_CURVES);
  figure drawing = {.stem = stem,
                    .script = "segments.gp",
                    .format = format,
                    .settings = settings,
                    .caption = caption};
  code = caption ? figure_draw(&drawing, error)
                 : ys_fail_memory(error, "a caption");
  free(caption);
  provenance_free(&made);
  return code;
}

ys_code checks_draw(const check_setting *setting, const char *dir,
                    const char *format, ys_error *error) {
  check_panel panels[CHECK_PANELS];
  char *stem = rundir_file(dir, "segments");
  ys_code code = stem ? checks_segments(setting, panels, error)
                      : ys_fail_memory(error, "a file name");
  if (!code)
    code = write_data(panels, stem, error);
  if (!code)
    code = draw(setting, dir, stem, format, error);
  free(stem);
  return code;
}
