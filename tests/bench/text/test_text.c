/* problems/formats/text.c; bench/text/table_cells.c, html.c, latex.c,
 * gnuplot.c, csvout.c, problem_title.c, console.c: text from outside, for every
 * language that it is written in; numbers.c, exact_json.c: numbers in full. */
#include "bench/analysis/problem_title.h"
#include "bench/cli/console.h"
#include "bench/store/csvout.h"
#include "bench/text/exact_json.h"
#include "bench/text/gnuplot.h"
#include "bench/text/html.h"
#include "bench/text/latex.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"
#include "problems/formats/text.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

/* ----------------------------------------------------------- characters --- */

static const struct {
  const char *text;
  size_t length;
} characters[] = {
    {"", 0},
    {"a", 1},
    {"~", 1},
    {" ", 1},
    {"\x7f", 0},
    {"\t", 0},
    {"\n", 0},
    {"\033[31m", 0},
    {"\xc3\xa9", 2},
    {"\xe2\x82\xac", 3},
    {"\xf0\x9f\x98\x80", 4},
    {"\xc2\x9b", 0}, /* CSI, as a C1 control */
    {"\xc2\xa0", 2}, /* the first behind those */
    {"\xff", 0},
    {"\x80", 0}, /* goes on, without a beginning */
    {"\xc3", 0}, /* ends early */
    {"\xe2\x82", 0},
    {"\xc3"
     "a",
     0},
    {"\xc0\xaf", 0},     /* '/' in two bytes */
    {"\xe0\x80\xaf", 0}, /* and in three */
    {"\xf0\x80\x80\xaf", 0},
    {"\xc1\xbf", 0},
    {"\xed\xa0\x80", 0},     /* a surrogate */
    {"\xef\xbf\xbd", 3},     /* U+FFFD */
    {"\xef\xbf\xbe", 0},     /* U+FFFE */
    {"\xef\xb7\x90", 0},     /* U+FDD0 */
    {"\xf4\x8f\xbf\xbd", 4}, /* U+10FFFD */
    {"\xf4\x90\x80\x80", 0}, /* behind the last */
    {"\xf8\x88\x80\x80\x80", 0},
};

START_TEST(characters_are_told_from_bytes) {
  ck_assert_uint_eq(ys_text_character(characters[_i].text),
                    characters[_i].length);
}
END_TEST

START_TEST(faults_are_found_and_shown) {
  char shown[64];
  const char *text = "a\xc3\xa9\033[2Jb\xff\n";
  ck_assert_ptr_null(ys_text_fault("plain \xc3\xa9"));
  ck_assert_ptr_eq(ys_text_fault(text), text + 3);
  ys_text_show(text, shown, sizeof shown);
  ck_assert_str_eq(shown, "a\xc3\xa9\\x1b[2Jb\\xff\\x0a");
  /* Cut between characters. */
  ys_text_show("ab\xc3\xa9", shown, 4);
  ck_assert_str_eq(shown, "ab");
  ys_text_show("ab\033", shown, 6);
  ck_assert_str_eq(shown, "ab");
  ys_text_show("ab\033", shown, 7);
  ck_assert_str_eq(shown, "ab\\x1b");
  ys_text_show("ab", shown, 1);
  ck_assert_str_eq(shown, "");
}
END_TEST

START_TEST(errors_are_one_line_of_characters) {
  ys_error error;
  char name[2 * sizeof error.text];
  ys_fail(&error, YS_IO, "%s: cannot open", "a\033]0;x\a\nb\xff");
  ck_assert_str_eq(error.text, "a\\x1b]0;x\\x07\\x0ab\\xff: cannot open");
  /* A long name of characters of two bytes is cut between two of them. */
  for (size_t i = 0; i + 2 < sizeof name; i += 2)
    memcpy(name + i, "\xc3\xa9", 3);
  ys_fail(&error, YS_IO, "%s", name);
  ck_assert_uint_eq(strlen(error.text), sizeof error.text - 2);
  ck_assert_ptr_null(ys_text_fault(error.text));
  ys_fail(&error, YS_IO, "x%s", name);
  ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
  ck_assert_ptr_null(ys_text_fault(error.text));
}
END_TEST

/* ------------------------------------------------------------ languages --- */

static const struct {
  void (*put)(FILE *out, const char *text);
  const char *text, *written;
} quoted[] = {
    {console_put, "a\033[31mb\n", "a\\x1b[31mb\\x0a"},
    {console_put, "l\xc3\xa9\xc2\x9b", "l\xc3\xa9\\xc2\\x9b"},

    {cell_put_markdown, "plain text, 1 (2): x=0.5 - a/b", NULL},
    {cell_put_markdown, "cifar10_lenet5_3000", NULL},
    {cell_put_markdown, "a|b", "a\\|b"},
    {cell_put_markdown, "\\|", "\\\\\\|"},
    {cell_put_markdown, "<script>x</script>&lt;",
     "\\<script\\>x\\</script\\>\\&lt;"},
    {cell_put_markdown, "![x](javascript:y)", "!\\[x\\](javascript:y)"},
    {cell_put_markdown, "`a` *b* _c_ # $d$ ~~e~~",
     "\\`a\\` \\*b\\* \\_c\\_ \\# \\$d\\$ \\~\\~e\\~\\~"},
    {cell_put_markdown, "a\n| b\033", "a\\\\x0a\\| b\\\\x1b"},

    {cell_put_csv, "plain", NULL},
    {cell_put_csv, "", NULL},
    {cell_put_csv, "a,b", "\"a,b\""},
    {cell_put_csv, "say \"a\"", "\"say \"\"a\"\"\""},
    {cell_put_csv, "\"", "\"\"\"\""},
    {cell_put_csv, "a\nb,\r\033\xff", "\"a\\x0ab,\\x0d\\x1b\\xff\""},

    {html_put, "a&b<c>\"d\"'e'", "a&amp;b&lt;c&gt;&quot;d&quot;&#39;e&#39;"},
    {html_put, "l\xc3\xa9 \xff\033", "l\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd"},

    {latex_put, "a\n\\input{/etc/passwd}",
     "a \\textbackslash{}input\\{/etc/passwd\\}"},
    {latex_put, "a\r\033b\xff", "a  b "},
    {latex_put, "#$%&~_^{}<>|\"",
     "\\#\\$\\%\\&\\textasciitilde{}\\_\\textasciicircum{}\\{\\}\\textless{}"
     "\\textgreater{}\\textbar{}''"},

    {gnuplot_put_string, "plain, 1 (2): x=0.5 - a/b_c 10 %",
     "\"plain, 1 (2): x=0.5 - a/b_c 10 %\""},
    {gnuplot_put_string, "it''s", "\"it''s\""},
    {gnuplot_put_string, "a\"b\\n`ls`@x",
     "\"a\\042b\\134n\\140ls\\140\\100x\""},
    {gnuplot_put_string, "{/:Bold x}^2", "\"\\173/:Bold x\\175\\1362\""},
    {gnuplot_put_string, "a\nb\033", "\"a\\134x0ab\\134x1b\""},
    {gnuplot_put_string, "\xce\xbb\xff", "\"\xce\xbb\\134xff\""},
};

START_TEST(text_is_quoted_for_its_language) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  quoted[_i].put(out, quoted[_i].text);
  fclose(out);
  ck_assert_str_eq(text,
                   quoted[_i].written ? quoted[_i].written : quoted[_i].text);
  free(text);
}
END_TEST

START_TEST(json_of_any_bytes_is_utf8) {
  json_t *made = html_json_string("\xc3\xa9\xff</script>\n");
  ck_assert_ptr_nonnull(made);
  ck_assert_str_eq(json_string_value(made), "\xc3\xa9\xef\xbf\xbd</script>\n");
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  ck_assert_int_eq(html_put_json(out, made), 0);
  fclose(out);
  ck_assert_ptr_null(strchr(text, '<'));
  free(text);
  json_decref(made);
}
END_TEST

/* The program's own tables are quoted by the same function. */
START_TEST(tables_hold_characters_alone) {
  char *path = temp_file(".csv");
  ys_error error;
  csvout csv;
  ck_assert_int_eq(csvout_open(&csv, path, "x,y", &error), YS_OK);
  csvout_text(&csv, "a\"b\"\nc");
  csvout_text(&csv, "\xff");
  csvout_end_row(&csv);
  ck_assert_int_eq(csvout_flush(&csv, &error), YS_OK);
  csvout_close(&csv);
  assert_file_is(path, "x,y\n\"a\"\"b\"\"\\x0ac\",\\xff\n");
  drop_file(path);
}
END_TEST

START_TEST(slugs_stay_in_their_folder) {
  static const char *const texts[][2] = {
      {"/../../../E", "..-..-..-E"}, {"a`touch P`", "a-touch-P-"},
      {"a\";x='", "a-x-"},           {"a\n\033b", "a-b"},
      {"\xc3\xa9\xff", ""},          {"|x", "x"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char slug[64];
    size_t used = file_name_append(slug, 0, sizeof slug - 1, texts[i][0]);
    ck_assert_uint_eq(used, strlen(slug));
    ck_assert_str_eq(slug, texts[i][1]);
  }
}
END_TEST

/* -------------------------------------------------------------- numbers --- */

static const struct {
  double number;
  const char *text;
} exact[] = {{0, "0"},
             {-0.0, "-0"},
             {1, "1"},
             {0.1, "0.1"},
             {1e-9, "1e-09"},
             {1.0 / 3, "0.3333333333333333"},
             {3.1622776601683795, "3.1622776601683795"},
             {0.1 + 0.2, "0.30000000000000004"},
             {5e-324, "4.94065645841247e-324"},
             {1e22, "1e+22"},
             {9007199254740993.0, "9007199254740992"},
             {INFINITY, "inf"},
             {-INFINITY, "-inf"}};

START_TEST(number_is_as_short_as_its_bits_allow) {
  char text[NUMBER_ROOM];
  ck_assert_str_eq(text_exact(text, exact[_i].number), exact[_i].text);
}
END_TEST

START_TEST(any_number_comes_back_to_the_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int i = 0; i < 20000; i++) {
    char text[NUMBER_ROOM];
    const double number = ldexp(gsl_rng_uniform(rng) - 0.5,
                                (int)gsl_rng_uniform_int(rng, 2000) - 1000);
    const double back = strtod(text_exact(text, number), NULL);
    ck_assert_mem_eq(&back, &number, sizeof back);
    ck_assert(number_shown_as(number, back));
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(a_number_is_known_as_it_was_shown) {
  const double number = 3.1622776601683795;
  ck_assert(number_shown_as(number, 3.16228));
  ck_assert(number_shown_as(number, 3.16227766016838));
  ck_assert(!number_shown_as(number, 3.1623)); /* nobody shows five digits */
  ck_assert(!number_shown_as(number, 3.16227));
  ck_assert(number_shown_as(0.1, 0.1));
  ck_assert(!number_shown_as(0.1, 0.100001));
}
END_TEST

/* What a table and a JSON file hold of a tenth. */
START_TEST(numbers_are_stored_short) {
  char *dir = temp_dir(), path[600], *text = NULL;
  size_t size;
  csvout csv;
  ys_error error;
  snprintf(path, sizeof path, "%s/t.csv", dir);
  ck_assert_int_eq(csvout_create(&csv, path, "a,b,c", &error), YS_OK);
  csvout_number(&csv, 0.1);
  csvout_number(&csv, NAN);
  csvout_number(&csv, 2.0 / 3);
  csvout_end_row(&csv);
  ck_assert_int_eq(csvout_finish(&csv, &error), YS_OK);
  assert_file_is(path, "a,b,c\n0.1,nan,0.6666666666666666\n");
  FILE *out = open_memstream(&text, &size);
  json_t *json = json_pack("{s:f,s:i}", "load", 0.1, "n", 3);
  ck_assert_int_eq(exact_json_put(out, json), 0);
  json_object_set_new(json, "third", json_real(1.0 / 3));
  ck_assert_int_eq(exact_json_put(out, json), 0);
  fclose(out);
  json_decref(json);
  ck_assert_str_eq(text, "{\n  \"load\": 0.1,\n  \"n\": 3\n}"
                         "{\n  \"load\": 0.1,\n  \"n\": 3,\n"
                         "  \"third\": 0.3333333333333333\n}");
  free(text);
  drop_dir(dir);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("text");
  TCase *tc = tcase_create("text");
  tcase_add_loop_test(tc, characters_are_told_from_bytes, 0,
                      many(sizeof characters, sizeof *characters));
  tcase_add_test(tc, faults_are_found_and_shown);
  tcase_add_test(tc, errors_are_one_line_of_characters);
  tcase_add_loop_test(tc, text_is_quoted_for_its_language, 0,
                      many(sizeof quoted, sizeof *quoted));
  tcase_add_test(tc, json_of_any_bytes_is_utf8);
  tcase_add_test(tc, tables_hold_characters_alone);
  tcase_add_test(tc, slugs_stay_in_their_folder);
  tcase_add_loop_test(tc, number_is_as_short_as_its_bits_allow, 0,
                      (int)(sizeof exact / sizeof *exact));
  tcase_add_test(tc, any_number_comes_back_to_the_bit);
  tcase_add_test(tc, a_number_is_known_as_it_was_shown);
  tcase_add_test(tc, numbers_are_stored_short);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
