#include "library/settings.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ numbers ---- */

static const struct {
  const char *name;
  size_t offset;
  double fallback, low, high;
  bool whole;
  bool own; /* each rank may have its own */
} numbers[] = {
#define NUMBER(name) #name, offsetof(ys_settings, name)
    {NUMBER(lambda), 1, 0, 1e300, false, false},
    {NUMBER(tolerance), 1e-6, 0, 1e300, false, false},
    {NUMBER(threads), 0, 0, 1024, true, true},
    {NUMBER(time_limit), INFINITY, 0, INFINITY, false, true},
    {NUMBER(max_iterations), 1e15, 0, 1e15, true, false},
    {NUMBER(mix), 0, 0, 1, false, false},
    {NUMBER(logits), 0, 0, 1, true, false},
#undef NUMBER
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static double *number_at(ys_settings *settings, size_t i) {
  return (double *)((char *)settings + numbers[i].offset);
}

double ys_settings_get(const ys_settings *settings, const char *name) {
  size_t i;
  double value = NAN;
  if (ys_names_find(YS_NAMES(numbers), name, strlen(name), &i))
    memcpy(&value, (const char *)settings + numbers[i].offset, sizeof value);
  return value;
}

ys_code ys_settings_number(ys_settings *settings, const char *name,
                           double value, ys_error *error) {
  size_t i;
  ys_code code = ys_look_up("setting of a number", YS_NAMES(numbers), name,
                            strlen(name), NULL, &i, error);
  if (code)
    return code;
  const bool is_one = value >= numbers[i].low && value <= numbers[i].high &&
                      (!numbers[i].whole || value == floor(value));
  if (!is_one)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s is %g; expected a %snumber from %g to %g", name, value,
                   numbers[i].whole ? "whole " : "", numbers[i].low,
                   numbers[i].high);
  settings->edition += *number_at(settings, i) != value;
  *number_at(settings, i) = value;
  return YS_OK;
}

/* -------------------------------------------------------------- texts ---- */

static ys_code look_up(const char *what, ys_names words, const char *text,
                       size_t *found, ys_error *error) {
  return ys_look_up(what, words, text, strlen(text), NULL, found, error);
}

static ys_code set_loss(ys_settings *settings, const char *text,
                        ys_error *error) {
  const char *names[YS_LOSSES];
  size_t i = 0;
  for (size_t l = 0; l < YS_LOSSES; l++)
    names[l] = ys_loss_name((ys_loss)l);
  ys_code code = look_up("loss", YS_NAMES(names), text, &i, error);
  if (code)
    return code;
  settings->edition += settings->loss != (ys_loss)i;
  settings->loss = (ys_loss)i;
  return YS_OK;
}

static ys_code set_fairness(ys_settings *settings, const char *text,
                            ys_error *error) {
  const char *names[YS_FAIRNESSES];
  size_t i = 0;
  for (size_t f = 0; f < YS_FAIRNESSES; f++)
    names[f] = ys_fairness_name((ys_fairness)f);
  ys_code code = look_up("fairness", YS_NAMES(names), text, &i, error);
  if (code)
    return code;
  settings->edition += settings->fairness != (ys_fairness)i;
  settings->fairness = (ys_fairness)i;
  return YS_OK;
}

static const char *const starts[] = {"uniform", "sigma", "given"};

static ys_code set_start(ys_settings *settings, const char *text,
                         ys_error *error) {
  size_t i = 0;
  ys_code code = look_up("start", YS_NAMES(starts), text, &i, error);
  if (!code)
    settings->start = (ys_start)i;
  return code;
}

/* Whether options of one solver are the same. */
static bool are_same(const ys_options *a, const ys_options *b) {
  for (size_t i = 0; a->table[i].name; i++)
    if (strcmp(a->value[i].text, b->value[i].text) != 0)
      return false;
  return true;
}

static ys_code set_solver(ys_settings *settings, const char *text,
                          ys_error *error) {
  const ys_solver *solver;
  ys_options options;
  ys_code code = ys_solver_parse(text, &solver, &options, error);
  if (code)
    return code;
  settings->edition +=
      settings->solver != solver || !are_same(&settings->options, &options);
  ys_options_free(&settings->options);
  settings->solver = solver;
  settings->options = options;
  return YS_OK;
}

static const struct {
  const char *name;
  ys_code (*set)(ys_settings *settings, const char *text, ys_error *error);
} texts[] = {
    {"loss", set_loss},
    {"fairness", set_fairness},
    {"start", set_start},
    {"solver", set_solver},
};

ys_code ys_settings_text(ys_settings *settings, const char *name,
                         const char *text, ys_error *error) {
  size_t i;
  ys_code code = look_up("setting of a text", YS_NAMES(texts), name, &i, error);
  return code ? code : texts[i].set(settings, text, error);
}

/* -------------------------------------------------------------- prior ---- */

/* What its numbers must be, ys_objective_init checks. */
ys_code ys_settings_prior(ys_settings *settings, const double *prior,
                          size_t classes, ys_error *error) {
  double *copy = NULL;
  if (prior) {
    copy = ys_array(classes, sizeof *copy);
    if (!copy)
      return ys_fail_memory(error, "the prior");
    memcpy(copy, prior, classes * sizeof *copy);
  }
  const bool is_same =
      settings->classes == classes && !settings->prior == !copy &&
      (!copy || memcmp(settings->prior, copy, classes * sizeof *copy) == 0);
  settings->edition += !is_same;
  free(settings->prior);
  settings->prior = copy;
  settings->classes = classes;
  return YS_OK;
}

/* -------------------------------------------------------------- ranks ---- */

/* What is said of settings in as few bytes as a rank may send at once. */
typedef struct stated {
  double number[NUMBERS];
  char loss[16], fairness[16], solver[512];
  int start;
  size_t classes; /* of the prior; 0: none */
} stated;

/* "em:accel=squarem", all options spelled out. */
static void write_solver(const ys_settings *s, char *text, size_t room) {
  size_t used = (size_t)snprintf(text, room, "%s", s->solver->name);
  for (size_t i = 0; s->options.table[i].name && used < room; i++)
    used +=
        (size_t)snprintf(text + used, room - used, "%s%s=%s", i ? "," : ":",
                         s->options.table[i].name, s->options.value[i].text);
}

static void state(const ys_settings *s, stated *to) {
  memset(to, 0, sizeof *to);
  for (size_t i = 0; i < NUMBERS; i++)
    to->number[i] = ys_settings_get(s, numbers[i].name);
  snprintf(to->loss, sizeof to->loss, "%s", ys_loss_name(s->loss));
  snprintf(to->fairness, sizeof to->fairness, "%s",
           ys_fairness_name(s->fairness));
  write_solver(s, to->solver, sizeof to->solver);
  to->start = (int)s->start;
  to->classes = s->prior ? s->classes : 0;
}

static ys_code check_text(const char *name, const char *own, const char *first,
                          ys_error *error) {
  return strcmp(own, first) == 0
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s is %.200s; expected %.200s as on rank 0", name, own,
                       first);
}

static ys_code check_stated(const stated *own, const stated *first,
                            ys_error *error) {
  for (size_t i = 0; i < NUMBERS; i++)
    if (!numbers[i].own && own->number[i] != first->number[i])
      return ys_fail(error, YS_BAD_INPUT, "%s is %g; expected %g as on rank 0",
                     numbers[i].name, own->number[i], first->number[i]);
  ys_code code = check_text("loss", own->loss, first->loss, error);
  if (!code)
    code = check_text("fairness", own->fairness, first->fairness, error);
  if (!code)
    code = check_text("solver", own->solver, first->solver, error);
  if (!code)
    code = check_text("start", starts[own->start], starts[first->start], error);
  if (!code && own->classes != first->classes)
    code = ys_fail(error, YS_BAD_INPUT,
                   "prior: %zu entries; expected %zu as on rank 0",
                   own->classes, first->classes);
  return code;
}

/* They are of one length; some entries at a time. */
static ys_code check_prior(const ys_settings *s, const ys_ranks *ranks,
                           ys_error *error) {
  enum { SOME = 512 };
  double first[SOME];
  ys_code code = YS_OK;
  for (size_t k = 0; s->prior && k < s->classes; k++) {
    const size_t left = s->classes - k, at = k % SOME;
    const size_t bytes = (left < SOME ? left : SOME) * sizeof *first;
    if (at == 0) {
      memcpy(first, s->prior + k, bytes);
      ys_ranks_spread(ranks, first, bytes);
    }
    if (!code && first[at] != s->prior[k])
      code = ys_fail(error, YS_BAD_INPUT,
                     "prior: entry %zu (from 0) is %g; expected %g as on rank "
                     "0",
                     k, s->prior[k], first[at]);
  }
  return code;
}

ys_code ys_settings_agree(const ys_settings *settings, const ys_ranks *ranks,
                          ys_error *error) {
  stated own, first;
  state(settings, &own);
  first = own;
  ys_ranks_spread(ranks, &first, sizeof first);
  ys_code code =
      ys_ranks_agree(ranks, check_stated(&own, &first, error), error);
  return code ? code
              : ys_ranks_agree(ranks, check_prior(settings, ranks, error),
                               error);
}

/* --------------------------------------------------------- life cycle ---- */

ys_code ys_settings_init(ys_settings *settings, ys_error *error) {
  *settings = (ys_settings){.loss = YS_COLLISION};
  for (size_t i = 0; i < NUMBERS; i++)
    *number_at(settings, i) = numbers[i].fallback;
  return set_solver(settings, "exact", error);
}

void ys_settings_free(ys_settings *settings) {
  ys_options_free(&settings->options);
  free(settings->prior);
}
