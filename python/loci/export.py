"""Networks for other programs, and back."""

from __future__ import annotations

import os
from typing import Any

from .data import Data, tell
from .errors import ArgumentError
from .library import Handle, call, ffi, lib, make, text, to_c, use_pool
from .network import Network

__all__ = ["export", "import_npz"]


def export(net: Network, path: str | os.PathLike[str], to: str, **given: Any) -> dict[str, Any] | None:
    """Writes a network for other programs, all or nothing.

    Args:
        net: the network.
        path: the file; of "c" the folder.
        to: "onnx"; "nir" (of a spiking net, with ``dt``, what a time step lasts in seconds); "npz" (arrays for
            NumPy); or "c" (source for microcontrollers).
        **given: of "onnx": ``bits`` (32, or 8 for QuantizeLinear and DequantizeLinear; then ``data`` and ``samples`` as
            of "c"); of "c": ``data`` (a ``loci.Data``, needed: its training part chooses scales, its test part
            measures), ``mode`` ("positions", "weights", "pruned"), ``bits`` (32, 8, 4, 2; unless given as trained,
            else 8), ``name``, ``samples``, ``flash``, ``ram`` (bytes), ``input_type`` ("float", "int8", "uint8",
            "int16", "uint16"), ``input_unit`` (a number, or one for each input), ``force`` (replace an export that is
            there).

    Returns:
        of "onnx" in 8 bits a dict: ``samples``, ``accuracy`` and ``accuracy_before``, or ``r2`` and ``r2_before``; of
        "c" also bytes of ``flash``, ``scratch`` and ``stack``, and so on;
        of a net in time also ``time_steps``, ``current_bytes`` and what one step takes at most.
    """
    simple = {"onnx": lib.loci_exchange_onnx, "npz": lib.loci_exchange_npz}
    quantised = to == "onnx" and given.get("bits", 32) != 32
    of_onnx = {"bits", "data", "samples"} if quantised else {"bits"}
    allowed = {"nir": {"dt"}, "c": set(_C), "onnx": of_onnx}.get(to, set())
    for name in given:
        if name not in allowed:
            raise TypeError(f"export() to {to!r} has no option {name!r}")
    if to == "c":
        return _to_c(net, path, **given)
    if quantised:
        return _to_quantised_onnx(net, path, **given)
    with net._handle.lock:
        if to in simple:
            call(simple[to], net.pointer, to_c(path))
        elif to == "nir":
            call(lib.loci_exchange_nir, net.pointer, given.get("dt", 1e-4), to_c(path))
        else:
            raise ArgumentError(f"{to!r} is none of onnx, nir, npz, c", "to")
    return None


_C = ("data", "mode", "bits", "name", "samples", "flash", "ram", "input_type", "input_unit", "force")


def _named(name: Any, list_name: Any, what: str) -> int:
    names: list[str] = []
    while entry := list_name(len(names)):
        names.append(text(entry))
    if name not in names:
        raise ArgumentError(f"{name!r} is none of {', '.join(names)}", what)
    return names.index(name)


def _options(data: Data | None, to: str) -> Any:
    """The defaults; they do not keep the data alive."""
    if data is None:
        raise TypeError(f"export() to {to} needs data=, which scales are chosen on and accuracy is measured on")
    chosen = ffi.new("loci_export_options *")
    lib.loci_export_options_defaults(chosen)
    chosen.data = data.pointer
    return chosen


def _to_quantised_onnx(
    net: Network, path: Any, bits: int, data: Data | None = None, samples: int | None = None
) -> dict[str, Any]:
    chosen = _options(data, "'onnx' in 8 bits")
    chosen.linear, chosen.bits, chosen.mode = 1, bits, _named("weights", lib.loci_export_mode_name, "mode")
    if samples is not None:
        chosen.samples = samples
    with net._handle.lock, use_pool() as pool:
        chosen.pool = pool
        made = make(
            "loci_export", lib.loci_export_create, lib.loci_export_free, net.pointer, chosen, needs=(net._handle,)
        )
        call(lib.loci_exchange_onnx_quantised, made.pointer, to_c(path))
        report = lib.loci_export_report_of(made.pointer)
    return {"samples": report.samples, **_quality(report)}


def _to_c(net: Network, path: Any, data: Data | None = None, force: bool = False, **given: Any) -> dict[str, Any]:
    chosen = _options(data, "'c'")
    keep = []
    for name, value in given.items():
        if name == "mode":
            chosen.mode = _named(value, lib.loci_export_mode_name, name)
        elif name == "input_type":
            chosen.input_type = _named(value, lib.loci_export_input_name, name)
        elif name == "input_unit":
            units = [float(unit) for unit in (value if hasattr(value, "__len__") else [value])]
            keep.append(ffi.new("double[]", units))
            chosen.input_unit, chosen.input_units = keep[-1], len(units)
        elif name == "name":
            keep.append(ffi.new("char[]", to_c(value)))
            chosen.name = keep[-1]
        else:
            setattr(chosen, name, value)
    with net._handle.lock, use_pool() as pool:
        chosen.pool = pool
        made = make(
            "loci_export", lib.loci_export_create, lib.loci_export_free, net.pointer, chosen, needs=(net._handle,)
        )
        call(lib.loci_export_write, made.pointer, to_c(path), int(force))
        report = lib.loci_export_report_of(made.pointer)
    numbers = {name: getattr(report, name) for name in _REPORT}
    return {"name": text(report.name), **numbers, **_quality(report), **_in_time(report)}


_REPORT = ("bits", "charge_bits", "parameters", "flash", "scratch", "stack", "multiply_adds", "roots", "samples")


def _in_time(report: Any) -> dict[str, Any]:
    """What a net in time needs: the most that a single step can take, and what is remembered between them."""
    if report.steps == 0:
        return {}
    return {
        "time_steps": report.steps,
        "current_bytes": report.currents,
        "multiply_adds_step_most": report.multiply_adds_step,
        "roots_step_most": report.roots_step,
    }


def _quality(report: Any) -> dict[str, float]:
    if report.task == 0:
        return {"accuracy_before": report.accuracy_before, "accuracy": report.accuracy}
    return {"r2_before": report.regression_before.r2, "r2": report.regression.r2}


def import_npz(path: str | os.PathLike[str]) -> Network:
    """Reads a network from what ``export(to="npz")`` wrote, edited or not."""
    report = ffi.new("loci_import_report *")
    out = ffi.new("loci_network **")
    call(lib.loci_import_npz, out, to_c(path), report)
    net = Network._of(Handle(out[0], lib.loci_network_free))
    said = {
        "stale_weights": "the weights in the file do not follow from its positions; they were left out of account",
        "fixed_set": "the kept connections are not those that its cut leaves; the network keeps them as a fixed set",
        "new_count": "positions were changed, and the cut now leaves another number of connections",
    }
    for name, line in said.items():
        if getattr(report, name):
            tell([f"{os.fspath(path)}: {line}"])
    return net
