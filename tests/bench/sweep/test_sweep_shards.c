/* Sweeps in shards: merged, they are the whole. */
#include "tests/support/sweeps.h"

START_TEST(shards_merge_to_the_whole) {
  run_whole();
  ck_assert_int_eq(ystep("sweep plan.yaml -o a --shard 1/2 --save-labels"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o b --shard 2/2 --save-labels"), 0);
  ck_assert_uint_gt(count_rows("a/runs.csv"), 0);
  ck_assert_uint_gt(count_rows("b/runs.csv"), 0);
  ck_assert_int_eq(ystep("merge out a b a"), 0);
  assert_same("out", "whole");
  ck_assert_uint_eq(count_rows("out/settings.csv"), RUNS);
  table runs = read_table("out/runs.csv"), all = read_table("whole/runs.csv");
  for (size_t i = 1; i < runs.rows; i++)
    for (size_t j = 1; j < all.rows; j++)
      if (strcmp(at(&runs, i, "run_id"), at(&all, j, "run_id")) == 0) {
        ck_assert_str_eq(at(&runs, i, "solver"), at(&all, j, "solver"));
        ck_assert_str_eq(at(&runs, i, "problem"), at(&all, j, "problem"));
        ck_assert_str_eq(at(&runs, i, "repeat"), at(&all, j, "repeat"));
      }
  free_table(&runs);
  free_table(&all);
  ck_assert_int_eq(system("test $(ls out/labels | wc -l) -eq 40"), 0);
  ck_assert_int_eq(system("grep -q '\"merged\"' out/meta.json"), 0);
  /* A merged directory is one that a sweep can go on in. */
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(runs_done_twice_are_not_merged) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o a --shard 1/2"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o b --shard 1/2"), 0);
  assert_refuses("merge out a b", "a, run|b, run|done twice");
  ck_assert(!exists("out"));
}
END_TEST

/* Directories that gave the same run_id to different runs. */
START_TEST(merged_runs_have_ids_of_their_own) {
  write_plan();
  put_text("other.yaml", "problems: dirichlet:M=50,K=3\nsolvers: [em, md]\n"
                         "max-iter: 5\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o a"), 0);
  ck_assert_int_eq(ystep("sweep other.yaml -o b"), 0);
  ck_assert_int_eq(ystep("merge out a b"), 0);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 1 + RUNS + 2);
  for (size_t i = 1; i < runs.rows; i++)
    for (size_t j = 1; j < i; j++)
      ck_assert_str_ne(at(&runs, i, "run_id"), at(&runs, j, "run_id"));
  free_table(&runs);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep_shards");
  TCase *tests = tcase_create("sweep_shards");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, shards_merge_to_the_whole);
  tcase_add_test(tests, runs_done_twice_are_not_merged);
  tcase_add_test(tests, merged_runs_have_ids_of_their_own);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
