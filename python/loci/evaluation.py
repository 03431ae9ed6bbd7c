"""How a network does on samples whose answers are known."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy

from . import arrays
from .data import Data, tell
from .errors import ArgumentError
from .library import call, ffi, lib, use_pool
from .network import Network, check_data, data_for

__all__ = ["Evaluation"]


@dataclass(frozen=True)
class Evaluation:
    """What ``net.evaluate()`` found."""

    count: int
    """samples"""
    loss: float
    """mean cross-entropy in nats; of a regressor the mean squared error, in units of the targets' variance"""
    accuracy: float
    """share that is classified correctly, 0..1; NaN of a regressor"""
    r2: float
    """of a regressor, as the next two; NaN of a classifier"""
    mae: float
    rmse: float
    spike_rate: float
    """of spiking nets, spikes per neuron and time step"""
    synaptic_operations: float
    """of spiking nets, additions of one weight per inference"""
    confusion: numpy.ndarray | None = None
    """with details, of a classifier [classes, classes], row = true, column = predicted"""
    prediction: numpy.ndarray | None = None
    """with details, [n] numbers of classes, or [n, outputs] values"""
    confidence: numpy.ndarray | None = None
    """with details, of a classifier [n], the probability of the predicted class"""


def _copy(pointer: Any, kind: str, dtype: Any, shape: tuple[int, ...]) -> numpy.ndarray | None:
    if not pointer:
        return None
    count = int(numpy.prod(shape))
    return numpy.frombuffer(ffi.buffer(pointer, count * ffi.sizeof(kind)), dtype).reshape(shape).copy()


def evaluate(net: Network, x: Any, y: Any, part: str | None, details: bool) -> Evaluation:
    """See ``Network.evaluate()``."""
    if y is not None and isinstance(x, (Data, str, os.PathLike)):
        raise TypeError("a loci.Data or a file has its answers; leave y out")
    if part not in (None, "train", "test"):
        raise ArgumentError(f"'{part}' is none of train, test", "part")
    path = x if isinstance(x, (str, os.PathLike)) else None
    if path is not None:
        x = Data(path, model=net)
    data = x if isinstance(x, Data) else data_for(net, x, y, classes=net.classes)
    check_data(net, data)
    if part is None:
        part = "test" if data.count("test") > 0 else "train"
        if path is not None and lib.loci_dataset_parted(data.pointer):
            counts = data.count("test"), data.count("test") + data.count("train")
            tell(
                [
                    f"{path}: {counts[0]} of its {counts[1]} samples, chosen by what they hold, are measured; "
                    'Data(..., model=net, test=FILE) has all of a table, part="train" has the others'
                ]
            )
    out = ffi.new("loci_evaluation *")
    with net._handle.lock, use_pool() as pool:
        call(lib.loci_evaluate, net.pointer, data.pointer, ("train", "test").index(part), pool, int(details), out)
    try:
        n, outputs = out.count, net.outputs
        regress = net.task == "regress"
        return Evaluation(
            count=n,
            loss=out.loss,
            accuracy=numpy.nan if regress else out.accuracy,
            r2=out.regression.r2,
            mae=out.regression.mae,
            rmse=out.regression.rmse,
            spike_rate=out.activity.spike_rate,
            synaptic_operations=out.activity.synaptic_operations,
            confusion=_copy(out.confusion, "size_t", numpy.uintp, (outputs, outputs)),
            prediction=_copy(out.values, "float", arrays.FLOAT, (n, outputs))
            if regress
            else _copy(out.prediction, "int32_t", numpy.int32, (n,)),
            confidence=_copy(out.confidence, "float", arrays.FLOAT, (n,)),
        )
    finally:
        lib.loci_evaluation_clear(out)
