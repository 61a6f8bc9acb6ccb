#include "mpi/carrier.h"
#include "mpi/ystep_mpi.h"

const char *ys_mpi_name(void) {
#ifdef OMPI_MAJOR_VERSION
  return "Open MPI";
#else
  return "another MPI than Open MPI";
#endif
}

int ys_share_mpi(MPI_Comm comm, size_t rows, size_t classes, size_t *first,
                 size_t *own) {
  int rank, count;
  if (ys_carrier_check(comm, NULL))
    return YSTEP_BAD_INPUT;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &count);
  return ys_rows_of_rank((size_t)rank, (size_t)count, rows, classes, first,
                         own);
}

/* A call agrees on its arguments and at its end on what came of it: so does who
 * has no handle to call with. */
static ys_code agree_on_none(const ys_carrier *carrier) {
  ys_error error;
  const ys_code code =
      ys_fail(&error, YS_BAD_INPUT, "no handle: out of memory, or NULL");
  ys_ranks_agree(&carrier->ranks, code, &error);
  return ys_ranks_agree(&carrier->ranks, code, &error);
}

/* The handle's calls are those of all from now on. Where they have not met the
 * call that follows fails, and leaves the reason in the handle. */
static ys_code begin(ys_carrier *carrier, ystep_handle *handle, MPI_Comm comm) {
  ys_error error;
  ys_code code = ys_carrier_open(carrier, comm, ys_version(),
                                 ys_get(handle, "time_limit"), NULL, &error);
  if (code)
    ys_carrier_fail(carrier, &error);
  else if (!handle)
    code = agree_on_none(carrier);
  ys_set_ranks(handle, &carrier->ranks);
  return code;
}

/* What a call between the two has returned, or why there was none. */
static int end(ys_carrier *carrier, ystep_handle *handle, ys_code begun,
               int code) {
  ys_set_ranks(handle, NULL);
  ys_carrier_close(carrier);
  return begun ? (int)begun : code;
}

int ys_solve_mpi(ystep_handle *handle, MPI_Comm comm, const ystep_array *sigma,
                 const ystep_array *y) {
  ys_carrier carrier;
  const ys_code begun = begin(&carrier, handle, comm);
  return end(&carrier, handle, begun, ys_solve(handle, sigma, y));
}

int ys_solve_sparse_mpi(ystep_handle *handle, MPI_Comm comm,
                        const ystep_array *sigma, ystep_sparse *y) {
  ys_carrier carrier;
  const ys_code begun = begin(&carrier, handle, comm);
  return end(&carrier, handle, begun, ys_solve_sparse(handle, sigma, y));
}

int ys_judge_mpi(ystep_handle *handle, MPI_Comm comm, const ystep_array *sigma,
                 const ystep_array *y) {
  ys_carrier carrier;
  const ys_code begun = begin(&carrier, handle, comm);
  return end(&carrier, handle, begun, ys_judge(handle, sigma, y));
}

int ys_judge_sparse_mpi(ystep_handle *handle, MPI_Comm comm,
                        const ystep_array *sigma, const ystep_sparse *y) {
  ys_carrier carrier;
  const ys_code begun = begin(&carrier, handle, comm);
  return end(&carrier, handle, begun, ys_judge_sparse(handle, sigma, y));
}
