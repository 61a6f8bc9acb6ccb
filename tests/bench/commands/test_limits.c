/* What a file of somebody else may ask for: no size, count, product or depth in
 * it takes more than a moment and some memory, and what is no file is not
 * waited for. */
#include "tests/support/sweep_plans.h"

#include "bench/commands/commands.h"
#include "bench/train/checkpoint.h"
#include "problems/problem.h"
#include "problems/vector/array.h"
#include "tests/support/rundirs.h"

#include <limits.h>
#include <stdint.h>

/* ------------------------------------------------------------ products ---- */

START_TEST(products_and_sums_do_not_wrap) {
  const size_t half = (size_t)1 << 32;
  ck_assert_uint_eq(ys_times(half, half), SIZE_MAX);
  ck_assert_uint_eq(ys_times(half, half - 1), half * (half - 1));
  ck_assert_uint_eq(ys_times(ys_times(half, half), 3), SIZE_MAX);
  ck_assert_uint_eq(ys_times(SIZE_MAX, 0), 0);
  ck_assert_uint_eq(ys_plus(SIZE_MAX, 1), SIZE_MAX);
  ck_assert_uint_eq(ys_plus(SIZE_MAX - 1, 1), SIZE_MAX);
  ck_assert_ptr_null(ys_array(half, half + 1));
  ck_assert_ptr_null(ys_array(SIZE_MAX / 8 + 2, 8)); /* 8 bytes, if it wraps */
}
END_TEST

/* --------------------------------------------------------- sweep files ---- */

/* Text that is put together piece by piece. */
typedef struct text {
  char *begin;
  size_t size;
  FILE *file;
} text;

static void open_text(text *t) {
  t->file = open_memstream(&t->begin, &t->size);
  ck_assert_ptr_nonnull(t->file);
}

/* `times` pieces, each with the number of its place for %d, from `first`. */
static void add(text *t, const char *piece, int first, int times) {
  for (int i = first; i < first + times; i++)
    fprintf(t->file, piece, i);
}

static const char base[] = "problems: dirichlet:M=20,K=3\nsolvers: em\n";

static void two_to_the_64(text *t) {
  fputs(base, t->file);
  fputs("lambdas: {linspace: [0, 8191, 8192]}\nrepeats: 524288\n"
        "seeds: {linspace: [0, 8191, 8192]}\nstarts: [",
        t->file);
  add(t, "a%d, ", 0, 4096);
  fputs("]\npriors: [", t->file);
  add(t, "a%d, ", 0, 128);
  fputs("]\n", t->file);
}

static void more_than_2_to_the_64(text *t) {
  two_to_the_64(t);
  fputs("losses: [collision, shannon, reverse]\n", t->file);
}

/* Ten lines of ten groups each, around a list of `entries`. */
static void nested_groups(text *t, const char *entries) {
  fprintf(t->file,
          "problems: dirichlet:M=20,K=3\nsolvers: [{group: g9}]\n"
          "groups:\n  g0: [%s]\n",
          entries);
  for (int depth = 1; depth < 10; depth++) {
    add(t, "  g%d: [", depth, 1);
    for (int i = 0; i < 10; i++)
      add(t, "{group: g%d}, ", depth - 1, 1);
    fputs("]\n", t->file);
  }
}

static void groups_of_solvers(text *t) {
  nested_groups(t, "em, md, pgd, em, md, pgd, em, md, pgd, em");
}

static void groups_of_nothing(text *t) {
  nested_groups(t, "");
}

static void groups_of_values(text *t) {
  nested_groups(t, "{solver: em, lambdas: {linspace: [1, 2, 10000]}}");
}

static void lists_of_options(text *t) {
  fputs("problems: {problem: dirichlet, with: {seed: {linspace: [1, 10000, "
        "10000]}, alpha: {linspace: [1, 2, 10000]}}}\nsolvers: em\n",
        t->file);
}

static void option_without_values(text *t) {
  fputs("problems: {problem: dirichlet, with: {seed: {linspace: [1, 10000, "
        "10000]}, alpha: []}}\nsolvers: em\n",
        t->file);
}

static void many_pairs(text *t) {
  fputs("problems: {problem: dirichlet, with: {seed: {linspace: [1, 10000, "
        "10000]}}}\n"
        "solvers: {solver: pgd, with: {step: {linspace: [1, 2, 10000]}}}\n",
        t->file);
}

static void many_lambdas(text *t) {
  fputs(base, t->file);
  fputs("lambdas: [", t->file);
  add(t, "%d, ", 0, 500000);
  fputs("]\n", t->file);
}

static void many_ranges(text *t) {
  fputs(base, t->file);
  fputs("lambdas: [", t->file);
  for (int i = 0; i < 50; i++)
    add(t, "{linspace: [%d, 1000000, 10000]}, ", i, 1);
  fputs("]\n", t->file);
}

static void many_starts(text *t) {
  fputs(base, t->file);
  fputs("starts: [", t->file);
  add(t, "f%d, ", 0, 15000);
  fputs("]\n", t->file);
}

static void long_filter(text *t) {
  fputs("problems: dirichlet:M=20,K=3\nsolvers: {solver: em, only: [", t->file);
  add(t, "dirichlet, ", 0, 300);
  fputs("]}\n", t->file);
}

static void brackets(text *t) {
  add(t, "[", 0, 100000);
}

static void brackets_on_lines(text *t) {
  add(t, "[\n", 0, 50000);
}

static void braces(text *t) {
  add(t, "{a: ", 0, 30000);
}

static void indents(text *t) {
  add(t, "- ", 0, 1000);
}

static void many_bytes(text *t) {
  fprintf(t->file, "%s#%*s\n", base, 9000000, "");
}

static void large_seed(text *t) {
  fprintf(t->file, "%sshuffle: 1e99\n", base);
}

static const struct {
  void (*write)(text *t);
  const char *says;
} asked[] = {
    {two_to_the_64, "the plan has at least 18446744073709551615 runs|1000000"},
    {more_than_2_to_the_64, "at least 18446744073709551615 runs|1000000"},
    {groups_of_solvers, "more than 10000 solvers"},
    {groups_of_nothing, "more than 100000 entries"},
    {groups_of_values, "more than 100000 entries"},
    {lists_of_options, ":1:38: with: 100000000 problems|10000"},
    {option_without_values, "with: alpha: the list is empty"},
    {many_pairs, "10000 problems x 10000 solvers|1000000"},
    {many_lambdas, "500007 values|20000"},
    {many_ranges, "lambdas: 500000 values|10000"},
    {many_starts, "starts: 15000 values|10000"},
    {long_filter, "only: 300 problems|256"},
    {brackets, ":1:33: lists and mappings 33 deep|32"},
    {brackets_on_lines, ":33:1: lists and mappings 33 deep|32"},
    {braces, "lists and mappings 33 deep|32"},
    {indents, ":1:65: lists and mappings 33 deep|32"},
    {many_bytes, "9000043 bytes|8388608"},
    {large_seed, ":3:10: shuffle|4294967295|1e99"},
};

START_TEST(sweep_files_ask_for_no_more_than_there_is) {
  planned p;
  text t;
  open_text(&t);
  asked[_i].write(&t);
  ck_assert_int_eq(fclose(t.file), 0);
  ck_assert_int_eq(make_plan(&p, t.begin), YS_BAD_INPUT);
  assert_says(p.error.text, asked[_i].says);
  free(t.begin);
  drop(&p);
}
END_TEST

/* What is large but within the limits is read as before. */
START_TEST(large_sweep_files_are_read) {
  planned p;
  text t;
  open_text(&t);
  fputs("problems: dirichlet:M=20,K=3\nsolvers: em\nlambdas: [", t.file);
  add(&t, "%d, ", 0, 5000);
  fputs("{linspace: [10000, 20000, 5000]}]\n", t.file);
  ck_assert_int_eq(fclose(t.file), 0);
  ck_assert_int_eq(make_plan(&p, t.begin), YS_OK);
  ck_assert_uint_eq(p.plan.count, 10000);
  free(t.begin);
  drop(&p);
}
END_TEST

START_TEST(runs_are_counted_before_they_are_planned) {
  assert_refuses(&cmd_run,
                 "run -p dirichlet:M=9,K=3 -s em md --lambda 1 2 3 "
                 "--repeat 1000000 -o /nonexistent/out",
                 "6000000 runs|1000000");
}
END_TEST

/* -------------------------------------------------------- checkpoints ---- */

static const train_request small_training = {
    .batch = 8, .views = 1, .epochs = 3, .ystep_every = 1, .threads = 1};

/* Set up a training that asks for nothing but this. */
static void open_one(training *t, train_request *r, train_job *job,
                     chosen_solver *em, ys_dataset *data) {
  ys_error error;
  *r = small_training;
  *job = (train_job){.id = 1,
                     .data = "blobs:M=12,K=2",
                     .classifier = "linear",
                     .solver = "em",
                     .chosen = em,
                     .lambda = 1,
                     .seed = 1};
  ck_assert_int_eq(ys_optimiser_parse("adam:rate=0.01", &r->optimiser, &error),
                   YS_OK);
  ck_assert_int_eq(ys_solver_parse("em", &em->solver, &em->options, &error),
                   YS_OK);
  ck_assert_int_eq(ys_dataset_make(job->data, data, &error), YS_OK);
  ck_assert_int_eq(training_open(t, r, job, data, &error), YS_OK);
}

/* Write one whose counts are these, and read it again. */
static ys_code read_back(training *t, const long counts[4], ys_error *error) {
  bool found;
  char *path = temp_file(".bin");
  t->totals.epoch = counts[0];
  t->totals.ysteps = counts[1];
  t->totals.ystep_iterations = counts[2];
  t->trainer.optimiser.steps = counts[3];
  ck_assert_int_eq(checkpoint_write(path, t, "key", error), YS_OK);
  ys_code code = checkpoint_read(path, t, "key", &found, error);
  drop_file(path);
  return code;
}

START_TEST(checkpoints_count_on_from_what_they_say) {
  static const long good[4] = {2, 2, 9, 6};
  static const long beyond[] = {-1, LONG_MIN, LONG_MAX, 1000000000000001};
  train_request r;
  train_job job;
  chosen_solver em;
  ys_dataset data;
  training t;
  ys_error error;
  open_one(&t, &r, &job, &em, &data);
  ck_assert_int_eq(read_back(&t, good, &error), YS_OK);
  for (size_t i = 0; i < 4 * sizeof beyond / sizeof *beyond; i++) {
    long counts[4];
    memcpy(counts, good, sizeof counts);
    counts[i % 4] = beyond[i / 4];
    ck_assert_int_eq(read_back(&t, counts, &error), YS_BAD_INPUT);
    assert_says(error.text, "damaged|1000000000000000");
  }
  training_close(&t);
  ys_dataset_free(&data);
  ys_options_free(&em.options);
}
END_TEST

/* --------------------------------------------------- what is no file ------ */

static const char runs[] = "1,d,9,3,collision,strong,1,em,0,1,1,converged,1,0,"
                           "1,0,1,1,1,\n";

/* Each file that a command reads of a directory, as a pipe nobody writes to. */
static const struct {
  const char *name;
  const command_spec *of;
  const char *line;
} pipes[] = {
    {"runs.csv", &cmd_table, "table %s"},
    {"traces.csv", &cmd_table, "table %s"},
    {"settings.csv", &cmd_table, "table %s"},
    {"meta.json", &cmd_table, "table %s"},
    {"settings.csv", &cmd_merge, "merge %s-out %s"},
    {"training.csv", &cmd_scores, "scores %s"},
    {"batch.csv", &cmd_run, "run -p file:path=%s/batch.csv -s em -o %s/o"},
    {"batch.npy", &cmd_run, "run -p file:path=%s/batch.npy -s em -o %s/o"},
    {"index.csv", &cmd_run, "run -p recorded:dir=%s -s em -o %s/o"},
    {"y.npy", &cmd_run,
     "run -p dirichlet:M=9,K=3 -s em --start %s/y.npy -o %s/o"},
    {"u.csv", &cmd_run,
     "run -p dirichlet:M=9,K=3 -s em --prior %s/u.csv -o %s/o"},
    {"s.yaml", &cmd_sweep, "sweep %s/s.yaml -o %s/o"},
};

START_TEST(pipes_are_refused_at_once) {
  char line[1024];
  char *dir = run_dir(runs, "");
  remove(in_dir(dir, pipes[_i].name));
  ck_assert_int_eq(mkfifo(in_dir(dir, pipes[_i].name), 0600), 0);
  snprintf(line, sizeof line, pipes[_i].line, dir, dir);
  char says[128];
  snprintf(says, sizeof says, "%s|not a regular file", pipes[_i].name);
  assert_refuses(pipes[_i].of, line, says);
  drop_dir(dir);
}
END_TEST

/* Neither is a directory or a device. */
START_TEST(what_is_no_file_is_refused) {
  static const struct {
    const char *spec, *says;
  } others[] = {{"file:path=/dev/zero", "not a regular file"},
                {"file:path=/dev/null", "not a regular file"},
                {"file:path=/", "directory"}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    ys_batch batch;
    ys_error error;
    ck_assert_int_eq(ys_problem_make(others[i].spec, 1, &batch, &error), YS_IO);
    assert_says(error.text, others[i].says);
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("limits");
  TCase *tc = tcase_create("limits");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, products_and_sums_do_not_wrap);
  tcase_add_loop_test(tc, sweep_files_ask_for_no_more_than_there_is, 0,
                      many(sizeof asked, sizeof *asked));
  tcase_add_test(tc, large_sweep_files_are_read);
  tcase_add_test(tc, runs_are_counted_before_they_are_planned);
  tcase_add_test(tc, checkpoints_count_on_from_what_they_say);
  tcase_add_loop_test(tc, pipes_are_refused_at_once, 0,
                      many(sizeof pipes, sizeof *pipes));
  tcase_add_test(tc, what_is_no_file_is_refused);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
