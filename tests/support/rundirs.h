/* Run directories made by hand, and commands run on them in this process, for
 * the suites of what reads such directories. */
#ifndef RUNDIRS_H
#define RUNDIRS_H

#include "bench/cli/command.h"
#include "tests/support/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <sys/stat.h>

#define RUNS_HEADER                                                            \
  "run_id,problem,rows,classes,loss,fairness,lambda,solver,repeat,seed,"       \
  "threads,status,iterations,setup_seconds,solve_seconds,monitor_seconds,"     \
  "objective,lower_bound,gap,message\n"
#define TRACES_HEADER                                                          \
  "run_id,iteration,solve_seconds,objective,lower_bound,gap\n"

/* How many entries a table of `bytes` has, for tcase_add_loop_test. */
static inline int many(size_t bytes, size_t each) {
  return (int)(bytes / each);
}

/* The name of a new empty directory; to be given to drop_dir. */
static inline char *temp_dir(void) {
  const char *folder = getenv("TMPDIR");
  size_t size = strlen(folder ? folder : "/tmp") + 32;
  char *path = malloc(size);
  ck_assert_ptr_nonnull(path);
  snprintf(path, size, "%s/ystep-test-XXXXXX", folder ? folder : "/tmp");
  ck_assert_ptr_nonnull(mkdtemp(path));
  return path;
}

static inline int drop_entry(const char *path, const struct stat *status,
                             int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

static inline void drop_dir(char *path) {
  ck_assert_int_eq(nftw(path, drop_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
  free(path);
}

/* "DIR/NAME" in a buffer that lasts until the fourth call from now. */
static inline const char *in_dir(const char *dir, const char *name) {
  static char room[4][512];
  static int next;
  char *path = room[next = (next + 1) % 4];
  snprintf(path, sizeof *room, "%s/%s", dir, name);
  return path;
}

static inline void put_in(const char *dir, const char *name, const char *text) {
  put_text(in_dir(dir, name), text);
}

/* A new run directory with these rows in its tables, below the headers. */
static inline char *run_dir(const char *runs, const char *traces) {
  char *dir = temp_dir();
  FILE *file = fopen(in_dir(dir, "runs.csv"), "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "%s%s", RUNS_HEADER, runs);
  fclose(file);
  file = fopen(in_dir(dir, "traces.csv"), "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "%s%s", TRACES_HEADER, traces);
  fclose(file);
  return dir;
}

/* The settings of runs 1 to 300 of DIR, as `ystep run` leaves them; a row of a
 * run that is not there is that of one that was cut off. */
static inline void put_settings_of_run(const char *dir, const char *tolerance,
                                       const char *seconds) {
  FILE *file = fopen(in_dir(dir, "settings.csv"), "w");
  ck_assert_ptr_nonnull(file);
  fputs("run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"
        "trace_every,wall_limit,memory_limit,version,commit,cpu\n",
        file);
  for (int id = 1; id <= 300; id++)
    fprintf(file,
            "%d,,,uniform,uniform,%s,1000000000000000,%s,-1,0,0,1,c,x86\n", id,
            tolerance, seconds);
  fclose(file);
}

/* Who made DIR, when and on what processor, as `ystep run` says it. */
static inline void put_meta_of_run(const char *dir, const char *date,
                                   const char *cpu) {
  char text[256];
  snprintf(text, sizeof text,
           "{\"command\": [\"ystep\", \"run\"], \"version\": \"1\", "
           "\"commit\": \"c\", \"date\": \"%s\", \"host\": {\"cpu\": \"%s\"}}",
           date, cpu);
  put_in(dir, "meta.json", text);
}

/* The whole of a file as text, to be freed. Inlined, GCC 12 takes pointers into
 * the text for pointers to the variable. */
__attribute__((noinline, unused)) static char *text_of_file(const char *path) {
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
  char *text = NULL;
  size_t room = 0;
  if (getdelim(&text, &room, '\0', file) < 0) {
    free(text);
    text = strdup("");
  }
  fclose(file);
  return text;
}

static inline void assert_file_is(const char *path, const char *expected) {
  char *text = text_of_file(path);
  ck_assert_str_eq(text, expected);
  free(text);
}

static inline void assert_file_says(const char *path, const char *words) {
  char *text = text_of_file(path);
  ck_assert_msg(strstr(text, words) != NULL, "%s: no '%s' in\n%s", path, words,
                text);
  free(text);
}

static inline bool is_there(const char *path) {
  return access(path, F_OK) == 0;
}

/* Run a subcommand on the words of `line`; its exit status. What it says on
 * standard error goes to `errors`, of the given size; its standard output to
 * the file `output`. */
static inline int run_words_into(const command_spec *of, const char *line,
                                 const char *output, char *errors,
                                 size_t size) {
  char words[1024], *argv[40];
  int argc = 0, status;
  char *log = temp_file(".txt");
  ck_assert_uint_lt(strlen(line), sizeof words);
  strcpy(words, line);
  for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
    argv[argc++] = w;
  fflush(NULL);
  int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
  int nowhere = open(output, O_WRONLY), file = open(log, O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  status = command_run(of, argc, argv);
  fflush(NULL);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  close(out);
  close(err);
  close(nowhere);
  close(file);
  char *text = text_of_file(log);
  snprintf(errors, size, "%s", text);
  free(text);
  drop_file(log);
  return status;
}

/* The same, its standard output going nowhere. */
static inline int run_words(const command_spec *of, const char *line,
                            char *errors, size_t size) {
  return run_words_into(of, line, "/dev/null", errors, size);
}

/* The command refuses in one line that says all of `words`. */
static inline void assert_refuses(const command_spec *of, const char *line,
                                  const char *words) {
  char errors[1024];
  int status = run_words(of, line, errors, sizeof errors);
  ck_assert_msg(status == 2, "%s: status %d, %s", line, status, errors);
  size_t length = strlen(errors);
  ck_assert_msg(length > 0 && errors[length - 1] == '\n', "%s: said '%s'", line,
                errors);
  errors[length - 1] = '\0';
  assert_says(errors, words);
}

static inline void assert_accepts(const command_spec *of, const char *line) {
  char errors[1024];
  int status = run_words(of, line, errors, sizeof errors);
  ck_assert_msg(status == 0, "%s: status %d, %s", line, status, errors);
}

#endif
