"""The losses of ystep.torch, and the training example."""

import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

try:
    import torch
except ImportError:
    raise unittest.SkipTest("no PyTorch")

import ystep
import ystep.torch as losses

SOURCE = os.environ.get("YSTEP_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
DATA = os.environ.get("CLAIMS_DATA", os.path.join(SOURCE, "..", "shared", "data"))
LOSSES = {
    "collision": losses.collision_cross_entropy,
    "shannon": losses.shannon_cross_entropy,
    "reverse": losses.reverse_cross_entropy,
}


def case(rows=7, classes=5):
    random = torch.Generator().manual_seed(1)
    logits = 3 * torch.randn((rows, classes), generator=random, dtype=torch.float64)
    y = torch.softmax(torch.randn((rows, classes), generator=random, dtype=torch.float64), -1)
    return logits.requires_grad_(), y


class Losses(unittest.TestCase):
    def test_gradients_are_slopes(self):
        for name, loss in LOSSES.items():
            for reduction in ("mean", "sum", "none"):
                logits, y = case()
                with self.subTest(name, reduction=reduction):
                    self.assertTrue(torch.autograd.gradcheck(
                        lambda l, y: loss(l, y, reduction), (logits, y.requires_grad_())))

    def test_values_and_gradients_are_those_of_the_library(self):
        for name, loss in LOSSES.items():
            logits, y = case()
            value, _, by_logits = ystep.gradients(logits, y, lam=0.0, loss=name, logits=True)
            found = loss(logits, y)
            found.backward()
            self.assertAlmostEqual(found.item(), value, 13)
            np.testing.assert_allclose(logits.grad, by_logits, atol=1e-15)

    def test_collision_is_finite_where_sigma_underflows(self):
        logits = torch.tensor([[0.0, -2000.0]], dtype=torch.float64, requires_grad=True)
        loss = losses.collision_cross_entropy(logits, torch.tensor([[0.0, 1.0]]))
        loss.backward()
        self.assertEqual(loss.item(), 2000.0)
        self.assertEqual(logits.grad.tolist(), [[1.0, -1.0]])

    def test_uniform_labels_teach_nothing(self):
        logits, y = case()
        losses.collision_cross_entropy(logits, torch.full_like(y, 0.2)).backward()
        self.assertLess(logits.grad.abs().max().item(), 1e-16)

    def test_dtypes_and_shapes(self):
        logits, y = case()
        loss = losses.collision_cross_entropy(logits.float(), y)
        self.assertEqual(loss.dtype, torch.float32)
        with self.assertRaisesRegex(ValueError, r"y has shape \(5,\); expected"):
            losses.collision_cross_entropy(logits, y[0])
        with self.assertRaisesRegex(ValueError, "reduction is 'average'"):
            losses.shannon_cross_entropy(logits, y, "average")


class Training(unittest.TestCase):
    def write_digits(self, folder):
        """The same 1797 digits, as scikit-learn ships them."""
        try:
            from sklearn.datasets import load_digits
        except ImportError:
            self.skipTest(f"no digits in {DATA}, and no scikit-learn")
        digits = load_digits()
        np.save(os.path.join(folder, "digits.npy"), (digits.data / 16).astype(np.float32))
        np.save(os.path.join(folder, "digits_labels.npy"), digits.target.astype(np.uint8))

    def test_the_example_clusters_digits(self):
        """ystep train comes to 0.842 +- 0.012 over five seeds (docs/training.md, 3)."""
        example = os.path.join(SOURCE, "examples", "digits.py")
        with tempfile.TemporaryDirectory() as folder:
            if os.path.exists(os.path.join(DATA, "digits.npy")):
                folder = DATA
            else:
                self.write_digits(folder)
            run = subprocess.run([sys.executable, example, folder], check=True, text=True,
                                 stdout=subprocess.PIPE)
        self.assertGreater(float(run.stdout.split()[-1]), 0.81, run.stdout)


if __name__ == "__main__":
    unittest.main()
