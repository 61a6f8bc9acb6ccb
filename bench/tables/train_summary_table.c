#include "bench/tables/tables.h"

#include "bench/analysis/labelling.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"

#include <math.h>
#include <string.h>

/* "images:path=a/b/digits.npy,labels=..." is "digits" in a table to be read. */
static void put_data(FILE *out, const char *data) {
  const char *path = strncmp(data, "images:path=", 12) == 0 ? data + 12 : NULL;
  char text[256];
  if (!path) {
    cell_put_markdown(out, data);
    return;
  }
  size_t length = strcspn(path, ",");
  const char *name = path;
  for (const char *p = path; p < path + length; p++)
    if (*p == '/')
      name = p + 1;
  length -= (size_t)(name - path);
  if (length > 4 && strncmp(name + length - 4, ".npy", 4) == 0)
    length -= 4;
  snprintf(text, sizeof text, "%.*s", (int)length, name);
  cell_put_markdown(out, text);
}

static void put_spread(FILE *out, spread s) {
  if (isnan(s.mean))
    fputs(" - |", out);
  else
    fprintf(out, " %.3f ± %.3f |", s.mean, s.deviation);
}

static void put_row(FILE *out, const train_group *g, arg_texts labels,
                    bool settings) {
  const training_row *r = g->sample;
  const char *data = labelling_name(labels, r->data);
  fputs("| ", out);
  if (data == r->data)
    put_data(out, data);
  else
    cell_put_markdown(out, data);
  fputs(" |", out);
  table_put_markdown(out, " ", labelling_name(labels, r->classifier), " |");
  table_put_markdown(out, " ", labelling_name(labels, r->loss), " |");
  if (r->targets[0])
    table_put_markdown(out, " labels: ", r->targets, " |");
  else
    table_put_markdown(out, " ", labelling_name(labels, r->solver), " |");
  if (!r->targets[0] && r->solver[0])
    fprintf(out, " %g |", r->lambda);
  else
    fputs(" |", out);
  if (r->totals.ysteps)
    fprintf(out, " %.0e, %ld |", r->tolerance, r->max_iterations);
  else
    fputs(" |", out);
  fprintf(out, " %zu |", g->trainings - g->failed);
  for (int i = TRAIN_ACCURACY; i <= TRAIN_ARI; i++)
    put_spread(out, g->of[i]);
  fprintf(out, " %.3g | %.1f %% | %.3g |", g->of[TRAIN_SECONDS].mean,
          100 * g->of[TRAIN_SHARE].mean, g->of[TRAIN_ITERATIONS].mean);
  if (settings)
    table_put_markdown(out, " ", r->settings, " |");
  putc('\n', out);
}

/* Whether trainings differ in more than the other columns say. */
static bool have_settings(const train_summary *s) {
  for (size_t i = 1; i < s->groups; i++)
    if (s->group[i].sample->settings[0] && s->group[0].sample->settings[0] &&
        strcmp(s->group[i].sample->settings, s->group[0].sample->settings) != 0)
      return true;
  return false;
}

void train_summary_markdown(FILE *out, const train_summary *summary,
                            arg_texts labels) {
  bool settings = have_settings(summary);
  fprintf(out,
          "| data | classifier | loss | y-step | lambda | gap, most iterations "
          "| trainings | accuracy | NMI | ARI | seconds | in y-steps | "
          "iterations a y-step |%s\n"
          "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | "
          "---: | ---: | ---: |%s\n",
          settings ? " settings |" : "", settings ? " --- |" : "");
  for (size_t i = 0; i < summary->groups; i++)
    put_row(out, &summary->group[i], labels, settings);
}

/* The columns of a group, in the order of `columns` below. */
static void put_texts(FILE *out, const training_row *r, bool tabs) {
  const char *texts[TRAIN_TEXTS];
  train_texts(r, texts);
  for (size_t t = 0; t < TRAIN_TEXTS; t++) {
    if (tabs)
      fprintf(out, "%s\t", texts[t]);
    else
      table_put_csv(out, texts[t], ",");
  }
}

/* Nothing for a number that there is not. */
static void put_number(FILE *out, double number, char separator) {
  char text[NUMBER_ROOM];
  if (!isnan(number))
    fputs(text_exact(text, number), out);
  putc(separator, out);
}

static void put_numbers(FILE *out, const train_group *g, char separator) {
  const training_row *r = g->sample;
  const double plain[] = {
      r->lambda,         r->tolerance,         (double)r->max_iterations,
      (double)r->epochs, (double)g->trainings, (double)g->failed};
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
    put_number(out, plain[i], separator);
  for (const spread *of = g->of; of < g->of + TRAIN_ITERATIONS; of++) {
    put_number(out, of->mean, separator);
    put_number(out, of->deviation, separator);
    put_number(out, of->least, separator);
    put_number(out, of->most, separator);
  }
  put_number(out, g->of[TRAIN_ITERATIONS].mean, '\n');
}

static void write_table(FILE *out, const train_summary *summary, bool tabs) {
  static const char columns[] =
      "data,classifier,loss,fairness,solver,targets,settings,lambda,"
      "tolerance,"
      "max_iterations,epochs,trainings,failed,"
      "accuracy,accuracy_sd,accuracy_least,accuracy_most,"
      "nmi,nmi_sd,nmi_least,nmi_most,ari,ari_sd,ari_least,ari_most,"
      "seconds,seconds_sd,seconds_least,seconds_most,"
      "share,share_sd,share_least,share_most,iterations\n";
  for (const char *c = columns; *c; c++)
    putc(tabs && *c == ',' ? '\t' : *c, out);
  for (size_t i = 0; i < summary->groups; i++) {
    put_texts(out, summary->group[i].sample, tabs);
    put_numbers(out, &summary->group[i], tabs ? '\t' : ',');
  }
}

void train_summary_csv(FILE *out, const train_summary *summary) {
  write_table(out, summary, false);
}

void train_summary_tsv(FILE *out, const train_summary *summary) {
  write_table(out, summary, true);
}
