"""Weights from positions as one step of PyTorch's autograd: the library's kernels, forward and backward."""

from __future__ import annotations

from typing import Any

import torch

from .errors import ArgumentError, DivergedError, UnsupportedError
from .library import NULL, call, ffi, lib, use_pool

__all__: list[str] = []

# What weights follow from, in the order that SiteWeights takes it: arrays, then numbers.
_ARRAYS = ("axon_position", "axon_charge", "dendrite_position", "dendrite_charge")
_NUMBERS = ("gap", "length", "range", "scale")
_IDLE = {"gap": 0.0, "length": 0.0, "range": -1.0, "scale": 1.0}  # what stands for a number that there is not

Tensors = tuple[torch.Tensor | None, ...]


def check(tensor: torch.Tensor, what: str) -> None:
    """Raises UnsupportedError for what the library's kernels cannot read: they take float32 in the host's memory."""
    if tensor.device.type != "cpu":
        raise UnsupportedError(f"lies on the device {tensor.device}; Loci computes on the CPU", what, 'use .to("cpu")')
    if tensor.layout != torch.strided:
        raise UnsupportedError("is sparse; Loci takes dense tensors", what, "use .to_dense()")
    if tensor.dtype != torch.float32:
        raise UnsupportedError(f"is {tensor.dtype}; Loci computes in float32", what, "use .to(torch.float32)")


def _check_sites(tensors: Tensors) -> None:
    p, c, q, e = tensors[:4]
    shapes = {"axon_charge": (c, p.shape[:2]), "dendrite_charge": (e, q.shape[:2])}
    for name, (charge, shape) in shapes.items():
        if charge is not None and charge.shape != shape:
            raise ArgumentError(f"has the shape {list(charge.shape)} for sites of {list(shape)}", name)
    if p.dim() != 3 or q.dim() != 3 or p.shape[2] != q.shape[2]:
        raise ArgumentError(
            f"sites at {list(p.shape)} and {list(q.shape)}, not [neurons, sites, coordinates]", "positions"
        )
    for name, tensor in zip(_ARRAYS + _NUMBERS, tensors, strict=True):
        if tensor is None:
            continue
        check(tensor, name)
        if not torch.isfinite(tensor).all():
            raise DivergedError("holds a number that is not finite", name, "try a lower learning rate")


def _pointer(tensor: torch.Tensor | None) -> Any:
    return NULL if tensor is None else ffi.cast("float *", tensor.data_ptr())


def _sites(law: int, softening: float, tensors: Tensors) -> Any:
    """The library's view of tensors that are contiguous and stay alive."""
    p, _, q, _ = tensors[:4]
    sites = ffi.new("loci_sites *")
    sites.n, sites.axon_sites, sites.coordinates = p.shape
    sites.m, sites.dendrite_sites = q.shape[:2]
    sites.law, sites.softening = law, softening
    for name, tensor in zip(_ARRAYS, tensors[:4], strict=True):
        setattr(sites, name, _pointer(tensor))
    for name, tensor in zip(_NUMBERS, tensors[4:], strict=True):
        setattr(sites, name, _IDLE[name] if tensor is None else tensor.item())
    return sites


class SiteWeights(torch.autograd.Function):
    """``SiteWeights.apply(law, softening, *tensors)``: weights [n, m] float32.

    law is a number of ``enum loci_law``, softening >= 0. The tensors, float32 on the CPU: positions of axon sites
    [n, A, C], their charges [n, A] or None, positions of dendrite sites [m, D, C], their charges [m, D] or None; then,
    each of one element or None, gap, length > 0 of a law that has one, range > 0, scale.

    Raises:
        UnsupportedError: another device or type of numbers; in backward, a second derivative.
        DivergedError: a number that is not finite.
        ArgumentError: shapes that do not fit, a number out of range.
    """

    @staticmethod
    def forward(ctx: Any, law: int, softening: float, *tensors: torch.Tensor | None) -> torch.Tensor:
        _check_sites(tensors)
        kept = tuple(None if tensor is None else tensor.contiguous() for tensor in tensors)
        ctx.law, ctx.softening = law, softening
        ctx.save_for_backward(*kept)
        # Whatever PyTorch makes by default: the library writes float32 into the host's memory.
        weights = torch.empty(kept[0].shape[0], kept[2].shape[0], dtype=torch.float32, device="cpu")
        with use_pool() as pool:
            call(lib.loci_sites_weights, _sites(law, softening, kept), pool, _pointer(weights))
        return weights

    @staticmethod
    def backward(ctx: Any, weight_gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        tensors, wanted = ctx.saved_tensors, ctx.needs_input_grad[2:]
        check(weight_gradient, "gradient")
        given = weight_gradient.detach().contiguous()
        out, gradients = ffi.new("loci_sites_gradient *"), [None] * len(tensors)
        for k, name in enumerate(_ARRAYS):
            if wanted[k]:
                gradients[k] = torch.empty_like(tensors[k])
                setattr(out, name, _pointer(gradients[k]))
        with use_pool() as pool:
            call(lib.loci_sites_backward, _sites(ctx.law, ctx.softening, tensors), pool, _pointer(given), out)
        for k, name in enumerate(_NUMBERS, len(_ARRAYS)):
            if wanted[k]:
                gradients[k] = torch.full_like(tensors[k], getattr(out, name))
        if torch.is_grad_enabled():  # of create_graph=True
            anchor = next(tensor for tensor, asked in zip(tensors, wanted, strict=True) if asked)
            gradients = [None if gradient is None else _Once.apply(anchor, gradient) for gradient in gradients]
        return None, None, *gradients


class _Once(torch.autograd.Function):
    """A gradient as it is, which cannot be differentiated itself."""

    @staticmethod
    def forward(ctx: Any, anchor: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        del ctx, anchor  # only says that somebody may ask
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        raise UnsupportedError(
            "weights that follow from positions have no second derivative here", "loci.torch", "differentiate them once"
        )
