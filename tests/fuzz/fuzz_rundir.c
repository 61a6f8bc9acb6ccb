/* A run directory: its files one behind the other in the input, each behind a
 * line "%%NAME", and what reads them. The first byte says which command
 * looks at it. */
#include "tests/fuzz/fuzz.h"

#include "bench/commands/commands.h"
#include "bench/store/results.h"
#include "bench/sweep/sweep_store.h"

static const char *const names[] = {"runs.csv",   "traces.csv", "settings.csv",
                                    "checks.csv", "meta.json",  "training.csv"};
enum { NAMES = sizeof names / sizeof *names };

/* The line of a name at or behind `text`; `end` if there is none. */
static const char *find_mark(const char *text, const char *end, int name,
                             size_t *length) {
  char mark[32];
  *length = (size_t)snprintf(mark, sizeof mark, "%%%%%s\n", names[name]);
  const char *found = memmem(text, (size_t)(end - text), mark, *length);
  return found ? found : end;
}

/* Write the part behind each name's line; without one, no file. */
static void write_files(const char *text, const char *end) {
  for (int i = 0; i < NAMES; i++) {
    size_t length, ignored;
    const char *begin = find_mark(text, end, i, &length), *stop = end;
    if (begin == end) {
      fuzz_file_in_dir(names[i], NULL, 0);
      continue;
    }
    begin += length;
    for (int k = 0; k < NAMES; k++) {
      const char *next = find_mark(begin, end, k, &ignored);
      stop = next < stop ? next : stop;
    }
    fuzz_file_in_dir(names[i], begin, (size_t)(stop - begin));
  }
}

/* Run a command on the words of a line, as main does. */
static void run(const command_spec *of, const char *line) {
  char words[512], *argv[16];
  int argc = 0;
  snprintf(words, sizeof words, "%s", line);
  for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
    argv[argc++] = w;
  command_run(of, argc, argv);
}

static const struct {
  const command_spec *of;
  const char *words;
} commands[] = {
    {&cmd_table, "table %s -o %s/out --force --format md"},
    {&cmd_table, "table %s -o %s/out --force --format csv"},
    {&cmd_table, "table %s -o %s/out --force --format tex"},
    {&cmd_table, "table %s -o %s/out --force --total"},
    {&cmd_compare, "compare %s %s"},
    {&cmd_scores, "scores %s -o %s/out --force"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void read_store(void) {
  sweep_store store;
  void *checks;
  size_t count;
  ys_error error;
  if (sweep_store_read(fuzz_dir(), STORE_OF_SWEEP, &store, &error) == YS_OK)
    sweep_store_free(&store);
  if (records_read_all(fuzz_dir(), &schema_checks, true, &checks, &count,
                       &error) == YS_OK)
    records_free_all(&schema_checks, checks, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char line[256];
  if (size == 0)
    return 0;
  write_files((const char *)data + 1, (const char *)data + size);
  size_t which = data[0] % (COMMANDS + 1);
  if (which == COMMANDS) {
    read_store();
    return 0;
  }
  snprintf(line, sizeof line, commands[which].words, fuzz_dir(), fuzz_dir());
  run(commands[which].of, line);
  return 0;
}
