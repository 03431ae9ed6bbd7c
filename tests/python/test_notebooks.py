"""The notebooks in examples/python run as they are, from the first cell to the last, and keep no outputs."""

import importlib.util
import json
import pathlib
import re
import shutil
import sys

import loci
import pytest
from loci import _installed
from loci.page import beside

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
for package in "ipykernel", "pandas":
    pytest.importorskip(package)

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
NOTEBOOKS = sorted((EXAMPLES / "python").glob("*.ipynb"))
PAGE = beside(_installed.PAGE)
ESTIMATORS = importlib.util.find_spec("loci.estimators") and importlib.util.find_spec("sklearn")


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the examples to run in, and a kernel that is this Python."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    kernel = tmp_path / "jupyter/kernels/python3"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(loci.__file__).resolve().parents[1]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return tmp_path / "examples/python"


def run_cells(notebook, folder):
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()


def executed(path, folder):
    """A notebook with its outputs; raises where a cell does."""
    notebook = read(path)
    if not ESTIMATORS:
        notebook.cells = [cell for cell in notebook.cells if "needs-estimators" not in cell.metadata.get("tags", [])]
    run_cells(notebook, folder)
    return notebook


def shown(notebook, source):
    """What the cell with this last line displays, by MIME type."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.splitlines()[-1] == source:
            return next(output.data for output in cell.outputs if output.output_type == "execute_result")
    raise AssertionError(f"no cell ends with {source}")


def texts(notebook):
    """What all cells printed."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def is_page(data):
    """Where the page was built; else a line is shown."""
    html = data["text/html"]
    return html.startswith("<iframe ") and "srcdoc=" in html if PAGE else html.startswith("<code>&lt;loci.")


def test_there_are_three():
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_no_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None
    assert notebook.metadata.kernelspec.name == "python3"


def test_first_steps(folder):
    notebook = executed(EXAMPLES / "python/first-steps.ipynb", folder)
    assert is_page(shown(notebook, "net"))
    assert "<svg" in shown(notebook, 'loci.figure(run, "training")')["image/svg+xml"]
    assert "epoch 5: " in texts(notebook)
    assert (folder / "first-steps.onnx").stat().st_size > 1000


def test_the_paper(folder):
    notebook = executed(EXAMPLES / "python/the-paper.ipynb", folder)
    assert is_page(shown(notebook, "net"))
    assert "<svg" in shown(notebook, 'loci.figure(runs["paper-mlp"], "fig1")')["image/svg+xml"]
    difference = float(texts(notebook).split("largest difference: ")[1].split()[0])
    assert difference < 1e-4


def test_your_data(folder):
    notebook = executed(EXAMPLES / "python/your-data.ipynb", folder)
    assert is_page(shown(notebook, "run"))
    assert "test_accuracy" in shown(notebook, "run.frame().tail()")["text/html"]
    assert "1: Adelie (" in texts(notebook)


def test_a_bar_in_a_notebook_is_one_output_that_is_updated(folder):
    cell = 'import loci\nrun = loci.train("arbor-mlp-2k", data="glyphs", epochs=2, out="bar", progress=True)'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    run_cells(notebook, folder)
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    last = outputs[0].data["text/plain"]
    assert last.startswith("epoch 2/2 ") and last.endswith("%")


def test_figures_on_one_page_share_no_names(folder):
    """A glyph is found by its id, and the first of a page wins."""
    run = loci.train("arbor-mlp-2k", data="glyphs", epochs=1, out=folder / "run")
    seen = set()
    for kind in "training", "fig1":
        svg = loci.figure(run, kind)._repr_svg_()
        names = set(re.findall(r'\bid="([^"]+)"', svg))
        used = set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg))
        assert svg.startswith("<svg ") and used and used <= names
        assert not names & seen
        seen |= names
