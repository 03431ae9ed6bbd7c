"""Networks: what they are made of, what they make of samples."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from . import arrays, options
from ._labels import are_other_numbers, names_of
from .data import Data, check_task, lib_config, tell
from .errors import ArgumentError, MismatchError
from .library import NULL, Handle, call, ffi, lib, make, raise_for, text, to_c, use_pool

if TYPE_CHECKING:
    from .evaluation import Evaluation
    from .prepared import Prepared

__all__ = ["Network", "load", "presets"]

_LOOKED_AT = 64
_BEYOND = "values go beyond 0 to 1, all that the network was made for; they are used as they are"
_DARK = "bytes go up to less than 128 only; the network takes them as value / 255, as those it was made for"
_TRAINING_ONLY = "it is an option of training; give it to loci.Trainer or loci.train"
_DATA_ONLY = "it says how data are read; give it to loci.Data"


def presets() -> dict[str, str]:
    """The presets by name, with a line about each."""
    found, i = {}, 0
    while name := lib.loci_preset_name(i):
        found[text(name)] = text(lib.loci_preset_summary(i))
        i += 1
    return found


class Network(Mapping[str, numpy.ndarray]):
    """A network whose weights follow from where its neurons sit.

    ``Network("arbor-mlp-10k")`` is a preset, ``Network(inputs=(28, 28), hidden=(192, 80), outputs=10)`` one of your
    own, ``Network(inputs=(28, 28), maps=(8, 12, 16), hidden=(), outputs=10)`` one whose first layers are maps, which
    share an arbor each, ``Network(data=data)`` one chosen for a data set. It is a mapping of its tensors by name:
    ``net["pair0.axon.position"]`` is a writable view, as ``net.parameters`` is of all of them.

    Args:
        preset: a name of ``loci.presets()``; any option can be given another value.
        data: a ``loci.Data`` to take inputs, outputs, task, scaling and names of classes from.
        inputs: a number of columns, (height, width) or (height, width, channels).
        outputs: classes, or numbers to predict.
        classes: names of the outputs.
        seed: of where the sites start, >= 0.
        **given: options of a network as ``loci train`` has them, '_' for '-'; a tuple where it takes a list.

    Raises:
        TypeError: an option that there is not.
        LociError: a value out of range, or a network that is not possible.
    """

    _handle: Handle

    def __init__(
        self,
        preset: str | None = None,
        *,
        data: Data | None = None,
        inputs: int | Sequence[int] | None = None,
        outputs: int | None = None,
        classes: Sequence[Any] | None = None,
        seed: int = 1,
        **given: Any,
    ) -> None:
        elsewhere = dict.fromkeys(options.of_training(), _TRAINING_ONLY) | dict.fromkeys(options.of_data(), _DATA_ONLY)
        options.check_names("Network()", given, options.of_network(), elsewhere)
        config, of_c, seed = lib_config(), options.Given(given), options.seed_of(seed)
        name = to_c(preset) if preset is not None else NULL
        call(lib.loci_config_plan, config, name, of_c.array, of_c.count)
        if data is not None:
            if not isinstance(data, Data):
                raise TypeError(f"data is a loci.Data, not a {type(data).__name__}; give data=loci.Data(...)")
            if inputs is not None or outputs is not None or classes is not None:
                raise TypeError("Network() takes inputs, outputs and classes from the data; leave them out")
            check_task(data, given.get("task"))
            call(lib.loci_config_choose, config, data.pointer, of_c.names, of_c.count, NULL, 0)
            arguments: tuple[Any, ...] = (ffi.addressof(config, "spec"), data.pointer, seed)
        else:
            _set_shape(config.spec, inputs, outputs if classes is None else len(classes))
            arguments = (ffi.addressof(config, "spec"), seed)
        create = lib.loci_network_create if data is None else lib.loci_network_create_for
        self._adopt(make("loci_network", create, lib.loci_network_free, *arguments))
        self._fresh = data is None
        if preset is not None:
            self._set_note("preset", preset)
        if classes is not None:
            self._set_note("classes", json.dumps(names_of(classes)))

    @classmethod
    def _of(cls, handle: Handle) -> Network:
        network = cls.__new__(cls)
        network._adopt(handle)
        network._fresh = False
        return network

    def _adopt(self, handle: Handle) -> None:
        self._handle = handle
        spec = lib.loci_network_spec(handle.pointer)
        self.shape: tuple[int, int, int] = (spec.height, spec.width, spec.channels)
        self.outputs: int = spec.classes
        self._pixels: int = lib.loci_spec_pixels(spec)
        self.steps: int = lib.loci_spec_inputs(spec) // self._pixels if spec.coding == lib.LOCI_CODING_EVENTS else 0
        self._tensors: dict[str, Any] = {}
        while tensor := lib.loci_network_tensor(handle.pointer, len(self._tensors)):
            self._tensors[text(tensor.name)] = tensor
        self._error = ffi.new("loci_error *")

    @property
    def pointer(self) -> Any:
        return self._handle.pointer

    # ---- what it is made of ----

    @property
    def options(self) -> dict[str, Any]:
        """All options of the network by name."""
        spec = lib.loci_network_spec(self.pointer)
        return options.read(options.of_network(), lib.loci_spec_get, spec)

    @property
    def layers(self) -> tuple[int, ...]:
        """Neurons of each layer, inputs first. Of maps they are in order of places, row by row, the maps of a place
        side by side."""
        spec = lib.loci_network_spec(self.pointer)
        return tuple(lib.loci_spec_layer_size(spec, l) for l in range(lib.loci_spec_hidden_layers(spec) + 2))

    @property
    def grids(self) -> tuple[tuple[int, int, int], ...]:
        """(height, width, maps) of the image and of each layer of maps; () where there are none."""
        spec, maps = lib.loci_network_spec(self.pointer), ffi.new("loci_maps *")
        found: list[tuple[int, int, int]] = []
        while lib.loci_spec_maps(spec, len(found), maps):
            found.append((maps.height, maps.width, maps.count))
        return tuple(found)

    @property
    def task(self) -> str:
        """ "classify" or "regress"."""
        return ("classify", "regress")[lib.loci_network_spec(self.pointer).task]

    @property
    def classes(self) -> list[str]:
        """Names of the outputs; their numbers where they have none."""
        note = self.note("classes")
        return json.loads(note) if note else [str(k) for k in range(self.outputs)]

    def note(self, key: str) -> str:
        """A note of the model: "preset", "dataset", "classes" or "columns"; "" if absent."""
        return text(lib.loci_network_note(self.pointer, key.encode()))

    def _set_note(self, key: str, value: str) -> None:
        call(lib.loci_network_set_note, self.pointer, key.encode(), to_c(value))

    @property
    def parameters(self) -> numpy.ndarray:
        """All trained numbers [count], float32: a writable view, which keeps the network's memory alive."""
        at, count = self.pointer, lib.loci_network_parameter_count(self.pointer)
        return arrays.view(self._handle, lib.loci_network_parameters(at), (count,))

    def __getitem__(self, name: str) -> numpy.ndarray:
        """A tensor as a writable view; docs/format.md has the names and shapes."""
        tensor = self._tensors.get(name)
        if tensor is None:
            near = options.nearest(name, self._tensors) if isinstance(name, str) else ""
            raise KeyError(
                f"no tensor {name!r}" + (f"; did you mean {near!r}?" if near else f"; there are {list(self)}")
            )
        shape = tuple(tensor.shape[d] for d in range(tensor.rank))
        return arrays.view(self._handle, lib.loci_network_parameters(self.pointer) + tensor.offset, shape)

    def __setitem__(self, name: str, values: Any) -> None:
        self[name][...] = values

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __bool__(self) -> bool:
        return True

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def input_scaling(self) -> tuple[numpy.ndarray, numpy.ndarray] | None:
        """What raw inputs are scaled by, x = (raw - low) / span: (low, span), each [pixels]; None = as they are."""
        low, span = ffi.new("const float **"), ffi.new("const float **")
        lib.loci_network_input_scaling(self.pointer, low, span)
        return _copies(low[0], span[0], self._pixels)

    @input_scaling.setter
    def input_scaling(self, scaling: tuple[Any, Any] | None) -> None:
        self._scale(lib.loci_network_set_input_scaling, scaling, self._pixels)

    @property
    def target_scaling(self) -> tuple[numpy.ndarray, numpy.ndarray] | None:
        """Of a regressor, which gives mean + deviation * outputs: (mean, deviation), each [outputs]; None = as it is."""
        mean, deviation = ffi.new("const float **"), ffi.new("const float **")
        lib.loci_network_target_scaling(self.pointer, mean, deviation)
        return _copies(mean[0], deviation[0], self.outputs)

    @target_scaling.setter
    def target_scaling(self, scaling: tuple[Any, Any] | None) -> None:
        self._scale(lib.loci_network_set_target_scaling, scaling, self.outputs)

    def _scale(self, function: Any, scaling: Any, count: int) -> None:
        pair = [NULL, NULL]
        if scaling is not None:
            pair = [arrays.pointer(arrays.floats(numpy.broadcast_to(part, (count,)))) for part in scaling]
        with self._handle.lock:
            call(function, self.pointer, *pair)

    # ---- what it makes of samples ----

    def _inputs(self, x: Any) -> tuple[numpy.ndarray, int, bool]:
        """Samples as the library takes them, how many, and whether it is a single one."""
        if type(x) is not numpy.ndarray:
            self.check_columns(x)
        samples = x if type(x) is numpy.ndarray and x.dtype is arrays.FLOAT else arrays.samples_of(x)
        if self.steps > 0:
            samples = arrays.floats(samples)
            return samples, *arrays.split_shape(samples, self.shape, self.steps)
        if not samples.flags.c_contiguous:
            samples = arrays.floats(samples)
        count, single = arrays.split_shape(samples, self.shape)
        bytes_, values = NULL, arrays.pointer(samples, "float" if samples.dtype != arrays.BYTE else "uint8_t")
        if samples.dtype == arrays.BYTE:
            bytes_, values = values, NULL
        # Of many samples the first ones tell whether they are in other units.
        look = lib.loci_network_inputs(self.pointer, values, bytes_, min(count, _LOOKED_AT), NULL)
        if look == 2:
            scaled = numpy.empty((count, self._pixels), arrays.FLOAT)
            look = lib.loci_network_inputs(self.pointer, values, bytes_, count, arrays.pointer(scaled))
            samples = scaled
        if look == 1:
            tell([_BEYOND])
        return samples, count, single

    def check_columns(self, x: Any, what: str = "x") -> None:
        """Refuses a DataFrame that has the columns of the table it was trained on in another order: rows are taken as
        they stand."""
        names, note = getattr(x, "columns", None), self.note("columns")
        if names is None or note == "":
            return
        table = json.loads(note)
        known = [
            name
            for column in table["columns"]
            for name in (
                [f"{column['name']}={word}" for word in column["words"]]
                if column["kind"] == "words"
                else [column["name"]]
            )
        ]
        found = [str(name) for name in names]
        if table["header"] and found != known and set(found) & set(known):
            raise ArgumentError(
                f"has the columns {', '.join(found[:8])}; the network takes {', '.join(known[:8])}", what
            )

    def __call__(self, x: Any) -> numpy.ndarray:
        """Runs the network; weights are computed anew, so parameters may have been written.

        Args:
            x: samples as a file would hold them: [n, pixels], [n, height, width] or [n, height, width, channels], or
                one of them. uint8 is value / 255, or goes, as other numbers do, through the model's own scaling. A
                net with ``coding="events"`` takes how many there are, [n, steps, channels].

        Returns:
            [n, outputs] float32, or [outputs] for a single sample: logits; of a regressor values in units of the data.
        """
        samples, count, single = self._inputs(x)
        out = numpy.empty(self.outputs if single else (count, self.outputs), arrays.FLOAT)
        with self._handle.lock, use_pool() as pool:
            error = self._error
            status = lib.loci_network_run(
                self._handle.pointer, pool, arrays.pointer(samples), count, arrays.pointer(out), error
            )
            if status != 0:
                raise_for(status, error)
        return out

    def predict(self, x: Any, **given: Any) -> numpy.ndarray:
        """What it says of samples.

        Args:
            x: as ``net(x)`` takes them; or the path of a table or of arrays, whose rows need no answers: a table's columns
                are found by their names.
            **given: with a path, options of reading as ``loci.Data`` takes them: ``missing="mean"`` puts the means of the
                training where a table has gaps.

        Returns:
            the class of each sample [n], by name where classes have names, else by number; of a regressor the values
            [n], or [n, outputs] of several.
        """
        return answers(self(self._rows(x, given)), self.task, self.classes)

    def probabilities(self, x: Any, **given: Any) -> numpy.ndarray:
        """The classes' probabilities [n, outputs], float32: the softmax of the logits. Arguments as of ``predict()``."""
        if self.task == "regress":
            raise ArgumentError("a regressor has no probabilities", "probabilities", "call predict()")
        return softmax(self(self._rows(x, given)))

    def _rows(self, x: Any, given: dict[str, Any]) -> Any:
        """Samples of a file, read as the model knows them; else as they are."""
        if not isinstance(x, (str, os.PathLike)):
            for name in given:
                raise TypeError(f"{name} says how a file is read; samples are taken as they are")
            return x
        if given.get("missing") == "drop":
            raise ArgumentError("there is an answer for each row", "missing", "give mean, or complete the table")
        return Data(x, model=self, labelled=False, **given).arrays()[0]

    def activations(self, x: Any, layer: int) -> numpy.ndarray:
        """What the neurons of a layer do with one sample.

        Args:
            x: a single sample.
            layer: 1 is the first hidden one, the last one holds the logits.

        Returns:
            [neurons] float32: outputs, of spiking neurons spikes per time step.
        """
        samples, count, _ = self._inputs(x)
        if count != 1:
            raise ArgumentError(f"{count} samples; give one", "x")
        if not 1 <= layer < len(self.layers):
            raise ArgumentError(f"{layer} is not a number from 1 to {len(self.layers) - 1}", "layer")
        out = numpy.empty(self.layers[layer], arrays.FLOAT)
        with self._handle.lock:
            call(lib.loci_network_activations, self.pointer, arrays.pointer(samples), layer, arrays.pointer(out))
        return out

    def weights(self, pair: int) -> numpy.ndarray:
        """The weights of a layer pair [senders, receivers], float32, scale and charges included; what is cut is 0.

        Of a pair that leads to maps the stencil that all of their places share: [window, window, sending maps,
        receiving maps], row by row of the window, not mirrored. So have ``lengths()`` and ``kept()``.
        """
        return self._pair(lib.loci_network_weights, pair, "weights")

    def lengths(self, pair: int) -> numpy.ndarray:
        """The length of each connection of a layer pair [senders, receivers]: the distance of its nearest sites."""
        return self._pair(lib.loci_network_lengths, pair, "lengths")

    def kept(self, pair: int) -> numpy.ndarray:
        """Which connections of a layer pair there are, [senders, receivers] of bool."""
        shape = self._matrix_shape(pair, "kept")
        mask, count = numpy.empty(shape, numpy.bool_), ffi.new("size_t *")
        with self._handle.lock:
            call(lib.loci_network_kept, self.pointer, pair, arrays.pointer(mask, "uint8_t"), count)
        return mask

    def _pair_shape(self, pair: int) -> tuple[int, ...]:
        spec = lib.loci_network_spec(self.pointer)
        last = lib.loci_spec_hidden_layers(spec)
        if not 0 <= pair <= last:
            raise ArgumentError(f"{pair} is not a number from 0 to {last}", "pair")
        if pair < spec.maps_count:
            window, maps = spec.window[pair], self.grids[pair][2]
            return window, window, maps, spec.maps[pair]
        return lib.loci_spec_layer_size(spec, pair), lib.loci_spec_layer_size(spec, pair + 1)

    def _matrix_shape(self, pair: int, what: str) -> tuple[int, ...]:
        """Of an array of all connections, where they are few enough for one."""
        shape = self._pair_shape(pair)
        call(lib.loci_network_check_matrix, self.pointer, pair, what.encode())
        return shape

    def _pair(self, function: Any, pair: int, what: str) -> numpy.ndarray:
        out = numpy.empty(self._matrix_shape(pair, what), arrays.FLOAT)
        with self._handle.lock:
            call(function, self.pointer, pair, arrays.pointer(out))
        return out

    def prepare(self) -> Prepared:
        """The network with its weights computed once: faster for many calls; later changes are not seen."""
        from .prepared import Prepared

        return Prepared(self)

    def evaluate(self, x: Any, y: Any = None, *, part: str | None = None, details: bool = False) -> Evaluation:
        """How it does on samples whose answers are known; see ``loci.Evaluation``.

        Args:
            x: samples, a ``loci.Data``, or a path, read as the model knows its data.
            y: with samples, the answers.
            part: of a data set, "train" or "test", its test part unless there is none.
            details: also predictions and confusions.
        """
        from .evaluation import evaluate

        return evaluate(self, x, y, part, details)

    # ---- pruning ----

    @property
    def pruned_by(self) -> str | None:
        """What it was pruned by: "distance", "weight", "range" or "set"; None = it is not pruned."""
        by = lib.loci_network_pruned_by(self.pointer)
        return None if by < 0 else ("distance", "weight", "range", "set")[by]

    @property
    def rounding(self) -> tuple[int, int] | None:
        """Bits that positions and charges are rounded to before they act, as it was trained (``quantise``); None = they
        are not. The tensors are what is rounded."""
        bits = ffi.new("uint32_t[2]")
        rounds = lib.loci_network_rounding(self.pointer, bits, bits + 1)
        return (bits[0], bits[1]) if rounds else None

    @property
    def weight_bits(self) -> int | None:
        """Bits that weights are rounded to before they act, as it was trained (``quantise``), 2 for -1, 0 and 1 of a
        unit; None = they are not. ``weights()`` gives them rounded."""
        return int(lib.loci_network_weight_bits(self.pointer)) or None

    @property
    def connections(self) -> int:
        """Connections there are: neuron pairs that are neither cut nor out of range."""
        count = ffi.new("size_t *")
        with self._handle.lock:
            call(lib.loci_network_count_kept, self.pointer, count)
        return int(count[0])

    @property
    def sparsity(self) -> float:
        """The share of the unpruned net's connections that is gone, 0..1."""
        return 1 - self.connections / lib.loci_network_connections(self.pointer)

    def prune(self, sparsity: float, *, by: str = "distance", scope: str = "layer") -> Network:
        """Cuts a share of the connections, in place.

        Args:
            sparsity: the share that goes, 0 <= sparsity < 1.
            by: "distance" (the longest go), "weight" (the smallest) or "range" (the longest, smoothly).
            scope: "layer" (of each layer pair) or "net".

        Returns:
            the network itself.
        """
        kinds, scopes = ("distance", "weight", "range"), ("layer", "net")
        for value, names, what in (by, kinds, "by"), (scope, scopes, "scope"):
            if value not in names:
                raise ArgumentError(f"{value!r} is none of {', '.join(names)}", what)
        with self._handle.lock, use_pool() as pool:
            call(lib.loci_network_prune, self.pointer, sparsity, kinds.index(by), scopes.index(scope), pool)
        return self

    def freeze(self) -> Network:
        """Fixes the set of kept connections, whatever positions do from now on. Returns the network itself."""
        with self._handle.lock:
            call(lib.loci_network_freeze, self.pointer)
        return self

    def shrink(self) -> Network:
        """A smaller network with the same outputs, without neurons that nothing follows from."""
        with self._handle.lock:
            return Network._of(make("loci_network", lib.loci_network_shrink, lib.loci_network_free, self.pointer))

    # ---- files, copies, pages ----

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file, all or nothing."""
        with self._handle.lock:
            call(lib.loci_network_save, self.pointer, to_c(path))

    def to_bytes(self) -> bytes:
        """What ``save()`` would write."""
        out, size = ffi.new("void **"), ffi.new("size_t *")
        with self._handle.lock:
            call(lib.loci_network_store, self.pointer, out, size)
        try:
            return bytes(ffi.buffer(out[0], size[0]))
        finally:
            lib.free(out[0])

    @staticmethod
    def from_bytes(data: bytes, name: str = "model") -> Network:
        """A network from the bytes of a model file; errors call it ``name``."""
        held = ffi.from_buffer(data)
        return Network._of(
            make("loci_network", lib.loci_network_restore, lib.loci_network_free, held, len(data), name.encode())
        )

    def __reduce__(self) -> Any:
        return _restore, (self.to_bytes(), self._fresh)

    def __copy__(self) -> Network:
        return _restore(self.to_bytes(), self._fresh)

    def __deepcopy__(self, memo: Any) -> Network:
        return self.__copy__()

    def export(self, path: str | os.PathLike[str], to: str, **given: Any) -> Any:
        """Writes it for other programs: "onnx", "nir", "npz", or "c"; see ``loci.export``."""
        from .export import export

        return export(self, path, to, **given)

    def page(self, path: str | os.PathLike[str], *, data: Data | None = None, run: Any = None) -> None:
        """Writes it as a web page, one file that shows it and runs it."""
        from .page import write

        write(self, path, data, run)

    def _repr_html_(self) -> str:
        from .page import frame

        return frame(self)

    def __repr__(self) -> str:
        grids = ["x".join(map(str, grid)) for grid in self.grids]
        layers = "-".join([*grids, *map(str, self.layers[len(grids) :])])
        name = self.note("preset")
        cut = f", pruned by {self.pruned_by} to {self.connections:,} connections" if self.pruned_by else ""
        count = lib.loci_network_parameter_count(self.pointer)
        return f"<loci.Network {name + ': ' if name else ''}{layers}, {count:,} parameters{cut}>"

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to do: memory goes with the last reference, views included."""


def _restore(data: bytes, fresh: bool) -> Network:
    network = Network.from_bytes(data)
    network._fresh = fresh
    return network


def _copies(first: Any, second: Any, count: int) -> tuple[numpy.ndarray, numpy.ndarray] | None:
    if not first:
        return None
    pair = [numpy.frombuffer(ffi.buffer(part, 4 * count), arrays.FLOAT).copy() for part in (first, second)]
    return pair[0], pair[1]


def _set_shape(spec: Any, inputs: Any, outputs: int | None) -> None:
    if inputs is not None:
        shape = tuple(map(operator.index, (1, inputs, 1) if numpy.ndim(inputs) == 0 else inputs))
        if not 2 <= len(shape) <= 3 or min(shape) < 1 or max(shape) >= 2**32:
            raise ArgumentError(
                f"{inputs} is no number of columns, (height, width) or (height, width, channels)", "inputs"
            )
        spec.height, spec.width, spec.channels = (*shape, 1)[:3]
    if outputs is not None:
        if not 1 <= operator.index(outputs) < 2**32:
            raise ArgumentError(f"{outputs} is not a number from 1 to 65536", "outputs")
        spec.classes = outputs


def data_for(net: Network, x: Any, y: Any, **given: Any) -> Data:
    """Samples in the shape, and with the columns, that the network takes; given: as of ``Data``, which sees them as they
    come."""
    net.check_columns(x)
    arrays.split_shape(arrays.plain(x), net.shape, net.steps)
    kind: dict[str, Any] = {"events": True} if net.steps else {"image_shape": net.shape}
    return Data(x, y, task=net.task, **kind, **given)


def check_data(net: Network, data: Data) -> None:
    """Whether data are what a network knows: outputs of the same names, where both have any, and inputs in units that it
    was made for."""
    known, found = net.classes, data.classes
    numbers = [str(k) for k in range(len(found))]  # as data, or targets, without names are called
    nameless = found == numbers and not (net.task == "classify" and are_other_numbers(known))
    named = net.note("classes") != "" and not nameless and not (net.task == "regress" and known == numbers)
    for k, (name, own) in enumerate(zip(found, known)):
        if named and name != own:
            raise MismatchError(
                f"output {k} is '{name}', the network's is '{own}'",
                data.name,
                "data that the network is for: Data(..., model=net), or of arrays classes=net.classes",
            )
    low, span = ffi.new("const float **"), ffi.new("const float **")
    lib.loci_dataset_input_scaling(data.pointer, low, span)
    if low[0] != NULL and net.input_scaling is None:
        tell([f"{data.name}: {_DARK if lib.loci_dataset_is_bytes(data.pointer) else _BEYOND}"])


def softmax(logits: numpy.ndarray) -> numpy.ndarray:
    """Over the last axis, in double, rounded to float32."""
    shifted = logits.astype(numpy.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    numpy.exp(shifted, out=shifted)
    return (shifted / shifted.sum(axis=-1, keepdims=True)).astype(arrays.FLOAT)


def answers(outputs: numpy.ndarray, task: str, classes: list[str]) -> numpy.ndarray:
    """What outputs say: names or numbers of classes, or values."""
    if task == "regress":
        return outputs[..., 0] if outputs.shape[-1] == 1 else outputs
    best = outputs.argmax(axis=-1)
    named = any(name != str(k) for k, name in enumerate(classes))
    return numpy.asarray(classes)[best] if named else best


def load(path: str | os.PathLike[str]) -> Network:
    """Reads a model: a file, or a run folder's.

    Raises:
        NotFoundError, FormatError: there is none, or it is damaged.
    """
    return Network._of(make("loci_network", lib.loci_network_load, lib.loci_network_free, to_c(path)))
