"""ystep.serve, against a harness in Python that speaks the other side."""

import unittest

import numpy as np

import ystep
from harness import Harness

try:
    import torch
except ImportError:
    torch = None

# y moves half of its way to sigma in each step.
FIVE_LINES = """
import ystep
class Halfway:
    def __init__(self, problem):
        self.problem = problem
    def step(self):
        self.problem.y[:] = (self.problem.y + self.problem.sigma) / 2
ystep.serve(Halfway)
"""


def solver(body, head=""):
    """A script whose class has this body, problem being held."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f"{head}\nimport ystep\nclass Mine:\n{lines}\nystep.serve(Mine)\n"


def batch(rows=6, classes=3):
    random = np.random.default_rng(1)
    scores = np.exp(2 * random.standard_normal((rows, classes)))
    return scores / scores.sum(axis=1, keepdims=True)


class Speaking(unittest.TestCase):
    def test_five_lines_are_a_solver(self):
        sigma = batch()
        with Harness(FIVE_LINES, sigma) as child:
            self.assertEqual(child.greeting, "ready 1")
            self.assertEqual(child.ask("ping"), "pong")
            answer = child.ask("step")
            np.testing.assert_array_equal(child.y, (1 / 3 + sigma) / 2)
            word, seconds = answer.split()
            self.assertEqual(word, "done")
            self.assertTrue(0 <= float(seconds) < 1)
            child.ask("step")
            np.testing.assert_array_equal(child.y, ((1 / 3 + sigma) / 2 + sigma) / 2)
            child.say("quit")
            self.assertEqual(child.end(), (0, ""))

    def test_it_ends_with_the_harness(self):
        with Harness(FIVE_LINES, batch()) as child:
            self.assertEqual(child.end(), (0, ""))
            self.assertEqual(child.log, "")

    def test_it_needs_no_libystep(self):
        with Harness(FIVE_LINES, batch(), environment={"YSTEP_LIBRARY": "/nowhere"}) as child:
            self.assertEqual(child.greeting, "ready 1")
            self.assertEqual(child.steps(2), "done")

    def test_what_a_problem_holds(self):
        looks = solver("""
def __init__(self, problem):
    self.problem = p = problem
    print(p.rows, p.classes, p.lam, p.loss, p.fairness, p.prior.tolist(), p.seed, p.threads,
          p.tolerance, p.sigma.dtype, p.y.dtype)
    p.sigma[:] = 0
def step(self):
    self.problem.y[:] = self.problem.y[:, ::-1]
""")
        sigma = batch(4, 2).astype(np.float32)
        start = np.array([[0.25, 0.75]] * 4)
        with Harness(looks, sigma, lam=2.5, loss="reverse", fairness="weak",
                     prior=np.array([0.7, 0.3]), start=start) as child:
            self.assertEqual(child.steps(1), "done")
            self.assertEqual(
                child.log, "4 2 2.5 reverse weak [0.7, 0.3] 1 1 1e-06 float32 float64\n")
            np.testing.assert_array_equal(child.y, start[:, ::-1])
            np.testing.assert_array_equal(child.sigma, sigma)

    def test_an_iterate_may_be_returned(self):
        returns = solver("""
def __init__(self, problem):
    self.problem = problem
def step(self):
    return self.problem.sigma[::-1]
""")
        with Harness(returns, batch()) as child:
            self.assertEqual(child.steps(1), "done")
            np.testing.assert_array_equal(child.y, batch()[::-1])

    @unittest.skipUnless(torch, "no PyTorch")
    def test_a_tensor_may_be_returned(self):
        returns = solver("""
def __init__(self, problem):
    self.sigma = torch.from_numpy(problem.sigma).requires_grad_()
def step(self):
    return self.sigma * 1
""", head="import torch")
        with Harness(returns, batch()) as child:
            self.assertEqual(child.steps(1), "done")
            np.testing.assert_array_equal(child.y, batch())

    def test_nothing_that_is_printed_or_read_comes_between(self):
        prints = solver("""
def __init__(self, problem):
    print("begins", input)
def step(self):
    print("steps")
    os.write(1, b"from C\\n")
    subprocess.run(["echo", "from a child"])
    assert sys.stdin.read() == ""
""", head="import os, subprocess, sys\nprint('before')")
        with Harness(prints, batch(), environment={"PYTHONUNBUFFERED": ""}) as child:
            self.assertEqual(child.greeting, "ready 1")
            self.assertEqual(child.steps(2), "done")
            self.assertEqual(child.ask("ping"), "pong")
            child.say("quit")
            self.assertEqual(child.end(), (0, ""))
            for words in ("before", "begins", "steps", "from C", "from a child"):
                self.assertIn(words, child.log)


class Options(unittest.TestCase):
    SOLVER = solver("""
def __init__(self, problem, rate=1.0, memory=5, rule="armijo", restart=False):
    print(repr((rate, memory, rule, restart)))
def step(self):
    raise ystep.Converged
""")

    def test_they_are_what_their_defaults_are(self):
        with Harness(self.SOLVER, batch()) as child:
            child.ask("ping")
            self.assertEqual(child.log, "(1.0, 5, 'armijo', False)\n")
        with Harness(self.SOLVER, batch(), rate="2", memory=7, rule="3", restart=1) as child:
            child.ask("ping")
            self.assertEqual(child.log, "(2.0, 7, '3', True)\n")

    def test_others_are_refused(self):
        for option, words in [
            ({"rat": 2}, "error no option 'rat'; there are rate, memory, rule, restart"),
            ({"rate": "fast"}, "error rate is 'fast'; expected a number, as 1.0"),
            ({"memory": "2.5"}, "error memory is '2.5'; expected a number, as 5"),
            ({"restart": "yes"}, "error restart is 'yes'; expected 0 or 1"),
        ]:
            with self.subTest(option), Harness(self.SOLVER, batch(), **option) as child:
                self.assertEqual(child.greeting, words)
                self.assertEqual(child.end(), (1, ""))
        with Harness(FIVE_LINES, batch(), rate=1) as child:
            self.assertEqual(child.greeting, "error no option 'rate'; there is none")

    def test_a_solver_may_take_any(self):
        takes = solver("""
def __init__(self, problem, **options):
    print(options, problem.options)
def step(self):
    pass
""")
        with Harness(takes, batch(), rate=1) as child:
            child.ask("ping")
            self.assertEqual(child.log, "{'rate': '1'} {'rate': '1'}\n")


class Ending(unittest.TestCase):
    def test_its_own_seconds_are_those_of_the_step(self):
        sleeps = solver("""
def __init__(self, problem):
    pass
def step(self):
    time.sleep(0.03)
""", head="import time")
        with Harness(sleeps, batch()) as child:
            self.assertGreaterEqual(float(child.ask("step").split()[1]), 0.03)

    def test_converged(self):
        converges = solver("""
def __init__(self, problem):
    self.y = problem.y
def step(self):
    self.y[:] = [1, 0, 0]
    raise ystep.Converged
""")
        with Harness(converges, batch()) as child:
            word, seconds = child.ask("step").split()
            self.assertEqual(word, "converged")
            self.assertGreaterEqual(float(seconds), 0)
            np.testing.assert_array_equal(child.y, [[1, 0, 0]] * 6)

    def test_a_refusal(self):
        for kind in ("ystep.UnsupportedError", "NotImplementedError"):
            refuses = solver(f"""
def __init__(self, problem):
    raise {kind}("knows collision alone")
""")
            with Harness(refuses, batch()) as child:
                self.assertEqual(child.greeting, "error knows collision alone")
                self.assertEqual(child.end(), (1, ""))
                self.assertEqual(child.log, "")

    def test_a_mistake_has_its_kind_and_a_traceback(self):
        fails = solver("""
def __init__(self, problem):
    pass
def step(self):
    raise ValueError("two\\nlines " + 600 * "x")
""")
        with Harness(fails, batch()) as child:
            answer = child.ask("step")
            self.assertRegex(answer, "^error ValueError: two lines x{490}$")
            self.assertEqual(child.end(), (1, ""))
            self.assertIn('raise ValueError("two', child.log)

    def test_iterates_that_are_none(self):
        for answer, words in [
            ("self.y[1:]", r"error the iterate has shape \(5, 3\); expected sigma's \(6, 3\)"),
            ("True", "error the iterate is bool; expected a NumPy array"),
            ("self.y.astype(int)", "error the iterate has dtype int64"),
        ]:
            returns = solver(f"""
def __init__(self, problem):
    self.y = problem.y
def step(self):
    return {answer}
""")
            with self.subTest(answer), Harness(returns, batch()) as child:
                self.assertRegex(child.ask("step"), words)

    def test_a_harness_that_speaks_otherwise(self):
        for hello, words in [
            ('{"ystep": 2}', "error ystep.serve speaks version 1 of the protocol, not 2"),
            ("hello", "error the harness begins with 'hello'; expected JSON"),
            ('["ystep"]', "error the harness begins with .*; expected JSON"),
        ]:
            with self.subTest(hello), Harness(FIVE_LINES, batch(), hello=hello) as child:
                self.assertRegex(child.greeting, words)
        with Harness(FIVE_LINES, batch()) as child:
            self.assertEqual(child.ask("stop"), "error 'stop' is none of ping, step and quit")


class Loops(unittest.TestCase):
    """A solver whose loop is a library's."""

    def test_it_is_held_from_step_to_step(self):
        loops = solver("""
def __init__(self, problem):
    self.problem = problem
def run(self, iterate):
    for t in range(2):
        print("iteration", t)
        iterate(self.problem.y / 2 + self.problem.sigma / 2)
    self.problem.y[:] = self.problem.sigma
    iterate()
""")
        sigma = batch()
        with Harness(loops, sigma) as child:
            self.assertEqual(child.ask("ping"), "pong")
            self.assertEqual(child.log, "")
            wanted = np.full(sigma.shape, 1 / 3)
            for t in range(2):
                self.assertEqual(child.steps(1), "done")
                wanted = wanted / 2 + sigma / 2
                np.testing.assert_array_equal(child.y, wanted)
                child.ask("ping")
                self.assertEqual(child.log.count("iteration"), t + 1)
            self.assertEqual(child.steps(1), "done")
            np.testing.assert_array_equal(child.y, sigma)
            self.assertEqual(child.steps(1), "converged")
            child.say("quit")
            self.assertEqual(child.end(), (0, ""))

    def test_it_ends_when_it_is_held(self):
        loops = solver("""
def __init__(self, problem):
    pass
def run(self, iterate):
    while True:
        iterate()
""")
        with Harness(loops, batch()) as child:
            self.assertEqual(child.steps(3), "done")
            self.assertEqual(child.end(), (0, ""))

    def test_its_mistakes_are_answered(self):
        fails = solver("""
def __init__(self, problem):
    pass
def run(self, iterate):
    iterate()
    1 / 0
""")
        with Harness(fails, batch()) as child:
            self.assertEqual(child.steps(1), "done")
            self.assertEqual(child.ask("step"), "error ZeroDivisionError: division by zero")


if __name__ == "__main__":
    unittest.main()
