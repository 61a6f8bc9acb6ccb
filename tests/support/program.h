/* What suites share that run the built program: a folder of their own, its
 * output, its tables. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "tests/support/testing.h"

#include "problems/formats/csv.h"
#include "tests/support/tempfile.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>

/* A folder of the test's own, in which the program runs. */
static char folder[64];

static inline void enter_folder(void) {
  ck_assert_ptr_nonnull(getenv("YSTEP")); /* run through `make test` */
  strcpy(folder, "/tmp/ystep-program-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
}

/* LLVM's OpenMP makes a file named by process and user in shared memory when it
 * starts. A process that is killed between its making and its ftruncate leaves
 * it empty, and a later one with the same number ends there with SIGBUS:
 * whoever kills programs removes what the dead ones left. */
static inline void remove_openmp_leftovers(void) {
  glob_t found;
  if (glob("/dev/shm/__KMP_REGISTERED_LIB_*", 0, NULL, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; i++) {
      int pid = 0;
      sscanf(found.gl_pathv[i], "/dev/shm/__KMP_REGISTERED_LIB_%d", &pid);
      if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH)
        unlink(found.gl_pathv[i]);
    }
  globfree(&found);
}

static inline void leave_folder(void) {
  char command[128];
  remove_openmp_leftovers();
  snprintf(command, sizeof command, "rm -rf %s", folder);
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_int_eq(system(command), 0);
}

static inline char *slurp(const char *path) {
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

/* Run `ystep ARGUMENTS`, its output in out.txt and err.txt; the exit status. */
__attribute__((format(printf, 1, 2))) static inline int
ystep(const char *format, ...) {
  char arguments[1024], command[1200];
  va_list list;
  va_start(list, format);
  vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  snprintf(command, sizeof command, "\"$YSTEP\" %s >out.txt 2>err.txt",
           arguments);
  int status = system(command);
  ck_assert_msg(WIFEXITED(status), "%s: killed", command);
  return WEXITSTATUS(status);
}

static inline bool exists(const char *path) {
  return access(path, F_OK) == 0;
}

/* The program refuses in one line that says all of `words`, exit status 2. */
static inline void assert_refuses(const char *arguments, const char *words) {
  int status = ystep("%s", arguments);
  char *errors = slurp("err.txt");
  size_t length = strlen(errors);
  ck_assert_msg(status == 2, "%s: status %d, %s", arguments, status, errors);
  ck_assert_msg(length > 1 && errors[length - 1] == '\n', "%s: said '%s'",
                arguments, errors);
  errors[length - 1] = '\0';
  assert_says(errors, words);
  free(errors);
}

/* A table of the program's, whole. */
typedef struct table {
  size_t rows, columns;
  char **field; /* rows x columns; row 0 is the header */
} table;

static inline table read_table(const char *path) {
  table t = {0};
  ys_csv csv;
  ys_error error;
  bool more = true;
  ck_assert_int_eq(ys_csv_open(path, 0, &csv, &error), YS_OK);
  while (ys_csv_next_row(&csv, &more, &error) == YS_OK && more) {
    t.columns = t.rows ? t.columns : csv.count;
    ck_assert_uint_eq(csv.count, t.columns);
    t.field = realloc(t.field, ++t.rows * t.columns * sizeof *t.field);
    for (size_t i = 0; i < t.columns; i++)
      t.field[(t.rows - 1) * t.columns + i] = strdup(ys_csv_field(&csv, i));
  }
  ys_csv_close(&csv);
  return t;
}

static inline void free_table(table *t) {
  for (size_t i = 0; i < t->rows * t->columns; i++)
    free(t->field[i]);
  free(t->field);
}

static inline const char *at(const table *t, size_t row, const char *column) {
  for (size_t i = 0; i < t->columns; i++)
    if (strcmp(t->field[i], column) == 0)
      return t->field[row * t->columns + i];
  ck_abort_msg("no column %s", column);
}

static inline double number_at(const table *t, size_t row, const char *column) {
  return strtod(at(t, row, column), NULL);
}

static inline void assert_no_nan(const char *path) {
  char *text = slurp(path);
  ck_assert_msg(!strstr(text, "nan"), "%s holds a nan", path);
  free(text);
}

/* Wait up to a minute until `path` holds more than a header line. */
static inline void wait_for_rows(const char *path) {
  for (int i = 0; i < 6000; i++) {
    struct timespec nap = {0, 10000000};
    if (exists(path)) {
      char *text = slurp(path);
      bool has_rows = strcspn(text, "\n") + 1 < strlen(text);
      free(text);
      if (has_rows)
        return;
    }
    nanosleep(&nap, NULL);
  }
  ck_abort_msg("%s: no rows came", path);
}

#endif
