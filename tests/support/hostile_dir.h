/* A run directory of somebody else's with payloads in every text of its files,
 * in a directory of its own with nothing beside it but a neighbour. */
#ifndef HOSTILE_DIR_H
#define HOSTILE_DIR_H

#include "problems/formats/npy.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

/* @ stands for a file that is not there: whatever makes it was let in. */
static const char *const payloads[] = {
    /* shells and gnuplot, by way of quotes, backquotes, macros and pipes */
    "a`touch @`",
    "a\";system(\"touch @\");x=\"",
    "a';system('touch @');x='",
    "$(touch @)",
    "';touch @;'",
    "|touch @",
    "<touch @",
    "!touch @",
    "@@touch",
    "a\\\";system(\"touch @\");#",
    "'.system(\"touch @\").'",
    "a''''b",
    "a''.system('touch @').''b",
    "it's \"quoted\" ''twice''",
    "{/:Bold x}_{y}^{z}",
    "%s%s%s%n%n",
    "a\\",
    "\"",
    "#",
    "plot x; set output '@'",
    /* paths */
    "/../../../E",
    "../../E",
    "/etc/passwd",
    ".",
    "-",
    "-o",
    "--help",
    /* LaTeX, HTML, Markdown, CSV */
    "\\input{/etc/passwd}",
    "\\immediate\\write18{touch @}",
    "$\\catcode`\\%=12 #1&~^_{}",
    "<script>fetch('//x')</script>",
    "\"><img src=x onerror=alert(1)>",
    "</script><!-- ]]>",
    "&lt;b&gt; &amp; | a | b |",
    "[x](javascript:alert(1)) ![y](//z)",
    "=HYPERLINK(\"//x\";1),2",
    "a,b,\"c\"",
    "file:path=a,,b.npy,logits=1",
    "l\xc3\xa9 \xce\xbb \xe2\x80\xae \xf0\x9f\x98\x80",
    "%00%0a%1b",
};

/* What no text of a table may hold. */
static const char *const dirty[] = {
    "a\nb",
    "a\r\nb",
    "\033[2J\033[31m",
    "\033]0;x\007",
    "a\bb",
    "\tx",
    "\x7f",
    "\302\2332J",
    "l\xe9",
    "\xff\xfe",
    "\xc0\xaf",
    "\xed\xa0\x80",
    "a\";\nsystem(\"touch @\")\n",
    "\n\\input{/etc/passwd}",
};
enum { PAYLOADS = sizeof payloads / sizeof *payloads };
enum { DIRTY = sizeof dirty / sizeof *dirty };

static char *root, *dir; /* dir: ROOT/a/b/dir */

/* The payload with the file's name in it, in a buffer of its own number. */
static const char *load(const char *payload, int room) {
  static char rooms[3][512];
  char *to = rooms[room];
  for (; *payload; payload++)
    to += *payload == '@' ? sprintf(to, "%s/P", root)
                          : sprintf(to, "%c", *payload);
  *to = '\0';
  return rooms[room];
}

/* ------------------------------------------------------ the directory ----- */

/* A row being written: its fields are separated and quoted here. */
static void put_field(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++)
    fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
  fputs("\",", out);
}

#define SETTINGS_HEADER                                                        \
  "run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"         \
  "trace_every,wall_limit,memory_limit,version,commit,cpu\n"
#define CHECKS_HEADER                                                          \
  "check,problem,loss,fairness,samples,worst,tolerance,expected,observed,"     \
  "verdict\n"
#define SEGMENTS_HEADER "problem,seed,panel,segment,t,objective\n"

/* The texts of a run and its settings. */
typedef struct texts {
  const char *problem, *solver, *message, *setting;
} texts;

static FILE *open_in(const char *name, const char *header) {
  FILE *out = fopen(in_dir(dir, name), "w");
  ck_assert_ptr_nonnull(out);
  fputs(header, out);
  return out;
}

static void put_run(FILE *runs, FILE *traces, FILE *settings, int id,
                    int classes, const texts *t) {
  fprintf(runs, "%d,", id);
  put_field(runs, t->problem);
  fprintf(runs, "9,%d,collision,strong,1,", classes);
  put_field(runs, t->solver);
  fprintf(runs, "0,1,1,stalled,2,0,1,0,1,1,1e-4,\"");
  for (const char *c = t->message; *c; c++)
    fprintf(runs, *c == '"' ? "\"\"" : "%c", *c);
  fprintf(runs, "\"\n");
  fprintf(traces, "%d,0,0,1,1,0.9\n%d,2,%d,1,1,1e-4\n", id, id, id);
  fprintf(settings, "%d,%032d,", id, id);
  for (int i = 0; i < 3; i++)
    put_field(settings, t->setting);
  fprintf(settings, "1e-6,9,60,-1,270,64,");
  for (int i = 0; i < 2; i++)
    put_field(settings, t->setting);
  fprintf(settings, "x\n");
}

/* A row of its own for every payload: as a solver on one y-step, or as the
 * problem, start and prior of one solver. */
static void make_runs(bool as_solvers) {
  FILE *runs = open_in("runs.csv", RUNS_HEADER);
  FILE *traces = open_in("traces.csv", TRACES_HEADER);
  FILE *settings = open_in("settings.csv", SETTINGS_HEADER);
  for (int i = 0; i < PAYLOADS; i++) {
    const char *text = load(payloads[i], 0);
    texts t = {as_solvers ? "d:K=3" : text, as_solvers ? text : "em", text,
               as_solvers ? "uniform" : text};
    put_run(runs, traces, settings, i + 1, as_solvers ? 3 : 3 + i, &t);
  }
  fclose(runs);
  fclose(traces);
  fclose(settings);
}

static void make_checks(void) {
  FILE *checks = open_in("checks.csv", CHECKS_HEADER);
  FILE *segments = open_in("segments.csv", SEGMENTS_HEADER);
  static const char *const panels[] = {"collision", "shannon", "reverse",
                                       "joint"};
  for (int i = 0; i < PAYLOADS; i++) {
    put_field(checks, load(payloads[i], 0));
    put_field(checks, load(payloads[i], 0));
    fprintf(checks, "collision,-,3,0,1,holds,holds,ok\n");
  }
  for (int p = 0; p < 4; p++)
    for (int t = 0; t < 2; t++) {
      put_field(segments, load(payloads[1], 0));
      fprintf(segments, "1,%s,1,%d,%d\n", panels[p], t, t);
    }
  fclose(checks);
  fclose(segments);
}

static void put_json(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++)
    if ((unsigned char)*text < 0x20 || strchr("\"\\", *text))
      fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
    else
      fputc(*text, out);
  fputc('"', out);
}

/* The text in every place of meta.json. */
static void make_meta(const char *text) {
  static const char *const keys[] = {"version", "commit", "date", "compiler",
                                     "flags"};
  static const char *const of_host[] = {"name", "system", "release", "machine",
                                        "cpu"};
  static const char *const words[] = {"--tol",   "--time-limit", "--start",
                                      "--prior", "--max-iter",   "-p"};
  FILE *out = open_in("meta.json", "{\"command\": [\"ystep\", \"run\"");
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    fprintf(out, ", \"%s\", ", words[i]);
    put_json(out, text);
  }
  fprintf(out, "], \"libraries\": {");
  put_json(out, text);
  fputs(": ", out);
  put_json(out, text);
  fprintf(out, "}, \"host\": {\"processors\": 1");
  for (size_t i = 0; i < sizeof of_host / sizeof *of_host; i++) {
    fprintf(out, ", \"%s\": ", of_host[i]);
    put_json(out, text);
  }
  fputs("}", out);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    fprintf(out, ", \"%s\": ", keys[i]);
    put_json(out, text);
  }
  fputs("}\n", out);
  fclose(out);
}

static void make_labels(void) {
  double y[27] = {0};
  ys_error error;
  for (int i = 0; i < 9; i++)
    y[3 * i] = 1;
  ck_assert_int_eq(mkdir(in_dir(dir, "labels"), 0777), 0);
  ck_assert_int_eq(ys_npy_write(in_dir(dir, "labels/1.npy"), y, 9, 3, &error),
                   YS_OK);
}

/* A training for each payload, in every text. */
static void make_trainings(void) {
  FILE *out = open_in("training.csv",
                      "data,classifier,solver,targets,settings,loss,fairness,"
                      "status,max_iterations,epochs,epochs_done,ysteps,"
                      "ystep_iterations,lambda,tolerance,total_seconds,"
                      "ystep_seconds,accuracy,plain_accuracy,nmi,ari\n");
  for (int i = 0; i < PAYLOADS; i++) {
    for (int text = 0; text < 5; text++)
      put_field(out, text == 3 && i % 2 ? "" : load(payloads[i], 0));
    fprintf(out, "collision,strong,done,9,1,1,1,1,1,1,1,1,1,1,1,1\n");
  }
  fclose(out);
}

static void set_up(void) {
  char scripts[512];
  if (getenv("YSTEP_SOURCE") && !getenv("YSTEP_SCRIPTS")) {
    snprintf(scripts, sizeof scripts, "%s/scripts/assets",
             getenv("YSTEP_SOURCE"));
    setenv("YSTEP_SCRIPTS", scripts, 1);
  }
  root = temp_dir();
  ck_assert_int_eq(mkdir(in_dir(root, "a"), 0777), 0);
  ck_assert_int_eq(mkdir(in_dir(root, "a/b"), 0777), 0);
  ck_assert_int_eq(mkdir(in_dir(root, "a/b/dir"), 0777), 0);
  dir = strdup(in_dir(root, "a/b/dir"));
  put_in(root, "neighbour", "mine");
  ck_assert_int_eq(chdir(in_dir(root, "a/b")), 0);
}

static void tear_down(void) {
  ck_assert_int_eq(chdir("/"), 0);
  free(dir);
  drop_dir(root);
}

#endif
