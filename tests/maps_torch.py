#!/usr/bin/python3
"""Conventional networks of maps against PyTorch in float64: Conv2d, MaxPool2d, Linear, and their gradients.

    maps_torch.py MAPS_DUMP

Logits, loss and the gradient of every tensor are compared. Exits with 77 without PyTorch."""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from torch.nn import functional
except ImportError:
    print("needs numpy and PyTorch: skipped")
    sys.exit(77)

# Built for another processor it is run through what emulates that one.
PROGRAM = [*os.environ.get("MESON_EXE_WRAPPER", "").split(), sys.argv[1]]

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ACTIVATIONS = {"relu": torch.relu, "leaky-relu": lambda u: functional.leaky_relu(u, 0.01), "tanh": torch.tanh,
               "gelu": functional.gelu, "sine": torch.sin}

# height, width, channels; maps, window, stride, pool of each layer of them; other hidden layers; activation
CASES = [
    ((28, 28, 1), [(8, 5, 1, 2), (12, 5, 1, 2), (16, 5, 1, 2)], [], "relu"),
    ((9, 7, 1), [(3, 3, 1, 2)], [11], "relu"),
    ((8, 10, 3), [(4, 5, 1, 2), (6, 3, 1, 1)], [7, 5], "leaky-relu"),
    ((11, 6, 1), [(5, 3, 2, 1), (4, 3, 1, 2)], [], "tanh"),
    ((12, 12, 2), [(20, 1, 1, 3), (33, 3, 3, 1)], [6], "gelu"),
    ((10, 9, 1), [(2, 7, 2, 2)], [], "sine"),
    ((5, 5, 1), [(1, 1, 1, 1)], [3], "relu"),
    ((16, 13, 3), [(17, 5, 2, 1), (9, 5, 1, 2), (5, 3, 1, 1)], [], "gelu"),
]


def options(case):
    _, layers, hidden, activation = case
    listed = {name: ",".join(str(layer[i]) for layer in layers)
              for i, name in enumerate(("maps", "window", "stride", "pool"))}
    listed |= {"hidden": ",".join(map(str, hidden)) or "0", "activation": activation}
    return "neuron=relu wiring=dense logit-scale=0.7 " + " ".join(f"{k}={v}" for k, v in listed.items())


def run(case, dump, parameters):
    (height, width, channels), layers, hidden, activation = case
    act = ACTIVATIONS[activation]
    x = torch.tensor(dump["inputs"].astype(float)).reshape(-1, height, width, channels).permute(0, 3, 1, 2)
    for l, (maps, window, stride, pool) in enumerate(layers):
        stencil = parameters[f"pair{l}.weight"].reshape(window, window, -1, maps).permute(3, 2, 0, 1)
        x = functional.conv2d(x, stencil, stride=stride, padding=window // 2)
        x = act(functional.max_pool2d(x, pool) + parameters[f"layer{l + 1}.bias"][:, None, None])
    x = x.permute(0, 2, 3, 1).flatten(1)
    for l in range(len(layers), len(layers) + len(hidden) + 1):
        x = x @ parameters[f"pair{l}.weight"] + parameters[f"layer{l + 1}.bias"]
        x = act(x) if l < len(layers) + len(hidden) else x
    return 0.7 * x


def near(name, a, b):
    """To 1e-4 of the largest, as a sum of many float32 terms is; b of PyTorch."""
    largest = np.abs(b).max()
    worst = np.abs(a - b).max()
    assert largest > 0, f"{name}: all zeros would be near anything"
    assert worst <= 1e-4 * largest, f"{name}: off by {worst:.3g}, the largest is {largest:.3g}"


def compare(case, dump):
    names = [name[: -len(".gradient")] for name in dump if name.endswith(".gradient")]
    parameters = {name: torch.tensor(dump[name].astype(float), requires_grad=True) for name in names}
    logits = run(case, dump, parameters)
    loss = functional.cross_entropy(logits, torch.tensor(dump["labels"].astype(np.int64)))
    loss.backward()
    near("logits", dump["logits"], logits.detach().numpy())
    near("loss", dump["loss"], np.array([loss.item()]))
    for name, parameter in parameters.items():
        near(name, dump[f"{name}.gradient"], parameter.grad.numpy())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        given = [str(part) for case in CASES for part in (*case[0], options(case))]
        subprocess.run([*PROGRAM, folder] + given, check=True)
        for i, case in enumerate(CASES):
            try:
                compare(case, dict(np.load(f"{folder}/{i}.npz")))
            except AssertionError as difference:
                sys.exit(f"{case}: {difference}")
    print(f"{len(CASES)} networks compared")
