/* bench/analysis/groups.c, selection.c, meta.c: the runs of a directory
 * put in order and narrowed down, and where they come from. */
#include "bench/analysis/selection.h"
#include "bench/commands/commands.h"
#include "bench/store/meta.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

static ys_error error;

/* ------------------------------------------------------------- grouping --- */

/* Two repeats of two solvers on two y-steps, in an order of their own. */
static const char mixed[] =
    "4,a:K=2,9,2,collision,strong,1,pgd:step=1,2,1,1,converged,1,0,1,0,1,1,1,\n"
    "1,a:K=2,9,2,collision,strong,1,em,1,1,1,time_limit,1,0,1,0,1,1,1,\n"
    "2,a:K=2,9,2,collision,strong,1,em,2,1,1,converged,1,0,1,0,1,1,1,slow\n"
    "8,a:K=2,9,2,collision,strong,10,pgd:step=1,1,1,1,failed,1,0,1,0,1,1,1,no\n"
    "3,a:K=2,9,2,collision,strong,1,pgd:step=1,1,1,1,converged,1,0,1,0,1,1,1,\n"
    "6,a:K=2,9,2,collision,strong,10,em,2,1,1,stalled,1,0,1,0,1,1,1,end\n"
    "5,a:K=2,9,2,collision,strong,10,em,1,1,1,stalled,1,0,1,0,1,1,1,\n"
    "9,b,9,2,collision,weak,1,em,1,1,1,converged,1,0,1,0,1,1,1,\n";

typedef struct grouped {
  char *dir;
  result_set results;
  group_set set;
} grouped;

static void open_groups(grouped *g, const char *rows) {
  g->dir = run_dir(rows, "");
  ck_assert_int_eq(results_read(g->dir, &g->results, &error), YS_OK);
  ck_assert_int_eq(groups_make(&g->results, &g->set, &error), YS_OK);
}

static void close_groups(grouped *g) {
  groups_free(&g->set);
  results_free(&g->results);
  drop_dir(g->dir);
}

START_TEST(runs_are_grouped_in_the_order_of_their_ids) {
  grouped g;
  open_groups(&g, mixed);
  ck_assert_uint_eq(g.set.count, 3);
  const run_group *first = &g.set.groups[0];
  ck_assert_uint_eq(first->solver_count, 2);
  ck_assert_str_eq(first->solvers[0].solver, "em");
  ck_assert_str_eq(first->solvers[1].solver, "pgd:step=1");
  ck_assert_uint_eq(first->solvers[1].count, 2);
  ck_assert_int_eq(first->solvers[1].runs[0]->run_id, 3);
  ck_assert_int_eq(first->solvers[1].runs[1]->run_id, 4);
  ck_assert(g.set.groups[1].sample->lambda == 10);
  ck_assert_uint_eq(g.set.groups[1].solvers[1].count, 1);
  ck_assert_str_eq(g.set.groups[2].sample->problem, "b");
  close_groups(&g);
}
END_TEST

START_TEST(groups_say_what_they_are) {
  grouped g;
  char text[GROUP_TITLE];
  open_groups(&g, mixed);
  group_title(&g.set.groups[2], text);
  ck_assert_str_eq(text, "b (9 x 2), collision + weak, lambda 1");
  solver_runs_status(&g.set.groups[0].solvers[0], text, sizeof text);
  ck_assert_str_eq(text, "time_limit 1, converged 1");
  solver_runs_status(&g.set.groups[1].solvers[0], text, sizeof text);
  ck_assert_str_eq(text, "stalled");
  ck_assert_int_eq(solver_runs_message(&g.set.groups[0].solvers[0])->run_id, 2);
  ck_assert_ptr_null(solver_runs_message(&g.set.groups[0].solvers[1]));
  close_groups(&g);
}
END_TEST

START_TEST(failure_says_most) {
  grouped g;
  open_groups(&g,
              "1,a,9,2,collision,weak,1,s,1,1,1,stalled,1,0,1,0,1,1,1,stuck\n"
              "2,a,9,2,collision,weak,1,s,1,1,1,failed,1,0,1,0,1,1,1,broken\n");
  ck_assert_str_eq(solver_runs_message(&g.set.groups[0].solvers[0])->message,
                   "broken");
  close_groups(&g);
}
END_TEST

static const struct {
  const char *problem, *rest, *slug;
} slugs[] = {
    {"\"dirichlet:M=5000,K=20\"", "collision,strong,1",
     "dirichlet-M5000-K20-lambda1"},
    {"\"gaussian:scale=0.5\"", "collision,weak,0.01",
     "gaussian-scale0.5-collision-weak-lambda0.01"},
    {"\"file:path=/a b/c.d/digits.npy\"", "shannon,strong,10",
     "digits-shannon-strong-lambda10"},
    {"\"file:path=x.npy,logits=1\"", "collision,strong,0", "x-logits1-lambda0"},
    {"file:path=../.hidden", "collision,strong,1", ".hidden-lambda1"},
    {"a$`b", "collision,strong,1", "a-b-lambda1"},
};

START_TEST(slugs_are_file_names) {
  grouped g;
  char row[256];
  snprintf(row, sizeof row, "1,%s,9,2,%s,em,1,1,1,converged,1,0,1,0,1,1,1,\n",
           slugs[_i].problem, slugs[_i].rest);
  open_groups(&g, row);
  ck_assert_str_eq(g.set.groups[0].slug, slugs[_i].slug);
  close_groups(&g);
}
END_TEST

START_TEST(slugs_differ) {
  grouped g;
  char rows[4096] = "", name[128], row[512];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  static const char *const heads[] = {"x/a", "y/a", "a-2", "a"};
  for (int i = 0; i < 8; i++) {
    snprintf(row, sizeof row,
             "%d,file:path=%s%s%d,9,2,collision,strong,1,em,1,1,1,converged,1,"
             "0,1,0,1,1,1,\n",
             i + 1, i < 4 ? heads[i] : name, i < 4 ? ".npy" : "", i);
    strcat(rows, row);
  }
  open_groups(&g, rows);
  ck_assert_uint_eq(g.set.count, 8);
  for (size_t i = 0; i < g.set.count; i++)
    for (size_t j = 0; j < i; j++)
      ck_assert_str_ne(g.set.groups[i].slug, g.set.groups[j].slug);
  close_groups(&g);
}
END_TEST

/* Runs of a sweep that differ in start or prior are no repeats. The first row
 * of run 3 is of a run that was cut off. */
static const char settings[] =
    "run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"
    "trace_every,wall_limit,memory_limit,version,commit,cpu\n"
    "3,h0,b,sigma,uniform,1e-6,9,60,-1,270,64,1,c,x\n"
    "2,h1,b,sigma,p/u.npy,1e-6,9,60,-1,270,64,1,c,x\n"
    "1,h2,b,uniform,uniform,1e-6,9,60,-1,270,64,1,c,x\n"
    "3,h3,b,uniform,uniform,1e-6,9,60,-1,270,64,1,c,x\n";

START_TEST(starts_and_priors_make_groups) {
  grouped g;
  char title[GROUP_TITLE];
  char *dir = run_dir("1,a,9,2,collision,strong,1,em,0,1,1,max_iter,1,0,1,0,1,"
                      "1,1,\n"
                      "2,a,9,2,collision,strong,1,em,0,1,1,max_iter,1,0,1,0,1,"
                      "1,1,\n"
                      "3,a,9,2,collision,strong,1,em,1,1,1,max_iter,1,0,1,0,1,"
                      "1,1,\n",
                      "");
  put_in(dir, "settings.csv", settings);
  g.dir = dir;
  ck_assert_int_eq(results_read(dir, &g.results, &error), YS_OK);
  ck_assert_int_eq(groups_make(&g.results, &g.set, &error), YS_OK);
  ck_assert_uint_eq(g.set.count, 2);
  ck_assert_uint_eq(g.set.groups[0].solvers[0].count, 2);
  ck_assert_str_eq(g.set.groups[0].slug, "a-lambda1");
  ck_assert_str_eq(g.set.groups[1].slug, "a-lambda1-start-sigma-prior-p-u.npy");
  group_title(&g.set.groups[1], title);
  ck_assert_str_eq(title, "a (9 x 2), collision + strong, lambda 1, start "
                          "sigma, prior p/u.npy");
  ck_assert_str_eq(g.results.rows[2].settings->start, "uniform");
  ck_assert_int_eq(g.results.rows[2].settings->max_iterations, 9);
  close_groups(&g);
}
END_TEST

/* ------------------------------------------------------------ selection --- */

static const arg_option options[] = {SELECTION_OPTIONS, {0}};

/* Apply a selection given as a command line; words apart by blanks. */
static ys_code narrow(group_set *set, const char *line) {
  arg *args = args_make(options);
  char words[256], *argv[20] = {(char *)"select"};
  int argc = 1;
  size_t found;
  strcpy(words, line);
  for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
    argv[argc++] = w;
  ck_assert_int_eq(args_parse(argc, argv, args, NULL, 0, &found, &error),
                   YS_OK);
  ys_code code = selection_apply(args, set, &error);
  args_free(args);
  return code;
}

static const struct {
  const char *line;
  size_t groups, solvers; /* solvers over all groups */
} selections[] = {
    {"", 3, 5},
    {"--problem a:K=2", 2, 4},
    {"-p a", 2, 4},
    {"-p b a", 3, 5},
    {"--lambda 10", 1, 2},
    {"--lambda 1e1 1.0", 3, 5},
    {"--fairness weak", 1, 1},
    {"--loss collision", 3, 5},
    {"-s em", 3, 3},
    {"-s em:", 3, 3},
    {"-s pgd", 2, 2},
    {"-s pgd:step=1 --lambda 10", 1, 1},
    {"-p a --lambda 1 -s em", 1, 1},
};

START_TEST(selection_keeps_what_matches) {
  grouped g;
  size_t solvers = 0;
  open_groups(&g, mixed);
  ck_assert_int_eq(narrow(&g.set, selections[_i].line), YS_OK);
  ck_assert_uint_eq(g.set.count, selections[_i].groups);
  for (size_t i = 0; i < g.set.count; i++)
    solvers += g.set.groups[i].solver_count;
  ck_assert_uint_eq(solvers, selections[_i].solvers);
  close_groups(&g);
}
END_TEST

/* As printed by %g, by %.15g, in full, and by a version that stored 17 digits.
 */
static const char finely[] =
    "1,b,9,2,collision,strong,3.1622776601683795,em,1,1,1,stalled,1,0,1,0,1,1,"
    "1,\n"
    "2,b,9,2,collision,strong,3.16227,em,1,1,1,stalled,1,0,1,0,1,1,1,\n"
    "3,b,9,2,collision,strong,0.10000000000000001,em,1,1,1,stalled,1,0,1,0,1,"
    "1,1,\n"
    "4,b,9,2,collision,strong,3.1622700000000001,pgd,1,1,1,stalled,1,0,1,0,1,"
    "1,1,\n"
    "5,b,9,2,collision,strong,3.162277,em,1,1,1,stalled,1,0,1,0,1,1,1,\n"
    "6,b,9,2,collision,strong,7.7777777,em,1,1,1,stalled,1,0,1,0,1,1,1,\n"
    "7,b,9,2,collision,strong,7.77778,em,1,1,1,stalled,1,0,1,0,1,1,1,\n";

static const struct {
  const char *line;
  size_t groups;
  double lambda;
} shown[] = {{"--lambda 3.16228", 2, 3.1622776601683795},
             {"--lambda 3.1622776601683795", 1, 3.1622776601683795},
             {"--lambda 3.16227766016838", 1, 3.1622776601683795},
             {"--lambda 3.16227", 1, 3.16227}, /* exactly that */
             {"--lambda 3.162277", 1, 3.162277},
             {"--lambda 7.77778", 1, 7.77778}, /* and not what is shown so */
             {"--lambda 7.777778", 1, 7.7777777},
             {"--lambda 0.1", 1, 0.1},
             {"--lambda 1e-1", 1, 0.1},
             {"--lambda 0.10000000000000001", 1, 0.1}};

START_TEST(lambda_is_picked_as_it_is_shown) {
  grouped g;
  open_groups(&g, finely);
  ck_assert_uint_eq(g.set.count, 6); /* long and short form are one number */
  ck_assert_int_eq(narrow(&g.set, shown[_i].line), YS_OK);
  ck_assert_uint_eq(g.set.count, shown[_i].groups);
  ck_assert(g.set.groups[0].sample->lambda == shown[_i].lambda);
  close_groups(&g);
}
END_TEST

static const struct {
  const char *line, *says;
} unmatched[] = {
    {"-s pgd:", "--solver pgd:|no such run"}, /* with options alone */
    {"-s emm", "--solver emm|did you mean 'em'"},
    {"-s pgd:step=2", "pgd:step=2|pgd:step=1"},
    {"-p c:K=2", "--problem c:K=2|a:K=2"},
    {"--lambda 11",
     "--lambda 11: no such run in the directory: expected 1, 10"},
    {"--lambda one", "--lambda one|expected 1, 10"},
    {"-p zebra", "--problem zebra|expected a:K=2, b"},
    {"--loss colision", "colision|collision"},
    {"--fairness week", "week|weak"},
    {"-p b --lambda 10", "no run|all that was asked for"},
    {"-p b -s pgd", "no run"},
};

START_TEST(selection_of_nothing_is_refused) {
  grouped g;
  open_groups(&g, mixed);
  ck_assert_int_eq(narrow(&g.set, unmatched[_i].line), YS_BAD_INPUT);
  assert_says(error.text, unmatched[_i].says);
  close_groups(&g);
}
END_TEST

/* ----------------------------------------------------------- provenance --- */

static const struct {
  const char *options;
  double tolerance, time_limit;
  const char *start;
} commands[] = {
    {"", 1e-6, 60, "uniform"},
    {"--tol 1e-9 --time-limit=5 --start sigma", 1e-9, 5, "sigma"},
    {"--tol=1 --tol 2 --start warm", 2, 60, "warm"},
};

START_TEST(limits_come_from_the_command_line) {
  char *dir = temp_dir(), line[512];
  result_set results;
  snprintf(line, sizeof line, "run -p dirichlet:M=9,K=3 -s em %s -o %s/out",
           commands[_i].options, dir);
  assert_accepts(&cmd_run, line);
  ck_assert_int_eq(results_read(in_dir(dir, "out"), &results, &error), YS_OK);
  const run_settings *found = results.rows[0].settings;
  ck_assert_ptr_nonnull(found);
  ck_assert(found->tolerance == commands[_i].tolerance);
  ck_assert(found->time_limit == commands[_i].time_limit);
  ck_assert_str_eq(found->start, commands[_i].start);
  ck_assert_str_eq(found->prior, "uniform");
  results_free(&results);
  drop_dir(dir);
}
END_TEST

START_TEST(meta_says_where_numbers_come_from) {
  char *dir = temp_dir(), text[512];
  provenance made;
  put_in(dir, "meta.json",
         "{\"command\": [\"ystep\", \"run\"], \"version\": \"1.2\", "
         "\"commit\": \"abc\", \"date\": \"today\", "
         "\"host\": {\"cpu\": \"x86\"}}");
  ck_assert_int_eq(provenance_read(dir, &made, &error), YS_OK);
  provenance_line(&made, text, sizeof text);
  ck_assert_str_eq(text, "x86; ystep 1.2, commit abc, today");
  provenance_free(&made);
  drop_dir(dir);
}
END_TEST

START_TEST(missing_meta_is_unknown_and_broken_meta_refused) {
  char *dir = temp_dir(), text[128];
  provenance made;
  ck_assert_int_eq(provenance_read(dir, &made, &error), YS_OK);
  provenance_line(&made, text, sizeof text);
  ck_assert_str_eq(text, "unknown; ystep unknown, commit unknown, unknown");
  provenance_free(&made);
  put_in(dir, "meta.json", "{\n\"version\": }\n");
  ck_assert_int_eq(provenance_read(dir, &made, &error), YS_BAD_INPUT);
  assert_says(error.text, "meta.json, line 2");
  put_in(dir, "meta.json", "[1]");
  ck_assert_int_eq(provenance_read(dir, &made, &error), YS_BAD_INPUT);
  assert_says(error.text, "meta.json|JSON object");
  drop_dir(dir);
}
END_TEST

/* Notes are for people, not for the log of a suite. */
static void silence(void) {
  ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static Suite *suite(void) {
  Suite *s = suite_create("groups");
  TCase *tc = tcase_create("groups");
  tcase_add_checked_fixture(tc, silence, NULL);
  tcase_add_test(tc, runs_are_grouped_in_the_order_of_their_ids);
  tcase_add_test(tc, groups_say_what_they_are);
  tcase_add_test(tc, starts_and_priors_make_groups);
  tcase_add_test(tc, failure_says_most);
  tcase_add_loop_test(tc, slugs_are_file_names, 0,
                      many(sizeof slugs, sizeof *slugs));
  tcase_add_test(tc, slugs_differ);
  tcase_add_loop_test(tc, selection_keeps_what_matches, 0,
                      many(sizeof selections, sizeof *selections));
  tcase_add_loop_test(tc, lambda_is_picked_as_it_is_shown, 0,
                      (int)(sizeof shown / sizeof *shown));
  tcase_add_loop_test(tc, selection_of_nothing_is_refused, 0,
                      many(sizeof unmatched, sizeof *unmatched));
  tcase_add_loop_test(tc, limits_come_from_the_command_line, 0,
                      many(sizeof commands, sizeof *commands));
  tcase_add_test(tc, meta_says_where_numbers_come_from);
  tcase_add_test(tc, missing_meta_is_unknown_and_broken_meta_refused);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
