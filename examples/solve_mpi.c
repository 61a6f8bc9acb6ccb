/* Exact labels of a batch whose rows processes hold between them.
 *
 *   cc solve_mpi.c -o solve_mpi $(pkg-config --cflags --libs ystep_mpi)
 *   mpirun -n 2 ./solve_mpi
 *
 * It prints the same whatever the number of processes. */
#include <stdio.h>
#include <stdlib.h>
#include <ystep_mpi.h>

enum { ROWS = 4001, CLASSES = 10 };

/* A row of predictions, which lean to low classes. */
static void predict(size_t row, double *sigma) {
  double sum = 0;
  for (size_t k = 0; k < CLASSES; k++) {
    const double score =
        (double)(1 + (13 * row + 7 * k * k) % 31) / (1 + 0.3 * (double)k);
    sum += sigma[k] = score * score * score;
  }
  for (size_t k = 0; k < CLASSES; k++)
    sigma[k] /= sum;
}

int main(int argc, char **argv) {
  const char *solver = argc > 1 ? argv[1] : "exact";
  ystep_sparse y;
  size_t first = 0, own = 0;
  int rank;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  ystep_handle *handle = ys_open();
  if (!handle ||
      ys_share_mpi(MPI_COMM_WORLD, ROWS, CLASSES, &first, &own) != YSTEP_OK)
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  double *sigma = malloc(own * CLASSES * sizeof *sigma);
  for (size_t i = 0; sigma && i < own; i++)
    predict(first + i, sigma + i * CLASSES);
  const ystep_array given = {sigma, YSTEP_DOUBLE, own, CLASSES, 0};
  ys_set_text(handle, "solver", solver);
  const int code = ys_solve_sparse_mpi(handle, MPI_COMM_WORLD, &given, &y);
  if (code && rank == 0)
    fprintf(stderr, "solve_mpi: %s\n", ys_message(handle));
  unsigned long entries = code ? 0 : (unsigned long)y.begin[own], all = 0;
  if (!code)
    MPI_Reduce(&entries, &all, 1, MPI_UNSIGNED_LONG, MPI_SUM, 0,
               MPI_COMM_WORLD);
  if (!code && rank == 0)
    printf("%s: objective %.17g, bound %.17g, %lu entries\n",
           ys_get_text(handle, "status"), ys_get(handle, "objective"),
           ys_get(handle, "lower_bound"), all);
  if (code == YSTEP_IO)
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  ys_close(handle);
  free(sigma);
  MPI_Finalize();
  return code ? EXIT_FAILURE : EXIT_SUCCESS;
}
