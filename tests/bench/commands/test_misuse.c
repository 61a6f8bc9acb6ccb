/* The program where it is misused: outputs that are links, devices, inputs or
 * somebody else's. Whatever it answers, no file but its own is changed. */
#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define RUN "run -p dirichlet:M=20,K=3 -s em --tol 0 --max-iter 3 --threads 1 "
#define TRAIN                                                                  \
  "train -d moons:M=40 -c linear --epochs 2 --checkpoint 1 --threads 1 "
static const char sweep_file[] = "problems: ['dirichlet:M=20,K=3']\n"
                                 "solvers: [em, md]\ntol: 0\nmax-iter: 3\n"
                                 "threads: 1\n";
static const char precious[] = "precious\n";

__attribute__((format(printf, 1, 2))) static void shell(const char *format,
                                                        ...) {
  char command[1024];
  va_list list;
  va_start(list, format);
  vsnprintf(command, sizeof command, format, list);
  va_end(list);
  ck_assert_msg(system(command) == 0, "%s", command);
}

static void assert_holds(const char *path, const char *text) {
  char *found = slurp(path);
  ck_assert_msg(strcmp(found, text) == 0, "%s holds %.60s", path, found);
  free(found);
}

static bool is_link(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/* ---------------------------------------------------------------- links --- */

/* What each command writes in one go. In each name a link to the victim. */
static const struct {
  const char *before, *names, *command;
} writers[] = {
    {RUN "-o r", "report.html report.html.tmp report.html.part", "report r"},
    {RUN "-o r",
     "figures/dirichlet-M20-K3-lambda1-time.txt "
     "figures/dirichlet-M20-K3-lambda1-time.txt.tmp "
     "figures/dirichlet-M20-K3-lambda1-time.dat "
     "figures/dirichlet-M20-K3-lambda1-time.gp "
     "figures/dirichlet-M20-K3-lambda1-time.svg",
     "plot r --x time --format svg"},
    {"sweep s.yaml -o r",
     "runs.csv.tmp runs.csv.new settings.csv.tmp settings.csv.new "
     "traces.csv.tmp traces.csv.new meta.json meta.json.tmp labels/2.npy "
     "labels/2.npy.tmp",
     "sweep s.yaml -o r --resume --save-labels --replace"},
    {TRAIN "-o r",
     "epochs.csv.tmp checkpoint.bin.tmp parameters/1.npy sigma/1.npy.tmp "
     "map/1.csv",
     TRAIN "-o r --force --save --map"},
};

START_TEST(what_a_link_leads_to_is_not_written) {
  char names[512];
  put_text("s.yaml", sweep_file);
  ck_assert_int_eq(ystep("%s", writers[_i].before), 0);
  if (strstr(writers[_i].command, "sweep")) /* a run that is to do again */
    shell("sed -i 2d r/runs.csv");
  shell("mkdir -p r/figures r/labels r/parameters r/sigma r/map");
  put_text("victim", precious);
  strcpy(names, writers[_i].names);
  for (char *name = strtok(names, " "); name; name = strtok(NULL, " "))
    shell("ln -sf ../victim r/%s; ln -sf $PWD/victim r/%s", name, name);
  ystep("%s", writers[_i].command);
  assert_holds("victim", precious);
}
END_TEST

START_TEST(folders_that_are_links_are_refused) {
  put_text("s.yaml", sweep_file);
  shell("mkdir away; echo precious >away/1.npy");
  ck_assert_int_eq(ystep("sweep s.yaml -o r"), 0);
  shell("ln -s ../away r/labels; ln -s ../away r/figures");
  shell("sed -i 2,3d r/runs.csv");
  assert_refuses("sweep s.yaml -o r --resume --save-labels",
                 "labels: is a symbolic link");
  ck_assert_int_eq(ystep("sweep s.yaml -o r --resume"), 0);
  assert_refuses("plot r", "figures: is a symbolic link");
  assert_holds("away/1.npy", precious);
  shell("test $(ls away) = 1.npy");
  shell("mkdir t; ln -s ../away t/parameters");
  ystep(TRAIN "-o t --force --save");
  assert_holds("away/1.npy", precious);
}
END_TEST

/* -------------------------------------------------------------- outputs --- */

static const char *const reports[] = {
    "table r -o %s",  "table r --total -o %s",
    "report r -o %s", "gen -p dirichlet:M=4,K=3 -o %s",
    "scores t -o %s", "solve dirichlet:M=4,K=3 -o %s"};
enum { REPORTS = sizeof reports / sizeof *reports };

/* Put the output's name into a command; its exit status. */
static int write_to(int which, const char *name, bool force) {
  char command[256];
  snprintf(command, sizeof command, reports[which], name);
  return ystep("%s%s", command, force ? " --force" : "");
}

static void make_results(void) {
  ck_assert_int_eq(ystep(RUN "-o r"), 0);
  ck_assert_int_eq(ystep(TRAIN "-o t"), 0);
}

START_TEST(a_link_to_a_file_is_followed) {
  make_results();
  put_text("file", precious);
  shell("ln -s file link; ln -s nowhere dangling");
  ck_assert_int_eq(write_to(_i, "link", false), 2);
  assert_holds("file", precious);
  ck_assert_int_eq(write_to(_i, "link", true), 0);
  ck_assert(is_link("link"));
  ck_assert_int_eq(write_to(_i, "plain", false), 0);
  shell("test $(wc -c <file) = $(wc -c <plain)");
  ck_assert_int_eq(write_to(_i, "dangling", false), 0);
  ck_assert(is_link("dangling"));
  shell("test $(wc -c <nowhere) = $(wc -c <plain)");
  shell("test -z \"$(ls | grep tmp)\"");
}
END_TEST

START_TEST(devices_and_pipes_are_written_to) {
  struct stat status;
  make_results();
  /* A device of the test's own, where it may make one. */
  bool has_null = mknod("null", S_IFCHR | 0666, makedev(1, 3)) == 0;
  if (has_null)
    ck_assert_int_eq(write_to(_i, "null", false), 0);
  ck_assert(!has_null ||
            (stat("null", &status) == 0 && S_ISCHR(status.st_mode)));
  ck_assert_int_eq(mkfifo("pipe", 0600), 0);
  shell("cat pipe >through & echo $! >cat.pid");
  ck_assert_int_eq(write_to(_i, "pipe", false), 0);
  shell("while kill -0 $(cat cat.pid) 2>>trash; do sleep 0.01; done");
  ck_assert_int_eq(stat("pipe", &status), 0);
  ck_assert(S_ISFIFO(status.st_mode));
  ck_assert_int_eq(write_to(_i, "plain", false), 0);
  shell("cmp through plain");
  ck_assert_int_eq(write_to(_i, "/dev/full", false), 2);
}
END_TEST

START_TEST(standard_output_by_name_is_standard_output) {
  make_results();
  ck_assert_int_eq(write_to(_i, "plain", false), 0);
  ck_assert_int_eq(write_to(_i, "/dev/stdout", false), 0);
  shell("cmp out.txt plain || head -c $(wc -c <plain) out.txt | cmp - plain");
  ck_assert(!is_link("out.txt"));
}
END_TEST

/* --------------------------------------------------------------- inputs --- */

/* All files here with what they hold, and all links and folders. */
static char *snapshot(void) {
  shell("{ find . -type d; find . -type l -printf '%%p %%l\\n'; "
        "find . -type f ! -name out.txt ! -name err.txt ! -name snapshot "
        "-exec cksum {} +; } | sort >snapshot");
  return slurp("snapshot");
}

static void assert_unchanged(char *before, const char *command) {
  char *after = snapshot();
  ck_assert_msg(strcmp(before, after) == 0, "%s changed\n%s\ninto\n%s", command,
                before, after);
  free(before);
  free(after);
}

/* A run, two sweeps, a training and a recording that hold labels and figures.
 */
static void make_all(void) {
  put_text("s.yaml", sweep_file);
  put_text("o.yaml", "problems: ['dirichlet:M=20,K=3']\nsolvers: em\n"
                     "starts: [r/labels/1.npy]\nmax-iter: 3\n");
  ck_assert_int_eq(ystep(RUN "--save-labels -o r"), 0);
  ck_assert_int_eq(ystep("sweep s.yaml -o A"), 0);
  ck_assert_int_eq(ystep(TRAIN "--save --map --record rec --repeat 2 -o t"), 0);
  ck_assert_int_eq(ystep("report r"), 0);
  ck_assert_int_eq(ystep("gen -p dirichlet:M=9,K=3 -o x.npy"), 0);
  shell("cp -r A B; ln -s A link; ln -s r/labels/1.npy label; mkdir f g h; "
        "echo '{\"schema\": 3}' >f/meta.json; echo name,time >g/runs.csv; "
        "ln -s ../r/runs.csv h/runs.csv; cp x.npy f; ln x.npy hard.npy");
}

static const struct {
  const char *command, *words;
} refused[] = {
    /* an output that is an input */
    {"merge ./A A --force", "one of those to join"},
    {"merge A/../A A B --force", "one of those to join"},
    {"merge --force A A B", "one of those to join"},
    {"merge link A B --force", "one of those to join"},
    {RUN "--start r/labels/1.npy -o r --force", "r/labels/1.npy|is read"},
    {RUN "--start label -o ./r --force", "label|is read"},
    {"run -p file:path=r/labels/1.npy -s em -o r --force", "is read"},
    {"check -p file:path=r/labels/1.npy -o r --force", "is read"},
    {"sweep o.yaml -o r --force", "r/labels/1.npy|is read"},
    {"train -d images:path=t/sigma/1.npy -o t --force", "t/sigma/1.npy"},
    {TRAIN "--record rec -o rec", "directory of -o"},
    {"gen -p file:path=x.npy -o x.npy --force", "is read from"},
    {"gen -p file:path=x.npy -o ./f/../x.npy --force", "is read from"},
    {"gen -p file:path=x.npy -o hard.npy --force", "is read from"},
    {"gen -p recorded:dir=rec/1,epoch=1 -o rec/1/epoch-0001.npy --force",
     "is read from"},
    {"gen -p planted:M=9,K=3 -o x.npy --labels x.npy --force", "one file"},
    {"gen -p planted:M=9,K=3 -o new.npy --labels ./new.npy", "one file"},
    {"table r -o r/runs.csv --force", "is read from"},
    {"table r --total -o r/labels/1.npy --force", "is read from"},
    {"report r -o r/traces.csv --force", "is read from"},
    {"scores t -o t/training.csv --force", "is read from"},
    /* what cannot work, found out too late */
    {"train -d moon -o t --force", "moons"},
    {"train -d moons -c mpl -o t --force", "mpl"},
    {"train -d moons -c conv -o t --force", "conv"},
    {"train -d moons -s emm -o t --force", "emm"},
    {"train -d moons --supervised wrong=2 -o t --force", "wrong"},
    {"train -d images:path=none.npy -o t --force", "none.npy"},
    {"train -d images:path=none.npy -o new", "none.npy"},
    {"train -d moons glyphs:K=1 -o new --record newer", "K"},
    {"run -p file:path=none.npy -s em -o new", "none.npy"},
    {"check -p file:path=none.npy -o new", "none.npy"},
    {"gen -p planted:M=9,K=3 -o new.npy --labels /dev/null/l.npy",
     "/dev/null/l.npy"},
    {"gen -p dirichlet:M=9,K=3 -o A", "A|directory"},
    /* what is not ystep's */
    {RUN "-o f --force", "f/meta.json|not what ystep writes"},
    {RUN "-o g --force", "g/runs.csv|not what ystep writes"},
    {RUN "-o h --force", "h/runs.csv|not what ystep writes"},
    {"sweep s.yaml -o f --resume", "f/meta.json|not what ystep writes"},
    {"check -o f --force", "f/meta.json"},
    {"merge f A B --force", "f/meta.json"},
    {TRAIN "-o f --force", "f/meta.json"},
    {RUN "-o x.npy --force", "not a directory"},
    /* two experiments in one place */
    {TRAIN "--save --map --record rec --repeat 2 --lambda 2 -o t --resume",
     "begun with no --lambda, not with --lambda 2"},
    {"train -d moons:M=40 -c linear --epochs 2 --resume -o t", "begun with"},
    {"train -d rings:M=40 -o t --resume", "begun with --data moons:M=40"},
    {TRAIN "-o r --resume", "another command"},
    {TRAIN "--resume --force -o t", "exclude"},
    {TRAIN "--record rec -o new2", "rec|not empty|--force"},
};
enum { REFUSED = sizeof refused / sizeof *refused };

START_TEST(what_is_refused_changes_nothing) {
  make_all();
  for (int i = 0; i < REFUSED; i++) {
    char *before = snapshot();
    assert_refuses(refused[i].command, refused[i].words);
    assert_unchanged(before, refused[i].command);
  }
  /* The same commands work where nobody is in the way. */
  ck_assert_int_eq(ystep("merge AB A B"), 0);
  ck_assert_int_eq(ystep(RUN "--start r/labels/1.npy -o n1 --force"), 0);
  ck_assert_int_eq(ystep("sweep o.yaml -o n2 --force"), 0);
  ck_assert_int_eq(ystep("gen -p file:path=x.npy -o n3.npy --force"), 0);
  ck_assert_int_eq(ystep("table r -o r/table.md"), 0);
  ck_assert_int_eq(ystep(TRAIN
                         "--save --map --record rec --repeat 2 -o t --resume "
                         "--checkpoint 5 --threads 2"),
                   0);
}
END_TEST

START_TEST(force_clears_what_is_ours_alone) {
  make_all();
  shell("echo mine >r/notes.txt; echo mine >r/labels/notes.txt; "
        "mkdir r/figures; echo mine >r/figures/notes.txt; "
        "echo mine >t/parameters/mine.npy; echo mine >rec/1/mine.npy");
  ck_assert_int_eq(ystep("plot r --x time --format svg"), 0);
  ck_assert_int_eq(ystep(RUN "-o r --force"), 0);
  shell("test \"$(ls -A r/figures r/labels | tr '\\n' ' ')\" = "
        "'r/figures: notes.txt  r/labels: notes.txt '");
  ck_assert(!exists("r/report.html") && exists("r/notes.txt"));
  ck_assert_int_eq(ystep(TRAIN "--record rec --every 2 -o t --force"), 0);
  ck_assert(!exists("t/sigma") && !exists("t/map"));
  shell("test \"$(ls t/parameters)\" = mine.npy");
  shell("test \"$(ls rec/1)\" = mine.npy; test ! -e rec/2/index.csv");
  shell("test $(wc -l <rec/index.csv) = 2");
}
END_TEST

/* ---------------------------------------------------------------- locks --- */

START_TEST(a_live_directory_is_left_alone) {
  static const char *const commands[] = {
      RUN "-o A --force",           "check -o A --force",
      "merge A B --force",          "sweep s.yaml -o A --force",
      "sweep s.yaml -o A --resume", TRAIN "-o A --force",
      TRAIN "-o A --resume",        TRAIN "--record A -o new"};
  make_all();
  int held = open("A", O_RDONLY | O_DIRECTORY);
  ck_assert_int_eq(flock(held, LOCK_EX), 0);
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    char *before = snapshot();
    assert_refuses(commands[i], "A: another command is writing to it");
    assert_unchanged(before, commands[i]);
  }
  close(held);
  ck_assert_int_eq(ystep("sweep s.yaml -o A --force"), 0);
}
END_TEST

START_TEST(a_directory_that_goes_is_an_error) {
  int status;
  put_text("long.yaml", "problems: ['dirichlet:M=200,K=9']\nsolvers: em\n"
                        "tol: 0\ntime-limit: 0.1\nrepeats: 400\n");
  pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c",
          _i ? "exec \"$YSTEP\" sweep long.yaml -o gone >out.txt 2>err.txt"
             : "exec \"$YSTEP\" run -p dirichlet:M=200,K=9 -s em --tol 0 "
               "--time-limit 0.1 --repeat 400 -o gone >out.txt 2>err.txt",
          (char *)NULL);
    _exit(127);
  }
  wait_for_rows("gone/runs.csv");
  shell("rm -rf gone");
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
  shell("grep -q removed err.txt; ! grep wrote out.txt");
}
END_TEST

/* -------------------------------------------------------------- streams --- */

static const char *const printers[] = {
    "--help",
    "list solvers",
    "list problems --json",
    "run --help",
    "labels r",
    "sweep s.yaml --dry-run",
    "table r",
    "table r --total",
    "compare r r",
    "scores t",
    "plot --help",
    RUN "-o new --force",
    "check -p dirichlet:M=9,K=3 --format svg -o new --force",
    "gen -p dirichlet:M=9,K=3 -o new.npy --force",
    "report r",
    "sweep s.yaml -o new --force",
    TRAIN "-o new --force"};
enum { PRINTERS = sizeof printers / sizeof *printers };

START_TEST(a_full_device_is_an_error) {
  make_all();
  for (int i = 0; i < PRINTERS; i++) {
    char command[256];
    snprintf(command, sizeof command, "\"$YSTEP\" %s >/dev/full 2>err.txt",
             printers[i]);
    int status = WEXITSTATUS(system(command));
    char *errors = slurp("err.txt");
    ck_assert_msg(status == 2, "%s: status %d, %s", printers[i], status,
                  errors);
    ck_assert_msg(strstr(errors, "standard output: cannot write"), "%s: %s",
                  printers[i], errors);
    free(errors);
  }
}
END_TEST

START_TEST(closed_streams_are_no_files) {
  ck_assert_int_eq(ystep(RUN "-o whole"), 0);
  for (int closed = 1; closed < 8; closed++) {
    shell("rm -rf r; \"$YSTEP\" " RUN "-o r %s %s %s", closed & 1 ? "<&-" : "",
          closed & 2 ? ">&-" : ">out.txt", closed & 4 ? "2>&-" : "");
    shell("for t in runs traces; do "
          "test $(wc -l <r/$t.csv) = $(wc -l <whole/$t.csv); done");
  }
  shell("rm -f x.npy; \"$YSTEP\" gen -p dirichlet:M=2,K=2 -o x.npy >&- 2>&-");
  shell("test $(wc -c <x.npy) = 160");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("misuse");
  TCase *tests = tcase_create("misuse");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_loop_test(tests, what_a_link_leads_to_is_not_written, 0,
                      sizeof writers / sizeof *writers);
  tcase_add_test(tests, folders_that_are_links_are_refused);
  tcase_add_loop_test(tests, a_link_to_a_file_is_followed, 0, REPORTS);
  tcase_add_loop_test(tests, devices_and_pipes_are_written_to, 0, REPORTS);
  tcase_add_loop_test(tests, standard_output_by_name_is_standard_output, 0,
                      REPORTS);
  tcase_add_test(tests, what_is_refused_changes_nothing);
  tcase_add_test(tests, force_clears_what_is_ours_alone);
  tcase_add_test(tests, a_live_directory_is_left_alone);
  tcase_add_loop_test(tests, a_directory_that_goes_is_an_error, 0, 2);
  tcase_add_test(tests, a_full_device_is_an_error);
  tcase_add_test(tests, closed_streams_are_no_files);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
