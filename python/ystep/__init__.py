"""ystep: exact labels for the y-step of self-labelled classification.

Given predictions sigma, M rows of K classes, find the labels y, each row on the
simplex, that minimise

    F(y) = (1/M) sum_i -ln(sigma_i . y_i)  +  lam KL(u || mean of y)

to a certified distance from the optimum, in nats:

    labels, result = ystep.solve(sigma, lam=10.0)

`solve` and `judge` are functions; `Solver` keeps memory for mini-batches;
`gradients` is F with its gradients; `share` and `comm=` are for processes that
hold a batch between them; `read` loads a run directory as pandas
frames; `ystep.torch` has the losses for PyTorch; `serve` puts a solver of one's own
in the race of `ystep run`. docs/python.md shows each. libystep is loaded when it is
first needed.
"""

from ._errors import Error, InputError, NumericsError, UnsupportedError
from ._library import version
from ._ranks import share
from ._serve import Converged, Problem, serve
from ._solver import Result, Solver, Verdict, gradients, judge, solve
from ._tables import Tables, read

__all__ = [
    "Converged", "Error", "InputError", "NumericsError", "Problem", "Result", "Solver", "Tables",
    "UnsupportedError", "Verdict", "gradients", "judge", "read", "serve", "share", "solve",
    "version",
]
__version__ = "0.1.0"
