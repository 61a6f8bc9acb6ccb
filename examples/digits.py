"""Self-labelled clustering of the 1797 digits, 8 x 8 pixels, without a label: the
recipe of docs/training.md, section 3, in PyTorch.

    python3 examples/digits.py FOLDER   # with digits.npy and digits_labels.npy
"""

import sys

import numpy as np
import torch
from scipy.cluster.vq import kmeans, vq
from scipy.optimize import linear_sum_assignment

import ystep
from ystep.torch import collision_cross_entropy

EPOCHS, EPOCHS_ON_KMEANS, YSTEP_EVERY, BATCH, CLASSES = 90, 6, 3, 128, 10

folder = sys.argv[1] if len(sys.argv) > 1 else "../shared/data"
images = torch.from_numpy(np.load(f"{folder}/digits.npy")).float()
truth = np.load(f"{folder}/digits_labels.npy").astype(int)
torch.manual_seed(1)


def views(x):
    """Turned, scaled, slanted, shifted by up to a pixel, and noisy: what a digit survives."""
    spread = torch.tensor([[0.2, 0.25, 0.25], [0.25, 0.2, 0.25]])
    maps = torch.eye(2, 3) + spread * (2 * torch.rand(len(x), 2, 3) - 1)
    grid = torch.nn.functional.affine_grid(maps, (len(x), 1, 8, 8), align_corners=False)
    seen = torch.nn.functional.grid_sample(x.view(-1, 1, 8, 8), grid, align_corners=False)
    return seen.view(-1, 64) + 0.1 * torch.randn(len(x), 64)


def first_labels():
    """Nine parts the nearest of ten means, one part uniform."""
    means, _ = kmeans(images.numpy(), CLASSES, iter=10, seed=1)  # the best of ten
    near = torch.from_numpy(vq(images.numpy(), means)[0]).long()
    return 0.9 * torch.nn.functional.one_hot(near, CLASSES) + 0.1 / CLASSES


def accuracy(guess):
    """Under the best matching of clusters to digits."""
    table = np.zeros((CLASSES, CLASSES))
    np.add.at(table, (guess, truth), 1)
    return table[linear_sum_assignment(-table)].sum() / len(truth)


network = torch.nn.Sequential(
    torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 256), torch.nn.ReLU(),
    torch.nn.Linear(256, CLASSES))
optimiser = torch.optim.Adam(network.parameters(), lr=0.004)
solver = ystep.Solver(lam=10.0, tolerance=1e-3)
y = first_labels()
for epoch in range(EPOCHS):
    if epoch >= EPOCHS_ON_KMEANS and epoch % YSTEP_EVERY == 0:
        with torch.no_grad():
            sigma = torch.softmax(network(images).double(), 1)
        y, result = solver.solve(sigma)  # exact labels: no step, no start, no schedule
    for rows in torch.randperm(len(images)).split(BATCH):
        optimiser.zero_grad()
        collision_cross_entropy(network(views(images[rows])), y[rows]).backward()
        optimiser.step()
with torch.no_grad():
    print(f"accuracy {accuracy(network(images).argmax(1).numpy()):.3f}")
