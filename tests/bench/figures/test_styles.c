/* bench/analysis/solver_styles.c, and what the figures and the report make of
 * it: a solver has one colour, dash and mark everywhere. */
#include "bench/analysis/solver_styles.h"
#include "solvers/solver.h"
#include "tests/support/figure_runs.h"

#include <dirent.h>
#include <jansson.h>

/* --------------------------------------------------------------- styles --- */

/* Of the sweeps that it ships. */
static const char *const specs[] = {"exact",
                                    "fw",
                                    "ipm",
                                    "ipm:active=0",
                                    "em",
                                    "em:accel=squarem",
                                    "em:accel=anderson",
                                    "pgd",
                                    "pgd:step=bb",
                                    "pgd:accel=1",
                                    "pgd:step=0.01",
                                    "pgd:step=0.1",
                                    "pgd:step=1",
                                    "pgd:step=10",
                                    "pgd:step=100",
                                    "md",
                                    "md:accel=1",
                                    "md:step=1",
                                    "md:step=10",
                                    "md:step=100",
                                    "gsl",
                                    "gsl:method=conjugate_pr",
                                    "ipopt",
                                    "nlopt"};
enum { SPECS = sizeof specs / sizeof *specs };

/* With white, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio. */
static double contrast(const char *colour) {
  static const double weights[] = {0.0722, 0.7152, 0.2126};
  long whole = strtol(colour + 1, NULL, 16);
  double light = 0;
  for (int i = 0; i < 3; i++, whole >>= 8) {
    double part = (double)(whole & 0xff) / 255;
    light += weights[i] * (part <= 0.03928 ? part / 12.92
                                           : pow((part + 0.055) / 1.055, 2.4));
  }
  return 1.05 / (light + 0.05);
}

static double contrast_of(const char *solver) {
  return contrast(solver_style_of(solver).colour);
}

START_TEST(colour_tells_every_shipped_solver) {
  for (size_t i = 0; i < SPECS; i++)
    for (size_t k = 0; k < i; k++)
      ck_assert_msg(strcmp(solver_style_of(specs[i]).colour,
                           solver_style_of(specs[k]).colour) != 0,
                    "%s and %s", specs[i], specs[k]);
}
END_TEST

/* One that is added needs no line in the table of styles. */
START_TEST(every_solver_of_the_table_has_a_colour_of_its_own) {
  for (size_t i = 0; ys_solvers[i]; i++)
    for (size_t k = 0; k < SPECS; k++)
      if (strcmp(specs[k], ys_solvers[i]->name) != 0)
        ck_assert_msg(strcmp(solver_style_of(specs[k]).colour,
                             solver_style_of(ys_solvers[i]->name).colour) != 0,
                      "%s and %s", specs[k], ys_solvers[i]->name);
}
END_TEST

START_TEST(recommended_are_not_the_faintest) {
  for (size_t i = 0; ys_solvers[i]; i++) {
    const char *name = ys_solvers[i]->name;
    ck_assert_double_ge(contrast_of("exact"), contrast_of(name));
    if (strcmp(name, "exact") && strcmp(name, "fw") && strcmp(name, "ipm")) {
      ck_assert_double_gt(contrast_of("fw"), contrast_of(name));
      ck_assert_double_gt(contrast_of("ipm"), contrast_of(name));
    }
  }
}
END_TEST

/* Options that no table has. */
START_TEST(any_options_have_a_style_of_their_own) {
  enum { MANY = 200 };
  static char text[MANY][32];
  const char *names[MANY], *turned[MANY];
  solver_style styles[MANY], again[MANY];
  for (int i = 0; i < MANY; i++) {
    sprintf(text[i], "%s:a=%d", i % 3 ? "pgd" : i % 2 ? "exact" : "mine", i);
    names[i] = turned[MANY - 1 - i] = text[i];
  }
  solver_styles_choose(names, MANY, styles);
  solver_styles_choose(turned, MANY, again);
  for (int i = 0; i < MANY; i++) {
    const solver_style *a = &styles[i], *b = &again[MANY - 1 - i];
    ck_assert_str_eq(a->colour, b->colour);
    ck_assert_int_eq(a->dash, b->dash);
    ck_assert_int_eq(a->mark, b->mark);
    ck_assert_double_gt(contrast(a->colour), 1.3);
    for (int k = 0; k < i; k++)
      ck_assert_msg(strcmp(a->colour, styles[k].colour) ||
                        a->dash != styles[k].dash || a->mark != styles[k].mark,
                    "%s and %s", names[i], names[k]);
  }
}
END_TEST

/* ----------------------------------------------- figures and the report --- */

/* What was seen of each solver, and must be seen again. */
typedef struct seen_style {
  char solver[64];
  solver_style style;
} seen_style;

static seen_style seen[64];
static size_t seen_count;

static void see(const char *solver, const solver_style *style) {
  for (size_t i = 0; i < seen_count; i++) {
    const solver_style *other = &seen[i].style;
    bool same = strcmp(other->colour, style->colour) == 0 &&
                other->dash == style->dash && other->mark == style->mark;
    ck_assert_msg(same == (strcmp(seen[i].solver, solver) == 0),
                  "%s: %s %d %d; %s: %s %d %d", seen[i].solver, other->colour,
                  other->dash, other->mark, solver, style->colour, style->dash,
                  style->mark);
    if (same)
      return;
  }
  snprintf(seen[seen_count].solver, sizeof seen->solver, "%s", solver);
  seen[seen_count++].style = *style;
}

/* The lines of a .gp that are curves; how many there are. */
static size_t see_script(const char *path) {
  char *text = text_of_file(path);
  size_t count = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    char solver[64];
    solver_style style;
    size_t block;
    if (sscanf(line,
               "curves = curves + 1; labels[curves] = \"%63[^\"]\"; "
               "colours[curves] = \"%7[^\"]\"; dashes[curves] = %d; "
               "marks[curves] = %d; blocks[curves] = %zu",
               solver, style.colour, &style.dash, &style.mark, &block) != 5)
      continue;
    ck_assert_uint_eq(block, count++);
    solver[strcspn(solver, " ")] = '\0'; /* of scaling, before its slope */
    see(solver, &style);
  }
  free(text);
  return count;
}

static size_t see_figures(void) {
  char path[320];
  size_t count = 0;
  DIR *open = opendir(in_dir(dir, "figures"));
  ck_assert_ptr_nonnull(open);
  for (struct dirent *entry; (entry = readdir(open));)
    if (strstr(entry->d_name, ".gp")) {
      snprintf(path, sizeof path, "figures/%s", entry->d_name);
      count += see_script(in_dir(dir, path));
    }
  closedir(open);
  return count;
}

static size_t see_data(json_t *read) {
  size_t count = 0, g, s;
  json_t *group, *solver;
  json_array_foreach(json_object_get(read, "groups"), g, group)
      json_array_foreach(json_object_get(group, "solvers"), s, solver) {
    solver_style style;
    const char *name, *colour;
    ck_assert_int_eq(json_unpack(solver, "{s:s, s:s, s:i, s:i}", "name", &name,
                                 "colour", &colour, "dash", &style.dash, "mark",
                                 &style.mark),
                     0);
    snprintf(style.colour, sizeof style.colour, "%s", colour);
    see(name, &style);
    count++;
  }
  return count;
}

static size_t see_report(void) {
  char line[1024], *read = NULL;
  size_t room = 0, count = 0;
  snprintf(line, sizeof line, "report %s -o %s", dir, in_dir(dir, "page.html"));
  assert_accepts(&cmd_report, line);
  FILE *page = fopen(in_dir(dir, "page.html"), "r");
  ck_assert_ptr_nonnull(page);
  while (getline(&read, &room, page) > 0) {
    char *data = strstr(read, "id=\"data\">");
    if (!data)
      continue;
    json_t *json =
        json_loads(strchr(data, '>') + 1, JSON_DISABLE_EOF_CHECK, NULL);
    ck_assert_ptr_nonnull(json);
    count += see_data(json);
    json_decref(json);
  }
  fclose(page);
  free(read);
  return count;
}

/* Short names, so that labels are names; of solvers with and without a place in
 * the table, one of them first on every y-step. */
static void make_many(const int *order) {
  static const char *const solvers[] = {"fw",      "md:step=100", "em",
                                        "pgd:a=1", "pgd:a=2",     "mine"};
  begin();
  for (int k = 0; k < 6; k++)
    for (int s = 0; s < 6; s++) {
      char problem[32];
      sprintf(problem, "d:M=9,K=%d", 3 + k);
      add_run(problem, 9, 3 + k, 1, solvers[order[s]], order[s] == k ? 1 : 2.5,
              5 + order[s]);
    }
  end();
}

static const char every[] = "--kind convergence profile bars winner scaling "
                            "--gap 1e-3 -x time --format svg";

START_TEST(solver_is_drawn_alike_everywhere) {
  static const int orders[2][6] = {{0, 1, 2, 3, 4, 5}, {4, 5, 1, 0, 3, 2}};
  char line[256];
  seen_count = 0;
  for (size_t i = 0; i < 2; i++) {
    drop_dir(dir);
    make_many(orders[i]);
    plot(every);
    ck_assert_uint_eq(see_figures(), 6 * (6 + 1 + 6 + 1 + 1));
    snprintf(line, sizeof line, "%s -s md mine pgd:a=2", every);
    plot(line);
    see_figures();
    ck_assert_uint_eq(see_report(), 36);
  }
  ck_assert_uint_eq(seen_count, 6);
}
END_TEST

/* ------------------------------------------------------ edited by hand ---- */

/* Take the line of a solver out of NAME.gp and draw it again. */
static char *draw_without(const char *name, const char *solver) {
  char command[1024], svg[128];
  snprintf(command, sizeof command,
           "cd %s/figures && sed -i '/= \"%s[ \"]/d' %s.gp && gnuplot %s.gp",
           dir, solver, name, name);
  ck_assert_int_eq(system(command), 0);
  snprintf(svg, sizeof svg, "figures/%s.svg", name);
  return text_of_file(in_dir(dir, svg));
}

/* Every area of the figure without a curve is one of that with it: those that
 * are left are still their own curves' bands. */
static void assert_areas_are_kept(char *before, char *after) {
  int count = 0;
  for (char *line = strtok(after, "\n"); line; line = strtok(NULL, "\n"))
    if (strstr(line, "<polygon") && strstr(line, "fill-opacity = '0.15")) {
      ck_assert_msg(strstr(before, strchr(line, '<')) != NULL, "%.80s", line);
      count++;
    }
  ck_assert_int_eq(count, 2);
}

/* Two repeats each, so that there are bands. */
START_TEST(solver_taken_out_of_a_script_is_gone) {
  static const char scaling[] = "scaling-K-d-M9-K3-lambda1-gap1e-3-time";
  static const char *const names[] = {
      "convergence-d-M9-K3-lambda1-time", scaling,
      "bars-d-M9-K3-lambda1-gap1e-3-time", "profile-gap1e-3-time",
      "winner-collision-strong-gap1e-3-time"};
  static const char *const problems[] = {"d:M=9,K=3", "d:M=9,K=4", "d:M=9,K=5"};
  drop_dir(dir);
  begin();
  for (int r = 0; r < 2; r++)
    for (int k = 0; k < 3; k++) {
      add_run(problems[k], 9, 3 + k, 1, "em", k == 0 ? 1 : 3, 4);
      add_run(problems[k], 9, 3 + k, 1, "fw", k == 1 ? 1 : 3 + 0.1 * r, 4);
      add_run(problems[k], 9, 3 + k, 1, "md", k == 2 ? 1 : 3 + 0.2 * r, 4);
    }
  end();
  plot(every);
  char *before = NULL, path[128];
  snprintf(path, sizeof path, "figures/%s.svg", names[_i]);
  before = text_of_file(in_dir(dir, path));
  char *after = draw_without(names[_i], "em");
  /* em's green, in either case of letters and either notation. */
  static const char *const green[] = {"#009E73", "#009e73",
                                      "rgb(  0, 158, 115)"};
  bool was = false;
  for (size_t i = 0; i < 3; i++) {
    was = was || strstr(before, green[i]);
    ck_assert_msg(!strstr(after, green[i]), "%s", after);
  }
  ck_assert_msg(was, "%s", before);
  ck_assert_ptr_nonnull(strstr(before, ">em"));
  ck_assert_ptr_null(strstr(after, ">em"));
  ck_assert_ptr_nonnull(strstr(after, "</svg>"));
  if (_i == 0)
    assert_areas_are_kept(before, after);
  free(before);
  free(after);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("styles");
  TCase *tc = tcase_create("styles");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, colour_tells_every_shipped_solver);
  tcase_add_test(tc, every_solver_of_the_table_has_a_colour_of_its_own);
  tcase_add_test(tc, recommended_are_not_the_faintest);
  tcase_add_test(tc, any_options_have_a_style_of_their_own);
  tcase_add_test(tc, solver_is_drawn_alike_everywhere);
  tcase_add_loop_test(tc, solver_taken_out_of_a_script_is_gone, 0, 5);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
