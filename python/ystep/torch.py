"""Losses of logits against soft labels, for training with PyTorch; on any
device. Gradients are those of docs/training.md, section 1, and lose nothing
where probabilities underflow."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["collision_cross_entropy", "reverse_cross_entropy", "shannon_cross_entropy"]


class _Collision(torch.autograd.Function):
    """-ln(softmax(logits) . y) of each row."""

    @staticmethod
    def forward(ctx, logits: Tensor, y: Tensor) -> Tensor:
        joint = logits + y.log()  # -infinity where y is 0
        both = torch.logsumexp(joint, -1, keepdim=True)
        ctx.save_for_backward(logits, joint, both)
        return (torch.logsumexp(logits, -1, keepdim=True) - both).squeeze(-1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, slope: Tensor):
        logits, joint, both = ctx.saved_tensors
        slope = slope.unsqueeze(-1)
        by_logits = slope * (torch.softmax(logits, -1) - torch.exp(joint - both))
        by_y = -slope * torch.exp(logits - both) if ctx.needs_input_grad[1] else None
        return by_logits, by_y


def _reduce(losses: Tensor, reduction: str) -> Tensor:
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(f"reduction is {reduction!r}; expected 'mean', 'sum' or 'none'")


def _labels_for(logits: Tensor, y: Tensor) -> Tensor:
    if y.shape != logits.shape:
        raise ValueError(
            f"y has shape {tuple(y.shape)}; expected that of the logits, {tuple(logits.shape)}"
        )
    return y.to(logits.dtype)


def collision_cross_entropy(logits: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """-ln(sigma . y) over the last dimension, sigma = softmax(logits), in nats.

    Args:
        logits: (..., K).
        y: (..., K), labels, rows on the simplex; cast to the logits' dtype.
        reduction: "mean", "sum" or "none", of the rows.

    A row of uniform labels teaches nothing: its gradient is 0 to rounding.
    """
    return _reduce(_Collision.apply(logits, _labels_for(logits, y)), reduction)


def shannon_cross_entropy(logits: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """-sum_k y_k ln sigma_k over the last dimension; see collision_cross_entropy."""
    y = _labels_for(logits, y)
    return _reduce(-(y * torch.log_softmax(logits, -1)).sum(-1), reduction)


def reverse_cross_entropy(logits: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """-sum_k sigma_k ln y_k over the last dimension; see collision_cross_entropy.
    Infinite where a label is 0 and sigma is not: mix some 1e-3 of 1/K into y."""
    y = _labels_for(logits, y)
    return _reduce(-torch.xlogy(torch.softmax(logits, -1), y).sum(-1), reduction)
