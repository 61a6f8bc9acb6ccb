/* Directories of runs whose figures can be worked out by hand, and `ystep plot`
 * on them, for the suites of the kinds of figures. */
#ifndef FIGURE_RUNS_H
#define FIGURE_RUNS_H

#include "bench/commands/commands.h"
#include "bench/store/schema.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

static char *dir;

static inline void find_scripts(void) {
  char scripts[512];
  if (getenv("YSTEP_SOURCE") && !getenv("YSTEP_SCRIPTS")) {
    snprintf(scripts, sizeof scripts, "%s/scripts/assets",
             getenv("YSTEP_SOURCE"));
    setenv("YSTEP_SCRIPTS", scripts, 1);
  }
}

/* Rows of a run directory under construction. */
static char runs[1 << 16], traces[1 << 16];
static int run_count;

static inline void begin(void) {
  runs[0] = traces[0] = '\0';
  run_count = 0;
}

/* A run that comes within 1e-3 after `seconds` (or never, if they are negative)
 * and ends at twice that time. */
static inline void add_run(const char *problem, int rows, int classes,
                           double lambda, const char *solver, double seconds,
                           int iterations) {
  bool reached = seconds >= 0;
  double end = reached ? 2 * seconds : 8;
  int id = ++run_count;
  sprintf(runs + strlen(runs),
          "%d,\"%s\",%d,%d,collision,strong,%g,%s,0,1,2,%s,%d,0,%.17g,0,1,1,"
          "%g,%s\n",
          id, problem, rows, classes, lambda, solver,
          reached ? "converged" : "time_limit", 2 * iterations, end,
          reached ? 1e-4 : 0.5, reached ? "" : "too slow");
  sprintf(traces + strlen(traces), "%d,0,0,1,1,0.9\n", id);
  if (reached)
    sprintf(traces + strlen(traces), "%d,%d,%.17g,1,1,1e-3\n", id, iterations,
            seconds);
  sprintf(traces + strlen(traces), "%d,%d,%.17g,1,1,%g\n", id, 2 * iterations,
          end, reached ? 1e-4 : 0.5);
}

static inline void end(void) {
  dir = run_dir(runs, traces);
  put_settings_of_run(dir, "1e-6", "8");
  put_meta_of_run(dir, "day", "x86");
}

/* Three y-steps; seconds to 1e-3 of a: 1, 4, never; b: 2, 1, never; c: never,
 * 2, never. An iteration of a takes 0.1 s on the first, 0.5 s on the second. */
static inline void make_small(void) {
  begin();
  add_run("d:M=9,K=3", 9, 3, 1, "a", 1, 10);
  add_run("d:M=9,K=3", 9, 3, 1, "b", 2, 4);
  add_run("d:M=9,K=3", 9, 3, 1, "c:step=0.5", -1, 40);
  add_run("d:M=9,K=3", 9, 3, 10, "a", 4, 8);
  add_run("d:M=9,K=3", 9, 3, 10, "b", 1, 5);
  add_run("d:M=9,K=3", 9, 3, 10, "c:step=0.5", 2, 4);
  add_run("d:M=9,K=2", 9, 2, 1, "a", -1, 80);
  add_run("d:M=9,K=2", 9, 2, 1, "b", -1, 80);
  end();
}

/* Exactly 0.001 K^1.5 for a; for b values off any line. */
static inline void make_family(void) {
  static const int sizes[] = {16, 4, 8, 32};
  static const double off[] = {0.2, 0.1, 0.4, 0.3};
  char problem[32];
  begin();
  for (int i = 0; i < 4; i++) {
    sprintf(problem, "d:M=9,K=%d", sizes[i]);
    add_run(problem, 9, sizes[i], 1, "a", 0.001 * pow(sizes[i], 1.5), sizes[i]);
    add_run(problem, 9, sizes[i], 1, "b", off[i], 7);
    add_run(problem, 9, sizes[i], 1, "c", sizes[i] == 4 ? 2 : -1, 7);
  }
  add_run("d:M=18,K=4", 18, 4, 1, "a", 0.5, 3);
  end();
}

/* Two segments of three points in each of four panels: F is 0, -1, 0 and 1, 3,
 * 3 times the panel's number. */
static inline void make_segments(bool whole) {
  static const char *const panels[] = {"collision", "shannon", "reverse",
                                       "joint"};
  static const double values[2][3] = {{0, -1, 0}, {1, 3, 3}};
  char text[4096] = "problem,seed,panel,segment,t,objective\n";
  for (int p = 0; p < 4; p++)
    for (int s = 0; s < 2; s++)
      for (int t = 0; t < (whole || p < 3 || s < 1 ? 3 : 2); t++)
        sprintf(text + strlen(text), "\"d:M=9,K=3\",5,%s,%d,%g,%g\n", panels[p],
                s + 1, t / 2.0, (p + 1) * values[s][t]);
  dir = temp_dir();
  put_in(dir, "segments.csv", text);
  put_in(dir, "meta.json", "{}");
}

static inline FILE *open_table(const record_table *table, const char *path) {
  char header[RECORD_HEADER];
  FILE *file = fopen(in_dir(dir, path), "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "%s\n", record_header(table, header));
  return file;
}

/* Trainings 1 and 2 of one kind, at accuracies 0.5 and 0.7, then both 0.75; 3
 * of another solver, or loss. The accuracy of `labelled` false is not known. */
static inline void make_trainings(const char *solver, const char *loss,
                                  bool labelled) {
  dir = temp_dir();
  FILE *file = open_table(&schema_trainings, "training.csv");
  for (int id = 1; id <= 3; id++)
    fprintf(file,
            "%d,moons,9,2,mlp,40,%s,strong,10,%s,1e-6,100,,s,2,0,%d,1,done,2,1,"
            "0.1,0,0.1,0.1,2,9,0.5,1,1e-7,0.75,0.5,0.1,0.1,\n",
            id, id < 3 ? "collision" : loss, id < 3 ? "fw" : solver, id);
  fclose(file);
  file = open_table(&schema_epochs, "epochs.csv");
  static const double accuracy[3][2] = {{0.5, 0.75}, {0.7, 0.75}, {0.25, 0.5}};
  for (int id = 1; id <= 3; id++)
    for (int epoch = 1; epoch <= 2; epoch++) {
      fprintf(file, "%d,%d,0.5,1,1e-7,4,%g,1,", id, epoch, 0.25 * id * epoch);
      if (labelled)
        fprintf(file, "%g", accuracy[id - 1][epoch - 1]);
      fputs(",,,\n", file);
    }
  fclose(file);
  put_in(dir, "meta.json", "{}");
}

static inline void setup(void) {
  find_scripts();
  make_small();
}

static inline void teardown(void) {
  drop_dir(dir);
}

/* `ystep plot DIR ARGUMENTS`, which is to say nothing on standard error. */
static inline void plot(const char *arguments) {
  char line[1024], errors[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  int status = run_words(&cmd_plot, line, errors, sizeof errors);
  ck_assert_msg(status == 0 && !*errors, "%s: status %d, %s", line, status,
                errors);
}

static inline void assert_plot_refuses(const char *arguments,
                                       const char *words) {
  char line[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  assert_refuses(&cmd_plot, line, words);
}

#endif
