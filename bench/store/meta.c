#include "bench/store/meta.h"

#include "bench/store/rundir.h"

#include "problems/formats/output.h"
#include "stamp.h"

#include <cblas.h>
#include <errno.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

enum { SCHEMA_VERSION = 1 };

/* The value of the first "model name" line of /proc/cpuinfo. */
void meta_cpu(char *text, size_t room) {
  char line[256];
  bool found = false;
  FILE *file = fopen("/proc/cpuinfo", "r");
  snprintf(text, room, "unknown");
  while (file && !found && fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (colon && strncmp(line, "model name", 10) == 0) {
      colon[strcspn(colon, "\n")] = '\0';
      snprintf(text, room, "%s", colon + 2);
      found = true;
    }
  }
  if (file)
    fclose(file);
}

const char *meta_version(void) {
  return YS_VERSION;
}

const char *meta_commit(void) {
  return YS_COMMIT;
}

const char *meta_compiler(void) {
  return YS_COMPILER;
}

const char *meta_flags(void) {
  return YS_FLAGS;
}

static json_t *host(void) {
  struct utsname names;
  double load[3] = {0, 0, 0};
  char cpu[256];
  bool named = uname(&names) == 0;
  int loads = getloadavg(load, 3);
  meta_cpu(cpu, sizeof cpu);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:[f,f,f]}", "name",
                   named ? names.nodename : "unknown", "system",
                   named ? names.sysname : "unknown", "release",
                   named ? names.release : "unknown", "machine",
                   named ? names.machine : "unknown", "cpu", cpu, "processors",
                   omp_get_num_procs(), "load_average",
                   loads > 0 ? load[0] : -1.0, loads > 1 ? load[1] : -1.0,
                   loads > 2 ? load[2] : -1.0);
}

static json_t *command_line(int argc, char **argv) {
  json_t *words = json_array();
  json_array_append_new(words, json_string("ystep"));
  for (int i = 0; i < argc; i++)
    json_array_append_new(words, json_string(argv[i]));
  return words;
}

static json_t *now(void) {
  char text[32] = "";
  time_t seconds = time(NULL);
  struct tm utc;
  if (gmtime_r(&seconds, &utc))
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return json_string(text);
}

static json_t *describe(int argc, char **argv, int threads) {
  return json_pack(
      "{s:i, s:o, s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:{s:s, s:s, s:s, s:s}}",
      "schema", SCHEMA_VERSION, "command", command_line(argc, argv), "version",
      YS_VERSION, "commit", YS_COMMIT, "compiler", YS_COMPILER, "flags",
      YS_FLAGS, "threads", threads, "date", now(), "host", host(), "libraries",
      "gsl", gsl_version, "openblas", openblas_get_config(), "openblas_kernel",
      openblas_get_corename(), "jansson", JANSSON_VERSION);
}

ys_code meta_write(const char *dir, const json_t *meta, ys_error *error) {
  ys_output output;
  char *path = rundir_file(dir, "meta.json");
  ys_code code = path && meta ? ys_output_create(&output, path, error)
                              : ys_fail_memory(error, "meta.json");
  free(path);
  if (code)
    return code;
  if (json_dumpf(meta, output.file, JSON_INDENT(2)) == 0)
    return ys_output_finish(&output, error);
  ys_output_abandon(&output);
  return ys_fail(error, YS_IO, "%s/meta.json: cannot write: %s", dir,
                 strerror(errno));
}

ys_code rundir_write_meta(const rundir *dir, int argc, char **argv, int threads,
                          ys_error *error) {
  json_t *meta = describe(argc, argv, threads);
  ys_code code = meta_write(dir->path, meta, error);
  json_decref(meta);
  return code;
}
