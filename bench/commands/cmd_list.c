#include "bench/commands/commands.h"

#include "bench/text/exact_json.h"
#include "problems/problem.h"
#include "problems/vector/array.h"
#include "solvers/solver.h"
#include "training/dataset.h"
#include "training/network.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every list is made as JSON first; the text is printed from that. */

static json_t *option_json(const ys_option *option) {
  static const char *const types[] = {"real",         "integer", "word",
                                      "real or word", "text",    "text"};
  json_t *entry =
      json_pack("{s:s, s:s, s:s?, s:s?, s:s}", "name", option->name, "type",
                types[option->type], "default", option->fallback, "words",
                option->words, "help", option->help);
  if (option->type != YS_WORD && option->type != YS_TEXT &&
      option->type != YS_NAME) {
    json_object_set_new(entry, "low", json_real(option->low));
    json_object_set_new(entry, "high", json_real(option->high));
  }
  return entry;
}

static json_t *entry_json(const char *name, const char *summary,
                          const ys_option *table) {
  json_t *list = json_array();
  for (; table && table->name; table++)
    json_array_append_new(list, option_json(table));
  return json_pack("{s:s, s:s, s:o}", "name", name, "summary", summary,
                   "options", list);
}

/* "loss/fairness" pairs that the solver serves with its default options. */
static json_t *served_pairs(const ys_solver *solver) {
  json_t *list = json_array();
  double sigma[2] = {0.5, 0.5}, prior[2] = {0.5, 0.5};
  ys_batch batch = {.rows = 1, .classes = 2, .sigma = sigma};
  ys_options defaults;
  if (solver->missing ||
      ys_options_parse(solver->name, solver->options, NULL, &defaults, NULL))
    return list;
  for (int l = 0; l < YS_LOSSES; l++)
    for (int f = 0; f < YS_FAIRNESSES; f++) {
      ys_objective objective = {&batch, (ys_loss)l, (ys_fairness)f,
                                1,      prior,      1};
      if (!solver->supports ||
          solver->supports(&objective, &defaults, NULL) == YS_OK)
        json_array_append_new(list,
                              json_sprintf("%s/%s", ys_loss_name((ys_loss)l),
                                           ys_fairness_name((ys_fairness)f)));
    }
  ys_options_free(&defaults);
  return list;
}

/* Each gives the i-th entry of its list; NULL behind the last. */

static json_t *solver_json(size_t i) {
  const ys_solver *s = ys_solvers[i];
  if (!s)
    return NULL;
  json_t *entry = entry_json(s->name, s->summary, s->options);
  json_object_set_new(entry, "built", json_boolean(!s->missing));
  if (s->missing)
    json_object_set_new(entry, "missing", json_string(s->missing));
  json_object_set_new(entry, "serves", served_pairs(s));
  return entry;
}

static json_t *problem_json(size_t i) {
  const ys_problem *p = ys_problems[i];
  return p ? entry_json(p->name, p->summary, p->options) : NULL;
}

static json_t *loss_json(size_t i) {
  const ys_loss loss = (ys_loss)i;
  return i < YS_LOSSES
             ? entry_json(ys_loss_name(loss), ys_loss_formula(loss), NULL)
             : NULL;
}

static json_t *fairness_json(size_t i) {
  const ys_fairness term = (ys_fairness)i;
  return i < YS_FAIRNESSES ? entry_json(ys_fairness_name(term),
                                        ys_fairness_formula(term), NULL)
                           : NULL;
}

static json_t *data_json(size_t i) {
  const ys_data *d = ys_datas[i];
  return d ? entry_json(d->name, d->summary, d->options) : NULL;
}

static json_t *classifier_json(size_t i) {
  const ys_classifier *c = ys_classifiers[i];
  return c ? entry_json(c->name, c->summary, c->options) : NULL;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void print_option(FILE *out, const json_t *option) {
  const char *fallback = text_of(option, "default");
  const char *words = text_of(option, "words");
  fprintf(out, "    %s=%s  %s", text_of(option, "name"), fallback,
          text_of(option, "help"));
  if (json_object_get(option, "low"))
    fprintf(out, " [%g, %g]", json_real_value(json_object_get(option, "low")),
            json_real_value(json_object_get(option, "high")));
  if (words[0])
    fprintf(out, " {%s}", words);
  fprintf(out, "%s\n",
          json_is_string(json_object_get(option, "default")) ? ""
                                                             : " (required)");
}

static void print_list(FILE *out, const json_t *list) {
  size_t i, o;
  json_t *entry, *option, *pair;
  json_array_foreach(list, i, entry) {
    fprintf(out, "%-12s%s\n", text_of(entry, "name"),
            text_of(entry, "summary"));
    if (json_object_get(entry, "missing"))
      fprintf(out, "    not built: install %s and build again\n",
              text_of(entry, "missing"));
    if (json_array_size(json_object_get(entry, "serves"))) {
      fprintf(out, "    serves");
      json_array_foreach(json_object_get(entry, "serves"), o, pair)
          fprintf(out, " %s", json_string_value(pair));
      fprintf(out, "\n");
    }
    json_array_foreach(json_object_get(entry, "options"), o, option)
        print_option(out, option);
  }
}

static const struct {
  const char *name;
  json_t *(*entry)(size_t i);
} lists[] = {{"solvers", solver_json}, {"problems", problem_json},
             {"losses", loss_json},    {"fairness", fairness_json},
             {"data", data_json},      {"classifiers", classifier_json}};

/* The entries that are named behind the list, in that order, in place of all.
 */
static ys_code pick(const command_line *line, json_t **made, ys_error *error) {
  const size_t count = json_array_size(*made);
  const char **names = ys_array(count, sizeof *names);
  json_t *some = json_array();
  ys_code code = names && some ? YS_OK : ys_fail_memory(error, "the list");
  for (size_t i = 0; !code && i < count; i++)
    names[i] = text_of(json_array_get(*made, i), "name");
  for (size_t w = 1, found; !code && w < line->word_count; w++) {
    code = ys_look_up("entry", (ys_names){names, sizeof *names, count},
                      line->words[w], ys_spec_name_length(line->words[w]), NULL,
                      &found, error);
    if (!code)
      json_array_append(some, json_array_get(*made, found));
  }
  free(names);
  json_decref(code ? some : *made);
  if (!code)
    *made = some;
  return code;
}

static const char *const formats[] = {"text", "json"};

static ys_code write_list(const command_line *line, const json_t *made,
                          ys_error *error) {
  ys_output output;
  size_t format;
  ys_code code = command_find_format(line, YS_NAMES(formats), &format, error);
  if (!code)
    code = command_open_output(line, &output, error);
  if (code)
    return code;
  if (format || args_given(line->args, "json")) {
    exact_json_put(output.file, made);
    fputc('\n', output.file);
  } else {
    print_list(output.file, made);
  }
  return ys_output_finish(&output, error);
}

static ys_code list(command_line *line, ys_error *error) {
  const char *what = line->words[0];
  size_t which;
  ys_code code = ys_look_up("list", YS_NAMES(lists), what, strlen(what), NULL,
                            &which, error);
  if (code)
    return code;
  json_t *made = json_array(), *entry;
  for (size_t i = 0; (entry = lists[which].entry(i)); i++)
    json_array_append_new(made, entry);
  if (line->word_count > 1)
    code = pick(line, &made, error);
  if (!code)
    code = write_list(line, made, error);
  json_decref(made);
  return code;
}

static void offer_words(int count, char **words, command_offer *offer) {
  const char *word = words[count];
  json_t *entry;
  for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
    if (count == 0)
      offer(word, lists[l].name, NULL);
    else if (strcmp(words[0], lists[l].name) == 0)
      for (size_t i = 0; (entry = lists[l].entry(i)); i++) {
        offer(word, text_of(entry, "name"), text_of(entry, "summary"));
        json_decref(entry);
      }
}

static const arg_option options[] = {
    {"format", 0, ARG_ONE, "text",
     "FORMAT  %s (default) or json; by the ending of FILE"},
    {"json", 0, ARG_FLAG, NULL, "  the same as --format json"},
    {"output", 'o', ARG_ONE, NULL, "FILE  default: standard output"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing FILE"},
    {0}};

const command_spec cmd_list = {
    .name = "list",
    .summary = "what there is to run: solvers, problems, losses, fairness",
    .usage = "ystep list solvers|problems|losses|fairness|data|classifiers\n"
             "                  [NAME...] [options]",
    .about = "What there is to run, with every option, its default and range:\n"
             "all of a list, or the entries named.",
    .examples = "  ystep list solvers\n  ystep list solvers exact em\n"
                "  ystep list problems --format json\n",
    .options = options,
    .least_words = 1,
    .most_words = 64,
    .missing_words = "list needs one of solvers, problems, losses, fairness, "
                     "data, classifiers",
    .run = list,
    .complete_word = offer_words,
};
