/* Sweeps whose runs are done by several ranks each, which a launcher starts.
 * Without MPI in the program or mpirun the suite is empty; MPI_REQUIRED: it
 * fails then. */
#include "tests/support/mpi_ranks.h"

#define LAUNCHER "--launcher 'mpirun --oversubscribe -n {ranks}'"

static void put_plan(const char *text) {
  FILE *file = fopen("plan.yaml", "w");
  fputs(text, file);
  fclose(file);
}

static const char short_plan[] = "problems: [\"dirichlet:M=20011,K=10\"]\n"
                                 "solvers: [em, md, ipm]\n"
                                 "ranks: [1, 2, 3]\n"
                                 "max-iter: 20\n"
                                 "tol: 0\n"
                                 "threads: 1\n";

/* The row of a run on so many ranks. */
static size_t find_run(const table *runs, const table *settings,
                       const char *solver, const char *ranks) {
  for (size_t i = 1; i < runs->rows; i++)
    for (size_t k = 1; k < settings->rows; k++)
      if (strcmp(at(runs, i, "run_id"), at(settings, k, "run_id")) == 0 &&
          strcmp(at(runs, i, "solver"), solver) == 0 &&
          strcmp(at(settings, k, "ranks"), ranks) == 0)
        return i;
  ck_abort_msg("no run of %s on '%s' ranks", solver, ranks);
}

static void assert_same_run(const table *runs, size_t a, size_t b) {
  static const char *const columns[] = {"status", "iterations", "objective",
                                        "lower_bound", "gap"};
  for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
    ck_assert_str_eq(at(runs, a, columns[c]), at(runs, b, columns[c]));
}

START_TEST(ranks_are_an_axis) {
  enter_folder();
  put_plan(short_plan);
  const int status = ystep("sweep plan.yaml -o out --save-labels " LAUNCHER);
  char *errors = slurp("err.txt");
  ck_assert_msg(status == 0, "%s", errors);
  free(errors);
  table runs = read_table("out/runs.csv");
  table settings = read_table("out/settings.csv");
  ck_assert_uint_eq(runs.rows, 10);
  for (int s = 0; s < 2; s++) {
    const char *solver = s ? "md" : "em";
    const size_t alone = find_run(&runs, &settings, solver, "");
    ck_assert_str_eq(at(&runs, alone, "status"), "max_iter");
    ck_assert_str_eq(at(&runs, alone, "sent_bytes"), "");
    for (int r = 2; r <= 3; r++) {
      const size_t spread =
          find_run(&runs, &settings, solver, r == 2 ? "2" : "3");
      char command[200];
      assert_same_run(&runs, alone, spread);
      ck_assert_double_ge(number_at(&runs, spread, "sent_bytes"), 20 * 8 * 10);
      ck_assert_double_ge(number_at(&runs, spread, "sent_messages"), 20);
      snprintf(command, sizeof command,
               "cmp out/labels/%s.npy out/labels/%s.npy",
               at(&runs, alone, "run_id"), at(&runs, spread, "run_id"));
      ck_assert_int_eq(system(command), 0);
    }
  }
  const size_t refused = find_run(&runs, &settings, "ipm", "2");
  ck_assert_str_eq(at(&runs, refused, "status"), "unsupported");
  assert_says(at(&runs, refused, "message"), "ipm|ranks");
  free_table(&runs);
  free_table(&settings);
  leave_folder();
}
END_TEST

START_TEST(a_sweep_over_ranks_goes_on_where_it_was) {
  enter_folder();
  put_plan(short_plan);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out -s em " LAUNCHER), 0);
  char *before = slurp("out/runs.csv");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out -s em --resume " LAUNCHER), 0);
  char *after = slurp("out/runs.csv");
  ck_assert_str_eq(before, after);
  free(before);
  free(after);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume " LAUNCHER), 0);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 10);
  free_table(&runs);
  ck_assert_int_eq(ystep("table out"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "lambda 1, 2 ranks\n"));
  free(text);
  leave_folder();
}
END_TEST

/* Cores are shared out among the ranks of a run. */
START_TEST(ranks_times_threads_are_held_against_cores) {
  enter_folder();
  put_plan("problems: [\"dirichlet:M=20011,K=10\"]\nsolvers: [em]\n"
           "ranks: 2\n");
  ck_assert_int_eq(ystep("sweep plan.yaml --dry-run --threads 600"), 0);
  char *errors = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(errors, "of up to 1200 threads each"));
  free(errors);
  leave_folder();
}
END_TEST

static const struct {
  const char *launcher, *says;
} launchers[] = {
    {"mpirun", "--launcher|{ranks}"},
    {"''", "--launcher"},
};

START_TEST(what_is_no_launcher_is_refused) {
  char arguments[200];
  enter_folder();
  put_plan(short_plan);
  snprintf(arguments, sizeof arguments, "sweep plan.yaml -o out --launcher %s",
           launchers[_i].launcher);
  assert_refuses(arguments, launchers[_i].says);
  ck_assert(!exists("out"));
  leave_folder();
}
END_TEST

static const struct {
  const char *launcher, *says;
} broken[] = {
    {"no-such-launcher -n {ranks}", "no-such-launcher: No such file"},
    {"env RANKS={ranks}", "no 2 ranks|mpirun or srun"},
    {"mpirun --oversubscribe -n 1{ranks}", "12 ranks: expected 2"},
};

/* The other runs are done. */
START_TEST(a_launcher_that_does_not_launch_is_a_failed_row) {
  enter_folder();
  put_plan("problems: [\"dirichlet:M=20011,K=10\"]\nsolvers: [em]\n"
           "ranks: [1, 2]\nmax-iter: 5\nthreads: 1\n");
  ck_assert_int_eq(
      ystep("sweep plan.yaml -o out --launcher '%s'", broken[_i].launcher), 1);
  table runs = read_table("out/runs.csv");
  table settings = read_table("out/settings.csv");
  const size_t failed = find_run(&runs, &settings, "em", "2");
  const size_t alone = find_run(&runs, &settings, "em", "");
  ck_assert_str_eq(at(&runs, alone, "status"), "max_iter");
  ck_assert_str_eq(at(&runs, failed, "status"), "failed");
  assert_says(at(&runs, failed, "message"), broken[_i].says);
  free_table(&runs);
  free_table(&settings);
  leave_folder();
}
END_TEST

/* -------------------------------------------------------------- deaths ---- */

static const char endless[] =
    "problems: [\"gaussian:M=40009,K=20,scale=2\"]\n"
    "solvers: [em]\nranks: 3\nmax-iter: 1000000000\ntol: 0\n"
    "time-limit: 600\nthreads: 1\n";

static pid_t start_sweep(const char *options) {
  char command[400];
  snprintf(command, sizeof command,
           "exec \"$YSTEP\" sweep plan.yaml -o out %s " LAUNCHER
           " >out.txt 2>err.txt",
           options);
  const pid_t child = start_command(command);
  for (int i = 0; i < 1200 && !find_rank(2); i++)
    nap(0.05);
  ck_assert_int_gt(find_rank(2), 0);
  nap(1.5);
  return child;
}

static void assert_failed(const char *says) {
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 2);
  ck_assert_str_eq(at(&runs, 1, "status"), "failed");
  assert_says(at(&runs, 1, "message"), says);
  free_table(&runs);
}

/* The first one cannot say it itself. */
START_TEST(a_dead_rank_is_a_failed_row) {
  char words[80];
  enter_folder();
  put_plan(endless);
  const pid_t child = start_sweep("");
  kill(find_rank(_i), SIGKILL);
  ck_assert_int_eq(wait_for_ranks(child), 1);
  snprintf(words, sizeof words, "rank %d", _i);
  assert_failed(words);
  leave_folder();
}
END_TEST

START_TEST(the_wall_limit_ends_all_ranks) {
  enter_folder();
  char plan[400];
  snprintf(plan, sizeof plan, "%swall-limit: 6\n", endless);
  put_plan(plan);
  const pid_t child = start_sweep("");
  ck_assert_int_eq(wait_for_ranks(child), 1);
  assert_failed("killed at the wall limit of 6 s");
  leave_folder();
}
END_TEST

/* In whatever way the sweep ends, and the run is done by the next. */
START_TEST(a_sweep_that_is_ended_leaves_no_rank) {
  static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
  enter_folder();
  put_plan(endless);
  const pid_t child = start_sweep("");
  kill(child, signals[_i]);
  ck_assert_int_eq(wait_for_ranks(child), 128 + signals[_i]);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 1);
  free_table(&runs);
  put_plan(short_plan);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume " LAUNCHER), 0);
  runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 10);
  free_table(&runs);
  leave_folder();
}
END_TEST

/* ------------------------------------------------------------- latency ---- */

#define RANKS_LATENCY "\"$YSTEP_SOURCE\"/scripts/ranks-latency "

static bool can_make_networks(void) {
  return geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0 &&
         system("command -v ip ping unshare python3 >/dev/null 2>&1") == 0;
}

/* In namespaces of the network, whose names are left to nobody. */
START_TEST(latency_is_added_and_changes_no_bit) {
  const char *run = "run -q -p dirichlet:M=4007,K=10 -s em --max-iter 50 "
                    "--tol 0 --threads 1 -o";
  double least = 0;
  if (!can_make_networks()) {
    puts("latency: skipped: no root, or no ip, ping, unshare, /dev/net/tun");
    return;
  }
  enter_folder();
  ck_assert_int_eq(ystep("%s alone", run), 0);
  char command[400];
  snprintf(command, sizeof command,
           RANKS_LATENCY "-n 2 -d 3000 --ping -- \"$YSTEP\" %s out "
                         ">out.txt 2>err.txt",
           run);
  const int status = system(command);
  char *errors = slurp("err.txt");
  ck_assert_msg(status == 0, "%s", errors);
  ck_assert_int_eq(sscanf(errors, "round trip by %*[^:]: %lf", &least), 1);
  ck_assert_double_ge(least, 6000);
  free(errors);
  table a = read_table("alone/runs.csv"), b = read_table("out/runs.csv");
  ck_assert_str_eq(at(&a, 1, "objective"), at(&b, 1, "objective"));
  ck_assert_str_eq(at(&a, 1, "gap"), at(&b, 1, "gap"));
  ck_assert_double_ge(number_at(&b, 1, "solve_seconds"), 50 * 3e-3);
  free_table(&a);
  free_table(&b);
  ck_assert_int_eq(system("ip netns list | grep -q '^ys'"), 1 << 8);
  leave_folder();
}
END_TEST

START_TEST(latency_wants_root) {
  enter_folder();
  const char *as_nobody =
      geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : "";
  char command[300];
  snprintf(command, sizeof command,
           "%s" RANKS_LATENCY "-n 2 true >out.txt 2>err.txt", as_nobody);
  ck_assert_int_eq(system(command), 1 << 8);
  char *errors = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(errors, "run as root"));
  free(errors);
  leave_folder();
}
END_TEST

/* --------------------------------------------------------------- model ---- */

/* Runs that take just what the model says: 2 ns an entry and solver, m messages
 * a level, `latency`, 0.5 ns a byte; of exact 1 ns an entry, 3 ms on every
 * rank, and 50 messages a level. */
static void put_modelled(const char *dir, double latency, size_t most) {
  static const char *const solvers[] = {"em", "md", "pgd"};
  static const size_t classes[] = {10, 100, 1000};
  char path[64];
  int id = 0;
  snprintf(path, sizeof path, "mkdir -p %s", dir);
  ck_assert_int_eq(system(path), 0);
  snprintf(path, sizeof path, "%s/runs.csv", dir);
  FILE *runs = fopen(path, "w");
  snprintf(path, sizeof path, "%s/settings.csv", dir);
  FILE *settings = fopen(path, "w");
  fputs("run_id,rows,classes,solver,status,iterations,solve_seconds,message,"
        "sent_bytes,sent_messages\n",
        runs);
  fputs("run_id,ranks\n", settings);
  for (size_t i = 0; i < 3 * 3 * 3 * 2; i++) {
    const size_t s = i % 3, ranks = (size_t)1 << (i / 3 % 3), k = i / 9 % 3;
    const size_t entries = i < 27 ? 4000000 : 40000,
                 rows = entries / classes[k];
    const double m = (double)(s + 1), n = (double)classes[k];
    const double level = m * log2((double)ranks);
    const double seconds = 2e-9 * m * (double)entries / (double)ranks +
                           level * (latency + 8 * n * 0.5e-9);
    if (entries > most)
      continue;
    fprintf(runs, "%d,%zu,%zu,%s,max_iter,100,%.12g,,%g,%g\n", ++id, rows,
            classes[k], solvers[s], 100 * seconds, 100 * level * 8 * n,
            100 * level);
    fprintf(settings, "%d,%zu\n", id, ranks);
  }
  for (size_t i = 0; i < 3 * 3 * 2; i++) {
    const size_t ranks = (size_t)1 << i % 3, n = classes[i / 3 % 3];
    const size_t entries = i < 9 ? 1000000 : 4000000;
    const double sent = 50 * log2((double)ranks);
    if (entries > most)
      continue;
    fprintf(runs, "%d,%zu,%zu,exact,converged,2,%.12g,,%g,%g\n", ++id,
            entries / n, n,
            1e-9 * (double)entries / (double)ranks + 3e-3 +
                sent * (latency + 100 * 0.5e-9),
            sent * 100, sent);
    fprintf(settings, "%d,%zu\n", id, ranks);
  }
  fclose(runs);
  fclose(settings);
  snprintf(path, sizeof path, "%s/meta.json", dir);
  FILE *meta = fopen(path, "w");
  fputs("{\"version\": \"1\", \"commit\": \"c\", \"host\": "
        "{\"cpu\": \"x\", \"processors\": 2}}",
        meta);
  fclose(meta);
}

START_TEST(the_model_is_found_again) {
  enter_folder();
  put_modelled("runs", 20e-6, 4000000);
  put_modelled("net-100", 120e-6, 40000);
  const int status = system(
      "for python in python3 /usr/bin/python3; do "
      "$python -c 'import numpy' 2>/dev/null && break; done && "
      "command -v gnuplot >/dev/null || exit 77; "
      "$python \"$YSTEP_SOURCE\"/scripts/ranks-model runs net-100 -o model "
      ">out.txt 2>err.txt");
  if (WEXITSTATUS(status) == 77) {
    puts("model: skipped: no NumPy or no gnuplot");
    leave_folder();
    return;
  }
  char *errors = slurp("err.txt");
  ck_assert_msg(status == 0, "%s", errors);
  free(errors);
  char *text = slurp("model.md");
  ck_assert_msg(strstr(text, "| em | 2 +- ") && strstr(text, "| pgd | 6 +- ") &&
                    strstr(text, "| shared memory | 20 +- ") &&
                    strstr(text, "| TCP + 100 us | 120 +- ") &&
                    strstr(text, " | 0.5 +- ") &&
                    strstr(text, "| 1000 | 1 +- ") && strstr(text, " | 3 +- "),
                "%.2000s", strstr(text, "## Compute"));
  free(text);
  ck_assert(exists("model.png"));
  leave_folder();
}
END_TEST

int main(void) {
  if (!has_mpi()) {
    puts("mpi: skipped: the program has no MPI, or there is no mpirun");
    return getenv("MPI_REQUIRED") ? EXIT_FAILURE : EXIT_SUCCESS;
  }
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  setenv("OMPI_MCA_btl_base_warn_component_unused", "0", 1);
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* MPI's own */
  Suite *suite = suite_create("sweeps over ranks");
  TCase *tests = tcase_create("sweeps over ranks");
  tcase_set_timeout(tests, 300);
  tcase_add_test(tests, ranks_are_an_axis);
  tcase_add_test(tests, a_sweep_over_ranks_goes_on_where_it_was);
  tcase_add_test(tests, ranks_times_threads_are_held_against_cores);
  tcase_add_loop_test(tests, what_is_no_launcher_is_refused, 0,
                      sizeof launchers / sizeof *launchers);
  tcase_add_loop_test(tests, a_launcher_that_does_not_launch_is_a_failed_row, 0,
                      sizeof broken / sizeof *broken);
  tcase_add_loop_test(tests, a_dead_rank_is_a_failed_row, 0, 3);
  tcase_add_test(tests, the_wall_limit_ends_all_ranks);
  tcase_add_loop_test(tests, a_sweep_that_is_ended_leaves_no_rank, 0, 3);
  TCase *latency = tcase_create("latency");
  tcase_set_timeout(latency, 120);
  tcase_add_test(latency, latency_is_added_and_changes_no_bit);
  tcase_add_test(latency, latency_wants_root);
  suite_add_tcase(suite, tests);
  suite_add_tcase(suite, latency);
  TCase *model = tcase_create("model");
  tcase_add_test(model, the_model_is_found_again);
  suite_add_tcase(suite, model);
  return run_suite(suite);
}
