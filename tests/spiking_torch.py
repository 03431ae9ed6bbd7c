#!/usr/bin/python3
"""Spiking networks against PyTorch in float64: the equations of src/neuron/lif.h, differentiated by autograd, the
spike's derivative replaced by the surrogate and the reset detached, as snnTorch's Leaky does it.

    spiking_torch.py SPIKING_DUMP

Membranes, spikes and logits are compared exactly where every number is dyadic. Exits with 77 without PyTorch."""
import itertools
import math
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError:
    print("needs numpy and PyTorch: skipped")
    sys.exit(77)

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


def fire(currents, beta, theta, case):
    """Leaky integrate-and-fire: membranes and spikes [T, B, m] of currents [T, B, m]."""
    u, s = torch.zeros_like(currents[0]), torch.zeros_like(currents[0])
    membranes, spikes = [], []
    for current in currents:
        reset = s.detach()
        if case["reset"] == "subtract":
            u = beta * u + current - theta * reset
        elif case["reset"] == "zero":
            u = beta * (1 - reset) * u + current
        else:
            u = beta * u + current
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
    first = torch.from_numpy(np.argmax(membranes.detach().numpy(), axis=0))  # of equals the first
    return membranes.gather(0, first[None])[0]


def weights(parameters, l, case):
    if f"pair{l}.weight" in parameters:
        return parameters[f"pair{l}.weight"]
    p, q = parameters[f"pair{l}.axon.position"], parameters[f"pair{l}.dendrite.position"]
    c, e = parameters[f"pair{l}.axon.charge"], parameters[f"pair{l}.dendrite.charge"]
    squared = ((p[:, None, :, None] - q[None, :, None, :]) ** 2).sum(-1) + case["gap"] ** 2
    w = (c[:, None, :, None] * e[None, :, None, :] / squared.sqrt()).sum((2, 3))
    return torch.exp(parameters[f"pair{l}.log_scale"]) * w


def run(case, dump):
    """Traces by name, logits, loss, parameters, and how near a membrane came to its threshold."""
    names = [name[: -len(".gradient")] for name in dump if name.endswith(".gradient")]
    parameters = {name: torch.tensor(dump[name].astype(float), requires_grad=True) for name in names}
    labels = torch.tensor(dump["labels"].astype(np.int64))
    x = torch.tensor(dump["inputs"].astype(float))
    x = x.expand(case["time-steps"], *x.shape[1:])
    traces, nearest, last = {}, math.inf, len(case["hidden"])
    for l in range(last + 1):
        currents = x @ weights(parameters, l, case) + parameters[f"layer{l + 1}.bias"]
        beta = parameters.get(f"layer{l + 1}.beta", torch.tensor(case["beta"])).clamp(0, 1)
        theta = parameters.get(f"layer{l + 1}.threshold", torch.tensor(case["threshold"]))
        if l < last or case["readout"] == "count":
            u, x = fire(currents, beta, theta, case)
            nearest = min(nearest, (u - theta).abs().min().item())
            traces[f"spikes{l + 1}"] = x
        else:
            u = integrate(currents, beta)
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
    return np.where(outward & name.endswith(".beta"), 0, gradient)


def compare(case, dump, exact):
    """False where a membrane is too near its threshold to say on which side float32 should be."""
    traces, logits, loss, parameters, nearest = run(case, dump)
    if not exact and nearest < 1e-5:
        return False
    for name, trace in traces.items():
        trace = trace.detach().numpy()
        if name not in dump:  # a linear readout needs no membranes
            assert name == f"membrane{len(case['hidden']) + 1}" and not case["readout"].endswith("max"), name
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


def text(exact, case):
    hidden = ",".join(map(str, case["hidden"])) or "0"
    return ("exact " if exact else "near ") + " ".join(f"{k}={v}" for k, v in (case | {"hidden": hidden}).items())


if __name__ == "__main__":
    compared, all_cases = 0, list(cases())
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder] + [text(*c) for c in all_cases], check=True)
        for i, (exact, case) in enumerate(all_cases):
            dump = dict(np.load(f"{folder}/{i}.npz"))
            try:
                compared += compare(case, dump, exact)
            except AssertionError as difference:
                sys.exit(f"{text(exact, case)}: {difference}")
    print(f"{compared} of {len(all_cases)} networks compared")
    assert compared >= 0.9 * len(all_cases)
