"""The paper's EM in PyTorch: docs/method.md, section 3, and the M step's root as in
solvers/em/em_rows.c. Its iterates are those of `-s em`.

    ystep run -p dirichlet:M=1000,K=10 \
      -s em 'exec:command=python3 examples/processes/em_torch.py,name=em_torch' -o out
"""

import torch

import ystep


class EM:
    def __init__(self, problem):
        if (problem.loss, problem.fairness) != ("collision", "strong") or problem.lam == 0:
            raise ystep.UnsupportedError("em_torch serves collision, strong fairness, lambda > 0")
        torch.set_num_threads(problem.threads)
        self.sigma = torch.from_numpy(problem.sigma).double()
        self.y = torch.from_numpy(problem.y)  # where the harness reads it
        self.weights = problem.lam * torch.from_numpy(problem.prior)
        self.z = None

    def step(self):
        # E step: a_k = nu_k y_k, nu_k = lambda u_k / ybar_k. What is positive stays so.
        a = (self.weights / self.y.mean(0) * self.y).clamp_min(1e-290) * (self.y > 0)
        sigma = self.sigma * (a > 0)
        # M step: y_k = a_k top / (sigma_k z + b (top - sigma_k)), rows adding up to 1.
        top, at = sigma.max(1, keepdim=True)
        total, least = a.sum(1, keepdim=True), a.gather(1, at)
        b = 1 + total
        if self.z is None:  # by Jensen's inequality not right of the root
            self.z = b * (1 - 1e-12) - top * total / (a * sigma).sum(1, keepdim=True)
        z = torch.maximum(self.z, least)
        for _ in range(100):  # Newton's method on 1 / sum_k y_k = 1
            inverse = top / (sigma * z + b * (top - sigma))
            parts = a * inverse
            s = parts.sum(1, keepdim=True)
            share = s * (s - 1) / (parts * (sigma * z / top * inverse)).sum(1, keepdim=True)
            z = torch.maximum(z + z * share, least)
            if ((share.abs() < 1e-8) | ((s - 1).abs() <= 1e-14)).all():
                break
        self.z = z
        y = a * top / (sigma * z + b * (top - sigma))
        self.y[:] = y / y.sum(1, keepdim=True)


ystep.serve(EM)
