/* The Python package, as scripts/try-python installs and tries it. */
#include "tests/support/program.h"

#include <libgen.h>

START_TEST(the_package_installs_and_passes) {
  char command[1024], *program = strdup(getenv("YSTEP"));
  ck_assert_ptr_nonnull(program);
  snprintf(command, sizeof command, "cd \"%s\" && scripts/try-python \"%s\"",
           getenv("YSTEP_SOURCE"), dirname(program));
  ck_assert_int_eq(system(command), 0);
  free(program);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("python");
  TCase *tests = tcase_create("python");
#ifndef YS_SANITIZE /* Python itself would have to be */
  tcase_add_test(tests, the_package_installs_and_passes);
#endif
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
