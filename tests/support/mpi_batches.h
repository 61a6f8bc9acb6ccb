/* Files of batches for ranks to read. */
#ifndef MPI_BATCHES_H
#define MPI_BATCHES_H

#include "problems/formats/npy.h"
#include "tests/support/program.h"

/* The rows of a matrix in pieces of no equal size. */
static inline void write_parts(const char *from, size_t item) {
  static const size_t shares[] = {5, 11, 2, 9};
  ys_npy npy;
  ys_error error;
  size_t first = 0;
  ck_assert_int_eq(ys_npy_open(from, &npy, &error), YS_OK);
  for (size_t p = 0; p < 4; p++) {
    const size_t count = p == 3 ? npy.rows - first : npy.rows * shares[p] / 27;
    char name[32];
    ys_output output;
    ys_npy_writer writer;
    double *rows = malloc(count * npy.cols * sizeof *rows);
    ys_npy_rows(&npy, first, count, rows);
    snprintf(name, sizeof name, "part-%zu-of-%zu.npy", p, item);
    ck_assert_int_eq(ys_output_create(&output, name, &error), YS_OK);
    ck_assert_int_eq(
        ys_npy_begin(&output, item, count, npy.cols, &writer, &error), YS_OK);
    ck_assert_int_eq(ys_npy_append(&writer, rows, count, &error), YS_OK);
    ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
    free(rows);
    first += count;
  }
  ys_npy_close(&npy);
}

/* Of 50 classes. */
static inline void write_prior(void) {
  FILE *f = fopen("u.csv", "w");
  for (int k = 1; k <= 50; k++)
    fprintf(f, "%.17g%s", k / 1275.0, k < 50 ? "," : "\n");
  fclose(f);
}

static inline void make_files(void) {
  write_prior();
  ck_assert_int_eq(
      ystep("gen -p gaussian:M=3001,K=7,scale=3,skew=1 -o eight.npy"), 0);
  ck_assert_int_eq(ystep("gen -p dirichlet:M=1999,K=23,alpha=0.3 -o four.npy "
                         "--dtype float32"),
                   0);
  ck_assert_int_eq(ystep("gen -p gaussian:M=8009,K=600,scale=2 -o large.npy "
                         "--dtype float32"),
                   0);
  ck_assert_int_eq(ystep("gen -p gaussian:M=50021,K=50,scale=4,skew=1 "
                         "-o many.npy --dtype float32"),
                   0);
  write_parts("eight.npy", 8);
  write_parts("four.npy", 4);
}

/* The batch as text and by another name, and labels to start from. */
static inline void make_texts(void) {
  ys_npy npy;
  ck_assert_int_eq(ys_npy_open("eight.npy", &npy, NULL), YS_OK);
  double *rows = malloc(npy.rows * npy.cols * sizeof *rows);
  ys_npy_rows(&npy, 0, npy.rows, rows);
  FILE *csv = fopen("eight.csv", "w"), *txt = fopen("eight.txt", "w");
  fputs("a,b,c,d,e,f,g\n", csv);
  for (size_t i = 0; i < npy.rows * npy.cols; i++) {
    const char end = (i + 1) % npy.cols ? ',' : '\n';
    fprintf(csv, "%.17g%c", rows[i], end);
    fprintf(txt, "%.17g%c", log(rows[i]), end == ',' ? ' ' : end);
  }
  fclose(csv);
  fclose(txt);
  free(rows);
  ys_npy_close(&npy);
  ck_assert_int_eq(system("cp eight.npy eight.dat"), 0);
  ck_assert_int_eq(ystep("solve eight.npy -o start.npz"), 0);
  ck_assert_int_eq(ystep("solve eight.npy -s em --tol 1e-3 -o start.npy"), 0);
  ck_assert_int_eq(system("cp eight.csv start.csv"), 0);
}

#endif
