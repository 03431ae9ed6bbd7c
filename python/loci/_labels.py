"""What belongs to samples: numbers, or classes by their positions and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy

from . import arrays
from .errors import ArgumentError

_NUMBER = re.compile(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?")


def names_of(classes: Any) -> list[str]:
    """Names of outputs, no two alike."""
    if isinstance(classes, str):
        raise TypeError("classes is a list of names, not one text")
    names = [str(name) for name in classes]
    again = [name for name in set(names) if names.count(name) > 1] if len(set(names)) < len(names) else []
    if again:
        raise ArgumentError(f"'{min(again)}' is there more than once", "classes")
    return names


def answers_of(y: Any, task: str | None) -> numpy.ndarray:
    """What belongs to samples, as numbers or texts. Of a list of objects, numbers stay numbers where one is a fraction's
    type, and what is missing is no class."""
    arrays.check_mask(y, "y")
    array = numpy.asarray(y)
    if array.dtype.kind not in "biufUSO":
        raise TypeError(f"y holds {array.dtype}, neither numbers nor texts")
    if array.dtype.kind != "O" or task == "regress":
        return array
    values = array.ravel().tolist()
    real = (float, numpy.floating)
    for i, value in enumerate(values):
        if (
            value is None
            or type(value).__name__ in ("NAType", "NaTType")
            or (isinstance(value, real) and value != value)
        ):
            raise ArgumentError(f"sample {i + 1} has no label", "y", "leave such samples out")
    if not all(isinstance(value, (int, numpy.integer, numpy.bool_, *real)) for value in values):
        return array.astype(str)
    if any(isinstance(value, real) for value in values):
        return array.astype(numpy.float64)
    beyond = next((i for i, value in enumerate(values) if not -(2**63) <= value < 2**63), None)
    if beyond is not None:
        raise ArgumentError(f"sample {beyond + 1} has label {values[beyond]}; labels go from 0 to 65535", "y")
    return array.astype(numpy.int64)


def _values(names: Iterable[str]) -> list[float] | None:
    """Names as numbers; None where one is none."""
    names = list(names)
    return [float(name) for name in names] if all(map(_NUMBER.fullmatch, names)) else None


def _in_order(texts: Iterable[str]) -> list[str]:
    """Different texts by their values where all are numbers, so that "10" comes after "9", else by their letters."""
    names = sorted(set(texts))
    values = _values(names)
    return names if values is None else [name for _, name in sorted(zip(values, names, strict=True))]


def are_other_numbers(names: Sequence[str] | None) -> bool:
    """Whether names of classes are all numbers, but not those of their positions: a number is one of them then."""
    values = None if names is None else _values(names)
    return values is not None and values != list(range(len(values)))


def by_name(labels: numpy.ndarray, names: Sequence[str] | None) -> numpy.ndarray:
    """Positions of classes, so that nothing takes them for names that are numbers."""
    return numpy.asarray(names)[labels] if are_other_numbers(names) else labels


def _by_value(y: numpy.ndarray, names: list[str]) -> numpy.ndarray:
    """Positions of the names that whole numbers are, as they are written or by value."""
    written = {name: k for k, name in enumerate(names)}
    valued: dict[float, int] = {}
    for k, own in enumerate(_values(names) or []):
        valued.setdefault(own, k)
    values, where = numpy.unique(y, return_inverse=True)
    found = [written.get(str(value), valued.get(float(value), -1)) for value in values.tolist()]
    if -1 in found:
        raise ArgumentError(
            f"holds {values[found.index(-1)]}, which is none of the classes {', '.join(names[:8])}", "y"
        )
    return numpy.asarray(found, numpy.int32)[where.reshape(y.shape)]


def labels_of(y: numpy.ndarray, known: list[str] | None) -> tuple[numpy.ndarray, list[str] | None]:
    """Numbers of classes, and their names: as they are, or in the order of the texts."""
    if y.dtype.kind in "bui" and known is not None and are_other_numbers(known):
        return _by_value(y, known), known
    if y.dtype.kind in "bui":
        labels = numpy.ascontiguousarray(y, numpy.int32)
        wrapped = numpy.flatnonzero(labels != y)
        if len(wrapped) > 0:
            raise ArgumentError(f"sample {wrapped[0] + 1} has label {y[wrapped[0]]}; labels go from 0 to 65535", "y")
        return labels, known
    texts = y.astype(str)
    if known is None:
        known = _in_order(texts.tolist())
    order = {name: k for k, name in enumerate(known)}
    missing = sorted(set(texts.tolist()) - set(known))
    if missing:
        raise ArgumentError(f"holds '{missing[0]}', which is none of the classes {', '.join(known[:8])}", "y")
    return numpy.fromiter((order[word] for word in texts), numpy.int32, len(texts)), known
