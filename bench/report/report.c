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
    "<title>ystep: ";

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

static void put_contents(FILE *out, const report *page) {
  fputs("<p class=\"screen\">", out);
  if (page->table)
    fputs("<a href=\"#overview\">Overview</a> · <a href=\"#y-steps\">Figures "
          "and tables</a> · <a href=\"#failures\">Failures</a> · ",
          out);
  if (page->checks->count)
    fputs("<a href=\"#checks\">Checks</a> · ", out);
  fputs("<a href=\"#again\">How to run it again</a></p>\n", out);
}

static ys_code put_body(FILE *out, const report *page, ys_error *error) {
  fputs("<h1>", out);
  html_put(out, page->dir);
  fputs("</h1>\n", out);
  put_contents(out, page);
  report_put_machine(out, page);
  if (page->table) {
    report_put_overview(out, page);
    report_put_ysteps(out, page);
    report_put_failures(out, page);
  }
  if (page->checks->count)
    report_put_checks(out, page);
  return report_put_commands(out, page, error);
}

ys_code report_write(FILE *out, const report *page, ys_error *error) {
  fputs(head, out);
  html_put(out, page->dir);
  fputs("</title>\n", out);
  ys_code code = put_file(out, "report.css", "style", error);
  fputs("</head>\n<body>\n", out);
  if (!code)
    code = put_body(out, page, error);
  if (!code && page->table)
    code = report_put_data(out, page, error);
  if (!code && page->table)
    code = put_file(out, "report.js", "script", error);
  fputs("</body>\n</html>\n", out);
  return code;
}
