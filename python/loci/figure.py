"""Figures of runs and networks, drawn by the program ``loci`` that comes with the package."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib
from typing import Any

from . import _installed, options
from .errors import NotFoundError, of_exit
from .page import beside

__all__ = ["Figure", "figure"]


class Figure:
    """A figure as SVG, which a notebook shows.

    Attributes:
        svg: the text.
    """

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        """For a page that holds other figures, too: no declaration, and names of glyphs that no other has."""
        mark = f"f{zlib.crc32(self.svg.encode()):08x}-"
        return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{mark}", self.svg[self.svg.index("<svg") :])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the SVG."""
        pathlib.Path(path).write_text(self.svg, "utf-8")

    def __repr__(self) -> str:
        return f"<loci.Figure, {len(self.svg):,} bytes of SVG>"


def program() -> str:
    """The program ``loci`` that belongs to this package."""
    found = beside(_installed.PROGRAM)
    if found is None:
        raise NotFoundError("is not there", _installed.PROGRAM, "build it with make")
    return str(found)


def figure(what: Any, kind: str = "training", **given: Any) -> Figure:
    """Draws a figure.

    Args:
        what: a ``loci.Run``, a ``loci.Network``, a path, or a list of these where a figure compares several.
        kind: "training", "fig1" (the net in space), "fig6" (its activations), "fig3" (accuracy against what is cut),
            "dims", "predictions", "raster" (one sample through a spiking net), "delays" and so on, as ``loci figure --help`` lists them.
        **given: its options by name, '_' for '-'.

    Raises:
        LociError: as the program says.
    """
    several = what if isinstance(what, (list, tuple)) else [what]
    words = [word for name, value in given.items() for word in _option(name, value)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [_path(one, os.path.join(folder, f"model{i}.safetensors")) for i, one in enumerate(several)]
        out = os.path.join(folder, "figure.svg")
        done = subprocess.run(
            [program(), "figure", kind, *paths, *words, "-o", out], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise of_exit(done.returncode, done.stderr)
        return Figure(pathlib.Path(out).read_text("utf-8"))


def _option(name: str, value: Any) -> list[str]:
    word = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [word] if value else []
    return [word, options.as_text(value)]


def _path(one: Any, scratch: str) -> str:
    from .network import Network

    if isinstance(one, Network):
        one.save(scratch)
        return scratch
    return os.fspath(getattr(one, "path", one))


def main() -> int:
    """``python -m loci`` and the script ``loci``: the command line."""
    return subprocess.call([program(), *sys.argv[1:]])
