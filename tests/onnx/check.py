#!/usr/bin/python3
"""Every exported ONNX file passes the checker of the format:  check.py EXCHANGE-DUMP

Exits with 77 where the Python package onnx is missing.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import onnx
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# Built for another processor it is run through what emulates that one.
PROGRAM = [*os.environ.get("MESON_EXE_WRAPPER", "").split(), sys.argv[1]]


def dimensions(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


def check(path, case):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)  # with the shapes that follow
    assert model.ir_version == 7 and [entry.version for entry in model.opset_import] == [13]
    image = ["N", case["height"], case["width"]] if case["height"] > 1 else ["N", case["width"]]
    image += [case["channels"]] if case["channels"] > 1 else []
    events = ["N", case["steps"], case["height"] * case["width"] * case["channels"]]
    wanted = [("events", events) if case["events"] else ("image", image)]
    assert [(value.name, dimensions(value)) for value in model.graph.input] == wanted
    outputs = {value.name: dimensions(value) for value in model.graph.output}
    assert outputs.pop("values" if case["regress"] else "logits") == ["N", case["classes"]]
    assert outputs == {f"layer{i}.spikes": ["N", m] for i, m in enumerate(case["layers"], 1)}
    notes = {entry.key: entry.value for entry in model.metadata_props}
    operators = {node.op_type for node in model.graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= operators or not case["eight"]
    types = {constant.data_type for constant in model.graph.initializer if constant.name.endswith(".weight")}
    assert case["spiking"] or types == {onnx.TensorProto.INT8 if case["eight"] else onnx.TensorProto.FLOAT}
    assert ("bits" in notes) == case["eight"]
    used = {name for node in model.graph.node for name in node.input}
    assert {constant.name for constant in model.graph.initializer} <= used, "a constant that nothing uses"
    assert json.loads(notes["spec"])["classes"] == case["classes"]
    assert ("values" in notes) == case["regress"] and "classes" not in notes
    assert ("events" in notes) == case["events"] == ("image" not in notes)
    assert notes.get("outputs") == ('["kW"]' if case["regress"] else None)
    assert not case["regress"] or ("units of the data" in notes["values"]) == case["units"]


def main():
    with tempfile.TemporaryDirectory(prefix="loci-onnx-") as name:
        folder = pathlib.Path(name)
        subprocess.run([*PROGRAM, "onnx", name], check=True, stdout=subprocess.DEVNULL)
        cases = json.loads((folder / "cases.json").read_text())
        assert len(cases) > 120
        for case in cases:
            check(folder / f"{case['name']}.onnx", case)
        print(f"{len(cases)} files checked")


if __name__ == "__main__":
    main()
