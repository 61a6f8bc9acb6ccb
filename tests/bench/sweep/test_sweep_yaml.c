/* The YAML file of a sweep: what it means, and what is said of a bad one. */
#include "tests/support/sweep_plans.h"

/* ------------------------------------------------------------- meanings -- */

START_TEST(a_plan_is_the_product) {
  planned p = plan_of("problems: [dirichlet, gaussian]\n"
                      "solvers: [em, pgd, md]\n"
                      "lambdas: [0, 1, 2.5]\n"
                      "losses: [collision, reverse]\n"
                      "fairness: [strong, weak]\n"
                      "starts: [uniform, random]\n"
                      "seeds: [1, 7]\n"
                      "repeats: 2\n");
  ck_assert_uint_eq(p.plan.count, 2 * 3 * 3 * 2 * 2 * 2 * 2 * 2);
  size_t unsupported = 0;
  for (size_t i = 0; i < p.plan.count; i++) {
    ck_assert_uint_eq(p.plan.runs[i].spec.id, i + 1);
    ck_assert_int_eq(p.plan.runs[i].spec.threads, 2);
    unsupported += p.plan.runs[i].unsupported != NULL;
  }
  ck_assert_uint_eq(unsupported, 2 * 3 * 2 * 2 * 2 * 2); /* em with weak */
  drop(&p);
}
END_TEST

START_TEST(the_defaults_are_those_of_run) {
  planned p = plan_of("problems: dirichlet:M=20,K=3\nsolvers: em\n");
  const sweep_run *run = &p.plan.runs[0];
  ck_assert_uint_eq(p.plan.count, 1);
  ck_assert_int_eq(run->spec.loss, YS_COLLISION);
  ck_assert_int_eq(run->spec.fairness, YS_STRONG);
  ck_assert(run->spec.lambda == 1 && run->spec.limits.tolerance == 1e-6);
  ck_assert(run->spec.limits.seconds == 60);
  ck_assert_int_eq(run->spec.limits.max_iterations, 1000000000000000);
  ck_assert_uint_eq(run->spec.seed, 1);
  ck_assert_uint_eq(run->spec.repeat, 0);
  ck_assert_str_eq(run->spec.start, "uniform");
  ck_assert_str_eq(run->spec.prior, "uniform");
  drop(&p);
}
END_TEST

START_TEST(ranges_are_written_as_a_person_would) {
  planned p = plan_of("problems: dirichlet:M=20,K=3\nsolvers: em\n"
                      "lambdas: [0, {logspace: [0.001, 1000, 7]}, "
                      "{linspace: [2, 3, 3]}]\n");
  const double expected[] = {0, 0.001, 0.01, 0.1, 1, 10, 100, 1000, 2, 2.5, 3};
  ck_assert_uint_eq(p.plan.count, 11);
  for (size_t i = 0; i < 11; i++)
    ck_assert(p.plan.runs[i].spec.lambda == expected[i]);
  drop(&p);
}
END_TEST

/* Every axis, the last running fastest; a prior is one of a problem's K. */
START_TEST(starts_priors_and_seeds_are_axes) {
  char *prior = temp_file(".csv"), text[512];
  put_text(prior, "0.5,0.25,0.25\n");
  snprintf(text, sizeof text,
           "problems:\n"
           "  - {problem: 'dirichlet:M=20,K=3', priors: [uniform, %s]}\n"
           "  - dirichlet:M=20,K=4\n"
           "solvers: em\nstarts: [random, uniform]\nseeds: [1, 2]\n",
           prior);
  planned p = plan_of(text);
  ck_assert_uint_eq(p.plan.count, 8 + 4);
  for (size_t i = 0; i < p.plan.count; i++) {
    const sweep_run *run = &p.plan.runs[i];
    ck_assert_uint_eq(run->spec.seed, 1 + i % 2);
    ck_assert_str_eq(run->spec.start,
                     (i < 8 ? i / 4 : (i - 8) / 2) ? "uniform" : "random");
    ck_assert_str_eq(run->spec.prior, i < 8 && i / 2 % 2 ? prior : "uniform");
  }
  drop(&p);
  drop_file(prior);
}
END_TEST

START_TEST(options_are_written_out) {
  planned p = plan_of(
      "problems:\n"
      "  - problem: dirichlet\n"
      "    with: {M: {logspace: [10, 1000, 3]}, K: [2, 3], alpha: 0.5}\n"
      "solvers:\n"
      "  - solver: pgd:accel=1\n"
      "    with: {step: [0.1, {logspace: [1, 10, 2]}]}\n");
  ck_assert_uint_eq(p.file.problems.count, 6);
  ck_assert_uint_eq(p.file.solvers.count, 3);
  ck_assert_str_eq(p.file.problems.item[0].spec,
                   "dirichlet:M=10,K=2,alpha=0.5");
  ck_assert_str_eq(p.file.problems.item[5].spec,
                   "dirichlet:M=1000,K=3,alpha=0.5");
  ck_assert_str_eq(p.file.solvers.item[0].spec, "pgd:accel=1,step=0.1");
  ck_assert_str_eq(p.file.solvers.item[2].spec, "pgd:accel=1,step=10");
  drop(&p);
}
END_TEST

START_TEST(the_solver_has_the_last_word) {
  planned p = plan_of("tol: 1e-3\nlambdas: [1, 2]\n"
                      "groups:\n"
                      "  slow: [{solver: em, tol: 1e-5}, pgd]\n"
                      "problems:\n"
                      "  - {problem: 'dirichlet:M=20,K=3', tol: 1e-4, "
                      "lambdas: 5}\n"
                      "  - gaussian:M=20,K=3\n"
                      "solvers:\n"
                      "  - {group: slow, tol: 1e-6, time-limit: 7}\n"
                      "  - md\n");
  const double tolerance[] = {1e-5, 1e-6, 1e-4, 1e-5, 1e-5,
                              1e-6, 1e-6, 1e-3, 1e-3};
  const double lambda[] = {5, 5, 5, 1, 2, 1, 2, 1, 2};
  ck_assert_uint_eq(p.plan.count, 9);
  for (size_t i = 0; i < 9; i++) {
    ck_assert(p.plan.runs[i].spec.limits.tolerance == tolerance[i]);
    ck_assert(p.plan.runs[i].spec.lambda == lambda[i]);
  }
  ck_assert(p.plan.runs[0].spec.limits.seconds == 7);
  ck_assert(p.plan.runs[2].spec.limits.seconds == 60);
  drop(&p);
}
END_TEST

START_TEST(filters_choose_problems) {
  planned p = plan_of("problems: ['dirichlet:M=20,K=3', 'gaussian:M=20,K=3', "
                      "'gaussian:M=30,K=3']\n"
                      "solvers:\n"
                      "  - {solver: em, only: gaussian}\n"
                      "  - {solver: pgd, except: ['gaussian:M=30,K=3']}\n");
  const char *const expected[] = {"dirichlet:M=20,K=3", "gaussian:M=20,K=3",
                                  "gaussian:M=20,K=3", "gaussian:M=30,K=3"};
  ck_assert_uint_eq(p.plan.count, 4);
  for (size_t i = 0; i < 4; i++)
    ck_assert_str_eq(p.plan.runs[i].spec.problem, expected[i]);
  drop(&p);
}
END_TEST

START_TEST(groups_come_from_other_files) {
  char *other = temp_file(".yaml"), *third = temp_file(".yaml"), text[512];
  snprintf(text, sizeof text,
           "include: %s\ngroups: {ours: [em, {group: "
           "theirs}]}\n",
           strrchr(third, '/') + 1);
  put_text(other, text);
  put_text(third, "groups: {theirs: md}\n");
  snprintf(text, sizeof text,
           "include: [%s]\nproblems: dirichlet:M=20,K=3\n"
           "solvers: {group: ours}\n",
           other);
  planned p = plan_of(text);
  ck_assert_uint_eq(p.plan.count, 2);
  ck_assert_str_eq(p.plan.runs[1].spec.solver, "md");
  drop(&p);
  drop_file(other);
  drop_file(third);
}
END_TEST

/* ------------------------------------------------------------- bad files -- */

#define GOOD "problems: dirichlet:M=20,K=3\nsolvers: em\n"

/* What is wrong at which line and column, and what the message must say. */
static const struct {
  const char *text;
  int line, column;
  const char *words;
} bad[] = {
    {"", 1, 1, "empty|mapping"},
    {"just text\n", 1, 1, "a sweep|expected a mapping|just text"},
    {"- a list\n", 1, 1, "expected a mapping|a list"},
    {"problems: [dirichlet\nsolvers: em\n", 2, 8, "not YAML"},
    {"problems: [\"file:path=a\\e[2J\"]\nsolvers: em\n", 1, 12,
     "control characters"},
    {"problems: \"d\\n\"\nsolvers: em\n", 1, 11, "control characters"},
    {"problems: d\nsolvers: \"em\\0x\"\n", 2, 10, "control characters"},
    {"problems: dirichlet\nsolvers: {solver: em, label: [a]}\n", 2, 30,
     "label|a text|list"},
    {"problems: dirichlet\nsolvers: {solver: em, label: \"a\\x7f\"}\n", 2, 30,
     "control characters"},
    {"problems: dirichlet\nsolvers: {solver: em, label: "
     "0123456789012345678901234567890123456789012345678901234567890}\n",
     2, 30, "label|60"},
    {"problems: dirichlet\nsolvers: {group: g, label: a}\ngroups: {g: em}\n", 2,
     28, "label|group"},
    {"problems: dirichlet\nsolvers: {solver: pgd, with: {step: [1, 2]}, label: "
     "a}\n",
     2, 53, "label|2 solvers|one"},
    {"problems: dirichlet\n\tsolvers: em\n", 2, 1, "not YAML"},
    {GOOD "---\n" GOOD, 3, 1, "second document"},
    {"solvers: em\n", 1, 1, "needs 'problems'"},
    {"problems: dirichlet\n", 1, 1, "needs 'solvers'"},
    {"problems: []\nsolvers: em\n", 1, 11, "problems|empty"},
    {GOOD "lamdas: [1]\n", 3, 1, "no key 'lamdas'|lambdas"},
    {GOOD "tol: 1e-3\ntol: 1e-4\n", 4, 1, "'tol' is there twice|line 3"},
    {GOOD "lambdas: [1, two]\n", 3, 14, "lambdas|number >= 0|'two'"},
    {GOOD "lambdas: [1, -2]\n", 3, 14, "lambdas|number >= 0|'-2'"},
    {GOOD "lambdas: [1, '2']\n", 3, 14, "lambdas|number|the text '2'"},
    {GOOD "lambdas: []\n", 3, 10, "lambdas|empty"},
    {GOOD "lambdas:\n", 3, 9, "lambdas|number|nothing"},
    {GOOD "lambdas: [1, 2, 1.0]\n", 3, 17, "lambdas|1 is there twice"},
    {GOOD "lambdas: [[1, 2]]\n", 3, 11, "lambdas|number|a list"},
    {GOOD "lambdas: {logspace: [0, 10, 3]}\n", 3, 21, "logspace|above 0"},
    {GOOD "lambdas: {logspace: [1, 10]}\n", 3, 21, "[first, last, count]"},
    {GOOD "lambdas: {logspace: [1, 10, 2.5]}\n", 3, 29, "count|whole|2.5"},
    {GOOD "lambdas: {lgspace: [1, 10, 2]}\n", 3, 11, "lgspace|logspace"},
    {GOOD "losses: [colision]\n", 3, 10, "losses|colision|collision"},
    {GOOD "fairness: {strong: 1}\n", 3, 11, "fairness|strong or weak|mapping"},
    {GOOD "repeats: 0\n", 3, 10, "repeats|whole number in [1, 1000000]|'0'"},
    {GOOD "repeats: [1, 2]\n", 3, 10, "repeats|one value|list"},
    {GOOD "threads: many\n", 3, 10, "threads|whole number|many"},
    {GOOD "seeds: 1.5\n", 3, 8, "seeds|whole number|1.5"},
    {GOOD "time-limit: -1\n", 3, 13, "time-limit|in [0, 1000000000]"},
    {GOOD "memory-limit: 1\n", 3, 15, "memory-limit|[64, 1000000000]"},
    {GOOD "shuffle: yes\n", 3, 10, "shuffle|whole number|yes"},
    {GOOD "groups: [a, b]\n", 3, 9, "groups|mapping"},
    {GOOD "include: none.yaml\n", 3, 10, "include|none.yaml|No such file"},
    {"problems: dirichlt\nsolvers: em\n", 1, 11, "dirichlt|dirichlet"},
    {"problems: dirichlet:M=20,N=3\nsolvers: em\n", 1, 11, "dirichlet|'N'"},
    {"problems: [dirichlet:M=20,K=3]\nsolvers: em\n", 1, 27, "K=3|quotes"},
    {"problems: file:path=none.npy\nsolvers: em\n", 1, 11, "none.npy"},
    {"problems:\n  - dirichlet:M=20,K=3\nsolvers:\n  - em\n  - pdg\n", 5, 5,
     "pdg|pgd"},
    {"problems: dirichlet\nsolvers: {solver: pgd, stp: 1}\n", 2, 24,
     "solver|no key 'stp'|with"},
    {"problems: dirichlet\nsolvers: {solver: pgd, with: {stp: 1}}\n", 2, 31,
     "with|stp|step"},
    {"problems: dirichlet\nsolvers: {solver: pgd, with: {step: [1, -1]}}\n", 2,
     41, "pgd|step=-1"},
    {"problems: dirichlet\nsolvers: {solver: em, group: a}\n", 2, 10,
     "either 'solver' or 'group'"},
    {"problems: dirichlet\nsolvers: {group: a}\n", 2, 18, "no group 'a'"},
    {"problems: dirichlet\nsolvers: {group: stps}\ngroups: {steps: em}\n", 2,
     18, "stps|steps"},
    {"problems: dirichlet\nsolvers: {group: a}\n"
     "groups: {a: [{group: b}], b: [{group: a}]}\n",
     3, 39, "contains itself"},
    {"problems: dirichlet:M=20,K=3\nsolvers: {solver: em, only: gaussian}\n", 2,
     29, "only|gaussian|dirichlet:M=20,K=3"},
    {"problems: dirichlet:M=20,K=3\nsolvers: {solver: em, except: dirichlet}\n",
     2, 19, "em|no problem"},
    {"problems: [dirichlet, gaussian]\nsolvers: {solver: em, only: gaussian}\n",
     1, 12, "dirichlet|leave it none"},
    {"problems: dirichlet:M=20,K=3\nsolvers: [em, md, em]\n", 2, 19,
     "em on dirichlet|twice|line 2"},
    {GOOD "priors: none.csv\n", 3, 9, "none.csv"},
    {GOOD "starts: [uniform, none.npy]\n", 3, 19, "none.npy"},
    {GOOD "starts: [uniform, sigma:mix=2]\n", 3, 19, "start|mix=2"},
};

START_TEST(a_bad_file_is_told_where_and_why) {
  planned p;
  char place[512];
  ys_code code = make_plan(&p, bad[_i].text);
  ck_assert_msg(code == YS_BAD_INPUT, "%s: code %d", bad[_i].text, (int)code);
  snprintf(place, sizeof place, "%s:%d:%d: ", p.path, bad[_i].line,
           bad[_i].column);
  ck_assert_msg(strncmp(p.error.text, place, strlen(place)) == 0,
                "'%s' does not begin with '%s'", p.error.text, place);
  assert_says(p.error.text, bad[_i].words);
  drop(&p);
}
END_TEST

START_TEST(a_file_that_includes_itself_is_refused) {
  char *path = temp_file(".yaml"), text[512];
  planned p;
  snprintf(text, sizeof text, "include: %s\n", path);
  put_text(path, text);
  snprintf(text, sizeof text, "include: %s\n" GOOD, path);
  ck_assert_int_eq(make_plan(&p, text), YS_BAD_INPUT);
  assert_says(p.error.text, ":1:10: |include itself");
  drop(&p);
  drop_file(path);
}
END_TEST

/* Inputs that fit the schema but not the batch, with their place. */
START_TEST(what_does_not_fit_is_refused) {
  char *prior = temp_file(".csv"), *zero = temp_file(".csv"), text[512];
  planned p;
  put_text(prior, "0.5,0.5\n");
  snprintf(text, sizeof text, GOOD "priors: %s\n", prior);
  ck_assert_int_eq(make_plan(&p, text), YS_BAD_INPUT);
  assert_says(p.error.text, ":3:9: |1 x 2|1 x 3");
  drop(&p);
  put_text(zero, "1,0\n1,0\n");
  snprintf(text, sizeof text,
           "problems: file:path=%s\nsolvers: em\nstarts: [uniform, sigma]\n",
           zero);
  ck_assert_int_eq(make_plan(&p, text), YS_BAD_INPUT);
  assert_says(p.error.text, ":3:19: |start sigma|column 1");
  drop(&p);
  drop_file(prior);
  drop_file(zero);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep_yaml");
  TCase *tests = tcase_create("sweep_yaml");
  tcase_add_test(tests, a_plan_is_the_product);
  tcase_add_test(tests, the_defaults_are_those_of_run);
  tcase_add_test(tests, ranges_are_written_as_a_person_would);
  tcase_add_test(tests, starts_priors_and_seeds_are_axes);
  tcase_add_test(tests, options_are_written_out);
  tcase_add_test(tests, the_solver_has_the_last_word);
  tcase_add_test(tests, filters_choose_problems);
  tcase_add_test(tests, groups_come_from_other_files);
  tcase_add_loop_test(tests, a_bad_file_is_told_where_and_why, 0,
                      sizeof bad / sizeof *bad);
  tcase_add_test(tests, a_file_that_includes_itself_is_refused);
  tcase_add_test(tests, what_does_not_fit_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
