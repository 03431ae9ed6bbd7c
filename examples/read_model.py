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


def logits(spec, arrays, raw):
    """Outputs for raw inputs [count, height*width]: [count, classes]."""
    h = raw if "input.low" not in arrays else (raw - arrays["input.low"]) / arrays["input.span"]
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
