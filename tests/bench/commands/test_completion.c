/* bench/commands/cmd_complete.c and scripts/completion/: what shells offer. */
#include "tests/support/program.h"

/* Each of the words is in out.txt. */
static void assert_printed(const char *words) {
  char *text = slurp("out.txt");
  char *copy = strdup(words), *rest = copy, *word;
  while ((word = strsep(&rest, "|")))
    ck_assert_msg(strstr(text, word), "'%s' is not in: %s", word, text);
  free(copy);
  free(text);
}

static const struct {
  const char *words, *offers;
} completed[] = {
    {"re", "repair\t|report\t"},
    {"run -s p", "pgd\t"},
    {"run -s fw al", "all\t"},
    {"run -s pgd:step=0.1,", "pgd:step=0.1,accel="},
    {"run -s fw:corrective=n", "fw:corrective=newton|fw:corrective=none"},
    {"run -p dirichlet -s e", "exact\t|em\t"},
    {"run --lo", "--loss\t"},
    {"table --form", "--format\t"},
    {"table --format ''", "md|csv|tex"},
    {"plot out --kind w", "winner\t"},
    {"list solvers ip", "ipm\t"},
    {"help ru", "run\t"},
    {"table ''", ":files"},
    {"run --tol 1e-3 ''", ":files"},
};

START_TEST(a_shell_is_offered_what_the_tables_hold) {
  char arguments[128];
  snprintf(arguments, sizeof arguments, "complete %s", completed[_i].words);
  ck_assert_int_eq(ystep("%s", arguments), 0);
  assert_printed(completed[_i].offers);
}
END_TEST

START_TEST(nothing_is_offered_that_is_refused) {
  const char *const words[] = {"rn x", "run -s zz", "run -s pgd:zz",
                               "table --format z", "run --verbose --zz"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    ck_assert_int_eq(ystep("complete %s", words[i]), 0);
    char *text = slurp("out.txt");
    ck_assert_msg(!*text, "%s: %s", words[i], text);
    free(text);
  }
}
END_TEST

/* bash takes words apart at ':' and '='. */
START_TEST(bash_completes_what_is_typed) {
  put_text("try.bash",
           "source \"$YSTEP_SOURCE\"/scripts/completion/ystep.bash\n"
           "try() { COMP_LINE=$1; COMP_POINT=${#1}; _ystep; echo \"$1: "
           "${COMPREPLY[*]}\"; }\n"
           "try \"$YSTEP run -s pg\"\n"
           "try \"$YSTEP run -s pgd:st\"\n"
           "try \"$YSTEP run -p dirichlet:M=9 --lo\"\n"
           "touch abc.yaml\n"
           "try \"$YSTEP sweep ab\"\n");
  ck_assert_int_eq(system("bash try.bash >out.txt"), 0);
  assert_printed("-s pg: pgd|pgd:st: step=|--lo: --loss|sweep ab: abc.yaml");
}
END_TEST

static bool is_installed(const char *shell) {
  char command[64];
  snprintf(command, sizeof command, "command -v %s >/dev/null", shell);
  return system(command) == 0;
}

/* In its line editor, where there is a zsh: what stands there after a tab. */
START_TEST(zsh_completes_what_is_typed) {
  if (!is_installed("zsh"))
    return;
  put_text("abc.yaml", "");
  ck_assert_int_eq(
      system("zsh -f \"$YSTEP_SOURCE\"/tests/support/complete.zsh "
             "\"$YSTEP_SOURCE\"/scripts/completion \"$YSTEP\" "
             "'ystep run -s pg' 'ystep run -s pgd:st' 'ystep sweep ab' "
             "'ystep run -p dirichlet:M=9 --lo' 'ystep tab' "
             "'ystep table --format m' 'ystep run -s fw:corrective=ne' "
             "'ystep list solvers gs' >out.txt 2>&1"),
      0);
  assert_printed("<ystep run -s pgd>|<ystep run -s pgd:step=>|"
                 "<ystep sweep abc.yaml >|"
                 "<ystep run -p dirichlet:M=9 --loss>|<ystep table>|"
                 "<ystep table --format md>|"
                 "<ystep run -s fw:corrective=newton>|"
                 "<ystep list solvers gsl>");
}
END_TEST

START_TEST(fish_completes_what_is_typed) {
  if (!is_installed("fish"))
    return;
  put_text("abc.yaml", "");
  put_text("try.fish",
           "source $YSTEP_SOURCE/scripts/completion/ystep.fish\n"
           "set -x PATH (path dirname $YSTEP) $PATH\n"
           "for line in 'ystep run -s pg' 'ystep run -s pgd:st' "
           "'ystep sweep ab' 'ystep run -p dirichlet:M=9 --lo' 'ystep tab'\n"
           "  echo \"$line: \"(complete -C $line | string split -f 1 \\t)\n"
           "end\n");
  ck_assert_int_eq(system("HOME=$PWD fish --no-config try.fish >out.txt 2>&1"),
                   0);
  assert_printed("-s pg: pgd\n|pgd:st: pgd:step=|sweep ab: abc.yaml|"
                 "--lo: --loss|tab: table");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("completion");
  TCase *tests = tcase_create("completion");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, a_shell_is_offered_what_the_tables_hold, 0,
                      (int)(sizeof completed / sizeof *completed));
  tcase_add_test(tests, nothing_is_offered_that_is_refused);
  tcase_add_test(tests, bash_completes_what_is_typed);
  tcase_add_test(tests, zsh_completes_what_is_typed);
  tcase_add_test(tests, fish_completes_what_is_typed);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
