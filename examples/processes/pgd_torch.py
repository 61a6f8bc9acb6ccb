"""Projected gradient descent in PyTorch, its gradient by autograd: y <- Proj(y - eta G),
G = M dF/dy, with a fixed step or by backtracking along the projection arc (Armijo;
Bertsekas 1976). Every loss and fairness.

    ystep run -p dirichlet:M=1000,K=10 \
      -s pgd 'exec:command=python3 examples/processes/pgd_torch.py,name=pgd_torch' -o out
"""

import torch

import ystep


def project(v):
    """Rows onto the simplex (Held, Wolfe and Crowder 1974)."""
    w = v.sort(1, descending=True).values
    tau = (w.cumsum(1) - 1) / torch.arange(1, v.shape[1] + 1)
    held = (w > tau).sum(1, keepdim=True)
    y = (v - tau.gather(1, held - 1)).clamp_min(0)
    return y / y.sum(1, keepdim=True)


class PGD:
    def __init__(self, problem, step="armijo"):
        torch.set_num_threads(problem.threads)
        self.problem = problem
        self.sigma = torch.from_numpy(problem.sigma).double()
        self.y = torch.from_numpy(problem.y)  # where the harness reads it
        self.u = torch.from_numpy(problem.prior)
        self.fixed = step != "armijo"
        self.eta = float(step) if self.fixed else 1.0

    def objective(self, y):
        problem, ybar, u = self.problem, y.mean(0), self.u
        if problem.loss == "collision":
            losses = -(self.sigma * y).sum(1).log()
        elif problem.loss == "shannon":
            losses = -torch.xlogy(y, self.sigma).sum(1)
        else:
            losses = -torch.xlogy(self.sigma, y).sum(1)
        strong = problem.fairness == "strong"
        unfair = u * (u / ybar).log() if strong else torch.xlogy(ybar, ybar / u)
        return losses.mean() + problem.lam * unfair.sum()

    def step(self):
        y = self.y.clone().requires_grad_()
        value = self.objective(y)
        (slope,) = torch.autograd.grad(value, y)
        if not self.fixed:
            self.eta *= 2
        while True:
            found = project(y.detach() - self.eta * len(y) * slope)
            fall = (slope * (y.detach() - found)).sum()
            if self.fixed or self.objective(found) <= value - 1e-4 * fall:
                self.y[:] = found
                return
            self.eta /= 2
            if self.eta < 1e-20:  # no step gains any more than rounding takes
                raise ystep.Converged


ystep.serve(PGD)
