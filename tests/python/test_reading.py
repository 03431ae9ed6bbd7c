"""Data as they are read: for a task, for a model, for a run."""

import copy
import json
import pickle
import struct
import subprocess
import zlib

import numpy
import pytest

import loci
from loci.figure import program

RANDOM = numpy.random.default_rng(1)
X = RANDOM.random((60, 3))
SMALL = {"hidden": (4,), "epochs": 1}
WORDS = "--hidden", "4", "--epochs", "1"


def command(*words):
    """`loci` with these words; what it prints."""
    done = subprocess.run([program(), *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(path, answers, header="a,b,c,y"):
    """A table of X and answers."""
    rows = [",".join([*(f"{value:.3f}" for value in row), str(y)]) for row, y in zip(X, answers)]
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


# ---- for a task ----


@pytest.mark.parametrize(("task", "classes"), [("classify", 30), ("regress", 3)])
def test_a_run_has_the_task_it_was_given(tmp_path, task, classes):
    path = table(tmp_path / "w.csv", [k % classes + 1 for k in range(len(X))])  # may be either
    command("train", "--data", path, "--task", task, *WORDS, "--out", tmp_path / "c")
    run = loci.train(data=path, task=task, out=tmp_path / "p", **SMALL)
    assert run.network.task == run.data().task == task
    assert (tmp_path / "p" / "config.json").read_text("utf-8") == (tmp_path / "c" / "config.json").read_text("utf-8")
    assert run.network.to_bytes() == loci.Run(tmp_path / "c").network.to_bytes()
    loci.train(data=loci.Data(path, task=task), out=tmp_path / "d", **SMALL)
    for name in "c", "d":
        run = loci.Run(tmp_path / name)
        assert run.network.to_bytes() == loci.Run(tmp_path / "p").network.to_bytes()
        found = run.network.evaluate(run.data())
        known = ("test_accuracy", found.accuracy) if task == "classify" else ("test_r2", found.r2)
        assert known[1] == pytest.approx(run.summary[known[0]], rel=1e-6)
    assert loci.train(data=path, task=task, out=tmp_path / "p", resume=True, **SMALL).complete
    assert loci.train(data=path, out=tmp_path / "p", resume=True).complete


def test_what_data_are_read_for_is_not_another_thing(tmp_path):
    data = loci.Data(table(tmp_path / "w.csv", [k % 3 + 1 for k in range(len(X))]))
    with pytest.raises(loci.errors.ArgumentError, match="regress, and w.csv is read to classify"):
        loci.train(data=data, task="regress", out=tmp_path / "p", **SMALL)
    with pytest.raises(loci.errors.ArgumentError, match="regress, and w.csv is read to classify"):
        loci.Network(data=data, task="regress", hidden=(4,))
    net = loci.Network(data=data, task="classify", hidden=(4,))
    assert net.task == "classify"
    with pytest.raises(loci.errors.ArgumentError, match="regress, and the model is there to classify"):
        loci.Data(tmp_path / "w.csv", model=net, task="regress")
    assert not (tmp_path / "p").exists()


def labelled(path, labels):
    """X and the labels as arrays, which give them no names."""
    numpy.savez(path, x_train=X[:40], y_train=labels[:40], x_test=X[40:], y_test=labels[40:])
    return path


def test_labels_without_names_are_called_by_their_numbers(tmp_path):
    labels = numpy.arange(len(X)) % 2
    path, places = labelled(tmp_path / "n.npz", 7 - 4 * labels), labelled(tmp_path / "p.npz", labels)
    net = loci.Network(inputs=3, outputs=2, hidden=(4,), classes=["7", "3"])
    for data in loci.Data(path, model=net), loci.Data(X, 7 - 4 * labels, classes=net.classes):
        assert data.classes == ["7", "3"]
        assert numpy.array_equal(data.train[1], labels[: data.count()])
    with pytest.raises(loci.LociError, match="output 0 is '0', the network's is '7'"):
        net.evaluate(loci.Data(places, model=net))
    words = loci.Network(inputs=3, outputs=2, hidden=(4,), classes=["up", "down"])  # which they count
    assert numpy.array_equal(loci.Data(places, model=words).train[1], labels[:40])
    with pytest.raises(loci.LociError):
        words.evaluate(loci.Data(path, model=words))


# ---- without answers ----


@pytest.fixture(name="unanswered", params=["classify", "regress"])
def fixture_unanswered(tmp_path, request):
    """A network, and data for it that nobody knows the answers of."""
    path = table(tmp_path / "m.csv", [f"class {k % 3}" if request.param == "classify" else k for k in range(len(X))])
    net = loci.Network(data=loci.Data(path, task=request.param), hidden=(4,))
    return net, loci.Data(path, model=net, labelled=False)


def test_rows_without_answers_teach_and_measure_nothing(tmp_path, unanswered):
    net, data = unanswered
    before = net.to_bytes()
    for use in (
        lambda: net.evaluate(data),
        lambda: loci.Trainer(net, data, epochs=1),
        lambda: loci.train(data=data, out=tmp_path / "run", **SMALL),
        lambda: loci.Network(data=data, hidden=(4,)),
        lambda: net.export(tmp_path / "c", "c", data=data),
        lambda: net.export(tmp_path / "x.onnx", "onnx", bits=8, data=data),
    ):
        with pytest.raises(loci.ArgumentError, match="m.csv.*its rows were opened to be predicted, without answers"):
            use()
    assert net.to_bytes() == before and sorted(path.name for path in tmp_path.iterdir()) == ["m.csv"]


def test_rows_without_answers_are_there_all_the_same(tmp_path, unanswered):
    net, data = unanswered
    for found in data, again(data):
        x, y = found.train
        assert x.shape == (60, 3) and y is None and found.count("test") == 0
        assert (found.task, found.classes, found.columns) == (net.task, net.classes, ["a", "b", "c"])
        assert len(net.predict(x)) == 60 and repr(found) == repr(data)
        with pytest.raises(loci.ArgumentError, match="without answers"):
            net.evaluate(found)
        if loci.page.beside(loci._installed.PAGE):
            net.page(tmp_path / "page.html", data=found)


# ---- for a model of recordings ----


def record(path, samples, last, channels):
    """A recording: samples of 0 happen on the lower half of 8 channels, those of 1 on the upper, up to a moment."""
    h5py = pytest.importorskip("h5py")
    random = numpy.random.default_rng(samples)
    labels = numpy.arange(samples) % 2
    with h5py.File(path, "w") as file:
        times = file.create_dataset("spikes/times", (samples,), dtype=h5py.vlen_dtype(numpy.float32))
        units = file.create_dataset("spikes/units", (samples,), dtype=h5py.vlen_dtype(numpy.int64))
        for k, label in enumerate(labels):
            times[k] = numpy.sort(random.random(40) * last).astype(numpy.float32)
            units[k] = (random.integers(0, 4, 40) + 4 * label) % channels
        file.create_dataset("labels", data=labels)
    return path


@pytest.mark.filterwarnings("ignore::loci.LociWarning")
@pytest.mark.parametrize("given", [{}, {"neuron": "lif", "time_steps": 20, "group_channels": 2, "duration": 0.5}])
def test_recordings_are_cut_up_as_the_models_were(tmp_path, given):
    (tmp_path / "rec").mkdir()
    record(tmp_path / "rec" / "train.h5", 30, 1.0, 8)
    record(tmp_path / "rec" / "test.h5", 10, 1.0, 8)
    new = record(tmp_path / "new.h5", 6, 0.4, 6)  # short, and silent on the upper channels
    words = [word for name, value in given.items() for word in ("--" + name.replace("_", "-"), value)]
    try:
        command("train", "--data", tmp_path / "rec", *words, *WORDS, "--out", tmp_path / "c")
    except AssertionError as why:
        if "cannot read HDF5" in str(why):
            pytest.skip("built without HDF5")
        raise
    run = loci.train(data=tmp_path / "rec", out=tmp_path / "p", **given, **SMALL)
    net = run.network
    assert net.to_bytes() == loci.load(tmp_path / "c").to_bytes()
    told = json.loads(command("predict", tmp_path / "c", new, "--json"))["predictions"]
    assert [str(name) for name in net.predict(new)] == [row["class"] for row in told]
    assert net.probabilities(new).max(axis=1) == pytest.approx([row["confidence"] for row in told], abs=1e-6)
    assert net.evaluate(tmp_path / "rec").accuracy == pytest.approx(run.summary["test_accuracy"])
    data = loci.Data(new, model=net, labelled=False)
    steps = data.train[0].any(axis=(0, 2)).nonzero()[0]
    span = given.get("duration", 1.0)
    assert data.steps == net.steps and steps[-1] / data.steps == pytest.approx(0.4 / span, abs=0.06)
    other = loci.Data(new, model=net, labelled=False, duration=0.8)  # as it is asked for
    assert other.train[0].any(axis=(0, 2)).nonzero()[0][-1] / data.steps == pytest.approx(0.5, abs=0.06)


# ---- for a model of pictures ----


def picture(path, pixels):
    """A grey PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunks = (b"IHDR", struct.pack(">IIBBBBB", *pixels.shape[::-1], 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(lines))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*chunks, (b"IEND", b""))
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def test_pictures_of_another_size_are_scaled_as_the_network_takes_them(tmp_path):
    for k in range(24):
        pixels = RANDOM.integers(0, 256, (6, 5), numpy.uint8)
        picture(tmp_path / "small" / "ab"[k % 2] / f"{k}.png", pixels)
        picture(tmp_path / "large" / "ab"[k % 2] / f"{k}.png", pixels.repeat(2, axis=0).repeat(2, axis=1))
        picture(tmp_path / "mixed" / "ab"[k % 2] / f"{k}.png", pixels.repeat(1 + k % 3, axis=0))
    small = loci.Data(tmp_path / "small")
    net = loci.Network(data=small, hidden=(4,))
    net.save(tmp_path / "net.safetensors")
    for name in "large", "mixed":
        with pytest.warns(loci.LociWarning, match="pictures are scaled to 6x5, as the network takes them"):
            found = loci.Data(tmp_path / name, model=net)
        assert found.shape == net.shape
        told = json.loads(command("eval", tmp_path / "net.safetensors", "--data", tmp_path / name, "--json"))
        assert net.evaluate(found).loss == pytest.approx(told["test_loss"] if "test_loss" in told else told["loss"])
    assert loci.Data(tmp_path / "large", model=net, image_size="12x10").shape == (12, 10, 1)  # as it is asked for


# ---- pickled ----


def again(thing):
    """The same, out of another process."""
    return pickle.loads(pickle.dumps(thing))


def made_alike(data, other):
    """Whether networks for two data sets are the same, scaling and notes included."""
    return (
        loci.Network(data=data, hidden=(4,)).to_bytes()
        == loci.Network(data=other, hidden=(4,)).to_bytes()
        == loci.Network(data=again(other), hidden=(4,)).to_bytes()
    )


@pytest.mark.filterwarnings("ignore::loci.LociWarning")
@pytest.mark.parametrize("given", [{}, {"validation_group": "g:4"}, {"weight": "c"}])
def test_a_pickled_trainer_goes_on_where_it_was(tmp_path, given):
    path = tmp_path / "g.csv"
    rows = [f"{a:.3f},{b:.3f},{c:.3f},g{k // 4},kind {k % 3}" for k, (a, b, c) in enumerate(X)]
    path.write_text("\n".join(["a,b,c,g,kind", *rows]) + "\n", "utf-8")
    data = loci.Data(path, **given)
    validation = {} if "validation_group" in given else {"validation": 10}
    whole = loci.Trainer(loci.Network(data=data, hidden=(4,)), data, epochs=4, batch=8, **validation)
    whole.epoch()
    twin = again(whole)
    assert twin.metrics["validation_accuracy"].tolist() == whole.metrics["validation_accuracy"].tolist()
    assert whole.run().to_bytes() == twin.run().to_bytes() == copy.deepcopy(twin).network.to_bytes()
    for name in "validation_accuracy", "test_accuracy", "train_loss":
        assert twin.metrics[name].tolist() == whole.metrics[name].tolist()
    assert made_alike(data, again(data))


@pytest.mark.filterwarnings("ignore::loci.LociWarning")
def test_pickled_tables_keep_what_was_read(tmp_path):
    path = table(tmp_path / "m.csv", [f"class {k % 3}" for k in range(len(X))])
    test = table(tmp_path / "t.csv", [f"class {k % 3}" for k in range(len(X))])
    data = loci.Data(path, test=test, weight="c")
    twin = again(data)
    assert data.weights("test").std() > 0
    for part in "train", "test":
        assert numpy.array_equal(twin.weights(part), data.weights(part))
        assert all(numpy.array_equal(a, b) for a, b in zip(twin.arrays(part), data.arrays(part)))
    assert (twin.columns, twin.table, twin.source, twin.given) == (data.columns, data.table, data.source, data.given)
    net = loci.Network(data=twin, hidden=(4,))
    assert net.note("columns") == loci.Network(data=data, hidden=(4,)).note("columns") != ""
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join(["b,a", *(f"{b:.3f},{a:.3f}" for a, b, _ in X)]) + "\n", "utf-8")
    assert list(net.predict(turned)) == list(net.predict(path))
    run = loci.train(data=twin, out=tmp_path / "run", **SMALL)
    assert run.network.evaluate(run.data()).accuracy == pytest.approx(run.summary["test_accuracy"])
    assert loci.train(data=data, out=tmp_path / "run", resume=True).complete


@pytest.mark.filterwarnings("ignore::loci.LociWarning")
def test_pickled_pixels_and_events_are_scaled_and_timed_alike(tmp_path):
    dark = RANDOM.integers(0, 100, (40, 5, 4), numpy.uint8)
    deep = RANDOM.integers(0, 4096, (40, 5, 4)).astype(numpy.uint16)
    for name, pixels in ("dark", dark), ("deep", deep):
        numpy.savez(tmp_path / f"{name}.npz", x_train=pixels, y_train=numpy.arange(40) % 2)
        data = loci.Data(tmp_path / f"{name}.npz")
        assert made_alike(data, again(data)) and again(data).notes
    counts = RANDOM.integers(0, 3, (20, 5, 4)).astype(numpy.uint8)
    numpy.savez(tmp_path / "events.npz", events_train=counts, y_train=numpy.arange(20) % 2)
    data = loci.Data(tmp_path / "events.npz", group_channels=2)
    assert made_alike(data, again(data))
    assert loci.Network(data=again(data), hidden=(4,)).note("timing")


def test_pickled_arrays(tmp_path):
    data = loci.Data(X, numpy.arange(60) % 3, sample_weight=X[:, 0])
    assert made_alike(data, again(data)) and numpy.array_equal(again(data).weights(), data.weights())
    same = loci.Data(X, numpy.arange(60) % 3)
    loci.train(data=same, out=tmp_path / "run", **SMALL)
    assert loci.train(data=again(same), out=tmp_path / "run", resume=True, **SMALL).complete  # of the same fingerprint
