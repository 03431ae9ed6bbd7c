"""Inference with the weights computed once."""

from __future__ import annotations

from typing import Any

import numpy

from . import arrays
from .library import NULL, ffi, lib, make, raise_for, use_pool
from .network import Network, answers, softmax

__all__ = ["Prepared"]


class Prepared:
    """A network whose weights were computed once, by ``net.prepare()``; later changes of ``net`` are not seen.

    Cost follows what is active: inputs and neurons that are zero or silent are skipped, spiking nets run event by
    event.
    """

    def __init__(self, network: Network) -> None:
        self._network = network.__copy__()  # whatever is done to the other one
        self._handle = make(
            "loci_prepared",
            lib.loci_prepared_create,
            lib.loci_prepared_free,
            self._network.pointer,
            needs=(self._network._handle,),
        )
        self._error = ffi.new("loci_error *")
        self.shape, self.outputs, self.task = network.shape, network.outputs, network.task
        self.classes = network.classes

    def __call__(self, x: Any) -> numpy.ndarray:
        """As ``net(x)``: [n, outputs] float32, or [outputs] for a single sample."""
        samples, count, single = self._network._inputs(x)
        out = numpy.empty(self.outputs if single else (count, self.outputs), arrays.FLOAT)
        handle, error = self._handle, self._error
        with handle.lock:
            if count == 1:
                status = lib.loci_prepared_run(
                    handle.pointer, arrays.pointer(samples), 0, arrays.pointer(out), NULL, error
                )
            else:
                with use_pool() as pool:
                    status = lib.loci_prepared_run_batch(
                        handle.pointer, pool, arrays.pointer(samples), count, arrays.pointer(out), error
                    )
            if status != 0:
                raise_for(status, error)
        return out

    def predict(self, x: Any) -> numpy.ndarray:
        """As ``net.predict(x)``."""
        return answers(self(x), self.task, self.classes)

    def probabilities(self, x: Any) -> numpy.ndarray:
        """As ``net.probabilities(x)``."""
        return softmax(self(x))

    def __repr__(self) -> str:
        return repr(self._network).replace("loci.Network", "loci.Prepared", 1)

    def __reduce__(self) -> Any:
        return Prepared, (self._network,)
