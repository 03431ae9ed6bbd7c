"""Data as they are read: for a task, for a model, for a run."""

import subprocess

import numpy
import pytest

import loci
from loci.figure import program

RANDOM = numpy.random.default_rng(1)
X = RANDOM.random((60, 3))
SMALL = {"hidden": (4,), "epochs": 1}
WORDS = "--hidden", "4", "--epochs", "1"


def command(*words):
    """`loci` with these words; what it prints."""
    done = subprocess.run([program(), *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(path, answers, header="a,b,c,y"):
    """A table of X and answers."""
    rows = [",".join([*(f"{value:.3f}" for value in row), str(y)]) for row, y in zip(X, answers)]
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


# ---- for a task ----


@pytest.mark.parametrize(("task", "classes"), [("classify", 30), ("regress", 3)])
def test_a_run_has_the_task_it_was_given(tmp_path, task, classes):
    path = table(tmp_path / "w.csv", [k % classes + 1 for k in range(len(X))])  # may be either
    command("train", "--data", path, "--task", task, *WORDS, "--out", tmp_path / "c")
    run = loci.train(data=path, task=task, out=tmp_path / "p", **SMALL)
    assert run.network.task == run.data().task == task
    assert (tmp_path / "p" / "config.json").read_text("utf-8") == (tmp_path / "c" / "config.json").read_text("utf-8")
    assert run.network.to_bytes() == loci.Run(tmp_path / "c").network.to_bytes()
    loci.train(data=loci.Data(path, task=task), out=tmp_path / "d", **SMALL)
    for name in "c", "d":
        run = loci.Run(tmp_path / name)
        assert run.network.to_bytes() == loci.Run(tmp_path / "p").network.to_bytes()
        found = run.network.evaluate(run.data())
        known = ("test_accuracy", found.accuracy) if task == "classify" else ("test_r2", found.r2)
        assert known[1] == pytest.approx(run.summary[known[0]], rel=1e-6)
    assert loci.train(data=path, task=task, out=tmp_path / "p", resume=True, **SMALL).complete
    assert loci.train(data=path, out=tmp_path / "p", resume=True).complete


def test_what_data_are_read_for_is_not_another_thing(tmp_path):
    data = loci.Data(table(tmp_path / "w.csv", [k % 3 + 1 for k in range(len(X))]))
    with pytest.raises(loci.errors.ArgumentError, match="regress, and w.csv is read to classify"):
        loci.train(data=data, task="regress", out=tmp_path / "p", **SMALL)
    with pytest.raises(loci.errors.ArgumentError, match="regress, and w.csv is read to classify"):
        loci.Network(data=data, task="regress", hidden=(4,))
    net = loci.Network(data=data, task="classify", hidden=(4,))
    assert net.task == "classify"
    with pytest.raises(loci.errors.ArgumentError, match="regress, and the model is there to classify"):
        loci.Data(tmp_path / "w.csv", model=net, task="regress")
    assert not (tmp_path / "p").exists()
