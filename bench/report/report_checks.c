#include "bench/report/report.h"
#include "bench/text/numbers.h"

#include <string.h>

static void put_check(FILE *out, const check_row *row) {
  char worst[NUMBER_ROOM], tolerance[NUMBER_ROOM], samples[NUMBER_ROOM];
  bool is_good = strcmp(row->verdict, "ok") == 0;
  fprintf(out, "<tr class=\"%s\">", is_good ? "" : "bad");
  report_put_cell(out, "", row->check);
  report_put_cell(out, "", row->problem);
  report_put_cell(out, "", row->loss);
  report_put_cell(out, "", row->fairness);
  report_put_cell(out, "number", text_count(samples, (double)row->samples));
  report_put_cell(out, "number", text_gap(worst, row->worst));
  report_put_cell(out, "number", text_gap(tolerance, row->tolerance));
  report_put_cell(out, "", row->expected);
  report_put_cell(out, "", row->observed);
  report_put_cell(out, "", row->verdict);
  fputs("</tr>\n", out);
}

void report_put_checks(FILE *out, const report *page) {
  const check_table *checks = page->checks;
  size_t bad = 0;
  for (size_t i = 0; i < checks->count; i++)
    bad += strcmp(checks->rows[i].verdict, "ok") != 0;
  report_put_title(out, "checks", "Checks");
  fprintf(out,
          "<p>%zu checks, %zu not as expected. A negative control is expected "
          "to be violated, and shows that the check is able to fail.</p>\n"
          "<div class=\"scroll\"><table>\n<thead><tr><th>check</th>"
          "<th>problem</th><th>loss</th><th>fairness</th>"
          "<th class=\"number\">samples</th><th class=\"number\">worst</th>"
          "<th class=\"number\">tolerance</th><th>expected</th>"
          "<th>observed</th><th>verdict</th></tr></thead>\n<tbody>\n",
          checks->count, bad);
  for (size_t i = 0; i < checks->count; i++)
    put_check(out, &checks->rows[i]);
  fputs("</tbody></table></div>\n", out);
}
