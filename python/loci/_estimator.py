"""What the estimators for scikit-learn have in common: from parameters and rows to a trained network."""

from __future__ import annotations

import warnings
from typing import Any

import numpy

try:
    from sklearn.base import BaseEstimator
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted
except ImportError as why:
    raise ImportError(f"loci's estimators need scikit-learn; install the package scikit-learn ({why})") from why

from . import _rows
from . import options as tables
from ._labels import by_name
from ._part import doubts
from .data import Data, tell
from .errors import LociWarning, MismatchError
from .network import Network
from .trainer import Trainer

__all__: list[str] = []

# Parameters that are options of `loci train` under the same name.
_OF_NETWORK = ("maps", "hidden", "axon_sites", "dendrite_sites", "wiring", "law", "activation", "neuron", "time_steps")
_OF_TRAINING = ("epochs", "batch", "lr", "schedule", "shift", "loss")
_ELSEWHERE = {
    "validation": "give early_stopping=True and validation_fraction",
    "patience": "give early_stopping=True and n_iter_no_change",
    "class_weight": "it is a parameter of SpatialClassifier",
    "task": "the estimator says it",
}
# Images whose sides are smaller than those the library's own choice is for (docs/results.md, "Against scikit-learn's networks").
_SMALL_SIDES, _SMALL_STEPS = range(6, 12), 2000
_SMALL: dict[str, Any] = {
    "hidden": 80,
    "axon_sites": (1, 2),
    "dendrite_sites": (16, 12),
    "range": (1.2, 2),
    "batch": 64,
    "lr": 0.03,
    "elastic": 0.7,
}
_MOST_CALLS = 100_000  # of partial_fit with one set of moments: as many epochs as a training can have


def _validate(estimator: BaseEstimator, *arguments: Any, **named: Any) -> Any:
    """scikit-learn's look at X and y: a function since 1.6, a method of the estimator before."""
    try:
        from sklearn.utils.validation import validate_data
    except ImportError:
        return estimator._validate_data(*arguments, **named)
    return validate_data(estimator, *arguments, **named)


class Spatial(BaseEstimator):
    """The base of both estimators."""

    _task: str

    # ---- what is given ----

    def _check(self) -> None:
        who = f"{type(self).__name__}(options=...)"
        given = {} if self.options is None else self.options
        if not isinstance(given, dict):
            raise TypeError(f"{who} takes a dict of options by name, not a {type(given).__name__}")
        own = dict.fromkeys(self.get_params(deep=False), "it is a parameter of the estimator")
        elsewhere = _ELSEWHERE | own | dict.fromkeys(tables.of_data(), "it says how files are read")
        allowed = tables.of_network() | tables.of_training()
        tables.check_names(who, given, {name: row for name, row in allowed.items() if name not in elsewhere}, elsewhere)
        if self.image_shape is not None and len(numpy.atleast_1d(self.image_shape)) not in (2, 3):
            raise ValueError(f"image_shape is {self.image_shape!r}; give (height, width) or (height, width, channels)")
        if self.early_stopping and not 0 < self.validation_fraction < 1:
            raise ValueError(f"validation_fraction is {self.validation_fraction}; it lies between 0 and 1")
        if self.early_stopping and self.n_iter_no_change < 1:
            raise ValueError(f"n_iter_no_change is {self.n_iter_no_change}; it is at least 1")

    def _given(self, table: dict[str, Any], data: Data) -> dict[str, Any]:
        """Options that the table knows, from the parameters and from ``options``; the library chooses the rest."""
        given = {name: getattr(self, name, None) for name in (*_OF_NETWORK, *_OF_TRAINING)} | (self.options or {})
        given = {name: value for name, value in given.items() if value is not None}
        given = self._small(data, given) | given
        return {name: value for name, value in given.items() if name in table}

    def _small(self, data: Data, given: dict[str, Any]) -> dict[str, Any]:
        """What is chosen for images of few pixels: a net of one hidden layer, unless another one is given, and more
        images than there are, by bending them."""
        height, width, _ = data.shape
        if self.preset is not None or self._task != "classify" or not {height, width} <= set(_SMALL_SIDES):
            return {}
        of_network = {name for name in given if name in tables.of_network()}
        hidden = tables.as_text(given.get("hidden", _SMALL["hidden"]))
        if hidden == "0" or "," in hidden or of_network - _SMALL.keys():
            return {"elastic": _SMALL["elastic"]}
        batch = given.get("batch")
        size = batch if isinstance(batch, int) and batch > 0 else _SMALL["batch"]
        steps = -(-data.count() // size)
        return _SMALL | {"epochs": min(max(20, -(-_SMALL_STEPS // steps)), 300)}

    def _draw_seed(self) -> int:
        if isinstance(self.random_state, (int, numpy.integer)) and self.random_state >= 0:
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    # ---- rows ----

    def _validated(self, X: Any, y: Any, **named: Any) -> tuple[numpy.ndarray, numpy.ndarray]:
        given = X if isinstance(X, numpy.ndarray) else None
        found: tuple[numpy.ndarray, numpy.ndarray] = _validate(self, X, y, dtype=numpy.float32, order="C", **named)
        tell(doubts(given if given is not None else found[0], found[1], found[0], self._task, None))
        return found

    def _counted(self, x: numpy.ndarray, y: numpy.ndarray, sample_weight: Any) -> tuple[Any, Any, Any]:
        """The rows that count, as often as they do, and what is left of their weights."""
        if sample_weight is None:
            return x, y, None
        weight = _check_sample_weight(sample_weight, x, dtype=numpy.float64)
        if (weight < 0).any():
            raise ValueError("Negative values in data passed to `sample_weight`; a weight is 0 or more")
        if not weight.any():
            raise ValueError("Sample weights must contain at least one non-zero number; all of these are 0")
        rows, left = _rows.those_that_count(weight, copies=not self.early_stopping)
        return x[rows], y[rows], left

    def _data(self, x: numpy.ndarray, y: numpy.ndarray, weight: numpy.ndarray | None) -> tuple[Data, numpy.ndarray]:
        """Rows in an order of their own, as the library takes them, and their samples alone."""
        factors = self._factors(y)
        if factors is not None:
            weight = factors if weight is None else weight * factors
        x = x + numpy.float32(0)  # a zero is one, whatever its sign
        by = _rows.order(x, y, weight)
        x, y, weight = x[by], y[by], None if weight is None else weight[by]
        names = self._names()
        answers = by_name(y, names) if self._task == "classify" else y
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LociWarning)  # constant columns, classes that come with later rows
            data = Data(x, answers, sample_weight=weight, classes=names, task=self._task, image_shape=self.image_shape)
        return data, x

    # ---- training ----

    def _start(self, data: Data, x: numpy.ndarray) -> None:
        """A new network. Pixels of images are all scaled alike; the columns of a table each, by the library."""
        given = self._given(tables.of_network(), data)
        self.network_ = Network(self.preset, data=data, seed=self._seed, **given)
        if data.shape[0] > 1:
            scale: Any = _rows.pixel_scale(x)
            self.network_.input_scaling = scale

    def _begin(self) -> None:
        self.n_iter_, self.loss_ = 0, numpy.nan
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self._state: bytes | None = None

    def _train(self, x: numpy.ndarray, y: numpy.ndarray, weight: Any, fresh: bool) -> None:
        """All epochs, of a new network or of the one there is."""
        data, x = self._data(x, y, weight)
        self._seed = self._draw_seed()
        if fresh:
            self._start(data, x)
        given = self._given(tables.of_training(), data)
        if self.early_stopping:
            held = max(1, round(self.validation_fraction * len(x)))
            given |= {"validation": held, "patience": int(self.n_iter_no_change)}
        self._begin()
        trainer = Trainer(self.network_, data, seed=self._seed, threads=self.threads, **given)
        for epoch in trainer:
            if self._report(epoch):
                break
        trainer.finish()

    def _train_once(self, x: numpy.ndarray, y: numpy.ndarray, weight: Any, fresh: bool) -> None:
        """One epoch over these rows."""
        if self.early_stopping:
            raise ValueError("partial_fit knows no rows to hold out; it comes without early_stopping")
        data, x = self._data(x, y, weight)
        if fresh:
            self._seed = self._draw_seed()
            self._start(data, x)
            self._begin()
        given = self._given(tables.of_training(), data)
        given |= {"epochs": _MOST_CALLS, "schedule": "constant", "warmup": 0}
        trainer = Trainer(self.network_, data, seed=self._seed + self.n_iter_, threads=self.threads, **given)
        _go_on(trainer, self._state)
        self._report(trainer.epoch())
        self._state = None if trainer.finished else trainer.state()

    def _report(self, epoch: dict[str, Any]) -> bool:
        """Notes down an epoch; whether a callback wants to stop."""
        self.n_iter_ += 1
        self.loss_ = float(epoch["train_loss"])
        self.loss_curve_.append(self.loss_)
        line = f"Epoch {self.n_iter_}, loss = {self.loss_:.6f}"
        if self.validation_scores_ is not None:
            score = float(epoch["validation_accuracy" if self._task == "classify" else "validation_r2"])
            self.validation_scores_.append(score)
            self.best_validation_score_ = max(self.validation_scores_)
            line += f", validation score = {score:.6f}"
        if self.verbose:
            print(line)
        callbacks = [self.callbacks] if callable(self.callbacks) else self.callbacks or ()
        said = [callback(self, epoch) for callback in callbacks]
        return any(isinstance(answer, (bool, numpy.bool_)) and answer for answer in said)

    # ---- use ----

    def _outputs(self, X: Any) -> numpy.ndarray:
        """What the network gives for each row: [n, outputs], float64."""
        check_is_fitted(self, "network_")
        x = _validate(self, X, dtype=numpy.float32, order="C", reset=False)
        return self.network_(x).astype(numpy.float64)


def _go_on(trainer: Trainer, state: bytes | None) -> None:
    """Goes on with the moments of a trainer of other rows, if there were as many of them."""
    if state is None:
        return
    try:
        trainer.set_state(state)
    except MismatchError:
        pass
