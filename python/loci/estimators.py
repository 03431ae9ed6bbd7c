"""scikit-learn's way to train: SpatialClassifier and SpatialRegressor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy

from ._estimator import Spatial  # says what is missing where scikit-learn is

from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

__all__ = ["SpatialClassifier", "SpatialRegressor"]

_Callback = Callable[[Any, dict[str, Any]], Any]
_PerPair = int | str | Sequence[int] | None


class SpatialClassifier(ClassifierMixin, Spatial):
    """A network whose neurons move, as a classifier of scikit-learn.

        model = loci.SpatialClassifier(image_shape=(28, 28), random_state=1).fit(X, y)
        model.predict_proba(X_test)

    What is None follows from the data as ``loci train`` chooses it; for images of 6 to 11 pixels a side it is a
    smaller net, whose images are bent at random while it learns. Numbers become float32 once, so take a large offset
    away first. The columns of a table are scaled by the network itself; with ``image_shape`` all pixels alike, to 0..1.
    What comes out does not depend on the order of the rows, nor on the number of threads.

    Args:
        preset: a name of ``loci.presets()``; what else is given has the last word.
        image_shape: (height, width) or (height, width, channels) that a row of X is; None = a row of a table.
        maps: of images, maps of each layer of neurons that share an arbor, such as (8, 12, 16), before the hidden ones;
            their window, pool and stride go into ``options``.
        hidden: neurons of each hidden layer, such as 64 or (192, 80); () = none.
        axon_sites, dendrite_sites: sites of a neuron, for all pairs of layers or one number each.
        wiring, law, activation, neuron, time_steps: of the network, as ``loci.options.describe()`` says.
        epochs, batch, lr, schedule, shift: of training, likewise.
        class_weight: None, "balanced" or {class: weight}; they multiply the weights of samples.
        early_stopping: hold out ``validation_fraction`` of the rows, stop after ``n_iter_no_change`` epochs without a
            better accuracy on them, and keep the best parameters.
        validation_fraction: 0..1, both excluded.
        n_iter_no_change: epochs, at least 1.
        warm_start: ``fit`` goes on from ``network_``, whose shape and scaling then stay as they are.
        random_state: a whole number >= 0 (it is the seed itself), a RandomState, or None (a seed is drawn).
        verbose: 1 prints a line an epoch.
        callbacks: a function or a list of them, called after each epoch as f(estimator, metrics); one that returns
            True ends training. metrics is what ``loci.Trainer`` gives for an epoch.
        threads: of training, 0 = one per core; None = as ``loci.threads()`` says. Within processes of n_jobs give 1,
            else each takes all cores.
        options: any other option of ``loci train``, a dict by name, '_' for '-': {"range": (1.2, 2), "gap": 0.2}.

    Attributes:
        classes_: the classes in ascending order [classes].
        n_features_in_, feature_names_in_: what X was like.
        network_: the ``loci.Network``.
        n_iter_: epochs of the last ``fit``, or of all calls of ``partial_fit``.
        loss_, loss_curve_: mean training loss of the last epoch, and of each.
        validation_scores_, best_validation_score_: with early stopping, the accuracy on held-out rows; else None.

    Raises:
        TypeError: ``options`` has a name that there is not.
        ValueError: data, or an option's value, are not what they should be; ``loci.LociError`` says more.
    """

    _task = "classify"
    classes_: numpy.ndarray

    def __init__(
        self,
        preset: str | None = None,
        *,
        image_shape: Sequence[int] | None = None,
        maps: _PerPair = None,
        hidden: _PerPair = None,
        axon_sites: _PerPair = None,
        dendrite_sites: _PerPair = None,
        wiring: str | None = None,
        law: str | None = None,
        activation: str | None = None,
        neuron: str | None = None,
        time_steps: int | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        schedule: str | None = None,
        shift: int | None = None,
        class_weight: str | dict[Any, float] | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
        callbacks: _Callback | Iterable[_Callback] | None = None,
        threads: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.preset = preset
        self.image_shape = image_shape
        self.maps = maps
        self.hidden = hidden
        self.axon_sites = axon_sites
        self.dendrite_sites = dendrite_sites
        self.wiring = wiring
        self.law = law
        self.activation = activation
        self.neuron = neuron
        self.time_steps = time_steps
        self.epochs = epochs
        self.batch = batch
        self.lr = lr
        self.schedule = schedule
        self.shift = shift
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.callbacks = callbacks
        self.threads = threads
        self.options = options

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SpatialClassifier:
        """Trains.

        Args:
            X: [n, columns], dense and finite; DataFrames too.
            y: [n] classes: numbers, texts, truth values.
            sample_weight: [n] how much each sample counts, >= 0. A row of weight 0 is as if it were not there, and
                without early stopping a small whole weight (up to 4 a row in the mean) as if the row were repeated.
        """
        self._check()
        on = self.warm_start and hasattr(self, "network_")
        x, y, weight = self._rows_of(X, y, sample_weight, reset=not on)
        classes, codes = numpy.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y holds 1 class, {classes[0]!r}; a classifier needs samples of at least two")
        if on and not numpy.array_equal(classes, self.classes_):
            raise ValueError("warm_start: y holds other classes than the network has learnt; make a new estimator")
        self.classes_ = classes
        self._train(x, codes, weight, not on)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> SpatialClassifier:
        """Trains one epoch over these rows, at a constant rate.

        The first call makes the network, for rows like those it is given: they decide its size and how inputs are
        scaled. Later ones, or one after ``fit``, go on with its parameters; Adam's moments are kept as long as calls
        have the same number of rows, else they start anew.

        Args:
            X, y, sample_weight: as in ``fit()``.
            classes: all there are; needed in the first call.
        """
        self._check()
        if self.class_weight == "balanced":
            raise ValueError("class_weight='balanced' needs all rows at once, and partial_fit has some; give a dict")
        first = not hasattr(self, "network_")
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        x, y, weight = self._rows_of(X, y, sample_weight, reset=first)
        known = self.classes_ if classes is None else numpy.unique(numpy.asarray(classes))
        if not first and not numpy.array_equal(known, self.classes_):
            raise ValueError(f"classes are {known}; in the first call they were {self.classes_}")
        if len(known) < 2:
            raise ValueError(f"classes holds 1 class, {known[0]!r}; a classifier needs at least two")
        if not numpy.isin(y, known).all():
            raise ValueError(f"y holds {y[~numpy.isin(y, known)][0]!r}, which is none of classes")
        self.classes_ = known
        self._train_once(x, numpy.searchsorted(known, y), weight, first)
        return self

    def _rows_of(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> tuple[numpy.ndarray, Any, Any]:
        x, y = self._validated(X, y, reset=reset)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        return self._counted(x, y, sample_weight)

    def _factors(self, y: numpy.ndarray) -> numpy.ndarray | None:
        if self.class_weight is None:
            return None
        return compute_sample_weight(self.class_weight, self.classes_[y])

    def _names(self) -> list[str]:
        return [str(name) for name in self.classes_]

    def predict(self, X: Any) -> numpy.ndarray:
        """The class of each row [n]."""
        outputs = self._outputs(X)
        return self.classes_[outputs.argmax(axis=1)]

    def predict_proba(self, X: Any) -> numpy.ndarray:
        """The classes' probabilities [n, classes], float64, in the order of ``classes_``."""
        return softmax(self._outputs(X), axis=1)

    def predict_log_proba(self, X: Any) -> numpy.ndarray:
        """Their logarithms [n, classes], float64."""
        return log_softmax(self._outputs(X), axis=1)


class SpatialRegressor(RegressorMixin, Spatial):
    """A network whose neurons move, as a regressor of scikit-learn, of one number or of several.

        model = loci.SpatialRegressor(hidden=(64, 32), random_state=1).fit(X, y)

    Numbers to predict are scaled by the network itself. Parameters and attributes are those of ``SpatialClassifier``
    but for the classes; scores are R2, and

    Args:
        loss: "squared", or "huber", which minds outliers less; None = squared.
    """

    _task = "regress"

    def __init__(
        self,
        preset: str | None = None,
        *,
        image_shape: Sequence[int] | None = None,
        maps: _PerPair = None,
        hidden: _PerPair = None,
        axon_sites: _PerPair = None,
        dendrite_sites: _PerPair = None,
        wiring: str | None = None,
        law: str | None = None,
        activation: str | None = None,
        neuron: str | None = None,
        time_steps: int | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        schedule: str | None = None,
        shift: int | None = None,
        loss: str | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
        callbacks: _Callback | Iterable[_Callback] | None = None,
        threads: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.preset = preset
        self.image_shape = image_shape
        self.maps = maps
        self.hidden = hidden
        self.axon_sites = axon_sites
        self.dendrite_sites = dendrite_sites
        self.wiring = wiring
        self.law = law
        self.activation = activation
        self.neuron = neuron
        self.time_steps = time_steps
        self.epochs = epochs
        self.batch = batch
        self.lr = lr
        self.schedule = schedule
        self.shift = shift
        self.loss = loss
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.callbacks = callbacks
        self.threads = threads
        self.options = options

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SpatialRegressor:
        """Trains.

        Args:
            X: [n, columns], dense and finite; DataFrames too.
            y: [n] or [n, outputs] numbers.
            sample_weight: as in ``SpatialClassifier.fit()``.
        """
        self._check()
        on = self.warm_start and hasattr(self, "network_")
        x, y, weight = self._rows_of(X, y, sample_weight, reset=not on)
        self._train(x, y, weight, not on)
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> SpatialRegressor:
        """Trains one epoch over these rows; see ``SpatialClassifier.partial_fit()``. The first call's rows decide how
        targets are scaled, too."""
        self._check()
        first = not hasattr(self, "network_")
        x, y, weight = self._rows_of(X, y, sample_weight, reset=first)
        self._train_once(x, y, weight, first)
        return self

    def _rows_of(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> tuple[numpy.ndarray, Any, Any]:
        x, y = self._validated(X, y, reset=reset, multi_output=True, y_numeric=True)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not reset and y.reshape(len(y), -1).shape[1] != self.network_.outputs:
            raise ValueError(f"y has the shape {list(y.shape)}; the network predicts {self.network_.outputs} numbers")
        return self._counted(x, numpy.asarray(y, numpy.float64), sample_weight)

    def _factors(self, y: numpy.ndarray) -> None:
        return None

    def _names(self) -> None:
        return None

    def predict(self, X: Any) -> numpy.ndarray:
        """The numbers for each row, float64: [n], or [n, outputs] of several."""
        outputs = self._outputs(X)
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs

    def _more_tags(self) -> dict[str, Any]:  # before scikit-learn 1.6
        return {"multioutput": True}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
