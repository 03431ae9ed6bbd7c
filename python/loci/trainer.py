"""Training step by step, in memory."""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy

from . import metrics, options
from ._labels import answers_of
from .data import Data, lib_config
from .errors import UnsupportedError
from .library import NULL, call, ffi, lib, make, new_pool, raise_for, to_c
from .network import Network, check_data, data_for

__all__ = ["Trainer"]

_MODEL_ONLY = "it is an option of the network; give it to loci.Network"
_DATA_ONLY = "it says how data are read; give it to loci.Data"


class Trainer:
    """Trains a network, an epoch at a time or a batch at a time.

        trainer = loci.Trainer(net, x, y, epochs=20)
        for epoch in trainer:
            print(epoch["epoch"], epoch["train_accuracy"])

    The network may be used, looked at and written to between any two steps. The same options and seed give the same
    parameters as ``loci train``, bit for bit.

    Args:
        net: what learns.
        x: samples as ``loci.Data`` takes them, or a ``loci.Data``.
        y: with samples, what belongs to them.
        test: with samples, (x, y) to measure after each epoch; never learnt from.
        sample_weight: with samples, [n] how much each counts, >= 0.
        seed: of the order of samples, augmentation and random coding.
        threads: worker threads, 0 = one per core; None = as ``loci.threads()`` says. The result does not depend on it.
        teacher: a model file or run folder to learn from, too; of several, in a list, the mean is learnt.
        **given: options of training as ``loci train`` has them, '_' for '-'. What is not given is as the network's
            preset says, else follows from the data; ``trainer.options`` has all of them.

    A network that was made without data, and has learnt nothing yet, takes the scaling of its inputs and targets and
    the names of its classes from the data.

    Raises:
        TypeError: an option that there is not, or one of the network.
        LociError: network and data do not fit each other, or an option has nothing to act on.
    """

    def __init__(
        self,
        net: Network,
        x: Any,
        y: Any = None,
        *,
        test: Any = None,
        sample_weight: Any = None,
        seed: int = 1,
        threads: int | None = None,
        teacher: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
        **given: Any,
    ) -> None:
        elsewhere = dict.fromkeys(options.of_network(), _MODEL_ONLY) | dict.fromkeys(options.of_data(), _DATA_ONLY)
        options.check_names("Trainer()", given, options.of_training(), elsewhere)
        if isinstance(x, Data) and any(extra is not None for extra in (y, test, sample_weight)):
            raise TypeError(
                "a loci.Data has its answers, its test part and its weights; leave y, test and sample_weight out"
            )
        self.network, self.seed = net, options.seed_of(seed)
        self.data = x if isinstance(x, Data) else _data_for(net, x, y, test, sample_weight)
        self._config = self._plan(given, teacher)
        self._teachers = [model for model in os.fsdecode(ffi.string(self._config.teacher)).split("\n") if model]
        if net._fresh:
            _adapt(net, self.data)
        check_data(net, self.data)
        self._start(threads)

    def _plan(self, given: dict[str, Any], teacher: Any) -> Any:
        """The configuration of the training, which a preset or the data complete."""
        net, config = self.network, lib_config()
        extra = {} if teacher is None else {"teacher": teacher}
        of_c = options.Given({**given, **extra})
        preset = to_c(net.note("preset"))
        if lib.loci_config_plan(config, preset, NULL, 0, NULL) != 0:
            lib.loci_config_defaults(config)  # a preset that this version does not know
        config.spec = lib.loci_network_spec(net.pointer)[0]
        for i in range(of_c.count):
            call(lib.loci_config_set, config, of_c.names[i], of_c.array[i].text)
        config.no_test = int(self.data.count("test") == 0)
        network = [ffi.new("char[]", name.replace("_", "-").encode()) for name in options.of_network()]
        names = ffi.new("const char *[]", [*of_c.names, *network] if of_c.count else network)
        note = ffi.new("char[]", 512)
        call(lib.loci_config_choose, config, self.data.pointer, names, len(names), note, 512)
        for i in range(of_c.count):
            call(lib.loci_config_use, config, of_c.names[i])
        return config

    def _start(self, threads: int | None) -> None:
        net, data = self.network, self.data
        pool = new_pool(threads)
        self._process = os.getpid()
        self._finished = False
        self._epochs: list[dict[str, Any]] = []
        self._error, self._metrics = ffi.new("loci_error *"), ffi.new("loci_metrics *")
        net._fresh = False
        self._handle = make(
            "loci_trainer",
            lib.loci_trainer_create,
            lib.loci_trainer_free,
            net.pointer,
            data.pointer,
            ffi.addressof(self._config, "train"),
            self.seed,
            pool.pointer,
            needs=(net._handle, data._handle, pool),
        )
        for model in self._teachers:
            call(lib.loci_trainer_teach, self._handle.pointer, to_c(model))

    @property
    def _at(self) -> Any:
        if os.getpid() != self._process:
            raise UnsupportedError("its threads stayed in the process it was made in", "trainer", "make a new one")
        return self._handle.pointer

    def _do(self, function: Any, *arguments: Any) -> None:
        pointer, error = self._at, self._error
        with self._handle.lock, self.network._handle.lock:
            status = function(pointer, *arguments, error)
            if status != 0:
                raise_for(status, error)

    # ---- training ----

    def step(self) -> float:
        """Trains one batch; after the last of an epoch the epoch is measured and ended.

        Returns:
            the mean loss of the epoch so far.

        Raises:
            DivergedError: a loss or gradient is no longer finite; parameters are as before the step.
        """
        if not lib.loci_trainer_epoch_done(self._at):  # else Ctrl-C came between an epoch's last batch and its end
            self._do(lib.loci_trainer_step)
        loss = float(lib.loci_trainer_loss(self._at))
        if lib.loci_trainer_epoch_done(self._at):
            self._end_epoch()
        return loss

    def _end_epoch(self) -> None:
        self._do(lib.loci_trainer_end_epoch, self._metrics)
        self._epochs.append(metrics.of_epoch(self._metrics))

    def epoch(self) -> dict[str, Any]:
        """What is left of an epoch; returns its metrics. Ctrl-C takes effect between two batches."""
        before = len(self._epochs)
        while len(self._epochs) == before:
            self.step()
        return self._epochs[-1]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Trains an epoch each and gives its metrics; when the last one is done, ``finish()``."""
        while not self.finished:
            yield self.epoch()
        self.finish()

    def run(self) -> Network:
        """Trains all epochs that are left; returns the network."""
        for _ in self:
            pass
        return self.network

    def finish(self) -> None:
        """Ends training: puts the best parameters back, where patience asks for it, or the mean of the last epochs, and
        prunes, where that is asked for. ``for epoch in trainer`` does it by itself."""
        if not self._finished:
            self._do(lib.loci_trainer_finish)
            self._finished = True

    # ---- looking at it ----

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train."""
        return self._finished or bool(lib.loci_trainer_finished(self._at))

    @property
    def batches(self) -> int:
        """Batches of an epoch."""
        return int(lib.loci_trainer_batches(self._at))

    @property
    def epochs(self) -> int:
        """Epochs that are done."""
        return int(lib.loci_trainer_epochs(self._at))

    @property
    def metrics(self) -> dict[str, numpy.ndarray]:
        """The epochs so far, an array for each of "epoch", "train_loss" and so on; NaN is what was not measured."""
        return metrics.curves(self._epochs)

    @property
    def options(self) -> dict[str, Any]:
        """All options of the training by name."""
        return options.read(options.of_training(), lib.loci_train_get, ffi.addressof(self._config, "train"))

    # ---- checkpoints, copies ----

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a checkpoint: parameters and where training is, within an epoch too."""
        self._do(lib.loci_trainer_save, to_c(path))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Goes on from a checkpoint, as if nothing had happened; the trainer must have been made alike."""
        self._do(lib.loci_trainer_load, to_c(path))
        self._finished = False
        self._epochs = self._epochs[: self.epochs]

    def state(self) -> bytes:
        """What ``save()`` would write."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "checkpoint")
            self.save(path)
            return path.read_bytes()

    def set_state(self, state: bytes) -> None:
        """Goes on from what ``state()`` gave, as ``load()`` does from a file."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "checkpoint")
            path.write_bytes(state)
            self.load(path)

    def __reduce__(self) -> Any:
        state = self.state()
        values = {name: value for name, value in self.options.items() if not _is_idle(name, value)}
        made = (self.network, self.data, self.seed, self._teachers or None, values, state, self._epochs, self._finished)
        return _rebuild, made

    def __repr__(self) -> str:
        planned = self._config.train.epochs
        return f"<loci.Trainer of {self.network!r}: {self.epochs} of {planned} epochs done>"

    def __enter__(self) -> Trainer:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to do: threads and memory go with the last reference."""


def _data_for(net: Network, x: Any, y: Any, test: Any, weight: Any) -> Data:
    """Samples for a network; of one that has learnt already, by the names it knows."""
    if isinstance(test, (tuple, list)) and len(test) == 2:
        net.check_columns(test[0], "test")
    named = net.note("classes") != "" or net.task == "classify" and _are_numbers(y)
    known = net.classes if named else None
    return data_for(net, x, y, classes=known, test=test, sample_weight=weight)


def _are_numbers(y: Any) -> bool:
    """Whether answers of a classifier are numbers of its classes."""
    return y is not None and answers_of(y, "classify").dtype.kind in "biuf"


def _adapt(net: Network, data: Data) -> None:
    """Scaling and names of a network that was made without data."""
    spec = lib.loci_network_spec(net.pointer)
    mean, deviation = ffi.new("const float **"), ffi.new("const float **")
    read = lib.loci_dataset_standard_scaling if spec.input_scaling == 1 else lib.loci_dataset_input_scaling
    read(data.pointer, mean, deviation)
    if net.input_scaling is None:
        call(lib.loci_network_set_input_scaling, net.pointer, mean[0], deviation[0])
    lib.loci_dataset_target_scaling(data.pointer, mean, deviation)
    if net.task == "regress" and net.target_scaling is None:
        call(lib.loci_network_set_target_scaling, net.pointer, mean[0], deviation[0])
    if net.note("classes") == "" and len(data.classes) == net.outputs:
        net._set_note("classes", json.dumps(data.classes, ensure_ascii=False, separators=(",", ":")))
    if net.note("dataset") == "":
        net._set_note("dataset", data.name)


def _is_idle(name: str, value: Any) -> bool:
    """Whether an option is as it would be anyway, so that it need not be given again."""
    config = lib_config()
    usual = options.read(options.of_training(), lib.loci_train_get, ffi.addressof(config, "train"))
    return bool(usual[name] == value)


def _rebuild(
    net: Network, data: Data, seed: int, teacher: Any, given: Any, state: bytes, epochs: list, finished: bool
) -> Trainer:
    trainer = Trainer(net, data, seed=seed, teacher=teacher, **given)
    trainer.set_state(state)
    trainer._epochs = epochs
    if finished:
        trainer.finish()  # a state does not tell of what finish() cuts
    return trainer
