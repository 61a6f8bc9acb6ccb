"""The solvers of examples/processes, each alone, judged by libystep."""

import os
import shutil
import subprocess
import unittest

import numpy as np

import ystep
from harness import Harness

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

    def every_objective(self, name, count, wanted, **others):
        """A gap at most `wanted` after so many steps, of some losses another."""
        sigma = batch()
        for loss, fairness in [("collision", "strong"), ("shannon", "weak"), ("reverse", "strong")]:
            settings = dict(loss=loss, fairness=fairness, lam=1.0,
                            prior=np.array([0.3, 0.25, 0.2, 0.15, 0.1]))
            with self.subTest(loss), example(name, sigma, **settings) as child:
                for _ in range(count):
                    if child.steps(1) != "done":
                        break
                self.assertLess(self.gap(child, sigma, **settings), others.get(loss, wanted))

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
        self.every_objective("lbfgsb_scipy.py", 300, 1e-4)

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


if __name__ == "__main__":
    unittest.main()
