"""Solving, judging, and the objective with its gradients."""

from __future__ import annotations

import math
import threading
from ctypes import byref, memmove
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

import numpy as np

from . import _arrays
from ._errors import InputError
from ._library import Sparse, check, library
from ._ranks import Ranks, agreed

_NUMBERS = ("lam", "tolerance", "threads", "time_limit", "max_iterations", "mix", "logits")
_TEXTS = ("loss", "fairness", "solver")


class Verdict(NamedTuple):
    """What any labels are worth. In nats but for the last two."""

    objective: float  #: F at the labels, rows divided by their sums
    lower_bound: float  #: a true bound on the optimum
    gap: float  #: at least objective - optimum
    row_sum_error: float  #: max_i |sum_k y_ik - 1|
    least_entry: float  #: min_ik y_ik


class Result(NamedTuple):
    """How a solve ended."""

    objective: float  #: F at the labels, in nats
    lower_bound: float  #: a true bound on the optimum
    gap: float  #: at least objective - optimum
    nu: np.ndarray  #: K multipliers of the class means, in nats
    iterations: int  #: of the solver
    seconds: float  #: of the call into libystep
    status: str  #: converged, max_iter, time_limit or stalled
    message: str  #: more of that, or empty


class _Call(NamedTuple):
    """A call of libystep that is yet to be made."""

    function: str
    given: Any  #: its sigma, and
    labels: Any  #: its labels, as ystep.h has them
    kept: Any  #: what those point into
    numbers: np.ndarray  #: sigma
    answer: Callable[[], Any]  #: to be asked for afterwards

    @property
    def classes(self) -> int:
        return self.numbers.shape[1]


class Solver:
    """Settings, and memory that one y-step leaves to the next: for mini-batches.

    One thread may use it at a time; others wait. Numbers may be set later, too:
    ``solver.set(lam=1.0)``.

    Args:
        lam: weight of fairness, >= 0.
        prior: K class shares that add up to 1; None: uniform.
        loss: "collision", "shannon" or "reverse".
        fairness: "strong", KL(u || mean of y), or "weak", the other way round.
        tolerance: the certified gap to stop at, in nats.
        solver: "exact", or any other of ``ystep list solvers`` with its options.
        threads: of OpenMP; None: as many as it starts. The same bits whatever
            it is.
        max_iterations: of the solver; None: no limit.
        time_limit: seconds of a call; None: no limit.
        logits: whether sigma is given as logits, to be put through softmax.
        mix: share of 1/K mixed into the start point.
    """

    def __init__(
        self,
        lam: float = 10.0,
        *,
        prior: Any = None,
        loss: str = "collision",
        fairness: str = "strong",
        tolerance: float = 1e-6,
        solver: str = "exact",
        threads: Optional[int] = None,
        max_iterations: Optional[int] = None,
        time_limit: Optional[float] = None,
        logits: bool = False,
        mix: float = 0.0,
    ) -> None:
        self._lock = threading.Lock()
        self._given: Dict[str, Any] = {}
        self._open()
        self.set(
            lam=lam, prior=prior, loss=loss, fairness=fairness, tolerance=tolerance,
            solver=solver, threads=threads, max_iterations=max_iterations,
            time_limit=time_limit, logits=logits, mix=mix,
        )

    def _open(self) -> None:
        self._handle = library.ys_open()
        if not self._handle:
            raise MemoryError("ystep: no memory for a handle")
        self._start = "uniform"
        self._quick = True
        self._settings: Dict[str, Any] = {}  # those that are known to be so

    def set(self, **settings: Any) -> None:
        """Change settings, by the names that the constructor has."""
        for name, value in settings.items():
            if name in self._settings and self._settings[name] is value:
                continue
            self._settings.pop(name, None)
            self._set(name, value)
            self._given[name] = value
            if value is None or isinstance(value, (str, int, float)):
                self._settings[name] = value

    def _set(self, name: str, value: Any) -> None:
        if name == "prior":
            self._set_prior(value)
        elif name in _TEXTS:
            self._set_text(name, value)
        elif name in _NUMBERS:
            self._set_number(name, value)
        else:
            known = ", ".join(_NUMBERS + _TEXTS)
            raise InputError(f"no setting {name!r}; there are {known}, prior")

    def _set_number(self, name: str, value: Any) -> None:
        defaults = {"threads": 0, "max_iterations": 1e15, "time_limit": np.inf}
        if value is None and name in defaults:
            value = defaults[name]
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise InputError(f"{name} is {value!r}; expected a number") from None
        of_library = b"lambda" if name == "lam" else name.encode()
        check(self._handle, library.ys_set(self._handle, of_library, number))

    def _set_text(self, name: str, value: Any) -> None:
        if not isinstance(value, str):
            raise InputError(f"{name} is {value!r}; expected a text")
        check(self._handle, library.ys_set_text(self._handle, name.encode(), value.encode()))
        if name == "solver":
            self._quick = value == "exact"

    def _set_prior(self, prior: Any) -> None:
        if prior is None:
            check(self._handle, library.ys_set_prior(self._handle, None, 0))
            return
        if _arrays.is_tensor(prior):
            prior = prior.detach().cpu().numpy()
        shares = np.ascontiguousarray(prior, dtype=np.float64)
        if shares.ndim != 1:
            raise InputError(f"prior has shape {shares.shape}; expected (K,)")
        check(self._handle, library.ys_set_prior(self._handle, _arrays.address(shares), shares.size))

    def solve(
        self,
        sigma: Any,
        *,
        start: Any = "uniform",
        out: Any = None,
        sparse: bool = False,
        comm: Any = None,
    ) -> Tuple[Any, Result]:
        """Labels of minimal F, and how that went.

        Args:
            sigma: (M, K) of float32 or float64, a NumPy array or a tensor of the
                CPU, read where it lies; rows add up to 1 to within 1e-4 (logits:
                any numbers).
            start: "uniform", "sigma", or labels to begin with: of the same
                shape, dense or scipy.sparse.
            out: an array or tensor of that shape that the labels are written to.
            sparse: answer a scipy.sparse.csr_matrix.
            comm: a communicator of mpi4py, whose processes hold the batch
                between them and all make this call: each with the rows that
                `ystep.share` says, of sigma, start, out and the labels.

        Returns:
            The labels, (M, K), float64 unless `out` is not, of the kind that
            sigma is; and a Result.

        Ctrl-C ends a long solve, but for one with `comm`; other Python threads
        run on meanwhile.
        """
        ranks = None if comm is None else Ranks(comm)
        with self._lock:
            call = agreed(ranks, lambda: self._prepare(sigma, start, out, sparse))
            self._do(call, ranks)
            return call.answer(), self._result(call.classes)

    def _set_start(self, start: Any) -> bool:
        """Whether it is labels."""
        word = start if isinstance(start, str) else "given"
        if isinstance(start, str) and start == "given":
            raise InputError("start is 'given'; expected 'uniform', 'sigma' or the labels")
        if word != self._start:
            check(self._handle, library.ys_set_text(self._handle, b"start", word.encode()))
            self._start = word
        return word == "given"

    def _prepare(self, sigma: Any, start: Any, out: Any, sparse: bool) -> _Call:
        numbers = _arrays.as_numpy(sigma, "sigma")
        given = _arrays.view(numbers, "sigma")
        if not sparse:
            return self._prepare_dense(sigma, numbers, given, start, out)
        if out is not None:
            raise InputError("out and sparse=True exclude each other")
        return self._prepare_sparse(numbers, given, start)

    def _prepare_dense(
        self, sigma: Any, numbers: np.ndarray, given: Any, start: Any, out: Any
    ) -> _Call:
        if out is None:
            target = np.empty(numbers.shape)
            answer = _arrays.answer_for(sigma)(target)
        else:
            target, answer = _arrays.as_numpy(out, "out", numbers.shape), out
            if not target.flags.writeable:
                raise InputError("out is read-only")
        labels = _arrays.view(target, "out")
        if self._set_start(start) and start is not out:
            if _arrays.is_sparse(start):
                start = start.toarray()
            target[:] = _arrays.as_numpy(start, "start", numbers.shape)
        return _Call("ys_solve", given, labels, (numbers, target), numbers, lambda: answer)

    def _prepare_sparse(self, numbers: np.ndarray, given: Any, start: Any) -> _Call:
        labels, kept = Sparse(), ()
        if self._set_start(start):
            if not _arrays.is_sparse(start):
                from scipy.sparse import csr_matrix

                start = csr_matrix(_arrays.as_numpy(start, "start", numbers.shape))
            labels, kept = _arrays.sparse_view(start, numbers.shape)
        return _Call(
            "ys_solve_sparse", given, labels, kept, numbers, lambda: _arrays.sparse_matrix(labels)
        )

    def _do(self, call: _Call, ranks: Optional[Ranks]) -> None:
        """Python hears of Ctrl-C between its own instructions alone: a solve
        that may take long goes to a thread, and this one waits for it. (Not to
        one that MPI may not be called from.)"""
        quick = 1 << 16
        handle, function = self._handle, getattr(library, call.function)
        if ranks is not None:
            check(handle, ranks.call(call.function, handle, call.given, call.labels))
            return
        if self._quick and call.numbers.size <= quick or not _is_main_thread():
            check(handle, function(handle, byref(call.given), byref(call.labels)))
            return
        try:
            code = _interruptible(
                lambda: function(handle, byref(call.given), byref(call.labels)),
                lambda: library.ys_interrupt(handle),
            )
        except BaseException:
            self._renew()
            raise
        check(handle, code)

    def _renew(self) -> None:
        """An interrupt that came too late would be the next call's."""
        self.close()
        self._open()
        self.set(**self._given)

    def judge(self, sigma: Any, labels: Any, *, comm: Any = None) -> Verdict:
        """What labels (M, K), from wherever they come, are worth: dense, or
        scipy.sparse. `comm`: as `solve` has it."""
        ranks = None if comm is None else Ranks(comm)
        with self._lock:
            call = agreed(ranks, lambda: _prepare_judge(sigma, labels))
            if ranks is None:
                function = getattr(library, call.function)
                code = function(self._handle, byref(call.given), byref(call.labels))
            else:
                code = ranks.call(call.function, self._handle, call.given, call.labels)
            check(self._handle, code)
            names = (name.encode() for name in Verdict._fields)
            return Verdict(*(library.ys_get(self._handle, name) for name in names))

    def gradients(self, sigma: Any, labels: Any) -> Tuple[float, Any, Any]:
        """F at labels (M, K), in nats, dF/dy and dF/dlogits, both (M, K), of the
        kind that sigma is. Not finite out of F's domain."""
        numbers = _arrays.as_numpy(sigma, "sigma")
        array = _arrays.as_numpy(labels, "labels", numbers.shape)
        by_y, by_logits = np.empty(numbers.shape), np.empty(numbers.shape)
        given, view = _arrays.view(numbers, "sigma"), _arrays.view(array, "labels")
        to = _arrays.view(by_y, "by_y"), _arrays.view(by_logits, "by_logits")
        answer = _arrays.answer_for(sigma)
        with self._lock:
            check(
                self._handle,
                library.ys_evaluate(
                    self._handle, byref(given), byref(view), byref(to[0]), byref(to[1])
                ),
            )
            value = library.ys_get(self._handle, b"objective")
        return value, answer(by_y), answer(by_logits)

    def _result(self, classes: int) -> Result:
        get, handle = library.ys_get, self._handle
        nu = np.empty(classes)
        memmove(_arrays.address(nu), library.ys_get_multipliers(handle), nu.nbytes)
        return Result(
            get(handle, b"objective"), get(handle, b"lower_bound"), get(handle, b"gap"), nu,
            int(get(handle, b"iterations")), get(handle, b"seconds"),
            library.ys_get_text(handle, b"status").decode(),
            library.ys_get_text(handle, b"message").decode(),
        )

    def close(self) -> None:
        """Give the memory back; the solver is not to be used after that."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            library.ys_close(handle)

    def __enter__(self) -> "Solver":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def _prepare_judge(sigma: Any, labels: Any) -> _Call:
    numbers = _arrays.as_numpy(sigma, "sigma")
    given = _arrays.view(numbers, "sigma")
    if _arrays.is_sparse(labels):
        view, kept = _arrays.sparse_view(labels, numbers.shape)
        return _Call("ys_judge_sparse", given, view, kept, numbers, lambda: None)
    array = _arrays.as_numpy(labels, "labels", numbers.shape)
    return _Call(
        "ys_judge", given, _arrays.view(array, "labels"), array, numbers, lambda: None
    )


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _interruptible(call: Callable[[], int], interrupt: Callable[[], None]) -> int:
    """What call() returns, from a thread of its own. An exception here, as Ctrl-C
    raises, interrupts it and goes on when it has ended: the arrays are the
    call's until then. (Not Thread.join, which takes a thread for ended when it
    is interrupted: bpo-46726.)"""
    owner: Dict[str, str] = {}  # whoever comes first: setdefault is atomic
    answer = []
    done = threading.Event()

    def work() -> None:
        if owner.setdefault("is", "call") == "call":
            answer.append(call())
            done.set()

    try:
        threading.Thread(target=work, daemon=True).start()
        done.wait()
    except BaseException:
        while owner.setdefault("is", "nobody") == "call" and not done.is_set():
            try:
                interrupt()
                done.wait()
            except BaseException:  # the first one is on its way
                pass
        raise
    return answer[0]


_DEFAULTS: Dict[str, Any] = dict(
    prior=None, loss="collision", fairness="strong", tolerance=1e-6, solver="exact", threads=None,
    max_iterations=None, time_limit=None, logits=False, mix=0.0,
)
_local = threading.local()


def _solver_for(sigma: Any, lam: float, settings: Dict[str, Any]) -> Solver:
    """This thread's, whose memory the next call uses again; of large batches one
    of their own, whose memory is not kept."""
    much = 1 << 20
    if math.prod(getattr(sigma, "shape", (0,))) > much:
        return Solver(lam, **settings)
    solver = getattr(_local, "solver", None)
    if solver is None:
        solver = _local.solver = Solver()
    solver.set(lam=lam, **{**_DEFAULTS, **settings})
    return solver


def solve(
    sigma: Any,
    lam: float = 10.0,
    *,
    start: Any = "uniform",
    out: Any = None,
    sparse: bool = False,
    comm: Any = None,
    **settings: Any,
) -> Tuple[Any, Result]:
    """Labels (M, K) of minimal F for predictions sigma (M, K), and a Result.

    ``start``, ``out``, ``sparse`` and ``comm`` are those of :meth:`Solver.solve`,
    other settings those of :class:`Solver`.

    >>> labels, result = ystep.solve(sigma, lam=10.0)  # doctest: +SKIP
    """
    ranks = None if comm is None else Ranks(comm)
    solver = agreed(ranks, lambda: _solver_for(sigma, lam, settings))
    return solver.solve(sigma, start=start, out=out, sparse=sparse, comm=comm)


def judge(
    sigma: Any, labels: Any, lam: float = 10.0, *, comm: Any = None, **settings: Any
) -> Verdict:
    """What any labels (M, K) are worth for predictions sigma: objective, lower
    bound and gap, from the numbers alone. ``comm`` is that of
    :meth:`Solver.judge`, settings those of Solver."""
    ranks = None if comm is None else Ranks(comm)
    solver = agreed(ranks, lambda: _solver_for(sigma, lam, settings))
    return solver.judge(sigma, labels, comm=comm)


def gradients(
    sigma: Any, labels: Any, lam: float = 10.0, **settings: Any
) -> Tuple[float, Any, Any]:
    """F at labels, dF/dy and dF/dlogits, as :meth:`Solver.gradients`."""
    return _solver_for(sigma, lam, settings).gradients(sigma, labels)
