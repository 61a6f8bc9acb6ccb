/* The program under mpirun: the bits of one process on any number of ranks, and
 * what becomes of it when a rank dies or has something else before it. Without
 * MPI in the program or mpirun the suite is empty; MPI_REQUIRED: it fails then.
 */
#include "problems/formats/npy.h"
#include "tests/support/mpi_ranks.h"

#include <gsl/gsl_rng.h>

/* Nobody is left waiting: whatever takes longer is killed. */
#define MPIRUN                                                                 \
  "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "                 \
  "OMPI_MCA_btl_base_warn_component_unused=0 OMP_NUM_THREADS=1 "               \
  "ASAN_OPTIONS=detect_leaks=0 timeout --foreground -s KILL 120 mpirun "       \
  "--oversubscribe "

/* `mpirun -n COUNT ystep ARGUMENTS`, its output in out.txt and err.txt; the
 * exit status. */
__attribute__((format(printf, 2, 3))) static int
ranks(int count, const char *format, ...) {
  char arguments[1024], command[2000];
  va_list list;
  va_start(list, format);
  vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  snprintf(command, sizeof command,
           MPIRUN "-n %d \"$YSTEP\" %s >out.txt 2>err.txt", count, arguments);
  const int status = system(command);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) < 128, "%s: %d",
                command, status);
  return WEXITSTATUS(status);
}

/* How many lines of a file hold a word; the last of them, without its end. */
static int find_line(const char *path, const char *word, char found[1024]) {
  char line[1024];
  FILE *file = fopen(path, "r");
  int count = 0;
  ck_assert_ptr_nonnull(file);
  *found = '\0';
  while (fgets(line, sizeof line, file))
    if (strstr(line, word)) {
      strcpy(found, line);
      found[strcspn(found, "\n")] = '\0';
      count++;
    }
  fclose(file);
  return count;
}

/* One line says it, and nobody else does. */
static void assert_error(const char *words) {
  char said[1024];
  const int count = find_line("err.txt", "ystep: error:", said);
  ck_assert_msg(count == 1, "%d errors: %s", count, said);
  assert_says(said, words);
}

/* ---------------------------------------------------------- same bits ---- */

/* The rows of a matrix in pieces of no equal size. */
static void write_parts(const char *from, size_t item) {
  static const size_t shares[] = {5, 11, 2, 9};
  ys_npy npy;
  ys_error error;
  size_t first = 0;
  ck_assert_int_eq(ys_npy_open(from, &npy, &error), YS_OK);
  for (size_t p = 0; p < 4; p++) {
    const size_t count = p == 3 ? npy.rows - first : npy.rows * shares[p] / 27;
    char name[32];
    ys_output output;
    ys_npy_writer writer;
    double *rows = malloc(count * npy.cols * sizeof *rows);
    ys_npy_rows(&npy, first, count, rows);
    snprintf(name, sizeof name, "part-%zu-of-%zu.npy", p, item);
    ck_assert_int_eq(ys_output_create(&output, name, &error), YS_OK);
    ck_assert_int_eq(
        ys_npy_begin(&output, item, count, npy.cols, &writer, &error), YS_OK);
    ck_assert_int_eq(ys_npy_append(&writer, rows, count, &error), YS_OK);
    ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
    free(rows);
    first += count;
  }
  ys_npy_close(&npy);
}

/* Of 50 classes. */
static void write_prior(void) {
  FILE *f = fopen("u.csv", "w");
  for (int k = 1; k <= 50; k++)
    fprintf(f, "%.17g%s", k / 1275.0, k < 50 ? "," : "\n");
  fclose(f);
}

static void make_files(void) {
  write_prior();
  ck_assert_int_eq(
      ystep("gen -p gaussian:M=3001,K=7,scale=3,skew=1 -o eight.npy"), 0);
  ck_assert_int_eq(ystep("gen -p dirichlet:M=1999,K=23,alpha=0.3 -o four.npy "
                         "--dtype float32"),
                   0);
  ck_assert_int_eq(ystep("gen -p gaussian:M=8009,K=600,scale=2 -o large.npy "
                         "--dtype float32"),
                   0);
  ck_assert_int_eq(ystep("gen -p gaussian:M=50021,K=50,scale=4,skew=1 "
                         "-o many.npy --dtype float32"),
                   0);
  write_parts("eight.npy", 8);
  write_parts("four.npy", 4);
}

/* A row a batch, with what solves it. K from 2 to 1000; rows that are divided
 * by nothing; files of either type, one of them left where it lies, and parts.
 */
static const struct {
  const char *problem, *solvers;
  int iterations;
} batches[] = {
    {"dirichlet:M=20011,K=2", "em md pgd", 100},
    {"gaussian:M=5003,K=10,scale=3,skew=2,noise=0.3",
     "em:accel=squarem md:accel=1 pgd:step=bb em:accel=anderson", 40},
    {"dirichlet:M=331,K=1000,alpha=0.1", "em md pgd", 12},
    {"file:path=eight.npy", "em md pgd", 100},
    {"file:path=four.npy,storage=float32", "em md pgd", 60},
    {"file:path=large.npy", "em pgd", 3},
    {"'file:path=part-?-of-8.npy'", "em md pgd:step=1 pgd", 100},
    {"'file:path=part-*-of-4.npy'", "em md pgd", 60},
};

static void assert_same_tables(const char *name, const char *to) {
  static const char *const columns[] = {
      "run_id",    "rows",        "status", "iterations",
      "objective", "lower_bound", "gap",    "message"};
  table a = read_table("alone/runs.csv"), b = read_table(to);
  ck_assert_uint_eq(a.rows, b.rows);
  for (size_t i = 1; i < a.rows; i++)
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
      ck_assert_msg(strcmp(at(&a, i, columns[c]), at(&b, i, columns[c])) == 0,
                    "%s, %s, %s: %s, alone %s", name, at(&a, i, "solver"),
                    columns[c], at(&b, i, columns[c]), at(&a, i, columns[c]));
  free_table(&a);
  free_table(&b);
}

static void assert_same_traces(const char *to) {
  table a = read_table("alone/traces.csv"), b = read_table(to);
  ck_assert_uint_eq(a.rows, b.rows);
  for (size_t i = 1; i < a.rows; i++) {
    ck_assert_str_eq(at(&a, i, "objective"), at(&b, i, "objective"));
    ck_assert_str_eq(at(&a, i, "lower_bound"), at(&b, i, "lower_bound"));
    ck_assert_str_eq(at(&a, i, "gap"), at(&b, i, "gap"));
  }
  free_table(&a);
  free_table(&b);
}

START_TEST(any_number_of_ranks_writes_what_one_process_writes) {
  char options[512];
  enter_folder();
  make_files();
  snprintf(options, sizeof options,
           "run -q -p %s -s %s --max-iter %d --time-limit 1e6 --tol 1e-9 "
           "--threads 1 --save-labels --force -o",
           batches[_i].problem, batches[_i].solvers, batches[_i].iterations);
  ck_assert_int_eq(ystep("%s alone", options), 0);
  for (int count = 1; count <= 4; count++) {
    const int status = ranks(count, "%s out", options);
    char *errors = slurp("err.txt");
    ck_assert_msg(status == 0, "%s", errors);
    free(errors);
    assert_same_tables(batches[_i].problem, "out/runs.csv");
    assert_same_traces("out/traces.csv");
    ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
  }
  leave_folder();
}
END_TEST

/* Batches of every size that exact knows ways for; K from 2 to 1000. */
static const struct {
  const char *problem, *options;
} for_exact[] = {
    {"dirichlet:M=1050011,K=2", "--lambda 1"},
    {"gaussian:M=220003,K=10,scale=3,skew=3", "--lambda 10"},
    {"gaussian:M=30011,K=100,scale=4,skew=1", "--lambda 0.1 100"},
    {"dirichlet:M=331,K=1000,alpha=0.1", "--lambda 1 10"},
    {"file:path=eight.npy", "--lambda 1 10"},
    {"file:path=four.npy,storage=float32", "--lambda 1 10"},
    {"file:path=large.npy", "--lambda 1"},
    {"file:path=many.npy,storage=float32", "--lambda 0.01 1 --prior u.csv"},
    {"gaussian:M=16411,K=1000,scale=4,skew=1", "--lambda 1"},
    {"'file:path=part-?-of-8.npy'", "--lambda 1"},
};

START_TEST(exact_finds_on_any_number_of_ranks_what_one_process_finds) {
  char options[512];
  enter_folder();
  make_files();
  snprintf(options, sizeof options,
           "run -q -p %s -s exact %s --max-iter 6 --time-limit 1e6 --tol 1e-9 "
           "--threads 1 --force -o",
           for_exact[_i].problem, for_exact[_i].options);
  ck_assert_int_eq(ystep("%s alone", options), 0);
  for (int count = 1; count <= 4; count++) {
    const int status = ranks(count, "%s out", options);
    char *errors = slurp("err.txt");
    ck_assert_msg(status == 0, "%s", errors);
    free(errors);
    assert_same_tables(for_exact[_i].problem, "out/runs.csv");
    assert_same_traces("out/traces.csv");
  }
  leave_folder();
}
END_TEST

START_TEST(threads_of_ranks_change_nothing) {
  enter_folder();
  const char *options =
      "-q -p gaussian:M=5003,K=10,scale=3,skew=2 -s em md pgd "
      "--max-iter 30 --time-limit 1e6 --force -o";
  ck_assert_int_eq(ystep("run %s alone --threads 1", options), 0);
  ck_assert_int_eq(ranks(2, "run %s out --threads 2", options), 0);
  assert_same_tables("two threads", "out/runs.csv");
  leave_folder();
}
END_TEST

/* The batch as text and by another name, and labels to start from. */
static void make_texts(void) {
  ys_npy npy;
  ck_assert_int_eq(ys_npy_open("eight.npy", &npy, NULL), YS_OK);
  double *rows = malloc(npy.rows * npy.cols * sizeof *rows);
  ys_npy_rows(&npy, 0, npy.rows, rows);
  FILE *csv = fopen("eight.csv", "w"), *txt = fopen("eight.txt", "w");
  fputs("a,b,c,d,e,f,g\n", csv);
  for (size_t i = 0; i < npy.rows * npy.cols; i++) {
    const char end = (i + 1) % npy.cols ? ',' : '\n';
    fprintf(csv, "%.17g%c", rows[i], end);
    fprintf(txt, "%.17g%c", log(rows[i]), end == ',' ? ' ' : end);
  }
  fclose(csv);
  fclose(txt);
  free(rows);
  ys_npy_close(&npy);
  ck_assert_int_eq(system("cp eight.npy eight.dat"), 0);
  ck_assert_int_eq(ystep("solve eight.npy -o start.npz"), 0);
  ck_assert_int_eq(ystep("solve eight.npy -s em --tol 1e-3 -o start.npy"), 0);
  ck_assert_int_eq(system("cp eight.csv start.csv"), 0);
}

/* Dense or sparse, whatever the solver's are: the bytes of one process. */
START_TEST(solve_writes_one_file) {
  static const char *const options[] = {"-o labels.npy", "-o labels.npz",
                                        "-s pgd -o labels.npy",
                                        "-s pgd -o labels.npz"};
  enter_folder();
  make_files();
  const char *command = "cd alone && cmp labels.np? ../labels.np?";
  ck_assert_int_eq(system("mkdir alone"), 0);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    ck_assert_int_eq(ystep("solve eight.npy %s --threads 1", options[i]), 0);
    char *alone = slurp("out.txt");
    ck_assert_int_eq(system("mv labels.* alone"), 0);
    ck_assert_int_eq(ranks(3, "solve eight.npy %s --threads 1", options[i]), 0);
    char *together = slurp("out.txt");
    ck_assert_str_eq(alone, together);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(system("rm labels.* alone/labels.*"), 0);
    free(alone);
    free(together);
  }
  leave_folder();
}
END_TEST

/* The program whose table has a solver of sparse labels, argmax. */
static void use_misfits(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s", getenv("YSTEP"));
  *strrchr(path, '/') = '\0';
  strcat(path, "/tests/support/ystep-misfits");
  setenv("YSTEP", path, 1);
  ck_assert_msg(exists(path), "%s is not built", path);
}

START_TEST(sparse_labels_are_saved_as_one_file) {
  static const char options[] =
      "run -q -p file:path=four.npy dirichlet:M=3001,K=11 -s argmax em "
      "--max-iter 3 --threads 1 --save-labels --force -o";
  enter_folder();
  use_misfits();
  make_files();
  ck_assert_int_eq(ystep("%s alone", options), 0);
  for (int count = 2; count <= 4; count++) {
    ck_assert_int_eq(ranks(count, "%s out", options), 0);
    ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
  }
  ck_assert_int_eq(system("test $(ls out/labels/*.npz | wc -l) = 2"), 0);
  leave_folder();
}
END_TEST

/* Text, labels of either kind to start from. */
START_TEST(whatever_one_process_reads_ranks_read) {
  static const char *const options[] = {
      "-p file:path=eight.csv -s em",
      "-p file:path=eight.txt,logits=1 -s pgd",
      "-p file:path=eight.dat -s md",
      "-p file:path=eight.npy -s em --start start.npy:mix=0.01",
      "-p file:path=eight.npy -s em pgd --start start.npz:mix=0.01",
      "-p file:path=eight.npy -s argmax --start start.npz",
      "-p file:path=eight.csv -s pgd --start start.csv",
  };
  enter_folder();
  use_misfits();
  make_files();
  make_texts();
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    const char *more = "--max-iter 20 --threads 1 --save-labels --force -o";
    ck_assert_int_eq(ystep("run -q %s %s alone", options[i], more), 0);
    for (int count = 2; count <= 3; count++) {
      ck_assert_int_eq(ranks(count, "run -q %s %s out", options[i], more), 0);
      assert_same_tables(options[i], "out/runs.csv");
      ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
    }
  }
  leave_folder();
}
END_TEST

/* The digest of a problem's batch, as the first of its runs has it. */
static void find_digest(const char *dir, const char *problem, char found[64]) {
  char path[64];
  snprintf(path, sizeof path, "%s/runs.csv", dir);
  table runs = read_table(path);
  snprintf(path, sizeof path, "%s/settings.csv", dir);
  table settings = read_table(path);
  const char *id = NULL;
  for (size_t i = 1; i < runs.rows; i++)
    if (strcmp(at(&runs, i, "problem"), problem) == 0)
      id = at(&runs, i, "run_id");
  ck_assert_ptr_nonnull(id);
  for (size_t i = 1; i < settings.rows; i++)
    if (strcmp(at(&settings, i, "run_id"), id) == 0)
      snprintf(found, 64, "%s", at(&settings, i, "batch"));
  free_table(&runs);
  free_table(&settings);
}

/* Some runs are done and some are not; and a batch has one digest whoever holds
 * it. */
START_TEST(ranks_go_on_in_a_directory) {
  static const char *const problems[] = {"file:path=eight.npy",
                                         "dirichlet:M=3001,K=11"};
  static const char options[] =
      "--max-iter 9 --threads 1 --save-labels "
      "-p file:path=eight.npy dirichlet:M=3001,K=11 -s em";
  char said[1024], alone[64], together[64];
  enter_folder();
  make_files();
  ck_assert_int_eq(ystep("run -q %s md -o alone", options), 0);
  ck_assert_int_eq(ranks(3, "run -q %s -o out", options), 0);
  ck_assert_int_eq(ranks(3, "run %s md -o out --resume", options), 0);
  ck_assert_int_eq(find_line("out.txt", "2 of 4 runs are done; 2 to run", said),
                   1);
  for (size_t p = 0; p < 2; p++) {
    find_digest("alone", problems[p], alone);
    find_digest("out", problems[p], together);
    ck_assert_str_eq(alone, together);
  }
  ck_assert_int_eq(system("test $(ls out/labels/*.npy | wc -l) = 4"), 0);
  ck_assert_int_eq(ranks(2, "run %s md -o out --resume", options), 0);
  ck_assert_int_eq(find_line("out.txt", "0 of 4 runs are done; 4 to run", said),
                   1);
  ck_assert_int_eq(system("test $(ls out/labels/*.npy | wc -l) = 8"), 0);
  leave_folder();
}
END_TEST

/* The first speaks, once, and says with whom. */
START_TEST(one_rank_speaks) {
  enter_folder();
  ck_assert_int_eq(ranks(3, "run -v -p dirichlet:M=4009,K=100 -s em "
                            "--max-iter 100 --trace-every 0 -o out"),
                   0);
  char line[1024];
  ck_assert_int_eq(find_line("out.txt", "sent by a rank: at most ", line), 1);
  double bytes = INFINITY;
  ck_assert_int_eq(sscanf(line, "%*[^,], %lf", &bytes), 1);
  /* The judge's and the first numbers are among them. */
  ck_assert_double_le(bytes, 1.5 * 8 * 100 * 4 * log2(3));
  table settings = read_table("out/settings.csv");
  ck_assert_ptr_nonnull(strstr(at(&settings, 1, "cpu"), "; 3 ranks on 1 host"));
  free_table(&settings);
  leave_folder();
}
END_TEST

/* ------------------------------------------------------------ refusals ---- */

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"run -p dirichlet:M=4001,K=10 -s fw -o out",
     "fw|ranks|exact, em, md and pgd"},
    {"run -p planted:M=4001,K=10 -s em -o out", "planted"},
    {"run -p dirichlet:M=100,K=10 -s em -o out", "3 ranks|1 blocks"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start eight.npy",
     "eight.npy|3001 x 7|expected 4001 x 10"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start no.npz", "no.npz"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start sparse.npz",
     "sparse.npz|3001 x 7|4001 rows"},
    {"run -p file:path=eight.npy -s em -o out --start bad.npy",
     "rank 2|bad.npy|row"},
    {"run -p file:path=bad.csv -s em -o out", "rank 2|bad.csv, line 2500"},
    {"run -p file:path=sparse.npz -s em -o out", "sparse.npz|SciPy"},
    {"run -p file:path=array.npz -s em -o out", "array.npz|archive|text"},
    {"run -p file:path=no.npy -s em -o out", "no.npy"},
    {"run -p 'file:path=no-*.npy' -s em -o out", "no-*.npy|matches"},
    {"run -p file:path=eight.npy,noise=1 -s em -o out", "noise"},
    {"run -p file:path=short.npy -s em -o out", "short.npy|truncated"},
    {"run -p 'file:path=mix-*.npy' -s em -o out", "mix-2.npy|columns"},
    {"run -p file:path=bad.npy -s em -o out", "rank 2|bad.npy|row"},
    {"solve eight.npy -s ipm -o labels.npy", "ipm"},
};

static void make_bad_files(void) {
  make_files();
  make_texts();
  ck_assert_int_eq(
      system("cp start.npz sparse.npz; sed '2500s/^[^,]*/-1/' eight.csv "
             ">bad.csv; python3 -c 'import sys, zipfile; "
             "zipfile.ZipFile(\"array.npz\", \"w\").write(\"eight.npy\")'"),
      0);
  ck_assert_int_eq(
      system("head -c 100000 eight.npy >short.npy; cp part-0-of-8.npy "
             "mix-1.npy; cp part-0-of-4.npy mix-2.npy; "
             "cp eight.npy bad.npy; printf '\\377\\377\\377\\377\\377\\377"
             "\\377\\377' | dd of=bad.npy bs=1 seek=160008 conv=notrunc "
             "2>/dev/null"),
      0);
}

START_TEST(refusals_are_said_once_and_leave_nothing) {
  enter_folder();
  make_bad_files();
  ck_assert_int_ne(ranks(3, "%s", refused[_i].arguments), 0);
  assert_error(refused[_i].says);
  ck_assert(!exists("out/runs.csv"));
  ck_assert(!exists("labels.npy") && !exists("labels.npz"));
  leave_folder();
}
END_TEST

/* A program whose commit reads otherwise is another one. */
START_TEST(another_program_is_refused) {
  enter_folder();
  char command[2000];
  ck_assert_int_eq(ystep("--version"), 0);
  char said[1024];
  find_line("out.txt", "ystep ", said);
  const char *version = said + strlen("ystep ");
  snprintf(
      command, sizeof command,
      "LC_ALL=C sed 's/%.100s/9%.100s/' \"$YSTEP\" >other && chmod +x other",
      version, version + 1);
  ck_assert_int_eq(system(command), 0);
  const char *arguments = "run -p dirichlet:M=4001,K=10 -s em -o out";
  snprintf(command, sizeof command,
           MPIRUN "-n 1 \"$YSTEP\" %s : -n 1 ./other %s >out.txt 2>err.txt",
           arguments, arguments);
  ck_assert_int_ne(system(command), 0);
  assert_error("rank 1|is ystep 9|expected");
  ck_assert(!exists("out"));
  leave_folder();
}
END_TEST

/* Processes that do not find one another would all write. */
START_TEST(another_mpi_is_refused) {
  enter_folder();
  setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* as above: MPI's own */
  assert_refuses("run -p dirichlet:M=4001,K=10 -s em -o out",
                 "3 processes|MPI");
  ck_assert(!exists("out"));
  leave_folder();
}
END_TEST

/* -------------------------------------------------------------- deaths ---- */

static pid_t start_ranks(int count, const char *arguments) {
  char command[2000];
  snprintf(command, sizeof command,
           "exec env " MPIRUN "-n %d \"$YSTEP\" %s >out.txt 2>err.txt", count,
           arguments);
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  return child;
}

/* Its exit status; nobody may be left 30 seconds later. */
static int wait_for_end(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  for (int i = 0; i < 600 && !(ended = waitpid(child, &status, WNOHANG)); i++)
    nap(0.05);
  ck_assert_msg(ended == child, "mpirun is left");
  for (int i = 0; i < 100 && find_rank(-1); i++)
    nap(0.05);
  ck_assert_msg(!find_rank(-1), "a rank is left");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whole rows, and no other thing half done. */
static void assert_whole(void) {
  if (exists("out/runs.csv")) {
    char *text = slurp("out/runs.csv");
    const size_t length = strlen(text);
    ck_assert_msg(!length || text[length - 1] == '\n', "half a row: %s", text);
    free(text);
    if (length) {
      table runs = read_table("out/runs.csv");
      assert_no_nan("out/runs.csv");
      assert_no_nan("out/traces.csv");
      if (runs.rows > 1)
        ck_assert_int_eq(ystep("table out --interrupted"), 0);
      free_table(&runs);
    }
  }
  ck_assert_int_eq(system("ls out/labels/*.tmp >/dev/null 2>&1"), 2 << 8);
}

static const char endless[] =
    "run -p gaussian:M=40009,K=20,scale=2 -s em --tol 0 --time-limit 600 "
    "--save-labels --threads 1 -o out";
/* A run of a few steps after the other, of many messages each. */
static const char steps_of_exact[] =
    "run -p gaussian:M=220003,K=10,scale=4,skew=1 -s exact --lambda 1 "
    "--tol 1e-9 --repeats 2000 --threads 1 -o out";

START_TEST(a_dead_rank_is_named_and_its_run_has_failed) {
  const int dead = 1 + _i % 2;
  const bool exact = _i >= 2;
  char words[64];
  enter_folder();
  const pid_t child = start_ranks(3, exact ? steps_of_exact : endless);
  for (int i = 0; i < 600 && !exists("out/runs.csv"); i++)
    nap(0.05);
  nap(1);
  const pid_t rank = find_rank(dead);
  ck_assert_int_gt(rank, 0);
  kill(rank, SIGKILL);
  ck_assert_int_ne(wait_for_end(child), 0);
  snprintf(words, sizeof words, "rank %d is lost", dead);
  assert_error(words);
  assert_whole();
  table runs = read_table("out/runs.csv");
  ck_assert(exact ? runs.rows >= 2 : runs.rows == 2);
  ck_assert_str_eq(at(&runs, runs.rows - 1, "status"), "failed");
  ck_assert_ptr_nonnull(strstr(at(&runs, runs.rows - 1, "message"), words));
  free_table(&runs);
  leave_folder();
}
END_TEST

/* What solve was to write is not there, either. */
START_TEST(a_dead_rank_of_solve_leaves_no_file) {
  enter_folder();
  make_files();
  const pid_t child = start_ranks(3, "solve large.npy -s em --tol 0 "
                                     "--threads 1 -o labels.npz");
  for (int i = 0; i < 600 && !exists("labels.npz.tmp"); i++)
    nap(0.05);
  nap(1);
  const pid_t rank = find_rank(1);
  ck_assert_int_gt(rank, 0);
  kill(rank, SIGKILL);
  ck_assert_int_ne(wait_for_end(child), 0);
  assert_error("rank 1 is lost");
  ck_assert_int_eq(system("ls labels* >/dev/null 2>&1"), 2 << 8);
  leave_folder();
}
END_TEST

/* Any rank, the first too, at any moment from before MPI begins. More of them:
 * MOMENTS in the environment. */
START_TEST(a_death_at_any_moment_leaves_nothing_half) {
  const char *more = getenv("MOMENTS");
  const int moments = more ? atoi(more) : 5;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int i = 0; i < moments; i++) {
    enter_folder();
    const pid_t child = start_ranks(3, i % 2 ? steps_of_exact : endless);
    nap(0.3 + 2 * gsl_rng_uniform(rng));
    const pid_t rank = find_rank((int)gsl_rng_uniform_int(rng, 3));
    kill(rank > 0 ? rank : child, rank > 0 ? SIGKILL : SIGTERM);
    wait_for_end(child);
    assert_whole();
    leave_folder();
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(an_interrupt_ends_all) {
  enter_folder();
  const pid_t child = start_ranks(3, endless);
  for (int i = 0; i < 600 && !exists("out/runs.csv"); i++)
    nap(0.05);
  nap(1);
  kill(child, SIGTERM);
  wait_for_end(child);
  assert_whole();
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 2);
  ck_assert_str_eq(at(&runs, 1, "status"), "interrupted");
  ck_assert(exists("out/labels/1.npy"));
  free_table(&runs);
  leave_folder();
}
END_TEST

int main(void) {
  if (!has_mpi()) {
    puts("mpi: skipped: the program has no MPI, or there is no mpirun");
    return getenv("MPI_REQUIRED") ? EXIT_FAILURE : EXIT_SUCCESS;
  }
  Suite *suite = suite_create("mpi");
  TCase *tests = tcase_create("mpi");
  tcase_set_timeout(tests, 300);
  tcase_add_loop_test(tests, any_number_of_ranks_writes_what_one_process_writes,
                      0, sizeof batches / sizeof *batches);
  tcase_add_loop_test(tests,
                      exact_finds_on_any_number_of_ranks_what_one_process_finds,
                      0, sizeof for_exact / sizeof *for_exact);
  tcase_add_test(tests, threads_of_ranks_change_nothing);
  tcase_add_test(tests, solve_writes_one_file);
  tcase_add_test(tests, sparse_labels_are_saved_as_one_file);
  tcase_add_test(tests, whatever_one_process_reads_ranks_read);
  tcase_add_test(tests, ranks_go_on_in_a_directory);
  tcase_add_test(tests, one_rank_speaks);
  tcase_add_loop_test(tests, refusals_are_said_once_and_leave_nothing, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(tests, another_program_is_refused);
  tcase_add_test(tests, another_mpi_is_refused);
  tcase_add_loop_test(tests, a_dead_rank_is_named_and_its_run_has_failed, 0, 4);
  tcase_add_test(tests, a_dead_rank_of_solve_leaves_no_file);
  tcase_add_test(tests, a_death_at_any_moment_leaves_nothing_half);
  tcase_add_test(tests, an_interrupt_ends_all);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
