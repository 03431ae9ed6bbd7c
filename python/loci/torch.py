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

import math
from collections.abc import Sequence
from typing import Any

try:
    import torch
except ImportError as why:
    raise ImportError("loci.torch needs PyTorch; install the package torch, or python3-torch on Debian") from why

from . import options as tables
from ._torch_network import ContinuousNetwork, MaskedConv2d, MaskedLinear, OverGrid, SpikingNetwork, check_spiking
from ._torch_sites import SiteWeights, check
from ._torch_tensors import Tensors, as_conv2d, number
from .errors import ArgumentError, UnsupportedError
from .library import lib
from .network import Network

__all__ = ["SpatialConv2d", "SpatialLinear", "to_torch"]

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
    channel: torch.Tensor  # [n] the channel, or map, of each sender, int64
    place: torch.Tensor | None  # [n, 1, 2] of senders on a grid, in pitches
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
        self._sizes = in_features, out_features
        self._shape: int | tuple[int, ...] = in_features if image_shape is None else tuple(image_shape)
        if image_shape is not None and math.prod(image_shape) != in_features:
            raise ArgumentError(f"{tuple(image_shape)} is not of {in_features} values", "image_shape")
        self._start(options, seed, bias)

    def _start(self, options: dict[str, Any], seed: int | None, bias: bool) -> None:
        geometry = {name: row for name, row in tables.of_network().items() if row.nets == lib.LOCI_NETS_SPATIAL}
        allowed = {name: row for name, row in geometry.items() if name not in _NOT_OF_A_LAYER}
        tables.check_names(f"{type(self).__name__}()", options, allowed, _NOT_OF_A_LAYER)
        self._options: dict[str, Any] | None = {name: _named(name, value) for name, value in options.items()}
        self._take(Tensors(self._network(seed)), 0, bias)

    def _network(self, seed: int | None) -> Network:
        """A network of this pair alone, which says where its sites start."""
        if self._options.get("input", "random") != "random" and isinstance(self._shape, int):
            raise ArgumentError(
                f"'{self._options['input']}' places pixels", "input", "give image_shape=(height, width)"
            )
        return Network(
            inputs=self._shape,
            hidden=0,
            outputs=self._sizes[1],
            task="regress",
            tied="no",
            seed=_drawn(seed),
            **self._options,
        )

    # ---- what it is made of ----

    @classmethod
    def _of(cls, tensors: Tensors, pair: int) -> SpatialLinear:
        """The layer of a network's pair."""
        layer = cls.__new__(cls)
        torch.nn.Module.__init__(layer)
        layer._shape, layer._sizes, layer._options = 0, (0, 0), None
        layer._take(tensors, pair, True)
        return layer

    def _take(self, tensors: Tensors, pair: int, bias: bool) -> None:
        """Parameters and constants of a network's pair."""
        net, spec = tensors.net, lib.loci_network_spec(tensors.net.pointer)
        chosen, own = net.options, f"pair{pair}."
        self.in_features, self.out_features = tensors.sizes(pair)
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

    def _take_axons(self, tensors: Tensors, pair: int) -> None:
        sites, own = (self.in_features, self.axon_sites), f"pair{pair}."
        self.register_buffer("place", tensors.places(pair))
        if self.place is not None:
            self._take_maps(tensors, pair)
            return
        position = tensors.take(f"{own}axon.position", f"layer{pair}.position", shape=(*sites, -1))
        if position is not None:
            self.axon_position = position
        else:
            self.register_buffer("axon_position", tensors.sheet(self.dendrite_position.shape[2]))
        self.axon_charge = tensors.take(f"{own}axon.charge")
        self.channel_position = tensors.take(f"{own}channel.position", shape=(-1,))
        self.channel_charge = tensors.take(f"{own}channel.charge", shape=(-1,))
        self.register_buffer("channel", None if self.channel_position is None else tensors.channels())

    def _take_maps(self, tensors: Tensors, pair: int) -> None:
        """Senders on a grid: beside their places they have what is their map's, nothing where it is a grey image."""
        self.axon_position = tensors.take(f"pair{pair}.axon.position")
        self.axon_charge = tensors.take(f"pair{pair}.axon.charge")
        self.channel_position = self.channel_charge = None
        self.register_buffer("channel", torch.arange(self.in_features, device="cpu") % tensors.net.grids[pair][2])

    def _take_numbers(self, tensors: Tensors, pair: int) -> None:
        spec, own = lib.loci_network_spec(tensors.net.pointer), f"pair{pair}."
        self.log_scale = tensors.take(f"{own}log_scale")
        self.log_length = tensors.take(f"{own}log_length")
        length = None if self.log_length is not None or spec.length[pair] < 0 else spec.length[pair]
        self.register_buffer("length", number(length))
        fixed = {"gap": None if self.planes == "relaxed" else spec.gap[pair], "range": tensors.reach(pair)}
        for name, value in fixed.items():
            trained = None if name == "range" and tensors.cuts else tensors.take(own + name)
            if trained is not None:
                self.register_parameter(name, trained)
            else:
                self.register_buffer(name, number(value))

    def reset_parameters(self, seed: int | None = None) -> None:
        """Parameters as a new layer of these options has them; seed as in the constructor."""
        if self._options is None:
            raise UnsupportedError("a layer of to_torch() starts as its network was", "reset_parameters")
        fresh = Tensors(self._network(seed))
        start = type(self).__new__(type(self))
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
        """Positions [n, A, C] and charges [n, A] of the senders; those of a sheet's channels go to their pixels, those of
        maps to their places."""
        if self.place is not None:
            if self.axon_position is None:
                return self.place, None
            across = self.axon_position[self.channel]
            return torch.cat([self.place, across], dim=2), self._charge(self.axon_charge)[self.channel]
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


class SpatialConv2d(SpatialLinear):
    """A convolution of which each map has an arbor: the weights of its stencil follow from positions.

    Like ``torch.nn.Conv2d`` with padding (window - 1) / 2. A sender stands at its place of the window, in pitches of the
    grid, and shares other coordinates and a charge with all of its channel. One channel alone has neither: then
    dendrites need charges, at least two sites.

    Args:
        in_channels: channels that come in; out_channels: maps, 1 to 4096.
        window: places along a side of the stencil, odd, 1 to 31.
        stride: it is laid over every stride-th place, 1 to 8.
        bias, seed: as of ``SpatialLinear``.
        **options: likewise, but for those of where inputs lie, ``axon_sites``, and relaxed planes; ``dim`` is 5 here.

    Parameters, as of ``SpatialLinear``, but for these:
        axon_position [in_channels, 1, C - 2], axon_charge [in_channels, 1], None of one channel; dendrite_position
        [out_channels, D, C], its first two coordinates along a row and a column; bias [out_channels].

    Raises:
        as ``SpatialLinear``.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        window: int = 5,
        *,
        stride: int = 1,
        bias: bool = True,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        torch.nn.Module.__init__(self)
        self._sizes, self._shape = (in_channels, out_channels), (window, window, in_channels)
        self.window, self.stride = window, stride
        self._start({"dim": 5, **options}, seed, bias)

    def _network(self, seed: int | None) -> Network:
        """The window alone, under maps."""
        return Network(
            inputs=self._shape,
            maps=self._sizes[1],
            window=self.window,
            stride=self.stride,
            pool=1,
            hidden=0,
            outputs=1,
            task="regress",
            seed=_drawn(seed),
            **self._options,
        )

    def _take(self, tensors: Tensors, pair: int, bias: bool) -> None:
        spec = lib.loci_network_spec(tensors.net.pointer)
        self.window, self.stride = spec.window[pair], spec.stride[pair]
        super()._take(tensors, pair, bias)

    @property
    def weight(self) -> torch.Tensor:
        """The stencil as ``torch.nn.Conv2d`` has it, [out_channels, in_channels, window, window], differentiable."""
        return as_conv2d(self._weights(), self.window)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[n, in_channels, height, width] to [n, out_channels, height / stride, width / stride], rounded up; float32 on
        the CPU. Errors as of ``SpatialLinear``."""
        check(x, "x")
        return torch.nn.functional.conv2d(x, self.weight, self.bias, self.stride, self.window // 2)

    def extra_repr(self) -> str:
        return f"window={self.window}, stride={self.stride}, {super().extra_repr()}"


def to_torch(net: Network) -> torch.nn.Module:
    """A network as a module with the same outputs, which can be trained: its layers are ``SpatialLinear``, of a
    conventional net ``torch.nn.Linear``. A layer of maps has a ``convolution``, a ``SpatialConv2d`` or
    ``torch.nn.Conv2d``, between rows of neurons as the network has them.

    The module takes what ``net(x)`` takes, as a tensor [n, pixels], [n, height, width] or
    [n, height, width, channels]: uint8, or float32 before the network's own scaling, which it holds as buffers. It
    gives logits, or a regressor's values in units of the data, [n, outputs]. Parameters are copies: neither follows the
    other. A pruned network keeps the connections that it has, whatever positions do.

    Raises:
        UnsupportedError: a spiking network in ways that no module here knows: random or given spikes, delays, recurrent
            layers, adaptive neurons; a network that rounds its positions or weights.
    """
    if net.rounding is not None or net.weight_bits is not None:
        raise UnsupportedError("no module here rounds what acts as the network does", "to_torch")
    spiking = net.options["neuron"] != "relu"
    if spiking:
        check_spiking(net.options)
    tensors, pairs = Tensors(net), len(net.layers) - 1
    layers = [_layer(tensors, pair) for pair in range(pairs)]
    return SpikingNetwork(net, layers, tensors.take) if spiking else ContinuousNetwork(net, layers)


def _layer(tensors: Tensors, pair: int) -> torch.nn.Module:
    """From rows of neurons to rows of currents."""
    spec = lib.loci_network_spec(tensors.net.pointer)
    dense = spec.wiring == lib.LOCI_WIRING_DENSE
    if pair >= spec.maps_count:
        return _dense(tensors, pair) if dense else SpatialLinear._of(tensors, pair)
    convolution = _dense_maps(tensors, pair) if dense else SpatialConv2d._of(tensors, pair)
    return OverGrid(convolution, tensors.net.grids[pair], spec.pool[pair])


def _dense_maps(tensors: Tensors, pair: int) -> torch.nn.Conv2d:
    """A conventional stencil; a pruned one keeps what is cut at 0."""
    spec, mask = lib.loci_network_spec(tensors.net.pointer), tensors.mask(pair)
    weight, window = tensors.take(f"pair{pair}.weight").detach(), spec.window[pair]
    held = None if mask is None else as_conv2d(mask, window).contiguous()
    layer = MaskedConv2d(torch.nn.Parameter(as_conv2d(weight, window).contiguous()), spec.stride[pair], held)
    layer.bias = tensors.take(f"layer{pair + 1}.bias")
    return layer


def _dense(tensors: Tensors, pair: int) -> torch.nn.Linear:
    """A conventional layer; a pruned one keeps what is cut at 0."""
    mask = tensors.mask(pair)
    weight, bias = tensors.take(f"pair{pair}.weight"), tensors.take(f"layer{pair + 1}.bias")
    layer = torch.nn.Linear(*weight.shape) if mask is None else MaskedLinear(mask.t().contiguous())
    layer.weight, layer.bias = torch.nn.Parameter(weight.detach().t().contiguous()), bias
    return layer


def _named(name: str, value: Any) -> Any:
    """train_range=True is train_range="layer", as there is one layer."""
    if name.startswith("train_") and isinstance(value, bool):
        return "layer" if value else "no"
    return value


def _drawn(seed: int | None) -> int:
    """A seed, drawn by PyTorch's generator where none is given."""
    return int(torch.randint(2**62, (), device="cpu")) if seed is None else seed
