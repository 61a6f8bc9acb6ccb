"""A solver in Python in the race of ``ystep run``: the solver's side of
docs/exec-protocol.md. It needs NumPy alone; libystep is not loaded."""

from __future__ import annotations

import inspect
import json
import os
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np

from . import _arrays
from ._errors import Error, InputError

_VERSION = 1


class Converged(Exception):
    """For a solver's step to raise: y is final, there is nothing more to do."""


@dataclass(frozen=True)
class Problem:
    """What a solver is to minimise, F(y) = mean of loss + lam fairness, over the
    M x K labels y whose rows are on the simplex, and how."""

    sigma: np.ndarray  #: (M, K), float64 or float32; changes to it are seen by nobody else
    y: np.ndarray  #: (M, K), float64: the start point; iterates are read here
    prior: np.ndarray  #: (K,), class shares u that add up to 1
    lam: float  #: lambda, the weight of fairness
    loss: str  #: collision, shannon or reverse
    fairness: str  #: strong, KL(u || mean of y), or weak, the other way round
    seed: int  #: for whatever is random
    threads: int  #: at most so many are to work
    tolerance: float  #: the gap, in nats, at which the harness will stop
    options: Dict[str, str]  #: as they were given

    @property
    def rows(self) -> int:
        """M."""
        return self.y.shape[0]

    @property
    def classes(self) -> int:
        """K."""
        return self.y.shape[1]


def serve(solver: Callable[..., Any]) -> None:
    """Take part in ``ystep run -s 'exec:command=python3 FILE.py'``: the last line of
    FILE.py. Returns when the harness has had enough.

    Args:
        solver: a class. It is made from a :class:`Problem`, and from keywords, which
            are its options: ``def __init__(self, problem, rate=1.0)`` reads
            ``rate=0.5`` of the command line as a float, since 1.0 is one, and any
            other option is refused. It has

            * ``step()``, one iteration: it writes the next iterate to ``problem.y``,
              or returns it (an array or a PyTorch tensor); raising
              :class:`Converged` ends the run;
            * or, where a library owns the loop, ``run(iterate)``, which calls
              ``iterate(y)`` after each iteration (``iterate()`` if ``problem.y``
              holds it) and is held there until the next is wanted; returning ends
              the run.

    An exception is a failed row with that reason, its traceback with ``ystep run
    -v``; ``UnsupportedError`` and ``NotImplementedError`` say what the solver does
    not serve. Whatever is printed goes to stderr, from here on.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        sys.exit(f"{sys.argv[0]} is a solver: ystep run -s 'exec:command=python3 {sys.argv[0]}' ...")
    pipe = _Pipe()
    try:
        step, y = _begin(solver, pipe.hear())
        pipe.say(f"ready {_VERSION}")
        while True:
            request = pipe.hear()
            if request == "step":
                pipe.say(_take_step(step, y))
            elif request == "ping":
                pipe.say("pong")
            elif request == "quit":
                return
            else:
                raise InputError(f"{request[:80]!r} is none of ping, step and quit")
    except (EOFError, BrokenPipeError):
        pass  # the harness is gone
    except Exception as error:
        pipe.say(f"error {_in_a_line(error)}")
        sys.exit(1)


class _Pipe:
    """The lines to and from the harness. Standard output becomes stderr and
    standard input is empty: nothing that a solver prints or reads, in C too, comes
    between."""

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def hear(self) -> str:
        line = self._in.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line[:-1].decode()

    def say(self, line: str) -> None:
        try:
            self._out.write(line.encode() + b"\n")
        except BrokenPipeError:
            sys.exit(1)


def _in_a_line(error: Exception) -> str:
    """The reason, as a table holds it; what is no plain refusal with its kind."""
    text = " ".join(str(error).split())[:500]
    if isinstance(error, (Error, NotImplementedError)) and text:
        return text
    traceback.print_exc()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _read_problem(hello: str) -> Problem:
    try:
        told = json.loads(hello)
        version = told["ystep"]
    except (ValueError, TypeError, KeyError):
        raise InputError(f"the harness begins with {hello[:80]!r}; expected JSON") from None
    if version != _VERSION:
        raise InputError(f"ystep.serve speaks version {_VERSION} of the protocol, not {version}")
    shape = told["rows"], told["classes"]

    def mapped(name: str, kind: str, mode: str) -> np.ndarray:
        return np.asarray(np.memmap(told[name], kind, mode, told[f"{name}_offset"], shape))

    return Problem(
        sigma=mapped("sigma", told["sigma_type"], "c"),
        y=mapped("y", "float64", "r+"),
        prior=np.load(told["prior"]).astype(np.float64),
        lam=float(told["lambda"]), loss=told["loss"], fairness=told["fairness"],
        seed=told["seed"], threads=told["threads"], tolerance=float(told["tol"]),
        options=dict(told["options"]),
    )


def _read_option(name: str, text: str, default: Any) -> Any:
    """As the default is; a text where there is none."""
    try:
        if isinstance(default, bool):
            return {"0": False, "1": True}[text]
        if isinstance(default, (int, float)):
            return type(default)(text)
    except (ValueError, KeyError):
        expected = "0 or 1" if isinstance(default, bool) else f"a number, as {default}"
        raise InputError(f"{name} is {text!r}; expected {expected}") from None
    return text


def _keywords(solver: Callable[..., Any], options: Dict[str, str]) -> Dict[str, Any]:
    """A solver's options are what its constructor takes beside the problem."""
    parameters = list(inspect.signature(solver).parameters.values())[1:]
    defaults = {p.name: p.default for p in parameters if p.kind is not p.VAR_KEYWORD}
    if len(defaults) == len(parameters):
        for name in options:
            if name not in defaults:
                known = ", ".join(defaults)
                raise InputError(f"no option {name!r}; there {f'are {known}' if known else 'is none'}")
    return {name: _read_option(name, text, defaults.get(name)) for name, text in options.items()}


def _begin(solver: Callable[..., Any], hello: str) -> Tuple[Callable[[], Any], np.ndarray]:
    problem = _read_problem(hello)
    made = solver(problem, **_keywords(solver, problem.options))
    step = getattr(made, "step", None) or _Loop(made.run).step
    return step, problem.y


def _take_step(step: Callable[[], Any], y: np.ndarray) -> str:
    """What there is to answer, with the seconds that it took."""
    begun = time.perf_counter()
    word = "done"
    try:
        found = step()
        if found is not None and found is not y:
            y[:] = _arrays.as_numpy(found, "the iterate", y.shape)
    except Converged:
        word = "converged"
    return f"{word} {time.perf_counter() - begun:.9f}"


class _Loop:
    """The steps of a solver that cannot leave its own loop: that goes on in a
    thread of its own, which is held in iterate() from step to step."""

    def __init__(self, run: Callable[[Callable[..., None]], None]) -> None:
        self._run = run
        self._wanted, self._there = threading.Semaphore(0), threading.Semaphore(0)
        self._found: Any = None
        self._error: Optional[BaseException] = None
        threading.Thread(target=self._work, daemon=True).start()

    def _iterate(self, y: Any = None) -> None:
        self._found = y
        self._there.release()
        self._wanted.acquire()

    def _work(self) -> None:
        self._wanted.acquire()
        try:
            self._run(self._iterate)
            self._error = Converged()
        except BaseException as error:
            self._error = error
        self._there.release()

    def step(self) -> Any:
        self._wanted.release()
        self._there.acquire()
        if self._error is not None:
            raise self._error
        return self._found
