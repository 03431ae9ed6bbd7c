"""Data sets: built in, from files, from arrays."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from . import arrays, options
from ._facts import facts_for, facts_of
from ._labels import by_name
from ._part import Part, doubts, image_shape_of, test_like
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
        size = (1, samples.shape[2], 1) if events else image_shape_of(samples, shape)
        train = Part(samples, y, weight, size, task, classes, events)
        part = None
        if test is not None:
            if not isinstance(test, (tuple, list)) or len(test) != (2 if facts is None else 3):
                raise TypeError("test is a pair, (x, y)")
            part = Part(
                test_like(take(test[0], "test"), samples, x, test[0], events),
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
