/* What `exec:command=...` says: words, options, and the name in tables. */
#include "tests/support/testing.h"

#include "bench/run/exec_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ys_options parsed(const char *spec) {
  ys_options options;
  ys_error error = {YS_OK, ""};
  ck_assert_msg(exec_spec_parse(spec, &options, &error) == YS_OK, "%s: %s",
                spec, error.text);
  return options;
}

START_TEST(its_name_alone_says_that_it_is_one) {
  ck_assert(exec_is_spec("exec"));
  ck_assert(exec_is_spec("exec:command=x"));
  ck_assert(!exec_is_spec("exact"));
  ck_assert(!exec_is_spec("execute:command=x"));
  ck_assert(!exec_is_spec("./exec:step=1"));
  ck_assert(!exec_is_spec(""));
}
END_TEST

/* A command, and its words with a '|' behind each. */
static const char *const commands[][2] = {
    {"a", "a|"},
    {"  a  b\tc ", "a|b|c|"},
    {"python3 -u mine.py", "python3|-u|mine.py|"},
    {"sh 'a  b' c", "sh|a  b|c|"},
    {"sh \"a  'b'\" c", "sh|a  'b'|c|"},
    {"sh a'b c'd", "sh|ab cd|"},
    {"sh '' \"\"", "sh|||"},
    {"a\\ b \\\\ \\' \\\"", "a b|\\|'|\"|"},
    {"'a\\b' \"a\\b\" \"a\\\"b\\\\\"", "a\\b|a\\b|a\"b\\|"},
    {"$HOME *~ `x` ; & > y", "$HOME|*~|`x`|;|&|>|y|"},
    {"a\\", "a\\|"},
    {"f(1,,2)", "f(1,2)|"},
};

START_TEST(a_command_is_words) {
  char spec[128], text[128] = "";
  snprintf(spec, sizeof spec, "exec:command=%s", commands[_i][0]);
  ys_options options = parsed(spec);
  ys_memory memory = {0};
  char **words = exec_spec_words(&options, &memory);
  ck_assert_ptr_nonnull(words);
  for (; *words; words++) {
    strcat(text, *words);
    strcat(text, "|");
  }
  ck_assert_str_eq(text, commands[_i][1]);
  ys_give_back(&memory);
  ys_options_free(&options);
}
END_TEST

START_TEST(all_other_options_are_the_commands) {
  ys_options options =
      parsed("exec:b=2,,3,command=x,a==,,,name=n,empty=,start=3");
  ys_memory memory = {0};
  const char *at = NULL, *key, *value;
  const char *const expected[][2] = {{"b", "2,3"}, {"a", "=,"}, {"empty", ""}};
  for (size_t i = 0; i < 3; i++) {
    ck_assert(exec_spec_next(&options, &at, &key, &value, &memory));
    ck_assert_str_eq(key, expected[i][0]);
    ck_assert_str_eq(value, expected[i][1]);
  }
  ck_assert(!exec_spec_next(&options, &at, &key, &value, &memory));
  ck_assert_str_eq(ys_options_text(&options, "command"), "x");
  ck_assert_double_eq(ys_options_number(&options, "start"), 3);
  ys_give_back(&memory);
  ys_options_free(&options);
}
END_TEST

/* NULL: none. The last is cut. */
static const char *const labels[][2] = {
    {"em:accel=squarem", NULL},
    {"exec", NULL},
    {"exec:command='", NULL},
    {"exec:command=mine", "mine"},
    {"exec:command=./bin/mine --fast", "mine"},
    {"exec:command=/usr/bin/python3 my/em.py --x", "python3 em.py"},
    {"exec:command=sh a/", "sh a/"},
    {"exec:command=x y,name=em in torch", "em in torch"},
    {"exec:step=1,command=x y,name=em,kind=a,,b", "em:step=1,kind=a,,b"},
    {"exec:command=x,name=12345678901234567890123456789012345678901234567890,"
     "step=12345678901234567890",
     "12345678901234567890123456789012345678901234567890:step=1234"},
};

START_TEST(tables_call_it_by_a_short_name) {
  char label[EXEC_LABEL];
  const char *found = exec_spec_label(labels[_i][0], label);
  if (labels[_i][1])
    ck_assert_str_eq(found, labels[_i][1]);
  else
    ck_assert_ptr_null(found);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("exec_spec");
  TCase *tests = tcase_create("exec_spec");
  tcase_add_test(tests, its_name_alone_says_that_it_is_one);
  tcase_add_loop_test(tests, a_command_is_words, 0,
                      sizeof commands / sizeof *commands);
  tcase_add_test(tests, all_other_options_are_the_commands);
  tcase_add_loop_test(tests, tables_call_it_by_a_short_name, 0,
                      sizeof labels / sizeof *labels);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
