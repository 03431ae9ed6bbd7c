"""Arrays as a part of a data set."""

from __future__ import annotations

from typing import Any

import numpy

from . import arrays
from ._labels import answers_of, labels_of, names_of
from .errors import ArgumentError
from .library import ffi


def image_shape_of(samples: numpy.ndarray, wanted: Any) -> tuple[int, int, int]:
    """Height, width and channels of samples, from their own shape or as the caller says."""
    found = samples.shape[1:]
    if wanted is not None:
        whole = all(isinstance(side, (int, numpy.integer)) and 0 < side < 2**24 for side in wanted)
        if len(wanted) not in (2, 3) or not whole:
            raise ArgumentError(
                f"{list(wanted)} is neither (height, width) nor (height, width, channels)", "image_shape"
            )
        height, width, channels = (*wanted, 1) if len(wanted) == 2 else wanted
        if found and int(numpy.prod(found)) != height * width * channels:
            raise ArgumentError(f"{list(wanted)} does not fit samples of {list(found)}", "image_shape")
        return height, width, channels
    if len(found) == 1:
        return 1, found[0], 1
    if len(found) == 2:
        return found[0], found[1], 1
    if len(found) == 3:
        return found[0], found[1], found[2]
    raise ArgumentError(
        f"has the shape {list(samples.shape)}",
        "x",
        "samples are [n, columns], [n, height, width] or [n, height, width, channels]",
    )


def test_like(test: numpy.ndarray, train: numpy.ndarray, of_train: Any, of_test: Any, events: bool) -> numpy.ndarray:
    """Samples of the test part, which are what those of the training part are."""
    if test.shape[1:] != train.shape[1:] and (not events or test.shape[2:] != train.shape[2:]):  # steps: the library
        raise ArgumentError(f"has the shape {list(test.shape)}, the training part {list(train.shape)}", "test")
    names, others = getattr(of_train, "columns", None), getattr(of_test, "columns", None)
    if names is not None and others is not None and list(names) != list(others):
        raise ArgumentError("its columns are not those of the training part, in their order", "test")
    return test


def doubts(x: Any, y: Any, samples: numpy.ndarray, task: str, shape: Any) -> list[str]:
    """Lines about what arrays may not have been meant to be."""
    lines = []
    if samples.ndim == 4 and shape is None and samples.shape[3] not in (1, 3):
        planar = samples.shape[1] in (1, 3)
        lines.append(
            f"x of {list(samples.shape)} is taken for {samples.shape[3]} channels of {samples.shape[1]} x "
            f"{samples.shape[2]} pixels" + ("; if channels come first, give x.transpose(0, 2, 3, 1)" if planar else "")
        )
    numbers = [(x, "x")] if samples.ndim == 2 else []
    for array, what in numbers + ([(y, "y")] if task == "regress" else []):
        array = numpy.asarray(array)
        columns = arrays.coarse(array.reshape(len(array), -1))
        if len(columns) > 0:
            lines.append(
                f"{what}: the numbers of column {columns[0]}"
                + (f" and {len(columns) - 1} more" if len(columns) > 1 else "")
                + " lie closer together than float32 tells apart; subtract an offset from them"
            )
    return lines


class Part:
    """One part as the library takes it, with the arrays it points into."""

    def __init__(
        self,
        x: numpy.ndarray,
        y: Any,
        weight: Any,
        size: tuple[int, int, int],
        task: Any,
        known: Any,
        events: bool = False,
    ) -> None:
        target = numpy.empty(len(x)) if y is None else answers_of(y, task)
        regress = target.dtype.kind == "f" if task is None else task == "regress"
        self.task = "regress" if regress else "classify"
        self.known = None if known is None else names_of(known)
        n = len(x)
        if target.shape[:1] != (n,) or target.ndim > (2 if regress else 1):
            raise ArgumentError(f"has the shape {list(target.shape)} beside {n} samples", "y")
        struct = self.struct = ffi.new("loci_arrays *")
        struct.count, struct.channels = n, size[2]
        struct.steps = x.shape[1] if events else 0
        self._keep: list[Any] = []
        if x.dtype == arrays.BYTE:
            struct.bytes = self._hold(x, "uint8_t")
        else:
            struct.samples = self._hold(x, "float")
        if y is None:  # samples to predict
            setattr(struct, "outputs" if regress else "classes", len(self.known or ()))
        elif regress:
            values = arrays.floats(arrays.plain(target, "y").reshape(n, -1))
            struct.targets, struct.outputs = self._hold(values, "float"), values.shape[1]
        else:
            if target.dtype.kind == "f":
                if not numpy.isfinite(target).all():
                    raise ArgumentError(f"sample {numpy.isfinite(target).argmin() + 1} has no label", "y")
                if not numpy.array_equal(target, numpy.round(target)):
                    raise ArgumentError("holds fractions, which are no classes", "y", "give task='regress'")
                target = target.clip(-(2.0**62), 2.0**62).astype(numpy.int64)
            labels, self.known = labels_of(target, self.known)
            struct.labels, struct.classes = self._hold(labels, "int32_t"), len(self.known or ())
        if self.known is not None:
            names = [ffi.new("char[]", name.encode()) for name in self.known]
            table = ffi.new("const char *[]", names)
            struct.names = table
            self._keep += [names, table]
        if weight is not None:
            weights = arrays.floats(arrays.plain(weight, "sample_weight"))
            if weights.shape != (n,):
                raise ArgumentError(f"has the shape {list(weights.shape)} beside {n} samples", "sample_weight")
            struct.weights = self._hold(weights, "float")

    def _hold(self, array: numpy.ndarray, kind: str) -> Any:
        pointer = arrays.pointer(array, kind)
        self._keep.append((array, pointer))
        return pointer
