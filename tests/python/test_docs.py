"""The code in docs/python.md runs as it stands there, block after block."""

import importlib.util
import os
import pathlib
import re
import warnings


import loci
from loci import _installed
from loci.page import beside

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:<!-- needs (\w+) -->\n)?```python\n(.*?)```", re.DOTALL)


def blocks():
    """What each block needs, and its code, in order."""
    text = (ROOT / "docs/python.md").read_text("utf-8")
    found = [(*match.groups(), text[: match.start(2)].count("\n")) for match in BLOCK.finditer(text)]
    assert len(found) > 10
    return found


def has(needed):
    """Whether a block can run here."""
    if needed == "mnist":
        try:
            return bool(loci.Data("mnist"))
        except loci.NotFoundError:
            return False
    if needed == "page":
        return beside(_installed.PAGE) is not None
    if needed in ("estimators", "torch"):
        library = {"estimators": "sklearn"}.get(needed, needed)
        return bool(importlib.util.find_spec(library) and importlib.util.find_spec(f"loci.{needed}"))
    assert needed is None, f"what is {needed}?"
    return True


def test_the_guide_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink(ROOT / "examples", tmp_path / "examples")
    names = {}
    for needed, code, line in blocks():
        compiled = compile("\n" * line + code.replace("epochs=15", "epochs=1"), "docs/python.md", "exec")
        if has(needed):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", loci.LociWarning)
                exec(compiled, names)
    assert (tmp_path / "training.svg").read_text("utf-8").startswith("<?xml")
    assert (tmp_path / "net-c").is_dir()


def test_every_public_name_is_in_the_guide():
    text = (ROOT / "docs/python.md").read_text("utf-8")
    missing = [name for name in loci.__all__ if not re.search(rf"\b{name}\b", text)]
    assert missing == []
