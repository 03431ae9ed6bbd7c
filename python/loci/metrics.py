"""What an epoch came to, and the curves of a training: NumPy arrays by the names that metrics.jsonl has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy

from .library import ffi

__all__: list[str] = []

_SCORES = ("r2", "mae", "rmse")


def of_epoch(metrics: Any) -> dict[str, Any]:
    """One epoch as a dict; NaN is what was not measured."""
    values: dict[str, Any] = {
        "epoch": metrics.epoch,
        "learning_rate": metrics.learning_rate,
        "train_loss": metrics.train_loss,
    }
    if metrics.task == 0:
        values["train_accuracy"] = metrics.train_accuracy
    for part in "validation", "test":
        values |= scores(part, metrics.task, getattr(metrics, f"{part}_accuracy"), getattr(metrics, part))
    values["seconds"] = metrics.seconds
    return values


def scores(part: str, task: int, accuracy: float, regression: Any) -> dict[str, float]:
    """How good it is on a part, by key."""
    if task == 0:
        return {f"{part}_accuracy": accuracy if accuracy >= 0 else numpy.nan}
    return {f"{part}_{name}": getattr(regression, name) for name in _SCORES}


def curves(epochs: Iterable[dict[str, Any]]) -> dict[str, numpy.ndarray]:
    """Epochs side by side: an array for each key."""
    rows = list(epochs)
    names = rows[0] if rows else of_epoch(ffi.new("loci_metrics *"))
    return {name: numpy.array([row[name] for row in rows], int if name == "epoch" else float) for name in names}
