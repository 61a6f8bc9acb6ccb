"""Self-labelled clustering of the 1797 digits, 8 x 8 pixels, without a label: the
recipe of docs/training.md, section 3, in PyTorch.

    python3 examples/digits.py FOLDER   # with digits.npy and digits_labels.npy
"""

import sys

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from scipy.optimize import linear_sum_assignment

import ystep
from ystep.torch import collision_cross_entropy

EPOCHS, EPOCHS_ON_KMEANS, YSTEP_EVERY, BATCH, CLASSES = 90, 6, 3, 128, 10

folder = sys.argv[1] if len(sys.argv) > 1 else "../shared/data"
images = torch.from_numpy(np.load(f"{folder}/digits.npy")).float()
truth = np.load(f"{folder}/digits_labels.npy").astype(int)
torch.manual_seed(1)


def views(x):
    """Shifted, turned, scaled, slanted and noisy: what a digit survives."""
    n = len(x)
    turn = (2 * torch.rand(n) - 1) * np.pi / 9
    scale, shear = 1 + 0.4 * (torch.rand(n) - 0.5), 0.4 * (torch.rand(n) - 0.5)
    shift = (2 * torch.rand(n, 2) - 1) / 4  # a pixel, where 2 is 8 of them
    cos, sin = torch.cos(turn) / scale, torch.sin(turn) / scale
    rows = [cos, shear - sin, shift[:, 0], sin, cos, shift[:, 1]]
    grid = torch.nn.functional.affine_grid(
        torch.stack(rows, 1).view(n, 2, 3), (n, 1, 8, 8), align_corners=False)
    seen = torch.nn.functional.grid_sample(x.view(n, 1, 8, 8), grid, align_corners=False)
    return seen.view(n, 64) + 0.1 * torch.randn(n, 64)


def kmeans(restarts=10):
    """Nine parts the nearest of ten means, one part uniform."""
    found = [kmeans2(images.numpy(), CLASSES, minit="++", seed=s) for s in range(restarts)]
    spread = [((images.numpy() - means[near]) ** 2).sum() for means, near in found]
    near = torch.from_numpy(found[int(np.argmin(spread))][1]).long()
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
y = kmeans()
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
