#include "bench/analysis/solver_styles.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------- labels --- */

static void append_option(short_text *to, const char *item, size_t length) {
  const char *equals = memchr(item, '=', length);
  char value[256];
  double number;
  size_t key = equals ? (size_t)(equals - item) + 1 : 0;
  snprintf(value, sizeof value, "%.*s", (int)(length - key), item + key);
  if (ys_read_number(value, &number))
    key = 0;
  short_text_add(to, "%.*s", (int)(length - key), item + key);
}

static void drop_keys(const char *spec, char *text, size_t room) {
  short_text to = {text, 0, room};
  const char *item = ys_spec_options(spec);
  short_text_add(&to, "%.*s", (int)ys_spec_name_length(spec), spec);
  for (const char *before = ":"; item && *item; before = ",") {
    size_t length = ys_option_length(item);
    short_text_add(&to, "%s", before);
    append_option(&to, item, length);
    item += length + (item[length] == ',');
  }
}

static void leave_out_middle(char *text) {
  enum { TAIL = 9, HEAD = SOLVER_LABEL_LONGEST - TAIL - 2 };
  size_t length = strlen(text);
  memmove(text + HEAD + 2, text + length - TAIL, TAIL + 1);
  memcpy(text + HEAD, "..", 2);
}

static void shorten(const char *spec, char *label) {
  char text[1024];
  snprintf(text, sizeof text, "%s", spec);
  if (strlen(text) > SOLVER_LABEL_LONGEST)
    drop_keys(spec, text, sizeof text);
  if (strlen(text) > SOLVER_LABEL_LONGEST)
    leave_out_middle(text);
  snprintf(label, SOLVER_LABEL_ROOM, "%.*s", SOLVER_LABEL_LONGEST, text);
}

static bool is_taken(const solver_label *labels, size_t count,
                     const char *label) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(labels[i].text, label) == 0)
      return true;
  return false;
}

void solver_labels_make(const char *const *solvers, const char *const *given,
                        size_t count, solver_label *labels) {
  for (size_t i = 0; i < count; i++) {
    char *label = labels[i].text;
    if (given && given[i])
      snprintf(label, SOLVER_LABEL_ROOM, "%.*s", LABEL_LONGEST, given[i]);
    else
      shorten(solvers[i], label);
    size_t length = strlen(label);
    for (size_t number = 2; is_taken(labels, i, label); number++)
      snprintf(label + length, SOLVER_LABEL_ROOM - length, " (%zu)", number);
  }
}

/* --------------------------------------------------------------- styles --- */

/* The recommended solvers have the darkest colours and whole lines. */
static const struct {
  const char *solver;
  solver_style style;
} fixed[] = {
    {"exact", {"#000000", 1, 7}},
    {"fw", {"#0072B2", 1, 5}},
    {"ipm", {"#D55E00", 1, 9}},
    {"ipm:active=0", {"#8A3B00", 2, 8}},
    {"em", {"#009E73", 2, 13}},
    {"em:accel=squarem", {"#00674B", 1, 12}},
    {"em:accel=anderson", {"#3FBF97", 4, 4}},
    {"pgd", {"#E69F00", 1, 11}},
    {"pgd:step=bb", {"#A87300", 1, 10}},
    {"pgd:accel=1", {"#C78700", 4, 4}},
    {"pgd:step=0.01", {"#F7CE73", 3, 6}},
    {"pgd:step=0.1", {"#F2BA42", 2, 8}},
    {"pgd:step=1", {"#8C6000", 5, 12}},
    {"pgd:step=10", {"#6B4900", 2, 13}},
    {"pgd:step=100", {"#4A3200", 3, 5}},
    {"md", {"#CC79A7", 1, 6}},
    {"md:accel=1", {"#A84A7F", 4, 10}},
    {"md:step=1", {"#DDA3C3", 2, 4}},
    {"md:step=10", {"#8A3566", 3, 7}},
    {"md:step=100", {"#64224A", 5, 8}},
    {"ipopt", {"#56B4E9", 4, 8}},
    {"gsl", {"#8A8A8A", 3, 4}},
    {"gsl:method=conjugate_pr", {"#595959", 2, 5}},
    {"nlopt", {"#9A8F00", 5, 12}},
};
enum { FIXED = sizeof fixed / sizeof *fixed };

/* Of solvers from elsewhere (YS_MORE_SOLVERS). */
static const char *const more_colours[] = {"#882255", "#332288", "#44AA99",
                                           "#AA4499", "#117733", "#AA6655"};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_text(uint32_t hash, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ (unsigned char)text[i]) * 16777619u;
  return hash;
}

static uint32_t take_share(uint32_t *hash, uint32_t count) {
  uint32_t share = *hash % count;
  *hash /= count;
  return share;
}

/* Towards white or black, by a share of 0 to 1. */
static void shade(char colour[8], bool lighter, double share) {
  long whole = strtol(colour + 1, NULL, 16);
  long mixed = 0;
  for (int shift = 16; shift >= 0; shift -= 8) {
    double part = (double)(whole >> shift & 0xff);
    part += share * ((lighter ? 255 : 0) - part);
    mixed = mixed << 8 | lround(part);
  }
  snprintf(colour, 8, "#%06lX", (unsigned long)mixed & 0xffffff);
}

static solver_style base_style(const char *solver, size_t name) {
  for (size_t i = 0; i < FIXED; i++)
    if (strlen(fixed[i].solver) == name &&
        strncmp(fixed[i].solver, solver, name) == 0)
      return fixed[i].style;
  enum { MORE = sizeof more_colours / sizeof *more_colours };
  solver_style made = {"", 1, 13};
  uint32_t hash = hash_text(2166136261u, solver, name);
  strcpy(made.colour, more_colours[take_share(&hash, MORE)]);
  if (take_share(&hash, 2))
    shade(made.colour, false, 0.1 + take_share(&hash, 64) / 256.0);
  return made;
}

/* Options that the table does not have give another shade, dash and mark:
 * black, which has no darker one, goes lighter. */
static solver_style style_of(const char *solver, uint32_t salt) {
  static const int marks[] = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  size_t name = ys_spec_name_length(solver);
  for (size_t i = 0; i < FIXED && !salt; i++)
    if (strcmp(fixed[i].solver, solver) == 0)
      return fixed[i].style;
  solver_style made = base_style(solver, name);
  if (!solver[name] && !salt)
    return made;
  uint32_t hash = hash_text(2166136261u + salt, solver, strlen(solver));
  bool black = strcmp(made.colour, "#000000") == 0;
  bool lighter = take_share(&hash, 4) == 0 || black;
  double most = lighter && !black ? 0.35 : 0.5;
  shade(made.colour, lighter, most * (1 + take_share(&hash, 63)) / 64);
  made.dash = 1 + (int)take_share(&hash, SOLVER_STYLE_DASHES);
  made.mark = marks[take_share(&hash, sizeof marks / sizeof *marks)];
  return made;
}

solver_style solver_style_of(const char *solver) {
  return style_of(solver, 0);
}

solver_style solver_style_numbered(size_t number) {
  static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73",
                                        "#CC79A7", "#000000", "#E69F00",
                                        "#56B4E9", "#8A8A8A"};
  enum { COLOURS = sizeof colours / sizeof *colours };
  static const int marks[] = {7, 5, 9, 13, 11, 6, 4, 8, 12, 10};
  solver_style made = {
      "", 1 + (int)(number / COLOURS + number) % SOLVER_STYLE_DASHES,
      marks[number % (sizeof marks / sizeof *marks)]};
  strcpy(made.colour, colours[number % COLOURS]);
  return made;
}

/* The table's first, then by name, whatever the order of the runs. */
static bool is_before(const char *a, const char *b) {
  bool known[2] = {false, false};
  for (size_t i = 0; i < FIXED; i++) {
    known[0] = known[0] || strcmp(fixed[i].solver, a) == 0;
    known[1] = known[1] || strcmp(fixed[i].solver, b) == 0;
  }
  return known[0] != known[1] ? known[0] : strcmp(a, b) < 0;
}

static bool is_same(const solver_style *a, const solver_style *b) {
  return strcmp(a->colour, b->colour) == 0 && a->dash == b->dash &&
         a->mark == b->mark;
}

/* Whether a solver that comes before has the style of number i. */
static bool is_drawn(const char *const *solvers, size_t count,
                     const solver_style *styles, size_t i) {
  for (size_t k = 0; k < count; k++)
    if (k != i && is_before(solvers[k], solvers[i]) &&
        is_same(&styles[k], &styles[i]))
      return true;
  return false;
}

void solver_styles_choose(const char *const *solvers, size_t count,
                          solver_style *styles) {
  enum { MOST_ROUNDS = 64 };
  bool changed = true;
  for (size_t i = 0; i < count; i++)
    styles[i] = style_of(solvers[i], 0);
  for (uint32_t round = 1; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    for (size_t i = 0; i < count; i++)
      if (is_drawn(solvers, count, styles, i)) {
        styles[i] = style_of(solvers[i], round);
        changed = true;
      }
  }
}

/* -------------------------------------------------------------- numbers --- */

size_t solver_style_number(const solver_styles *solvers, const char *name) {
  size_t i = 0;
  while (i < solvers->count && strcmp(solvers->names[i], name) != 0)
    i++;
  return i;
}

static void add_name(solver_styles *solvers, size_t *count,
                     const result_row *row) {
  for (size_t i = 0; i < *count; i++)
    if (strcmp(solvers->names[i], row->solver) == 0)
      return;
  solvers->names[*count] = row->solver;
  solvers->given[(*count)++] = row->solver_label;
}

static void add_group(solver_styles *solvers, const run_group *group) {
  for (size_t s = 0; s < group->solver_count; s++)
    add_name(solvers, &solvers->count, group->solvers[s].runs[0]);
}

/* Chosen among all the runs' solvers, so that a selection changes none. */
static void choose_styles(solver_styles *solvers, const result_set *all) {
  size_t count = solvers->count;
  for (size_t i = 0; all && i < all->count; i++)
    add_name(solvers, &count, &all->rows[i]);
  solver_styles_choose(solvers->names, count, solvers->styles);
}

ys_code solver_styles_make(const group_set *set, const result_set *all,
                           solver_styles *solvers, ys_error *error) {
  const size_t most = ys_plus(groups_count_solvers(set), all ? all->count : 0);
  const char *const what = "the list of solvers";
  *solvers = (solver_styles){0};
  solvers->names =
      ys_take(&solvers->memory, most, sizeof *solvers->names, what);
  solvers->given =
      ys_take(&solvers->memory, most, sizeof *solvers->given, what);
  solvers->labels =
      ys_take(&solvers->memory, most, sizeof *solvers->labels, what);
  solvers->styles =
      ys_take(&solvers->memory, most, sizeof *solvers->styles, what);
  ys_code code = ys_memory_check(&solvers->memory, error);
  if (code) {
    solver_styles_free(solvers);
    return code;
  }
  for (size_t g = 0; g < set->count; g++)
    add_group(solvers, &set->groups[g]);
  solver_labels_make(solvers->names, solvers->given, solvers->count,
                     solvers->labels);
  choose_styles(solvers, all);
  return YS_OK;
}

void solver_styles_free(solver_styles *solvers) {
  ys_give_back(&solvers->memory);
  *solvers = (solver_styles){0};
}

const char *solver_style_name(const solver_styles *solvers, size_t number) {
  const char *given = solvers->given[number];
  return given ? given : solvers->names[number];
}

void solver_style_explain(FILE *out, const solver_styles *solvers,
                          size_t number) {
  if (strcmp(solvers->labels[number].text, solvers->names[number]) != 0)
    fprintf(out, "In the legend, %s is %s.\n", solvers->labels[number].text,
            solvers->names[number]);
}
