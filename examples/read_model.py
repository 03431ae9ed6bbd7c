#!/usr/bin/python3
"""Reads a Loci model and computes its outputs, with nothing but docs/format.md and numpy.

    read_model.py [--kept] MODEL.safetensors [INPUTS]

INPUTS is a .npy, or a .npz with "inputs": [count, height*width*channels], raw, of temporal data [count, steps,
channels]; zeros without. With --kept it first prints which
connections are kept: for each layer pair a bitmap in hexadecimal.

Bundles of connections are counted as the library does: layer pairs from 0, then hidden layers to themselves. The
weights of a pair that leads to maps are its stencil's.
"""
import json
import math
import struct
import sys

import numpy as np

from read_maps import grids, laid, of_pair, over_places, stands
from read_rounding import rounded, rounded_weights

# What a missing key means.
YOUNGER = {"maps": [], "window": [5], "pool": [2], "stride": [1], "delay": "none", "speed": [0.25],
           "longest_delay": 25, "recurrent": False, "recurrent_gap": 0.1, "latency_span": 1,
           "adaptation_decay": 0.97, "adaptation_membrane": 0, "adaptation_spike": 0.5}
TYPES = {"F32": np.dtype("<f4"), "U8": np.dtype("u1")}


class Model:
    """The specification, what the file says of pruning ({} without), and the arrays by name."""

    def __init__(self, path):
        data = open(path, "rb").read()
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + length])
        notes = header.pop("__metadata__")
        assert notes["format"] == "loci" and notes["version"] in ("1", "2"), "not a model this reader knows"
        self.spec = YOUNGER | json.loads(notes["spec"])
        self.pruning, self.rounding = (json.loads(notes.get(key, "{}")) for key in ("pruning", "rounding"))
        self.arrays = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            self.arrays[name] = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        spec = self.spec
        self.channels = spec.get("channels", 1)
        self.values = spec["height"] * spec["width"] * self.channels
        self.grids = grids(spec, self.channels)
        sizes = [int(np.prod(grid)) for grid in self.grids[1:]]
        self.sizes = [spec.get("inputs", self.values), *sizes, *spec["hidden"], spec["classes"]]
        self.hidden = len(self.sizes) - 2

    def shape(self, l):
        """Rows and columns of what bundle l weighs; of maps of a stencil."""
        _, source, target, _ = self.bundle(l)
        if l < len(self.spec["maps"]):
            window = of_pair(self.spec["window"], l)
            return window * window * self.grids[l][2], self.spec["maps"][l]
        return self.sizes[source], self.sizes[target]

    def bundle(self, p):
        """What its arrays begin with, the layers it joins, and the layer pair whose options it has."""
        l = p - self.hidden
        return (f"pair{p}", p, p + 1, p) if l <= 0 else (f"recurrent{l}", l, l, l - 1)

    def bitmap(self, name, count):
        return np.unpackbits(self.arrays[name], bitorder="little")[:count].astype(bool)

    def pixels(self):
        """Which values of a sample are inputs."""
        return self.bitmap("input.pixels", self.values) if "inputs" in self.spec else np.ones(self.values, bool)


def sheet(model):
    """Positions of the input pixels, [inputs, 1, coordinates]."""
    spec = model.spec
    rows, columns = np.mgrid[: spec["height"], : spec["width"]]
    step = 2 * spec["extent"] / max(spec["height"], spec["width"])
    channels = model.channels
    coordinates = spec["dim"] - (spec["planes"] != "relaxed") + (channels > 1)
    at = np.zeros((model.values, 1, coordinates), np.float32)
    at[:, 0, 0] = np.repeat((columns.ravel() + 0.5 - spec["width"] / 2) * step, channels)
    at[:, 0, 1] = np.repeat((rows.ravel() + 0.5 - spec["height"] / 2) * step, channels)
    if channels > 1:
        at[:, 0, -1] = np.tile(model.arrays["pair0.channel.position"][:, 0], rows.size)
    return at[model.pixels()]


def sites(model, l):
    """Axon positions [n, A, C] and charges [n, A], dendrite positions and charges, and g^2 + eps^2; all F32 as they act."""
    spec, arrays = model.spec, model.arrays
    name, source, target, pair = model.bundle(l)
    if spec["tied"] == "yes":
        p, q = arrays[f"layer{source}.position"][:, None], arrays[f"layer{target}.position"][:, None]
    else:
        q = arrays[f"{name}.dendrite.position"]
        stored = f"{name}.axon.position" in arrays
        p = stands(model, l) if l < len(model.grids) else arrays[f"{name}.axon.position"] if stored else sheet(model)
    c = arrays.get(f"{name}.axon.charge", np.float32(1))
    if l < len(model.grids) and c.ndim > 0:
        c = over_places(model, l, c)[2]
    if f"{name}.channel.charge" in arrays:  # of a sheet: each input has its channel's
        c = np.tile(arrays[f"{name}.channel.charge"], (spec["height"] * spec["width"], 1))[model.pixels()]
    e = arrays.get(f"{name}.dendrite.charge", np.float32(1))
    if spec["sign"] == "mask":
        c, e = (v if v.ndim == 0 else np.tanh(0.5 * spec["steepness"] * v.astype(float)) for v in (c, e))
    fixed = spec["recurrent_gap"] if source == target else of_pair(spec["gap"], pair)
    gap = float(arrays[f"{name}.gap"][0]) if spec["planes"] == "learned" else fixed
    gap = 0.0 if spec["planes"] == "relaxed" else gap
    on_sheet = l == 0 and spec["input"] == "sheet" and not spec["maps"]
    c, e = (np.broadcast_to(np.asarray(v, np.float32), at.shape[:2]) for v, at in ((c, p), (e, q)))
    p, c, q, e = rounded(model, l, on_sheet, p, c, q, e)
    return p, c, q, e, np.float32(gap * gap + spec["softening"] ** 2)


def inverse_range(model, l):
    """1/R of a finite range, else 0. Layers reach all of themselves."""
    if l > model.hidden:
        return np.float32(0)
    if model.pruning.get("by") == "range":
        return np.float32(max(model.pruning["cut"][l], 0))
    range_ = of_pair(model.spec.get("range", [-1]), l)
    range_ = abs(float(model.arrays.get(f"pair{l}.range", [range_])[0])) if range_ > 0 else range_
    return np.float32(0 if range_ < 0 else 1 / max(range_, 1e-6))


def inverse_length(model, l):
    """1/L of a law that has a length, else 0."""
    if model.spec.get("law", "inverse") not in ("exponential", "gaussian"):
        return np.float32(0)
    name, _, _, pair = model.bundle(l)
    stored = model.arrays.get(f"{name}.log_length")
    length = of_pair(model.spec["length"], pair) if stored is None else np.exp(float(stored[0]))
    return np.float32(1) / np.float32(length)


def law(model, l, square):
    """f of the squares of distances, in F64."""
    over = float(inverse_length(model, l))
    return {"inverse": lambda: 1 / np.sqrt(square), "inverse-square": lambda: 1 / square,
            "exponential": lambda: np.exp(-np.sqrt(square) * over),
            "gaussian": lambda: np.exp(-square * over * over / 2)}[model.spec.get("law", "inverse")]()


def squares(p, q, base):
    """Squared distances [n, m] of one site per neuron, summed as Loci sums them: in F32, coordinate by coordinate."""
    total = np.full((len(p), len(q)), base)
    for x in range(p.shape[1]):
        d = p[:, None, x] - q[None, :, x]
        total += d * d
    return total


def inverse_root(x):
    """1 / sqrt(x) as Loci approximates it where |w| is ranked."""
    one, two, half = np.float32(1.5008789), np.float32(1.5000006), np.float32(0.5)
    y = (np.uint32(0x5F376908) - (x.view(np.uint32) >> np.uint32(1))).view(np.float32)
    y = y * (one - half * x * y * y)
    return y * (two - half * x * y * y)


def exp2(y):
    """2^y, y <= 0, as Loci approximates it there."""
    shift, p = np.float32(12582912), np.float32(1.327647173e-3)
    shifted = y + shift
    g = y - (shifted - shift)
    for c in (9.675541549e-3, 5.550713276e-2, 2.402211972e-1, 6.931469671e-1, 1.000000072):
        p = p * g + np.float32(c)
    bits = p.view(np.uint32) + (shifted.view(np.uint32) << np.uint32(23))
    return np.where(y < np.float32(-99.6578428), np.float32(0), bits.view(np.float32))


def ranked_law(model, l, square, inverse):
    """f in F32 as Loci approximates it where |w| is ranked; inverse is 1 over the distance."""
    over, log2_e = inverse_length(model, l), np.float32(1.44269504)
    return {"inverse": lambda: inverse, "inverse-square": lambda: inverse * inverse,
            "exponential": lambda: exp2(square * inverse * (over * -log2_e)),
            "gaussian": lambda: exp2(square * (over * over * (np.float32(-0.5) * log2_e)))}[
                model.spec.get("law", "inverse")]()


def ranked_cutoff(model, l):
    """f(R) in F32, likewise."""
    inverse = np.full(1, inverse_range(model, l))
    return ranked_law(model, l, 1 / (inverse * inverse), inverse)[0] if inverse[0] > 0 else np.float32(0)


def strengths(model, l):
    """What connections are ranked by, [n, m] in F32, the same bits as the library's."""
    p, c, q, e, base = sites(model, l)
    pairs = [(a, b) for a in range(p.shape[1]) for b in range(q.shape[1])]
    most = np.finfo(np.float32).max
    if model.pruning.get("by") != "weight":
        nearest = np.minimum.reduce([squares(p[:, a], q[:, b], base) for a, b in pairs])
        return np.minimum(1 / np.sqrt(nearest), most)
    total = np.zeros((len(p), len(q)), np.float32)
    for a, b in pairs:
        square = squares(p[:, a], q[:, b], base)
        k = ranked_law(model, l, square, inverse_root(square)) - ranked_cutoff(model, l)
        total += c[:, None, a] * e[None, :, b] * np.maximum(k, np.float32(0))
    return np.minimum(np.abs(total), most)


def kept(model, l):
    """Which connections of pair l are kept, [n, m]; a count that does not fit means a damaged file."""
    n, m = model.shape(l)
    by = model.pruning.get("by")
    if by == "set":
        return model.bitmap(f"pair{l}.kept", n * m).reshape(n, m)
    if by is None:
        reach = inverse_range(model, l) if model.spec["wiring"] == "spatial" else 0
        return strengths(model, l) > reach if reach > 0 else np.ones((n, m), bool)
    strength, cut = strengths(model, l).ravel(), np.float32(model.pruning["cut"][l])
    keep = strength > cut
    ties = model.pruning["kept"][l] - np.count_nonzero(keep)
    equal = np.flatnonzero(strength == cut)
    assert 0 <= ties <= len(equal), f"the cut of pair {l} does not leave what it should"
    keep[equal[:ties]] = True
    return keep.reshape(n, m)


def stored_weights(model, l):
    """The weight matrix of a conventional net, [n, m]."""
    name, source, target, _ = model.bundle(l)
    stored = model.arrays[f"{name}.weight"].astype(float)
    if model.pruning.get("by") != "set" or source == target:
        return stored
    w = np.zeros(model.shape(l))
    w[kept(model, l)] = stored
    return w


def ways(model, l):
    """For each pair of sites of a neuron and a neuron: what it is worth and how long it is, [n, m] each."""
    p, c, q, e, base = (np.asarray(x, float) for x in sites(model, l))
    scale = np.exp(float(model.arrays.get(f"{model.bundle(l)[0]}.log_scale", [0])[0]))
    reach = float(inverse_range(model, l))
    cutoff = law(model, l, reach ** -2) if reach > 0 else 0
    keep = kept(model, l) if l <= model.hidden else 1
    for a in range(p.shape[1]):
        for b in range(q.shape[1]):
            square = ((p[:, None, a] - q[None, :, b]) ** 2).sum(-1) + base
            worth = c[:, None, a] * e[None, :, b] * np.maximum(law(model, l, square) - cutoff, 0)
            yield scale * worth * keep, np.sqrt(square)


def weights(model, l):
    """The weight matrix of bundle l, [n, m]."""
    dense = model.spec["wiring"] == "dense"
    return rounded_weights(model, l, stored_weights(model, l) if dense else sum(w for w, _ in ways(model, l)))


def taps(model, l):
    """What a spike of bundle l adds 0, 1, ... steps later, [longest + 1, n, m]. A share of a step is shared out."""
    spec = model.spec
    name, source, target, pair = model.bundle(l)
    first = int(source == target)  # what a layer sends itself arrives in the next step at the earliest
    if spec["delay"] == "none":
        k = np.stack([np.zeros((model.sizes[source], model.sizes[target]))] * first + [weights(model, l)])
    else:
        stored = model.arrays.get(f"{name}.log_speed")
        speed = of_pair(spec["speed"], pair) if stored is None else np.exp(float(stored[0]))
        longest = spec["longest_delay"]
        k = np.zeros((longest + 1, model.sizes[source], model.sizes[target]))
        for w, r in ways(model, l):
            d = np.clip(r / speed, first, longest)
            k += w * np.maximum(0, 1 - np.abs(d - np.arange(longest + 1)[:, None, None]))
    return k * (1 - np.eye(len(k[0]))) if first else k  # no neuron to itself


def scaled(model, raw):
    """Raw inputs brought to [0, 1], of the values that are inputs."""
    arrays = model.arrays
    x = raw if "input.low" not in arrays else (raw - arrays["input.low"]) / arrays["input.span"]
    return x[:, model.pixels()]


def coded(model, raw):
    """What enters a spiking net: [T, count, inputs]."""
    spec, steps = model.spec, model.spec["time_steps"]
    if spec["coding"] == "events":  # as they are
        return raw.reshape(len(raw), steps, -1)[:, :, model.pixels()].swapaxes(0, 1)
    x = scaled(model, raw)
    if spec["coding"] == "constant":
        return np.broadcast_to(x, (steps, *x.shape))
    assert spec["coding"] == "latency", "Poisson spikes are random: give the network your own"
    last = spec["latency_span"] * (steps - 1)
    at = np.where(x > 0, np.floor((1 - np.clip(x, 0, 1)) * last + 0.5), steps)
    return (at == np.arange(steps)[:, None, None]).astype(float)


def of_neurons(model, l, values):
    """A number for all neurons of layer l, or one each; of maps one each."""
    values = np.asarray(values)
    return np.tile(values, model.sizes[l] // values.size) if values.size > 1 else values


def current(model, l, x):
    """What layer l + 1 sums of x [count, n]."""
    arrived = laid(model, l, weights(model, l), x) if l < len(model.spec["maps"]) else x @ weights(model, l)
    return arrived + of_neurons(model, l + 1, model.arrays[f"layer{l + 1}.bias"])


def arriving(x, k):
    """The currents that spikes x [T, count, n] make through taps k: [T, count, m]."""
    current = np.zeros((*x.shape[:2], k.shape[2]))
    for late in range(min(len(k), len(x))):
        current[late:] += x[: len(x) - late] @ k[late]
    return current


def adaptation(model, l):
    """Decay, what the membrane and what a spike adds, of layer l."""
    spec, arrays, parts = model.spec, model.arrays, ("decay", "membrane", "spike")
    if spec["neuron"] != "adlif":
        return 0, 0, 0
    decay, *others = (of_neurons(model, l, arrays.get(f"layer{l}.adaptation.{part}", spec[f"adaptation_{part}"]))
                      for part in parts)
    return np.clip(decay, 0, 1), *others


def through_time(model, l, summed, fires):
    """Membranes and spikes [T, count, m] of layer l."""
    spec, arrays = model.spec, model.arrays
    beta = of_neurons(model, l, np.clip(arrays.get(f"layer{l}.beta", spec["beta"]), 0, 1))
    theta = of_neurons(model, l, arrays.get(f"layer{l}.threshold", spec["threshold"]))
    rho, by_membrane, by_spike = adaptation(model, l) if fires else (0, 0, 0)
    hidden = len(spec["hidden"])
    loop = taps(model, hidden + l) if spec["recurrent"] and l <= hidden else []
    u, s = np.zeros_like(summed), np.zeros_like(summed)
    before, spike, adapted = (np.zeros_like(summed[0]) for _ in range(3))
    for t in range(spec["time_steps"]):
        arrived = summed[t] + sum(s[t - late] @ loop[late] for late in range(1, min(len(loop), t + 1)))
        adapted = rho * adapted + by_membrane * before + by_spike * spike
        left = before * (1 - spike) if spec["reset"] == "zero" else before
        taken = theta * spike if spec["reset"] == "subtract" else 0
        u[t] = before = beta * left + arrived - adapted - taken
        if fires:
            s[t] = spike = (before > theta).astype(float)
    return u, s


def softmax(u):
    e = np.exp(u - u.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def spiking_logits(model, raw):
    spec, last = model.spec, model.hidden
    x = coded(model, raw)
    for l in range(last + 1):
        summed = current(model, l, x) if spec["delay"] == "none" else \
            arriving(x, taps(model, l)) + model.arrays[f"layer{l + 1}.bias"]
        u, x = through_time(model, l + 1, summed, l < last or spec["readout"] == "count")
    read = {"count": lambda: x.sum(0), "membrane-mean": lambda: u.mean(0), "membrane-max": lambda: u.max(0),
            "membrane-last": lambda: u[-1], "softmax-sum": lambda: softmax(u).sum(0)}
    return spec["logit_scale"] * read[spec["readout"]]()


def activation(spec, u):
    """What a hidden neuron that does not spike makes of its sum u."""
    return {"relu": lambda: np.maximum(u, 0), "leaky-relu": lambda: np.where(u > 0, u, 0.01 * u),
            "tanh": lambda: np.tanh(u), "sine": lambda: np.sin(u),
            "gelu": lambda: u * (1 + np.vectorize(math.erf)(u / math.sqrt(2))) / 2}[spec.get("activation", "relu")]()


def logits(model, raw):
    """What the output layer says for raw inputs [count, height*width*channels]: [count, classes]."""
    if model.spec.get("neuron", "relu") != "relu":
        return spiking_logits(model, raw)
    h, last = scaled(model, raw), model.hidden
    for l in range(last + 1):
        h = current(model, l, h)
        h = activation(model.spec, h) if l < last else model.spec["logit_scale"] * h
    return h


def outputs(model, raw):
    """Logits of classes; where the task is to predict numbers, these in units of the data. [count, classes]"""
    arrays, out = model.arrays, logits(model, raw)
    if model.spec.get("task", "classify") == "regress" and "target.mean" in arrays:
        return arrays["target.mean"] + arrays["target.deviation"] * out
    return out


def main(*arguments):
    show = arguments[0] == "--kept"
    model, inputs = Model(arguments[show]), arguments[show + 1 :]
    for l in range(len(model.sizes) - 1 if show else 0):
        print(np.packbits(kept(model, l).ravel(), bitorder="little").tobytes().hex())
    steps = model.spec["time_steps"] if model.spec.get("coding") == "events" else 1
    raw = np.zeros((1, steps * model.values))
    if inputs:
        raw = np.load(inputs[0])
        raw = raw if isinstance(raw, np.ndarray) else raw["inputs"]
    for row in outputs(model, raw):
        print(*("%.9g" % value for value in row))


if __name__ == "__main__":
    main(*sys.argv[1:])
