"""Networks as Python objects."""

import copy
import gc
import pickle
import warnings

import numpy
import pytest

import loci

X = numpy.random.default_rng(1).random((5, 4), numpy.float32)


def small(**given):
    """A network of 4 inputs and 3 outputs."""
    return loci.Network(inputs=4, outputs=given.pop("outputs", 3), **{"hidden": (8,), "dendrite_sites": 4, **given})


# ---- what it is made of ----


def test_presets_and_options():
    net = loci.Network("arbor-mlp-2k", hidden=(20, 10))
    assert net.layers == (784, 20, 10, 10) and net.shape == (28, 28, 1) and net.task == "classify"
    assert net.options["hidden"] == (20, 10) and net.options["law"] == "inverse"
    assert "arbor-mlp-2k" in loci.presets() and "784-20-10-10" in repr(net)


def test_every_option_comes_back_as_it_was_given():
    given = {
        "hidden": (6, 5),
        "law": "gaussian",
        "length": (0.5, 0.7, 0.9),
        "axon_sites": (1, 2, 3),
        "dim": 4,
        "gap": 0.25,
        "planes": "learned",
        "activation": "tanh",
        "sign": "mask",
        "steepness": 3.5,
        "train_length": "layer",
    }
    net = loci.Network(inputs=(3, 4), outputs=2, **given)
    for name, value in given.items():
        found = net.options[name]
        assert found == value or found == (value,) * 3, name


def test_a_colour_image_has_three_axes():
    net = loci.Network(inputs=(6, 5, 3), outputs=2, hidden=(4,))
    assert net.layers[0] == 90 and net(numpy.zeros((2, 6, 5, 3))).shape == (2, 2)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"hiden": (8,)}, TypeError, "did you mean 'hidden'"),
        ({"epochs": 3}, TypeError, "give it to loci.Trainer"),
        ({"label": "x"}, TypeError, "give it to loci.Data"),
        ({"law": "invers"}, loci.ArgumentError, "did you mean 'inverse'"),
        ({"hidden": (8, -1)}, ValueError, "hidden"),
        ({"time_steps": 5}, loci.ArgumentError, "add neuron lif"),
        ({"dim": 1.5}, loci.ArgumentError, "dim"),
        ({"law": object()}, TypeError, "cannot be a object"),
    ],
)
def test_mistakes_are_told(given, kind, words):
    with pytest.raises(kind, match=words):
        small(**given)


def test_wrong_shapes_of_inputs_and_outputs():
    for inputs in (0, (3,), (1, 2, 3, 4), (0, 3), -1):
        with pytest.raises(loci.ArgumentError):
            loci.Network(inputs=inputs)
    for outputs in (0, 1, 2**40):
        with pytest.raises(loci.LociError):
            loci.Network(inputs=4, outputs=outputs)


def test_the_family_of_errors():
    with pytest.raises(loci.NotFoundError, match="did you mean 'arbor-mlp-10k'") as caught:
        loci.Network("arbor-mpl-10k")
    assert isinstance(caught.value, loci.LociError) and isinstance(caught.value, FileNotFoundError)
    assert caught.value.where == "arbor-mpl-10k" and caught.value.status == "LOCI_E_NOT_FOUND"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    kinds = {kind.status for kind in loci.LociError.__subclasses__()}
    assert len(kinds) == 12


# ---- memory ----


def test_a_network_is_a_mapping_of_writable_views():
    net = small()
    before = net(X)
    net["pair0.dendrite.position"][...] += 0.5
    assert not numpy.array_equal(net(X), before)
    net["pair0.dendrite.position"] = 0
    assert (net["pair0.dendrite.position"] == 0).all()
    assert sum(tensor.size for tensor in net.values()) == net.parameters.size
    assert net["pair0.dendrite.position"].shape == (8, 4, 2)
    with pytest.raises(KeyError, match="did you mean 'pair0.dendrite.position'"):
        net["pair0.dendrit.position"]


def test_a_view_keeps_the_memory_of_a_network_that_is_gone():
    net = small()
    view, tensor = net.parameters, net["pair1.dendrite.charge"]
    expected, charges = view.copy(), tensor.copy()
    del net
    gc.collect()
    others = [small(seed=seed) for seed in range(50)]  # what would take freed memory
    assert numpy.array_equal(view, expected) and numpy.array_equal(tensor, charges)
    view[:] = 7
    assert (tensor == 7).all() and len(others) == 50


def test_copies_are_whole_and_apart():
    net = small(classes=None, seed=3)
    net.input_scaling = (numpy.arange(4), 2)
    for other in (
        copy.copy(net),
        copy.deepcopy(net),
        pickle.loads(pickle.dumps(net)),
        loci.Network.from_bytes(net.to_bytes()),
    ):
        assert numpy.array_equal(other(X), net(X)) and other.options == net.options
        assert numpy.array_equal(other.input_scaling[0], [0, 1, 2, 3]) and (other.input_scaling[1] == 2).all()
        other.parameters[:] = 0
        assert not numpy.array_equal(other(X), net(X))


def test_files_are_the_bytes(tmp_path):
    net = small()
    net.save(tmp_path / "net.safetensors")
    assert (tmp_path / "net.safetensors").read_bytes() == net.to_bytes()
    assert numpy.array_equal(loci.load(tmp_path / "net.safetensors")(X), net(X))
    with pytest.raises(loci.NotFoundError):
        loci.load(tmp_path / "other")
    with pytest.raises(loci.FormatError, match="memory: .*too short"):
        loci.Network.from_bytes(b"1234", "memory")
    net.parameters[0] = numpy.nan
    with pytest.raises(loci.DivergedError):
        net.save(tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_it_is_a_context():
    with small() as net:
        assert net and len(net(X)) == 5


# ---- what it makes of samples ----


def test_shapes_of_samples():
    net = loci.Network(inputs=(3, 4), outputs=2, hidden=(5,))
    images = numpy.random.default_rng(2).random((6, 3, 4), numpy.float32)
    rows = images.reshape(6, 12)
    assert net(images).shape == (6, 2) and net(images[0]).shape == (2,)
    assert numpy.array_equal(net(rows), net(images)) and numpy.array_equal(net(rows[1]), net(images)[1])
    assert net(images[:0]).shape == (0, 2)
    for wrong in (images[:, :2], rows[:, :5], images[0, 0], 3.0):
        with pytest.raises(loci.ArgumentError, match="the network takes"):
            net(wrong)


def test_kinds_of_numbers():
    net = small()
    for other in (
        X.astype(numpy.float64),
        numpy.asfortranarray(X),
        X.tolist(),
        X[:, ::-1][:, ::-1],
        X.byteswap().newbyteorder(),
    ):
        assert numpy.array_equal(net(other), net(X))
    read_only = X.copy()
    read_only.flags.writeable = False
    assert numpy.array_equal(net(read_only), net(X))
    with pytest.raises(loci.ArgumentError, match="finite"):
        net(numpy.full((1, 4), numpy.nan))
    with pytest.raises(TypeError, match="not numbers"):
        net(numpy.array([["a", "b", "c", "d"]]))
    with pytest.raises(TypeError, match="no numbers"):
        net(numpy.array([[1, "b", None, 2]], object))
    with pytest.raises(ValueError, match="complex"):
        net(X * 1j)


def test_bytes_are_shares_of_255_and_the_models_scaling_acts():
    net = small()
    whole = numpy.arange(20, dtype=numpy.uint8).reshape(5, 4)
    assert numpy.array_equal(net(whole), net(whole.astype(numpy.float32) / numpy.float32(255)))
    scaled = copy.copy(net)
    scaled.input_scaling = (1, 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", loci.LociWarning)
        expected = net((whole.astype(numpy.float32) - 1) / 16)
    assert numpy.array_equal(scaled(whole), expected) and numpy.array_equal(scaled(whole.astype(float)), expected)


def test_values_of_other_units_are_told():
    with pytest.warns(loci.LociWarning, match="beyond 0 to 1"):
        small()(X * 255)


def test_data_with_other_outputs_or_units_are_not_measured_in_silence():
    random = numpy.random.default_rng(1)
    x, names = (
        random.normal(size=(60, 4)).astype(numpy.float32),
        numpy.array(["ant", "bee", "cat"])[numpy.arange(60) % 3],
    )
    net, some = loci.Network(data=loci.Data(x, names), hidden=(4,)), names != "ant"
    by_hand = (net.predict(x[some]) == names[some]).mean()
    assert net.evaluate(loci.Data(x[some], names[some], classes=net.classes)).accuracy == pytest.approx(by_hand)
    assert net.evaluate(loci.Data(x, numpy.arange(60) % 3)).accuracy == net.evaluate(x, names).accuracy
    for other in (loci.Data(x[some], names[some]), loci.Data(x, names, classes=["cat", "bee", "ant"])):
        with pytest.raises(loci.MismatchError, match="output 0 is"):
            net.evaluate(other)
        with pytest.raises(loci.MismatchError, match="output 0 is"):
            loci.Trainer(net, other, epochs=1)
    pixels = random.integers(0, 256, (60, 4))
    plain = loci.Network(inputs=4, hidden=(4,), outputs=3)
    with pytest.warns(loci.LociWarning, match="beyond 0 to 1"):
        plain.evaluate(pixels, numpy.arange(60) % 3)


def test_a_file_without_a_test_part_is_measured_in_part_and_says_so(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("a,b,kind\n" + "".join(f"{i % 7},{i * 3 % 11},{'xy'[i % 2]}\n" for i in range(50)))
    net = loci.Network(data=loci.Data(file), hidden=(4,))
    with pytest.warns(loci.LociWarning, match="10 of its 50 samples"):
        assert net.evaluate(file).count == 10
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert net.evaluate(file, part="train").count == 40
        assert net.evaluate(loci.Data(file, model=net, test=file)).count == 50


def test_a_frame_has_the_columns_of_the_table_in_their_order(tmp_path):
    pandas = pytest.importorskip("pandas")
    file = tmp_path / "table.csv"
    file.write_text("a,b,c,kind\n" + "".join(f"{i % 7},{i * 3 % 11},{'uv'[i % 2]},{'xy'[i % 2]}\n" for i in range(50)))
    with pytest.warns(loci.LociWarning, match="each word of c"):
        net = loci.Network(data=loci.Data(file), hidden=(4,))
    names = ["a", "b", "c=u", "c=v"]
    x = numpy.random.default_rng(1).random((5, 4))
    assert numpy.array_equal(net(pandas.DataFrame(x, columns=names)), net(x))
    assert numpy.array_equal(net(pandas.DataFrame(x)), net(x)), "without names they stand in order"
    for wrong in (["b", "a", "c=u", "c=v"], ["a", "b", "c", "d"]):
        frame = pandas.DataFrame(x, columns=wrong)
        for use in (net, net.predict, net.prepare(), lambda x: net.evaluate(x, list("xyxyx"))):
            with pytest.raises(loci.ArgumentError, match="has the columns"):
                use(frame)


def test_whole_numbers_are_not_cut():
    for wrong in (
        {"inputs": 3.7},
        {"inputs": (3.5, 2)},
        {"outputs": 2.5},
        {"seed": 1.5},
        {"seed": "1"},
        {"hidden": {4, 5}},
    ):
        with pytest.raises(TypeError):
            loci.Network(**{"inputs": 4, "outputs": 2, **wrong})
    for seed in (-1, 2**63):
        with pytest.raises(loci.ArgumentError, match="seed"):
            loci.Network(inputs=4, outputs=2, seed=seed)


def test_prepared_networks_stay_as_they_were():
    net = small()
    frozen = net.prepare()
    assert numpy.allclose(frozen(X), net(X), atol=1e-5) and frozen(X[0]).shape == (3,)
    before = frozen(X)
    net.parameters[:] = 0
    assert numpy.array_equal(frozen(X), before)
    assert numpy.array_equal(pickle.loads(pickle.dumps(frozen))(X), before)


def test_answers():
    net = small(classes=["a", "b", "c"])
    logits = net(X)
    assert net.predict(X).tolist() == [["a", "b", "c"][k] for k in logits.argmax(1)]
    shares = net.probabilities(X)
    assert (
        shares.dtype == numpy.float32
        and numpy.allclose(shares.sum(1), 1)
        and (shares.argmax(1) == logits.argmax(1)).all()
    )
    assert numpy.array_equal(small().predict(X), logits.argmax(1))
    values = loci.Network(inputs=4, outputs=1, task="regress", hidden=(3,))
    assert values.predict(X).shape == (5,)
    with pytest.raises(loci.ArgumentError, match="no probabilities"):
        values.probabilities(X)


def test_weights_are_the_rule():
    net = small(scale="one", input="random", axon_sites=1)
    p, q = net["pair0.axon.position"][:, 0], net["pair0.dendrite.position"]
    c, e = net["pair0.axon.charge"][:, 0], net["pair0.dendrite.charge"]
    square = ((p[:, None, None] - q[None]) ** 2).sum(-1) + 0.1**2
    assert numpy.allclose(net.weights(0), (c[:, None, None] * e / numpy.sqrt(square)).sum(-1), rtol=1e-4, atol=1e-4)
    assert numpy.allclose(net.lengths(0), numpy.sqrt(square).min(-1), rtol=1e-4)
    with pytest.raises(loci.ArgumentError, match="from 0 to 1"):
        net.weights(2)


def test_activations_of_a_layer():
    net = small()
    assert numpy.allclose(net.activations(X[0], 2), net(X[0]), atol=1e-5)
    assert (net.activations(X[0], 1) >= 0).all() and len(net.activations(X[0], 1)) == 8
    for layer in (0, 3):
        with pytest.raises(loci.ArgumentError):
            net.activations(X[0], layer)


# ---- pruning ----


def test_pruning():
    net = small(hidden=(40,))
    whole = net.connections
    assert net.prune(0.75, by="weight") is net and net.pruned_by == "weight"
    assert net.connections == sum(int(net.kept(pair).sum()) for pair in (0, 1)) and abs(net.sparsity - 0.75) < 0.01
    assert ((net.weights(0) != 0) == net.kept(0)).all() and net.connections < whole
    assert net.freeze().pruned_by == "set"
    smaller = net.shrink()
    assert numpy.allclose(smaller(X), net(X), atol=1e-5) and smaller.layers[1] <= 40
    with pytest.raises(loci.ArgumentError, match="none of distance, weight, range"):
        net.prune(0.5, by="luck")
    with pytest.raises(loci.ArgumentError):
        small().prune(1.0)


# ---- other programs ----


def test_exports(tmp_path):
    net = small()
    net.export(tmp_path / "net.onnx", "onnx")
    net.export(tmp_path / "net.npz", "npz")
    assert (tmp_path / "net.onnx").stat().st_size > 100
    assert numpy.array_equal(loci.import_npz(tmp_path / "net.npz")(X), net(X))
    with numpy.load(tmp_path / "net.npz") as arrays:
        assert numpy.array_equal(arrays["pair0.axon.position"], net["pair0.axon.position"])
    data = loci.Data(numpy.tile(X, (40, 1)), numpy.arange(200) % 3)
    report = net.export(tmp_path / "net8.onnx", "onnx", bits=8, data=data, samples=50)
    assert report["samples"] == 200 and 0 <= report["accuracy"] <= 1
    with pytest.raises(TypeError, match="needs data"):
        net.export(tmp_path / "x", "onnx", bits=8)
    with pytest.raises(TypeError, match="no option 'data'"):
        net.export(tmp_path / "x", "onnx", data=data)
    with pytest.raises(loci.UnsupportedError, match="no numbers of 4 bits"):
        net.export(tmp_path / "x", "onnx", bits=4, data=data)
    report = net.export(tmp_path / "c", "c", data=data, bits=8, name="tiny")
    assert report["name"] == "tiny" and report["flash"] > 0 and (tmp_path / "c/tiny.c").exists()
    with pytest.raises(loci.ExistsError):
        net.export(tmp_path / "c", "c", data=data)
    with pytest.raises(loci.UnsupportedError):
        net.export(tmp_path / "net.nir", "nir")
    with pytest.raises(TypeError, match="no option 'bit'"):
        net.export(tmp_path / "c", "c", data=data, bit=8)
    with pytest.raises(loci.ArgumentError, match="none of onnx"):
        net.export(tmp_path / "x", "tflite")
