/* The program where it is misused: outputs that are links, devices, inputs or
 * somebody else's. Whatever it answers, no file but its own is changed. */
#include "program.h"

#include <fcntl.h>
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
    "table r -o %s", "table r --total -o %s", "report r -o %s",
    "gen -p dirichlet:M=4,K=3 -o %s", "scores t -o %s"};
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
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
