"""A network's numbers as tensors of PyTorch, for ``loci.torch``: float32 on the CPU, whatever PyTorch's defaults are."""

from __future__ import annotations

import json

import torch

from .library import ffi, lib
from .network import Network

__all__: list[str] = []


class Tensors:
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
        return torch.from_numpy(self.net.kept(pair).reshape(self.sizes(pair))).to(torch.float32)

    def sizes(self, pair: int) -> tuple[int, int]:
        """Rows and columns of a pair's weights; of one that leads to maps the entries of its stencil, and maps."""
        rows, columns = ffi.new("size_t *"), ffi.new("size_t *")
        lib.loci_spec_pair_shape(lib.loci_network_spec(self.net.pointer), pair, rows, columns)
        return rows[0], columns[0]

    def places(self, pair: int) -> torch.Tensor | None:
        """Where senders stand that are on a grid, [n, 1, 2] in its pitches, those of a place in a row; else None."""
        spec, grids = lib.loci_network_spec(self.net.pointer), self.net.grids
        if pair >= len(grids):
            return None
        sides = (spec.window[pair],) * 2 if pair < spec.maps_count else grids[pair][:2]
        rows, columns = (torch.arange(side, dtype=torch.float32, device="cpu") - (side - 1) / 2 for side in sides)
        at = torch.cartesian_prod(rows, columns).flip(1)
        return at.repeat_interleave(grids[pair][2], 0)[:, None]

    def pixels(self) -> list[int]:
        """The pixel of each input neuron."""
        return [lib.loci_network_pixel(self.net.pointer, i) for i in range(self.net.layers[0])]

    def sheet(self, coordinates: int) -> torch.Tensor:
        """Where the input neurons of a sheet stay, [n, 1, coordinates]."""
        spec = lib.loci_network_spec(self.net.pointer)
        places = [[lib.loci_spec_pixel_place(spec, pixel, x) for x in range(coordinates)] for pixel in self.pixels()]
        return torch.tensor(places, dtype=torch.float32, device="cpu")[:, None]

    def channels(self) -> torch.Tensor:
        """Which channel each input neuron takes, [n]."""
        return torch.tensor([pixel % self.net.shape[2] for pixel in self.pixels()], device="cpu")


def _metadata(net: Network) -> dict[str, str]:
    """The notes of the model file (docs/format.md)."""
    held = net.to_bytes()
    return json.loads(held[8 : 8 + int.from_bytes(held[:8], "little")])["__metadata__"]


def number(value: float | None) -> torch.Tensor | None:
    return None if value is None else torch.tensor([value], dtype=torch.float32, device="cpu")


def as_conv2d(stencil: torch.Tensor, window: int) -> torch.Tensor:
    """[window * window * in, out], as the library has it, to [out, in, window, window]."""
    return stencil.reshape(window, window, -1, stencil.shape[1]).permute(3, 2, 0, 1)
