/* ystep: the y-step of self-labelled classification. Given predictions sigma,
 * M rows of K classes, find the labels y, each row on the simplex, that
 * minimise
 *
 *   F(y) = (1/M) sum_i loss(sigma_i, y_i) + lambda fairness(mean of y),
 *
 * to a certified distance from the optimum. Everything in nats.
 *
 * A handle holds settings, memory that is used again by the next call, the
 * result of the last one and its error. One thread may use a handle at a time;
 * different handles share nothing. No call prints, exits, handles signals or
 * changes what the process has set of OpenMP or BLAS. Functions that return an
 * int return one of the codes below; ys_message says what was wrong. What is in
 * this file stays as it is: settings and results are added by name. */
#ifndef YSTEP_H
#define YSTEP_H

#include <stddef.h>
#include <stdint.h>

#define YSTEP_VERSION "0.1.0" /* of this file; ys_version has the library's */

#if defined __GNUC__
#define YSTEP_API __attribute__((visibility("default")))
#else
#define YSTEP_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { /* codes */
       YSTEP_OK = 0,
       YSTEP_BAD_INPUT =
           1, /* an argument, a setting or a number cannot be used */
       YSTEP_NO_MEMORY = 2, /* an allocation failed */
       YSTEP_IO = 3,        /* the operating system refused a read or a write */
       YSTEP_UNSUPPORTED =
           4, /* the solver does not serve this loss or fairness */
       YSTEP_BAD_NUMERICS = 5 /* the solver broke down, or F is infinite at the
                                 start point */
};

enum { YSTEP_DOUBLE = 0, YSTEP_FLOAT = 1 }; /* types of numbers */

/* Numbers of the caller's, row by row. */
typedef struct ystep_array {
  const void *data; /* labels and gradients that a call answers are written here
                     */
  int type;         /* YSTEP_DOUBLE or YSTEP_FLOAT */
  size_t rows, classes; /* M >= 1, K >= 2 */
  size_t stride; /* numbers from a row to the next, >= K; 0: K, no gaps */
} ystep_array;

/* Labels that are sparse by rows, as SciPy's CSR is: row i has those entries
 * from begin[i] to before begin[i + 1]. */
typedef struct ystep_sparse {
  size_t rows, classes;
  const size_t *begin;  /* M + 1, from 0 */
  const uint32_t *held; /* class of each entry, rising within a row */
  const double *weight; /* of each entry */
} ystep_sparse;

typedef struct ystep_handle ystep_handle;

YSTEP_API const char *ys_version(void);

/* A handle with every setting at its default. NULL: out of memory. */
YSTEP_API ystep_handle *ys_open(void);
YSTEP_API void ys_close(ystep_handle *handle); /* accepts NULL */

/* What was wrong in the last call on the handle that returned a code but
 * YSTEP_OK: one line. Valid until the next call. */
YSTEP_API const char *ys_message(const ystep_handle *handle);

/* Settings, for all calls to come. Numbers:
 *
 *   lambda          weight of fairness, >= 0 (1)
 *   tolerance       the certified gap to stop at (1e-6); never below rounding
 *   threads         1 to 1024; 0: as many as OpenMP starts (0). The same bits
 *                   whatever it is
 *   time_limit      seconds of a call (infinity)
 *   max_iterations  of the solver (1e15)
 *   mix             share of 1/K mixed into the start point, 0 to 1 (0)
 *   logits          1: sigma is given as logits, to be put through softmax (0)
 *
 * Texts:
 *
 *   loss      collision (default): -ln(sigma_i . y_i); shannon; reverse
 *   fairness  strong (default): KL(u || mean of y); weak: the other way round
 *   start     uniform (default); sigma; given: the labels as they are passed
 *   solver    exact (default); any other of `ystep list solvers`, with its
 *             options: "em:accel=squarem" */
YSTEP_API int ys_set(ystep_handle *handle, const char *name, double value);
YSTEP_API int ys_set_text(ystep_handle *handle, const char *name,
                          const char *text);

/* The class prior u: K positive numbers that add up to 1 to within 1e-4, which
 * are copied and divided by their sum. NULL (default): uniform, for any K. */
YSTEP_API int ys_set_prior(ystep_handle *handle, const double *prior,
                           size_t classes);

/* Solve. Rows of sigma must be probabilities that add up to 1 to within 1e-4;
 * a copy is divided by the sum. y, of the same shape, is written to, and read
 * if `start` is given: rows on the simplex to 1e-4. Any end but a breakdown is
 * YSTEP_OK, with y the best labels judged: see the result's status. Otherwise y
 * is not to be used. */
YSTEP_API int ys_solve(ystep_handle *handle, const ystep_array *sigma,
                       const ystep_array *y);

/* The same, with labels that lie in the handle until its next call or its end,
 * and may be given to that call as they are. *y is read if `start` is given. */
YSTEP_API int ys_solve_sparse(ystep_handle *handle, const ystep_array *sigma,
                              ystep_sparse *y);

/* End the solve under way, or the next one, soon: its status is `stopped`. Any
 * thread may call this, and a signal handler. */
YSTEP_API void ys_interrupt(ystep_handle *handle);

/* Judge any labels, with no regard to where they come from: results objective,
 * lower_bound, gap, row_sum_error, least_entry. Rows are divided by their sums;
 * an objective is infinite where labels are below -1e-12 or out of F's domain.
 */
YSTEP_API int ys_judge(ystep_handle *handle, const ystep_array *sigma,
                       const ystep_array *y);
YSTEP_API int ys_judge_sparse(ystep_handle *handle, const ystep_array *sigma,
                              const ystep_sparse *y);

/* F at y (result objective), dF/dy and dF/dlogits, sigma being the softmax of
 * the logits: each written to an array of sigma's shape, or NULL. The latter is
 * softmax(logits + ln y) taken off sigma, over M (collision), and loses nothing
 * where sigma underflows if logits are given. Not finite out of F's domain. */
YSTEP_API int ys_evaluate(ystep_handle *handle, const ystep_array *sigma,
                          const ystep_array *y, const ystep_array *by_y,
                          const ystep_array *by_logits);

/* Of a batch whose rows many processes hold between them, ranks, which work on
 * it as one: from now on all calls on the handle are theirs together. They make
 * the same ones in the same order, with the same settings but for threads and
 * time_limit, of which the first rank's counts; each passes its rows of sigma
 * and y, has its rows of the labels, and all have the same results, to the bit
 * those of one process (but for seconds, renormalised_rows and
 * largest_deviation, which are each one's). What is wrong on one all fail for,
 * and say which; YSTEP_IO: one is lost. ys_interrupt on any stops all.
 *
 * `ranks` is how their bytes are carried (ystep/problems/ranks.h, copied); of
 * MPI see ystep_mpi.h. NULL: alone again. */
struct ys_ranks;
YSTEP_API int ys_set_ranks(ystep_handle *handle, const struct ys_ranks *ranks);

/* Which rows of a batch are a rank's, of `count` ranks: *own of them, from
 * *first on. YSTEP_BAD_INPUT: no such rank or batch; YSTEP_UNSUPPORTED: there
 * are more ranks than blocks of rows, 128 at most, and one for each 4096
 * numbers. */
YSTEP_API int ys_rows_of_rank(size_t rank, size_t count, size_t rows,
                              size_t classes, size_t *first, size_t *own);

/* Results of the last solve, judge or evaluate, and the numbers that are set,
 * by their names; NaN where there is none of that name.
 *
 *   objective, lower_bound, gap    F at y; a true bound on the optimum; at
 * least objective - optimum row_sum_error, least_entry     max_i |sum_k y_ik -
 * 1|, min_ik y_ik iterations                     of the solver seconds,
 * setup_seconds, solve_seconds, judge_seconds of the call, and in it: solver's
 * memory and beginnings, its iterations, the judge renormalised_rows,
 * largest_deviation rows of sigma whose sums were off by more than 1e-12; the
 * most that one was off by
 *
 * Texts: status (converged, max_iter, time_limit, stopped, stalled), message
 * (more of that, or empty); NULL for other names. */
YSTEP_API double ys_get(const ystep_handle *handle, const char *name);
YSTEP_API const char *ys_get_text(const ystep_handle *handle, const char *name);

/* K multipliers nu of the last solve: the solver's, or those of the labels'
 * means. Valid until the next call; NULL if nothing was solved. */
YSTEP_API const double *ys_get_multipliers(const ystep_handle *handle);

#ifdef __cplusplus
}
#endif

#endif
