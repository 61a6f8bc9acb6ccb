"""ystep over processes that hold a batch between them, by mpi4py, under mpirun:
the bits of one process, and one exception on all for what is wrong on one."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import ystep
from ystep._library import library

from harness import MPIRUN, has_mpi

try:
    import mpi4py
except ImportError:
    mpi4py = None
try:
    import scipy.sparse
except ImportError:
    scipy = None


HEAD = """
import sys
import numpy as np
from mpi4py import MPI
import ystep
comm = MPI.COMM_WORLD
random = np.random.default_rng(1)
sigma = np.exp(2 * random.standard_normal((4003, 9)))
sigma /= sigma.sum(axis=1, keepdims=True)
own = sigma[ystep.share(*sigma.shape, comm)]
settings = dict(lam=3.0, solver="em", threads=1)

def say(text):
    for line in comm.gather(text) or ():
        print(line)

def show(labels, result):
    whole = comm.gather(labels.toarray() if hasattr(labels, "toarray") else labels)
    if comm.rank == 0:
        np.save(sys.argv[1], np.concatenate(whole))
    say(f"{result.objective.hex()} {result.gap.hex()} {result.nu.tobytes().hex()}")
"""


def run(count, script):
    """What each of `count` processes says, and what they saved."""
    environment = {**os.environ, **MPIRUN, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        file, saved = os.path.join(folder, "script.py"), os.path.join(folder, "labels.npy")
        with open(file, "w", encoding="utf-8") as to:
            to.write(HEAD + script)
        said = subprocess.run(
            ["mpirun", "-n", str(count), sys.executable, file, saved],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
            env=environment, cwd=folder,
        )
        if said.returncode:
            raise AssertionError(said.stderr)
        labels = np.load(saved).tobytes() if os.path.exists(saved) else None
    return said.stdout.splitlines(), labels


@unittest.skipUnless(has_mpi(), "no mpi4py or no MPI")
class Ranks(unittest.TestCase):
    def same(self, script):
        alone, labels = run(1, script)
        self.assertEqual(len(alone), 1)
        for count in (2, 3):
            said, together = run(count, script)
            self.assertEqual(said, count * alone)
            self.assertEqual(together, labels)

    def test_dense_labels_have_the_bits_of_one_process(self):
        self.same("show(*ystep.solve(own, comm=comm, **settings))")
        self.same("show(*ystep.solve(own, lam=3.0, comm=comm))")

    @unittest.skipUnless(scipy, "no SciPy")
    def test_sparse_labels_and_a_start(self):
        self.same("""
solver = ystep.Solver(**settings)
labels, result = solver.solve(own.astype(np.float32), sparse=True, comm=comm)
labels, result = solver.solve(own, start=labels.toarray(), out=np.empty(own.shape), comm=comm)
verdict = solver.judge(own, labels, comm=comm)
assert verdict.objective == result.objective
show(labels, result)
""")

    def test_all_hear_of_what_is_wrong_on_one(self):
        for wrong, says in (
            ("own[:, 0]", "rank 1: sigma has shape"),
            ("own.astype(int)", "rank 1: sigma has dtype int64"),
            ("own[1000:]", "rows; expected"),
            ("2 * own", "rank 1: sigma: row 0 (from 0) sums to 2"),
        ):
            said, _ = run(2, f"""
try:
    ystep.solve(own if comm.rank == 0 else {wrong}, comm=comm, **settings)
except ystep.InputError as error:
    say(str(error))
""")
            self.assertEqual(len(said), 2, said)
            for line in said:
                self.assertIn(says, line)

    def test_settings_that_cannot_be_or_differ(self):
        for lam, says in (("-1", "rank 1: lam"), ("4", "rank 1: lambda is 4; expected 3")):
            said, _ = run(2, f"""
settings["lam"] = 3 if comm.rank == 0 else {lam}
try:
    ystep.solve(own, comm=comm, **settings)
except ystep.InputError as error:
    say(str(error))
""")
            self.assertEqual(len(said), 2, said)
            for line in said:
                self.assertTrue(line.startswith(says), line)

    def test_what_is_no_communicator(self):
        run(1, """
for wrong in (7, MPI.COMM_NULL, "world"):
    try:
        ystep.solve(own, comm=wrong)
        raise AssertionError
    except ystep.InputError as error:
        assert "expected an intracommunicator of mpi4py" in str(error)
try:
    ystep.share(10, 1, comm)
    raise AssertionError
except ystep.InputError as error:
    assert "no share of 10 x 1" in str(error)
""")


class Lacking(unittest.TestCase):
    def says(self, script):
        return subprocess.run(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def test_no_mpi4py(self):
        said = self.says("""
import sys
sys.modules["mpi4py"] = None
import numpy, ystep
try:
    ystep.solve(numpy.full((3, 2), 0.5), comm=object())
except ImportError as error:
    print(error)
""")
        self.assertIn("comm= needs mpi4py (Debian: python3-mpi4py)", said)

    @unittest.skipUnless(mpi4py, "no mpi4py")
    def test_an_ystep_without_mpi(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = os.path.join(folder, "libystep.so")
            shutil.copy(os.path.realpath(library.path), alone)
            said = self.says(f"""
import os
os.environ["YSTEP_LIBRARY"] = {alone!r}
import numpy, ystep
from mpi4py import MPI
try:
    ystep.solve(numpy.full((3, 2), 0.5), comm=MPI.COMM_WORLD)
except ImportError as error:
    print(error)
""")
        self.assertIn("libystep_mpi is not found beside libystep", said)


if __name__ == "__main__":
    unittest.main()
