#include "bench/report/report.h"
#include "bench/store/commandline.h"
#include "bench/text/html.h"

#include <stdlib.h>
#include <string.h>

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

static ys_code put_group(FILE *out, const run_group *group, size_t number,
                         ys_error *error) {
  char title[512];
  ys_code code = YS_OK;
  fprintf(out, "<details data-group=\"%zu\"><summary>", number);
  html_put(out, group_title(group, title));
  fputs("</summary>\n<pre>", out);
  for (size_t s = 0; !code && s < group->solver_count; s++)
    code = put_solver(out, &group->solvers[s], error);
  fputs("</pre></details>\n", out);
  return code;
}

ys_code report_put_commands(FILE *out, const report_part *part,
                            ys_error *error) {
  ys_code code = YS_OK;
  if (!part->table)
    return YS_OK;
  const group_set *set = part->table->set;
  for (size_t g = 0; !code && g < set->count; g++)
    code = put_group(out, &set->groups[g], part->first + g, error);
  return code;
}
