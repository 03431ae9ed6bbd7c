"""loci.torch.SpatialConv2d: a convolution of PyTorch whose stencil follows from positions."""

import copy

import pytest

import loci

torch = pytest.importorskip("torch")

from loci.torch import SpatialConv2d  # noqa: E402 - only where there is PyTorch

TOLERANCE = 2e-5  # as a share of the largest number of each tensor


@pytest.fixture(autouse=True)
def one_thread():
    torch.manual_seed(1)
    torch.set_num_threads(1)


def twin(layer, state, x):
    """What the layer gives, place by place of the window, from tensors by name in float64."""
    q, e = state["dendrite_position"], state["dendrite_charge"]
    p, c = state.get("axon_position"), state.get("axon_charge")
    p = torch.zeros(1, 1, 0, dtype=q.dtype) if p is None else p
    c = torch.ones(len(p), 1, dtype=q.dtype) if c is None else c
    if layer.sign == "mask":
        c, e = (2 * torch.sigmoid(layer.steepness * number) - 1 for number in (c, e))
    around, n, out = layer.window // 2, len(p), 0
    height, width = x.shape[2:]
    edged = torch.nn.functional.pad(x, (around,) * 4)
    for dy in range(layer.window):
        for dx in range(layer.window):
            place = torch.tensor([dx - around, dy - around], dtype=q.dtype).expand(n, 1, 2)
            square = ((torch.cat([place, p], 2)[:, None] - q[None]) ** 2).sum(-1)  # [in, out, D]
            f = torch.exp(
                -(square + state["gap"] ** 2 + layer.softening**2) / (2 * torch.exp(state["log_length"]) ** 2)
            )
            k = torch.exp(state["log_scale"]) * (c[:, None] * e[None] * f).sum(-1)
            seen = edged[:, :, dy : dy + height : layer.stride, dx : dx + width : layer.stride]
            out = out + torch.einsum("nihw,io->nohw", seen, k)
    return out + state["bias"][:, None, None]


def near(ours, exact):
    largest, share = exact.abs().max().item(), TOLERANCE if exact.numel() > 1 else 50 * TOLERANCE
    assert largest > 0, "nothing to compare"
    return (ours.double() - exact).abs().max().item() <= share * largest


@pytest.mark.parametrize(
    ("channels", "window", "stride", "sign"), [(1, 5, 1, "charge"), (3, 3, 1, "charge"), (2, 3, 2, "mask")]
)
def test_outputs_and_gradients_are_those_of_the_formula(channels, window, stride, sign):
    options = {"law": "gaussian", "length": 0.9, "train_length": True, "planes": "learned", "gap": 0.3, "sign": sign}
    layer = SpatialConv2d(channels, 4, window, stride=stride, dendrite_sites=3, seed=5, **options)
    with torch.no_grad():
        layer.bias.uniform_(-0.2, 0.2)
    state = {name: parameter.detach().double().requires_grad_() for name, parameter in layer.named_parameters()}
    assert ("axon_position" in state) == ("axon_charge" in state) == (channels > 1)
    assert state["dendrite_position"].shape == (4, 3, 4 if channels > 1 else 2)
    x = torch.rand(2, channels, 7, 6, requires_grad=True)
    exact_x = x.detach().double().requires_grad_()
    out, exact = layer(x), twin(layer, state, exact_x)
    assert out.shape == exact.shape == (2, 4, -(-7 // stride), -(-6 // stride)) and near(out, exact)
    pull = torch.randn_like(out)
    out.backward(pull)
    exact.backward(pull.double())
    assert near(x.grad, exact_x.grad)
    for name, parameter in layer.named_parameters():
        assert near(parameter.grad, state[name].grad), name


def test_it_is_a_module_like_others():
    layer, x = SpatialConv2d(2, 4, 3, dendrite_sites=3, seed=1), torch.rand(1, 2, 5, 5)
    assert layer.weight.shape == (4, 2, 3, 3) and "window=3, stride=1" in repr(layer)
    before, other = layer(x), SpatialConv2d(2, 4, 3, dendrite_sites=3, seed=2)
    assert not torch.equal(other(x), before)
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(x), before) and torch.equal(copy.deepcopy(layer)(x), before)
    other.reset_parameters(seed=2)
    assert not torch.equal(other(x), before)
    layer.reset_parameters(seed=1)
    assert torch.equal(layer(x), before)
    assert SpatialConv2d(2, 4, 3, dendrite_sites=3, bias=False).bias is None


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"window": 4}, loci.ArgumentError, "window: 4 is even"),
        ({"stride": 0}, loci.ArgumentError, "stride"),
        ({"dendrite_site": 3}, TypeError, "did you mean 'dendrite_sites'"),
        ({"axon_sites": 2}, loci.ArgumentError, "axon-sites|axon_sites"),
        ({"input": "grid"}, loci.ArgumentError, "stands still"),
        ({"dim": 3}, loci.ArgumentError, "dim"),
    ],
)
def test_mistakes_are_told(given, kind, words):
    with pytest.raises(kind, match=words):
        SpatialConv2d(2, 4, **{"dendrite_sites": 3, **given})
