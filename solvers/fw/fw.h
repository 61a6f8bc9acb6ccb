/* What the exact solver asks of `fw` beyond the contract. Private to solvers/.
 */
#ifndef YS_FW_H
#define YS_FW_H

#include "problems/labels.h"

/* From the next restart on corrections come first, and sweeps pass over rows
 * that hold two classes, one of which gains most: those wait for the
 * corrections, which move them all together. It pays where y is from
 * multipliers that are nearly the optimum's, and many rows hold two classes. */
void ys_fw_correct_first(void *work);

/* Where corrections come first: a bound on what F was above the optimum when
 * the last step's sweep began, the Frank-Wolfe gap, which it finds on its way.
 */
double ys_fw_gap(const void *work);

/* The dense labels y that it has come to, to sparse ones: one-hot rows need not
 * be read. */
ys_code ys_fw_write(const void *work, const double *y, ys_labels *to,
                    ys_error *error);

#endif
