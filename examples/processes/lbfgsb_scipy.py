"""SciPy's L-BFGS-B on the y-step: y_i = softmax(v_i), v within +-700, which makes it a
problem without constraints. Every loss and fairness. The loop is SciPy's: it goes on
in run().

    ystep run -p dirichlet:M=1000,K=10 \
      -s 'exec:command=python3 examples/processes/lbfgsb_scipy.py,name=lbfgsb_scipy' -o out
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax, xlogy

import ystep


class LBFGSB:
    def __init__(self, problem, memory=10):
        self.problem, self.memory = problem, memory
        self.sigma = problem.sigma.astype(float)

    def gradient(self, y):
        """F and M dF/dy: docs/method.md, section 1."""
        p, sigma, ybar, u = self.problem, self.sigma, y.mean(0), self.problem.prior
        if p.loss == "collision":
            x = (sigma * y).sum(1, keepdims=True)
            loss, slope = -np.log(x), -sigma / x
        elif p.loss == "shannon":
            loss, slope = -xlogy(y, sigma).sum(1), -np.log(sigma)
        else:
            loss, slope = -xlogy(sigma, y).sum(1), -sigma / y
        if p.fairness == "strong":
            fairness, nu = u @ np.log(u / ybar), p.lam * u / ybar
        else:
            fairness, nu = xlogy(ybar, ybar / u).sum(), -p.lam * (np.log(ybar / u) + 1)
        return loss.mean() + p.lam * fairness, slope - nu

    def of_logits(self, v):
        y = softmax(v.reshape(self.problem.y.shape), axis=1)
        value, slope = self.gradient(y)
        along = y * (slope - (y * slope).sum(1, keepdims=True)) / len(y)
        return value, along.ravel()

    def run(self, iterate):
        shape, most = self.problem.y.shape, 700.0  # exp(-700) is a double still
        start = np.log(np.maximum(self.problem.y, 1e-300))
        minimize(
            self.of_logits, start.ravel(), jac=True, method="L-BFGS-B",
            bounds=[(-most, most)] * start.size,
            callback=lambda v: iterate(softmax(v.reshape(shape), axis=1)),
            options=dict(maxcor=self.memory, maxiter=10**9, maxfun=10**9, ftol=0, gtol=0),
        )


ystep.serve(LBFGSB)
