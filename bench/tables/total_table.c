#include "bench/tables/tables.h"

#include "bench/text/numbers.h"

static void put_markdown(FILE *out, const total_times *made) {
  fputs("| solver | loss | lambda | batches | converged | iterations | solver "
        "seconds | least to most | worst gap |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |\n",
        out);
  for (size_t i = 0; i < made->count; i++) {
    const total *t = &made->row[i];
    table_put_markdown(out, "| ", result_solver_name(t->sample), " | ");
    table_put_markdown(out, "", t->sample->loss, " | ");
    fprintf(out, "%g | %zu | %zu | %.0f | %.3g | %.3g to %.3g | %.1e |\n",
            t->sample->lambda, t->runs / t->repeats, t->converged / t->repeats,
            t->iterations, t->median, t->least, t->most, t->worst_gap);
  }
}

static void put_csv(FILE *out, const total_times *made) {
  fputs("solver,loss,fairness,lambda,repeats,runs,converged,iterations,"
        "solve_seconds,seconds_low,seconds_high,worst_gap\n",
        out);
  for (size_t i = 0; i < made->count; i++) {
    const total *t = &made->row[i];
    char lambda[NUMBER_ROOM], iterations[NUMBER_ROOM], gap[NUMBER_ROOM];
    table_put_csv(out, t->sample->solver, ",");
    table_put_csv(out, t->sample->loss, ",");
    table_put_csv(out, t->sample->fairness, ",");
    fprintf(out, "%s,%zu,%zu,%zu,%s,%.9f,%.9f,%.9f,%s\n",
            text_exact(lambda, t->sample->lambda), t->repeats, t->runs,
            t->converged, text_exact(iterations, t->iterations), t->median,
            t->least, t->most, text_exact(gap, t->worst_gap));
  }
}

ys_code total_times_write(FILE *out, table_format format,
                          const total_times *made, ys_error *error) {
  if (format == TABLE_JSON)
    return total_times_json(out, made, error);
  if (format == TABLE_CSV)
    put_csv(out, made);
  else
    put_markdown(out, made);
  return YS_OK;
}
