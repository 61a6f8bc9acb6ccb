#ifndef YS_FW_CORRECTIONS_H
#define YS_FW_CORRECTIONS_H

#include "solvers/fw/fw_rows.h"

/* Correct the rows of y that hold several classes together, in steps while they
 * pay. F never rises. Returns whether y has changed. */
bool ys_fw_correct(ys_fw_state *w, double *y);

#endif
