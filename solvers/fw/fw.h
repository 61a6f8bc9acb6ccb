/* What the exact solver asks of `fw` beyond the contract. Private to solvers/.
 */
#ifndef YS_FW_H
#define YS_FW_H

/* From the next restart on corrections come first, and sweeps pass over rows
 * that hold two classes, one of which gains most: those wait for the
 * corrections, which move them all together. It pays where y is from
 * multipliers that are nearly the optimum's, and many rows hold two classes. */
void ys_fw_correct_first(void *work);

#endif
