#!/usr/bin/python3
"""Runs exported NIR files by the equations of NIR alone and compares with what the library does:
exchange_nir.py EXCHANGE-DUMP

Exits with 77 where h5py or numpy is missing, or the library was built without HDF5. Where the reference reader (the
Python package nir) is installed, it has to read every file too.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)
try:
    import nir
except ImportError:
    nir = None

# What each type of node holds beside its type, and perhaps metadata.
FIELDS = {
    "Input": {"shape"},
    "Output": {"shape"},
    "Affine": {"weight", "bias"},
    "LIF": {"tau", "r", "v_leak", "v_threshold", "v_reset"},
    "IF": {"r", "v_threshold", "v_reset"},
    "LI": {"tau", "r", "v_leak"},
    "I": {"r"},
    "Threshold": {"threshold"},
}


def load(group):
    """A group as nested dictionaries."""
    loaded = {}
    for key, item in group.items():
        loaded[key] = load(item) if isinstance(item, h5py.Group) else item[()]
        if isinstance(loaded[key], bytes):
            loaded[key] = loaded[key].decode()
    return loaded


def chain(graph):
    """The nodes in the order of the edges, from input to output."""
    following = {a.decode(): b.decode() for a, b in graph["edges"]}
    order = ["input"]
    while order[-1] != "output":
        order.append(following[order[-1]])
    assert sorted(order) == sorted(graph["nodes"]), "a node stands outside of the chain"
    return [graph["nodes"][name] for name in order]


def check_shapes(nodes):
    """Every node takes what the one before gives; constants are arrays, one number a neuron."""
    size = int(nodes[0]["shape"][0])
    for node in nodes:
        assert set(node) - {"type", "metadata"} == FIELDS[node["type"]], node.keys()
        if node["type"] == "Affine":
            assert node["weight"].shape[1] == size and node["weight"].dtype == numpy.float32
            size = node["weight"].shape[0]
            assert node["bias"].shape == (size,)
        elif "shape" in node:
            assert node["shape"].shape == (1,) and node["shape"][0] == size
        else:
            for field in FIELDS[node["type"]]:
                assert node[field].shape == (size,) and node[field].dtype == numpy.float32


def encode(x, coding, steps):
    """What enters in each step: [count, T, pixels]."""
    if coding == "constant":
        return numpy.repeat(x[:, None, :], steps, axis=1)
    wait = numpy.floor((1 - numpy.minimum(x, 1)) * (steps - 1) + 0.5)
    wait[x <= 0] = -1
    return (wait[:, None, :] == numpy.arange(steps)[None, :, None]).astype(numpy.float64)


class Neurons:
    """A layer in Euler steps: tau dv/dt = v_leak - v + R I, or dv/dt = R I, then the spike and its reset."""

    def __init__(self, node, dt, count):
        size = node["r"].shape[0] if "r" in node else node["threshold"].shape[0]
        self.node = {key: value.astype(numpy.float64) if isinstance(value, numpy.ndarray) else value
                     for key, value in node.items()}
        self.dt = dt
        self.v = numpy.zeros((count, size))
        self.spike = numpy.zeros((count, size))

    def step(self, current):
        node = self.node
        if node["type"] == "Threshold":
            return (current > node["threshold"]).astype(numpy.float64)
        metadata = node.get("metadata", {})
        reset = metadata.get("reset")
        if reset is not None:  # one step after the spike
            assert metadata["reset_delay"] == 1 and reset in ("subtract", "zero")
        if reset == "zero":
            self.v = numpy.where(self.spike > 0, node["v_reset"], self.v)
        before = self.v
        if "tau" in node:
            self.v = before + self.dt / node["tau"] * (node["v_leak"] - before + node["r"] * current)
        else:
            self.v = before + self.dt * node["r"] * current
        if reset == "subtract":
            self.v = self.v - node["v_threshold"] * self.spike
        if "v_threshold" not in node:
            return self.v
        self.spike = (self.v > node["v_threshold"]).astype(numpy.float64)
        return self.spike


def simulate(nodes, x, metadata):
    """What leaves each layer of neurons in each step: a list of [count, T, m]."""
    dt = float(metadata["dt"])
    values = encode(x, metadata["coding"], int(metadata["time_steps"]))
    states = []
    for node in nodes[1:-1]:
        if node["type"] == "Affine":
            values = values @ node["weight"].astype(numpy.float64).T + node["bias"].astype(numpy.float64)
        else:
            neurons = Neurons(node, dt, len(x))
            values = numpy.stack([neurons.step(values[:, t]) for t in range(values.shape[1])], axis=1)
            states.append((node["type"], values))
    return states


def read_out(outputs, metadata):
    """Logits of what leaves the last layer, [count, T, classes]; of a regressor values in units of the data."""
    scale = float(metadata["logit_scale"])
    reduced = {
        "count": lambda: outputs.sum(axis=1),
        "membrane-mean": lambda: outputs.mean(axis=1),
        "membrane-max": lambda: outputs.max(axis=1),
        "membrane-last": lambda: outputs[:, -1],
    }[metadata["readout"]]()
    if "target_mean" in metadata:
        return metadata["target_mean"] + metadata["target_deviation"].astype(numpy.float64) * (scale * reduced)
    return scale * reduced


def same_class(a, b):
    """Which rows of a [n, classes] say the class that b does. Classes can be tied, as those of a readout that counts
    spikes often are, and last digits then choose: what a is largest in must only be within rounding of b's largest."""
    chosen = b[numpy.arange(len(b)), a.argmax(axis=1)]
    return chosen >= b.max(axis=1) - 1e-5 * abs(b).max(axis=1)


def check_compact(path):
    """Equal numbers take no room."""
    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[-1] in ("v_leak", "v_reset"):
            assert item.id.get_storage_size() == 0, name
    with h5py.File(path, "r") as file:
        file.visititems(visit)


def check(folder, case):
    path = folder / f"{case['name']}.nir"
    with h5py.File(path, "r") as file:
        assert set(file) == {"version", "node"} and file["version"][()] == b"1.0.6"
        graph = load(file["node"])
    assert graph["type"] == "NIRGraph"
    check_compact(path)
    metadata = graph["metadata"]
    nodes = chain(graph)
    check_shapes(nodes)

    pixels = case["height"] * case["width"]
    x = numpy.fromfile(folder / f"{case['name']}.inputs", "<f4").reshape(case["count"], pixels)
    if "input_low" in metadata:
        x = (x - metadata["input_low"]) / metadata["input_span"]
    assert "classes" not in metadata and metadata.get("outputs") == ('["kW"]' if case["regress"] else None)
    assert ("target_mean" in metadata) == ("target_deviation" in metadata) == case["units"]
    states = simulate(nodes, x.astype(numpy.float64) if case["exact"] else x, metadata)
    fired = [values for kind, values in states if kind in ("LIF", "IF", "Threshold")]
    assert len(fired) == len(case["layers"])
    spikes, differ = 0, 0
    for layer, values in enumerate(fired, 1):
        wanted = numpy.fromfile(folder / f"{case['name']}.spikes{layer}", "<f4").reshape(values.shape)
        spikes += int(wanted.sum())
        differ += int((wanted != values).sum())
    logits = numpy.fromfile(folder / f"{case['name']}.logits", "<f4").reshape(case["count"], -1)
    own = read_out(states[-1][1], metadata)
    same = same_class(own, logits).mean()
    print(f"{case['name']}: {spikes} spikes, {differ} differ; {100 * same:.1f}% same class")
    assert spikes > 0 or not fired, "nothing fires"
    if case["exact"]:
        assert differ == 0
        numpy.testing.assert_allclose(own, logits, rtol=1e-6, atol=1e-6)
    assert same >= (1 if case["exact"] else 0.995)


def check_reference(path):
    """The reference reader, types checked, finds the same graph."""
    graph = nir.read(path)
    with h5py.File(path, "r") as file:
        nodes = load(file["node"]["nodes"])
        assert set(graph.nodes) == set(nodes)
        assert len(graph.edges) == len(nodes) - 1
    for name, node in nodes.items():
        assert type(graph.nodes[name]).__name__ == node["type"]
        for field in FIELDS[node["type"]] - {"shape"}:
            assert numpy.array_equal(getattr(graph.nodes[name], field), node[field])


def main():
    with tempfile.TemporaryDirectory(prefix="loci-nir-") as name:
        folder = pathlib.Path(name)
        status = subprocess.run([sys.argv[1], "nir", name], check=False, stdout=subprocess.DEVNULL).returncode
        if status == 77:
            print("skipped: built without HDF5")
            sys.exit(77)
        assert status == 0, "exchange_dump failed"
        cases = json.loads((folder / "cases.json").read_text())
        assert len(cases) > 30
        for case in cases:
            check(folder, case)
            if nir is not None:
                check_reference(folder / f"{case['name']}.nir")
        print("read by the reference reader too" if nir is not None else "the reference reader is not installed")


if __name__ == "__main__":
    main()
