/* The documentation, done: every command of README and docs, from top to bottom
 * of a page, in one directory; and the numbers that they quote. */
#include "tests/support/program.h"

/* M x K numbers of 16 bits, between -2 and 2, as NumPy saves them. */
static void put_logits(const char *path, int rows, int classes) {
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  char header[118];
  const int length =
      snprintf(header, sizeof header,
               "{'descr': '<f2', 'fortran_order': False, 'shape': (%d, %d), }",
               rows, classes);
  memset(header + length, ' ', sizeof header - (size_t)length);
  header[sizeof header - 1] = '\n';
  fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
  fwrite(header, 1, sizeof header, file);
  unsigned state = 1;
  for (int i = 0; i < rows * classes; i++) {
    state = state * 1664525 + 1013904223;
    const unsigned half = (state >> 31 << 15) | (state >> 8) % 0x4000;
    fputc((int)(half & 0xff), file);
    fputc((int)(half >> 8), file);
  }
  ck_assert_int_eq(fclose(file), 0);
}

static const char *const pages[] = {
    "README.md",       "docs/adding-a-solver.md",
    "docs/audit.md",   "docs/exec-protocol.md",
    "docs/figures.md", "docs/file-formats.md",
    "docs/kernels.md", "docs/library.md",
    "docs/method.md",  "docs/portability.md",
    "docs/python.md",  "docs/speed.md",
    "docs/sweeps.md",  "docs/training.md",
    "docs/layout.md",  "docs/scaling.md"};

START_TEST(a_page_does_what_it_says) {
  char command[256];
  put_logits("logits.npy", 300, 7);
  ck_assert_int_eq(system("ln -s \"$YSTEP_SOURCE\"/bench bench"), 0);
  snprintf(command, sizeof command,
           "\"$YSTEP_SOURCE\"/scripts/try-docs \"$YSTEP\" \"$YSTEP_SOURCE\" "
           "\"$YSTEP_SOURCE\"/%s >said.txt 2>&1",
           pages[_i]);
  const int status = system(command);
  char *said = slurp("said.txt");
  ck_assert_msg(status == 0, "%s: %s", pages[_i], said);
  free(said);
}
END_TEST

START_TEST(the_first_screen_leaves_what_it_says) {
  put_logits("logits.npy", 300, 7);
  ck_assert_int_eq(
      ystep("solve file:path=logits.npy,logits=1 -o labels.npz --lambda 10"),
      0);
  ck_assert_int_eq(
      ystep("run -p file:path=logits.npy,logits=1 -s exact em pgd --lambda 10 "
            "-o mine"),
      0);
  ck_assert_int_eq(ystep("plot mine"), 0);
  ck_assert(exists("labels.npz"));
  ck_assert_int_eq(system("ls mine/figures/*.pdf >list.txt"), 0);
}
END_TEST

/* What a page does wrong is found: a command that fails, an option that is none
 * in a block that is too long to run, a target that is not there. */
static const char *const wrong[] = {
    "```sh\nystep table nothing\n```\n",
    "<!-- long -->\n```sh\nystep run -p x --lamda 3\n```\n",
    "<!-- long -->\n\n    ystep sweep none.yaml --dri\n",
    "    make no-such-target\n", "    scripts/none\n"};

START_TEST(a_page_that_is_wrong_is_found) {
  put_text("page.md", wrong[_i]);
  ck_assert_int_ne(system("\"$YSTEP_SOURCE\"/scripts/try-docs \"$YSTEP\" "
                          "\"$YSTEP_SOURCE\" page.md >said.txt 2>&1"),
                   0);
}
END_TEST

/* scripts/docs-numbers is written in it; continuous integration has it. */
static bool has_python(void) {
  const bool found = system("command -v python3 >/dev/null") == 0;
  ck_assert(found || !getenv("PYTHON_REQUIRED"));
  return found;
}

START_TEST(no_number_is_stale) {
  if (!has_python())
    return;
  const int status = system("\"$YSTEP_SOURCE\"/scripts/docs-numbers \"$YSTEP\" "
                            "--check >said.txt 2>&1");
  char *said = slurp("said.txt");
  ck_assert_msg(status == 0, "%s", said);
  free(said);
}
END_TEST

#define NUMBERS "s/scripts/docs-numbers \"$YSTEP\""

/* A number that the results do not have is found, and put right, with the
 * commit and the machine that it is of; a passage of a directory that is not
 * there stays. */
START_TEST(a_stale_number_is_found_and_put_right) {
  if (!has_python())
    return;
  ck_assert_int_eq(
      system("mkdir -p s/scripts s/docs s/results && echo fine >s/docs/a.md && "
             "cp \"$YSTEP_SOURCE\"/scripts/docs-numbers s/scripts && "
             "cp -r \"$YSTEP_SOURCE\"/results/reference s/results"),
      0);
  put_text("s/README.md",
           "Text.\n"
           "<!-- numbers: ystep table results/reference --pivot -s em fw -->\n"
           "old\n<!-- /numbers -->\n"
           "It takes <!--n iterations_to_gap solver=em-->7<!--/n-->, and "
           "<!--n iterations_to_gap solver=fw-->8<!--/n-->.\n"
           "<!-- numbers: ystep table results/none -->\nstays\n"
           "<!-- /numbers -->\nEnd.\n");
  ck_assert_int_eq(system(NUMBERS " --check >said.txt 2>&1"), 256);
  char *said = slurp("said.txt");
  ck_assert_ptr_nonnull(strstr(said, "README.md is stale"));
  free(said);
  ck_assert_int_eq(system(NUMBERS " >said.txt 2>&1"), 0);
  ck_assert_int_eq(system(NUMBERS " --check >said.txt 2>&1"), 0);
  char *page = slurp("s/README.md");
  const char *const holds[] = {"| fw |",    "; ystep 0.", ", commit ",
                               "\nstays\n", "\nEnd.\n",   "It takes <!--n it"};
  for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
    ck_assert_msg(strstr(page, holds[i]), "%s: %s", holds[i], page);
  ck_assert(!strstr(page, "old") && !strstr(page, "-->7<!--"));
  free(page);
  put_text("s/README.md", "<!-- numbers: rm -rf x; ystep table a -->\n");
  ck_assert_int_ne(system(NUMBERS " >said.txt 2>&1"), 0);
}
END_TEST

/* A folder s with the script, docs and, as results, two small tables. */
static void make_pages(void) {
  ck_assert_int_eq(system("mkdir -p s/scripts s/docs s/results/reference && "
                          "cp \"$YSTEP_SOURCE\"/scripts/docs-numbers "
                          "s/scripts"),
                   0);
  put_text("s/results/reference/t.csv",
           "solver,problem,lambda,seconds\nexact,d,1,0.5\nem,d,1,2\n"
           "exact,d,10,0.25\nem,d,10,inf\nem,\"e:M=9,K=3\",1,3\n");
  put_text("s/results/reference/t.md",
           "# One\n\n| loop | K = 2 |\n|---|---:|\n| a | 1.50 |\n\n# Two\n\n"
           "| loop | K = 2 |\n|---|---:|\n| a | **2.50** |\n| b |  |\n");
}

static const struct {
  const char *query, *answer; /* NULL: it is refused */
} queries[] = {
    {"t.csv seconds solver=em lambda=1 problem=d", "2"},
    {"t.csv seconds solver=em problem=e", "3"},
    {"t.csv seconds take=max solver=em / solver=exact", "4"},
    {"t.csv seconds take=count solver=exact 'ratio<1' / solver=em", "2"},
    {"t.csv seconds take=count solver=em 'seconds<inf'", "2"},
    {"t.csv seconds solver=exact lambda=10 times=1000 as=.1f", "250.0"},
    {"t.csv seconds take=median 'solver=exact|em' 'lambda!=10'", "2"},
    {"t.md 'K = 2' loop=a section=One", "1.5"},
    {"t.md 'K = 2' loop=a 'section~w' as=.2f", "2.50"},
    {"t.csv seconds solver=em", NULL},
    {"t.csv seconds solver=em lambda=10", NULL},
    {"t.csv seconds solver=none", NULL},
    {"none.csv seconds", NULL},
};

START_TEST(a_query_finds_its_number) {
  char command[512], expected[64];
  if (!has_python())
    return;
  make_pages();
  /* The words of a query are quoted once more, as in a page. */
  snprintf(command, sizeof command,
           "s/scripts/docs-numbers \"$YSTEP\" --ask \"%s\" >said.txt 2>&1",
           queries[_i].query);
  const int status = system(command);
  char *said = slurp("said.txt");
  ck_assert_msg((status == 0) == (queries[_i].answer != NULL), "%s: %s",
                queries[_i].query, said);
  snprintf(expected, sizeof expected, "%s\n", queries[_i].answer);
  if (queries[_i].answer)
    ck_assert_str_eq(said, expected);
  ck_assert_ptr_null(strstr(said, "Traceback"));
  free(said);
}
END_TEST

START_TEST(a_table_of_queries_is_written) {
  if (!has_python())
    return;
  make_pages();
  put_text("s/README.md",
           "<!-- numbers: table t.csv rows=problem,lambda columns=solver\n"
           "     cell={seconds:.2f} \"name=solver:em=>EM\" -->\n"
           "<!-- /numbers -->\n"
           "<!-- numbers: table t.md rows=loop section=One \"fields=K = 2\" "
           "-->\n<!-- /numbers -->\n");
  ck_assert_int_eq(system(NUMBERS " >said.txt 2>&1"), 0);
  char *page = slurp("s/README.md");
  const char *const holds[] = {
      "\n| problem | lambda | exact | EM |\n| --- | --- | ---: | ---: |\n"
      "| d | 1 | 0.50 | 2.00 |\n| d | 10 | 0.25 | - |\n"
      "| `e:M=9,K=3` | 1 |  | 3.00 |\n",
      "\n| loop | K = 2 |\n| --- | ---: |\n| a | 1.50 |\n"};
  for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
    ck_assert_msg(strstr(page, holds[i]), "%s", page);
  free(page);
}
END_TEST

/* A passage that asks for what there is not, or for work, is refused in a line.
 */
static const char *const refused_passages[] = {
    "ystep run -p dirichlet -s em -o x",
    "table t.csv rows=none columns=solver cell={seconds}",
    "table t.csv columns=solver cell={seconds}",
    "table t.csv rows=problem columns=solver cell={seconds} solver=none",
    "ystep table results --pivot",
};

START_TEST(a_passage_that_cannot_be_is_refused) {
  char text[256];
  if (!has_python())
    return;
  make_pages();
  snprintf(text, sizeof text, "<!-- numbers: %s -->\n<!-- /numbers -->\n",
           refused_passages[_i]);
  put_text("s/README.md", text);
  ck_assert_int_eq(system(NUMBERS " >said.txt 2>&1"), 256);
  char *said = slurp("said.txt");
  ck_assert_msg(strncmp(said, "README.md: ", 11) == 0, "%s", said);
  free(said);
}
END_TEST

/* What a measurement looks like and is in no mark, and a mark that does not say
 * where from. */
static const struct {
  const char *text, *says;
} by_hand[] = {
    {"It takes 0.05 s.", "README.md:1: a number by hand: 0.05 s"},
    {"It is\n12 times as fast.", "README.md:2: a number by hand: 12 times"},
    {"| 0.845 |", "a number by hand: 0.845"},
    {"Within 90 %.", "a number by hand: 90 %"},
    {"<!-- measured: commit 0123abc, make bench -->1 s<!-- /measured -->",
     "without commit, machine and command"},
    {"<!-- measured: commit 0123abc, AMD EPYC, make bench -->1 s<!-- /measured "
     "-->, at lambda 0.01, `0.05 s`.",
     NULL},
    {"<!-- numbers: ystep table results/none -->\n1 s\n<!-- /numbers -->",
     NULL},
    {"<!-- computed: by hand -->1 s<!-- /computed -->", NULL},
    {"<!-- computed: by hand -->1 s", "has no '<!-- /computed -->'"},
};

START_TEST(a_number_by_hand_is_found) {
  if (!has_python())
    return;
  make_pages();
  put_text("s/README.md", by_hand[_i].text);
  const int status = system(NUMBERS " --check >said.txt 2>&1");
  char *said = slurp("said.txt");
  ck_assert_msg((status == 0) == !by_hand[_i].says, "%s", said);
  ck_assert_msg(!by_hand[_i].says || strstr(said, by_hand[_i].says), "%s",
                said);
  free(said);
}
END_TEST

/* What scripts/reference takes of a run directory is less, and says the same.
 */
START_TEST(thinned_results_say_the_same) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=200,K=5 -s em md pgd:step=1 exact "
                         "--lambda 1 10 --repeat 2 --max-iter 3000 "
                         "--trace-every 1 -o results/small"),
                   0);
  ck_assert_int_eq(system("mkdir results/reference && "
                          "\"$YSTEP_SOURCE\"/scripts/reference \"$YSTEP\" "
                          "small >said.txt 2>&1"),
                   0);
  static const char *const tables[] = {
      "--format csv --gap 1e-1 1e-2 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9",
      "--pivot --gap 1e-4 --format csv", "--total --format csv"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    ck_assert_int_eq(ystep("table results/small %s", tables[i]), 0);
    char *whole = slurp("out.txt");
    ck_assert_int_eq(ystep("table results/reference/small %s", tables[i]), 0);
    char *thinned = slurp("out.txt");
    ck_assert_str_eq(whole, thinned);
    free(whole);
    free(thinned);
  }
  table all = read_table("results/small/traces.csv"),
        kept = read_table("results/reference/small/traces.csv");
  ck_assert_uint_lt(10 * kept.rows, all.rows);
  free_table(&all);
  free_table(&kept);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("docs");
  TCase *tests = tcase_create("docs");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_loop_test(tests, a_page_does_what_it_says, 0,
                      (int)(sizeof pages / sizeof *pages));
  tcase_add_test(tests, the_first_screen_leaves_what_it_says);
  tcase_add_loop_test(tests, a_page_that_is_wrong_is_found, 0,
                      (int)(sizeof wrong / sizeof *wrong));
  tcase_add_test(tests, no_number_is_stale);
  tcase_add_test(tests, a_stale_number_is_found_and_put_right);
  tcase_add_test(tests, thinned_results_say_the_same);
  tcase_add_loop_test(tests, a_query_finds_its_number, 0,
                      (int)(sizeof queries / sizeof *queries));
  tcase_add_test(tests, a_table_of_queries_is_written);
  tcase_add_loop_test(
      tests, a_passage_that_cannot_be_is_refused, 0,
      (int)(sizeof refused_passages / sizeof *refused_passages));
  tcase_add_loop_test(tests, a_number_by_hand_is_found, 0,
                      (int)(sizeof by_hand / sizeof *by_hand));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
