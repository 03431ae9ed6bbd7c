#!/usr/bin/python3
"""Spiking networks against PyTorch in float64: the equations of src/neuron/lif.h, differentiated by autograd, the
spike's derivative replaced by the surrogate and the reset detached, as snnTorch's Leaky does it.

    spiking_torch.py SPIKING_DUMP

Membranes, spikes and logits are compared exactly where every number is dyadic. Exits with 77 without PyTorch."""
import itertools
import math
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError:
    print("needs numpy and PyTorch: skipped")
    sys.exit(77)

# Built for another processor it is run through what emulates that one.
PROGRAM = [*os.environ.get("MESON_EXE_WRAPPER", "").split(), sys.argv[1]]

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Spike(torch.autograd.Function):
    """1 where x > 0; backward, the surrogate's value at x."""

    @staticmethod
    def forward(context, x, surrogate, slope):
        context.save_for_backward(x)
        context.surrogate, context.slope = surrogate, slope
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        k = context.slope
        if context.surrogate == "fast-sigmoid":
            h = 1 / (1 + k * x.abs()) ** 2
        elif context.surrogate == "arctangent":
            h = 1 / (1 + (math.pi / 2 * k * x) ** 2)
        else:
            h = torch.clamp(1 - k * x.abs(), min=0)
        return gradient * h, None, None


def fire(currents, beta, theta, case, adaptation=None, loop=None):
    """Leaky integrate-and-fire: membranes and spikes [T, B, m] of currents [T, B, m]. adaptation: decay, by the
    membrane, by a spike. loop: weights [T, m, m] by how many steps later they act, of the layer to itself."""
    u, s = torch.zeros_like(currents[0]), torch.zeros_like(currents[0])
    adapted = torch.zeros_like(u)
    membranes, spikes = [], []
    for t, current in enumerate(currents):
        if loop is not None:
            for k in range(1, min(t, len(loop) - 1) + 1):
                current = current + spikes[t - k] @ loop[k]
        if adaptation is not None:
            decay, by_membrane, by_spike = adaptation
            adapted = decay * adapted + by_membrane * u + by_spike * s
        reset = s.detach()
        if case["reset"] == "subtract":
            u = beta * u + current - theta * reset
        elif case["reset"] == "zero":
            u = beta * (1 - reset) * u + current
        else:
            u = beta * u + current
        u = u - adapted
        s = Spike.apply(u - theta, case["surrogate"], case["slope"])
        membranes.append(u)
        spikes.append(s)
    return torch.stack(membranes), torch.stack(spikes)


def integrate(currents, beta):
    v, membranes = torch.zeros_like(currents[0]), []
    for current in currents:
        v = beta * v + current
        membranes.append(v)
    return torch.stack(membranes)


def read(membranes, readout):
    if readout == "membrane-mean":
        return membranes.mean(0)
    if readout == "membrane-last":
        return membranes[-1]
    if readout == "softmax-sum":
        return membranes.softmax(-1).sum(0)
    first = torch.from_numpy(np.argmax(membranes.detach().numpy(), axis=0))  # of equals the first
    return membranes.gather(0, first[None])[0]


def taps(parameters, name, case, gap, own):
    """Weights [steps, n, m] by how many steps later they act; own: a layer to itself, no neuron to itself."""
    first, steps = int(own), case["time-steps"] + case.get("longest-delay", 25) + 2
    if f"{name}.weight" in parameters:
        w = parameters[f"{name}.weight"][:, :, None]
        delay = torch.full_like(w, first)
    else:
        p, q = parameters[f"{name}.axon.position"], parameters[f"{name}.dendrite.position"]
        c, e = parameters[f"{name}.axon.charge"], parameters[f"{name}.dendrite.charge"]
        r = (((p[:, None, :, None] - q[None, :, None, :]) ** 2).sum(-1) + gap**2).sqrt()
        w = torch.exp(parameters[f"{name}.log_scale"]) * c[:, None, :, None] * e[None, :, None, :] / r
        delay = torch.full_like(r, first)
        if case.get("delay") == "distance":
            speed = parameters.get(f"{name}.log_speed", torch.tensor(math.log(case["speed"]))).exp()
            delay = (r / speed).clamp(first, case["longest-delay"])
        w, delay = w.flatten(2), delay.flatten(2)
    if own:
        w = w * (1 - torch.eye(len(w)))[:, :, None]
    whole = delay.detach().floor()
    share, k = delay - whole, whole.long()
    out = torch.zeros(steps, *w.shape[:2])
    for site in range(w.shape[2]):
        at = k[None, :, :, site]
        out = out.scatter_add(0, at, ((1 - share) * w)[None, :, :, site])
        out = out.scatter_add(0, at + 1, (share * w)[None, :, :, site])
    return out


def cross(x, w):
    """Currents [T, B, m] of what enters in each step [T, B, n]."""
    currents = [sum(x[t - k] @ w[k] for k in range(min(t + 1, len(w)))) for t in range(len(x))]
    return torch.stack(currents)


def run(case, dump):
    """Traces by name, logits, loss, parameters, and how near a membrane came to its threshold."""
    names = [name[: -len(".gradient")] for name in dump if name.endswith(".gradient")]
    parameters = {name: torch.tensor(dump[name].astype(float), requires_grad=True) for name in names}
    labels = torch.tensor(dump["labels"].astype(np.int64))
    x = torch.tensor(dump["inputs"].astype(float))
    x = x.expand(case["time-steps"], *x.shape[1:])
    traces, nearest, last = {}, math.inf, len(case["hidden"])
    for l in range(last + 1):
        currents = cross(x, taps(parameters, f"pair{l}", case, case.get("gap"), False))
        currents = currents + parameters[f"layer{l + 1}.bias"]
        beta = parameters.get(f"layer{l + 1}.beta", torch.tensor(case["beta"])).clamp(0, 1)
        theta = parameters.get(f"layer{l + 1}.threshold", torch.tensor(case["threshold"]))
        if l < last or case["readout"] == "count":
            loop = adaptation = None
            if case.get("recurrent") == "yes" and l < last:
                loop = taps(parameters, f"recurrent{l + 1}", case, case.get("recurrent-gap"), True)
            if case.get("neuron") == "adlif":
                names = "decay", "membrane", "spike"
                adaptation = [
                    parameters.get(f"layer{l + 1}.adaptation.{n}", torch.tensor(case[f"adaptation-{n}"])) for n in names
                ]
                adaptation[0] = adaptation[0].clamp(0, 1)
            u, x = fire(currents, beta, theta, case, adaptation, loop)
            nearest = min(nearest, (u - theta).abs().min().item())
            traces[f"spikes{l + 1}"] = x
        else:
            u = integrate(currents, beta)
        stepped = case.get("neuron") == "adlif" or case.get("recurrent") == "yes" and l < last
        if not (stepped and f"spikes{l + 1}" in traces):
            traces[f"membrane{l + 1}"] = u
    out = x.sum(0) if case["readout"] == "count" else read(u, case["readout"])
    logits = case["logit-scale"] * out
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    return traces, logits, loss, parameters, nearest


def near(name, a, b, tolerance, floor=1e-2):
    """|a - b| <= tolerance * max(|b|, floor * max|tensor|): small entries are what cancellation left of large terms."""
    allowed = tolerance * np.maximum(np.abs(b), floor * np.abs(b).max())
    worst = np.argmax(np.abs(a - b) - allowed)
    a, b, allowed, largest = a.flat[worst], b.flat[worst], allowed.flat[worst], np.abs(b).max()
    assert abs(a - b) <= allowed, f"{name}: {a:.9g} instead of {b:.9g}, largest {largest:.3g}"


def held(name, parameter):
    """The gradient; of a beta at 0 or 1, 0 where a step along it would lead further out."""
    value, gradient = parameter.detach().numpy(), parameter.grad.numpy()
    outward = ((value <= 0) & (gradient > 0)) | ((value >= 1) & (gradient < 0))
    return np.where(outward & name.endswith((".beta", ".adaptation.decay")), 0, gradient)


def compare(case, dump, exact):
    """False where a membrane is too near its threshold to say on which side float32 should be."""
    traces, logits, loss, parameters, nearest = run(case, dump)
    if not exact and nearest < 1e-5:
        return False
    for name, trace in traces.items():
        trace = trace.detach().numpy()
        if name not in dump:  # a linear readout needs no membranes
            assert name == f"membrane{len(case['hidden']) + 1}" and case["readout"].startswith("membrane"), name
        elif exact or name.startswith("spikes"):
            assert np.array_equal(dump[name], trace), f"{name}: {dump[name]} instead of {trace}"
        else:
            near(name, dump[name], trace, 1e-4)
    logits = logits.detach().numpy()
    assert not exact or np.array_equal(dump["logits"], logits), f"logits: {dump['logits']} instead of {logits}"
    near("logits", dump["logits"], logits, 1e-4)
    near("loss", dump["loss"], np.array([loss.item()]), 1e-5)
    for name, parameter in parameters.items():
        near(name, dump[f"{name}.gradient"], held(name, parameter), 1e-4, 1e-2 if exact else 0.1)
    return True


def cases():
    """(exact, case): every reset, surrogate and readout; all else takes its turns."""
    every = itertools.product(
        ("subtract", "zero", "none"),
        ("fast-sigmoid", "arctangent", "triangular"),
        ("count", "membrane-mean", "membrane-max", "membrane-last"),
    )
    for i, (reset, surrogate, readout) in enumerate(every):
        turns = {
            "reset": reset,
            "surrogate": surrogate,
            "readout": readout,
            "coding": ("constant", "poisson", "latency")[(i + i // 3) % 3],
            "train-beta": ("no", "layer", "neuron")[i % 3],
            "train-threshold": ("neuron", "no", "layer")[i // 4 % 3],
            "threshold": 0.75,
        }
        hidden = ([7], [], [5, 4], [6, 5, 3])[(i + i // 4) % 4]
        yield True, turns | {"wiring": "dense", "hidden": hidden, "time-steps": 4, "beta": 0.9375, "slope": 0.5,
                             "logit-scale": 0.5}
        yield False, turns | {"axon-sites": 2, "dendrite-sites": 3, "hidden": hidden, "time-steps": 9, "beta": 0.9,
                              "slope": 1.5, "gap": 0.5, "logit-scale": 0.7}


def travelling():
    """(exact, case): delays, loops and adaptation, each alone and together, all else in turns."""
    every = itertools.product((False, True), ("no", "yes"), ("lif", "adlif"), range(4))
    for i, (delayed, recurrent, neuron, turn) in enumerate(every):
        if not delayed and recurrent == "no" and neuron == "lif" and turn > 0:
            continue
        case = {
            "neuron": neuron,
            "recurrent": recurrent,
            "reset": ("subtract", "zero", "none")[i % 3],
            "surrogate": ("fast-sigmoid", "arctangent", "triangular")[(i + turn) % 3],
            "readout": ("softmax-sum", "membrane-max", "count", "membrane-mean")[turn],
            "coding": ("constant", "poisson", "latency")[(i + turn) % 3],
            "train-beta": ("no", "layer", "neuron")[turn % 3],
            "train-threshold": ("neuron", "no", "layer")[i // 2 % 3],
            "threshold": 0.75,
            "hidden": ([7], [5, 4])[i % 2],
        }
        if neuron == "adlif":
            case |= {"train-adaptation": ("no", "layer", "neuron")[turn % 3], "adaptation-decay": 0.875,
                     "adaptation-membrane": 0.25, "adaptation-spike": 0.5}
        if not delayed and turn > 0:  # a softmax is not exact
            yield True, case | {"wiring": "dense", "time-steps": 4, "beta": 0.9375, "slope": 0.5, "logit-scale": 0.5}
        spatial = {"axon-sites": 2, "dendrite-sites": 3, "time-steps": 11, "beta": 0.9, "slope": 1.5, "gap": 0.5,
                   "recurrent-gap": 0.3, "logit-scale": 0.7}
        if recurrent == "no":
            del spatial["recurrent-gap"]
        if delayed:
            spatial |= {"delay": "distance", "speed": (0.3, 0.7)[turn % 2], "longest-delay": (4, 30)[turn // 2],
                        "train-speed": ("layer", "no")[i % 2]}
        yield False, case | spatial


def text(exact, case):
    hidden = ",".join(map(str, case["hidden"])) or "0"
    return ("exact " if exact else "near ") + " ".join(f"{k}={v}" for k, v in (case | {"hidden": hidden}).items())


if __name__ == "__main__":
    compared, all_cases = 0, [*cases(), *travelling()]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*PROGRAM, folder] + [text(*c) for c in all_cases], check=True)
        for i, (exact, case) in enumerate(all_cases):
            dump = dict(np.load(f"{folder}/{i}.npz"))
            try:
                compared += compare(case, dump, exact)
            except AssertionError as difference:
                sys.exit(f"{text(exact, case)}: {difference}")
    print(f"{compared} of {len(all_cases)} networks compared")
    assert compared >= 0.9 * len(all_cases)
