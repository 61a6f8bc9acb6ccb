/* ystep: solvers for the y-step of self-labelled classification with collision
 * cross-entropy. The public header of libystep: include this one.
 *
 *   ys_batch batch;            read or generate one        (problems/problem.h)
 *   ys_objective objective;    loss, fairness, lambda (problems/objective.h)
 *   ys_solver_parse("em", ...) pick a method               (solvers/solver.h)
 *   ys_labels y;               dense or sparse by rows      (problems/labels.h)
 *   supports; init             whether it serves; its work on y
 *   while (...) step; free     run it: you own the loop
 *   ys_certify(...)              objective and gap     (problems/certificate.h)
 */
#ifndef YSTEP_H
#define YSTEP_H

#include "../problems/certificate.h"
#include "../problems/problem.h"
#include "solver.h"

#endif
