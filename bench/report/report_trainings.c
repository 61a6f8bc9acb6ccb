#include "bench/analysis/labelling.h"
#include "bench/report/report.h"
#include "bench/text/html.h"
#include "bench/text/numbers.h"

#include <math.h>

static void put_share(FILE *out, double share) {
  char text[NUMBER_ROOM];
  snprintf(text, sizeof text, isnan(share) ? "-" : "%.3f", share);
  html_put_cell(out, "number", text);
}

static double total_seconds(const train_totals *of) {
  return of->ystep_seconds + of->step_seconds + of->predict_seconds;
}

static void put_row(FILE *out, const training_row *row, arg_texts labels) {
  char text[NUMBER_ROOM];
  const train_totals *of = &row->totals;
  fprintf(out, "<tr><td class=\"number\">%ld</td>", row->train_id);
  html_put_cell(out, "", labelling_name(labels, row->data));
  html_put_cell(out, "", labelling_name(labels, row->classifier));
  html_put_cell(out, "", row->loss);
  html_put_cell(
      out, "solver",
      labelling_name(labels, row->targets[0] ? row->targets : row->solver));
  html_put_cell(out, "number", text_seconds(text, row->lambda));
  html_put_cell(out, "number", text_count(text, (double)row->seed));
  html_put_cell(out, "", row->status);
  html_put_cell(out, "number", text_count(text, (double)of->epoch));
  put_share(out, row->scores.accuracy);
  put_share(out, row->scores.nmi);
  put_share(out, row->scores.ari);
  html_put_cell(out, "number", text_seconds(text, total_seconds(of)));
  html_put_cell(out, "number", text_seconds(text, of->ystep_seconds));
  html_put_cell(out, "message", row->message);
  fputs("</tr>\n", out);
}

void report_put_trainings(FILE *out, const report_part *part) {
  const training_table *trainings = part->trainings;
  static const char *const texts[] = {"data", "classifier", "loss", "y-step"};
  static const char *const scores[] = {"accuracy", "NMI", "ARI", "seconds",
                                       "in y-steps"};
  if (!trainings->count)
    return;
  report_begin_table(out);
  report_put_head(out, "number", "training");
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    report_put_head(out, "", texts[i]);
  report_put_head(out, "number", "lambda");
  report_put_head(out, "number", "seed");
  report_put_head(out, "", "status");
  report_put_head(out, "number", "epochs");
  for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
    report_put_head(out, "number", scores[i]);
  report_put_head(out, "", "message");
  fputs("</tr></thead>\n<tbody>\n", out);
  for (size_t i = 0; i < trainings->count; i++)
    put_row(out, &trainings->rows[i], part->labels);
  report_end_table(out);
}
