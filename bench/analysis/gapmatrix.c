#include "bench/analysis/gapmatrix.h"

#include "problems/vector/array.h"

#include "bench/text/gaptext.h"

#include <math.h>
#include <stdlib.h>

bool gapmatrix_is_unsupported(const solver_runs *solver) {
  for (size_t i = 0; i < solver->count; i++)
    if (!result_has_status(solver->runs[i], RUN_UNSUPPORTED))
      return false;
  return true;
}

static gap_summary *cell_at(const gap_matrix *of, size_t group, size_t solver) {
  return &of->cells[group * of->solvers->count + solver];
}

static ys_code fill_group(gap_matrix *made, size_t group, ys_error *error) {
  const run_group *runs = &made->set->groups[group];
  ys_code code = YS_OK;
  for (size_t s = 0; !code && s < runs->solver_count; s++) {
    const solver_runs *solver = &runs->solvers[s];
    size_t number = roster_number(made->solvers, solver->solver);
    if (!gapmatrix_is_unsupported(solver))
      code = timetogap_summarise(solver, made->gap,
                                 cell_at(made, group, number), error);
  }
  return code;
}

ys_code gapmatrix_make(const group_set *set, const roster *solvers, double gap,
                       gap_matrix *made, ys_error *error) {
  ys_code code = YS_OK;
  *made = (gap_matrix){set, solvers, gap, NULL};
  made->cells =
      calloc(ys_times(set->count, solvers->count), sizeof *made->cells);
  if (!made->cells)
    return ys_fail_memory(error, "the times to a gap");
  for (size_t g = 0; !code && g < set->count; g++)
    code = fill_group(made, g, error);
  if (code)
    gapmatrix_free(made);
  return code;
}

void gapmatrix_free(gap_matrix *made) {
  free(made->cells);
  made->cells = NULL;
}

const gap_summary *gapmatrix_at(const gap_matrix *of, size_t group,
                                size_t solver) {
  return cell_at(of, group, solver);
}

bool gapmatrix_ran(const gap_matrix *of, size_t solver) {
  for (size_t g = 0; g < of->set->count; g++)
    if (cell_at(of, g, solver)->runs)
      return true;
  return false;
}

double gapmatrix_cost(const gap_summary *cell, plot_axis axis) {
  if (!cell->runs)
    return INFINITY;
  return axis == PLOT_TIME ? cell->seconds : cell->iterations;
}

void gapmatrix_runs_text(const gap_matrix *of, char *text, size_t room) {
  size_t least = (size_t)-1, most = 0;
  for (size_t i = 0; i < of->set->count * of->solvers->count; i++) {
    size_t runs = of->cells[i].runs;
    least = runs && runs < least ? runs : least;
    most = runs > most ? runs : most;
  }
  if (least < most)
    snprintf(text, room, "%zu to %zu", least, most);
  else
    snprintf(text, room, "%zu", most);
}

static size_t count_missing(const gap_matrix *of, size_t solver) {
  size_t missing = 0;
  for (size_t g = 0; g < of->set->count; g++)
    missing += !cell_at(of, g, solver)->runs;
  return missing;
}

void gapmatrix_explain(FILE *out, const gap_matrix *of) {
  char gap[NUMBER_ROOM], runs[64];
  gapmatrix_runs_text(of, runs, sizeof runs);
  fprintf(out,
          "Solved: within a certified gap of %s nats of the optimum, by the "
          "median over the runs of a solver (%s on each y-step), where a run "
          "that was never recorded within the gap counts as infinitely "
          "late.\n",
          text_target(gap, of->gap), runs);
  for (size_t s = 0; s < of->solvers->count; s++) {
    size_t missing = count_missing(of, s);
    if (missing == of->set->count)
      fprintf(out, "%s: not drawn: it ran on none of the y-steps.\n",
              of->solvers->names[s]);
    else if (missing)
      fprintf(out,
              "%s: has no run on %zu of the y-steps, which count as not "
              "solved.\n",
              of->solvers->names[s], missing);
  }
}
