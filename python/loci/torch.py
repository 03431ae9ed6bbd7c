"""PyTorch: a layer whose weights follow from where its neurons sit, and networks as modules.

    model = torch.nn.Sequential(
        loci.torch.SpatialLinear(784, 256, dendrite_sites=8), torch.nn.ReLU(), torch.nn.Linear(256, 10)
    )
    module = loci.torch.to_torch(net)

Weights are made and differentiated by the library's kernels, on the CPU, in float32, on as many threads as
``loci.threads()`` says. Everything else is PyTorch's: optimizers, ``state_dict``, ``torch.save``, ``copy.deepcopy``.
Weights are made anew in each call of a layer: call it once for a whole batch. There is no GPU, no other type of
numbers, no second derivative; nothing falls back to something slower.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

try:
    import torch
except ImportError as why:
    raise ImportError("loci.torch needs PyTorch; install the package torch, or python3-torch on Debian") from why

from . import options as tables
from ._torch_network import ContinuousNetwork, MaskedLinear, SpikingNetwork
from ._torch_sites import SiteWeights, check
from .errors import ArgumentError, UnsupportedError
from .library import lib
from .network import Network

__all__ = ["SpatialLinear", "to_torch"]

# Options of a network's geometry that are no layer's: it has nothing to be tied to.
_NOT_OF_A_LAYER = {"tied": "a single layer has no position to share"}


class SpatialLinear(torch.nn.Module):
    """y = x W^T + b, where each weight follows from the distances between two neurons' sites.

    The weights are those of ``include/loci/spec.h``: of neuron i with A axon sites (position p, charge c) and neuron j
    with D dendrite sites (q, e), ``w_ij = scale * sum_ab c_ia e_jb f(sqrt(|p_ia - q_jb|^2 + gap^2 + softening^2))``.

    Args:
        in_features: sending neurons n, 1 to 2^24.
        out_features: receiving neurons m, 1 to 65536.
        image_shape: (height, width) or (height, width, channels) of a sample, for ``input="grid"`` and ``"sheet"``.
        bias: whether there is one.
        seed: of the start, which is that of a network's first layer pair; None = drawn by PyTorch's generator.
        **options: those of ``loci.Network`` that say where sites are and what a distance is worth: ``axon_sites``,
            ``dendrite_sites``, ``dim``, ``planes``, ``gap``, ``softening``, ``law``, ``length``, ``train_length``,
            ``range``, ``train_range``, ``scale``, ``sign``, ``steepness``, ``input``, ``spread``, ``extent``,
            ``noise``; ``loci.options.describe()`` tells each.

    Parameters, as far as they are trained, else buffers; None is what there is not. All float32:
        axon_position [n, A, C], axon_charge [n, A], dendrite_position [m, D, C], dendrite_charge [m, D] (None for one
        site), gap [1] (None without planes), log_scale [1], range [1] (None = unlimited; acts through its size),
        log_length [1] or length [1], bias [m]. A sheet has no charges of axons; one of several channels has
        channel_position and channel_charge [channels] instead.

    Raises:
        TypeError: an option that there is not.
        LociError: a value out of range, or an option with nothing to act on.
    """

    axon_position: torch.Tensor
    axon_charge: torch.Tensor | None
    dendrite_position: torch.Tensor
    dendrite_charge: torch.Tensor | None
    channel_position: torch.Tensor | None
    channel_charge: torch.Tensor | None
    channel: torch.Tensor  # [n] the channel of each sender, int64
    gap: torch.Tensor | None
    log_scale: torch.Tensor | None
    range: torch.Tensor | None
    log_length: torch.Tensor | None
    length: torch.Tensor | None
    bias: torch.Tensor | None
    mask: torch.Tensor | None  # [n, m] what pruning keeps

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        image_shape: Sequence[int] | None = None,
        bias: bool = True,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        geometry = {name: row for name, row in tables.of_network().items() if row.nets == lib.LOCI_NETS_SPATIAL}
        allowed = {name: row for name, row in geometry.items() if name not in _NOT_OF_A_LAYER}
        tables.check_names("SpatialLinear()", options, allowed, _NOT_OF_A_LAYER)
        self._shape: int | tuple[int, ...] = in_features if image_shape is None else tuple(image_shape)
        if image_shape is not None and math.prod(image_shape) != in_features:
            raise ArgumentError(f"{tuple(image_shape)} is not of {in_features} values", "image_shape")
        self._options: dict[str, Any] | None = {name: _named(name, value) for name, value in options.items()}
        self._take(_Tensors(self._network(in_features, out_features, seed)), 0, bias)

    def _network(self, in_features: int, out_features: int, seed: int | None) -> Network:
        """A network of this pair alone, which says where its sites start."""
        if self._options.get("input", "random") != "random" and isinstance(self._shape, int):
            raise ArgumentError(
                f"'{self._options['input']}' places pixels", "input", "give image_shape=(height, width)"
            )
        seed = int(torch.randint(2**62, ())) if seed is None else seed
        return Network(
            inputs=self._shape, hidden=0, outputs=out_features, task="regress", tied="no", seed=seed, **self._options
        )

    # ---- what it is made of ----

    @classmethod
    def _of(cls, tensors: _Tensors, pair: int) -> SpatialLinear:
        """The layer of a network's pair."""
        layer = cls.__new__(cls)
        torch.nn.Module.__init__(layer)
        layer._shape, layer._options = 0, None
        layer._take(tensors, pair, True)
        return layer

    def _take(self, tensors: _Tensors, pair: int, bias: bool) -> None:
        """Parameters and constants of a network's pair."""
        net, spec = tensors.net, lib.loci_network_spec(tensors.net.pointer)
        chosen, own = net.options, f"pair{pair}."
        self.in_features, self.out_features = net.layers[pair : pair + 2]
        self.axon_sites, self.dendrite_sites = spec.axon_sites[pair], spec.dendrite_sites[pair]
        self.law, self.planes, self.sign = chosen["law"], chosen["planes"], chosen["sign"]
        self._law, self.softening, self.steepness = spec.law, spec.softening, spec.steepness
        sites = (self.out_features, self.dendrite_sites)
        self.dendrite_position = tensors.take(
            f"{own}dendrite.position", f"layer{pair + 1}.position", shape=(*sites, -1)
        )
        self.dendrite_charge = tensors.take(f"{own}dendrite.charge")
        self._take_axons(tensors, pair)
        self._take_numbers(tensors, pair)
        self.bias = tensors.take(f"layer{pair + 1}.bias") if bias else None
        self.register_buffer("mask", tensors.mask(pair))

    def _take_axons(self, tensors: _Tensors, pair: int) -> None:
        sites, own = (self.in_features, self.axon_sites), f"pair{pair}."
        position = tensors.take(f"{own}axon.position", f"layer{pair}.position", shape=(*sites, -1))
        if position is not None:
            self.axon_position = position
        else:
            self.register_buffer("axon_position", tensors.sheet(self.dendrite_position.shape[2]))
        self.axon_charge = tensors.take(f"{own}axon.charge")
        self.channel_position = tensors.take(f"{own}channel.position", shape=(-1,))
        self.channel_charge = tensors.take(f"{own}channel.charge", shape=(-1,))
        self.register_buffer("channel", None if self.channel_position is None else tensors.channels())

    def _take_numbers(self, tensors: _Tensors, pair: int) -> None:
        spec, own = lib.loci_network_spec(tensors.net.pointer), f"pair{pair}."
        self.log_scale = tensors.take(f"{own}log_scale")
        self.log_length = tensors.take(f"{own}log_length")
        length = None if self.log_length is not None or spec.length[pair] < 0 else spec.length[pair]
        self.register_buffer("length", _number(length))
        fixed = {"gap": None if self.planes == "relaxed" else spec.gap[pair], "range": tensors.reach(pair)}
        for name, value in fixed.items():
            trained = None if name == "range" and tensors.cuts else tensors.take(own + name)
            if trained is not None:
                self.register_parameter(name, trained)
            else:
                self.register_buffer(name, _number(value))

    def reset_parameters(self, seed: int | None = None) -> None:
        """Parameters as a new layer of these options has them; seed as in the constructor."""
        if self._options is None:
            raise UnsupportedError("a layer of to_torch() starts as its network was", "reset_parameters")
        fresh = _Tensors(self._network(self.in_features, self.out_features, seed))
        start = SpatialLinear.__new__(SpatialLinear)
        torch.nn.Module.__init__(start)
        start._take(fresh, 0, self.bias is not None)
        with torch.no_grad():
            for own, new in zip(self.state_dict().values(), start.state_dict().values(), strict=True):
                own.copy_(new)

    # ---- what it computes ----

    def _charge(self, number: torch.Tensor | None) -> torch.Tensor | None:
        """How a charge acts: the number itself, or 2 sigmoid(steepness * number) - 1."""
        masked = number is not None and self.sign == "mask"
        return torch.tanh(0.5 * self.steepness * number) if masked else number

    def _axons(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Positions [n, A, C] and charges [n, A] of the senders; those of a sheet's channels go to their pixels."""
        if self.channel_position is None:
            return self.axon_position, self._charge(self.axon_charge)
        depth = self.channel_position[self.channel][:, None, None]
        position = torch.cat([self.axon_position[:, :, :-1], depth], dim=2)
        return position, self._charge(self.channel_charge)[self.channel][:, None]

    def _weights(self) -> torch.Tensor:
        """[in_features, out_features]."""
        position, charge = self._axons()
        length = self.length if self.log_length is None else self.log_length.exp()
        reach = None if self.range is None else self.range.abs().clamp_min(1e-6)
        weights = SiteWeights.apply(
            self._law,
            self.softening,
            position,
            charge,
            self.dendrite_position,
            self._charge(self.dendrite_charge),
            self.gap,
            length,
            reach,
            None if self.log_scale is None else self.log_scale.exp(),
        )
        return weights if self.mask is None else weights * self.mask

    @property
    def weight(self) -> torch.Tensor:
        """The weights as ``torch.nn.Linear`` has them, [out_features, in_features], differentiable; computed anew at
        each call."""
        return self._weights().t()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in_features] to [..., out_features], float32 on the CPU.

        Raises:
            UnsupportedError: another device or type of numbers.
            DivergedError: a position, charge or number that is not finite.
        """
        check(x, "x")
        return torch.nn.functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        reach = "" if self.range is None else f", range={self.range.item():.4g}"
        cut = "" if self.mask is None else f", connections={int(self.mask.sum())}"
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, axon_sites={self.axon_sites}, "
            f"dendrite_sites={self.dendrite_sites}, law={self.law}, planes={self.planes}{reach}{cut}, "
            f"bias={self.bias is not None}"
        )


def to_torch(net: Network) -> torch.nn.Module:
    """A network as a module with the same outputs, which can be trained: its layers are ``SpatialLinear``, of a
    conventional net ``torch.nn.Linear``.

    The module takes what ``net(x)`` takes, as a tensor [n, pixels], [n, height, width] or
    [n, height, width, channels]: uint8, or float32 before the network's own scaling, which it holds as buffers. It
    gives logits, or a regressor's values in units of the data, [n, outputs]. Parameters are copies: neither follows the
    other. A pruned network keeps the connections that it has, whatever positions do.

    Raises:
        UnsupportedError: inputs coded as Poisson spikes.
    """
    tensors, pairs = _Tensors(net), len(net.layers) - 1
    if net.options["neuron"] == "lif" and net.options["coding"] == "poisson":
        raise UnsupportedError("its inputs are random spikes; to_torch() knows constant and latency", "coding")
    if net.grids:
        raise UnsupportedError("to_torch() knows no layers of maps", "maps", "export them to onnx")
    dense = net.options["wiring"] == "dense"
    layers = [_dense(tensors, pair) if dense else SpatialLinear._of(tensors, pair) for pair in range(pairs)]
    spiking = net.options["neuron"] == "lif"
    return SpikingNetwork(net, layers, tensors.take) if spiking else ContinuousNetwork(net, layers)


def _dense(tensors: _Tensors, pair: int) -> torch.nn.Linear:
    """A conventional layer; a pruned one keeps what is cut at 0."""
    mask = tensors.mask(pair)
    weight, bias = tensors.take(f"pair{pair}.weight"), tensors.take(f"layer{pair + 1}.bias")
    layer = torch.nn.Linear(*weight.shape) if mask is None else MaskedLinear(mask.t().contiguous())
    layer.weight, layer.bias = torch.nn.Parameter(weight.detach().t().contiguous()), bias
    return layer


class _Tensors:
    """A network's numbers as tensors of PyTorch, each parameter made once: tied layers share theirs."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.made: dict[str, torch.nn.Parameter] = {}
        pruning = json.loads(_metadata(net).get("pruning", "{}")) if net.pruned_by else {}
        # The cuts of a network that was pruned by range are its ranges: 1/R of each pair.
        self.cuts: list[float] = pruning["cut"] if net.pruned_by == "range" else []

    def take(self, *names: str, shape: tuple[int, ...] | None = None) -> torch.nn.Parameter | None:
        """A copy of the first tensor of these names that there is; None where there is none."""
        for name in names:
            if name in self.net and name not in self.made:
                array = self.net[name].copy()
                self.made[name] = torch.nn.Parameter(torch.from_numpy(array if shape is None else array.reshape(shape)))
            if name in self.made:
                return self.made[name]
        return None

    def reach(self, pair: int) -> float | None:
        """The range of a pair; None = unlimited."""
        if self.cuts:
            return 1 / self.cuts[pair] if self.cuts[pair] > 0 else None
        spec = lib.loci_network_spec(self.net.pointer)
        return spec.range[pair] if spec.range[pair] > 0 else None

    def mask(self, pair: int) -> torch.Tensor | None:
        """[n, m] 1 or 0 for what pruning keeps; None where nothing is cut, or its range cuts by itself."""
        if self.net.pruned_by in (None, "range"):
            return None
        return torch.from_numpy(self.net.kept(pair)).to(torch.float32)

    def pixels(self) -> list[int]:
        """The pixel of each input neuron."""
        return [lib.loci_network_pixel(self.net.pointer, i) for i in range(self.net.layers[0])]

    def sheet(self, coordinates: int) -> torch.Tensor:
        """Where the input neurons of a sheet stay, [n, 1, coordinates]."""
        spec = lib.loci_network_spec(self.net.pointer)
        places = [[lib.loci_spec_pixel_place(spec, pixel, x) for x in range(coordinates)] for pixel in self.pixels()]
        return torch.tensor(places, dtype=torch.float32)[:, None]

    def channels(self) -> torch.Tensor:
        """Which channel each input neuron takes, [n]."""
        return torch.tensor([pixel % self.net.shape[2] for pixel in self.pixels()])


def _metadata(net: Network) -> dict[str, str]:
    """The notes of the model file (docs/format.md)."""
    held = net.to_bytes()
    return json.loads(held[8 : 8 + int.from_bytes(held[:8], "little")])["__metadata__"]


def _named(name: str, value: Any) -> Any:
    """train_range=True is train_range="layer", as there is one layer."""
    if name.startswith("train_") and isinstance(value, bool):
        return "layer" if value else "no"
    return value


def _number(value: float | None) -> torch.Tensor | None:
    return None if value is None else torch.tensor([value], dtype=torch.float32)
