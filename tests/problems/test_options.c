/* problems/options.c: "key=value,key=value" against a table. */
#include "problems/options.h"
#include "problems/problem.h"
#include "solvers/solver.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"
#include "training/dataset.h"

#include <string.h>

static const ys_option table[] = {
    {"size", YS_INTEGER, "10", 1, 1e8, NULL, "how many"},
    {"weight", YS_REAL, "0.5", 0, 2, NULL, "how much"},
    {"method", YS_WORD, "slow", 0, 0, "slow|fast", "how"},
    {"step", YS_REAL_OR_WORD, "auto", 0, 10, "auto|bb", "how far"},
    {"path", YS_TEXT, "a b", 0, 0, NULL, "where"},
    {.name = NULL},
};

static const ys_option needy[] = {
    {"path", YS_TEXT, NULL, 0, 0, NULL, "a file to read"},
    {.name = NULL},
};

static const ys_option none[] = {{.name = NULL}};

static ys_options options;
static ys_error error;

START_TEST(defaults_hold_where_nothing_is_given) {
  const char *text = _i ? "" : NULL;
  ck_assert_int_eq(ys_options_parse("t", table, text, &options, &error), YS_OK);
  ck_assert(ys_options_number(&options, "size") == 10);
  ck_assert(ys_options_number(&options, "weight") == 0.5);
  ck_assert(ys_options_is_word(&options, "method", "slow"));
  ck_assert(!ys_options_is_number(&options, "step"));
  ck_assert(ys_options_is_word(&options, "step", "auto"));
  ck_assert_str_eq(ys_options_text(&options, "path"), "a b");
  ys_options_free(&options);
}
END_TEST

START_TEST(given_values_replace_defaults_in_any_order) {
  ck_assert_int_eq(
      ys_options_parse("t", table,
                       "path=/x=y:z,step=2.5,method=fast,weight=2,size=1e3",
                       &options, &error),
      YS_OK);
  ck_assert(ys_options_number(&options, "size") == 1000);
  ck_assert(ys_options_number(&options, "weight") == 2);
  ck_assert(ys_options_is_word(&options, "method", "fast"));
  ck_assert(ys_options_is_number(&options, "step"));
  ck_assert(ys_options_number(&options, "step") == 2.5);
  ck_assert_str_eq(ys_options_text(&options, "path"), "/x=y:z");
  ys_options_free(&options);
  ys_options_free(&options); /* twice is harmless */
}
END_TEST

static const struct {
  const char *text, *says;
} refused[] = {
    {"sise=3", "t|no option 'sise'|did you mean 'size'"},
    {"wieght=1", "t|'wieght'|'weight'"},
    {"SIZE=3", "t|'SIZE'|did you mean"},
    {"siz=3", "t|'siz'|'size'"},
    {"sizes=3", "t|'sizes'|'size'"},
    {"=3", "t|''|expected size, weight, method, step, path"},
    {"sige=3", "did you mean 'size'"},
    {"isze=3", "did you mean 'size'"},
    {"wight=3", "did you mean 'weight'"},
    {"m=3", "did you mean 'method'"},
    {"zzz=3", "t has no option 'zzz': expected size, weight, method, step"},
    {"paths-of-files=3", "no option 'paths-of-files': expected"},
    {"size", "t|expected key=value|'size'"},
    {"size=3,,weight=1", "t|size=3,weight=1|whole number"},
    {",size=3", "t|expected key=value|''"},
    {"size=3, ,weight=1", "t|expected key=value|' '"},
    {"size=", "t|size=|whole number in [1, 1e+08]"},
    {"size=0", "t|size=0|whole number in [1, 1e+08]"},
    {"size=1e9", "t|size=1e9|whole number in [1, 1e+08]"},
    {"size=2.5", "t|size=2.5|whole number"},
    {"size=-3", "t|size=-3|whole number"},
    {"size=3x", "t|size=3x|whole number"},
    {"size=1e400", "t|size=1e400|whole number"},
    {"weight=nan", "t|weight=nan|a number in [0, 2]"},
    {"weight=inf", "t|weight=inf|a number in [0, 2]"},
    {"weight=2.0001", "t|weight=2.0001|a number in [0, 2]"},
    {"weight=-0.1", "t|weight=-0.1|a number in [0, 2]"},
    {"method=fas", "t|method=fas|expected slow|fast"},
    {"method=slow|fast", "t|is not valid"},
    {"method=", "t|method=|expected slow"},
    {"method=3", "t|method=3|expected slow"},
    {"step=11", "t|step=11|a number in [0, 10] or auto"},
    {"step=b", "t|step=b|or auto"},
    {"size=3,weight=1,size=4", "t|'size' is given twice"},
};

/* A doubled comma is one within a value; behind an odd number of them another
 * option begins. */
static const struct {
  const char *text, *path;
} commas[] = {
    {"path=a,,b", "a,b"},     {"path=a,,b,size=3", "a,b"},
    {"path=,,a,,,,", ",a,,"}, {"path=a,,,size=3", "a,"},
    {"path=a,", "a"},         {"size=3,path=,,", ","},
};

START_TEST(a_doubled_comma_is_one_in_a_value) {
  ck_assert_int_eq(
      ys_options_parse("t", table, commas[_i].text, &options, &error), YS_OK);
  ck_assert_str_eq(ys_options_text(&options, "path"), commas[_i].path);
  ck_assert(ys_options_number(&options, "size") ==
            (strstr(commas[_i].text, "size") ? 3 : 10));
  ys_options_free(&options);
}
END_TEST

START_TEST(bad_option_is_refused_with_its_name) {
  ck_assert_int_eq(
      ys_options_parse("t", table, refused[_i].text, &options, &error),
      YS_BAD_INPUT);
  assert_says(error.text, refused[_i].says);
  for (size_t i = 0; i < YS_MAX_OPTIONS; i++)
    ck_assert_ptr_null(options.value[i].text);
}
END_TEST

START_TEST(required_option_must_be_given) {
  ck_assert_int_eq(ys_options_parse("t", needy, "", &options, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, "t|path=|a file to read");
  ck_assert_int_eq(ys_options_parse("t", needy, "path=x", &options, &error),
                   YS_OK);
  ys_options_free(&options);
}
END_TEST

START_TEST(table_without_options_takes_none) {
  ck_assert_int_eq(ys_options_parse("t", none, NULL, &options, &error), YS_OK);
  ck_assert_int_eq(ys_options_parse("t", none, "size=1", &options, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, "t takes no options|size=1");
}
END_TEST

START_TEST(name_and_options_of_a_spec) {
  ck_assert_uint_eq(ys_spec_name_length("em"), 2);
  ck_assert_ptr_null(ys_spec_options("em"));
  ck_assert_uint_eq(ys_spec_name_length("pgd:step=1"), 3);
  ck_assert_str_eq(ys_spec_options("pgd:step=1"), "step=1");
  ck_assert_uint_eq(ys_spec_name_length(":x"), 0);
  ck_assert_str_eq(ys_spec_options("file:path=a:b"), "path=a:b");
  ck_assert_str_eq(ys_spec_options("em:"), "");
}
END_TEST

START_TEST(nearest_name_is_by_edit_distance) {
  static const char *const names[] = {"collision", "shannon", "reverse"};
  static const struct {
    const char *word;
    size_t index;
  } cases[] = {{"colision", 0},  {"shanon", 1},  {"revers", 2},
               {"xollision", 0}, {"hsannon", 1}, {"reverse", 2}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_ptr_eq(
        ys_names_nearest(YS_NAMES(names), cases[i].word, strlen(cases[i].word)),
        names[cases[i].index]);
  /* Only the first `length` bytes count. */
  ck_assert_ptr_eq(ys_names_nearest(YS_NAMES(names), "shannon:reverse", 7),
                   names[1]);
  ck_assert_ptr_null(
      ys_names_nearest((ys_names){names, sizeof *names, 0}, "a", 1));
}
END_TEST

/* A slip of the hand is mended; what is none is not guessed at. */
START_TEST(only_a_near_name_is_meant) {
  static const char *const names[] = {"em", "fw", "dirichlet", "exact", NULL};
  static const struct {
    const char *word, *meant;
  } cases[] = {{"e", "em"},
               {"EM", "em"},
               {"me", "em"},
               {"emm", "em"},
               {"em2", "em"},
               {"emerald", NULL},
               {"x", NULL},
               {"", NULL},
               {"dirchilet", "dirichlet"},
               {"Dirichlet", "dirichlet"},
               {"dir", "dirichlet"},
               {"director", NULL},
               {"batch.npy", NULL},
               {"exakt", "exact"},
               {"text", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *found =
        ys_names_nearest(YS_NAMES(names), cases[i].word, strlen(cases[i].word));
    ck_assert_msg(cases[i].meant ? found && strcmp(found, cases[i].meant) == 0
                                 : !found,
                  "'%s': '%s'", cases[i].word, found ? found : "none");
  }
}
END_TEST

/* Each once, and none where they are too many for a message. */
START_TEST(names_are_listed_where_none_is_near) {
  static const char *const names[] = {"1", "10", "1", "0.1", NULL};
  const char *many[100];
  char text[YS_SUGGESTION];
  ys_names_suggest(YS_NAMES(names), "seven", 5, text);
  ck_assert_str_eq(text, ": expected 1, 10, 0.1");
  for (int i = 0; i < 100; i++)
    many[i] = i % 2 ? "a-long-name" : "another-name";
  ys_names_list((ys_names){many, sizeof *many, 100}, text);
  ck_assert_str_eq(text, ": expected another-name, a-long-name");
  char room[100][8];
  for (int i = 0; i < 100; i++) {
    snprintf(room[i], sizeof room[i], "n%d", i);
    many[i] = room[i];
  }
  ys_names_list((ys_names){many, sizeof *many, 100}, text);
  ck_assert_str_eq(text, "");
  ys_names_list((ys_names){many, sizeof *many, 0}, text);
  ck_assert_str_eq(text, "");
}
END_TEST

/* The same look-up in texts, in entries and in pointers to entries. */
START_TEST(names_of_every_kind_of_table_are_found) {
  static const char *const texts[] = {"sgd", "adam"};
  static const struct entry {
    const char *name;
    int more;
  } entries[] = {{"sgd", 1}, {"adam", 2}, {NULL, 0}, {"behind", 3}};
  static const struct entry *const pointers[] = {entries, entries + 1, NULL};
  const ys_names tables[] = {YS_NAMES(texts), YS_NAMES(entries),
                             YS_NAMES_TO_NULL(pointers)};
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    size_t index = 7;
    ck_assert(ys_names_find(tables[t], "adam:rate=1", 4, &index));
    ck_assert_uint_eq(index, 1);
    ck_assert(!ys_names_find(tables[t], "behind", 6, &index));
    ck_assert_int_eq(
        ys_look_up("optimiser", tables[t], "adan", 4, " (so)", &index, &error),
        YS_BAD_INPUT);
    ck_assert_str_eq(error.text,
                     "no optimiser 'adan'; did you mean 'adam'? (so)");
    ck_assert_int_eq(
        ys_look_up("optimiser", tables[t], "sgd", 3, NULL, &index, &error),
        YS_OK);
    ck_assert_uint_eq(index, 0);
  }
}
END_TEST

/* Who asks for the options of what was named, right or wrong, needs to know. */
START_TEST(an_unknown_name_leaves_nothing_behind) {
  const ys_problem *problem = ys_problems[0];
  const ys_solver *solver = ys_solvers[0];
  const ys_data *data = ys_datas[0];
  ys_options read;
  ck_assert_int_eq(ys_problem_parse("none", &problem, &read, &error),
                   YS_BAD_INPUT);
  ck_assert_int_eq(ys_solver_parse("none:a=1", &solver, &read, &error),
                   YS_BAD_INPUT);
  ck_assert_int_eq(ys_data_parse("none", &data, &read, &error), YS_BAD_INPUT);
  ck_assert(!problem && !solver && !data);
  ck_assert_int_eq(ys_solver_parse("em:none=1", &solver, &read, &error),
                   YS_BAD_INPUT);
  ck_assert_ptr_eq(solver, ys_solver_find("em", 2));
}
END_TEST

START_TEST(very_long_words_are_survived) {
  char text[5000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  memcpy(text + 3000, "=1", 2);
  ck_assert_int_eq(ys_options_parse("t", table, text, &options, &error),
                   YS_BAD_INPUT);
  ck_assert_uint_lt(strlen(error.text), sizeof error.text);
}
END_TEST

START_TEST(number_must_fill_its_text) {
  double number = 7;
  ck_assert(ys_read_number("-1.5e-3", &number) && number == -1.5e-3);
  ck_assert(ys_read_number("0x10", &number) && number == 16);
  static const char *const bad[] = {"",    "x",   "1x",   "1 ",
                                    "inf", "nan", "-inf", "1e999"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!ys_read_number(bad[i], &number), "'%s'", bad[i]);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("options");
  TCase *tc = tcase_create("options");
  tcase_add_loop_test(tc, defaults_hold_where_nothing_is_given, 0, 2);
  tcase_add_test(tc, given_values_replace_defaults_in_any_order);
  tcase_add_loop_test(tc, a_doubled_comma_is_one_in_a_value, 0,
                      (int)(sizeof commas / sizeof *commas));
  tcase_add_loop_test(tc, bad_option_is_refused_with_its_name, 0,
                      (int)(sizeof refused / sizeof *refused));
  tcase_add_test(tc, required_option_must_be_given);
  tcase_add_test(tc, table_without_options_takes_none);
  tcase_add_test(tc, name_and_options_of_a_spec);
  tcase_add_test(tc, nearest_name_is_by_edit_distance);
  tcase_add_test(tc, only_a_near_name_is_meant);
  tcase_add_test(tc, names_are_listed_where_none_is_near);
  tcase_add_test(tc, names_of_every_kind_of_table_are_found);
  tcase_add_test(tc, an_unknown_name_leaves_nothing_behind);
  tcase_add_test(tc, very_long_words_are_survived);
  tcase_add_test(tc, number_must_fill_its_text);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
