#include "bench/store/meta.h"

#include "bench/cli/console.h"
#include "bench/store/rundir.h"
#include "bench/text/exact_json.h"

#include "problems/formats/input.h"
#include "problems/formats/output.h"
#include "problems/formats/text.h"
#include "stamp.h"

#include <cblas.h>
#include <errno.h>
#include <gsl/gsl_version.h>
#include <omp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

enum { SCHEMA_VERSION = 1 };

const char meta_program[] = YS_VERSION " (" YS_COMMIT ")";
const char meta_version[] = YS_VERSION, meta_commit[] = YS_COMMIT,
           meta_compiler[] = YS_COMPILER, meta_flags[] = YS_FLAGS;

/* -------------------------------------------------------------- writing -- */

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

static json_t *host(void) {
  struct utsname names;
  double load[3] = {-1, -1, -1};
  char cpu[256];
  if (uname(&names) != 0)
    names = (struct utsname){"unknown", "unknown", "unknown",
                             "unknown", "unknown", "unknown"};
  getloadavg(load, 3);
  meta_cpu(cpu, sizeof cpu);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:[f,f,f]}", "name",
                   names.nodename, "system", names.sysname, "release",
                   names.release, "machine", names.machine, "cpu", cpu,
                   "processors", omp_get_num_procs(), "load_average", load[0],
                   load[1], load[2]);
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
  if (exact_json_put(output.file, meta) == 0)
    return ys_output_finish(&output, error);
  ys_output_abandon(&output);
  return ys_fail(error, YS_IO, "%s/meta.json: cannot write: %s", dir,
                 strerror(errno));
}

ys_code rundir_write_meta(const rundir *dir, int argc, char **argv, int threads,
                          json_t *labels, ys_error *error) {
  json_t *meta = describe(argc, argv, threads);
  if (meta && json_object_size(labels))
    json_object_set(meta, "labels", labels);
  ys_code code = meta_write(dir->path, meta, error);
  json_decref(meta);
  return code;
}

/* -------------------------------------------------------------- reading -- */

static const char *text_of(const json_t *object, const char *key,
                           const char *otherwise) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : otherwise;
}

/* Texts as they are shown (problems/formats/text.h), at any depth: they go into
 * captions, tables and pages. -1 without memory. */
static int clean(json_t *value) {
  const char *text = json_string_value(value), *key;
  json_t *part;
  size_t i;
  int failed = 0;
  if (text && ys_text_fault(text)) {
    size_t room = 4 * strlen(text) + 1;
    char *shown = malloc(room);
    if (!shown)
      return -1;
    ys_text_show(text, shown, room);
    failed = json_string_set(value, shown);
    free(shown);
  }
  json_array_foreach(value, i, part) failed = clean(part) ? -1 : failed;
  json_object_foreach(value, key, part) failed = clean(part) ? -1 : failed;
  return failed;
}

/* Read the file, if it is there and there is text in it: a loss of power leaves
 * it empty, or as NULs. */
static ys_code load(const char *path, provenance *made, ys_error *error) {
  static const char unknown[] = "machine, version and date are not known";
  char *text;
  size_t size;
  json_error_t wrong;
  ys_code code =
      ys_input_read(path, SIZE_MAX, "meta.json", &text, &size, error);
  if (code && errno != ENOENT)
    return code;
  if (code || !size || !*text) {
    console_note("%s: is %s: %s", path, code ? "not there" : "empty", unknown);
    free(text);
    return YS_OK;
  }
  made->meta = json_loadb(text, size, 0, &wrong);
  free(text);
  if (!made->meta)
    return ys_fail(error, YS_BAD_INPUT, "%s, line %d: %s", path, wrong.line,
                   wrong.text);
  return json_is_object(made->meta)
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT, "%s: expected a JSON object", path);
}

ys_code provenance_read(const char *dir, provenance *made, ys_error *error) {
  char *path = rundir_file(dir, "meta.json");
  *made = (provenance){0};
  ys_code code =
      path ? load(path, made, error) : ys_fail_memory(error, "a file name");
  if (!code && clean(made->meta))
    code = ys_fail_memory(error, "meta.json");
  free(path);
  if (code) {
    provenance_free(made);
    return code;
  }
  made->version = text_of(made->meta, "version", "unknown");
  made->commit = text_of(made->meta, "commit", "unknown");
  made->date = text_of(made->meta, "date", "unknown");
  made->cpu = text_of(json_object_get(made->meta, "host"), "cpu", "unknown");
  return YS_OK;
}

void provenance_free(provenance *made) {
  json_decref(made->meta);
  *made = (provenance){0};
}

/* ---------------------------------------------------------------- labels -- */

static const char *const label_keys[LABEL_KINDS] = {"problems", "solvers"};

const char *provenance_label(const provenance *made, label_kind kind,
                             const char *spec) {
  const json_t *labels = json_object_get(made->meta, "labels");
  const char *text = json_string_value(
      json_object_get(json_object_get(labels, label_keys[kind]), spec));
  return text && *text && strlen(text) <= LABEL_LONGEST ? text : NULL;
}

void label_add(json_t *labels, label_kind kind, const char *spec,
               const char *text) {
  json_t *of = json_object_get(labels, label_keys[kind]);
  if (!of) {
    of = json_object();
    json_object_set_new(labels, label_keys[kind], of);
  }
  if (!json_object_get(of, spec))
    json_object_set_new(of, spec, json_string(text));
}

void provenance_line(const provenance *made, char *text, size_t room) {
  snprintf(text, room, "%s; ystep %s, commit %s, %s", made->cpu, made->version,
           made->commit, made->date);
}

/* ---------------------------------------------------------- machines -- */

enum { MACHINE_TEXT = 192 };

static size_t count_hosts(const provenance *made) {
  size_t merged = json_array_size(json_object_get(made->meta, "merged"));
  return merged ? merged : 1;
}

static const json_t *host_of(const provenance *made, size_t i) {
  const json_t *merged = json_object_get(made->meta, "merged");
  return json_object_get(
      json_array_size(merged) ? json_array_get(merged, i) : made->meta, "host");
}

static bool is_same(const json_t *a, const json_t *b) {
  const char *x = text_of(a, "name", ""), *y = text_of(b, "name", "");
  return json_equal(json_object_get(a, "cpu"), json_object_get(b, "cpu")) &&
         json_equal(json_object_get(a, "processors"),
                    json_object_get(b, "processors")) &&
         (!*x || !*y || strcmp(x, y) == 0);
}

static void describe_host(const json_t *host, char *text) {
  snprintf(text, MACHINE_TEXT, "%s (%lld processors%s%s)",
           text_of(host, "cpu", ""),
           (long long)json_integer_value(json_object_get(host, "processors")),
           *text_of(host, "name", "") ? ", " : "", text_of(host, "name", ""));
}

static ys_code refuse(const char *name_a, const json_t *a, const char *name_b,
                      const json_t *b, ys_error *error) {
  char text_a[MACHINE_TEXT], text_b[MACHINE_TEXT];
  describe_host(a, text_a);
  describe_host(b, text_b);
  return ys_fail(
      error, YS_BAD_INPUT,
      "%s was run on %s, %s on %s: seconds of two machines say "
      "nothing about the program; give --any-machine to compare them",
      name_a, text_a, name_b, text_b);
}

ys_code provenance_check_machine(const char *name_a, const provenance *a,
                                 const char *name_b, const provenance *b,
                                 ys_error *error) {
  const struct {
    const char *name;
    const provenance *made;
  } sides[] = {{name_a, a}, {name_b, b}};
  for (size_t s = 0; s < 2; s++)
    if (!json_object_get(host_of(sides[s].made, 0), "cpu"))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: its machine is not known (no meta.json that says "
                     "it); give --any-machine to compare seconds nevertheless",
                     sides[s].name);
  const json_t *first = host_of(a, 0);
  for (size_t s = 0; s < 2; s++)
    for (size_t i = 0; i < count_hosts(sides[s].made); i++)
      if (!is_same(first, host_of(sides[s].made, i)))
        return refuse(name_a, first, sides[s].name, host_of(sides[s].made, i),
                      error);
  return YS_OK;
}
