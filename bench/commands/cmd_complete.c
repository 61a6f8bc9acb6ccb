/* What a shell offers while a command is typed: `ystep complete WORD...`, the
 * last word being the one at the cursor, prints a candidate a line, a tab and
 * what it is; ":files" stands for the names of files. From the tables alone, so
 * that nothing is offered which is refused. */
#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/figures/figure.h"
#include "bench/figures/plot.h"
#include "problems/problem.h"
#include "solvers/solver.h"
#include "training/dataset.h"
#include "training/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void offer(const char *word, const char *candidate, const char *help) {
  if (strncmp(word, candidate, strlen(word)) == 0)
    printf("%s\t%s\n", candidate, help ? help : "");
}

/* ------------------------------------------------ specs and their options - */

/* An entry of ys_solvers, ys_problems, ...: they all begin alike. */
typedef struct named {
  const char *name, *summary;
  const ys_option *options;
} named;

static named solver_at(size_t i) {
  const ys_solver *s = ys_solvers[i];
  return s ? (named){s->name, s->summary, s->options} : (named){0};
}
static named problem_at(size_t i) {
  const ys_problem *p = ys_problems[i];
  return p ? (named){p->name, p->summary, p->options} : (named){0};
}
static named data_at(size_t i) {
  const ys_data *d = ys_datas[i];
  return d ? (named){d->name, d->summary, d->options} : (named){0};
}
static named classifier_at(size_t i) {
  const ys_classifier *c = ys_classifiers[i];
  return c ? (named){c->name, c->summary, c->options} : (named){0};
}
static named loss_at(size_t i) {
  return i < YS_LOSSES ? (named){ys_loss_name((ys_loss)i),
                                 ys_loss_formula((ys_loss)i), NULL}
                       : (named){0};
}
static named fairness_at(size_t i) {
  return i < YS_FAIRNESSES ? (named){ys_fairness_name((ys_fairness)i),
                                     ys_fairness_formula((ys_fairness)i), NULL}
                           : (named){0};
}
static named kind_at(size_t i) {
  const plot_kind *k = plot_kinds[i];
  return k ? (named){k->name, k->summary, NULL} : (named){0};
}

/* "pgd:step=" of "pgd:s"; the words of an option that has some. */
static void offer_keys(const char *word, const ys_option *table) {
  const char *begin = strchr(word, ':') + 1;
  for (size_t length; begin[length = ys_option_length(begin)]; begin += length)
    length++;
  const char *equals = strchr(begin, '=');
  char text[512];
  for (; table && table->name; table++) {
    const size_t name = strlen(table->name);
    if (!equals) {
      snprintf(text, sizeof text, "%.*s%s=", (int)(begin - word), word,
               table->name);
      offer(word, text, table->help);
    } else if (table->words && (size_t)(equals - begin) == name &&
               strncmp(begin, table->name, name) == 0) {
      for (const char *w = table->words; *w; w += *w == '|') {
        const size_t length = strcspn(w, "|");
        snprintf(text, sizeof text, "%.*s%.*s", (int)(equals + 1 - word), word,
                 (int)length, w);
        offer(word, text, table->help);
        w += length;
      }
    }
  }
}

static void offer_named(const char *word, named (*at)(size_t i)) {
  named entry;
  const size_t length = ys_spec_name_length(word);
  for (size_t i = 0; (entry = at(i)).name; i++)
    if (word[length] != ':')
      offer(word, entry.name, entry.summary);
    else if (strlen(entry.name) == length &&
             strncmp(word, entry.name, length) == 0)
      offer_keys(word, entry.options);
}

/* ------------------------------------------------------ values of options - */

/* What the values of an option are, whichever command has it. */
static const struct {
  const char *option;
  named (*at)(size_t i);
  const char *words[12];
} values[] = {
    {"solver", solver_at, {NULL}},
    {"unit", solver_at, {NULL}},
    {"problem", problem_at, {NULL}},
    {"data", data_at, {NULL}},
    {"classifier", classifier_at, {NULL}},
    {"loss", loss_at, {NULL}},
    {"fairness", fairness_at, {NULL}},
    {"kind", kind_at, {NULL}},
    {"x", NULL, {"time", "iteration", NULL}},
    {"preset", NULL, {"column", "slide", NULL}},
    {"start", NULL, {"uniform", "sigma", "random", "warm", NULL}},
    {"dtype", NULL, {"float64", "float32", NULL}},
    {"ystep", NULL, {"epoch", "batch", NULL}},
    {"optimiser", NULL, {"adam", "sgd", NULL}},
};

/* Words that the help text lists: "md (default), csv or tex". */
static void offer_listed(const char *word, const char *help) {
  const char *end = strchr(help, ';');
  char text[64];
  for (const char *c = help; *c && (!end || c < end);) {
    const size_t length = strspn(c, "abcdefghijklmnopqrstuvwxyz");
    snprintf(text, sizeof text, "%.*s", (int)length, c);
    if (length && c[-1] != '(' && strcmp(text, "or") != 0)
      offer(word, text, NULL);
    c += length;
    c += strcspn(c, ", ");
    c += strspn(c, ", ");
  }
}

static void offer_values(const char *word, const arg *of, bool takes_all) {
  const arg_option *option = &of->option;
  char help[ARGS_HELP_ROOM];
  const char *what = strstr(args_help(of, help), "  ");
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(values[i].option, option->name) == 0) {
      if (values[i].at)
        offer_named(word, values[i].at);
      for (const char *const *w = values[i].words; *w; w++)
        offer(word, *w, NULL);
      if (strcmp(option->name, "solver") == 0 && takes_all)
        offer(word, "all", "every solver that serves what is asked for");
      return;
    }
  if (strcmp(option->name, "format") == 0 && what) {
    const char *list = strstr(what, "figure: ");
    offer_listed(word, list ? list + strlen("figure: ") : what + 2);
  } else if (option->fallback && option->fallback[0])
    offer(word, option->fallback, what ? what + 2 : NULL);
  else
    printf(":files\n");
}

/* ----------------------------------------------------------- the command -- */

static const arg *find_option(const arg *args, const char *word) {
  for (; args->option.name; args++)
    if (word[1] == '-' ? strcmp(word + 2, args->option.name) == 0
                       : word[1] == args->option.letter && !word[2])
      return args;
  return NULL;
}

/* The option that the last word is a value of; NULL: of none. */
static const arg *option_of(const arg *args, int count, char **words) {
  const arg *found = NULL;
  for (int i = 1; i + 1 < count; i++)
    if (words[i][0] == '-' && words[i][1])
      found = find_option(args, words[i]);
    else if (found && found->option.kind != ARG_MANY)
      found = NULL;
  return found && found->option.kind != ARG_FLAG ? found : NULL;
}

static void offer_options(const char *word, const arg *args) {
  char name[64], help[ARGS_HELP_ROOM];
  for (; args->option.name; args++) {
    const char *what = strstr(args_help(args, help), "  ");
    snprintf(name, sizeof name, "--%s", args->option.name);
    offer(word, name, what ? what + 2 : NULL);
  }
}

static void complete(const command_spec *of, const arg *args, int count,
                     char **words) {
  const char *word = words[count - 1];
  const arg *option = option_of(args, count, words);
  if (word[0] == '-')
    offer_options(word, args);
  else if (option)
    offer_values(word, option, of == &cmd_run);
  else if (of->complete_word)
    of->complete_word(count - 2, words + 1, offer);
  else
    printf(":files\n");
}

int cmd_complete(int count, char **words) {
  size_t which;
  if (count < 1)
    return EXIT_BAD_INPUT;
  if (count == 1) {
    for (size_t i = 0; command_table[i]; i++)
      offer(words[0], command_table[i]->name, command_table[i]->summary);
    offer(words[0], "--help", "the commands");
    offer(words[0], "--version", "what this program is");
    return EXIT_DONE;
  }
  if (!ys_names_find(YS_NAMES_TO_NULL(command_table), words[0],
                     strlen(words[0]), &which))
    return EXIT_DONE;
  arg *args = args_make(command_table[which]->options);
  if (args)
    complete(command_table[which], args, count, words);
  args_free(args);
  return EXIT_DONE;
}
