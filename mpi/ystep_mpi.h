/* ystep over the processes of an MPI communicator: one y-step whose rows they
 * hold between them. Beside libystep, which knows nothing of MPI:
 * `pkg-config --cflags --libs ystep_mpi`.
 *
 * All processes of `comm` make the same calls, as those of MPI itself are made:
 * each with a handle of its own, its rows, as ys_share_mpi says, and the same
 * settings. Each gets its labels, and all the same objective, bound, gap and
 * multipliers, with the bits that one process would have (ys_set_ranks in
 * ystep.h says what is each one's).
 *
 * An error on one rank is one on all, "rank 2: sigma: row 7 (from 0) sums to
 * ...". Nobody is waited for who has ended: where a rank's process on the same
 * machine is no more, or says nothing because of MPI, the others return
 * YSTEP_IO and its number within half a second; the communicator is not to be
 * used after that, and MPI_Abort, not MPI_Finalize, ends the program. (Open
 * MPI's mpirun ends all processes itself where one dies of a signal or ends
 * without MPI_Finalize, by SIGTERM and a second later SIGKILL.) A rank that
 * does not make the call at all is waited for, up to the setting time_limit;
 * so are the others where one alone passes MPI_COMM_NULL.
 *
 * MPI is the caller's to begin (MPI_THREAD_FUNNELED or more; calls from the
 * thread that may) and to end; messages are on a duplicate of comm, made and
 * freed in each call. */
#ifndef YSTEP_MPI_H
#define YSTEP_MPI_H

#include <mpi.h>
#include <ystep.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which rows of a rows x classes batch are the caller's: *own of them, from
 * *first on. No communication. Codes: those of ys_rows_of_rank, and
 * YSTEP_BAD_INPUT without MPI or a communicator. */
YSTEP_API int ys_share_mpi(MPI_Comm comm, size_t rows, size_t classes,
                           size_t *first, size_t *own);

/* The calls of ystep.h: sigma, y and the labels hold the caller's rows. */
YSTEP_API int ys_solve_mpi(ystep_handle *handle, MPI_Comm comm,
                           const ystep_array *sigma, const ystep_array *y);
YSTEP_API int ys_solve_sparse_mpi(ystep_handle *handle, MPI_Comm comm,
                                  const ystep_array *sigma, ystep_sparse *y);
YSTEP_API int ys_judge_mpi(ystep_handle *handle, MPI_Comm comm,
                           const ystep_array *sigma, const ystep_array *y);
YSTEP_API int ys_judge_sparse_mpi(ystep_handle *handle, MPI_Comm comm,
                                  const ystep_array *sigma,
                                  const ystep_sparse *y);

/* "Open MPI": which MPI this was built with, and the only one whose
 * communicators it takes. */
YSTEP_API const char *ys_mpi_name(void);

#ifdef __cplusplus
}
#endif

#endif
