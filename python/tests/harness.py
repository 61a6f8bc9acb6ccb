"""The harness's side of docs/exec-protocol.md, as much as tests need: it starts a
solver, hands it a problem and says one line after the other. And a PATH for what
documentation says of python3."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

import numpy as np


# Of Open MPI's mpirun, whoever runs it on however few cores.
MPIRUN = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_btl_base_warn_component_unused": "0",
}


def has_mpi():
    """Whether there are mpi4py, mpirun and libystep_mpi."""
    from ystep._library import library

    try:
        import mpi4py  # noqa: F401
    except ImportError:
        return False
    folder = os.path.dirname(os.path.realpath(library.path))
    return bool(shutil.which("mpirun")) and os.path.exists(os.path.join(folder, "libystep_mpi.so"))


def path_with_python3(folder):
    """A PATH on which python3, in the folder, is this one."""
    python3 = os.path.join(folder, "python3")
    with open(python3, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    os.chmod(python3, 0o755)
    return folder + os.pathsep + os.environ["PATH"]


class Harness:
    """A solver under way: `ask` a line, look at `y`. `source` is a script, or the
    path of one; PYTHONPATH has the package."""

    def __init__(self, source, sigma, *, lam=1.0, loss="collision", fairness="strong",
                 prior=None, start=None, hello=None, environment=None, **options):
        rows, classes = sigma.shape
        self._folder = tempfile.TemporaryDirectory()
        self._log = tempfile.TemporaryFile("w+")
        path = self._path
        np.save(path("prior.npy"), np.full(classes, 1 / classes) if prior is None else prior)
        self.sigma = np.memmap(path("sigma"), sigma.dtype, "w+", 192, sigma.shape)
        self.sigma[:] = sigma
        self.y = np.memmap(path("y"), float, "w+", 64, sigma.shape)
        self.y[:] = 1 / classes if start is None else start
        told = {
            "ystep": 1, "rows": rows, "classes": classes, "sigma": path("sigma"),
            "sigma_offset": 192, "sigma_type": str(sigma.dtype), "prior": path("prior.npy"),
            "y": path("y"), "y_offset": 64, "lambda": lam, "loss": loss,
            "fairness": fairness, "seed": 1, "threads": 1, "tol": 1e-6,
            "options": {name: str(value) for name, value in options.items()},
        }
        if "\n" in source:
            with open(path("solver.py"), "w") as file:
                file.write(source)
            source = path("solver.py")
        command = ["perl"] if source.endswith(".pl") else [sys.executable]
        self._child = subprocess.Popen(
            command + [source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            text=True, env={**os.environ, **(environment or {})})
        self._guard = threading.Timer(60, self._child.kill)  # no test waits for ever
        self._guard.start()
        self.greeting = self.ask(hello or json.dumps(told))

    def _path(self, name):
        return os.path.join(self._folder.name, name)

    def say(self, line):
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def ask(self, line):
        """Its answer, "" if it has ended."""
        self.say(line)
        return self._child.stdout.readline().rstrip("\n")

    def steps(self, count):
        """As many steps: the word of the last answer."""
        for _ in range(count):
            answer = self.ask("step")
        return answer.split(" ")[0]

    def end(self):
        """Close its input: its exit status, and what it left on stdout."""
        left, _ = self._child.communicate(timeout=30)
        return self._child.returncode, left

    @property
    def log(self):
        """Its stderr so far."""
        self._log.seek(0)
        return self._log.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._guard.cancel()
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        for file in (self._child.stdin, self._child.stdout, self._log):
            try:
                file.close()
            except BrokenPipeError:
                pass
        self._folder.cleanup()
