/* bench/analysis/compare.c, meta.c, cmd_compare.c: two run directories against
 * each other. */
#include "bench/commands/commands.h"
#include "bench/tables/tables.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

/* What stands in a directory: for every repeat of em, so many seconds and
 * iterations to 1e-6 and an objective and bound at the end. */
typedef struct made_runs {
  size_t count;
  double factor; /* repeat r takes factor * (1 + r / 100) seconds; infinite: it
                    does not get there */
  long iterations;
  double objective, lower_bound;
  const char *host;     /* of meta.json; NULL: there is none */
  const char *settings; /* "BATCH,START"; NULL: the directory of a run */
} made_runs;

#define HERE                                                                   \
  "{\"cpu\": \"x86\", \"processors\": 2, \"name\": \"ada\", "                  \
  "\"load_average\": [0, 0, 0]}"
static const made_runs usual = {7, 1, 20, 1, 1, HERE, NULL};

static void put_run(const made_runs *made, FILE *runs, FILE *traces,
                    size_t repeat) {
  double seconds = made->factor * (1 + (double)repeat / 100);
  bool reached = isfinite(seconds);
  fprintf(runs,
          "%zu,d,9,3,collision,strong,1,em,%zu,1,2,%s,%ld,0,%.9g,0,%.17g,"
          "%.17g,1e-7,\n",
          repeat + 1, repeat, reached ? "converged" : "time_limit",
          made->iterations, reached ? seconds : 60, made->objective,
          made->lower_bound);
  fprintf(traces, "%zu,0,0,9,0,1\n", repeat + 1);
  if (reached)
    fprintf(traces, "%zu,%ld,%.9g,1,1,1e-7\n", repeat + 1, made->iterations,
            seconds);
}

static void put_settings(const made_runs *made, const char *dir) {
  FILE *file = fopen(in_dir(dir, "settings.csv"), "w");
  fputs("run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"
        "trace_every,wall_limit,memory_limit,version,commit,cpu\n",
        file);
  for (size_t i = 0; i < made->count; i++)
    fprintf(file, "%zu,h%zu,%s,uniform,1e-6,9,60,-1,270,64,1,c,x86\n", i + 1, i,
            made->settings);
  fclose(file);
}

static char *put_dir(const made_runs *made) {
  char *dir = temp_dir();
  FILE *runs = fopen(in_dir(dir, "runs.csv"), "w");
  FILE *traces = fopen(in_dir(dir, "traces.csv"), "w");
  fputs(RUNS_HEADER, runs);
  fputs(TRACES_HEADER, traces);
  for (size_t i = 0; i < made->count; i++)
    put_run(made, runs, traces, i);
  fclose(runs);
  fclose(traces);
  if (made->settings)
    put_settings(made, dir);
  else
    put_settings_of_run(dir, "1e-6", "60");
  if (made->host) {
    FILE *meta = fopen(in_dir(dir, "meta.json"), "w");
    fprintf(meta, "{\"command\": [\"ystep\", \"run\"], \"host\": %s}",
            made->host);
    fclose(meta);
  }
  return dir;
}

/* `ystep compare A B ARGUMENTS`: its exit status, and what it printed. */
static int compare_dirs(const made_runs *a, const made_runs *b,
                        const char *arguments, char **text, char *errors,
                        size_t room) {
  char *of_a = put_dir(a), *of_b = put_dir(b), line[1024];
  char *log = temp_file(".txt");
  snprintf(line, sizeof line, "compare %s %s %s", of_a, of_b, arguments);
  int status = run_words_into(&cmd_compare, line, log, errors, room);
  *text = text_of_file(log);
  drop_file(log);
  drop_dir(of_a);
  drop_dir(of_b);
  return status;
}

static const struct {
  const char *name;
  made_runs a, b;
  const char *arguments;
  int status;
  const char *says; /* words of the output */
} cases[] = {
    {"slower",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     1,
     "| em | 1e-6 | 1.03 | 2.06 | 2 |~same | slower |"},
    {"slower, but allowed",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 2.5",
     0,
     "| slower |"},
    {"slower, nobody asked",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, HERE, NULL},
     "",
     0,
     "| slower |"},
    {"faster",
     {7, 2, 20, 1, 1, HERE, NULL},
     {7, 1, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     0,
     "| 0.5 |~| faster |"},
    {"the same",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 1, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     0,
     "| 1 |~1.000 | same | no difference shown |"},
    {"two repeats",
     {2, 1, 20, 1, 1, HERE, NULL},
     {2, 9, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2 --allow-undecided",
     0,
     "| too few repeats |~with 1 comparisons the test can show nothing below 4 "
     "repeats"},
    {"two repeats, which decide nothing",
     {2, 1, 20, 1, 1, HERE, NULL},
     {2, 1, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     1,
     "| too few repeats |"},
    {"never reached, which decides nothing",
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     1,
     "| not reached |"},
    {"one repeat",
     {1, 1, 20, 1, 1, HERE, NULL},
     {1, 9, 20, 1, 1, HERE, NULL},
     "",
     0,
     "| 9 | - |~| too few repeats |"},
    {"not reached any more",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     1,
     "| not reached, 0 of 7 runs | inf | - |~| slower |"},
    {"reached at last",
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     {7, 1, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 1.2",
     0,
     "| not reached, 0 of 7 runs | 1.03 | - |~| faster |"},
    {"never reached",
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     {7, INFINITY, 20, 1, 1, HERE, NULL},
     "",
     0,
     "| not reached |"},
    {"other iterations",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 1, 30, 1, 1, HERE, NULL},
     "",
     0,
     "| 20, now 30 |"},
    {"optima apart",
     {7, 1, 20, 2, 1.9, HERE, NULL},
     {7, 1, 20, 1, 0.9, HERE, NULL},
     "",
     1,
     "no difference shown; optima contradict each other"},
    {"optima together",
     {7, 1, 20, 2, 0.9, HERE, NULL},
     {7, 1, 20, 1, 0.8, HERE, NULL},
     "",
     0,
     "| no difference shown |"},
    {"another machine",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, "{\"cpu\": \"arm\", \"processors\": 2}", NULL},
     "--any-machine",
     0,
     "| slower |"},
    {"an older directory",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, "{\"cpu\": \"x86\", \"processors\": 2}", NULL},
     "",
     0,
     "| slower |"},
    {"the same batch",
     {7, 1, 20, 1, 1, HERE, "b1,sigma"},
     {7, 2, 20, 1, 1, HERE, "b1,sigma"},
     "",
     0,
     "start sigma~| slower |"},
    {"a batch rounded in another way",
     {7, 1, 20, 1, 1, HERE, "b1,sigma"},
     {7, 2, 20, 1, 1, HERE, "b2,sigma"},
     "",
     0,
     "| slower |"},
    {"another batch",
     {7, 1, 20, 2, 1.9, HERE, "b1,sigma"},
     {7, 2, 20, 1, 0.9, HERE, "b2,sigma"},
     "--fail-if-slower 1.2",
     1,
     "| other batch |"},
    {"a run and a sweep",
     {7, 1, 20, 1, 1, HERE, NULL},
     {7, 2, 20, 1, 1, HERE, "b1,uniform"},
     "",
     0,
     "| slower |"},
};

/* Whether the text holds all the words, which "~" keeps apart. */
static void assert_all(const char *name, const char *text, const char *words) {
  char all[256];
  snprintf(all, sizeof all, "%s", words);
  for (char *word = strtok(all, "~"); word; word = strtok(NULL, "~"))
    ck_assert_msg(strstr(text, word) != NULL, "%s: no '%s' in\n%s", name, word,
                  text);
}

START_TEST(verdicts) {
  char *text, errors[1024];
  char arguments[128];
  snprintf(arguments, sizeof arguments, "--gap 1e-6 %s", cases[_i].arguments);
  int status = compare_dirs(&cases[_i].a, &cases[_i].b, arguments, &text,
                            errors, sizeof errors);
  ck_assert_msg(status == cases[_i].status, "%s: status %d, %s\n%s",
                cases[_i].name, status, errors, text);
  assert_all(cases[_i].name, text, cases[_i].says);
  free(text);
}
END_TEST

/* --fail-if-slower says on standard error how much it could decide. */
START_TEST(what_could_be_decided_is_said) {
  static const struct {
    size_t repeats;
    const char *arguments, *says;
    int status;
  } asked[] = {
      {7, "--fail-if-slower 1.2", "1 of 1 comparisons could be decided\n", 0},
      {2, "--fail-if-slower 1.2",
       "0 of 1 comparisons could be decided: too few repeats", 1},
      {2, "--fail-if-slower 1.2 --allow-undecided",
       "0 of 1 comparisons could be decided\n", 0},
  };
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    made_runs side = usual;
    char *text, errors[1024], arguments[128];
    side.count = asked[i].repeats;
    snprintf(arguments, sizeof arguments, "--gap 1e-6 %s", asked[i].arguments);
    int status =
        compare_dirs(&side, &side, arguments, &text, errors, sizeof errors);
    ck_assert_int_eq(status, asked[i].status);
    ck_assert_msg(strstr(errors, asked[i].says) != NULL, "%s: %s", arguments,
                  errors);
    free(text);
  }
}
END_TEST

START_TEST(csv_holds_the_numbers) {
  made_runs slow = usual;
  char *text, errors[1024], expected[512];
  slow.factor = 2;
  int status = compare_dirs(&usual, &slow, "--format csv --gap 1e-6", &text,
                            errors, sizeof errors);
  ck_assert_int_eq(status, 0);
  /* Medians of 1, 1.01, ..., 1.06; samples apart: p = 2 / C(14, 7). */
  snprintf(expected, sizeof expected,
           "%s\nd,9,3,collision,strong,1,uniform,uniform,em,1e-06,7,7,7,7,1.03,"
           "2.06,2,",
           compare_csv_header);
  ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0, "%s", text);
  double low, high, p;
  ck_assert_int_eq(
      sscanf(text + strlen(expected), "%lf,%lf,%lf", &low, &high, &p), 3);
  ck_assert(low > 1.88 && low < 2 && high > 2 && high < 2.12);
  assert_close(p, 2 / 3432.0, 1e-8);
  ck_assert_ptr_nonnull(strstr(text, ",20,20,yes,1,1,yes,slower\n"));
  free(text);
}
END_TEST

START_TEST(the_seed_decides_the_interval) {
  made_runs slow = usual;
  char *first, *again, *other, errors[1024];
  slow.factor = 1.5;
  compare_dirs(&usual, &slow, "--format csv", &first, errors, sizeof errors);
  compare_dirs(&usual, &slow, "--format csv", &again, errors, sizeof errors);
  compare_dirs(&usual, &slow, "--format csv --confidence 0.9 --seed 2", &other,
               errors, sizeof errors);
  ck_assert_str_eq(first, again);
  ck_assert_str_ne(first, other);
  free(first);
  free(again);
  free(other);
}
END_TEST

static const struct {
  made_runs b;
  const char *arguments, *words;
} refused[] = {
    {{7, 1, 20, 1, 1, "{\"cpu\": \"x86\", \"processors\": 4}", NULL},
     "",
     "x86 (2 processors, ada)|x86 (4 processors)|--any-machine"},
    {{7, 1, 20, 1, 1,
      "{\"cpu\": \"x86\", \"processors\": 2, \"name\": \"bob\"}", NULL},
     "",
     "bob|--any-machine"},
    {{7, 1, 20, 1, 1, HERE, "b,sigma"}, "", "nothing|in common"},
    {{7, 1, 20, 1, 1, HERE, NULL}, "--gap x", "--gap x"},
    {{7, 1, 20, 1, 1, HERE, NULL}, "--format tex", "tex|md, csv"},
    {{7, 1, 20, 1, 1, HERE, NULL},
     "--fail-if-slower 0.5",
     "--fail-if-slower 0.5"},
    {{7, 1, 20, 1, 1, HERE, NULL}, "--confidence 95", "--confidence 95"},
    {{7, 1, 20, 1, 1, HERE, NULL}, "-s md", "md"},
};

START_TEST(what_cannot_be_compared_is_refused) {
  char *text, errors[1024];
  int status = compare_dirs(&usual, &refused[_i].b, refused[_i].arguments,
                            &text, errors, sizeof errors);
  ck_assert_int_eq(status, 2);
  ck_assert_str_eq(text, "");
  errors[strcspn(errors, "\n")] = '\0';
  assert_says(errors, strncmp(refused[_i].words, "nothing", 7) == 0
                          ? "in common|start"
                          : refused[_i].words);
  free(text);
}
END_TEST

START_TEST(unknown_machines_need_force) {
  made_runs b = usual;
  char *text, errors[1024];
  b.host = NULL;
  ck_assert_int_eq(compare_dirs(&usual, &b, "", &text, errors, sizeof errors),
                   2);
  ck_assert_ptr_nonnull(strstr(errors, "its machine is not known"));
  free(text);
  ck_assert_int_eq(
      compare_dirs(&usual, &b, "--any-machine", &text, errors, sizeof errors),
      0);
  free(text);
  assert_refuses(&cmd_compare, "compare", "two run directories");
  assert_refuses(&cmd_compare, "compare nowhere", "two run directories");
  assert_refuses(&cmd_compare, "compare nowhere neither", "nowhere");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("compare");
  TCase *tc = tcase_create("directories");
  tcase_add_loop_test(tc, verdicts, 0, many(sizeof cases, sizeof *cases));
  tcase_add_test(tc, what_could_be_decided_is_said);
  tcase_add_test(tc, csv_holds_the_numbers);
  tcase_add_test(tc, the_seed_decides_the_interval);
  tcase_add_loop_test(tc, what_cannot_be_compared_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  tcase_add_test(tc, unknown_machines_need_force);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
