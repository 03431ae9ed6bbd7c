"""Loci: neural networks that are trained by moving neurons.

    import loci

    data = loci.Data("mnist")
    net = loci.Network("arbor-mlp-10k", data=data)
    for epoch in loci.Trainer(net, data, epochs=5):
        print(epoch["epoch"], epoch["test_accuracy"])
    net.predict(data.test[0][:10])

``loci.train()`` is the command ``loci train``, ``loci.SpatialClassifier`` and ``loci.SpatialRegressor`` are
scikit-learn's way, ``loci.torch.SpatialLinear`` a layer for PyTorch. All mathematics is the C library's.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import _installed, options
from .catalogue import datasets, fetch
from .data import Data
from .errors import (
    ArgumentError,
    BusyError,
    DivergedError,
    ExistsError,
    FileError,
    FormatError,
    InterruptedRun,
    LociError,
    LociWarning,
    MismatchError,
    NetworkFailure,
    NotFoundError,
    OutOfMemoryError,
    UnsupportedError,
)
from .evaluation import Evaluation
from .export import export, import_npz
from .figure import Figure, figure
from .library import lib as _lib
from .library import text as _text
from .library import threads
from .network import Network, load, presets
from .prepared import Prepared
from .run import Run, train
from .trainer import Trainer

if TYPE_CHECKING:
    import loci.torch as torch
    from .estimators import SpatialClassifier, SpatialRegressor

__version__ = _installed.VERSION

if _text(_lib.loci_version()) != __version__:
    raise ImportError(
        f"loci {__version__} found version {_text(_lib.loci_version())} of its library; build or install them together"
    )

__all__ = [
    "ArgumentError",
    "BusyError",
    "Data",
    "DivergedError",
    "Evaluation",
    "ExistsError",
    "Figure",
    "FileError",
    "FormatError",
    "InterruptedRun",
    "LociError",
    "LociWarning",
    "MismatchError",
    "Network",
    "NetworkFailure",
    "NotFoundError",
    "OutOfMemoryError",
    "Prepared",
    "Run",
    "SpatialClassifier",
    "SpatialRegressor",
    "Trainer",
    "UnsupportedError",
    "datasets",
    "export",
    "fetch",
    "figure",
    "import_npz",
    "load",
    "options",
    "presets",
    "threads",
    "torch",
    "train",
]

# What needs packages that may not be there is imported when it is asked for.
_LATER = {"SpatialClassifier": "estimators", "SpatialRegressor": "estimators", "torch": ""}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'loci' has no attribute {name!r}")
    module = importlib.import_module(f".{_LATER[name] or name}", __name__)
    return getattr(module, name) if _LATER[name] else module


def __dir__() -> list[str]:
    return sorted(__all__)
