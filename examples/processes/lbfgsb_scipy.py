"""SciPy's L-BFGS-B on the y-step, which a chart of the simplex makes a problem without
constraints: y_k = v_k^2 / |v|^2 (chart=sphere; Li, McKenzie and Yin, arXiv 2105.05273),
or y = softmax(v). Every loss and fairness. The loop is SciPy's: it goes on in run().

    ystep run -p dirichlet:M=1000,K=10 \
      -s 'exec:command=python3 examples/processes/lbfgsb_scipy.py,name=lbfgsb_scipy' -o out
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax, xlogy

import ystep


class LBFGSB:
    def __init__(self, problem, chart="sphere", memory=10):
        if chart not in ("sphere", "softmax"):
            raise ystep.InputError(f"chart is {chart!r}; expected sphere or softmax")
        self.problem, self.chart, self.memory = problem, chart, memory
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

    def labels(self, v):
        v = v.reshape(self.sigma.shape)
        if self.chart == "softmax":
            return softmax(v, axis=1)
        return v**2 / (v**2).sum(1, keepdims=True)

    def through_chart(self, v):
        """F and dF/dv."""
        y = self.labels(v)
        value, slope = self.gradient(y)
        tangent = (slope - (y * slope).sum(1, keepdims=True)) / len(y)
        if self.chart == "softmax":
            return value, (y * tangent).ravel()
        v = v.reshape(y.shape)
        return value, (2 * v * tangent / (v**2).sum(1, keepdims=True)).ravel()

    def run(self, iterate):
        y = self.problem.y
        start = np.log(np.maximum(y, 1e-300)) if self.chart == "softmax" else np.sqrt(y)
        minimize(
            self.through_chart, start.ravel(), jac=True, method="L-BFGS-B",
            callback=lambda v: iterate(self.labels(v)),
            options=dict(maxcor=self.memory, maxiter=10**9, maxfun=10**9, ftol=0, gtol=0),
        )


ystep.serve(LBFGSB)
