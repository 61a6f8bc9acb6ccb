/* What is outside of the program: the installed library, the Python package and
 * a solver in a shared object, each as a script builds and tries it. */
#include "tests/support/program.h"

#include <libgen.h>

static void try(const char *script) {
  char command[1024], *program = strdup(getenv("YSTEP"));
  ck_assert_ptr_nonnull(program);
  snprintf(command, sizeof command, "cd \"%s\" && %s \"%s\"",
           getenv("YSTEP_SOURCE"), script, dirname(program));
  ck_assert_int_eq(system(command), 0);
  free(program);
}

START_TEST(others_can_use_what_is_installed) {
  try("scripts/try-library");
}
END_TEST

START_TEST(the_package_installs_and_passes) {
  try("scripts/try-python");
}
END_TEST

START_TEST(a_plug_in_is_a_solver_like_any_other) {
  try("scripts/try-plugin");
}
END_TEST

/* Whoever loads or links a sanitized library would have to be, too. */
#ifdef YS_SANITIZE
static const bool is_sanitized = true;
#else
static const bool is_sanitized = false;
#endif

int main(void) {
  Suite *suite = suite_create("outside");
  TCase *tests = tcase_create("outside");
  if (!is_sanitized) {
    tcase_add_test(tests, others_can_use_what_is_installed);
    tcase_add_test(tests, the_package_installs_and_passes);
    tcase_add_test(tests, a_plug_in_is_a_solver_like_any_other);
  }
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
