"""Arrays on their way to the library: float32 and C-contiguous as they are, others converted once."""

from __future__ import annotations

from typing import Any

import numpy

from .errors import ArgumentError
from .library import ffi

__all__: list[str] = []

FLOAT = numpy.dtype(numpy.float32)
BYTE = numpy.dtype(numpy.uint8)


def plain(x: Any, what: str = "x") -> numpy.ndarray:
    """An array of numbers, of a DataFrame too; complaints name it ``what``."""
    if hasattr(x, "toarray") and not isinstance(x, numpy.ndarray):
        raise TypeError(f"{what} is sparse; give {what}.toarray()")
    check_mask(x, what)
    array = numpy.asarray(x)
    if array.dtype.kind == "O":
        try:
            return array.astype(numpy.float64)
        except (TypeError, ValueError):
            raise TypeError(
                f"{what} holds objects that are no numbers; encode words as numbers first, or give the table's "
                f"path to loci.Data, which reads words"
            ) from None
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {what} holds complex numbers")
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{what} holds {array.dtype}, not numbers")
    return array


def check_mask(x: Any, what: str) -> None:
    """NumPy forgets a mask when it makes a plain array; what lies below it is no number that anybody meant."""
    if isinstance(x, numpy.ma.MaskedArray) and numpy.ma.is_masked(x):
        raise ArgumentError("has masked values", what, "leave such samples out, or fill them: filled()")


def coarse(x: numpy.ndarray) -> numpy.ndarray:
    """Columns of x [n, columns] in which float32 tells less than a thousand numbers apart between the least and the
    largest, though there are others: moments in seconds since 1970 within a day are such."""
    if x.dtype.kind not in "iuf" or x.dtype.itemsize <= (4 if x.dtype.kind == "f" else 2) or len(x) == 0:
        return numpy.empty(0, numpy.intp)
    low, high = x.min(axis=0).astype(numpy.float64), x.max(axis=0).astype(numpy.float64)
    with numpy.errstate(over="ignore", invalid="ignore"):
        step = numpy.spacing(numpy.maximum(abs(low), abs(high)).astype(FLOAT)).astype(numpy.float64)
        doubted = numpy.flatnonzero((high > low) & (high - low < 1000 * step))
    return doubted[[bool((x[:, c].astype(FLOAT) != x[:, c]).any()) for c in doubted]]


def floats(x: numpy.ndarray) -> numpy.ndarray:
    """As float32, C-contiguous; the array itself where it is that."""
    return numpy.ascontiguousarray(x, FLOAT)


def samples_of(x: Any, what: str = "x") -> numpy.ndarray:
    """Samples as the library takes them: bytes stay bytes, all else becomes float32."""
    array = plain(x, what)
    if array.dtype == BYTE:
        return numpy.ascontiguousarray(array)
    with numpy.errstate(over="ignore"):
        return floats(array)


def events_of(x: Any, what: str = "x") -> numpy.ndarray:
    """How many events there are, [n, steps, channels] as the library takes them: float32, C-contiguous."""
    array = floats(plain(x, what))
    if array.ndim != 3:
        raise ArgumentError(f"has the shape {list(array.shape)}; events are [n, steps, channels]", what)
    return array


def pointer(array: numpy.ndarray, kind: str = "float") -> Any:
    """A pointer to an array's numbers, which keeps it alive."""
    return ffi.from_buffer(f"{kind}[]", array)


class _View:
    """Memory of the library for NumPy to look at; whoever looks keeps its owner alive."""

    __slots__ = ("__array_interface__", "owner")

    def __init__(self, owner: Any, address: Any, shape: tuple[int, ...]) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "typestr": FLOAT.str,
            "shape": shape,
            "data": (int(ffi.cast("uintptr_t", address)), False),
        }


def view(owner: Any, address: Any, shape: tuple[int, ...]) -> numpy.ndarray:
    """A writable array on memory of the library's, which lives as long as the array."""
    return numpy.asarray(_View(owner, address, shape))


def split_shape(array: numpy.ndarray, shape: tuple[int, int, int], steps: int = 0) -> tuple[int, bool]:
    """How many samples an array holds for inputs of height, width and channels, and whether it is a single one;
    with steps, they are events of so many steps.
    """
    height, width, channels = shape
    what = "x"
    if steps > 0:
        if array.shape == (steps, width):
            return 1, True
        if array.shape[1:] == (steps, width):
            return len(array), False
        wanted = f"[n, {steps}, {width}], or one such sample"
        raise ArgumentError(f"has the shape {list(array.shape)}; the network takes events, {wanted}", what)
    pixels = height * width * channels
    found = array.shape
    images = [(height, width, channels)] + ([(height, width)] if channels == 1 else [])
    if found == (pixels,):
        return 1, True
    if len(found) == 2 and found[1] == pixels:
        return found[0], False
    if found in images:
        return 1, True
    if found[1:] in images:
        return found[0], False
    wanted = f"[n, {pixels}]" if height == 1 else f"[n, {pixels}] or [n, {', '.join(map(str, images[-1]))}]"
    raise ArgumentError(f"has the shape {list(found)}; the network takes {wanted}, or one such sample", what)
