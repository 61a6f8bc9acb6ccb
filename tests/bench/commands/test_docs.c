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
    "README.md",        "docs/adding-a-solver.md", "docs/audit.md",
    "docs/figures.md",  "docs/file-formats.md",    "docs/kernels.md",
    "docs/library.md",  "docs/method.md",          "docs/portability.md",
    "docs/python.md",   "docs/speed.md",           "docs/sweeps.md",
    "docs/training.md", "docs/layout.md"};

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

START_TEST(no_number_is_stale) {
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
  ck_assert_int_eq(
      system("mkdir -p s/scripts s/docs s/results && echo fine >s/docs/a.md && "
             "cp \"$YSTEP_SOURCE\"/scripts/docs-numbers s/scripts && "
             "cp -r \"$YSTEP_SOURCE\"/results/reference s/results"),
      0);
  put_text("s/README.md",
           "Text.\n"
           "<!-- numbers: ystep table results/reference --pivot -s em fw -->\n"
           "old\n<!-- /numbers -->\n"
           "It takes <!--n em iterations_to_gap-->7<!--/n--> iterations, and "
           "<!--n fw iterations_to_gap-->8<!--/n-->.\n"
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
                               "\nstays\n", "\nEnd.\n",   "It takes <!--n em"};
  for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
    ck_assert_msg(strstr(page, holds[i]), "%s: %s", holds[i], page);
  ck_assert(!strstr(page, "old") && !strstr(page, "-->7<!--"));
  free(page);
  put_text("s/README.md", "<!-- numbers: rm -rf x; ystep table a -->\n");
  ck_assert_int_ne(system(NUMBERS " >said.txt 2>&1"), 0);
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
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
