/* A solver in a shared object, as scripts/try-plugin builds and runs it. */
#include "tests/support/program.h"

#include <libgen.h>

START_TEST(a_plug_in_is_a_solver_like_any_other) {
  char command[1024], *program = strdup(getenv("YSTEP"));
  ck_assert_ptr_nonnull(program);
  snprintf(command, sizeof command, "cd \"%s\" && scripts/try-plugin \"%s\"",
           getenv("YSTEP_SOURCE"), dirname(program));
  ck_assert_int_eq(system(command), 0);
  free(program);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin");
  TCase *tests = tcase_create("plugin");
#ifndef YS_SANITIZE /* what is loaded would have to be */
  tcase_add_test(tests, a_plug_in_is_a_solver_like_any_other);
#endif
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
