"""loci.torch.SpatialLinear: a layer of PyTorch whose weights follow from positions."""

import copy
import io
import math

import numpy
import pytest

import loci

torch = pytest.importorskip("torch")

from loci.torch import SpatialLinear  # noqa: E402 - only where there is PyTorch

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


@pytest.fixture(params=["float64", "meta"])
def other_defaults(request):
    """What PyTorch makes when it is not told: float64, or tensors of another device, of which meta has no memory."""
    if request.param == "float64":
        torch.set_default_dtype(torch.float64)
        yield
        torch.set_default_dtype(torch.float32)
    elif not hasattr(torch, "set_default_device"):
        pytest.skip("this PyTorch has one device by default")
    else:
        torch.set_default_device("meta")
        yield
        torch.set_default_device("cpu")


NETWORKS = (
    {"inputs": (8, 8), "hidden": 5},
    {"inputs": (8, 8), "hidden": 5, "input": "sheet", "dendrite_sites": 2},
    {"inputs": (8, 8), "hidden": 5, "wiring": "dense"},
    {"inputs": (8, 8, 3), "hidden": 5, "maps": (2, 3), "window": 3},
    {"inputs": (8, 8), "hidden": 5, "neuron": "lif", "time_steps": 3},
)


@pytest.mark.parametrize("options", NETWORKS)
def test_defaults_of_pytorch_change_nothing(other_defaults, options):
    net = loci.Network(outputs=3, **options)
    x = numpy.random.default_rng(1).random((4, math.prod(net.shape)), numpy.float32)
    module = loci.torch.to_torch(net)
    assert numpy.abs(module(torch.from_numpy(x)).detach().numpy() - net(x)).max() < 1e-5
    layer, same = (SpatialLinear(4, 3, seed=1) for _ in range(2))
    assert layer.weight.dtype == torch.float32 and torch.equal(layer.weight, same.weight)
    layer(torch.from_numpy(x[:, :4])).sum().backward()
    assert all(torch.isfinite(tensor.grad).all() for tensor in layer.parameters())


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
