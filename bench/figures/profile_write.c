#include "bench/analysis/profile.h"

#include "bench/text/gaptext.h"

static size_t solved(const profile *p, size_t drawn, double budget) {
  const double *costs = p->costs + drawn * profile_steps(p);
  size_t count = 0;
  while (count < profile_steps(p) && costs[count] <= budget)
    count++;
  return count;
}

/* ----------------------------------------------------------------- files -- */

static void put_step(FILE *out, const profile *p, size_t drawn, double budget,
                     bool marked) {
  size_t count = solved(p, drawn, budget);
  fprintf(out, "%.10g %.10g %zu %d\n", budget,
          (double)count / (double)profile_steps(p), count, marked);
}

/* The curve rises at each cost; about five markers, at other places on every
 * curve, and one at its end. */
static void put_curve(FILE *out, const profile *p, size_t drawn) {
  const double *costs = p->costs + drawn * profile_steps(p);
  size_t most = solved(p, drawn, p->high), every = most / 5 + 1;
  fprintf(out, "# x share solved marker\n");
  if (!most || costs[0] > p->low)
    put_step(out, p, drawn, p->low, false);
  for (size_t i = 0; i < most; i++)
    if (i + 1 == most || costs[i + 1] > costs[i])
      put_step(out, p, drawn, costs[i],
               i + 1 == most || i % every == drawn % every);
  put_step(out, p, drawn, p->high, false);
}

static const char *x_name(const profile *p, char *text, size_t room) {
  if (!p->is_data)
    return p->axis == PLOT_TIME ? "solver time, as a multiple of the fastest's"
                                : "iterations, as a multiple of the fewest";
  if (p->axis == PLOT_ITERATION)
    return "iterations";
  snprintf(text, room, "solver time, in iterations of %s", p->request->unit);
  return text;
}

void profile_write_data(FILE *out, const void *context) {
  const profile *p = context;
  char text[512], gap[NUMBER_ROOM];
  fprintf(out,
          "# %s profile: the share of %zu y-steps solved to a certified gap of "
          "%s nats\n# x: %s\n",
          p->is_data ? "Data" : "Performance", profile_steps(p),
          text_target(gap, p->of.gap), x_name(p, text, sizeof text));
  for (size_t g = 0; g < profile_steps(p); g++) {
    group_title(&p->of.set->groups[g], text, sizeof text);
    fprintf(out, "# y-step %zu: %s; unit %.6g\n", g + 1, text, p->units[g]);
  }
  for (size_t i = 0; i < p->drawn; i++) {
    fprintf(out, "%s# index %zu: %s\n", i ? "\n\n" : "", i,
            p->of.solvers->names[p->keys[i].solver]);
    put_curve(out, p, i);
  }
}

void profile_write_settings(FILE *out, const void *context, bool latex) {
  const profile *p = context;
  char text[128], gap[NUMBER_ROOM];
  text_target(gap, p->of.gap);
  snprintf(text, sizeof text, "to gap %s on %zu y-steps", gap,
           profile_steps(p));
  plot_put_keys(out, p->keys, p->drawn, text, latex);
  plot_put_text(out, "title",
                p->is_data ? "Data profile" : "Performance profile", latex);
  plot_put_text(out, "x_name", x_name(p, text, sizeof text), latex);
  fprintf(out, "x_low = %.6g; x_high = %.6g\n", p->low, p->high);
}

static void put_performance(FILE *out, const profile *p) {
  fprintf(out,
          "Performance profile (Dolan and More 2002): the share of %zu y-steps "
          "that a solver solved within a multiple of the %s any of the solvers "
          "shown needed there.\n",
          profile_steps(p),
          p->axis == PLOT_TIME ? "least solver time that"
                               : "fewest iterations that");
}

static void put_budget(FILE *out, const profile *p) {
  fprintf(out,
          "Data profile (More and Wild 2009): the share of %zu y-steps that a "
          "solver solved within a budget of ",
          profile_steps(p));
  if (p->axis == PLOT_ITERATION)
    fputs("its own iterations, whatever they cost.\n", out);
  else
    fprintf(out,
            "solver time. The unit, in place of the simplex gradients of "
            "methods without derivatives, is the time of one iteration of %s "
            "on the same y-step (the median over its runs).\n",
            p->request->unit);
}

void profile_write_caption(FILE *out, const void *context) {
  const profile *p = context;
  size_t unsolved = profile_unsolved(p);
  (p->is_data ? put_budget : put_performance)(out, p);
  gapmatrix_explain(out, &p->of);
  fputs("A y-step that a solver did not solve counts as infinitely dear, so "
        "its curve ends at the share that it did.\n",
        out);
  if (unsolved)
    fprintf(out, "%zu of the y-steps nobody solved; they count too.\n",
            unsolved);
  plot_put_limits(out, p->of.set->groups, profile_steps(p));
  fputs("The y-steps are listed in the data file.\n", out);
  for (size_t i = 0; i < p->drawn; i++)
    roster_explain(out, p->of.solvers, p->keys[i].solver);
  plot_put_provenance(out, p->request, p->of.set->groups, profile_steps(p));
}
