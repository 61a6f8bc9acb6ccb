#include "bench/report/report.h"
#include "bench/store/commandline.h"
#include "bench/text/html.h"

#include <string.h>

static void put_term(FILE *out, const char *name) {
  fprintf(out, "<dt>%s</dt><dd>", name);
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "unknown";
}

static void put_text(FILE *out, const char *name, const char *text) {
  put_term(out, name);
  html_put(out, text);
  fputs("</dd>\n", out);
}

/* The words as a shell takes them, as text of a page. */
static void put_command(FILE *out, const json_t *command) {
  char *text = NULL;
  size_t size;
  FILE *line = open_memstream(&text, &size);
  if (!line)
    return;
  for (size_t i = 0; i < json_array_size(command); i++) {
    const char *word = json_string_value(json_array_get(command, i));
    fputs(i ? " " : "", line);
    commandline_put_word(line, word ? word : "");
  }
  if (fclose(line) == 0)
    html_put(out, text);
  free(text);
}

static void put_machine(FILE *out, const json_t *host) {
  const json_t *load = json_object_get(host, "load_average");
  put_term(out, "machine");
  const char *name = json_string_value(json_object_get(host, "name"));
  if (name) {
    html_put(out, name);
    fputs(": ", out);
  }
  html_put(out, text_of(host, "cpu"));
  fprintf(out, ", %lld processors, ",
          (long long)json_integer_value(json_object_get(host, "processors")));
  html_put(out, text_of(host, "system"));
  fputc(' ', out);
  html_put(out, text_of(host, "release"));
  fputc(' ', out);
  html_put(out, text_of(host, "machine"));
  if (json_array_size(load) == 3)
    fprintf(out, "; load average at the start %.2f, %.2f, %.2f",
            json_number_value(json_array_get(load, 0)),
            json_number_value(json_array_get(load, 1)),
            json_number_value(json_array_get(load, 2)));
  fputs("</dd>\n", out);
}

static void put_libraries(FILE *out, const json_t *libraries) {
  const char *name;
  json_t *version;
  bool first = true;
  put_term(out, "libraries");
  json_object_foreach((json_t *)libraries, name, version) {
    fputs(first ? "" : "; ", out);
    html_put(out, name);
    fputc(' ', out);
    html_put(out, json_is_string(version) ? json_string_value(version) : "");
    first = false;
  }
  fputs("</dd>\n", out);
}

static void put_meta(FILE *out, const json_t *meta) {
  fputs("<dl>\n", out);
  put_term(out, "command");
  fputs("<code>", out);
  put_command(out, json_object_get(meta, "command"));
  fputs("</code></dd>\n", out);
  put_text(out, "date", text_of(meta, "date"));
  put_machine(out, json_object_get(meta, "host"));
  put_term(out, "threads");
  fprintf(out, "%lld</dd>\n",
          (long long)json_integer_value(json_object_get(meta, "threads")));
  put_term(out, "program");
  fputs("ystep ", out);
  html_put(out, text_of(meta, "version"));
  fputs(", commit ", out);
  html_put(out, text_of(meta, "commit"));
  fputs("</dd>\n", out);
  put_term(out, "built with");
  html_put(out, text_of(meta, "compiler"));
  fputs(", <code>", out);
  html_put(out, text_of(meta, "flags"));
  fputs("</code></dd>\n", out);
  put_libraries(out, json_object_get(meta, "libraries"));
  fputs("</dl>\n", out);
}

void report_put_machine(FILE *out, const report_part *part) {
  const json_t *merged = json_object_get(part->made->meta, "merged");
  if (!part->made->meta) {
    fputs("<p>The directory holds no meta.json: command, machine and version "
          "are not known.</p>\n",
          out);
    return;
  }
  if (!json_array_size(merged)) {
    put_meta(out, part->made->meta);
    return;
  }
  fprintf(out, "<p>Merged from %zu directories.</p>\n",
          json_array_size(merged));
  for (size_t i = 0; i < json_array_size(merged); i++)
    put_meta(out, json_array_get(merged, i));
}
