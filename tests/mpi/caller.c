/* A program that calls libystep_mpi, for tests/mpi/test_calls.c: each rank does
 * what the first argument says, and prints what came of it in one line,
 * "rank 1: 0 converged 0x1.9p-1 ..." or "rank 1: 1 rank 2: sigma: NULL ...". */
#include "mpi/ystep_mpi.h"

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 4003, CLASSES = 13 };

static int me, count;

static void put_row(size_t row, double *sigma) {
  double sum = 0;
  for (size_t k = 0; k < CLASSES; k++)
    sum += sigma[k] = exp(2 * sin((double)(row * (k + 3) + 5 * k)));
  for (size_t k = 0; k < CLASSES; k++)
    sigma[k] /= sum;
}

static double *make_rows(size_t first, size_t own) {
  double *sigma = malloc(own * CLASSES * sizeof *sigma);
  for (size_t i = 0; sigma && i < own; i++)
    put_row(first + i, sigma + i * CLASSES);
  return sigma;
}

/* Of the labels of all, FNV-1a. */
static unsigned long long hash_labels(const double *y, int own) {
  unsigned long long hash = 14695981039346656037ull;
  static double all[ROWS * CLASSES];
  int counts[16], at[16];
  MPI_Gather(&own, 1, MPI_INT, counts, 1, MPI_INT, 0, MPI_COMM_WORLD);
  for (int r = 0; r < count; r++) {
    counts[r] = me == 0 ? counts[r] * CLASSES : 0;
    at[r] = r ? at[r - 1] + counts[r - 1] : 0;
  }
  MPI_Gatherv(y, own * CLASSES, MPI_DOUBLE, all, counts, at, MPI_DOUBLE, 0,
              MPI_COMM_WORLD);
  for (size_t i = 0; i < sizeof all; i++)
    hash = (hash ^ ((unsigned char *)all)[i]) * 1099511628211ull;
  MPI_Bcast(&hash, 1, MPI_UNSIGNED_LONG_LONG, 0, MPI_COMM_WORLD);
  return hash;
}

static void print_results(ystep_handle *handle, const double *y, size_t own) {
  const double *nu = ys_get_multipliers(handle);
  printf("rank %d: 0 %s %a %a %a %a labels %llx\n", me,
         ys_get_text(handle, "status"), ys_get(handle, "objective"),
         ys_get(handle, "lower_bound"), ys_get(handle, "gap"), nu[CLASSES - 1],
         hash_labels(y, (int)own));
}

/* Dense, then judged, then sparse: the same. */
static int solve_all(ystep_handle *handle, MPI_Comm comm,
                     const ystep_array *sigma, const ystep_array *y) {
  ystep_sparse sparse;
  int code = ys_solve_sparse_mpi(handle, comm, sigma, &sparse);
  if (!code)
    code = ys_judge_sparse_mpi(handle, comm, sigma, &sparse);
  const double judged = ys_get(handle, "objective");
  if (!code)
    code = ys_solve_mpi(handle, comm, sigma, y);
  if (!code && ys_get(handle, "objective") != judged)
    code = -1;
  return code;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "", *solver = argc > 2 ? argv[2] : "";
  MPI_Comm comm = MPI_COMM_WORLD;
  size_t first = 0, own = 0;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(comm, &me);
  MPI_Comm_size(comm, &count);
  signal(SIGTERM, SIG_IGN); /* of mpirun, where one has died */
  ystep_handle *handle = ys_open();
  int code = ys_share_mpi(comm, ROWS, CLASSES, &first, &own);
  double *rows = make_rows(first, own), *y = make_rows(first, own);
  ystep_array sigma = {rows, YSTEP_DOUBLE, own, CLASSES, 0};
  const ystep_array labels = {y, YSTEP_DOUBLE, own, CLASSES, 0};
  const bool is_one = me == 1;
  ys_set(handle, "threads", 1);
  ys_set(handle, "tolerance", 1e-7);
  ys_set_text(handle, "solver", solver);
  if (strcmp(what, "endless") == 0 || strcmp(what, "dies") == 0)
    ys_set(handle, "tolerance", 0);
  if (strcmp(what, "dies") == 0 && is_one) {
    signal(SIGALRM, SIG_DFL);
    alarm(1);
  }
  if (strcmp(what, "leaves") == 0 && is_one)
    _exit(3);
  if (strcmp(what, "nobody") == 0 || (strcmp(what, "null") == 0 && is_one))
    comm = MPI_COMM_NULL;
  if (strcmp(what, "null") == 0 || strcmp(what, "endless") == 0)
    ys_set(handle, "time_limit", 2);
  if (strcmp(what, "sigma") == 0 && is_one)
    sigma.data = NULL;
  if (strcmp(what, "lambda") == 0 && is_one)
    ys_set(handle, "lambda", 2);
  if (strcmp(what, "handle") == 0 && is_one) {
    ys_close(handle);
    handle = NULL;
  }
  if (!code)
    code = strcmp(what, "all") == 0
               ? solve_all(handle, comm, &sigma, &labels)
               : ys_solve_mpi(handle, comm, &sigma, &labels);
  if (code)
    printf("rank %d: %d %s\n", me, code, ys_message(handle));
  else
    print_results(handle, y, own);
  fflush(stdout);
  if (code == YSTEP_IO) /* MPI_Finalize would wait */
    _exit(0);
  ys_close(handle);
  free(rows);
  free(y);
  MPI_Finalize();
  return 0;
}
