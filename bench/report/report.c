#include "bench/report/report.h"

#include "bench/system/assets.h"
#include "bench/text/html.h"

/* No request leaves the page, not even if a name in it were taken for markup.
 */
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
    "<title>ystep: "; /* by which it is known to be ours */

/* A file of scripts/, whole, as the content of an element. */
static ys_code put_file(FILE *out, const char *name, const char *element,
                        ys_error *error) {
  FILE *in = assets_open(name);
  if (!in)
    return ys_fail(error, YS_IO,
                   "%s not found (set YSTEP_SCRIPTS to the folder of scripts)",
                   name);
  fprintf(out, "<%s>\n", element);
  for (int byte; (byte = fgetc(in)) != EOF;)
    fputc(byte, out);
  fprintf(out, "</%s>\n", element);
  fclose(in);
  return YS_OK;
}

/* ------------------------------------------------------------ sections ---- */

static bool has_runs(const report *page) {
  for (size_t i = 0; i < page->count; i++)
    if (page->parts[i].table)
      return true;
  return false;
}

static size_t count_trainings(const report *page) {
  size_t count = 0;
  for (size_t i = 0; i < page->count; i++)
    count += page->parts[i].trainings->count;
  return count;
}

static size_t count_checks(const report *page) {
  size_t count = 0;
  for (size_t i = 0; i < page->count; i++)
    count += page->parts[i].checks->count;
  return count;
}

/* "Failures (0), and steps that left the domain (30)". */
static void name_failures(const report *page, char *heading, size_t room) {
  size_t count = 0, left = 0;
  for (size_t i = 0; i < page->count; i++)
    if (page->parts[i].table)
      count += report_count_failures(&page->parts[i], &left);
  const int used = snprintf(heading, room, "Failures (%zu)", count);
  if (left)
    snprintf(heading + used, room - (size_t)used,
             ", and steps that left the domain (%zu)", left);
}

/* Where there are several directories, whose the following is. */
static void put_dir(FILE *out, const report *page, const report_part *part) {
  if (page->count < 2)
    return;
  fputs("<h3 class=\"directory\">", out);
  html_put(out, part->dir);
  fputs("</h3>\n", out);
}

static void begin_section(FILE *out, const char *id, const char *heading) {
  fprintf(out,
          "<details class=\"part\" id=\"%s\"><summary><h2>%s</h2>"
          "</summary>\n",
          id, heading);
}

static void end_section(FILE *out) {
  fputs("</details>\n", out);
}

/* The sections that stay as they are unless opened. */
typedef struct section {
  const char *id;
  void (*put)(FILE *out, const report_part *part);
  bool of_runs; /* of directories with runs only */
} section;

static void put_section(FILE *out, const report *page, const section *of,
                        const char *heading) {
  begin_section(out, of->id, heading);
  for (size_t i = 0; i < page->count; i++) {
    if (of->of_runs && !page->parts[i].table)
      continue;
    put_dir(out, page, &page->parts[i]);
    of->put(out, &page->parts[i]);
  }
  end_section(out);
}

static void put_contents(FILE *out, const report *page) {
  fputs("<nav class=\"bar\"><span class=\"contents\">", out);
  if (has_runs(page))
    fputs("<a href=\"#overview\">Overview</a> <a href=\"#figures\">Figures</a> "
          "<a href=\"#y-steps\">Y-steps</a> ",
          out);
  if (count_trainings(page))
    fputs("<a href=\"#trainings\">Trainings</a> ", out);
  if (has_runs(page))
    fputs("<a href=\"#failures\">Failures</a> ", out);
  if (count_checks(page))
    fputs("<a href=\"#checks\">Checks</a> ", out);
  fputs("<a href=\"#machine\">Machine</a> <a href=\"#again\">Commands</a>"
        "</span><span id=\"controls\"></span></nav>\n",
        out);
}

static ys_code put_overview(FILE *out, const report *page, ys_error *error) {
  ys_code code = YS_OK;
  html_put_heading(out, "overview", "Overview");
  for (size_t i = 0; !code && i < page->count; i++) {
    const report_part *part = &page->parts[i];
    if (!part->table)
      continue;
    put_dir(out, page, part);
    report_put_statuses(out, part);
    code = report_put_ranking(out, part, error);
    report_put_firsts(out, part);
  }
  return code;
}

static void put_figures(FILE *out) {
  html_put_heading(out, "figures", "Figures over all y-steps");
  fputs("<noscript><p>The figures need JavaScript; the tables do "
        "not.</p></noscript>\n"
        "<div class=\"figures\" id=\"over-all\"></div>\n",
        out);
}

static void put_ysteps(FILE *out, const report *page) {
  html_put_heading(out, "y-steps", "Y-steps");
  fprintf(out,
          "<p class=\"faint\">The gap is a certified bound on F(y) - F*, in "
          "nats, computed from the data and the iterate alone. Seconds are the "
          "solver's own, without set-up and monitoring. Lines and figures are "
          "medians over runs of when a run was first recorded within a gap; a "
          "run that never was counts as infinitely late. Noise: from the least "
          "to the most seconds an iteration over repeats, in per cent of the "
          "median. Bands: %d %% to %d %% "
          "quantiles. <span class=\"screen\">Drag over a figure to zoom in, "
          "double-click for the whole; point at a line for its "
          "values.</span></p>\n",
          GAP_BAND_LOW, GAP_BAND_HIGH);
  for (size_t i = 0; i < page->count; i++) {
    if (!page->parts[i].table)
      continue;
    put_dir(out, page, &page->parts[i]);
    report_put_ysteps(out, &page->parts[i]);
  }
}

static ys_code put_commands(FILE *out, const report *page, ys_error *error) {
  ys_code code = YS_OK;
  begin_section(out, "again", "How to run it again");
  fputs("<p>The whole of it: the command under Machine, in a folder from which "
        "the same files are found. The same seed gives the same iterates to "
        "the bit, on any number of threads; a run that ended by a time limit "
        "may end at another iteration.</p>\n",
        out);
  for (size_t i = 0; !code && i < page->count; i++) {
    put_dir(out, page, &page->parts[i]);
    code = report_put_commands(out, &page->parts[i], error);
  }
  end_section(out);
  return code;
}

static ys_code put_body(FILE *out, const report *page, ys_error *error) {
  char heading[128];
  ys_code code = YS_OK;
  fputs("<h1>", out);
  html_put(out, page->title);
  fputs("</h1>\n", out);
  put_contents(out, page);
  if (has_runs(page)) {
    code = put_overview(out, page, error);
    put_figures(out);
    put_ysteps(out, page);
  }
  if (count_trainings(page)) {
    html_put_heading(out, "trainings", "Trainings");
    for (size_t i = 0; i < page->count; i++) {
      put_dir(out, page, &page->parts[i]);
      report_put_trainings(out, &page->parts[i]);
    }
  }
  if (has_runs(page)) {
    name_failures(page, heading, sizeof heading);
    put_section(out, page, &(section){"failures", report_put_failures, true},
                heading);
  }
  if (count_checks(page))
    put_section(out, page, &(section){"checks", report_put_checks, false},
                "Checks");
  put_section(out, page, &(section){"machine", report_put_machine, false},
              "What was run, and where");
  return code ? code : put_commands(out, page, error);
}

ys_code report_write(FILE *out, const report *page, ys_error *error) {
  const bool drawn = has_runs(page) || count_trainings(page);
  fputs(head, out);
  html_put(out, page->title);
  fputs("</title>\n", out);
  ys_code code = put_file(out, "report.css", "style", error);
  fputs("</head>\n<body>\n", out);
  if (!code)
    code = put_body(out, page, error);
  if (!code && drawn)
    code = report_put_data(out, page, error);
  if (!code && drawn)
    code = put_file(out, "report.js", "script", error);
  fputs("</body>\n</html>\n", out);
  return code;
}
