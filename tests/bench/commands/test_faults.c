/* Every command that writes, with the n-th of its calls on files failing or the
 * program killed there: every run that was finished stays, what is there is
 * whole, the exit status is right, and the same command goes on to the
 * undisturbed result. A sample of all n; `test_faults all` (make soak-faults)
 * takes each. */
#include "tests/support/program.h"

#include "tests/support/faults.h"

#include <sys/stat.h>

#define SWEEP(lambdas)                                                         \
  "printf \"problems: ['dirichlet:M=8,K=3']\\nsolvers: [em, md]\\n"            \
  "lambdas: [" lambdas "]\\ntol: 0\\nmax-iter: 3\\nthreads: 1\\n\" >plan.yaml"
#define HALF_SWEEP SWEEP("2") " && $YSTEP sweep plan.yaml -o out --save-labels"
#define RUN                                                                    \
  "$YSTEP run -p dirichlet:M=8,K=3 -s em md --max-iter 3 --save-labels -o out"
#define TRAIN                                                                  \
  "train -d moons:M=24 -c mlp:hidden=3 --epochs 2 --repeat 2 --batch 12 "      \
  "--threads 1 --checkpoint 1 --save --record rec -o out"

/* A command in a folder that `setup` has filled. It makes or changes `tables`,
 * which are compared without their seconds and the order of their rows, and
 * `others`, compared as they are. A row of `rows`, once there, stays. `inputs`
 * are not touched. All are names in the folder, with blanks between them. */
static const struct scenario {
  const char *name, *setup, *command, *again;
  const char *tables, *others, *rows, *inputs;
} scenarios[] = {
    {"sweep", SWEEP("1, 2"), "sweep plan.yaml -o out --save-labels --resume",
     "sweep plan.yaml -o out --save-labels --resume",
     "out/runs.csv out/traces.csv out/settings.csv", "out/labels",
     "out/runs.csv", "plan.yaml"},
    {"sweep, half done",
     HALF_SWEEP " && " SWEEP("1, 2") " && printf '9,diri' >>out/runs.csv && "
                                     "printf '9,1,0.0' >>out/traces.csv",
     "sweep plan.yaml -o out --save-labels --resume",
     "sweep plan.yaml -o out --save-labels --resume",
     "out/runs.csv out/traces.csv out/settings.csv", "out/labels",
     "out/runs.csv", "plan.yaml"},
    {"merge",
     SWEEP("1, 2") " && for i in 1 2; do $YSTEP sweep plan.yaml --shard $i/2 "
                   "-o s$i --save-labels || exit 1; done",
     "merge out s1 s2", "merge out s1 s2 --force",
     "out/runs.csv out/traces.csv out/settings.csv", "out/labels", "", "s1 s2"},
    {"train", "true", TRAIN, TRAIN " --resume",
     "out/training.csv out/epochs.csv", "out/sigma out/parameters rec",
     "out/training.csv", ""},
    {"train, half done",
     "$YSTEP " TRAIN " && rm out/sigma/2.npy out/parameters/2.npy "
     "rec/2/epoch-0002.npy && sed -i 3d out/training.csv && sed -i 5d "
     "out/epochs.csv && printf '2,moo' >>out/training.csv && sed -i 3d "
     "rec/2/index.csv",
     TRAIN " --resume", TRAIN " --resume", "out/training.csv out/epochs.csv",
     "out/sigma out/parameters rec", "out/training.csv", ""},
    {"sweep, replaced",
     HALF_SWEEP " && sed -i 's/max-iter: 3/max-iter: 4/' plan.yaml",
     "sweep plan.yaml -o out --save-labels --resume --replace",
     "sweep plan.yaml -o out --save-labels --resume --replace",
     "out/runs.csv out/traces.csv out/settings.csv", "out/labels", "",
     "plan.yaml"},
    {"sweep, two at a time", SWEEP("1, 2"),
     "sweep plan.yaml -o out --resume --jobs 2",
     "sweep plan.yaml -o out --resume --jobs 2",
     "out/runs.csv out/traces.csv out/settings.csv", "", "out/runs.csv",
     "plan.yaml"},
    {"merge, forced",
     SWEEP("1, 2") " && $YSTEP sweep plan.yaml -o s1 --save-labels && cp -r s1 "
                   "s2 && cp -r s1 out",
     "merge out s1 s2 --force", "merge out s1 s2 --force",
     "out/runs.csv out/traces.csv out/settings.csv", "out/labels", "", "s1 s2"},
    {"repair",
     HALF_SWEEP " && sed -i '4s/,/,\"/' out/traces.csv && : >out/meta.json && "
                "printf '9,diri' >>out/runs.csv",
     "repair out", "repair out", "out/runs.csv out/traces.csv out/settings.csv",
     "out/labels", "", "plan.yaml"},
    {"run", "true",
     "run -p dirichlet:M=8,K=3 -s em md --max-iter 3 --save-labels -o out",
     "run -p dirichlet:M=8,K=3 -s em md --max-iter 3 --save-labels -o out "
     "--force",
     "out/runs.csv out/traces.csv", "out/labels", "", ""},
    {"gen", "true", "gen -p planted:M=8,K=3 -o x.npy --labels y.npy",
     "gen -p planted:M=8,K=3 -o x.npy --labels y.npy --force", "",
     "x.npy y.npy", "", ""},
    {"solve", "true", "solve dirichlet:M=8,K=3 -o y.npz",
     "solve dirichlet:M=8,K=3 -o y.npz --force", "", "y.npz", "", ""},
    {"table", RUN, "table out -o t.md", "table out -o t.md --force", "", "t.md",
     "", "out"},
    {"scores", "$YSTEP " TRAIN, "scores out -o t.md",
     "scores out -o t.md --force", "", "t.md", "", "out"},
    {"plot", RUN, "plot out --format svg", "plot out --format svg", "",
     "out/figures", "", "out/runs.csv out/traces.csv"},
    {"plot, all kinds", RUN,
     "plot out --format svg --kind profile winner --gap 1",
     "plot out --format svg --kind profile winner --gap 1", "", "out/figures",
     "", "out/runs.csv out/traces.csv"},
    {"report", RUN, "report out -o r.html", "report out -o r.html --force", "",
     "r.html", "", "out/runs.csv out/traces.csv"},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static char why[4096]; /* what is wrong with a case */

__attribute__((format(printf, 1, 2))) static bool wrong(const char *format,
                                                        ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(why, sizeof why, format, list);
  va_end(list);
  return false;
}

/* ------------------------------------------------------------- comparing -- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The fields of a row but seconds, joined; to be freed. */
static char *text_of_row(const ys_csv *csv, const bool *is_time) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (size_t i = 0; i < csv->count; i++)
    if (!is_time || !is_time[i])
      fprintf(out, "%s;", ys_csv_field(csv, i));
  fclose(out);
  return text;
}

typedef struct rows {
  char **row;
  size_t count;
} rows;

static void free_rows(rows *all) {
  for (size_t i = 0; i < all->count; i++)
    free(all->row[i]);
  free(all->row);
  *all = (rows){0};
}

/* The whole rows of a table, its header first; without seconds if asked. */
static rows read_rows(const char *path, bool timeless) {
  rows all = {0};
  ys_csv csv;
  ys_error error;
  bool more = true, torn, is_time[64] = {false};
  if (ys_csv_open(path, 0, &csv, &error))
    return all;
  while (!ys_csv_next_whole_row(&csv, &more, &torn, &error) && more) {
    for (size_t i = 0; !all.count && i < csv.count && i < 64; i++)
      is_time[i] = timeless && strstr(ys_csv_field(&csv, i), "_seconds");
    all.row = realloc(all.row, (all.count + 1) * sizeof *all.row);
    all.row[all.count++] = text_of_row(&csv, is_time);
  }
  ys_csv_close(&csv);
  return all;
}

static bool same_table(const char *a, const char *b) {
  rows x = read_rows(a, true), y = read_rows(b, true);
  bool same = x.count == y.count && x.count > 0;
  if (x.count)
    qsort(x.row, x.count, sizeof *x.row, by_text);
  if (y.count)
    qsort(y.row, y.count, sizeof *y.row, by_text);
  for (size_t i = 0; same && i < x.count; i++)
    same = strcmp(x.row[i], y.row[i]) == 0;
  if (!same)
    wrong("%s has %zu rows, %s %zu, or they differ", a, x.count, b, y.count);
  free_rows(&x);
  free_rows(&y);
  return same;
}

static bool same_as(const char *a, const char *b) {
  char command[256];
  snprintf(command, sizeof command,
           "diff -rq -x '*.tmp*' -x '*.part*' %s %s >../diff.txt 2>&1", a, b);
  if (system(command) == 0)
    return true;
  char *text = slurp("../diff.txt");
  wrong("%.300s", text);
  free(text);
  return false;
}

/* Go through the names of a list; each as it is in the folder at hand and in
 * another one beside it. */
static bool each(const char *names, const char *other,
                 bool (*same)(const char *, const char *)) {
  char all[256], there[128];
  snprintf(all, sizeof all, "%s", names);
  for (char *name = strtok(all, " "); name; name = strtok(NULL, " ")) {
    snprintf(there, sizeof there, "../%s/%s", other, name);
    if (!same(name, there))
      return false;
  }
  return true;
}

static bool is_undisturbed(const struct scenario *s) {
  return each(s->tables, "whole", same_table) &&
         each(s->others, "whole", same_as);
}

/* Whether all of `before` is in `path`, seconds and all. */
static bool kept(const rows *before, const char *path) {
  rows now = read_rows(path, false);
  size_t found = 0;
  for (size_t i = 0; i < before->count; i++)
    for (size_t j = 0; j < now.count; j++)
      if (strcmp(before->row[i], now.row[j]) == 0) {
        found++;
        break;
      }
  if (found < before->count)
    wrong("%s: of %zu rows that were there %zu are left", path, before->count,
          found);
  free_rows(&now);
  return found == before->count;
}

/* --------------------------------------------------------------- running -- */

static void split(const char *command, char *words, char **argv) {
  size_t count = 0;
  strcpy(words, command);
  argv[count++] = getenv("YSTEP");
  for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
    argv[count++] = w;
  argv[count] = NULL;
}

static void shell(const char *command) {
  char line[2048];
  snprintf(line, sizeof line, "{ %s; } >/dev/null 2>&1", command);
  ck_assert_msg(system(line) == 0, "%s", command);
}

/* `base` as the setup leaves it and `whole` as the command does. */
static void prepare(const struct scenario *s) {
  char command[512];
  ck_assert_int_eq(chdir(folder), 0);
  shell("rm -rf base whole work && mkdir base");
  ck_assert_int_eq(chdir("base"), 0);
  shell(s->setup);
  shell("cp -a ../base ../whole");
  ck_assert_int_eq(chdir("../whole"), 0);
  snprintf(command, sizeof command, "$YSTEP %s", s->command);
  shell(command);
  shell("cp -a ../base ../work");
}

static bool is_kill(fault_kind kind) {
  return kind == FAULT_KILL || kind == FAULT_TEAR;
}

/* What the program may say of itself: success is a whole result, and what is
 * not is said. */
static bool status_is_right(const struct scenario *s, fault_kind kind,
                            int status) {
  if (WIFSIGNALED(status))
    return is_kill(kind) && WTERMSIG(status) == SIGKILL
               ? true
               : wrong("killed by signal %d", WTERMSIG(status));
  if (WEXITSTATUS(status) == 0)
    return is_undisturbed(s);
  char *errors = slurp("../err.txt");
  bool said = strstr(errors, "error: ") != NULL;
  free(errors);
  return said ? true : wrong("status %d, without a word", WEXITSTATUS(status));
}

static bool goes_on(const struct scenario *s) {
  char command[512];
  snprintf(command, sizeof command, "$YSTEP %s >../out.txt 2>../err.txt",
           s->again);
  int status = system(command);
  if (status == 0)
    return is_undisturbed(s);
  char *errors = slurp("../err.txt");
  wrong("afterwards '%s' ends with %d: %.200s", s->again, WEXITSTATUS(status),
        errors);
  free(errors);
  return false;
}

static bool check_case(const struct scenario *s, fault_kind kind, int status) {
  bool has_rows = s->rows[0] != '\0';
  char before[128];
  snprintf(before, sizeof before, "../base/%s", s->rows);
  rows old = has_rows ? read_rows(before, false) : (rows){0};
  bool good = kept(&old, s->rows) && each(s->inputs, "base", same_as) &&
              status_is_right(s, kind, status);
  free_rows(&old);
  if (!good)
    return false;
  rows new = has_rows ? read_rows(s->rows, false) : (rows){0};
  good = goes_on(s) && kept(&new, s->rows);
  free_rows(&new);
  return good;
}

/* One case; *done is true if the command makes fewer calls. Says what is wrong.
 */
static bool try_fault(const struct scenario *s, fault_kind kind, size_t at,
                      bool *done) {
  char words[512], *argv[40], where[128];
  ck_assert_int_eq(chdir(folder), 0);
  shell("rm -rf work && cp -a base work");
  ck_assert_int_eq(chdir("work"), 0);
  snprintf(where, sizeof where, "%s/work", folder);
  fault f = {
      .program = getenv("YSTEP"), .folder = where, .kind = kind, .at = at};
  split(s->command, words, argv);
  int status = fault_run(&f, argv, "../out.txt", "../err.txt");
  remove_openmp_leftovers();
  char *errors = slurp("../err.txt");
  *done = f.seen < at;
  bool good = *done || check_case(s, kind, status);
  if (!good) {
    char reason[2048];
    snprintf(reason, sizeof reason, "%.1500s", why);
    wrong("%s, %s at call %zu (%s): %s; it said: %.300s", s->name,
          fault_names[kind], at, f.call, reason, errors);
  }
  free(errors);
  return good;
}

/* ------------------------------------------------------------------ tests --
 */

static size_t count_calls(const struct scenario *s, fault_kind kind) {
  char words[512], *argv[40], where[128];
  ck_assert_int_eq(chdir(folder), 0);
  shell("rm -rf work && cp -a base work");
  ck_assert_int_eq(chdir("work"), 0);
  snprintf(where, sizeof where, "%s/work", folder);
  fault f = {.program = getenv("YSTEP"), .folder = where, .kind = kind};
  split(s->command, words, argv);
  ck_assert_int_eq(fault_run(&f, argv, "../out.txt", "../err.txt"), 0);
  return f.seen;
}

/* One fault of each kind, another each time. */
START_TEST(a_fault_loses_nothing) {
  const struct scenario *s = &scenarios[_i];
  unsigned seed = (unsigned)time(NULL);
  bool done;
  srand(seed);
  if (!faults_work()) {
    printf("no process can be traced here: nothing is tried\n");
    return;
  }
  prepare(s);
  for (int kind = 0; kind < FAULT_KINDS; kind++) {
    size_t at = 1 + (size_t)rand() % count_calls(s, (fault_kind)kind);
    ck_assert_msg(try_fault(s, (fault_kind)kind, at, &done), "seed %u: %s",
                  seed, why);
  }
}
END_TEST

/* The same with every n, or every `step`-th, and all kinds or those from one
 * on.
 */
static size_t step = 1;
static int first_kind;

START_TEST(no_fault_loses_anything) {
  const struct scenario *s = &scenarios[_i];
  size_t faults = 0;
  prepare(s);
  for (int kind = first_kind; kind < FAULT_KINDS; kind++) {
    bool done = false;
    size_t tried = 0;
    for (size_t at = 1; !done; at += step) {
      bool good = try_fault(s, (fault_kind)kind, at, &done);
      tried += !done;
      if (!good && ++faults)
        printf("WRONG: %s\n", why);
      fflush(stdout); /* before the next fork */
    }
    printf("%s: %zu %s\n", s->name, tried, fault_names[kind]);
    fflush(stdout);
  }
  ck_assert_uint_eq(faults, 0);
}
END_TEST

int main(int argc, char **argv) {
  bool all = argc > 1 && strcmp(argv[1], "all") == 0;
  int first = argc > 3 ? atoi(argv[3]) : 0;
  step = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
  first_kind = argc > 4 ? atoi(argv[4]) : 0;
  Suite *suite = suite_create("faults");
  TCase *tests = tcase_create("faults");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  if (all && faults_work()) {
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, no_fault_loses_anything, first,
                        argc > 3 ? first + 1 : SCENARIOS);
  } else
    tcase_add_loop_test(tests, a_fault_loses_nothing, 0, SCENARIOS);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
