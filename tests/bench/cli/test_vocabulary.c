/* One vocabulary: an option is the same in every command that has it. */
#include "tests/support/testing.h"

#include "bench/commands/commands.h"

#include <ctype.h>

/* Visit every two rows of option tables that stand in different commands. */
typedef void pair_check(const command_spec *a, const arg_option *x,
                        const command_spec *b, const arg_option *y);

static void check_pairs(pair_check *check) {
  for (size_t i = 0; command_table[i]; i++)
    for (size_t j = 0; j < i; j++)
      for (const arg_option *x = command_table[i]->options; x->name; x++)
        for (const arg_option *y = command_table[j]->options; y->name; y++)
          check(command_table[i], x, command_table[j], y);
}

static void check_letters(const command_spec *a, const arg_option *x,
                          const command_spec *b, const arg_option *y) {
  const bool same_name = strcmp(x->name, y->name) == 0;
  if (same_name || (x->letter && x->letter == y->letter))
    ck_assert_msg(same_name && x->letter == y->letter,
                  "%s has --%s, -%c; %s has --%s, -%c", a->name, x->name,
                  x->letter ? x->letter : ' ', b->name, y->name,
                  y->letter ? y->letter : ' ');
}

START_TEST(a_name_has_one_letter_and_a_letter_one_name) {
  check_pairs(check_letters);
}
END_TEST

/* The word for a value, "GAP" of "GAP...  to come within". */
static size_t value_length(const arg_option *option) {
  return strcspn(option->help, " .:[");
}

/* What commands write is of many kinds, under one name. */
static bool is_output(const char *name) {
  return strcmp(name, "output") == 0 || strcmp(name, "labels") == 0;
}

static void check_values(const command_spec *a, const arg_option *x,
                         const command_spec *b, const arg_option *y) {
  if (strcmp(x->name, y->name) != 0 || is_output(x->name))
    return;
  ck_assert_msg(value_length(x) == value_length(y) &&
                    strncmp(x->help, y->help, value_length(x)) == 0,
                "--%s: %s takes '%.*s', %s '%.*s'", x->name, a->name,
                (int)value_length(x), x->help, b->name, (int)value_length(y),
                y->help);
}

START_TEST(its_value_has_one_name) {
  check_pairs(check_values);
}
END_TEST

/* Those that do one thing take one of what others take several of, and are
 * followed by a word that such a list would swallow. */
static bool takes_one(const command_spec *of, const char *option) {
  return strcmp(of->name, "solve") == 0 || strcmp(of->name, "gen") == 0 ||
         (strcmp(option, "format") == 0 && strcmp(of->name, "plot") != 0);
}

static void check_kinds(const command_spec *a, const arg_option *x,
                        const command_spec *b, const arg_option *y) {
  if (strcmp(x->name, y->name) != 0)
    return;
  const bool one = takes_one(a, x->name) != takes_one(b, y->name) &&
                   x->kind != ARG_FLAG && y->kind != ARG_FLAG;
  ck_assert_msg(x->kind == y->kind || one,
                "--%s: once in one of %s and %s, a list in the other", x->name,
                a->name, b->name);
}

START_TEST(it_takes_as_many_values) {
  check_pairs(check_kinds);
}
END_TEST

/* "gaps", but not "loss". */
static bool is_plural(const char *name) {
  const size_t length = strlen(name);
  return name[length - 1] == 's' && name[length - 2] != 's';
}

START_TEST(names_are_singular_and_help_says_what_they_do) {
  for (size_t i = 0; command_table[i]; i++)
    for (const arg_option *x = command_table[i]->options; x->name; x++) {
      const char *behind = x->help + value_length(x);
      const bool pair = behind[0] == ' ' && isupper(behind[1]); /* LOW HIGH */
      const bool many = pair || strncmp(behind, "...", 3) == 0;
      ck_assert_msg(x->kind == ARG_FLAG
                        ? strncmp(x->help, "  ", 2) == 0
                        : value_length(x) > 0 && many == (x->kind == ARG_MANY),
                    "%s --%s: '%s'", command_table[i]->name, x->name, x->help);
      ck_assert_msg(x->kind != ARG_MANY || pair || !is_plural(x->name),
                    "%s --%s: a list is named in the singular",
                    command_table[i]->name, x->name);
    }
}
END_TEST

/* Whoever prints a table prints it to -o, too, and -o replaces with --force
 * alone. */
START_TEST(output_goes_where_o_says) {
  for (size_t i = 0; command_table[i]; i++) {
    bool has[3] = {false, false, false};
    const char *const names[3] = {"output", "force", "format"};
    for (const arg_option *x = command_table[i]->options; x->name; x++)
      for (size_t n = 0; n < 3; n++)
        has[n] = has[n] || strcmp(x->name, names[n]) == 0;
    ck_assert_msg(has[0] || !has[2], "%s has --format, and no -o",
                  command_table[i]->name);
    ck_assert_msg(has[1] || !has[0], "%s has -o, and no --force",
                  command_table[i]->name);
  }
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("vocabulary");
  tcase_add_test(tc, a_name_has_one_letter_and_a_letter_one_name);
  tcase_add_test(tc, its_value_has_one_name);
  tcase_add_test(tc, it_takes_as_many_values);
  tcase_add_test(tc, names_are_singular_and_help_says_what_they_do);
  tcase_add_test(tc, output_goes_where_o_says);
  Suite *suite = suite_create("vocabulary");
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
