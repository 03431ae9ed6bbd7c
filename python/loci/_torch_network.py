"""Networks as modules of PyTorch: what is around their layers. Made by ``loci.torch.to_torch()``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn.functional import conv2d, gelu, leaky_relu, linear, max_pool2d

from ._torch_tensors import number
from .errors import ArgumentError, UnsupportedError
from .library import lib
from .network import Network

__all__: list[str] = []

_ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": torch.relu,
    "leaky-relu": leaky_relu,  # 0.01
    "tanh": torch.tanh,
    "gelu": gelu,  # by erf
    "sine": torch.sin,
}


class MaskedLinear(torch.nn.Linear):
    """A conventional layer of which a fixed set of connections is kept; mask [out_features, in_features]."""

    def __init__(self, mask: torch.Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return linear(x, self.weight * self.mask, self.bias)


class MaskedConv2d(torch.nn.Conv2d):
    """A conventional stencil [out, in, window, window], zero beyond the edge; mask, of its shape, says what of it is
    kept, None = all."""

    def __init__(self, weight: torch.nn.Parameter, stride: int, mask: torch.Tensor | None) -> None:
        out_channels, in_channels, window, _ = weight.shape
        super().__init__(in_channels, out_channels, window, stride, window // 2)
        self.weight = weight
        self.register_buffer("mask", mask)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.weight if self.mask is None else self.weight * self.mask
        return conv2d(x, weight, self.bias, self.stride, self.padding)


class OverGrid(torch.nn.Module):
    """A convolution, and pooling by the largest, between rows of neurons [..., neurons]: places row by row, the maps of a
    place side by side."""

    def __init__(self, convolution: torch.nn.Module, grid: tuple[int, int, int], pool: int) -> None:
        super().__init__()
        self.convolution, self.grid, self.pool = convolution, grid, pool

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        currents = self.convolution(x.reshape(-1, *self.grid).permute(0, 3, 1, 2))
        return max_pool2d(currents, self.pool).permute(0, 2, 3, 1).reshape(*x.shape[:-1], -1)


def _of_neurons(numbers: torch.Tensor, neurons: int) -> torch.Tensor:
    """One number for all neurons, or one each; of maps one each, over their places."""
    return numbers if len(numbers) == 1 else numbers.repeat(neurons // len(numbers))


class _Network(torch.nn.Module):
    """Layers, and what is done to samples before them and to outputs after them."""

    def __init__(self, net: Network, layers: Sequence[torch.nn.Module]) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(layers)
        self.shape, self.logit_scale = net.shape, net.options["logit_scale"]
        chosen = [lib.loci_network_pixel(net.pointer, i) for i in range(net.layers[0])]
        whole = chosen == list(range(math.prod(net.shape)))
        self.register_buffer("pixels", None if whole else torch.tensor(chosen, device="cpu"))
        self._hold("low", "span", net.input_scaling)
        self._hold("mean", "deviation", net.target_scaling)

    def _hold(self, first: str, second: str, scaling: Any) -> None:
        for name, array in zip((first, second), scaling or (None, None), strict=True):
            self.register_buffer(name, None if array is None else torch.from_numpy(array))

    def _inputs(self, x: torch.Tensor) -> torch.Tensor:
        """What the input neurons take, [n, inputs], of samples as they come."""
        pixels = math.prod(self.shape)
        if x.dim() < 2 or math.prod(x.shape[1:]) != pixels:
            raise ArgumentError(f"has the shape {list(x.shape)}; the network takes [n, {pixels}]", "x")
        whole = x.dtype == torch.uint8
        x = x.reshape(len(x), pixels)
        x = x.to(torch.float32) if whole else x
        if self.low is not None:
            x = (x - self.low) / self.span
        elif whole:
            x = x / 255
        return x if self.pixels is None else x[:, self.pixels]

    def _outputs(self, z: torch.Tensor) -> torch.Tensor:
        """Logits or values [n, outputs], of what the output neurons hold."""
        z = self.logit_scale * z
        return z if self.mean is None else self.mean + self.deviation * z


class ContinuousNetwork(_Network):
    """A network of neurons that do not spike."""

    def __init__(self, net: Network, layers: Sequence[torch.nn.Module]) -> None:
        super().__init__(net, layers)
        self.activation = net.options["activation"]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self._inputs(x)
        for layer in self.layers[:-1]:
            x = _ACTIVATIONS[self.activation](layer(x))
        return self._outputs(self.layers[-1](x))


class Spike(torch.autograd.Function):
    """1 where x = membrane - threshold is above 0, else 0; backward, the surrogate at x stands for the derivative."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, surrogate: str, slope: float) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.surrogate, ctx.slope = surrogate, slope
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (x,), k = ctx.saved_tensors, ctx.slope
        if ctx.surrogate == "fast-sigmoid":
            h = 1 / (1 + k * x.abs()).square()
        elif ctx.surrogate == "arctangent":
            h = 1 / (1 + (math.pi / 2 * k * x).square())
        else:
            h = (1 - k * x.abs()).clamp_min(0)
        return gradient * h, None, None


class Decay(torch.autograd.Function):
    """A share clamped to 0..1; backward, only what would push it further out is dropped, so that it can come back."""

    @staticmethod
    def forward(ctx: Any, beta: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(beta)
        return beta.clamp(0, 1)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        (beta,) = ctx.saved_tensors
        outwards = ((beta <= 0) & (gradient > 0)) | ((beta >= 1) & (gradient < 0))
        return gradient.masked_fill(outwards, 0)


# What SpikingNetwork knows of an option.
_KNOWN: dict[str, tuple[Any, ...]] = {
    "neuron": ("lif",),
    "coding": ("constant", "latency"),
    "latency_span": (1,),
    "delay": ("none",),
    "recurrent": (False,),
    "readout": ("count", "membrane-mean", "membrane-max", "membrane-last"),
}


def check_spiking(options: dict[str, Any]) -> None:
    """Raises UnsupportedError for a spiking network that would become another one."""
    if options["coding"] == "poisson":
        raise UnsupportedError("its inputs are random spikes; to_torch() knows constant and latency", "coding")
    for name, known in _KNOWN.items():
        if options[name] not in known:
            raise UnsupportedError(f"to_torch() does not know '{options[name]}'", name, "export it to onnx")


class SpikingNetwork(_Network):
    """A network of leaky integrate-and-fire neurons, unrolled over its time steps (docs/spiking.md).

    beta_L and threshold_L of layer L = 1, 2, ... are parameters where they are trained, [1] or [neurons], else buffers.
    """

    def __init__(self, net: Network, layers: Sequence[torch.nn.Module], take: Callable[..., Any]) -> None:
        super().__init__(net, layers)
        chosen = net.options
        self.time_steps, self.coding, self.readout = chosen["time_steps"], chosen["coding"], chosen["readout"]
        self.reset, self.surrogate, self.slope = chosen["reset"], chosen["surrogate"], chosen["slope"]
        for layer in range(1, len(layers) + 1):
            for name in "beta", "threshold":
                trained = take(f"layer{layer}.{name}")
                if trained is not None:
                    self.register_parameter(f"{name}_{layer}", trained)
                else:
                    self.register_buffer(f"{name}_{layer}", number(chosen[name]))

    def _code(self, x: torch.Tensor) -> torch.Tensor:
        """Latency: one spike of each input, [T, n, inputs], the earlier the larger it is; none of what is 0."""
        delay = (1 - x).clamp_min(0) * (self.time_steps - 1)
        step = delay.floor() + (delay - delay.floor() >= 0.5)
        steps = torch.arange(self.time_steps, device=x.device).reshape(-1, 1, 1)
        return ((step == steps) & (x > 0)).to(x.dtype)

    def _beta(self, layer: int) -> torch.Tensor:
        return Decay.apply(getattr(self, f"beta_{layer}"))

    def _fire(self, currents: torch.Tensor, layer: int) -> torch.Tensor:
        """Spikes [T, n, neurons] of currents, each acting on its own membrane a step later; that reset has no
        gradient."""
        neurons = currents.shape[-1]
        beta = _of_neurons(self._beta(layer), neurons)
        threshold = _of_neurons(getattr(self, f"threshold_{layer}"), neurons)
        membrane, spike, spikes = torch.zeros_like(currents[0]), torch.zeros_like(currents[0]), []
        for current in currents:
            before = spike.detach()
            if self.reset == "subtract":
                membrane = beta * membrane + current - threshold * before
            elif self.reset == "zero":
                membrane = beta * (1 - before) * membrane + current
            else:
                membrane = beta * membrane + current
            spike = Spike.apply(membrane - threshold, self.surrogate, self.slope)
            spikes.append(spike)
        return torch.stack(spikes)

    def _read(self, currents: torch.Tensor) -> torch.Tensor:
        """What output neurons hold in the end, [n, outputs], of their currents [T, n, outputs]."""
        last = len(self.layers)
        if self.readout == "count":
            return self._fire(currents, last).sum(0)
        beta, membrane, membranes = self._beta(last), torch.zeros_like(currents[0]), []
        for current in currents:
            membrane = beta * membrane + current
            membranes.append(membrane)
        if self.readout == "membrane-last":
            return membrane
        stacked = torch.stack(membranes)
        return stacked.mean(0) if self.readout == "membrane-mean" else stacked.max(0).values

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self._inputs(x)
        constant = self.coding == "constant"
        currents = self.layers[0](x if constant else self._code(x))
        if constant:  # the same in every step, computed once
            currents = currents.expand(self.time_steps, *currents.shape)
        for l, layer in enumerate(self.layers[1:], 1):
            currents = layer(self._fire(currents, l))
        return self._outputs(self._read(currents))
