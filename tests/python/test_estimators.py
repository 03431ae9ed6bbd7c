"""The estimators for scikit-learn: its own checks, and what it cannot know of."""

import copy
import pickle
import subprocess
import sys
import types
import warnings

import numpy
import pytest

import loci

sklearn = pytest.importorskip("sklearn")

from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_digits, load_iris  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

IRIS, SPECIES = load_iris(return_X_y=True)
KINDS = [loci.SpatialClassifier, loci.SpatialRegressor]
SHORT = {"hidden": 8, "dendrite_sites": 4, "epochs": 3, "random_state": 1}


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Nets this small gain nothing by a second thread, and on a busy machine wait for it."""
    before = loci.threads()
    loci.threads(1)
    yield
    loci.threads(before)


@parametrize_with_checks([kind() for kind in KINDS])
def test_the_checks_of_scikit_learn(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("error", loci.LociWarning)
        check(estimator)


def parameters(estimator):
    return estimator.network_.parameters.tobytes()


# ---- weights, order ----


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_changes_nothing(kind):
    shuffled = numpy.random.default_rng(0).permutation(len(IRIS))
    one, other = kind(**SHORT).fit(IRIS, SPECIES), kind(**SHORT).fit(IRIS[shuffled], SPECIES[shuffled])
    assert parameters(one) == parameters(other)


def test_rows_of_the_same_content_are_told_apart_by_class_and_weight():
    x = numpy.repeat(IRIS[:30], 4, axis=0)
    y, weight = numpy.tile([0, 1, 0, 1], 30), numpy.tile([0.1, 0.2, 0.3, 0.4], 30)
    shuffled = numpy.random.default_rng(0).permutation(len(x))
    one = loci.SpatialClassifier(**SHORT).fit(x, y, weight)
    other = loci.SpatialClassifier(**SHORT).fit(x[shuffled], y[shuffled], weight[shuffled])
    assert parameters(one) == parameters(other)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_weight_is_a_row_repeated(kind):
    weight = numpy.random.default_rng(0).integers(0, 4, len(IRIS))
    weighed = kind(**SHORT).fit(IRIS, SPECIES, weight)
    repeated = kind(**SHORT).fit(numpy.repeat(IRIS, weight, axis=0), numpy.repeat(SPECIES, weight))
    assert parameters(weighed) == parameters(repeated)
    assert parameters(weighed) != parameters(kind(**SHORT).fit(IRIS, SPECIES))


def test_weights_that_are_no_counts_change_what_is_learnt():
    weight = numpy.where(SPECIES == 2, 0.01, 1)
    plain = loci.SpatialClassifier(random_state=1).fit(IRIS, SPECIES)
    weighed = loci.SpatialClassifier(random_state=1).fit(IRIS, SPECIES, weight)
    assert (weighed.predict(IRIS) == 2).sum() < (plain.predict(IRIS) == 2).sum()
    by_class = loci.SpatialClassifier(random_state=1, class_weight={0: 1, 1: 1, 2: 0.01}).fit(IRIS, SPECIES)
    assert parameters(by_class) == parameters(weighed)


def test_balanced_classes_weigh_alike():
    few = numpy.r_[:50, 50:55]
    given = {**SHORT, "class_weight": "balanced"}
    balanced = loci.SpatialClassifier(**given).fit(IRIS[few], SPECIES[few])
    weight = numpy.where(SPECIES[few] == 1, 55 / 10, 55 / 100)
    assert parameters(balanced) == parameters(loci.SpatialClassifier(**SHORT).fit(IRIS[few], SPECIES[few], weight))


@pytest.mark.parametrize("weight, word", [(numpy.zeros(150), "non-zero"), (numpy.full(150, -1), "Negative")])
def test_weights_that_are_refused(weight, word):
    with pytest.raises(ValueError, match=word):
        loci.SpatialClassifier(**SHORT).fit(IRIS, SPECIES, weight)


# ---- options ----


def test_a_misspelt_option_has_a_nearest_name():
    with pytest.raises(TypeError, match="did you mean 'warmup'"):
        loci.SpatialClassifier(options={"warmupp": 3}).fit(IRIS, SPECIES)


@pytest.mark.parametrize("name, word", [("patience", "early_stopping"), ("verbose", "parameter"), ("missing", "files")])
def test_an_option_that_belongs_elsewhere_says_where(name, word):
    with pytest.raises(TypeError, match=word):
        loci.SpatialClassifier(options={name: 1}).fit(IRIS, SPECIES)


def test_options_reach_network_and_training():
    model = loci.SpatialClassifier(**SHORT, law="gaussian", options={"gap": 0.25, "warmup": 2}).fit(IRIS, SPECIES)
    assert model.network_.options["law"] == "gaussian" and model.network_.options["gap"] == (0.25, 0.25)
    assert parameters(model) != parameters(model.set_params(options={"gap": 0.25}).fit(IRIS, SPECIES))


def test_a_value_out_of_range_is_refused_in_fit_alone():
    model = loci.SpatialClassifier(law="cubic")
    with pytest.raises(ValueError, match="law"):
        model.fit(IRIS, SPECIES)


def test_a_seed_may_be_drawn():
    drawn = [loci.SpatialClassifier(**{**SHORT, "random_state": numpy.random.RandomState(5)}) for _ in range(2)]
    assert parameters(drawn[0].fit(IRIS, SPECIES)) == parameters(drawn[1].fit(IRIS, SPECIES))
    free = [loci.SpatialClassifier(**{**SHORT, "random_state": None}).fit(IRIS, SPECIES) for _ in range(2)]
    assert parameters(free[0]) != parameters(free[1])


def test_pixels_are_scaled_alike():
    x, y = load_digits(return_X_y=True)
    model = loci.SpatialClassifier(image_shape=(8, 8), epochs=1, random_state=1).fit(x[:200], y[:200])
    low, span = model.network_.input_scaling
    assert model.network_.shape == (8, 8, 1) and set(low) == {0} and set(span) == {16}
    within = clone(model).fit(x[:200] / 16, y[:200])
    assert within.network_.input_scaling is None
    assert numpy.array_equal(within.predict_proba(x / 16), model.predict_proba(x))
    for shape in 64, (8, 9), (8, 8, 1, 1):
        with pytest.raises(ValueError, match="image_shape"):
            clone(model).set_params(image_shape=shape).fit(x, y)


def test_what_is_chosen_for_small_images_gives_way_to_what_is_said():
    x, y = load_digits(return_X_y=True)
    images = {"image_shape": (8, 8)}
    chosen, said, other, table = [
        loci.SpatialClassifier(random_state=1, epochs=1, **given).fit(x[:200], y[:200]).network_
        for given in (images, images | {"hidden": 30}, images | {"hidden": (30, 20)}, {})
    ]
    assert [net.layers[1:-1] for net in (chosen, said, other, table)] == [(80,), (30,), (30, 20), (100,)]
    assert chosen.options["dendrite_sites"] == said.options["dendrite_sites"] == (16, 12)
    for shape in (64, 1), (1, 64), (2, 32):
        loci.SpatialClassifier(random_state=1, epochs=1, image_shape=shape).fit(x[:200], y[:200])
    for given in {"wiring": "dense"}, {"neuron": "lif"}, {"hidden": 0}, {"hidden": "20,10"}:
        loci.SpatialClassifier(random_state=1, epochs=1, **images, **given).fit(x[:200], y[:200])


# ---- training ----


def test_early_stopping_keeps_the_best():
    x, y = load_digits(return_X_y=True)
    given = {"epochs": 40, "lr": 0.05, "early_stopping": True, "n_iter_no_change": 2, "random_state": 1}
    model = loci.SpatialClassifier(**given).fit(x, y)
    scores = model.validation_scores_
    assert model.n_iter_ == len(scores) == len(model.loss_curve_) < 40
    assert model.best_validation_score_ == max(scores) and max(scores) not in scores[-2:]
    assert loci.SpatialClassifier(**SHORT).fit(x, y).validation_scores_ is None
    with pytest.raises(ValueError, match="validation_fraction"):
        model.set_params(validation_fraction=1.5).fit(x, y)


def test_callbacks_see_each_epoch_and_may_stop():
    seen = []

    def stop(estimator, epoch):
        seen.append((estimator.n_iter_, epoch["epoch"], epoch["train_loss"]))
        return len(seen) == 2

    model = loci.SpatialClassifier(**SHORT, callbacks=[stop, lambda *_: None]).fit(IRIS, SPECIES)
    assert model.n_iter_ == 2 and [row[:2] for row in seen] == [(1, 1), (2, 2)]
    assert model.loss_curve_ == [row[2] for row in seen] and model.loss_ == seen[-1][2]


def test_warm_start_goes_on():
    model = loci.SpatialClassifier(**SHORT, warm_start=True).fit(IRIS, SPECIES)
    network, loss = model.network_, model.loss_
    model.fit(IRIS, SPECIES)
    assert model.network_ is network and model.loss_curve_[0] < loss * 1.5 and model.loss_ < loss
    with pytest.raises(ValueError, match="other classes"):
        model.fit(IRIS, SPECIES + 1)


def test_partial_fit_learns_from_a_part_at_a_time():
    names = numpy.array(["setosa", "versicolor", "virginica"])
    model = loci.SpatialClassifier(random_state=1)
    with pytest.raises(ValueError, match="first call"):
        model.partial_fit(IRIS, names[SPECIES])
    model.partial_fit(IRIS[:50], names[SPECIES[:50]], classes=names)  # of one class only
    for _ in range(20):
        for part in range(3):
            model.partial_fit(IRIS[part::3], names[SPECIES[part::3]])
    assert model.n_iter_ == len(model.loss_curve_) == 61
    with pytest.raises(ValueError, match="none of classes"):
        model.partial_fit(IRIS[:2], ["setosa", "rose"])
    scaled = loci.SpatialClassifier(random_state=1)
    for _ in range(20):
        scaled.partial_fit(IRIS, names[SPECIES], classes=names)
    assert scaled.score(IRIS, names[SPECIES]) > 0.94


def test_partial_fit_keeps_the_moments_of_as_many_rows():
    model = loci.SpatialRegressor(random_state=1).partial_fit(IRIS, SPECIES)
    anew = copy.deepcopy(model)
    anew._state = None
    kept = pickle.loads(pickle.dumps(model)).partial_fit(IRIS, SPECIES)
    assert parameters(kept) == parameters(model.partial_fit(IRIS, SPECIES))
    assert parameters(kept) != parameters(anew.partial_fit(IRIS, SPECIES))
    model.partial_fit(IRIS[:99], SPECIES[:99])  # of another number of rows: anew, without complaint
    assert model.n_iter_ == 3


# ---- among the others ----


def test_several_numbers_are_predicted():
    model = loci.SpatialRegressor(random_state=1).fit(IRIS[:, :2], IRIS[:, 2:])
    assert model.predict(IRIS[:, :2]).shape == (150, 2) and model.score(IRIS[:, :2], IRIS[:, 2:]) > 0.8
    huber = loci.SpatialRegressor(random_state=1, loss="huber").fit(IRIS[:, :2], IRIS[:, 2])
    assert huber.predict(IRIS[:, :2]).shape == (150,)


def test_a_search_over_processes():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), loci.SpatialClassifier(**SHORT, threads=1)),
        {"spatialclassifier__hidden": [4, (8, 8)], "spatialclassifier__options": [None, {"gap": 0.3}]},
        cv=2,
        n_jobs=2,
    )
    names = numpy.array(["setosa", "versicolor", "virginica"])[SPECIES]
    search.fit(IRIS, names)
    alone = cross_val_score(search.best_estimator_, IRIS, names, cv=2)
    assert search.best_score_ == pytest.approx(alone.mean()) and set(search.predict(IRIS)) <= set(names)


@pytest.mark.parametrize("kind", KINDS)
def test_copies_predict_alike(kind):
    model = kind(**SHORT).fit(IRIS, SPECIES)
    for twin in pickle.loads(pickle.dumps(model)), copy.deepcopy(model):
        assert numpy.array_equal(twin.predict(IRIS), model.predict(IRIS))
    assert not hasattr(clone(model), "network_") and clone(model).get_params() == model.get_params()


def test_the_tags_of_scikit_learn_1_6():
    class Newer:
        def __sklearn_tags__(self):
            return types.SimpleNamespace(target_tags=types.SimpleNamespace(multi_output=False))

    newer = type("Newer", (loci.SpatialRegressor, Newer), {})
    assert newer().__sklearn_tags__().target_tags.multi_output is True


def test_rows_are_looked_at_as_scikit_learn_1_6_does(monkeypatch):
    seen = []

    def validate_data(estimator, *arguments, **named):
        seen.append(named["dtype"])
        return estimator._validate_data(*arguments, **named)

    if not hasattr(sklearn.utils.validation, "validate_data"):
        monkeypatch.setattr(sklearn.utils.validation, "validate_data", validate_data, raising=False)
        loci.SpatialClassifier(**SHORT).fit(IRIS, SPECIES).predict(IRIS)
        assert seen == [numpy.float32] * 2


def test_without_scikit_learn_a_line_says_so():
    program = "import sys; sys.modules['sklearn'] = None; import loci; loci.Network; loci.SpatialClassifier"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and last.startswith("ImportError: ") and "install" in last, done.stderr


def test_numbers_that_floats_cannot_tell_apart_are_told():
    seconds = 1.7e9 + numpy.arange(len(IRIS))
    for model, x, y in (
        (loci.SpatialRegressor(**SHORT), IRIS, seconds),
        (loci.SpatialClassifier(**SHORT), numpy.c_[IRIS, seconds], SPECIES),
    ):
        with pytest.warns(loci.LociWarning, match="closer together than float32"):
            model.fit(x, y)
