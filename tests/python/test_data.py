"""Data sets from names, files and arrays."""

import pickle
import warnings

import numpy
import pytest

import loci

RANDOM = numpy.random.default_rng(1)
X = RANDOM.random((60, 4), numpy.float32)
Y = numpy.arange(60) % 3


def test_a_named_one():
    data = loci.Data("glyphs")
    x, y = data.test
    assert (
        data.shape == (28, 28, 1) and data.count() == 60000 and data.count("test") == 10000 and data.task == "classify"
    )
    assert x.shape == (10000, 28, 28) and y.dtype == numpy.int32 and set(y) == set(range(10))
    assert data.classes == [str(k) for k in range(10)] and "60000 + 10000 samples of 28 x 28, 10 classes" in repr(data)
    with pytest.raises(loci.NotFoundError):
        loci.Data("no-such-data")


def yin_yang(seed, size, big=0.5, small=0.1):
    """The sets of Kriener et al., by their own recipe and generator."""
    random = numpy.random.RandomState(seed)
    points, labels = [], []
    for _ in range(size):
        goal, label = random.randint(3), None
        while label != goal:
            x, y = random.rand(2) * 2 * big
            right, left = numpy.hypot(x - 1.5 * big, y - big), numpy.hypot(x - 0.5 * big, y - big)
            yang = right <= small or small < left <= 0.5 * big or (y > big and right > 0.5 * big)
            label = 2 if right < small or left < small else int(yang)
            if numpy.hypot(x - big, y - big) > big:
                label = None
        points.append([x, y, 1 - x, 1 - y])
        labels.append(label)
    return numpy.array(points, numpy.float32), labels


def test_yin_yang_is_the_published_set():
    for name, part, seed, size in (
        ("yin-yang", "train", 42, 5000),
        ("yin-yang", "test", 40, 1000),
        ("yin-yang-validation", "test", 41, 1000),
    ):
        x, y = loci.Data(name).arrays(part)
        points, labels = yin_yang(seed, size)
        assert numpy.array_equal(x, points) and list(y) == labels


def test_temporal_arrays_come_back(tmp_path):
    counts = RANDOM.integers(0, 3, (6, 5, 4)).astype(numpy.uint8)
    numpy.savez(tmp_path / "a.npz", events_train=counts, y_train=Y[:6], events_test=counts[:2], y_test=Y[:2])
    data = loci.Data(tmp_path / "a.npz")
    assert numpy.array_equal(data.train[0], counts) and numpy.array_equal(data.test[0], counts[:2])


def test_some_of_a_part():
    data = loci.Data(X, Y)
    x, y = data.arrays("train", 7, 3)
    assert numpy.array_equal(x, X[7:10]) and numpy.array_equal(y, Y[7:10])
    assert len(data.arrays("train", 58)[0]) == 2 and len(data.arrays("train", 60)[0]) == 0
    large = loci.Data("glyphs-1024")
    x, y = large.arrays("test", 990, 2)
    assert x.shape == (2, 1024, 1024) and x.dtype == numpy.uint8 and x.max() > 100
    assert list(y) == list(loci.Data("glyphs").arrays("test", 990, 2)[1])
    for first, count in (-1, 2), (61, 0), (59, 2), (0, -1):
        with pytest.raises(loci.ArgumentError):
            data.arrays("train", first, count)


def test_arrays_come_back_as_they_are():
    for x in X, (255 * X).astype(numpy.uint8), X.reshape(60, 2, 2), RANDOM.random((60, 2, 2, 3), numpy.float32):
        data = loci.Data(x, Y, test=(x[:5], Y[:5]))
        assert (
            numpy.array_equal(data.train[0], x)
            and data.train[0].dtype == x.dtype
            and numpy.array_equal(data.train[1], Y)
        )
        assert numpy.array_equal(data.test[0], x[:5]) and data.count("test") == 5
        again = pickle.loads(pickle.dumps(data))
        assert numpy.array_equal(again.train[0], x) and again.classes == data.classes and repr(again) == repr(data)


def test_weights_are_not_lost():
    weight = RANDOM.random(60, numpy.float32)
    data = pickle.loads(pickle.dumps(loci.Data(X, Y, sample_weight=weight)))
    assert numpy.array_equal(data.weights(), weight) and (loci.Data(X, Y).weights() == 1).all()


def test_floats_are_borrowed_not_copied():
    x = numpy.full((60, 4), 0.5, numpy.float32)
    data = loci.Data(x, Y)
    x[3, 2] = 0.25
    assert data.train[0][3, 2] == 0.25
    del x  # the data set keeps it
    assert data.train[0][3, 2] == 0.25


def test_kinds_of_answers():
    words = numpy.array(["b", "a", "c"])[Y]
    assert loci.Data(X, words).classes == ["a", "b", "c"] and (loci.Data(X, words).train[1] == [1, 0, 2] * 20).all()
    assert loci.Data(X, words.astype(object)).classes == ["a", "b", "c"]
    assert loci.Data(X, Y, classes=["x", "y", "z", "none"]).classes == ["x", "y", "z", "none"]
    assert loci.Data(X, words, classes=["c", "b", "a"]).train[1][0] == 1
    assert loci.Data(X, Y == 1).classes == ["0", "1"]
    assert loci.Data(X, Y.astype(float), task="classify").task == "classify"
    one = loci.Data(X, X[:, 0])
    assert one.task == "regress" and one.classes == ["0"] and one.train[1].shape == (60, 1)
    two = loci.Data(X, X[:, :2], classes=["price", "rent"])
    assert two.classes == ["price", "rent"] and numpy.array_equal(two.train[1], X[:, :2])
    assert "2 numbers to predict" in repr(two)


@pytest.mark.parametrize(
    ("x", "y", "given", "kind", "words"),
    [
        (X, None, {}, TypeError, "Data\\(x, y\\)"),
        (X, Y[:5], {}, loci.ArgumentError, "beside 60 samples"),
        (X[:, 0], Y, {}, loci.ArgumentError, "samples are"),
        (X, Y - 1, {}, loci.ArgumentError, "label -1"),
        (X, X[:, 0], {"task": "classify"}, loci.ArgumentError, "fractions"),
        (X, Y, {"label": "a"}, TypeError, "no option 'label'"),
        (X, Y, {"image_shape": (3, 3)}, loci.ArgumentError, "does not fit"),
        (X * numpy.nan, Y, {}, loci.ArgumentError, "finite"),
        (X, Y, {"sample_weight": -numpy.ones(60)}, loci.ArgumentError, "not below 0"),
        (X, Y, {"sample_weight": numpy.ones(3)}, loci.ArgumentError, "beside 60 samples"),
        (X, numpy.where(Y == 0, "a", "b"), {"classes": ["a", "c"]}, loci.ArgumentError, "'b', which is none"),
        ("glyphs", Y, {}, TypeError, "without y"),
        ("glyphs", None, {"lable": "a"}, TypeError, "did you mean 'label'"),
        ("glyphs", None, {"colour": "gray"}, loci.ArgumentError, "did you mean 'grey'"),
    ],
)
def test_mistakes_are_told(x, y, given, kind, words):
    with pytest.raises(kind, match=words):
        loci.Data(x, y, **given)


def test_a_table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "a;b;kind\n"
        + "".join(f"{v[0]:.3f};{['x', 'y'][k % 2]};{'pq'[k % 2]}\n".replace(".", ",") for k, v in enumerate(X))
    )
    data = loci.Data(path, no_test=True)
    assert data.columns == ["a", "b=x", "b=y"] and data.classes == ["p", "q"] and data.table["label"]["name"] == "kind"
    assert loci.Data(path, columns=["a"]).columns == ["a"]
    assert loci.Data(path, target="a", without="kind").task == "regress"
    with pytest.raises(loci.LociError, match="nothing"):
        loci.Data(path, label="nothing")
    empty = tmp_path / "e.csv"
    empty.write_text("")
    with pytest.raises(loci.FormatError):
        loci.Data(empty)


def test_doubts_are_warnings():
    x = X.copy()
    x[:, 1] = 0.5
    with pytest.warns(loci.LociWarning, match="same"):
        loci.Data(x, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loci.Data(X, Y)


def test_the_catalogue(tmp_path):
    assert "mnist" in loci.datasets() and "glyphs" in loci.datasets()
    loci.fetch("glyphs")  # is there
    with pytest.raises(loci.NotFoundError):
        loci.fetch("mnits", tmp_path)


def test_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": X[:, 0], "b": range(60), "c": Y == 1})
    data = loci.Data(frame, pandas.Series(["u", "v", "w"] * 20))
    assert data.shape == (1, 3, 1) and data.classes == ["u", "v", "w"] and data.train[0][7, 1] == 7
    with pytest.raises(TypeError, match="objects that are no numbers"):
        loci.Data(frame.assign(d="word"), Y)
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="toarray"):
        loci.Data(sparse.csr_matrix(X), Y)


def refuses(words, kind, *given, **named):
    with pytest.raises(kind, match=words):
        loci.Data(*given, **named)


def test_answers_that_are_none_are_refused():
    names = numpy.array(["ant", "bee", "cat"])[Y]
    for nothing in (None, float("nan"), numpy.float32("nan")):
        lacking = names.astype(object)
        lacking[3] = nothing
        refuses("sample 4 has no label", loci.ArgumentError, X, lacking)
    refuses("sample 2 has no label", loci.ArgumentError, X, numpy.where(Y == 1, numpy.nan, Y), task="classify")
    refuses("sample 2 has no label", loci.ArgumentError, X, numpy.where(Y == 1, numpy.inf, Y), task="classify")
    for far in (Y + 2**40, (Y + 2**31).astype(numpy.uint32), Y.astype(numpy.uint64) + 2**63):
        refuses("labels go from 0 to 65535", loci.ArgumentError, X, far)
    refuses("labels go from 0 to 65535", loci.ArgumentError, X, Y + 1e12, task="classify")
    refuses("neither numbers nor texts", TypeError, X, Y + 1j)
    refuses("neither numbers nor texts", TypeError, X, Y.astype("datetime64[D]"))
    refuses("masked", loci.ArgumentError, X, numpy.ma.masked_equal(Y, 1))
    refuses("masked", loci.ArgumentError, numpy.ma.masked_greater(X, 0.5), Y)
    refuses("none of classify, regress", loci.ArgumentError, X, Y, task="regression")
    refuses("none of classify, regress", loci.ArgumentError, "glyphs", task="regression")
    fractions = loci.Data(X, X[:, 0].tolist()).train[1], loci.Data(X, X[:, 0].astype(object)).train[1]
    assert numpy.array_equal(*fractions)


def test_a_test_part_is_like_the_training_part():
    refuses("shape", loci.ArgumentError, X, Y, test=(X[:, :3], Y))
    refuses("shape", loci.ArgumentError, X, Y, test=(X.reshape(60, 2, 2), Y))
    refuses("pair", TypeError, X, Y, test=X)
    refuses("pair", TypeError, X, Y, test=(X, Y, Y))
    events = numpy.ones((6, 5, 4), numpy.uint8)
    refuses("shape", loci.ArgumentError, events, Y[:6], test=(events[:, :, :3], Y[:6]), events=True)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    assert loci.Data(frame, Y, test=(frame, Y)).count("test") == 60
    refuses("columns", loci.ArgumentError, frame, Y, test=(frame[list("abdc")], Y))


def test_names_of_classes_are_a_list_without_repetition():
    refuses("more than once", loci.ArgumentError, X, Y, classes=["a", "b", "a"])
    refuses("list of names", TypeError, X, Y, classes="abc")
    with pytest.raises(loci.ArgumentError, match="more than once"):
        loci.Network(inputs=4, classes=["a", "a"])


def test_shapes_of_images_are_checked():
    for wrong in ((4,), (-2, -2), (2.0, 2.0), (1, 2, 2, 1), (0, 4)):
        refuses("image_shape", loci.ArgumentError, X, Y, image_shape=wrong)
    with pytest.warns(loci.LociWarning, match="channels come first"):
        loci.Data(numpy.zeros((6, 3, 8, 8)), Y[:6])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loci.Data(RANDOM.random((6, 8, 8, 3)), Y[:6])


def test_numbers_that_floats_cannot_tell_apart_are_told():
    seconds = 1.7e9 + numpy.arange(60)
    for x, y in ((numpy.c_[X, seconds], Y), (numpy.c_[X, seconds].astype(numpy.int64), Y), (X, seconds)):
        with pytest.warns(loci.LociWarning, match="closer together than float32"):
            loci.Data(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loci.Data(numpy.c_[X.astype(float) * 1e6, 0.1 + numpy.zeros(60) + Y], Y)
        loci.Data(X, 20000.25 + numpy.arange(60) * 0.5)


def test_names_of_ones_own_stay_as_they_are_in_messages(tmp_path):
    """Options are written without dashes in Python; what looks like one in a name or a cell is none."""
    path = tmp_path / "my--data.csv"
    path.write_text("a--b,b,y\n" + "".join(f"{i % 3},x--y{i % 2},{i % 2}\n" for i in range(40)), "utf-8")
    with pytest.warns(loci.LociWarning):
        notes = loci.Data(path).notes
    assert notes == [f"{path}: an input for each word of b (x--y0, x--y1)"]
    path.write_text("a,b,y\n1,2,0\n2,9; --lr,1\n3,4,0\n", "utf-8")
    with pytest.raises(loci.FormatError) as told:
        loci.Data(path)
    assert told.value.message == "line 3, column 2 (b): '9; --lr' is no number, as what stands above it is"
    assert told.value.hint == "without b leaves the column out, one_hot b takes its cells as words"
    with pytest.raises(loci.ArgumentError) as told:
        loci.Network(inputs=3, outputs=2, dendrite_sites=0)
    assert told.value.where == "dendrite_sites"


@pytest.mark.parametrize(
    "line, said",
    (
        ("use --prune-by weight", "use prune_by weight"),
        ("as floats (--bits 32)", "as floats (bits 32)"),
        ("a file; --no-header if it is data", "a file; header=False if it is data"),
        ("a--lr, b --none", "a--lr, b --none"),
        ("the net's name 'x --lr' and --lr", "the net's name 'x --lr' and lr"),
        ("loci train --help", "loci train --help"),
    ),
)
def test_options_are_written_as_in_python(line, said):
    assert loci.errors.in_python(line) == said


def test_labels_are_the_same_however_they_are_given():
    """Whole numbers as objects are whole numbers; texts that are numbers go by value, as in an .npz."""
    x, labels = RANDOM.random((24, 3), numpy.float32), numpy.arange(24) % 12
    for y in labels, labels.astype(object), list(labels), labels.astype(float).astype(object), labels.astype(str):
        data = loci.Data(x, y, test=(x, labels), task="classify")
        assert data.classes == [str(k) for k in range(12)]
        assert (data.train[1] == labels).all() and (data.test[1] == labels).all()
    assert loci.Data(x, (labels > 5).astype(object)).classes == ["0", "1"]
    assert loci.Data(x, numpy.array(["1e1", "9", "-2"])[labels % 3]).classes == ["-2", "9", "1e1"]
    assert loci.Data(x, numpy.array(["10", "9", "x"])[labels % 3]).classes == ["10", "9", "x"]
    with pytest.raises(loci.ArgumentError, match=f"y: sample 2 has label {2**70}; labels go from 0"):
        loci.Data(x[:2], [1, 2**70])


def test_pandas_labels_are_the_same():
    pandas = pytest.importorskip("pandas")
    labels = numpy.arange(24) % 12
    data = loci.Data(RANDOM.random((24, 3), numpy.float32), pandas.Series(labels).astype("Int64"))
    assert data.classes == [str(k) for k in range(12)] and (data.train[1] == labels).all()


def test_whole_numbers_are_names_where_names_are_numbers():
    """Not their positions, which they are where names are words, or 0, 1, 2, ..."""
    names = numpy.array(["3", "-1", "2.0"])
    values, x = numpy.array([3, -1, 2])[Y], X
    for y in values, values.astype(object), names[Y], values.astype(float):
        data = loci.Data(x, y, test=(x, values), classes=names, task="classify")
        assert (data.train[1] == Y).all() and (data.test[1] == Y).all()
    again = pickle.loads(pickle.dumps(data))
    assert (again.train[1] == Y).all() and (again.test[1] == Y).all() and again.classes == list(names)
    assert (loci.Data(x, names[Y], test=(x, values)).test[1] == loci.Data(x, names[Y]).train[1]).all()
    with pytest.raises(loci.ArgumentError, match="y: holds 0, which is none of the classes 3, -1, 2.0"):
        loci.Data(x, Y, classes=names)
