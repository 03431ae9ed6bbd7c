"""Networks with layers of maps, whose neurons share an arbor."""

import copy
import pickle

import numpy
import pytest

import loci

X = numpy.random.default_rng(1).random((6, 9, 7), numpy.float32)
SITES = {"dim": 5, "dendrite_sites": 4, "gap": 0.3}
PLAIN = {"inputs": (9, 7), "maps": (3, 4), "window": (5, 3), "pool": (2, 1), "hidden": (), "outputs": 3}


def small(**given):
    return loci.Network(**{**PLAIN, **SITES, **given})


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = loci.threads()
    loci.threads(1)
    yield
    loci.threads(before)


def crossed(x, stencil, stride, pool):
    """x [n, height, width, in] under a stencil [window, window, in, out], as docs/format.md has it."""
    window = len(stencil)
    around, (height, width) = window // 2, x.shape[1:3]
    edged = numpy.pad(x, ((0, 0), (around, around), (around, around), (0, 0)))
    steps = [
        edged[:, dy : dy + height : stride, dx : dx + width : stride] @ stencil[dy, dx]
        for dy in range(window)
        for dx in range(window)
    ]
    u = sum(steps)
    rows, columns = u.shape[1] // pool, u.shape[2] // pool
    squares = u[:, : rows * pool, : columns * pool].reshape(len(x), rows, pool, columns, pool, -1)
    return squares.max(axis=(2, 4))


# ---- what it is made of ----


def test_grids_and_layers():
    net = loci.Network(inputs=(28, 28), maps=(8, 12, 16), hidden=(), outputs=10, window=5, pool=2, **SITES)
    assert net.grids == ((28, 28, 1), (14, 14, 8), (7, 7, 12), (3, 3, 16))
    assert net.layers == (784, 14 * 14 * 8, 7 * 7 * 12, 3 * 3 * 16, 10)
    assert "28x28x1-14x14x8-7x7x12-3x3x16-10" in repr(net)
    assert net.options["maps"] == (8, 12, 16) and net.options["window"] == (5, 5, 5)
    assert net["pair0.dendrite.position"].shape == (8, 4, 2) and net["layer1.bias"].shape == (8,)
    assert net["pair1.axon.position"].shape == (8, 1, 2) and net["pair1.dendrite.position"].shape == (12, 4, 4)
    assert small(hidden=(5,)).layers == (63, 4 * 3 * 3, 4 * 3 * 4, 5, 3)
    assert loci.Network(inputs=4, outputs=2).grids == ()


@pytest.mark.parametrize("given", [{}, {"stride": (2, 1)}, {"inputs": (9, 7, 3), "hidden": (5,)}, {"wiring": "dense"}])
def test_weights_are_the_stencils_that_are_laid_over_the_image(given):
    if "wiring" in given:
        net = loci.Network(**PLAIN, **given)
    else:
        net = small(**given)
    for tensor in net:
        if tensor.endswith("bias"):
            net[tensor] = numpy.random.default_rng(2).normal(0, 0.2, net[tensor].shape)
    x = numpy.random.default_rng(3).random((6, *net.shape), numpy.float32)
    h, strides = x, net.options["stride"]
    for pair in (0, 1):
        stencil = net.weights(pair)
        assert stencil.shape == (net.options["window"][pair],) * 2 + (h.shape[3], net.grids[pair + 1][2])
        h = numpy.maximum(crossed(h, stencil, strides[pair], (2, 1)[pair]) + net[f"layer{pair + 1}.bias"], 0)
        assert h.shape[1:] == net.grids[pair + 1]
        assert numpy.allclose(net.activations(x[0], pair + 1), h[0].ravel(), atol=1e-5)
    h = h.reshape(len(x), -1)
    for pair in range(2, len(net.layers) - 1):
        h = (numpy.maximum(h, 0) if pair > 2 else h) @ net.weights(pair) + net[f"layer{pair + 1}.bias"]
    assert numpy.allclose(net(x), h, rtol=1e-4, atol=1e-5) and numpy.ptp(net(x), axis=0).max() > 0


def test_views_are_written_and_copies_are_whole():
    net = small(seed=2)
    before, stencil = net(X), net.weights(1)
    other = pickle.loads(pickle.dumps(net))
    assert numpy.array_equal(copy.deepcopy(net)(X), before) and numpy.array_equal(other(X), before)
    net["pair1.axon.position"][1] += 0.5  # of one map, wherever it stands
    moved = (net.weights(1) != stencil).all(axis=(0, 1, 3))
    assert moved.tolist() == [False, True, False] and numpy.array_equal(other.weights(1), stencil)
    net["pair1.axon.charge"] = 0
    assert not numpy.array_equal(net(X), before) and numpy.array_equal(other(X), before)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"window": 4}, "window: 4 is even"),
        ({"maps": 0}, "there are no maps"),
        ({"inputs": (3, 3), "pool": 2}, "nothing is left"),
        ({"planes": "relaxed"}, "planes"),
        ({"dim": 3}, "dim"),
    ],
)
def test_mistakes_are_told(given, words):
    with pytest.raises(loci.ArgumentError, match=words):
        small(**given)


# ---- use ----


def test_training_makes_the_loss_smaller():
    y = (X.reshape(6, -1).mean(1) > 0.5).astype(int) + numpy.arange(6) % 2
    net = small()
    trainer = loci.Trainer(net, X, y, epochs=30, batch=6, lr=0.03, warmup=0)
    losses = [epoch["train_loss"] for epoch in trainer]
    assert losses[-1] < 0.8 * losses[0]


def test_pruning_cuts_entries_of_stencils():
    net = small(range=-1)
    whole = net.connections
    assert whole == sum(net.weights(pair).size for pair in range(3))
    net.prune(0.5, by="weight", scope="layer")
    assert net.kept(1).shape == net.lengths(1).shape == (3, 3, 3, 4)
    assert ((net.weights(1) != 0) == net.kept(1)).all() and abs(net.connections - whole / 2) <= 3


def test_exports(tmp_path):
    net = small()
    net.export(tmp_path / "net.onnx", "onnx")
    net.export(tmp_path / "net.npz", "npz")
    assert numpy.array_equal(loci.import_npz(tmp_path / "net.npz")(X), net(X))
    with numpy.load(tmp_path / "net.npz") as arrays:
        assert numpy.array_equal(arrays["pair1.weight"].reshape(3, 3, 3, 4), net.weights(1))
    data = loci.Data(numpy.tile(X, (10, 1, 1)), numpy.arange(60) % 3)
    net.export(tmp_path / "c", "c", data=data)
    assert (tmp_path / "c").is_dir()


def test_an_estimator_of_maps():
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_digits(return_X_y=True)
    options = {"window": 3, "dim": 5, "gap": 0.3, "elastic": 0, "warmup": 0}
    given = {"dendrite_sites": 5, "epochs": 6, "batch": 32, "lr": 0.1, "random_state": 1, "options": options}
    model = loci.SpatialClassifier(image_shape=(8, 8), maps=(8,), hidden=(), **given)
    assert model.get_params()["maps"] == (8,)
    model.fit(x[:300], y[:300])
    assert model.network_.grids == ((8, 8, 1), (4, 4, 8)) and model.network_.layers == (64, 128, 10)
    assert model.loss_curve_[-1] < 0.8 * model.loss_curve_[0] and model.score(x[300:600], y[300:600]) > 0.3
