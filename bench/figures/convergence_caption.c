#include "bench/figures/convergence.h"

#include "bench/text/gaptext.h"

#include <math.h>
#include <string.h>

static void put_what(FILE *out, const convergence *figure) {
  char title[512], runs[64];
  bool floored = false;
  group_title(figure->group, title, sizeof title);
  convergence_runs_text(figure, runs, sizeof runs);
  for (size_t s = 0; s < figure->group->solver_count; s++)
    floored = floored || figure->curves[s].floored;
  fprintf(out,
          "Certified gap against %s on %s; both axes logarithmic.\n"
          "The gap bounds F(y) - F* from above, in nats, and is computed from "
          "the data and the iterate alone.\n",
          convergence_x_name(figure), title);
  if (figure->axis == CURVE_TIME)
    fputs("Time is the solver's own, without set-up and monitoring.\n", out);
  if (convergence_has_bands(figure))
    fprintf(out,
            "Lines: median over %s runs of when a run was first recorded "
            "within the gap; bands: %d %% to %d %% quantiles. A run that never "
            "was counts as infinitely late, so that a line ends where half "
            "the runs do.\n",
            runs, GAP_BAND_LOW, GAP_BAND_HIGH);
  else
    fputs("Lines: when the one run of a solver was first recorded within the "
          "gap.\n",
          out);
  if (floored)
    fprintf(out, "Gaps below %g are drawn there.\n", CURVE_FLOOR);
}

static bool all_converged(const solver_runs *solver) {
  for (size_t i = 0; i < solver->count; i++)
    if (!result_has_status(solver->runs[i], RUN_CONVERGED))
      return false;
  return true;
}

/* How far a curve goes that is not drawn. */
static void put_missing(FILE *out, const solver_runs *solver) {
  char gap[NUMBER_ROOM];
  double best = INFINITY;
  for (size_t i = 0; i < solver->count; i++)
    best = fmin(best, timetogap_best(solver->runs[i]));
  if (isfinite(best))
    fprintf(out, "; not drawn: no gap but the start's (%s)",
            text_gap(gap, best));
  else
    fputs("; not drawn: no finite gap", out);
}

static void put_ends(FILE *out, const convergence *figure) {
  for (size_t s = 0; s < figure->group->solver_count; s++) {
    const solver_runs *solver = &figure->group->solvers[s];
    const result_row *telling = solver_runs_message(solver);
    bool missing = !curve_is_drawable(&figure->curves[s]);
    char status[128];
    if (all_converged(solver) && !missing)
      continue;
    solver_runs_status(solver, status, sizeof status);
    fprintf(out, "%s: %s", solver->solver, status);
    if (missing)
      put_missing(out, solver);
    fprintf(out, "%s%s.\n", telling ? ": " : "",
            telling ? telling->message : "");
  }
}

static void put_labels(FILE *out, const convergence *figure) {
  const roster *solvers = figure->request->solvers;
  for (size_t s = 0; s < figure->group->solver_count; s++)
    if (curve_is_drawable(&figure->curves[s]))
      roster_explain(out, solvers,
                     roster_number(solvers, figure->group->solvers[s].solver));
}

void convergence_write_caption(FILE *out, const void *context) {
  const convergence *figure = context;
  put_what(out, figure);
  plot_put_limits(out, figure->group, 1);
  put_ends(out, figure);
  put_labels(out, figure);
  plot_put_provenance(out, figure->request, figure->group, 1);
}
