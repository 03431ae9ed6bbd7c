"""Data sets: built in, from files, from arrays."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import re
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from . import arrays, options
from ._facts import facts_for, facts_of
from .errors import ArgumentError, FileError, FormatError, LociError, LociWarning, in_python
from .library import NULL, call, ffi, lib, make, text, to_c

if TYPE_CHECKING:
    from .network import Network

__all__ = ["Data"]

_PARTS = {"train": 0, "test": 1}
_TASKS = ("classify", "regress")


class Data:
    """A data set: a training part, and perhaps a test part.

    ``Data("mnist")`` opens a named one, ``Data("iris.csv", label="species")`` a file or folder, with the options of
    ``loci train`` that say how it is read. ``Data(x, y)`` takes arrays.

    Args:
        x: a name, a path, or samples: [n, columns], [n, height, width] or [n, height, width, channels]. uint8 is
            pixels, read as value / 255; other numbers become float32. What is float32 or uint8 and C-contiguous is
            borrowed, not copied, and must stay as it is. With ``events``, [n, steps, channels] whole numbers: how many
            events there are, copied.
        y: with arrays, what belongs to them [n]: whole numbers from 0 or texts are classes, numbers of floating point,
            [n] or [n, outputs], are predicted. Texts are in order of letters, or of values where all are numbers.
        test: with arrays, the test part, a pair (x, y).
        sample_weight: with arrays, [n] how much a training sample counts, >= 0.
        classes: with arrays, the names of the outputs in their order; texts in y are held against it, and so are
            whole numbers where all names are numbers, but not 0, 1, 2, ...
        task: "classify" or "regress"; None = what y says.
        name: what reports call arrays.
        image_shape: (height, width) or (height, width, channels) of samples given as rows.
        events: with arrays, samples have time steps: spiking networks take them with ``coding="events"``.
        model: with a path, the network that data are for: a table is read as that of its training was, by the names of
            its columns, and pictures come in its shape.
        labelled: with a path and a model, False = rows need no answers: all are in the training part, for ``predict``.
        **given: with a name or a path, options such as ``label``, ``target``, ``missing``, ``test`` (a file).

    Raises:
        LociError: the data cannot be read, or are not what they should be.
        TypeError: an option that there is not.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        *,
        test: Any = None,
        sample_weight: Any = None,
        classes: Sequence[Any] | None = None,
        task: str | None = None,
        name: str = "arrays",
        image_shape: Sequence[int] | None = None,
        events: bool = False,
        model: Network | None = None,
        labelled: bool = True,
        **given: Any,
    ) -> None:
        self._config = lib_config()
        self.source = ""
        self.given: dict[str, Any] = {}
        if task is not None and task not in _TASKS:
            raise ArgumentError(f"'{task}' is none of {', '.join(_TASKS)}", "task")
        if isinstance(x, str) or hasattr(x, "__fspath__"):
            if y is not None:
                raise TypeError("a name or a path comes without y; say which column it is with label= or target=")
            if not labelled and model is None:
                raise TypeError("rows without answers are read as a model knows them; give model=")
            self._open(x, {**given, "test": test}, task, model, labelled)
        else:
            if model is not None:
                raise TypeError("arrays are taken as they are; leave model= out")
            options.check_names("Data() of arrays", given, {}, {})
            self._borrow(x, y, test, sample_weight, classes, task, name, image_shape, events)
        tell(self.notes)

    # ---- making one ----

    def _open(self, path: Any, given: dict[str, Any], task: str | None, model: Any, labelled: bool) -> None:
        options.check_names("Data()", given, {**options.of_data(), "no_test": None}, {})
        self.given = {name: value for name, value in given.items() if value is not None}
        set_texts(self._config, {"data": path, **given})
        self._open_config(-1 if task is None else _TASKS.index(task), model, labelled)

    def _open_config(self, task: int = -1, model: Network | None = None, labelled: bool = True, steps: int = 0) -> None:
        """Opens what the configuration names, as it says and as a model knows it."""
        chosen = ffi.new("loci_data_options *")
        call(lib.loci_config_data, self._config, chosen)
        chosen.task = task
        if steps > 0:
            chosen.time_steps = steps
        if model is not None:
            columns, names = (ffi.new("char[]", to_c(model.note(key))) for key in ("columns", "classes"))
            chosen.task = _TASKS.index(model.task)
            if task not in (-1, chosen.task):
                raise ArgumentError(f"is {_TASKS[task]}, and the model is there to {model.task}", "task")
            chosen.known_columns = columns if len(columns) > 1 else NULL
            chosen.known_outputs = names if len(names) > 1 and model.task == "classify" else NULL
            chosen.unlabelled, chosen.test_optional = not labelled, 1
            call(lib.loci_data_options_for, chosen, model.pointer)
        self.source = text(self._config.data)
        self._keep: Any = None
        self._handle = self._opened(chosen, None if model is None else lib.loci_network_spec(model.pointer))

    def _opened(self, chosen: Any, spec: Any) -> Any:
        """A data set in the shape that a network takes: pictures of another size are scaled to it."""
        found, missed = None, None
        try:
            found = _fitting(self._config.data, chosen, spec)
        except FormatError as why:
            missed = why
        fits = found is not None and (spec is None or lib.loci_dataset_fits(found.pointer, spec))
        if not fits and spec is not None and chosen.image_size == NULL and os.path.isdir(self.source):
            size = ffi.new("char[]", f"{spec.height}x{spec.width}".encode())
            chosen.image_size = size
            with contextlib.suppress(LociError):
                scaled = _fitting(self._config.data, chosen, spec)
                if lib.loci_dataset_fits(scaled.pointer, spec):
                    tell([f"{self.source}: pictures are scaled to {text(size)}, as the network takes them"])
                    return scaled
        if missed is not None:
            raise missed
        return found

    def _borrow(
        self,
        x: Any,
        y: Any,
        test: Any,
        weight: Any,
        classes: Any,
        task: Any,
        name: str,
        shape: Any,
        events: bool,
        facts: dict[str, Any] | None = None,
    ) -> None:
        """facts: of data that were read from a file, once; a test part then comes with its weights."""
        if y is None and facts is None:
            raise TypeError("arrays of samples need what belongs to them: Data(x, y)")
        take = arrays.events_of if events else arrays.samples_of
        samples = take(x)
        size = (1, samples.shape[2], 1) if events else _image_shape(samples, shape)
        train = Part(samples, y, weight, size, task, classes, events)
        part = None
        if test is not None:
            if not isinstance(test, (tuple, list)) or len(test) != (2 if facts is None else 3):
                raise TypeError("test is a pair, (x, y)")
            part = Part(
                _like(take(test[0], "test"), samples, x, test[0], events),
                test[1],
                test[2] if facts is not None else None,
                size,
                train.task,
                train.known,
                events,
            )
        known, kept = (NULL, []) if facts is None else facts_for(facts)
        train.struct.facts = known
        if facts is None and not events:
            tell(doubts(x, y, samples, train.task, shape))
        self._keep = (train, part, known, kept)
        struct = part.struct if part is not None else NULL
        self._handle = make(
            "loci_dataset",
            lib.loci_dataset_borrow,
            lib.loci_dataset_free,
            name.encode(),
            size[0],
            size[1],
            train.struct,
            struct,
            needs=self._keep,
        )

    @property
    def pointer(self) -> Any:
        return self._handle.pointer

    # ---- looking at one ----

    @property
    def name(self) -> str:
        """What reports call it."""
        return text(lib.loci_dataset_name(self.pointer))

    @property
    def notes(self) -> list[str]:
        """Lines about what was taken for granted in reading, or left out."""
        lines, i = [], 0
        while line := lib.loci_dataset_note(self.pointer, i):
            lines.append(in_python(text(line)))
            i += 1
        return lines

    @property
    def task(self) -> str:
        """ "classify" or "regress"."""
        return _TASKS[lib.loci_dataset_task(self.pointer)]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of a sample; a table has height 1."""
        at = self.pointer
        return (lib.loci_dataset_height(at), lib.loci_dataset_width(at), lib.loci_dataset_channels(at))

    @property
    def steps(self) -> int:
        """Time steps of a sample of temporal data; 0 of others."""
        return int(lib.loci_dataset_steps(self.pointer))

    @property
    def classes(self) -> list[str]:
        """Names of the outputs: of the classes, or of the numbers to predict."""
        at = self.pointer
        return [text(lib.loci_dataset_output_name(at, k)) for k in range(lib.loci_dataset_outputs(at))]

    @property
    def columns(self) -> list[str] | None:
        """Names of a table's inputs, of words "NAME=WORD"; None where there are none."""
        names = [lib.loci_dataset_column_name(self.pointer, f) for f in range(self.shape[1])]
        return [text(name) for name in names] if self.shape[0] == 1 and all(names) else None

    @property
    def table(self) -> dict[str, Any] | None:
        """What the columns of a table are: kinds, words, means; None of other data."""
        found = lib.loci_dataset_columns(self.pointer)
        return json.loads(text(found)) if found else None

    def count(self, part: str = "train") -> int:
        """Samples in a part, "train" or "test"."""
        return int(lib.loci_dataset_count(self.pointer, _PARTS[part]))

    @property
    def train(self) -> tuple[numpy.ndarray, numpy.ndarray | Any]:
        """The training part (x, y), as a network takes it: see ``arrays()``."""
        return self.arrays("train")

    @property
    def test(self) -> tuple[numpy.ndarray, numpy.ndarray | Any]:
        """The test part (x, y), likewise."""
        return self.arrays("test")

    def arrays(
        self, part: str = "train", first: int = 0, count: int | None = None
    ) -> tuple[numpy.ndarray, numpy.ndarray | Any]:
        """Copies a part, or some of it: a part of large images may be more than memory holds.

        Args:
            part: "train" or "test".
            first: the first sample.
            count: how many, n; None: all from there on.

        Returns:
            the pair (x, y). Samples x are as the data hold them, before any scaling, uint8 or float32: [n, columns] of
            a table, else [n, height, width] or [n, height, width, channels]. Answers y are numbers of the classes [n],
            int32, or numbers to predict [n, outputs], float32, in their units; None of rows without answers
            (``labelled=False``). Of temporal data x is [n, steps, channels], float32: how many events there are.
        """
        split, there = _PARTS[part], self.count(part)
        if not 0 <= first <= there:
            raise ArgumentError(f"{first} is not a number from 0 to {there}", "first")
        n = there - first if count is None else count
        if not 0 <= n <= there - first:
            raise ArgumentError(f"{n} is not a number from 0 to {there - first}", "count")
        samples = self._events if self.steps else self._samples
        return samples(split, first, n), self._answers(split, first, n)

    def _events(self, split: int, first: int, n: int) -> numpy.ndarray:
        x = numpy.empty((n, self.steps, self.shape[1]), arrays.FLOAT)
        for i in range(n):
            lib.loci_dataset_events(self.pointer, split, first + i, arrays.pointer(x[i]))
        return x

    def _samples(self, split: int, first: int, n: int) -> numpy.ndarray:
        at = self.pointer
        height, width, channels = self.shape
        shape = (n, width) if height == 1 else (n, height, width) + ((channels,) if channels > 1 else ())
        whole = bool(lib.loci_dataset_is_bytes(at))
        x = numpy.empty(shape, arrays.BYTE if whole else arrays.FLOAT)
        if n > 0:
            read = lib.loci_dataset_bytes if whole else lib.loci_dataset_values
            if read(at, split, first, n, arrays.pointer(x, "uint8_t" if whole else "float")) != 0:
                raise FileError("samples could not be read; the file has changed", self.name)
        return x

    def _answers(self, split: int, first: int, n: int) -> numpy.ndarray | None:
        at, rows = self.pointer, range(first, first + n)
        if lib.loci_dataset_unlabelled(at):
            return None
        if self.task == "classify":
            return numpy.fromiter((lib.loci_dataset_label(at, split, i) for i in rows), numpy.int32, n)
        outputs = lib.loci_dataset_outputs(at)
        y = numpy.empty((n, outputs), arrays.FLOAT)
        for k, i in enumerate(rows):
            y[k] = ffi.unpack(lib.loci_dataset_target(at, split, i), outputs)
        return y

    def weights(self, part: str = "train") -> numpy.ndarray:
        """How much each sample of a part counts [n], float32; 1 where the data say nothing."""
        found = self._weights(part)
        return numpy.ones(self.count(part), arrays.FLOAT) if found is None else found

    def _weights(self, part: str) -> numpy.ndarray | None:
        found, n = lib.loci_dataset_weights(self.pointer, _PARTS[part]), self.count(part)
        return None if found == NULL or n == 0 else numpy.frombuffer(ffi.buffer(found, 4 * n), arrays.FLOAT).copy()

    def __repr__(self) -> str:
        height, width, channels = self.shape
        size = f"{width} columns" if height == 1 else f"{height} x {width}" + (f" x {channels}" if channels > 1 else "")
        size = f"{self.steps} steps of {width} channels" if self.steps else size
        count = len(self.classes)
        what = (
            f"{count} classes" if self.task == "classify" else f"{count} number{'s' if count != 1 else ''} to predict"
        )
        return f"<loci.Data {self.name}: {self.count()} + {self.count('test')} samples of {size}, {what}>"

    def __reduce__(self) -> Any:
        parts = [(*self.arrays(part), self._weights(part)) if self.count(part) else None for part in _PARTS]
        shape = None if self.steps else self.shape
        like = {"classes": self.classes or None, "task": self.task, "name": self.name, "shape": shape}
        return _rebuild, (*parts, like, facts_of(self.pointer), self.source, self.given)


def _rebuild(train: Any, test: Any, like: Any, facts: Any, source: str, given: Any) -> Data:
    data = Data.__new__(Data)
    data._config, data.source, data.given = lib_config(), source, given
    if like["task"] == "classify" and train[1] is not None:
        train, test = (part and (part[0], by_name(part[1], like["classes"]), part[2]) for part in (train, test))
    x, y, weight = train
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LociWarning)  # said when they were read
        data._borrow(x, y, test, weight, **like, events=like["shape"] is None, facts=facts)
    return data


def _fitting(name: Any, chosen: Any, spec: Any) -> Any:
    """A data set as a network takes it; None = for any."""
    found = make("loci_dataset", lib.loci_dataset_open, lib.loci_dataset_free, name, chosen)
    if spec is not None:
        call(lib.loci_dataset_fit, found.pointer, spec)
    return found


def tell(notes: Iterable[str]) -> None:
    """Warns with each line, as the code that called the package."""
    depth, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        depth, frame = depth + 1, frame.f_back
    for note in notes:
        warnings.warn(note, LociWarning, stacklevel=depth)


def check_task(data: Data, task: Any) -> None:
    """What data teach was said where they were read; None = it is not asked for."""
    if task is not None and task != data.task:
        raise ArgumentError(
            f"is {task}, and {data.name} is read to {data.task}",
            "task",
            f"give it to the data: Data(..., task={task!r})",
        )


def lib_config() -> Any:
    """A configuration with every option at its default."""
    config = ffi.new("loci_config *")
    lib.loci_config_defaults(config)
    return config


def set_texts(config: Any, given: dict[str, Any]) -> None:
    """Sets options of a configuration by name; None is not given."""
    for name, value in options.pairs(given):
        call(lib.loci_config_set, config, name.encode(), to_c(value))


def _image_shape(samples: numpy.ndarray, wanted: Any) -> tuple[int, int, int]:
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


def names_of(classes: Any) -> list[str]:
    """Names of outputs, no two alike."""
    if isinstance(classes, str):
        raise TypeError("classes is a list of names, not one text")
    names = [str(name) for name in classes]
    again = [name for name in set(names) if names.count(name) > 1] if len(set(names)) < len(names) else []
    if again:
        raise ArgumentError(f"'{min(again)}' is there more than once", "classes")
    return names


def _like(test: numpy.ndarray, train: numpy.ndarray, of_train: Any, of_test: Any, events: bool) -> numpy.ndarray:
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


_NUMBER = re.compile(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?")


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
