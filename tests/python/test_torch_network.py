"""loci.torch.to_torch: networks as modules of PyTorch."""

import copy
import math

import numpy
import pytest

import loci

torch = pytest.importorskip("torch")

from loci._torch_network import Decay, Spike  # noqa: E402 - only where there is PyTorch
from loci.torch import to_torch  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    torch.manual_seed(1)
    torch.set_num_threads(1)


MAPS = {"dim": 5, "dendrite_sites": 4, "gap": 0.3}
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
    "maps": {"maps": (3, 4), "window": 3, "pool": (2, 1), "hidden": 0, **MAPS},
    "maps-colour": {"inputs": (5, 7, 2), "maps": (4, 3), "window": (5, 3), "stride": (2, 1), "pool": 1, **MAPS},
    "maps-mask": {"maps": 4, "window": 3, "hidden": 0, "sign": "mask", "planes": "learned", "law": "gaussian", **MAPS},
    "maps-dense": {"maps": (3, 4), "window": 3, "pool": (1, 2), "wiring": "dense"},
    "maps-spiking": {
        "neuron": "lif",
        "time_steps": 6,
        "maps": (3, 4),
        "window": 3,
        "pool": (1, 2),
        "hidden": 0,
        **MAPS,
    },
    "maps-spiking-trained": {
        **{"neuron": "lif", "time_steps": 6, "train_beta": "neuron", "train_threshold": "neuron", "coding": "latency"},
        **{"maps": 4, "window": 3, "dendrite_sites": 4, "dim": 4},
    },
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
    for name in ("sites", "sheet", "colour-sheet", "dense", "range", "spiking", "maps", "maps-dense")
    for by in ("distance", "weight", "range")
    if by != "range" or name not in ("dense", "range", "maps-dense")  # which are not pruned so
]


@pytest.mark.parametrize(("name", "by"), PRUNED)
def test_pruned_and_shrunk_networks_keep_their_connections(name, by):
    net = network(name).prune(0.7, by=by)
    agree(to_torch(net), net, samples(net))
    module = to_torch(net)
    if name.startswith("maps"):
        return  # which keep all of their neurons
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


def inner(layer):
    """What has the weights."""
    return getattr(layer, "convolution", layer)


def of_module(module, tensor):
    """The gradient of a network's tensor, by its name in the model file, in its shape but for axes of 1."""
    owner, part = tensor.split(".", 1)
    kind, l = owner[:-1], int(owner[-1])
    if part in ("beta", "threshold"):
        return getattr(module, f"{part}_{l}").grad
    if part == "weight":
        gradient = inner(module.layers[l]).weight.grad
        return gradient.t() if gradient.dim() == 2 else gradient.permute(2, 3, 1, 0)
    if kind == "layer":
        layer = inner(module.layers[max(l - 1, 0)])
        name = "bias" if part == "bias" else "axon_position" if l == 0 else "dendrite_position"
        return getattr(layer, name).grad
    return getattr(inner(module.layers[l]), part.replace(".", "_")).grad


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


@pytest.mark.parametrize(
    "given",
    [
        {"neuron": "adlif"},
        {"recurrent": True},
        {"delay": "distance"},
        {"coding": "events"},
        {"coding": "latency", "latency_span": 0.5},
        {"readout": "softmax-sum"},
    ],
)
def test_so_is_what_would_become_another_network(given):
    net = loci.Network(**{"inputs": 4, "hidden": (8,), "outputs": 3, "neuron": "lif", "time_steps": 4, **given})
    with pytest.raises(loci.UnsupportedError, match="to_torch"):
        to_torch(net)
