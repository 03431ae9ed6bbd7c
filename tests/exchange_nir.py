#!/usr/bin/python3
"""Runs exported NIR files by the equations of NIR alone and compares with what the library does:
exchange_nir.py EXCHANGE-DUMP

Exits with 77 where h5py or numpy is missing, or the library was built without HDF5. Where the reference reader (the
Python package nir) is installed, it has to read every file too.
"""

import json
import os
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
    "Linear": {"weight"},
    "Delay": {"delay"},
    "LIF": {"tau", "r", "v_leak", "v_threshold", "v_reset"},
    "IF": {"r", "v_threshold", "v_reset"},
    "LI": {"tau", "r", "v_leak"},
    "I": {"r"},
    "Threshold": {"threshold"},
}

# Built for another processor it is run through what emulates that one.
PROGRAM = [*os.environ.get("MESON_EXE_WRAPPER", "").split(), sys.argv[1]]


def load(group):
    """A group as nested dictionaries."""
    loaded = {}
    for key, item in group.items():
        loaded[key] = load(item) if isinstance(item, h5py.Group) else item[()]
        if isinstance(loaded[key], bytes):
            loaded[key] = loaded[key].decode()
    return loaded


class Graph:
    """Nodes in an order in which each comes after those that it hears from in the same step. What closes a circle on the
    way from the input arrives in the next step."""

    def __init__(self, graph):
        self.nodes = graph["nodes"]
        self.edges = [(a.decode(), b.decode()) for a, b in graph["edges"]]
        self.back, self.order, self.open = set(), [], set()
        assert len(set(self.edges)) == len(self.edges)
        self.visit("input")
        self.order.reverse()
        assert sorted(self.order) == sorted(self.nodes), "a node that nothing leads to"
        assert self.order[-1] == "output"
        self.sources = {name: [a for a, b in self.edges if b == name] for name in self.nodes}

    def visit(self, name):
        self.open.add(name)
        for edge in reversed(self.edges):
            if edge[0] == name and edge[1] in self.open:
                self.back.add(edge)
            elif edge[0] == name and edge[1] not in self.order:
                self.visit(edge[1])
        self.open.remove(name)
        self.order.append(name)


def sizes(node):
    """How many numbers a node takes and gives; constants are arrays, one number a neuron."""
    assert set(node) - {"type", "metadata"} == FIELDS[node["type"]], node.keys()
    if node["type"] in ("Affine", "Linear"):
        assert node["weight"].dtype == numpy.float32
        assert "bias" not in node or node["bias"].shape == node["weight"].shape[:1]
        return node["weight"].shape[::-1]
    if "shape" in node:
        assert node["shape"].shape == (1,)
        return (int(node["shape"][0]),) * 2
    shapes = {node[field].shape for field in FIELDS[node["type"]]}
    assert len(shapes) == 1 and all(node[field].dtype == numpy.float32 for field in FIELDS[node["type"]])
    return shapes.pop() * 2


def check_shapes(graph):
    """Every node takes what those before it give."""
    for a, b in graph.edges:
        assert sizes(graph.nodes[a])[1] == sizes(graph.nodes[b])[0], (a, b)


def encode(x, metadata):
    """What enters in each step: [count, T, pixels]."""
    coding, steps = metadata["coding"], int(metadata["time_steps"])
    if coding == "events":
        return x.reshape(len(x), steps, -1)
    if coding == "constant":
        return numpy.repeat(x[:, None, :], steps, axis=1)
    span = round(float(metadata.get("latency_span", 1)), 6)
    wait = numpy.floor((1 - numpy.minimum(x, 1)) * x.dtype.type(span * (steps - 1)) + 0.5)
    wait[x <= 0] = -1
    return (wait[:, None, :] == numpy.arange(steps)[None, :, None]).astype(numpy.float64)


class Wires:
    """An affine map, with a bias or without."""

    def __init__(self, node, dt, count):
        self.weight = node["weight"].astype(numpy.float64).T
        self.bias = node["bias"].astype(numpy.float64) if "bias" in node else 0

    def step(self, values):
        return values @ self.weight + self.bias


class Delay:
    """y(t) = x(t - delay), of each neuron its own."""

    def __init__(self, node, dt, count):
        late = node["delay"] / dt
        self.late = numpy.rint(late).astype(int)
        assert (self.late >= 1).all() and abs(late - self.late).max() < 1e-3, "no whole steps"
        self.past = [numpy.zeros((count, len(self.late)))] * int(self.late.max())

    def step(self, values):
        self.past.append(values)
        return numpy.stack([self.past[-1 - late][:, i] for i, late in enumerate(self.late)], axis=1)


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


KINDS = {"Affine": Wires, "Linear": Wires, "Delay": Delay}


def simulate(graph, x, metadata):
    """What leaves each layer of neurons in each step: a list of types and [count, T, m]."""
    dt = float(metadata["dt"])
    inputs = encode(x, metadata)
    names = [name for name in graph.order if name not in ("input", "output")]
    running = {name: KINDS.get(graph.nodes[name]["type"], Neurons)(graph.nodes[name], dt, len(x)) for name in names}
    value = {name: numpy.zeros((len(x), sizes(graph.nodes[name])[1])) for name in graph.nodes}
    history = {name: [] for name in names}
    assert not graph.back or metadata["loop_delay"] == 1
    for t in range(inputs.shape[1]):
        before = dict(value)
        value["input"] = inputs[:, t]
        for name in names:
            heard = sum((before if (a, name) in graph.back else value)[a] for a in graph.sources[name])
            value[name] = running[name].step(heard)
            history[name].append(value[name])
    (last,) = graph.sources["output"]
    states = [(graph.nodes[name]["type"], history[name]) for name in names if isinstance(running[name], Neurons)]
    assert states[-1][1] is history[last]
    return [(kind, numpy.stack(values, axis=1)) for kind, values in states]


def softmax(v):
    e = numpy.exp(v - v.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def read_out(outputs, metadata):
    """Logits of what leaves the last layer, [count, T, classes]; of a regressor values in units of the data."""
    scale = float(metadata["logit_scale"])
    reduced = {
        "count": lambda: outputs.sum(axis=1),
        "membrane-mean": lambda: outputs.mean(axis=1),
        "membrane-max": lambda: outputs.max(axis=1),
        "membrane-last": lambda: outputs[:, -1],
        "softmax-sum": lambda: softmax(outputs).sum(axis=1),
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
    nodes = Graph(graph)
    check_shapes(nodes)

    pixels = case["height"] * case["width"] * (case["steps"] if case["events"] else 1)
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
    print(f"{case['name']}: {spikes} spikes, {differ} differ; {100 * same:.1f}% same class"
          + (", clear" if case["clear"] else ""))
    assert spikes > 0 or not fired, "nothing fires"
    assert differ <= 1e-4 * spikes
    if case["exact"] or case["clear"]:
        assert differ == 0
    if case["clear"]:
        numpy.testing.assert_allclose(own, logits, rtol=1e-4, atol=1e-4)
    if case["exact"]:
        numpy.testing.assert_allclose(own, logits, rtol=1e-6, atol=1e-6)
    assert same >= (1 if case["exact"] else 0.995)


def check_reference(path):
    """The reference reader, types checked, finds the same graph."""
    graph = nir.read(path)
    with h5py.File(path, "r") as file:
        nodes = load(file["node"]["nodes"])
        assert set(graph.nodes) == set(nodes)
        assert len(graph.edges) == len(file["node"]["edges"])
    for name, node in nodes.items():
        assert type(graph.nodes[name]).__name__ == node["type"]
        for field in FIELDS[node["type"]] - {"shape"}:
            assert numpy.array_equal(getattr(graph.nodes[name], field), node[field])


def main():
    with tempfile.TemporaryDirectory(prefix="loci-nir-") as name:
        folder = pathlib.Path(name)
        status = subprocess.run([*PROGRAM, "nir", name], check=False, stdout=subprocess.DEVNULL).returncode
        if status == 77:
            print("skipped: built without HDF5")
            sys.exit(77)
        assert status == 0, "exchange_dump failed"
        cases = json.loads((folder / "cases.json").read_text())
        assert len(cases) > 45
        assert sum(case["clear"] and case["name"].startswith("late") for case in cases) >= 4
        for case in cases:
            check(folder, case)
            if nir is not None:
                check_reference(folder / f"{case['name']}.nir")
        print("read by the reference reader too" if nir is not None else "the reference reader is not installed")


if __name__ == "__main__":
    main()
