"""CVXOPT's interior points (cvxopt.solvers.cp) on the y-step of collision and strong
fairness, with the exact sparse Hessian: the column means are variables of their own,
tied to y by equations, so that it is a block a row. The loop is CVXOPT's: it goes on
in run(). Its iterates leave the simplex by a little; they are clipped and divided by
their sums.

    ystep run -p dirichlet:M=300,K=5 \
      -s 'exec:command=python3 examples/processes/cp_cvxopt.py,name=cp_cvxopt' -o out
"""

import numpy as np
from cvxopt import matrix, solvers, spdiag, spmatrix

import ystep


def sparse(values, rows, columns, shape):
    return spmatrix(matrix(np.asarray(values, float).ravel()), rows.ravel().tolist(),
                    columns.ravel().tolist(), shape)


class CP:
    def __init__(self, problem):
        if (problem.loss, problem.fairness) != ("collision", "strong") or problem.lam == 0:
            raise ystep.UnsupportedError("cp_cvxopt serves collision, strong fairness, lambda > 0")
        self.problem = problem
        self.sigma = problem.sigma.astype(float)
        m, n = self.m, self.n = problem.y.shape
        low, high = np.tril_indices(n)
        block = n * np.arange(m)[:, None]
        self.pairs = low, high, block + low, block + high
        entry, row = np.arange(m * n), np.repeat(np.arange(m), n)
        column = np.tile(np.arange(n), m)
        # sum_k y_ik = 1; (1/M) sum_i y_ik - ybar_k = 0.
        self.equations = sparse(
            np.concatenate([np.ones(m * n), np.full(m * n, 1 / m), -np.ones(n)]),
            np.concatenate([row, m + column, m + np.arange(n)]),
            np.concatenate([entry, entry, m * n + np.arange(n)]), (m + n, m * n + n))
        self.right = matrix([1.0] * m + [0.0] * n)
        self.signs = spmatrix(-1.0, range(m * n), range(m * n), (m * n, m * n + n))

    def split(self, v):
        """y and its column means."""
        v = np.asarray(v).ravel()
        return v[:self.m * self.n].reshape(self.m, self.n), v[self.m * self.n:]

    def objective(self, v=None, weight=None):
        """F, its gradient and its Hessian, as cvxopt.solvers.cp asks for them."""
        p, size = self.problem, self.m * self.n + self.n
        if v is None:
            y = np.maximum(p.y, 1e-8)
            return 0, matrix(np.concatenate([y.ravel(), y.mean(0)]))
        y, ybar = self.split(v)
        x = (self.sigma * y).sum(1, keepdims=True)
        if x.min() <= 0 or ybar.min() <= 0:
            return None
        value = -np.log(x).mean() + p.lam * (p.prior @ np.log(p.prior / ybar))
        s, nu = self.sigma / x, p.lam * p.prior / ybar
        slope = matrix(np.concatenate([-s.ravel() / self.m, -nu]), (1, size))
        if weight is None:
            return value, slope
        if self.begun:
            held = np.maximum(y, 0)
            self.iterate(held / held.sum(1, keepdims=True))
        self.begun = True
        low, high, rows, columns = self.pairs
        rows_part = sparse(s[:, low] * s[:, high] / self.m, rows, columns, (self.m * self.n,) * 2)
        return value, slope, weight[0] * spdiag([rows_part, spdiag(matrix(nu / ybar))])

    def run(self, iterate):
        self.iterate, self.begun = iterate, False  # it asks for a Hessian once an iteration
        size = self.m * self.n
        solvers.cp(self.objective, self.signs, matrix(0.0, (size, 1)), A=self.equations, b=self.right,
                   options=dict(show_progress=False, maxiters=100, abstol=1e-14, reltol=1e-14,
                                feastol=1e-14))


ystep.serve(CP)
