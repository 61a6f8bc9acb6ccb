#include "bench/report/report.h"
#include "bench/store/commandline.h"
#include "bench/text/html.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_UP_TO = 40 }; /* y-steps whose commands are not folded away */

/* The command of run `first` and the run_ids of all that it does again, unless
 * an earlier run had it: repeats from one start differ in their timings alone.
 */
static void put_command(FILE *out, const solver_runs *solver,
                        char *const *commands, size_t first) {
  for (size_t i = 0; i < first; i++)
    if (strcmp(commands[i], commands[first]) == 0)
      return;
  fprintf(out, "# run %ld", solver->runs[first]->run_id);
  for (size_t i = first + 1; i < solver->count; i++)
    if (strcmp(commands[i], commands[first]) == 0)
      fprintf(out, ", %ld", solver->runs[i]->run_id);
  fputc('\n', out);
  html_put(out, commands[first]);
  fputc('\n', out);
}

static ys_code put_solver(FILE *out, const solver_runs *solver,
                          ys_error *error) {
  char **commands = calloc(solver->count, sizeof *commands);
  ys_code code = commands ? YS_OK : ys_fail_memory(error, "command lines");
  for (size_t i = 0; !code && i < solver->count; i++) {
    commands[i] = commandline_of_run(solver->runs[i]);
    if (!commands[i])
      code = ys_fail_memory(error, "command lines");
  }
  for (size_t i = 0; !code && i < solver->count; i++)
    put_command(out, solver, commands, i);
  for (size_t i = 0; commands && i < solver->count; i++)
    free(commands[i]);
  free(commands);
  return code;
}

static ys_code put_group(FILE *out, const run_group *group, bool is_open,
                         ys_error *error) {
  char title[512];
  ys_code code = YS_OK;
  fprintf(out, "<details%s><summary>", is_open ? " open" : "");
  html_put(out, group_title(group, title));
  fputs("</summary>\n<pre>", out);
  for (size_t s = 0; !code && s < group->solver_count; s++)
    code = put_solver(out, &group->solvers[s], error);
  fputs("</pre></details>\n", out);
  return code;
}

ys_code report_put_commands(FILE *out, const report *page, ys_error *error) {
  ys_code code = YS_OK;
  html_put_heading(out, "again", "How to run it again");
  fputs("<p>The whole of it: the command at the top of this page, in a folder "
        "from which the same files are found.",
        out);
  if (!page->table) {
    fputs("</p>\n", out);
    return YS_OK;
  }
  fputs(
      " One run: its line below. The same seed gives the same iterates to the "
      "bit, on any number of threads; a run that ended by a time limit may "
      "end at another iteration.</p>\n",
      out);
  const group_set *set = page->table->set;
  for (size_t g = 0; !code && g < set->count; g++)
    code = put_group(out, &set->groups[g], set->count <= OPEN_UP_TO, error);
  return code;
}
