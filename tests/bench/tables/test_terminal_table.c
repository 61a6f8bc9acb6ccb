/* bench/text/terminal_table.c, bench/commands/table_output.c: tables on a
 * terminal are drawn, and stay Markdown in a pipe. */
#include "bench/text/terminal_table.h"
#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/ioctl.h>

static char *drawn(const char *markdown, size_t width) {
  char *text = NULL, *copy = strdup(markdown);
  size_t size;
  FILE *out = open_memstream(&text, &size);
  ys_error error;
  ck_assert_int_eq(terminal_table_draw(out, copy, width, false, &error), YS_OK);
  fclose(out);
  free(copy);
  return text;
}

static const struct {
  const char *markdown;
  size_t width;
  const char *drawn;
} cases[] = {
    {"### d:M=9 (9 x 3)\n\n| solver | s |\n|---|---:|\n| em | 0.5 |\n"
     "| \\_a\\|b | 10 |\n\nThe end.\n",
     80,
     "d:M=9 (9 x 3)\n\nsolver    s\n───────────\nem      0.5\n_a|b     10\n\n"
     "The end.\n"},
    /* What has no room goes below, again with the first column. */
    {"| solver | one | two |\n|---|---|---:|\n| λ | 1 | 2 |\n", 12,
     "solver  one\n───────────\nλ       1\n\n"
     "solver  two\n───────────\nλ         2\n"},
    /* A window too narrow for anything. */
    {"| solver | one |\n|---|---|\n| em | 1 |\n", 1,
     "solver  one\n───────────\nem      1\n"},
    {"| one |\n|---|\n| 1 |\n", 80, "one\n───\n1\n"},
    /* Cells that are missing, lines that are no table. */
    {"| a | b |\n|---|---|\n| 1 |\n", 80, "a  b\n────\n1  \n"},
    {"|\n", 80, "|\n"},
    {"", 80, ""},
    {"one two three\n", 8, "one two\nthree\n"},
};

START_TEST(markdown_is_drawn) {
  char *text = drawn(cases[_i].markdown, cases[_i].width);
  ck_assert_str_eq(text, cases[_i].drawn);
  free(text);
}
END_TEST

/* The program with a terminal of 60 columns as its standard output: what it
 * wrote, to be freed. */
static char *on_a_terminal(const char *arguments) {
  char command[256], *text = malloc(1 << 16);
  size_t length = 0;
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  ck_assert_int_ge(master, 0);
  ck_assert(grantpt(master) == 0 && unlockpt(master) == 0);
  const struct winsize size = {.ws_row = 24, .ws_col = 60};
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  ck_assert_int_ge(slave, 0);
  ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &size), 0);
  snprintf(command, sizeof command, "\"$YSTEP\" %s 2>err.txt", arguments);
  const pid_t child = fork();
  if (child == 0) {
    dup2(slave, STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(127);
  }
  close(slave);
  for (ssize_t got; length < (1 << 16) - 1 &&
                    (got = read(master, text + length,
                                (size_t)((1 << 16) - 1) - length)) > 0;)
    length += (size_t)got;
  text[length] = '\0';
  waitpid(child, NULL, 0);
  close(master);
  return text;
}

START_TEST(a_terminal_is_drawn_on_and_a_pipe_is_not) {
  static const char *const tables[] = {"table out --gap 1e-2",
                                       "table out --pivot", "table out --total",
                                       "compare out out", "labels out"};
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=50,K=3 -s fw em -o out --save-labels"), 0);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    char *text = on_a_terminal(tables[i]);
    ck_assert_msg(strstr(text, "───") && !strstr(text, "| fw"), "%s: %s",
                  tables[i], text);
    free(text);
    ck_assert_int_eq(ystep("%s", tables[i]), 0);
    text = slurp("out.txt");
    ck_assert_msg(strstr(text, "| fw") && !strchr(text, '\033'), "%s: %s",
                  tables[i], text);
    free(text);
  }
  /* Other formats are for programs, wherever they go. */
  char *text = on_a_terminal("table out --format csv");
  ck_assert_ptr_nonnull(strstr(text, "problem,rows,classes"));
  free(text);
}
END_TEST

START_TEST(lists_are_json_too) {
  ck_assert_int_eq(ystep("list losses --format json"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "\"name\": \"collision\""));
  free(text);
  assert_refuses("list losses --format yaml", "yaml");
}
END_TEST

int main(void) {
  Suite *s = suite_create("terminal_table");
  TCase *tc = tcase_create("drawing");
  tcase_add_loop_test(tc, markdown_is_drawn, 0,
                      (int)(sizeof cases / sizeof *cases));
  suite_add_tcase(s, tc);
  tc = tcase_create("program");
  tcase_add_checked_fixture(tc, enter_folder, leave_folder);
  tcase_add_test(tc, a_terminal_is_drawn_on_and_a_pipe_is_not);
  tcase_add_test(tc, lists_are_json_too);
  suite_add_tcase(s, tc);
  return run_suite(s);
}
