"""loci.torch: a layer of PyTorch whose weights follow from positions, and networks as modules."""

import copy
import io
import math

import numpy
import pytest

import loci

torch = pytest.importorskip("torch")

from loci._torch_network import Decay, Spike  # noqa: E402 - only where there is PyTorch
from loci.torch import SpatialLinear, to_torch  # noqa: E402

LAWS = ("inverse", "inverse-square", "exponential", "gaussian")
# float32 gradients against float64 ones, as a share of the largest number of each tensor.
TOLERANCE = 2e-5


@pytest.fixture(autouse=True)
def one_thread():
    torch.manual_seed(1)
    torch.set_num_threads(1)


# ---- the layer against the formula of include/loci/spec.h, in float64 ----


def law_of(name, r, length):
    """f(r)."""
    if name == "inverse":
        return 1 / r
    if name == "inverse-square":
        return 1 / r**2
    if name == "exponential":
        return torch.exp(-r / length)
    return torch.exp(-(r**2) / (2 * length**2))


def twin(layer, state, x):
    """What the layer gives, from tensors by name in float64, differentiated by autograd."""

    def charge(name):
        number = state.get(name)
        if number is None:
            return None
        return 2 * torch.sigmoid(layer.steepness * number) - 1 if layer.sign == "mask" else number

    p, q = state["axon_position"], state["dendrite_position"]
    c, e = charge("axon_charge"), charge("dendrite_charge")
    if "channel_position" in state:
        p = torch.cat([p[:, :, :-1], state["channel_position"][layer.channel][:, None, None]], 2)
        c = charge("channel_charge")[layer.channel][:, None]
    c = torch.ones(p.shape[:2], dtype=p.dtype) if c is None else c
    e = torch.ones(q.shape[:2], dtype=q.dtype) if e is None else e
    gap = state.get("gap", torch.zeros(1, dtype=p.dtype))
    squares = ((p[:, None, :, None] - q[None, :, None, :]) ** 2).sum(-1)
    r = torch.sqrt(squares + gap**2 + layer.softening**2)
    length = torch.exp(state["log_length"]) if "log_length" in state else state.get("length")
    f = law_of(layer.law, r, length)
    if "range" in state:
        f = torch.relu(f - law_of(layer.law, state["range"].abs(), length))
    w = (c[:, None, :, None] * e[None, :, None, :] * f).sum((2, 3))
    if "log_scale" in state:
        w = torch.exp(state["log_scale"]) * w
    return x @ w + (state["bias"] if "bias" in state else 0)


def near(ours, exact):
    """Whether no number differs by more than a share of the largest one, which is not 0. A single number is a sum over
    all weights of which little may be left."""
    tolerance = TOLERANCE if exact.numel() > 1 else 50 * TOLERANCE
    largest = exact.abs().max().item()
    assert largest > 0, "nothing to compare"
    return (ours.double() - exact).abs().max().item() <= tolerance * largest


def compare(layer, n=7):
    """Outputs and all gradients, that of the input too."""
    state = {
        name: value.detach().double().requires_grad_(value.dtype == torch.float32)
        for name, value in layer.state_dict().items()
        if name != "channel"
    }
    x = torch.rand(n, layer.in_features, requires_grad=True)
    exact_x = x.detach().double().requires_grad_()
    pull = torch.randn(n, layer.out_features)
    out, exact = layer(x), twin(layer, state, exact_x)
    assert near(out, exact)
    out.backward(pull)
    exact.backward(pull.double())
    assert near(x.grad, exact_x.grad)
    for name, parameter in layer.named_parameters():
        assert near(parameter.grad, state[name].grad), name


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("reach", [None, 1.3])
@pytest.mark.parametrize("sign", ["charge", "mask"])
@pytest.mark.parametrize("sites", [(1, 1), (3, 2)])
def test_outputs_and_gradients_are_those_of_the_formula(law, reach, sign, sites):
    trained = {"planes": "learned", "softening": 0.05, "gap": 0.3}
    if law in ("exponential", "gaussian"):
        trained |= {"length": 0.8, "train_length": True}
    if reach is not None:
        trained |= {"range": reach, "train_range": True}
    layer = SpatialLinear(9, 6, axon_sites=sites[0], dendrite_sites=sites[1], law=law, sign=sign, seed=5, **trained)
    names = {name for name, _ in layer.named_parameters()}
    assert {"gap", "log_scale", "bias", "axon_charge"} <= names
    assert ("range" in names) == (reach is not None) and ("log_length" in names) == ("length" in trained)
    compare(layer)


@pytest.mark.parametrize(
    "options",
    [
        {"planes": "relaxed", "dim": 4},
        {"dim": 5, "law": "gaussian", "length": 2},
        {"dim": 2, "scale": "one", "bias": False},
        {"input": "sheet", "image_shape": (5, 4), "dendrite_sites": 3, "range": 2},
        {"input": "grid", "image_shape": (5, 4), "axon_sites": 2},
        {"input": "sheet", "image_shape": (3, 4, 3), "dendrite_sites": 2},
        {"input": "sheet", "image_shape": (3, 4, 3), "dendrite_sites": 2, "sign": "mask"},
    ],
)
def test_so_are_those_of_other_layers(options):
    shape = options.get("image_shape", (20,))
    compare(SpatialLinear(math.prod(shape), 6, seed=2, **options))


def test_a_negative_range_and_gap_act_through_their_size():
    layer = SpatialLinear(9, 6, range=1.3, train_range=True, planes="learned", gap=0.3, seed=5)
    before = layer(torch.eye(9))
    with torch.no_grad():
        layer.range.neg_()
        layer.gap.neg_()
    assert torch.equal(layer(torch.eye(9)), before)
    compare(layer)


def test_gradients_that_nobody_wants_are_not_made():
    layer = SpatialLinear(9, 6, dendrite_sites=2, seed=5)
    layer.axon_position.requires_grad_(False)
    layer.log_scale.requires_grad_(False)
    layer(torch.rand(3, 9)).sum().backward()
    assert layer.axon_position.grad is None and layer.log_scale.grad is None
    assert layer.dendrite_position.grad.abs().max() > 0
    layer.requires_grad_(False)
    assert not layer(torch.rand(3, 9)).requires_grad


# ---- the layer as a module ----


@pytest.mark.parametrize("options", [{}, {"axon_sites": 2, "dendrite_sites": 3, "law": "gaussian", "range": 2}])
def test_a_seed_gives_the_start_of_a_network(options):
    net = loci.Network(inputs=9, hidden=(6,), outputs=3, tied="no", seed=11, **options)
    layer = SpatialLinear(9, 6, seed=11, **options)
    assert numpy.array_equal(layer.axon_position.detach().numpy(), net["pair0.axon.position"])
    assert numpy.array_equal(layer.axon_charge.detach().numpy(), net["pair0.axon.charge"])
    assert numpy.array_equal(layer.dendrite_position.detach().numpy(), net["pair0.dendrite.position"])
    numpy.testing.assert_allclose(layer.weight.detach().numpy().T, net.weights(0), rtol=1e-6, atol=1e-7)


def test_without_a_seed_pytorch_draws_it():
    first, second = SpatialLinear(9, 6), SpatialLinear(9, 6)
    assert not torch.equal(first.axon_position, second.axon_position)
    torch.manual_seed(1)
    assert torch.equal(SpatialLinear(9, 6).axon_position, first.axon_position)
    second.reset_parameters(4)
    assert torch.equal(second.weight, SpatialLinear(9, 6, seed=4).weight)


def test_weight_is_that_of_a_linear_layer():
    layer, x = SpatialLinear(9, 6, seed=1), torch.rand(2, 5, 9)
    plain = torch.nn.Linear(9, 6)
    plain.load_state_dict({"weight": layer.weight.detach(), "bias": layer.bias.detach()})
    assert torch.allclose(layer(x), plain(x), atol=1e-6)
    assert layer(x).shape == (2, 5, 6) and layer(x[0, 0]).shape == (6,)


def test_it_trains_in_a_model_of_pytorch():
    x = torch.rand(200, 8)
    y = (x[:, 0] > x[:, 1]).long()
    model = torch.nn.Sequential(SpatialLinear(8, 16, dendrite_sites=4, seed=1), torch.nn.ReLU(), torch.nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 < 0.6 < losses[0]


def test_copies_and_files_hold_all_of_it():
    layer = SpatialLinear(9, 6, dendrite_sites=2, law="gaussian", range=2, train_range=True, gap=0.3, seed=1)
    x = torch.rand(3, 9)
    assert torch.equal(copy.deepcopy(layer)(x), layer(x))
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    assert torch.equal(torch.load(file)(x), layer(x))
    other = SpatialLinear(9, 6, dendrite_sites=2, law="gaussian", length=3, range=1, train_range=True, gap=0.9, seed=2)
    assert not torch.equal(other(x), layer(x))
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(x), layer(x))
    assert "dendrite_sites=2, law=gaussian" in repr(layer) and "range=2" in repr(layer)


def test_threads_change_nothing():
    def run():
        layer = SpatialLinear(300, 130, dendrite_sites=3, seed=1)
        layer(torch.ones(2, 300)).square().sum().backward()
        return [layer.weight, *(parameter.grad for parameter in layer.parameters())]

    before = loci.threads()
    try:
        results = []
        for count in 1, 2:
            loci.threads(count)
            results.append(run())
    finally:
        loci.threads(before)
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


# ---- what it refuses ----


def test_other_types_and_devices_are_refused():
    layer = SpatialLinear(9, 6, seed=1)
    with pytest.raises(loci.UnsupportedError, match="x: is torch.float64; Loci computes in float32"):
        layer(torch.rand(3, 9).double())
    with pytest.raises(loci.UnsupportedError, match="axon_position: is torch.float64"):
        copy.deepcopy(layer).double().weight  # noqa: B018 - computed when asked for
    with pytest.raises(loci.UnsupportedError, match="device meta; Loci computes on the CPU"):
        layer(torch.rand(3, 9, device="meta"))
    with pytest.raises(loci.UnsupportedError, match="is sparse"):
        layer(torch.eye(9).to_sparse())


def test_numbers_that_are_not_finite_are_refused():
    for name in "axon_position", "dendrite_charge", "log_scale":
        layer = SpatialLinear(9, 6, dendrite_sites=2, seed=1)
        with torch.no_grad():
            getattr(layer, name).view(-1)[0] = math.nan
        with pytest.raises(loci.DivergedError, match="not finite"):
            layer(torch.rand(3, 9))
    layer = SpatialLinear(9, 6, seed=1)
    layer.gap.fill_(1e9)
    with pytest.raises(loci.ArgumentError, match="gap: 1e.09 is not in"):
        layer(torch.rand(3, 9))


def test_a_second_derivative_is_refused_and_a_penalty_on_inputs_is_not():
    layer, x = SpatialLinear(9, 6, seed=1), torch.rand(3, 9, requires_grad=True)
    (gradient,) = torch.autograd.grad(torch.tanh(layer(x)).sum(), layer.axon_position, create_graph=True)
    with pytest.raises(loci.UnsupportedError, match="no second derivative"):
        gradient.square().sum().backward()
    layer.zero_grad()
    (slope,) = torch.autograd.grad(torch.tanh(layer(x)).sum(), x, create_graph=True)
    slope.square().sum().backward()
    assert layer.axon_position.grad.abs().max() > 0


def test_options_are_those_of_networks():
    with pytest.raises(TypeError, match="did you mean 'dendrite_sites'"):
        SpatialLinear(9, 6, dendrite_site=2)
    with pytest.raises(TypeError, match="has no option 'tied'"):
        SpatialLinear(9, 6, tied="no")
    with pytest.raises(loci.ArgumentError, match="give image_shape"):
        SpatialLinear(9, 6, input="grid")
    with pytest.raises(loci.ArgumentError, match="is not of 9 values"):
        SpatialLinear(9, 6, input="grid", image_shape=(2, 4))
    with pytest.raises(loci.ArgumentError, match="gap"):
        SpatialLinear(9, 6, planes="relaxed", gap=0.5)
    with pytest.raises(loci.ArgumentError, match="law"):
        SpatialLinear(9, 6, law="cubic")


# ---- networks as modules ----

NETWORKS = {
    "tied": {},
    "tied-three-layers": {"hidden": (7, 5), "scale": "one", "activation": "tanh"},
    "sites": {"axon_sites": (1, 2), "dendrite_sites": (3, 2), "activation": "leaky-relu"},
    "mask": {"sign": "mask", "dendrite_sites": 2, "activation": "gelu"},
    "learned": {"planes": "learned", "gap": (0.2, 0.4), "activation": "sine"},
    "relaxed": {"planes": "relaxed", "logit_scale": 3},
    "range": {"range": (1.5, -1), "train_range": "layer", "dendrite_sites": 2},
    "length": {"law": "exponential", "length": (0.7, 1.5), "train_length": "layer"},
    "gaussian": {"law": "gaussian", "length": 2, "range": 3},
    "grid": {"input": "grid"},
    "sheet": {"input": "sheet", "dendrite_sites": (3, 1)},
    "colour-sheet": {"inputs": (4, 5, 3), "input": "sheet", "dendrite_sites": (3, 1)},
    "colour-sheet-mask": {"inputs": (4, 5, 3), "input": "sheet", "dendrite_sites": (3, 1), "sign": "mask"},
    "dense": {"wiring": "dense", "hidden": (7, 5)},
    "no-hidden": {"hidden": 0},
    "regress": {"task": "regress", "dendrite_sites": 2},
    "spiking": {"neuron": "lif", "time_steps": 6},
    "spiking-zero": {"neuron": "lif", "hidden": (9, 7), "time_steps": 6, "reset": "zero", "surrogate": "triangular"},
    "spiking-none": {"neuron": "lif", "time_steps": 6, "reset": "none", "readout": "membrane-max", "coding": "latency"},
    "spiking-last": {"neuron": "lif", "time_steps": 6, "readout": "membrane-last", "surrogate": "fast-sigmoid"},
    "spiking-count": {"neuron": "lif", "time_steps": 6, "readout": "count", "train_beta": "layer", "logit_scale": 0.5},
    "spiking-trained": {"neuron": "lif", "time_steps": 6, "train_beta": "neuron", "train_threshold": "neuron"},
    "spiking-dense": {"neuron": "lif", "wiring": "dense", "time_steps": 6, "train_threshold": "layer"},
}


def network(name, **more):
    """One of the list, with weights large enough for spikes."""
    options = {"inputs": (4, 5), "hidden": (8,), "outputs": 3, "seed": 6, **NETWORKS[name], **more}
    net = loci.Network(**options)
    draw = numpy.random.default_rng(3)
    for tensor in net:
        if tensor.endswith("log_scale"):
            net[tensor] += 1
        if tensor.endswith(("bias", "beta", "threshold")):  # some betas beyond 1, where they are held
            net[tensor] += draw.uniform(-0.1, 0.1, net[tensor].shape)
    return net


def samples(net, n=20):
    return numpy.random.default_rng(2).random((n, *net.shape), numpy.float32).reshape(n, -1)


def agree(module, net, x):
    """The same outputs, to 1e-5 of the largest."""
    exact = net(x)
    assert exact.shape == (len(x), net.outputs) and numpy.ptp(exact, axis=0).max() > 0
    with torch.no_grad():
        difference = numpy.abs(module(torch.from_numpy(x)).numpy() - exact).max()
    assert difference <= 1e-5 * numpy.abs(exact).max()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_as_a_module_has_the_same_outputs(name):
    net = network(name)
    module = to_torch(net)
    agree(module, net, samples(net))
    count = sum(parameter.numel() for parameter in module.parameters())
    assert count == net.parameters.size
    agree(copy.deepcopy(module), net, samples(net))


@pytest.mark.parametrize("name", NETWORKS)
def test_such_a_module_learns(name):
    net = network(name)
    module, x = to_torch(net), torch.from_numpy(samples(net, 60))
    y = torch.from_numpy(numpy.random.default_rng(4).integers(0, 3, 60))
    regress = net.task == "regress"
    target = torch.nn.functional.one_hot(y, 3).float()
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        out = module(x)
        loss = torch.nn.functional.mse_loss(out, target) if regress else torch.nn.functional.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.98 * losses[0]
    for label, parameter in module.named_parameters():
        assert parameter.grad is not None, label


PRUNED = [
    (name, by)
    for name in ("sites", "sheet", "colour-sheet", "dense", "range", "spiking")
    for by in ("distance", "weight", "range")
    if by != "range" or name not in ("dense", "range")  # which are not pruned so
]


@pytest.mark.parametrize(("name", "by"), PRUNED)
def test_pruned_and_shrunk_networks_keep_their_connections(name, by):
    net = network(name).prune(0.7, by=by)
    agree(to_torch(net), net, samples(net))
    module = to_torch(net)
    weights = [layer.weight.detach().numpy().T != 0 for layer in module.layers]
    assert all(not (mine & ~net.kept(pair)).any() for pair, mine in enumerate(weights))
    if by != "range":
        net.freeze()
        agree(to_torch(net), net, samples(net))
    small = net.shrink()
    assert small.layers[0] < net.layers[0] or small.layers[1] < net.layers[1]
    agree(to_torch(small), small, samples(net))


def test_what_is_cut_stays_cut_in_training():
    for name in "sites", "dense":
        net = network(name).prune(0.6)
        module, x = to_torch(net), torch.from_numpy(samples(net))
        optimizer = torch.optim.SGD(module.parameters(), lr=0.5)
        module(x).square().sum().backward()
        optimizer.step()
        for pair, layer in enumerate(module.layers):
            cut = layer.weight.detach().numpy().T[~net.kept(pair)]
            assert len(cut) > 0 and not cut.any()


def test_scalings_and_bytes_come_along():
    net = network("regress")
    low, span = numpy.linspace(1, 2, 20), numpy.linspace(3, 5, 20)
    net.input_scaling = (low, span)
    net.target_scaling = ([1, 2, 3], [4, 5, 6])
    x = (low + span * samples(net)).astype(numpy.float32)
    agree(to_torch(net), net, x)
    for net in network("tied"), net:
        raw = numpy.random.default_rng(2).integers(0, 256, (9, 4, 5), numpy.uint8)
        agree(to_torch(net), net, raw)
    with pytest.raises(loci.ArgumentError, match=r"x: has the shape \[9, 5\]; the network takes \[n, 20\]"):
        to_torch(net)(torch.rand(9, 5))


def test_tied_layers_share_their_positions():
    module = to_torch(network("tied-three-layers"))
    first, second = module.layers[:2]
    assert first.dendrite_position is second.axon_position
    again = copy.deepcopy(module)
    assert again.layers[0].dendrite_position is again.layers[1].axon_position


def of_module(module, tensor):
    """The gradient of a network's tensor, by its name in the model file, in its shape but for axes of 1."""
    owner, part = tensor.split(".", 1)
    kind, l = owner[:-1], int(owner[-1])
    if part in ("beta", "threshold"):
        return getattr(module, f"{part}_{l}").grad
    if part == "weight":
        return module.layers[l].weight.grad.t()
    if kind == "layer":
        layer = module.layers[max(l - 1, 0)]
        name = "bias" if part == "bias" else "axon_position" if l == 0 else "dendrite_position"
        return getattr(layer, name).grad
    return getattr(module.layers[l], part.replace(".", "_")).grad


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_a_module_point_where_the_library_goes_in_training(name):
    """Adam's first step goes by the sign of each gradient. Surrogates of spikes are compared by this, too."""
    net = loci.Network.from_bytes(network(name).to_bytes())
    x, y = samples(net, 30), numpy.random.default_rng(4).integers(0, 3, 30)
    module, before = to_torch(net), copy.copy(net)
    out = module(torch.from_numpy(x))
    if net.task == "regress":
        y = numpy.eye(3, dtype=numpy.float32)[y]
        torch.nn.functional.mse_loss(out, torch.from_numpy(y)).backward()
    else:
        torch.nn.functional.cross_entropy(out, torch.from_numpy(y)).backward()
    loci.Trainer(net, x, y, batch=30, epochs=1, lr=1e-3).step()
    for tensor in net:
        mine = of_module(module, tensor).numpy().ravel()
        moved = (net[tensor] - before[tensor]).ravel()
        clear = numpy.abs(mine) > 1e-4 * numpy.abs(mine).max()
        assert clear.any(), tensor
        assert numpy.array_equal(numpy.sign(mine[clear]), -numpy.sign(moved[clear])), tensor


@pytest.mark.parametrize(
    ("surrogate", "h"),
    [
        ("fast-sigmoid", lambda x: 1 / (1 + 3 * abs(x)) ** 2),
        ("arctangent", lambda x: 1 / (1 + (math.pi * 3 * x / 2) ** 2)),
        ("triangular", lambda x: max(0, 1 - 3 * abs(x))),
    ],
)
def test_the_derivative_of_a_spike_is_its_surrogate(surrogate, h):
    x = torch.tensor([-0.5, -0.2, 0.0, 0.1, 0.3], requires_grad=True)
    spikes = Spike.apply(x, surrogate, 3.0)
    assert spikes.tolist() == [0, 0, 0, 1, 1]  # at the threshold there is none
    spikes.backward(torch.full((5,), 2.0))
    assert x.grad.tolist() == pytest.approx([2 * h(value) for value in x.tolist()], rel=1e-5)


def test_a_decay_beyond_its_bounds_can_come_back():
    beta = torch.tensor([-0.1, -0.1, 0.5, 1.0, 1.2, 1.2], requires_grad=True)
    acting = Decay.apply(beta)
    assert acting.tolist() == pytest.approx([0, 0, 0.5, 1, 1, 1])
    acting.backward(torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    assert beta.grad.tolist() == [0, -1, 1, 0, 1, 0]


def test_random_spikes_are_refused():
    with pytest.raises(loci.UnsupportedError, match="coding: its inputs are random spikes"):
        to_torch(loci.Network(inputs=4, hidden=(8,), outputs=3, neuron="lif", coding="poisson"))
