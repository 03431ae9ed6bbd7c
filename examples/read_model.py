#!/usr/bin/python3
"""Reads a Loci model and computes logits, with nothing but docs/format.md and numpy.

    read_model.py MODEL.safetensors [INPUTS]     a .npy, or a .npz with "inputs": [count, height*width], raw; zeros without
"""
import json
import struct
import sys

import numpy as np


def read(path):
    """The specification and the arrays by name, as float64."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    notes = header.pop("__metadata__")
    assert notes["format"] == "loci" and notes["version"] == "1", "not a model this reader knows"
    arrays = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        arrays[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"]).astype(float)
    return json.loads(notes["spec"]), arrays


def sheet(spec):
    """Positions of the pixels, [inputs, 1, coordinates]."""
    rows, columns = np.mgrid[: spec["height"], : spec["width"]]
    step = 2 * spec["extent"] / max(spec["height"], spec["width"])
    at = np.zeros((rows.size, 1, spec["dim"] - (spec["planes"] != "relaxed")))
    at[:, 0, 0] = (columns.ravel() + 0.5 - spec["width"] / 2) * step
    at[:, 0, 1] = (rows.ravel() + 0.5 - spec["height"] / 2) * step
    return at


def weights(spec, arrays, l):
    """The weight matrix of pair l, [n, m]."""
    if spec["wiring"] == "dense":
        return arrays[f"pair{l}.weight"]
    if spec["tied"] == "yes":
        p, q = arrays[f"layer{l}.position"][:, None], arrays[f"layer{l + 1}.position"][:, None]
    else:
        q = arrays[f"pair{l}.dendrite.position"]
        p = arrays[f"pair{l}.axon.position"] if f"pair{l}.axon.position" in arrays else sheet(spec)
    c, e = arrays.get(f"pair{l}.axon.charge"), arrays.get(f"pair{l}.dendrite.charge")
    if spec["sign"] == "mask":
        c, e = (None if v is None else np.tanh(spec["steepness"] * v / 2) for v in (c, e))
    c = np.ones(p.shape[:2]) if c is None else c
    e = np.ones(q.shape[:2]) if e is None else e
    gaps = spec["gap"] + spec["gap"][-1:] * l
    gap = 0 if spec["planes"] == "relaxed" else arrays.get(f"pair{l}.gap", gaps[l])
    scale = np.exp(arrays.get(f"pair{l}.log_scale", 0.0))
    w = np.zeros((len(p), len(q)))
    for a in range(p.shape[1]):
        for b in range(q.shape[1]):
            squared = ((p[:, None, a] - q[None, :, b]) ** 2).sum(-1) + gap**2 + spec["softening"] ** 2
            w += c[:, None, a] * e[None, :, b] / np.sqrt(squared)
    return scale * w


def code(spec, x):
    """What enters a spiking net in each step, [steps, count, inputs]."""
    steps = spec["time_steps"]
    if spec["coding"] == "constant":
        return np.broadcast_to(x, (steps, *x.shape))
    assert spec["coding"] == "latency", "Poisson spikes are drawn by Loci"
    first = np.where(x >= 1, 0, np.floor((1 - x) * (steps - 1) + 0.5))
    return np.stack([((x > 0) & (first == t)).astype(float) for t in range(steps)])


def spiking(spec, arrays, x):
    """Outputs of a spiking net for inputs in [0, 1]."""
    h, last = code(spec, x), len(spec["hidden"])
    for l in range(last + 1):
        current = h @ weights(spec, arrays, l) + arrays[f"layer{l + 1}.bias"]
        beta = np.clip(arrays.get(f"layer{l + 1}.beta", spec["beta"]), 0, 1)
        theta = arrays.get(f"layer{l + 1}.threshold", spec["threshold"])
        fires = l < last or spec["readout"] == "count"
        u, s, out = 0.0, 0.0, []
        for now in current:
            u = beta * (u * (1 - s) if spec["reset"] == "zero" else u) + now
            u = u - theta * s if spec["reset"] == "subtract" else u
            s = (u > theta).astype(float) if fires else 0.0
            out.append(s if fires else u)
        h = np.stack(out)
    read = {"count": lambda v: v.sum(0), "membrane-mean": lambda v: v.mean(0),
            "membrane-max": lambda v: v.max(0), "membrane-last": lambda v: v[-1]}
    return spec["logit_scale"] * read[spec["readout"]](h)


def scaled(arrays, raw):
    """Raw inputs brought to [0, 1]."""
    return raw if "input.low" not in arrays else (raw - arrays["input.low"]) / arrays["input.span"]


def coded(spec, x):
    """What enters a spiking net: [T, count, inputs]."""
    steps = spec["time_steps"]
    if spec["coding"] == "constant":
        return np.broadcast_to(x, (steps, *x.shape))
    assert spec["coding"] == "latency", "Poisson spikes are random: give the network your own"
    at = np.where(x > 0, np.floor((1 - np.clip(x, 0, 1)) * (steps - 1) + 0.5), steps)
    return (at == np.arange(steps)[:, None, None]).astype(float)


def through_time(spec, arrays, l, current, fires):
    """Membranes and spikes [T, count, m] of the layer that pair l leads to."""
    beta = np.clip(arrays.get(f"layer{l + 1}.beta", spec["beta"]), 0, 1)
    theta = arrays.get(f"layer{l + 1}.threshold", spec["threshold"])
    u, s = np.zeros_like(current), np.zeros_like(current)
    for t in range(spec["time_steps"]):
        before, spike = (u[t - 1], s[t - 1]) if t > 0 else (0.0, 0.0)
        kept = before * (1 - spike) if spec["reset"] == "zero" else before
        u[t] = beta * kept + current[t] - (theta * spike if spec["reset"] == "subtract" else 0)
        if fires:
            s[t] = u[t] > theta
    return u, s


def spiking_logits(spec, arrays, raw):
    x, last = coded(spec, scaled(arrays, raw)), len(spec["hidden"])
    for l in range(last + 1):
        current = x @ weights(spec, arrays, l) + arrays[f"layer{l + 1}.bias"]
        u, x = through_time(spec, arrays, l, current, l < last or spec["readout"] == "count")
    read = {"count": lambda: x.sum(0), "membrane-mean": lambda: u.mean(0), "membrane-max": lambda: u.max(0),
            "membrane-last": lambda: u[-1]}
    return spec["logit_scale"] * read[spec["readout"]]()


def logits(spec, arrays, raw):
    """Outputs for raw inputs [count, height*width]: [count, classes]."""
    if spec.get("neuron", "relu") == "lif":
        return spiking_logits(spec, arrays, raw)
    h = scaled(arrays, raw)
    last = len(spec["hidden"])
    for l in range(last + 1):
        h = h @ weights(spec, arrays, l) + arrays[f"layer{l + 1}.bias"]
        h = np.maximum(h, 0) if l < last else spec["logit_scale"] * h
    return h


if __name__ == "__main__":
    spec, arrays = read(sys.argv[1])
    raw = np.zeros((1, spec["height"] * spec["width"]))
    if len(sys.argv) > 2:
        raw = np.load(sys.argv[2])
        raw = raw if isinstance(raw, np.ndarray) else raw["inputs"]
    for row in logits(spec, arrays, raw):
        print(*("%.9g" % value for value in row))
