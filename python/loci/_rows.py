"""Rows on their way from scikit-learn to the library: which of them count, in what order, and how pixels are scaled."""

from __future__ import annotations

import numpy

__all__: list[str] = []

# Rows are repeated up to so many times their number; beyond, whole weights stay weights.
_MOST_COPIES = 4


def those_that_count(weight: numpy.ndarray, copies: bool) -> tuple[numpy.ndarray, numpy.ndarray | None]:
    """The rows to train on: those of weight 0 are left out, and with ``copies`` a row of the whole weight k is there k
    times, so that it is the same whether a row is weighed or repeated.

    Args:
        weight: [n] float64, >= 0, one at least above 0.
        copies: whether rows may be repeated.

    Returns:
        numbers of rows [m], and the weights left [m]; None where all count the same.
    """
    rows = numpy.flatnonzero(weight)
    left = weight[rows]
    if copies and (left == numpy.round(left)).all() and left.sum() <= _MOST_COPIES * len(rows):
        return numpy.repeat(rows, left.astype(numpy.intp)), None
    return rows, None if (left == left[0]).all() else left


def order(x: numpy.ndarray, *beside: numpy.ndarray | None) -> numpy.ndarray:
    """An order of rows that follows from what they hold alone, not from where they stand.

    Args:
        x: [n, columns] float32, C-contiguous, without negative zeros.
        beside: [n] or [n, k] each, which tell rows of the same content apart; None is left out.

    Returns:
        numbers of rows [n].
    """
    first = numpy.argsort(x.view(f"V{x.itemsize * x.shape[1]}").ravel(), kind="stable")
    ordered = x[first]
    rank = numpy.zeros(len(x), numpy.intp)
    rank[first[1:]] = (ordered[1:] != ordered[:-1]).any(axis=1).cumsum()
    ties = [column for part in beside if part is not None for column in part.reshape(len(x), -1).T]
    return numpy.lexsort((*reversed(ties), rank))


def pixel_scale(x: numpy.ndarray) -> tuple[float, float] | None:
    """(low, span) that bring all pixels of images [n, pixels] alike to 0..1; None where they lie in there already."""
    low, high = float(x.min()), float(x.max())
    if low >= 0 and high <= 1:
        return None
    low = min(low, 0.0)
    return low, high - low if high > low else 1.0
