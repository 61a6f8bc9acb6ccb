#include "bench/store/commandline.h"

#include "bench/run/request.h"
#include "bench/run/run.h"

#include <stdlib.h>
#include <string.h>

void commandline_put_word(FILE *out, const char *word) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_-+=:,./@%";
  if (*word && !word[strspn(word, plain)]) {
    fputs(word, out);
    return;
  }
  fputc('\'', out);
  for (; *word; word++)
    if (*word == '\'')
      fputs("'\\''", out);
    else
      fputc(*word, out);
  fputc('\'', out);
}

static void put_option(FILE *out, const char *name, const char *value) {
  fprintf(out, " %s ", name);
  commandline_put_word(out, value);
}

/* With as many digits as give the same bits back. */
static void put_number(FILE *out, const char *name, double number) {
  char text[40];
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number)
      break;
  }
  put_option(out, name, text);
}

/* Only what differs from the default, as a person would write it. */
static void put_settings(FILE *out, const run_settings *settings) {
  if (strcmp(settings->start, "uniform") != 0)
    put_option(out, "--start", settings->start);
  if (strcmp(settings->prior, "uniform") != 0)
    put_option(out, "--prior", settings->prior);
  if (settings->tolerance != REQUEST_TOLERANCE)
    put_number(out, "--tol", settings->tolerance);
  if (settings->max_iterations < (long)REQUEST_ITERATIONS)
    fprintf(out, " --max-iter %ld", settings->max_iterations);
  if (settings->time_limit != REQUEST_SECONDS)
    put_number(out, "--time-limit", settings->time_limit);
  if (settings->trace_every != SCHEDULE_THIN)
    fprintf(out, " --trace-every %ld", settings->trace_every);
}

/* The seed is that of a random start and decides nothing else of one run. */
static bool needs_seed(const result_row *run) {
  const char *start = result_start(run);
  return !*start || strcmp(start, "random") == 0;
}

char *commandline_of_run(const result_row *run) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return NULL;
  if (result_ranks(run) > 1)
    fprintf(out, "mpirun -n %g ", result_ranks(run));
  fputs("ystep run", out);
  put_option(out, "-p", run->problem);
  put_option(out, "-s", run->solver);
  if (strcmp(run->loss, ys_loss_name(YS_COLLISION)) != 0)
    put_option(out, "--loss", run->loss);
  if (strcmp(run->fairness, ys_fairness_name(YS_STRONG)) != 0)
    put_option(out, "--fairness", run->fairness);
  put_number(out, "--lambda", run->lambda);
  if (run->settings)
    put_settings(out, run->settings);
  if (needs_seed(run))
    fprintf(out, " --seed %ld", run->seed);
  fprintf(out, " --threads %ld", run->threads);
  if (fclose(out) == 0)
    return text;
  free(text);
  return NULL;
}
