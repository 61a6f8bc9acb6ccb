/* bench/report/, bench/text/html.c, commandline.c: a run directory as a
 * page. What the page does in a browser, tests/browser/report.py tries. */
#include "bench/analysis/solver_styles.h"
#include "bench/commands/commands.h"
#include "bench/store/commandline.h"
#include "bench/text/html.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

#include <math.h>

static char *dir;
static json_t *data; /* of the last page that was looked into */

static const char meta[] =
    "{\"command\": [\"ystep\", \"run\", \"-o\", \"a <b>'c'\"], \"version\": "
    "\"1\", \"commit\": \"c\", \"date\": \"d\", \"compiler\": \"<cc>\", "
    "\"flags\": \"-O3\", \"threads\": 2, \"libraries\": {\"gsl\": \"2\"}, "
    "\"host\": {\"cpu\": \"x & y\", \"processors\": 4, \"system\": \"Linux\", "
    "\"release\": \"6\", \"machine\": \"x86_64\", \"load_average\": [1, 2, "
    "3.5]}}";

/* em: two repeats. pgd fails; its name, message and batch are markup. */
static const char runs[] =
    "1,d,9,3,collision,strong,1,em,0,1,2,converged,20,0,2,0,1,1,1e-7,\n"
    "2,d,9,3,collision,strong,1,em,1,2,2,converged,20,0,4,0,1,1,1e-7,\n"
    "3,\"file:path=</script><img src=x>\",9,3,collision,strong,1,pgd:a=<i>,0,1,"
    "2,failed,2,0,0.5,0,inf,1,inf,\"a < b & \"\"c\"\"\"\n";
static const char traces[] =
    "1,0,0,1,1,1\n1,10,1,1,1,0.01\n1,20,2,1,1,1e-7\n"
    "2,0,0,1,1,1\n2,10,2,1,1,0.01\n2,20,4,1,1,1e-7\n"
    "3,0,0,1,1,1\n3,1,0.25,1,1,0.125\n3,2,0.5,inf,1,inf\n";

static void setup(void) {
  char scripts[4096];
  if (getenv("YSTEP_SOURCE") && !getenv("YSTEP_SCRIPTS")) {
    snprintf(scripts, sizeof scripts, "%s/scripts/assets",
             getenv("YSTEP_SOURCE"));
    setenv("YSTEP_SCRIPTS", scripts, 1);
  }
  dir = run_dir(runs, traces);
  put_settings_of_run(dir, "1e-6", "60");
  put_in(dir, "meta.json", meta);
}

static void teardown(void) {
  json_decref(data);
  data = NULL;
  drop_dir(dir);
}

/* The page that `ystep report DIR ARGUMENTS` writes, to be freed. */
static char *page_of(const char *arguments) {
  char line[1024];
  snprintf(line, sizeof line, "report %s %s", dir, arguments);
  assert_accepts(&cmd_report, line);
  return text_of_file(in_dir(dir, "report.html"));
}

static void assert_holds(const char *page, const char *words) {
  ck_assert_msg(strstr(page, words) != NULL, "no '%s' in\n%s", words, page);
}

static size_t count(const char *page, const char *words) {
  size_t found = 0;
  while ((page = strstr(page, words))) {
    found++;
    page += strlen(words);
  }
  return found;
}

/* What the figures of a page draw, until the end of the test. */
static json_t *data_of(const char *page) {
  const char *begin = strstr(page, "id=\"data\">");
  ck_assert_ptr_nonnull(begin);
  begin += strlen("id=\"data\">");
  json_error_t wrong;
  const char *end = strstr(begin, "</script>");
  data = json_loadb(begin, (size_t)(end - begin), 0, &wrong);
  ck_assert_msg(data != NULL, "%s", wrong.text);
  return json_object_get(data, "groups");
}

static json_t *curve(json_t *groups, size_t group, size_t solver,
                     const char *axis) {
  json_t *found = json_array_get(
      json_object_get(json_array_get(groups, group), "solvers"), solver);
  return json_object_get(found, axis);
}

static double coordinate(json_t *points, size_t point, size_t i) {
  return json_number_value(json_array_get(json_array_get(points, point), i));
}

/* ----------------------------------------------------------- the page ----- */

START_TEST(a_step_that_left_the_domain_is_no_other_failure) {
  put_in(
      dir, "runs.csv",
      RUNS_HEADER
      "1,d,9,3,collision,strong,1,em,0,1,2,converged,20,0,2,0,1,1,1e-7,\n"
      "2,d,9,3,collision,strong,1,a,1,2,2,failed,20,0,4,0,inf,1,inf,no\n"
      "3,d,9,3,collision,strong,1,b,1,2,2,failed,20,0,4,0,inf,1,inf,left the "
      "domain: step=9 is too long\n");
  char *page = page_of("");
  assert_holds(page, "3 runs on 1 y-step; 1 converged; 1 failed; 1 left the "
                     "domain.");
  assert_holds(page, "Failures (1), and steps that left the domain (1)");
  assert_holds(page, "left the domain: step=9 is too long</td>");
  free(page);
  put_in(
      dir, "runs.csv",
      RUNS_HEADER
      "1,d,9,3,collision,strong,1,em,0,1,2,converged,20,0,2,0,1,1,1e-7,\n"
      "3,d,9,3,collision,strong,1,b,1,2,2,failed,20,0,4,0,inf,1,inf,left the "
      "domain: step=9 is too long\n");
  page = page_of(""); /* nothing but that: it is told all the same */
  assert_holds(page, "Failures (0), and steps that left the domain (1)");
  assert_holds(page, "left the domain: step=9 is too long</td>");
  free(page);
}
END_TEST

START_TEST(the_page_says_what_was_run) {
  char *page = page_of("");
  assert_holds(page,
               "<code>ystep run -o &#39;a &lt;b&gt;&#39;\\&#39;&#39;c&#39;"
               "\\&#39;&#39;&#39;</code>");
  assert_holds(page, "x &amp; y, 4 processors, Linux 6 x86_64; load average at "
                     "the start 1.00, 2.00, 3.50");
  assert_holds(page, "&lt;cc&gt;, <code>-O3</code>");
  assert_holds(page, "3 runs on 2 y-steps; 2 converged; 1 failed.");
  assert_holds(page, "<td>em, 1.5 s</td>"); /* first within 1e-2 */
  assert_holds(page, "<td class=\"number best\">1.5 (10)</td>");
  assert_holds(page, "<td class=\"number\">not reached</td>");
  /* Seconds an iteration: 0.1 and 0.2. */
  assert_holds(page, "<th class=\"number\">noise</th>");
  assert_holds(page, "<td class=\"number\">67 %</td>");
  assert_holds(page, "ystep run -p d -s em --lambda 1 --threads 2");
  free(page);
}
END_TEST

/* The page's own elements and no others; no address of another place. */
START_TEST(text_is_never_markup) {
  char *page = page_of("");
  ck_assert_uint_eq(count(page, "<script"), 2);
  ck_assert_uint_eq(count(page, "</script"), 2);
  ck_assert_uint_eq(count(page, "<img"), 0);
  ck_assert_uint_eq(count(page, "<i>"), 0);
  ck_assert_uint_eq(count(page, "<b>"), 0);
  ck_assert_uint_eq(count(page, " src="), count(page, "&lt;img src=") +
                                              count(page, "\\u003cimg src="));
  ck_assert_uint_eq(count(page, "http"),
                    count(page, "http-equiv") +
                        count(page, "\"http://www.w3.org/2000/svg\""));
  assert_holds(page, "file:path=&lt;/script&gt;&lt;img src=x&gt;");
  assert_holds(page, "a &lt; b &amp; &quot;c&quot;");
  free(page);
}
END_TEST

START_TEST(figures_get_the_curves) {
  put_settings_of_run(dir, "1e-9", "60"); /* where curves end */
  char *page = page_of("");
  json_t *groups = data_of(page);
  ck_assert_uint_eq(json_array_size(groups), 2);
  json_t *time = curve(groups, 0, 0, "time");
  /* The start, at no time, has no place on a logarithmic axis. */
  ck_assert_uint_eq(json_array_size(time), 2);
  ck_assert(coordinate(time, 0, 0) == 0.01);
  assert_close(coordinate(time, 0, 1), 1.5, 1e-12);
  assert_close(coordinate(time, 0, 2), 1.1, 1e-12);
  assert_close(coordinate(time, 0, 3), 1.9, 1e-12);
  ck_assert(coordinate(time, 1, 0) == 1e-7);
  ck_assert(coordinate(curve(groups, 0, 0, "iteration"), 1, 1) == 20);
  json_t *single = curve(groups, 1, 0, "time");
  ck_assert_uint_eq(json_array_size(json_array_get(single, 0)), 2);
  ck_assert(coordinate(single, 0, 0) == 0.125);
  free(page);
}
END_TEST

/* A long trace comes out at a few hundred points, none further from the next
 * than a reader can see, and with both its ends. */
START_TEST(long_traces_are_thinned) {
  enum { POINTS = 20000 };
  FILE *file = fopen(in_dir(dir, "traces.csv"), "w");
  fputs(TRACES_HEADER, file);
  for (int i = 0; i < POINTS; i++)
    fprintf(file, "3,%d,%.9f,1,1,%.17g\n", i, i * 1e-4, pow(1 + i, -1.5));
  fclose(file);
  put_settings_of_run(dir, "1e-9", "60");
  char *page = page_of("-s pgd");
  json_t *points = curve(data_of(page), 0, 0, "iteration");
  size_t kept = json_array_size(points);
  ck_assert_uint_ge(kept, 150);
  ck_assert_uint_le(kept, 402);
  assert_close(coordinate(points, 0, 0), pow(2, -1.5), 1e-4);
  assert_close(coordinate(points, kept - 1, 1), POINTS - 1, 1e-4);
  double whole = log(POINTS);
  for (size_t i = 1; i < kept; i++) {
    double step = log(coordinate(points, i, 1) / coordinate(points, i - 1, 1));
    /* Iterations are whole: from 1 to 2 is one step. */
    ck_assert(step > 0 && step <= fmax(whole / 100, log(2) + 1e-9));
  }
  ck_assert_uint_lt(strlen(page), 100000);
  free(page);
}
END_TEST

START_TEST(a_page_may_show_a_part) {
  char *page = page_of("-s em --gap 0.5 -p d");
  assert_holds(page, "first within 5e-1");
  assert_holds(page, "None: no run failed");
  ck_assert_uint_eq(json_array_size(data_of(page)), 1);
  free(page);
}
END_TEST

/* Who solves most is first; whoever fails has the penalty. */
START_TEST(solvers_are_ranked_over_all_ysteps) {
  char *page = page_of("--gap 1e-2 1e-6");
  const char *em = strstr(page, "<tr data-solver=\"em\">");
  const char *pgd = strstr(page, "<tr data-solver=\"pgd:a=&lt;i&gt;\">");
  ck_assert(em && pgd && em < pgd);
  assert_holds(page, "<td class=\"number\">1 of 2</td>");
  assert_holds(page, "what is not solved counts as 60 s.");
  free(page);
}
END_TEST

/* What the filters go by is in every row; sections are folded. */
START_TEST(rows_say_what_they_are_about) {
  char *page = page_of("");
  assert_holds(page, "<details class=\"ystep\" id=\"y-step-2\" "
                     "data-group=\"1\">");
  assert_holds(page, "<tr data-group=\"1\" data-solver=\"pgd:a=&lt;i&gt;\">");
  assert_holds(page, "<table class=\"sortable\">");
  assert_holds(page, "<details class=\"part\" id=\"failures\"><summary>"
                     "<h2>Failures (1)</h2>");
  ck_assert_uint_eq(count(page, " open>"), 0);
  free(page);
}
END_TEST

/* The figures over all y-steps have when each solver came to each gap. */
START_TEST(figures_get_the_times_to_gaps) {
  char *page = page_of("--gap 1e-2 1e-9");
  json_t *groups = data_of(page);
  json_t *solver =
      json_array_get(json_object_get(json_array_get(groups, 0), "solvers"), 0);
  json_t *to = json_object_get(solver, "to");
  ck_assert_uint_eq(json_array_size(to), 2);
  assert_close(coordinate(to, 0, 0), 1.5, 1e-12);
  ck_assert(coordinate(to, 0, 1) == 10);
  ck_assert(json_is_null(json_array_get(json_array_get(to, 1), 0)));
  ck_assert(json_number_value(
                json_array_get(json_object_get(data, "penalties"), 0)) == 60);
  free(page);
}
END_TEST

/* A solver has the colour that its figures have. */
START_TEST(colours_are_those_of_figures) {
  char *page = page_of("");
  json_t *solver = json_array_get(
      json_object_get(json_array_get(data_of(page), 0), "solvers"), 0);
  ck_assert_str_eq(json_string_value(json_object_get(solver, "colour")),
                   solver_style_of("em").colour);
  free(page);
}
END_TEST

START_TEST(a_title_may_be_given) {
  char *page = page_of("--title A<b>&");
  assert_holds(page, "<title>ystep: A&lt;b&gt;&amp;</title>");
  assert_holds(page, "<h1>A&lt;b&gt;&amp;</h1>");
  free(page);
}
END_TEST

/* Y-steps are counted through. Trainings: tests/bench/train/test_train.c. */
START_TEST(several_directories_make_one_page) {
  char *other = run_dir(runs, traces), line[1024];
  put_settings_of_run(other, "1e-6", "60");
  snprintf(line, sizeof line, "report %s %s -o %s", dir, other,
           in_dir(dir, "both.html"));
  assert_accepts(&cmd_report, line);
  char *page = text_of_file(in_dir(dir, "both.html"));
  assert_holds(page, "id=\"y-step-4\" data-group=\"3\"");
  assert_holds(page, "<a href=\"#y-step-4\">");
  ck_assert_uint_eq(count(page, "id=\"overview\""), 1);
  ck_assert_uint_ge(count(page, "<h3 class=\"directory\">"), 6);
  ck_assert_uint_eq(json_array_size(data_of(page)), 4);
  ck_assert_int_eq(
      json_integer_value(json_object_get(
          json_array_get(json_object_get(data, "groups"), 3), "directory")),
      1);
  free(page);
  drop_dir(other);
}
END_TEST

START_TEST(merged_directories_are_all_there) {
  char text[4096];
  snprintf(text, sizeof text, "{\"merged\": [%s, %s]}", meta, meta);
  put_in(dir, "meta.json", text);
  char *page = page_of("");
  assert_holds(page, "Merged from 2 directories");
  ck_assert_uint_eq(count(page, "x &amp; y, 4 processors"), 2);
  free(page);
  unlink(in_dir(dir, "meta.json"));
  page = page_of("");
  assert_holds(page, "holds no meta.json");
  free(page);
}
END_TEST

static const char checks[] =
    "check,problem,loss,fairness,samples,worst,tolerance,expected,observed,"
    "verdict\n"
    "convexity,d,collision,strong,100,-1e-3,1e-9,holds,holds,ok\n"
    "<gradient>,d,shannon,weak,50,1e-3,1e-9,holds,violated,FAIL\n";

START_TEST(checks_are_shown_with_runs_or_without) {
  put_in(dir, "checks.csv", checks);
  char *page = page_of("");
  assert_holds(page, "2 checks, 1 not as expected");
  assert_holds(page, "<tr class=\"bad\"><td class=\"\">&lt;gradient&gt;</td>");
  assert_holds(page, "id=\"overview\"");
  free(page);
  unlink(in_dir(dir, "runs.csv"));
  page = page_of("");
  assert_holds(page, "2 checks, 1 not as expected");
  ck_assert_uint_eq(count(page, "<script"), 0);
  free(page);
}
END_TEST

START_TEST(bad_input_is_refused_and_writes_nothing) {
  char line[512];
  snprintf(line, sizeof line, "report %s/none", dir);
  assert_refuses(&cmd_report, "report", "run directory");
  assert_refuses(&cmd_report, line, "none|run directory");
  snprintf(line, sizeof line, "report %s --gap x", dir);
  assert_refuses(&cmd_report, line, "--gap x");
  snprintf(line, sizeof line, "report %s -s sgd", dir);
  assert_refuses(&cmd_report, line, "sgd|no such run");
  snprintf(line, sizeof line, "report %s -o %s/runs.csv", dir, dir);
  assert_refuses(&cmd_report, line, "runs.csv|--force");
  snprintf(line, sizeof line, "report %s -o /dev/null/page.html", dir);
  assert_refuses(&cmd_report, line, "/dev/null/page.html|cannot write");
  put_in(dir, "checks.csv", "check,problem\n");
  snprintf(line, sizeof line, "report %s", dir);
  assert_refuses(&cmd_report, line, "checks.csv, line 1|'loss'");
  ck_assert(!is_there(in_dir(dir, "report.html")));
}
END_TEST

/* --------------------------------------------------------------- parts ---- */

static const struct {
  const char *word, *shell;
} words[] = {{"em", "em"},
             {"pgd:step=0.1,accel=1", "pgd:step=0.1,accel=1"},
             {"", "''"},
             {"a b", "'a b'"},
             {"it's", "'it'\\''s'"},
             {"$HOME", "'$HOME'"},
             {"a\nb", "'a\nb'"},
             {"~", "'~'"}};

START_TEST(words_are_quoted_for_a_shell) {
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  commandline_put_word(out, words[_i].word);
  fclose(out);
  ck_assert_str_eq(text, words[_i].shell);
  free(text);
}
END_TEST

static char *written(const char *text, bool as_json) {
  char *made;
  size_t size;
  FILE *out = open_memstream(&made, &size);
  if (as_json) {
    json_t *json = html_json_string(text);
    ck_assert_int_eq(html_put_json(out, json), 0);
    json_decref(json);
  } else
    html_put(out, text);
  fclose(out);
  return made;
}

static const struct {
  const char *text, *html, *json;
} escapes[] = {
    {"plain", "plain", "\"plain\""},
    {"<a href=\"'&'\">", "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt;",
     "\"\\u003ca href=\\\"'\\u0026'\\\"\\u003e\""},
    {"</script><!--", "&lt;/script&gt;&lt;!--",
     "\"\\u003c/script\\u003e\\u003c!--\""},
    {"\xc3\xa9", "\xc3\xa9", "\"\\u00E9\""},
    {"\xe9<", "\xef\xbf\xbd&lt;",
     "\"\\uFFFD\\u003c\""}, /* Latin-1: not UTF-8 */
    {"a\\n\n", "a\\n\n", "\"a\\\\n\\n\""},
};

START_TEST(text_is_escaped) {
  char *html = written(escapes[_i].text, false);
  char *json = written(escapes[_i].text, true);
  ck_assert_str_eq(html, escapes[_i].html);
  ck_assert_str_eq(json, escapes[_i].json);
  free(html);
  free(json);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("report");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, a_step_that_left_the_domain_is_no_other_failure);
  tcase_add_test(tc, the_page_says_what_was_run);
  tcase_add_test(tc, text_is_never_markup);
  tcase_add_test(tc, figures_get_the_curves);
  tcase_add_test(tc, long_traces_are_thinned);
  tcase_add_test(tc, a_page_may_show_a_part);
  tcase_add_test(tc, solvers_are_ranked_over_all_ysteps);
  tcase_add_test(tc, rows_say_what_they_are_about);
  tcase_add_test(tc, figures_get_the_times_to_gaps);
  tcase_add_test(tc, colours_are_those_of_figures);
  tcase_add_test(tc, a_title_may_be_given);
  tcase_add_test(tc, several_directories_make_one_page);
  tcase_add_test(tc, merged_directories_are_all_there);
  tcase_add_test(tc, checks_are_shown_with_runs_or_without);
  tcase_add_test(tc, bad_input_is_refused_and_writes_nothing);
  suite_add_tcase(suite, tc);
  tc = tcase_create("parts");
  tcase_add_loop_test(tc, words_are_quoted_for_a_shell, 0,
                      many(sizeof words, sizeof *words));
  tcase_add_loop_test(tc, text_is_escaped, 0,
                      many(sizeof escapes, sizeof *escapes));
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
