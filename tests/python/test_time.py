"""Nets whose spikes travel, come back or adapt, in use: event by event, in files, pruned, resumed."""

import pickle
import signal

import numpy
import pytest

import loci
from loci.progress import Bar

RANDOM = numpy.random.default_rng(1)
X = RANDOM.random((60, 6), numpy.float32)
Y = (X[:, 0] > 0.5).astype(int) + (X[:, 1] > 0.7)
KINDS = {
    "delays": {"delay": "distance", "speed": 0.2, "longest_delay": 12, "train_speed": "layer"},
    "loops": {"recurrent": True},
    "adaptive": {"neuron": "adlif", "train_adaptation": "neuron"},
    "all": {"delay": "distance", "speed": 0.2, "recurrent": True, "neuron": "adlif", "readout": "softmax-sum"},
    "latency": {"delay": "distance", "coding": "latency", "latency_span": 0.5, "readout": "count"},
    "conventional": {"recurrent": True, "wiring": "dense", "coding": "poisson"},
    "counted": {"neuron": "adlif", "readout": "count", "coding": "latency"},
}


def made(kind, seed=1):
    """A net that fires, of a kind."""
    given = {"neuron": "lif", "hidden": (20, 15), "time_steps": 20, "threshold": 0.3, **KINDS[kind]}
    if given.get("wiring") != "dense":
        given |= {"dendrite_sites": 4}
    return loci.Network(inputs=6, outputs=3, seed=seed, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_event_by_event_is_the_same(kind):
    net = made(kind)
    loci.Trainer(net, X, Y, epochs=3, lr=0.02, batch=20).run()
    assert 0.001 < net.evaluate(X, Y).spike_rate < 0.9
    assert numpy.abs(net.prepare()(X) - net(X)).max() <= 1e-5 * numpy.abs(net(X)).max()
    single = net.prepare()
    if kind != "conventional":  # whose spikes are drawn by the number of the sample
        assert numpy.array_equal(numpy.stack([single(x) for x in X]), single(X))


@pytest.mark.parametrize("kind", KINDS)
def test_files_hold_all_of_it(kind, tmp_path):
    net = made(kind)
    loci.Trainer(net, X, Y, epochs=1).run()
    again = pickle.loads(pickle.dumps(net))
    assert list(again) == list(net) and numpy.array_equal(again(X), net(X)) and again.options == net.options
    net.export(tmp_path / "net.npz", "npz")
    assert numpy.array_equal(loci.import_npz(tmp_path / "net.npz")(X), net(X))


@pytest.mark.parametrize("kind", ["delays", "loops", "all"])
def test_pairs_of_layers_are_pruned(kind):
    net = made(kind)
    loci.Trainer(net, X, Y, epochs=2).run()
    before = net(X)
    net.prune(0.6, by="weight")
    assert not numpy.array_equal(net(X), before) and abs(net.sparsity - 0.6) < 0.02
    assert numpy.array_equal(net.prepare()(X), net(X))
    assert numpy.array_equal(pickle.loads(pickle.dumps(net))(X), net(X))


@pytest.mark.parametrize("kind", ["delays", "all"])
def test_a_run_goes_on_where_it_was(kind, tmp_path, monkeypatch):
    given = {"neuron": "lif", "hidden": (12,), "time_steps": 15, "threshold": 0.3, "dendrite_sites": 4, **KINDS[kind]}
    again = {"data": loci.Data(X, Y, test=(X, Y)), "epochs": 12, "progress": True, "batch": 20, **given}
    loci.train(**again, out=tmp_path / "whole", threads=2)

    def press(bar, progress):
        if progress.epoch == 5:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "show", press)
    with pytest.raises(KeyboardInterrupt):
        loci.train(**again, out=tmp_path / "run", threads=1)
    monkeypatch.undo()
    loci.train(**again, out=tmp_path / "run", resume=True, threads=1)
    whole, run = (tmp_path / name / "model.safetensors" for name in ("whole", "run"))
    assert whole.read_bytes() == run.read_bytes()


def test_ways_out_that_cannot_hold_it_say_so(tmp_path):
    net = made("all")
    for call in (lambda: net.export(tmp_path / "x.nir", "nir"), net.shrink):
        with pytest.raises(loci.UnsupportedError):
            call()
    assert not list(tmp_path.iterdir())


def test_it_is_exported_as_c(tmp_path):
    net, data = made("all"), loci.Data(X, Y, test=(X, Y))
    report = net.export(tmp_path / "c", "c", data=data, bits=8)
    assert report["time_steps"] == 20 and 0 < report["current_bytes"] < report["scratch"]
    assert 0 < report["multiply_adds_step_most"] and 0 < report["roots_step_most"]


def test_yin_yang_is_the_published_one():
    x, y = loci.Data("yin-yang").train
    random = numpy.random.RandomState(42)

    def kind(p, q):
        right, left = numpy.hypot(p - 0.75, q - 0.5), numpy.hypot(p - 0.25, q - 0.5)
        if right < 0.1 or left < 0.1:
            return 2
        return int(right <= 0.1 or 0.1 < left <= 0.25 or (q > 0.5 and right > 0.25))

    for i in range(300):
        wanted = random.randint(3)
        while True:
            p, q = random.rand(2)
            if numpy.hypot(p - 0.5, q - 0.5) <= 0.5 and kind(p, q) == wanted:
                break
        assert numpy.allclose(x[i], numpy.float32([p, q, 1 - p, 1 - q])) and y[i] == wanted


def counts(n=120, steps=20, channels=6):
    """Events, and whether more of them come in the first half."""
    x = (RANDOM.random((n, steps, channels)) < 0.1).astype(numpy.uint8)
    return x, (x[:, : steps // 2].sum((1, 2)) > x[:, steps // 2 :].sum((1, 2))).astype(int)


def test_events_from_arrays(tmp_path):
    x, y = counts()
    numpy.savez(tmp_path / "events.npz", events_train=x, y_train=y, events_test=x[:30], y_test=y[:30])
    data = loci.Data(x, y, test=(x[:30], y[:30]), events=True)
    assert data.steps == 20 and data.shape == (1, 6, 1) and "20 steps of 6 channels" in repr(data)
    assert numpy.array_equal(data.train[0], x) and numpy.array_equal(data.test[0], x[:30])
    given = {"neuron": "lif", "coding": "events", "hidden": (10,), "time_steps": 20, "threshold": 0.3}
    given |= {"delay": "distance", "speed": 0.3}
    nets = []
    for source in (data, loci.Data(tmp_path / "events.npz"), pickle.loads(pickle.dumps(data))):
        net = loci.Network(data=source, seed=1, **given)
        loci.Trainer(net, source, epochs=2).run()
        nets.append(net)
    assert all(numpy.array_equal(net(x), nets[0](x)) for net in nets)
    net = nets[0]
    assert net.steps == 20 and net(x[0]).shape == (2,)
    assert numpy.abs(net.prepare()(x) - net(x)).max() < 1e-5
    assert net.evaluate(x, y).accuracy == (net.predict(x) == y).mean()
    loci.Trainer(net, x, y, epochs=1).run()


def test_events_of_another_shape_are_refused():
    x, y = counts()
    net = loci.Network(data=loci.Data(x, y, events=True), neuron="lif", coding="events", hidden=(4,), time_steps=20)
    for wrong in (x[:, :10], x[0, 0], x.reshape(len(x), -1), x[:, :, :5]):
        with pytest.raises(loci.LociError, match="events"):
            net(wrong)
    with pytest.raises(loci.LociError, match="events are counted"):
        loci.Data(x - 0.5, y, events=True)
    with pytest.raises(loci.LociError, match="n, steps, channels"):
        loci.Data(x[0], y, events=True)
    with pytest.raises(loci.LociError, match="time steps"):
        loci.Data(x, y, test=(x[:, :10], y), events=True)


def test_recordings_that_are_open_elsewhere(tmp_path):
    """What h5py has open to read is read; what it may be writing is refused."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "train.h5"
    with h5py.File(path, "w") as file:
        for name, kind in ("times", numpy.float32), ("units", numpy.uint16):
            lists = file.create_dataset(f"spikes/{name}", (4,), h5py.vlen_dtype(kind))
            for i in range(4):
                lists[i] = numpy.arange(i + 1, dtype=kind)
        file["labels"] = numpy.arange(4) % 2
    try:
        data = loci.Data(path)
    except loci.UnsupportedError:
        pytest.skip("built without HDF5")
    assert data.train[0].sum() + data.test[0].sum() == 10
    with h5py.File(path, "r") as file:
        assert numpy.array_equal(loci.Data(path).train[0], data.train[0])
        assert list(file["spikes/units"][3]) == [0, 1, 2, 3]
    with h5py.File(path, "r+"), pytest.raises(loci.FormatError, match="open for writing"):
        loci.Data(path)
