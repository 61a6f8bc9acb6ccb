"""The solvers of examples/processes: each alone, judged by libystep, and EM in one
run directory with itself in C, as a shared object, in PyTorch and in Perl."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import ystep
from harness import Harness, path_with_python3

PROGRAM = os.environ.get("YSTEP")
SOURCE = os.path.abspath(
    os.environ.get("YSTEP_SOURCE", os.path.join(os.path.dirname(__file__), "..", "..")))
PROCESSES = os.path.join(SOURCE, "examples", "processes")
SMALL = 1e-12


def is_here(package):
    try:
        __import__(package)
    except ImportError:
        return False
    return True


def speaks_perl():
    return shutil.which("perl") and not subprocess.run(
        ["perl", "-MJSON::PP", "-e", "1"], stderr=subprocess.DEVNULL).returncode


def needs(*packages):
    missing = [package for package in packages if not is_here(package)]
    return unittest.skipIf(missing, "no " + ", ".join(missing))


def batch(rows=40, classes=5, seed=1):
    random = np.random.default_rng(seed)
    scores = np.exp(2 * random.standard_normal((rows, classes)))
    return scores / scores.sum(axis=1, keepdims=True)


def example(name, sigma, **settings):
    return Harness(os.path.join(PROCESSES, name), sigma, **settings)


class EM(unittest.TestCase):
    def compare(self, name):
        """Its iterates are those of libystep's em."""
        sigma = batch()
        prior = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
        sharp = np.full(sigma.shape, 1e-6) + (1 - 5e-6) * np.eye(5)[sigma.argmax(axis=1)]
        holes = sigma.copy()
        holes[::3, 1] = 0
        holes /= holes.sum(axis=1, keepdims=True)
        for given, lam, of, start in [
            (sigma.astype(np.float32), 1.0, prior, None), (sigma, 0.01, None, sharp),
            (holes, 3.0, None, holes),
        ]:
            with example(name, given, lam=lam, prior=of, start=start) as child:
                self.assertEqual(child.greeting, "ready 1")
                for last, count in [(0, 1), (1, 4), (5, 45)]:
                    self.assertEqual(child.steps(count), "done")
                    wanted, _ = ystep.solve(
                        given.astype(float) / given.astype(float).sum(axis=1, keepdims=True),
                        lam=lam, prior=of, start="uniform" if start is None else start,
                        solver="em", tolerance=0.0, max_iterations=last + count)
                    np.testing.assert_allclose(child.y, wanted, rtol=0, atol=SMALL)

    def refuse(self, name, *others):
        for settings in others:
            with example(name, batch(), **settings) as child:
                self.assertRegex(
                    child.greeting, "error .* serves collision, strong fairness, lambda > 0")
        with example(name, batch(), rate=1) as child:
            self.assertRegex(child.greeting, "error .*no option 'rate'")

    @needs("torch")
    def test_in_pytorch(self):
        self.compare("em_torch.py")
        self.refuse("em_torch.py", dict(loss="reverse"))

    @unittest.skipUnless(speaks_perl(), "no Perl with JSON::PP")
    def test_in_perl(self):
        self.compare("em.pl")
        self.refuse("em.pl", dict(loss="reverse"), dict(fairness="weak"), dict(lam=0.0))
        with example("em.pl", batch()) as child:
            self.assertEqual(child.ask("ping"), "pong")
            child.say("quit")
            self.assertEqual(child.end(), (0, ""))


class Rivals(unittest.TestCase):
    def gap(self, child, sigma, **settings):
        np.testing.assert_allclose(child.y.sum(axis=1), 1, atol=SMALL)
        self.assertGreaterEqual(child.y.min(), 0)
        return ystep.judge(sigma, np.array(child.y), **settings).gap

    def every_objective(self, name, count, wanted, reverse=None, **options):
        """A gap at most `wanted` after so many steps, of reverse perhaps another."""
        sigma = batch()
        for loss, fairness in [("collision", "strong"), ("shannon", "weak"), ("reverse", "strong")]:
            settings = dict(loss=loss, fairness=fairness, lam=1.0,
                            prior=np.array([0.3, 0.25, 0.2, 0.15, 0.1]))
            with self.subTest(loss), example(name, sigma, **settings, **options) as child:
                for _ in range(count):
                    if child.steps(1) != "done":
                        break
                limit = reverse if reverse and loss == "reverse" else wanted
                self.assertLess(self.gap(child, sigma, **settings), limit)

    @needs("torch")
    def test_pgd_in_pytorch(self):
        # Slopes of reverse grow without bound towards the border.
        self.every_objective("pgd_torch.py", 200, 1e-6, reverse=0.05)
        with example("pgd_torch.py", batch(), step=0.1) as child:
            child.steps(3)
            wanted, _ = ystep.solve(
                batch(), lam=1.0, solver="pgd:step=0.1", tolerance=0.0, max_iterations=3)
            np.testing.assert_allclose(child.y, wanted, rtol=0, atol=SMALL)

    @needs("scipy")
    def test_lbfgsb_of_scipy(self):
        self.every_objective("lbfgsb_scipy.py", 300, 1e-9)
        self.every_objective("lbfgsb_scipy.py", 300, 1e-4, chart="softmax")
        with example("lbfgsb_scipy.py", batch(), chart="globe") as child:
            self.assertEqual(
                child.greeting, "error chart is 'globe'; expected sphere or softmax")

    @needs("cvxopt")
    def test_interior_points_of_cvxopt(self):
        sigma = batch()
        for lam in (0.1, 1.0, 10.0):
            with example("cp_cvxopt.py", sigma, lam=lam) as child:
                for _ in range(30):
                    if child.steps(1) != "done":
                        break
                self.assertLess(self.gap(child, sigma, lam=lam), 1e-7)
        with example("cp_cvxopt.py", sigma, loss="shannon") as child:
            self.assertRegex(child.greeting, "error cp_cvxopt serves collision")


@unittest.skipUnless(PROGRAM, "no YSTEP")
class OneDirectory(unittest.TestCase):
    def build_plugin(self, folder):
        """Against the headers where they are, as they are installed."""
        os.symlink(SOURCE, os.path.join(folder, "ystep"))
        path = os.path.join(folder, "em.so")
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-shared", "-fPIC", "-O3", f"-I{folder}",
                        os.path.join(SOURCE, "examples", "plugins", "em.c"), "-o", path], check=True)
        return path

    @needs("torch", "pandas")
    def test_em_is_em_in_every_language(self):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            script = os.path.join(PROCESSES, "em_torch.py")
            solvers = ["em", self.build_plugin(folder),
                       f"exec:command={sys.executable} {script},name=em_torch"]
            if speaks_perl():
                solvers.append(
                    f"exec:command=perl {os.path.join(PROCESSES, 'em.pl')},name=em_perl")
            subprocess.run(
                [PROGRAM, "run", "-p", "dirichlet:M=40,K=5", "gaussian:M=30,K=3,skew=1", "-s",
                 *solvers, "--lambda", "1", "10", "--tol", "0", "--max-iter", "50",
                 "--trace-every", "1", "--save-labels", "-o", out],
                check=True, stdout=subprocess.DEVNULL)
            tables = ystep.read(out)
            self.assertEqual(len(tables.runs), 4 * len(solvers))
            cases = tables.runs.groupby(["problem", "lambda"])
            self.assertEqual(len(cases), 4)
            for _, runs in cases:
                traces = [tables.traces[tables.traces.run_id == i] for i in runs.run_id]
                labels = [np.load(os.path.join(out, "labels", f"{i}.npy")) for i in runs.run_id]
                self.assertEqual(len(traces[0]), 51)
                for trace, y in zip(traces[1:], labels[1:]):
                    np.testing.assert_array_equal(trace.iteration, traces[0].iteration)
                    for column in ("objective", "lower_bound", "gap"):
                        np.testing.assert_allclose(
                            trace[column], traces[0][column], rtol=0, atol=SMALL)
                    np.testing.assert_allclose(y, labels[0], rtol=0, atol=SMALL)


@unittest.skipUnless(PROGRAM, "no YSTEP")
class Readme(unittest.TestCase):
    @needs("torch", "scipy", "cvxopt", "pandas")
    def test_the_rivals_command_runs(self):
        """As it stands there, but for its end: three steps of each."""
        with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
            command = re.search(r"ystep run (?:[^`](?!\n\n))*?examples/processes.*?-o out\n",
                                file.read(), re.DOTALL).group()
        short = command.replace("--lambda 1 10", "--lambda 1 --max-iter 3")
        self.assertNotEqual(short, command)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("bench", "examples"):
                os.symlink(os.path.join(SOURCE, name), os.path.join(folder, name))
            subprocess.run(["sh", "-ec", short], check=True, stdout=subprocess.DEVNULL, cwd=folder,
                           env={**os.environ, "PATH": path_with_python3(folder)})
            runs = ystep.read(os.path.join(folder, "out")).runs
        processes = runs[runs.solver.str.startswith("exec:")]
        self.assertEqual((len(runs), len(processes)), (9, 5))
        self.assertEqual(set(processes.status), {"max_iter"})
        self.assertTrue((processes.empty_step_seconds.astype(float) > 0).all())


if __name__ == "__main__":
    unittest.main()
