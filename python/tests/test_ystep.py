"""ystep in Python: the program's bits, arrays of every kind, and one exception
that says what to do for whatever cannot be used."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import numpy as np

import ystep

try:
    import scipy.sparse
except ImportError:
    scipy = None
try:
    import torch
except ImportError:
    torch = None
try:
    import pandas
except ImportError:
    pandas = None

PROGRAM = os.environ.get("YSTEP")
SOURCE = os.environ.get("YSTEP_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
RECORDED = os.path.join(SOURCE, "bench", "data", "cifar10_lenet5_3000.npy")


def batch(rows=60, classes=5, seed=1):
    random = np.random.default_rng(seed)
    scores = np.exp(2 * random.standard_normal((rows, classes)))
    return scores / scores.sum(axis=1, keepdims=True)


def program(*arguments):
    subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL)


class Solving(unittest.TestCase):
    @unittest.skipUnless(PROGRAM, "no YSTEP")
    def test_a_recorded_batch_has_the_bits_of_the_program(self):
        sigma = np.load(RECORDED)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "y.npy")
            program("solve", RECORDED, "-o", path, "--lambda", "10")
            labels, result = ystep.solve(sigma, lam=10.0)
            self.assertEqual(labels.tobytes(), np.load(path).tobytes())
            self.assertEqual(result.status, "converged")
            if scipy:
                path = os.path.join(folder, "y.npz")
                program("solve", RECORDED, "-o", path, "--lambda", "10")
                found, _ = ystep.solve(sigma, lam=10.0, sparse=True)
                wanted = scipy.sparse.load_npz(path)
                self.assertEqual(found.data.tobytes(), wanted.data.tobytes())
                self.assertTrue((found.indices == wanted.indices).all())
                self.assertTrue((found.indptr == wanted.indptr).all())

    def test_what_a_result_says(self):
        sigma = batch()
        labels, result = ystep.solve(sigma, lam=3.0, tolerance=1e-9)
        self.assertLessEqual(result.gap, 1e-9)
        self.assertLessEqual(result.lower_bound, result.objective)
        self.assertEqual(result.nu.shape, (5,))
        self.assertGreater(result.iterations, 0)
        self.assertGreater(result.seconds, 0)
        self.assertEqual((result.status, result.message), ("converged", ""))
        # At an optimum of strong fairness nu is lambda u / mean of y.
        np.testing.assert_allclose(result.nu, 3 / 5 / labels.mean(axis=0), rtol=1e-3)
        value = -np.log((sigma * labels).sum(axis=1)).mean()
        value += 3 * np.mean(np.log(1 / 5 / labels.mean(axis=0)))
        self.assertAlmostEqual(result.objective, value, 12)

    def test_settings_reach_the_solver(self):
        sigma = batch()
        prior = np.array([0.6, 0.1, 0.1, 0.1, 0.1])
        labels, _ = ystep.solve(sigma, lam=1000.0, prior=prior)
        np.testing.assert_allclose(labels.mean(axis=0), prior, atol=0.01)
        labels, _ = ystep.solve(sigma, lam=1000.0)
        np.testing.assert_allclose(labels.mean(axis=0), 0.2, atol=0.01)
        _, result = ystep.solve(sigma, solver="em", max_iterations=3, tolerance=0)
        self.assertEqual((result.status, result.iterations), ("max_iter", 3))
        _, result = ystep.solve(sigma, loss="reverse", fairness="weak")
        self.assertEqual(result.status, "converged")
        _, with_logits = ystep.solve(np.log(sigma) + 5, logits=True)
        _, without = ystep.solve(sigma)
        self.assertAlmostEqual(with_logits.objective, without.objective, 6)

    def test_layouts_change_no_bit(self):
        sigma = batch()
        wanted, _ = ystep.solve(sigma)
        wide = np.full((60, 9), np.nan)
        wide[:, 2:7] = sigma
        out = np.full((60, 8), -1.0)
        found, _ = ystep.solve(wide[:, 2:7], out=out[:, 3:])
        self.assertEqual(found.tobytes(), wanted.tobytes())
        self.assertTrue((out[:, :3] == -1).all())
        single = np.empty((60, 5), dtype=np.float32)
        ystep.solve(sigma, out=single)
        self.assertEqual(single.tobytes(), wanted.astype(np.float32).tobytes())
        every_other, _ = ystep.solve(np.repeat(sigma, 2, axis=0)[::2])
        self.assertEqual(every_other.tobytes(), wanted.tobytes())

    def test_a_start_is_gone_on_from(self):
        sigma = batch()
        labels, _ = ystep.solve(sigma, tolerance=1e-9)
        again, result = ystep.solve(sigma, start=labels)
        self.assertEqual(result.iterations, 0)
        np.testing.assert_allclose(again, labels, atol=1e-15)
        kept = labels.copy()
        _, result = ystep.solve(sigma, start=labels, out=labels)
        self.assertEqual(result.iterations, 0)
        _, result = ystep.solve(sigma, start=kept, mix=0.5)
        self.assertGreater(result.iterations, 0)
        _, result = ystep.solve(sigma, start="sigma")
        self.assertEqual(result.status, "converged")

    @unittest.skipUnless(scipy, "no SciPy")
    def test_sparse_labels(self):
        sigma = batch()
        dense, _ = ystep.solve(sigma, tolerance=1e-9)
        found, result = ystep.solve(sigma, tolerance=1e-9, sparse=True)
        self.assertIsInstance(found, scipy.sparse.csr_matrix)
        np.testing.assert_array_equal(found.toarray(), dense)
        for start in (found, dense, found.tocoo()):
            again, result = ystep.solve(sigma, start=start, sparse=True)
            self.assertEqual(result.iterations, 0)
            np.testing.assert_allclose(again.toarray(), dense, atol=1e-15)
        _, result = ystep.solve(sigma, start=found)
        self.assertEqual(result.iterations, 0)
        verdict = ystep.judge(sigma, found)
        self.assertEqual(verdict, ystep.judge(sigma, dense))

    def test_mini_batches_use_one_solver(self):
        with ystep.Solver(lam=10.0, threads=1) as solver:
            for seed, rows in enumerate((64, 64, 7, 3000, 64)):
                sigma = batch(rows, 6, seed)
                found, result = solver.solve(sigma)
                wanted, fresh = ystep.solve(sigma)
                self.assertEqual(found.tobytes(), wanted.tobytes())
                self.assertEqual(result.gap, fresh.gap)
            solver.set(lam=1.0)
            self.assertEqual(
                solver.solve(sigma)[0].tobytes(), ystep.solve(sigma, lam=1.0)[0].tobytes()
            )

    def test_judge_and_gradients(self):
        sigma, labels = batch(), batch(seed=2)
        verdict = ystep.judge(sigma, labels, lam=2.0)
        value, by_y, by_logits = ystep.gradients(sigma, labels, lam=2.0)
        self.assertAlmostEqual(verdict.objective, value, 13)
        _, result = ystep.solve(sigma, lam=2.0)
        self.assertGreaterEqual(verdict.gap, value - result.objective)
        x = (sigma * labels).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(by_logits, (sigma - sigma * labels / x) / 60, atol=1e-15)
        nu = 2 / 5 / labels.mean(axis=0)
        np.testing.assert_allclose(by_y, -(sigma / x + nu) / 60, rtol=1e-12)
        labels[0, 0] = -0.5
        self.assertEqual(ystep.judge(sigma, labels).objective, np.inf)


class Tensors(unittest.TestCase):
    def setUp(self):
        if not torch:
            self.skipTest("no PyTorch")

    def test_tensors_are_answered_by_tensors(self):
        sigma = batch()
        tensor = torch.from_numpy(sigma).requires_grad_()
        found, _ = ystep.solve(tensor)
        self.assertIsInstance(found, torch.Tensor)
        self.assertFalse(found.requires_grad)
        wanted, _ = ystep.solve(sigma)
        self.assertEqual(found.numpy().tobytes(), wanted.tobytes())
        out = torch.empty((60, 5))
        answer, _ = ystep.solve(tensor.float(), start=found, out=out)
        self.assertIs(answer, out)
        np.testing.assert_allclose(out.numpy(), wanted, atol=1e-6)
        value, by_y, by_logits = ystep.gradients(tensor, found)
        self.assertIsInstance(by_y, torch.Tensor)
        self.assertEqual(ystep.judge(tensor, found), ystep.judge(sigma, wanted))

    def test_tensors_that_cannot_be_used(self):
        with self.assertRaisesRegex(ystep.InputError, r"sigma is on meta; .*\.cpu\(\)"):
            ystep.solve(torch.empty((4, 3), device="meta"))
        with self.assertRaisesRegex(ystep.InputError, r"torch.float16; .*sigma\.float\(\)"):
            ystep.solve(torch.ones((4, 3), dtype=torch.float16))


class Misuse(unittest.TestCase):
    def refused(self, words, *arguments, kind=ystep.InputError, **settings):
        with self.assertRaisesRegex(kind, words) as caught:
            ystep.solve(*arguments, **settings)
        self.assertIsInstance(caught.exception, ystep.Error)
        self.assertNotIn("\n", str(caught.exception))

    def test_arrays_that_cannot_be_used(self):
        sigma = batch()
        self.refused(r"sigma is list; expected a NumPy array", sigma.tolist())
        self.refused(r"sigma has shape \(5,\); expected \(M, K\)", sigma[0])
        self.refused(r"dtype int64; .*astype\(numpy\.float64\)", np.ones((3, 2), dtype=int))
        self.refused(r"dtype float16", sigma.astype(np.float16))
        self.refused(r"dtype >f8", sigma.astype(">f8"))
        self.refused(r"numpy\.ascontiguousarray\(sigma\)", np.asfortranarray(sigma))
        self.refused(r"numpy\.ascontiguousarray\(sigma\)", sigma[:, ::2])
        self.refused(r"numpy\.ascontiguousarray\(sigma\)", sigma[::-1])
        self.refused(r"numpy\.ascontiguousarray", np.broadcast_to(sigma[0], (4, 5)))
        self.refused(r"sigma: 0 x 5; expected at least one row", sigma[:0])
        self.refused(r"sigma: 60 x 1; expected", sigma[:, :1])
        self.refused(r"out has shape \(59, 5\); expected sigma's \(60, 5\)", sigma, out=sigma[1:])
        locked = np.empty((60, 5))
        locked.flags.writeable = False
        self.refused("out is read-only", sigma, out=locked)
        self.refused(r"start has shape", sigma, start=sigma[1:])
        self.refused("start is 'given'", sigma, start="given")
        if scipy:
            self.refused("sigma is sparse; .*toarray", scipy.sparse.csr_matrix(sigma))
            self.refused("labels have shape", sigma, sparse=True,
                         start=scipy.sparse.csr_matrix(sigma[1:]))

    def test_rows_that_are_no_distributions(self):
        sigma = batch()
        self.refused(r"row 0 \(from 0\) sums to 2.*logits=True", 2 * sigma)
        self.refused(r"row 0, class \d.*is not a probability.*logits=True", np.log(sigma))
        sigma[3, 1] = np.nan
        self.refused(r"sigma: row 3, class 1 .*nan", sigma)

    def test_settings_that_cannot_be(self):
        sigma = batch()
        self.refused("no setting 'lamda'; there are lam,", sigma, lamda=1)
        self.refused("lambda is -1", sigma, lam=-1)
        self.refused("lam is 'ten'; expected a number", sigma, lam="ten")
        self.refused("did you mean 'collision'", sigma, loss="colision")
        self.refused("loss is 3; expected a text", sigma, loss=3)
        self.refused("'exact'", sigma, solver="exactly")
        self.refused("prior: 4 entries; expected sigma's 5", sigma, prior=np.full(4, 0.25))
        self.refused(r"prior has shape \(1, 5\)", sigma, prior=np.full((1, 5), 0.2))
        self.refused("fw serves", sigma, solver="fw", loss="reverse", kind=ystep.UnsupportedError)
        hot = np.zeros((60, 5))
        hot[:, 0] = 1
        self.refused("column 1 of y is zero", sigma, start=hot, kind=ystep.NumericsError)
        self.assertEqual(ystep.solve(sigma)[1].status, "converged")


class Threads(unittest.TestCase):
    SLOW = dict(solver="em", tolerance=0.0, lam=100.0)

    def test_other_threads_run_meanwhile(self):
        ticks = []
        done = threading.Event()

        def tick():
            while not done.is_set():
                ticks.append(time.monotonic())
                time.sleep(0.001)

        other = threading.Thread(target=tick)
        other.start()
        begun = time.monotonic()
        ystep.solve(batch(3000, 30), time_limit=0.5, **self.SLOW)
        ended = time.monotonic()
        done.set()
        other.join()
        self.assertGreater(sum(begun < t < ended for t in ticks), 20)

    def test_threads_at_once_change_no_bit(self):
        sigmas = [batch(400, 7, seed) for seed in range(4)]
        wanted = [ystep.solve(sigma)[0] for sigma in sigmas]
        shared = ystep.Solver()
        found = [None] * 8

        def work(i):
            solve = shared.solve if i % 2 else ystep.solve
            for _ in range(10):
                found[i] = solve(sigmas[i // 2])[0]

        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i in range(8):
            self.assertEqual(found[i].tobytes(), wanted[i // 2].tobytes())

    def test_control_c_ends_a_long_solve(self):
        def interrupt():
            time.sleep(0.3)
            os.kill(os.getpid(), signal.SIGINT)

        other = threading.Thread(target=interrupt)
        sigma = batch(3000, 30)
        with ystep.Solver(**self.SLOW) as solver:
            other.start()
            begun = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                solver.solve(sigma)
            self.assertLess(time.monotonic() - begun, 30)
            other.join()
            # The settings are as they were, and nothing is left of the interrupt.
            solver.set(max_iterations=5)
            result = solver.solve(sigma)[1]
            self.assertEqual((result.status, result.iterations), ("max_iter", 5))
            solver.set(solver="exact", tolerance=1e-6, max_iterations=None)
            self.assertEqual(solver.solve(sigma)[1].status, "converged")

    def test_an_interrupt_that_came_too_late_is_not_the_next_calls(self):
        def too_late(call, interrupt):
            call()
            interrupt()
            raise KeyboardInterrupt

        sigma, prior = batch(), np.array([0.4, 0.3, 0.1, 0.1, 0.1])
        settings = dict(lam=3.0, prior=prior, solver="em", tolerance=0.0, max_iterations=20)
        wanted, _ = ystep.solve(sigma, start="sigma", **settings)
        with ystep.Solver(**settings) as solver:
            with mock.patch("ystep._solver._interruptible", too_late):
                with self.assertRaises(KeyboardInterrupt):
                    solver.solve(sigma, start="sigma")
            labels, result = solver.solve(sigma, start="sigma")
            self.assertEqual((result.status, result.iterations), ("max_iter", 20))
            self.assertEqual(labels.tobytes(), wanted.tobytes())


class Tables(unittest.TestCase):
    @unittest.skipUnless(PROGRAM and pandas, "no YSTEP, or no pandas")
    def test_a_run_directory(self):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            program("run", "-p", "dirichlet:M=50,K=4", "-s", "em", "exact", "-o", out)
            with open(os.path.join(out, "runs.csv"), "a") as file:
                file.write("3,torn")
            tables = ystep.read(out)
            self.assertEqual(sorted(tables.runs["solver"]), ["em", "exact"])
            self.assertEqual(set(tables), {"runs", "traces", "settings"})
            self.assertGreater(len(tables["traces"]), 2)
            self.assertEqual(tables.traces["gap"].dtype, float)
            self.assertIn("schema", tables.meta)
            with self.assertRaisesRegex(AttributeError, "no table 'checks'; there are runs"):
                tables.checks
            with self.assertRaisesRegex(ystep.InputError, "no meta.json"):
                ystep.read(folder)


class Library(unittest.TestCase):
    def test_versions_agree(self):
        self.assertEqual(ystep.version(), ystep.__version__)
        with open(os.path.join(SOURCE, "python", "pyproject.toml")) as file:
            self.assertIn(f'version = "{ystep.__version__}"', file.read())

    def test_a_library_that_is_not_there(self):
        """It is asked for when it is needed: a solver that is served needs none."""
        environment = dict(os.environ, YSTEP_LIBRARY="/nowhere/libystep.so")

        def run(command):
            return subprocess.run([sys.executable, "-c", command], env=environment,
                                  stderr=subprocess.PIPE, text=True)

        self.assertEqual(run("import ystep").stderr, "")
        for use in ("ystep.version()", "ystep.Solver()", "ystep.solve(None)"):
            failed = run("import ystep; " + use)
            self.assertEqual(failed.returncode, 1)
            self.assertRegex(failed.stderr, "ImportError: libystep is not found")
            self.assertIn("set YSTEP_LIBRARY to PREFIX/lib/libystep.so", failed.stderr)
            self.assertIn("/nowhere/libystep.so", failed.stderr)


if __name__ == "__main__":
    unittest.main()
