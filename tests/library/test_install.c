/* The installed library, as scripts/try-library uses it. */
#include "tests/support/program.h"

#include <libgen.h>

START_TEST(others_can_use_what_is_installed) {
  char command[1024], *program = strdup(getenv("YSTEP"));
  ck_assert_ptr_nonnull(program);
  snprintf(command, sizeof command, "cd \"%s\" && scripts/try-library \"%s\"",
           getenv("YSTEP_SOURCE"), dirname(program));
  ck_assert_int_eq(system(command), 0);
  free(program);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("install");
  TCase *tests = tcase_create("install");
#ifndef YS_SANITIZE /* whoever links such a library is to be sanitized, too */
  tcase_add_test(tests, others_can_use_what_is_installed);
#endif
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
