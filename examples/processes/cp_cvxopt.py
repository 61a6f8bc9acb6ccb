"""CVXOPT's interior points (cvxopt.solvers.cp) on the y-step of collision and strong
fairness, with the exact sparse Hessian: the column means are variables of their own,
tied to y by equations, so that it is a block a row. The loop is CVXOPT's: it goes on
in run(). Its iterates leave the simplex by a little; they are clipped and divided by
their sums.

    ystep run -p dirichlet:M=300,K=5 \
      -s 'exec:command=python3 examples/processes/cp_cvxopt.py,name=cp_cvxopt' -o out
"""

import numpy as np
from cvxopt import matrix, solvers, spmatrix

import ystep


def sparse(values, rows, columns, shape):
    indices = (matrix(np.asarray(at, dtype=np.int_).ravel()) for at in (rows, columns))
    return spmatrix(matrix(np.asarray(values, dtype=float).ravel()), *indices, shape)


class CP:
    def __init__(self, problem):
        if (problem.loss, problem.fairness) != ("collision", "strong") or problem.lam == 0:
            raise ystep.UnsupportedError("cp_cvxopt serves collision, strong fairness, lambda > 0")
        self.problem = problem
        self.sigma = problem.sigma.astype(float)
        m, n = self.m, self.n = problem.y.shape
        size, means = m * n, m * n + np.arange(n)  # where the variables of ybar are
        entry, column = np.arange(size), np.tile(np.arange(n), m)
        # sum_k y_ik = 1; (1/M) sum_i y_ik - ybar_k = 0.
        self.equations = sparse(
            np.concatenate([np.ones(size), np.full(size, 1 / m), -np.ones(n)]),
            np.concatenate([np.repeat(np.arange(m), n), m + column, m + np.arange(n)]),
            np.concatenate([entry, entry, means]), (m + n, size + n))
        self.right = matrix([1.0] * m + [0.0] * n)
        self.signs = spmatrix(-1.0, range(size), range(size), (size, size + n))
        # The Hessian's lower half, in the order of CVXOPT's columns.
        self.left, self.low = np.triu_indices(n)
        block = n * np.arange(m)[:, None]
        self.hessian = sparse(
            np.ones(m * len(self.low) + n), np.concatenate([(block + self.low).ravel(), means]),
            np.concatenate([(block + self.left).ravel(), means]), (size + n, size + n))

    def objective(self, v=None, weight=None):
        """M F (of a mean of rows, slopes are too small for CVXOPT to get on), its
        gradient and its Hessian, as cvxopt.solvers.cp asks for them."""
        p, size = self.problem, self.m * self.n
        if v is None:
            y = np.maximum(p.y, 1e-8)
            self.last = np.concatenate([y.ravel(), y.mean(0)])
            return 0, matrix(self.last)
        v = np.asarray(v).ravel()
        y, ybar = v[:size].reshape(self.m, self.n), v[size:]
        x = (self.sigma * y).sum(1, keepdims=True)
        if x.min() <= 0 or ybar.min() <= 0:
            return None
        weights = self.m * p.lam * p.prior
        value = -np.log(x).sum() + weights @ np.log(p.prior / ybar)
        s, nu = self.sigma / x, weights / ybar
        slope = matrix(np.concatenate([-s.ravel(), -nu]), (1, size + self.n))
        if weight is None:
            return value, slope
        if (v != self.last).any():  # a new iterate: Hessians are asked for at those alone
            self.last, held = v.copy(), np.maximum(y, 0)
            self.iterate(held / held.sum(1, keepdims=True))
        bends = np.concatenate([(s[:, self.low] * s[:, self.left]).ravel(), nu / ybar])
        self.hessian.V = matrix(weight[0] * bends)
        return value, slope, self.hessian

    def run(self, iterate):
        self.iterate = iterate
        size = self.m * self.n
        solvers.cp(self.objective, self.signs, matrix(0.0, (size, 1)), A=self.equations, b=self.right,
                   options=dict(show_progress=False, maxiters=100, abstol=1e-14, reltol=1e-14,
                                feastol=1e-14))


ystep.serve(CP)
