/* The plan of a sweep: what the hash of a run knows, and how runs are ordered
 * and dealt to shards. */
#include "tests/support/sweep_plans.h"

#include "bench/sweep/sweep_hash.h"
#include "bench/sweep/sweep_resume.h"

/* --------------------------------------------------------------- hashes -- */

/* Whatever decides a run changes its hash; what does not, does not. */
START_TEST(the_hash_knows_what_decides) {
  const char *const others[] = {
      "problems: dirichlet:M=21,K=3\nsolvers: em\n",
      "problems: dirichlet:M=20,K=3,alpha=2\nsolvers: em\n",
      "problems: dirichlet:M=20,K=3,seed=2\nsolvers: em\n",
      "problems: dirichlet:M=20,K=3\nsolvers: md\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nlambdas: 1.0000001\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nlosses: reverse\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nfairness: weak\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nstarts: sigma\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nseeds: 2\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\ntol: 1e-7\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nmax-iter: 10\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\ntime-limit: 10\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\ntrace-every: 1\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nthreads: 1\n",
  };
  const char *const same[] = {
      "problems: 'dirichlet:M=20,K=3'\nsolvers: [em]\nlambdas: [1]\n",
      "problems: dirichlet:M=20,K=3\nsolvers: em\nwall-limit: 9\n",
      "problems: dirichlet:M=20,K=3\nsolvers: [md, em]\nshuffle: 9\n",
  };
  planned base = plan_of("problems: dirichlet:M=20,K=3\nsolvers: em\n");
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    planned p = plan_of(others[i]);
    ck_assert_msg(
        strcmp(p.plan.runs[0].spec.hash, base.plan.runs[0].spec.hash) != 0,
        "%s", others[i]);
    drop(&p);
  }
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    planned p = plan_of(same[i]);
    ck_assert_str_eq(p.plan.runs[p.plan.count - 1].spec.hash,
                     base.plan.runs[0].spec.hash);
    drop(&p);
  }
  drop(&base);
}
END_TEST

START_TEST(the_hash_knows_the_content_of_files) {
  char *batch = temp_file(".csv"), *prior = temp_file(".csv"), text[512];
  char first[RUN_DIGEST];
  snprintf(text, sizeof text,
           "problems: file:path=%s\nsolvers: em\n"
           "priors: %s\n",
           batch, prior);
  put_text(batch, "0.5,0.5\n0.25,0.75\n");
  put_text(prior, "0.5,0.5\n");
  planned p = plan_of(text);
  strcpy(first, p.plan.runs[0].spec.hash);
  drop(&p);
  put_text(batch, "0.5,0.5\n0.75,0.25\n");
  p = plan_of(text);
  ck_assert_str_ne(p.plan.runs[0].spec.hash, first);
  drop(&p);
  put_text(batch, "0.5,0.5\n0.25,0.75\n");
  put_text(prior, "0.25,0.75\n");
  p = plan_of(text);
  ck_assert_str_ne(p.plan.runs[0].spec.hash, first);
  drop(&p);
  drop_file(batch);
  drop_file(prior);
}
END_TEST

/* ------------------------------------------------------ order and shards -- */

static const char several[] = "problems: ['dirichlet:M=20,K=3', "
                              "'gaussian:M=20,K=3', 'gaussian:M=30,K=3']\n"
                              "solvers: [em, pgd, md]\n"
                              "lambdas: [1, 2, 3]\nrepeats: 3\n";

/* Shards share out the runs, and keep together what is to be compared. */
START_TEST(shards_are_a_partition) {
  for (size_t count = 1; count < 40; count += 3) {
    bool seen[81] = {false};
    size_t total = 0, least = 81, most = 0;
    for (size_t shard = 1; shard <= count; shard++) {
      planned p = plan_of(several);
      ck_assert_int_eq(sweep_plan_shard(&p.plan, shard, count, &p.error),
                       YS_OK);
      ck_assert_uint_eq(p.plan.whole, 81);
      ck_assert_uint_eq(p.plan.count % 3, 0); /* all three solvers */
      for (size_t i = 0; i < p.plan.count; i++) {
        ck_assert(!seen[p.plan.runs[i].spec.id - 1]);
        seen[p.plan.runs[i].spec.id - 1] = true;
      }
      total += p.plan.count;
      least = p.plan.count < least ? p.plan.count : least;
      most = p.plan.count > most ? p.plan.count : most;
      drop(&p);
    }
    ck_assert_uint_eq(total, 81);
    ck_assert_uint_le(most - least, 3); /* 27 blocks dealt one by one */
  }
}
END_TEST

START_TEST(a_new_solver_leaves_the_shards_alone) {
  char more[512];
  snprintf(more, sizeof more, "%s", several);
  memcpy(strstr(more, "[em, pgd, md]"), "[em, md ]    ", 13);
  planned all = plan_of(several), fewer = plan_of(more);
  ck_assert_int_eq(sweep_plan_shard(&all.plan, 2, 5, &all.error), YS_OK);
  ck_assert_int_eq(sweep_plan_shard(&fewer.plan, 2, 5, &fewer.error), YS_OK);
  for (size_t i = 0; i < fewer.plan.count; i++) {
    size_t j = 0;
    while (j < all.plan.count && strcmp(all.plan.runs[j].spec.hash,
                                        fewer.plan.runs[i].spec.hash) != 0)
      j++;
    ck_assert_uint_lt(j, all.plan.count);
  }
  drop(&all);
  drop(&fewer);
}
END_TEST

START_TEST(repeats_are_interleaved_and_shuffled) {
  sweep_run *order[2][81];
  size_t moved = 0;
  planned p = plan_of(several);
  for (unsigned long seed = 0; seed < 2; seed++) {
    for (size_t i = 0; i < 81; i++)
      order[seed][i] = &p.plan.runs[i];
    ck_assert_int_eq(sweep_plan_shuffle(order[seed], 81, seed, &p.error),
                     YS_OK);
    for (size_t i = 0; i < 81; i++)
      ck_assert_uint_eq(order[seed][i]->spec.repeat, i / 27);
  }
  for (size_t i = 0; i < 81; i++)
    moved += order[0][i] != order[1][i];
  ck_assert_uint_gt(moved, 40);
  drop(&p);
}
END_TEST

static ys_code keep(planned *p, sweep_filter of, const char *a, const char *b) {
  const char *words[] = {a, b};
  return sweep_plan_keep(&p->plan, of, (arg_texts){words, b ? 2 : 1},
                         &p->error);
}

#define FILTERED                                                               \
  "problems: ['dirichlet:M=20,K=3', 'dirichlet:M=20,K=4', "                    \
  "'gaussian:M=9,K=3']\n"                                                      \
  "solvers: [em, 'pgd:step=0.1', 'pgd:step=bb', pgd]\nlambdas: [0.1, 1, 10]\n"

START_TEST(filters_take_globs_and_leave_places) {
  planned whole = plan_of(FILTERED), p = plan_of(FILTERED);
  ck_assert_int_eq(keep(&p, FILTER_SOLVER, "pgd:step=*", "em"), YS_OK);
  ck_assert_uint_eq(p.plan.count, 3 * 3 * 3);
  ck_assert_int_eq(keep(&p, FILTER_PROBLEM, "*K=3", NULL), YS_OK);
  ck_assert_uint_eq(p.plan.count, 3 * 2 * 3);
  ck_assert_int_eq(keep(&p, FILTER_PROBLEM, "dirichlet", NULL), YS_OK);
  ck_assert_int_eq(keep(&p, FILTER_LAMBDA, "0.1", "10"), YS_OK);
  ck_assert_uint_eq(p.plan.count, 3 * 1 * 2);
  for (size_t i = 0; i < p.plan.count; i++) {
    const run_spec *run = &p.plan.runs[i].spec;
    ck_assert_str_eq(run->hash, whole.plan.runs[run->id - 1].spec.hash);
    ck_assert_str_ne(run->solver, "pgd");
    ck_assert_str_eq(run->problem, "dirichlet:M=20,K=3");
    ck_assert(run->lambda != 1);
  }
  ck_assert(p.plan.is_filtered && !whole.plan.is_filtered);
  ck_assert_int_eq(keep(&p, FILTER_SOLVER, "md*", NULL), YS_BAD_INPUT);
  assert_says(p.error.text, "--solver md*|no such run");
  ck_assert_int_eq(keep(&p, FILTER_LAMBDA, "1", NULL), YS_BAD_INPUT);
  drop(&p);
  drop(&whole);
}
END_TEST

static result_row row_of(const char *problem, const char *solver,
                         double seconds) {
  return (result_row){.problem = problem,
                      .solver = solver,
                      .status = "converged",
                      .solve_seconds = seconds};
}

/* By the runs of the same solver and problem, else of the solver, else of all;
 * not by time limits, where anything has been run. */
START_TEST(finished_runs_say_how_long_the_rest_takes) {
  planned p = plan_of("problems: ['dirichlet:M=20,K=3', 'gaussian:M=9,K=3']\n"
                      "solvers: [em, pgd]\nlambdas: [1]\n");
  result_row rows[] = {row_of("dirichlet:M=20,K=3", "em", 1),
                       row_of("dirichlet:M=20,K=3", "em", 3),
                       row_of("gaussian:M=9,K=3", "em", 8)};
  const sweep_store none = {0}, store = {.runs = rows, .count = 3};
  sweep_run *pending[4];
  for (size_t i = 0; i < 4; i++)
    pending[i] = &p.plan.runs[i];
  const double limit = p.plan.runs[0].spec.limits.seconds;
  sweep_estimate time = sweep_resume_estimate(&none, pending, 4, 1);
  ck_assert(time.most == 4 * limit && time.likely == 4 * limit);
  time = sweep_resume_estimate(&store, pending, 4, 2);
  ck_assert_double_eq_tol(time.likely, (2 + 8 + 4 + 4) / 2.0, 1e-12);
  ck_assert(time.most == 4 * limit / 2);
  drop(&p);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep_plan");
  TCase *tests = tcase_create("sweep_plan");
  tcase_add_test(tests, the_hash_knows_what_decides);
  tcase_add_test(tests, filters_take_globs_and_leave_places);
  tcase_add_test(tests, finished_runs_say_how_long_the_rest_takes);
  tcase_add_test(tests, the_hash_knows_the_content_of_files);
  tcase_add_test(tests, shards_are_a_partition);
  tcase_add_test(tests, a_new_solver_leaves_the_shards_alone);
  tcase_add_test(tests, repeats_are_interleaved_and_shuffled);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
