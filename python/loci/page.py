"""A network as a web page, in a file or a notebook."""

from __future__ import annotations

import html
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

from . import _installed
from .errors import NotFoundError
from .library import call, ffi, lib, to_c, use_pool

if TYPE_CHECKING:
    from .data import Data
    from .network import Network
    from .run import Run

__all__: list[str] = []


def beside(path: str) -> pathlib.Path | None:
    """A file that came with the package; None where it was not built."""
    found = (pathlib.Path(__file__).parent / path).resolve() if path else None
    return found if found is not None and found.is_file() else None


def write(net: Network, path: str | os.PathLike[str], data: Data | None, run: Run | None) -> None:
    """See ``Network.page()``."""
    template = beside(_installed.PAGE)
    if template is None:
        raise NotFoundError("was not built", "the template of the page", "install nodejs and npm, then build anew")
    chosen = ffi.new("loci_view_options *")
    lib.loci_view_options_defaults(chosen)
    folder = ffi.new("char[]", to_c(run.path)) if run is not None else ffi.NULL
    chosen.run = folder
    chosen.data = data.pointer if data is not None else ffi.NULL
    with net._handle.lock, use_pool() as pool:
        chosen.pool = pool
        call(lib.loci_view_write, to_c(path), net.pointer, to_c(template), chosen)


def frame(net: Network, run: Run | None = None) -> str:
    """The page inside a notebook's cell; a line about it where the page was not built."""
    if beside(_installed.PAGE) is None:
        return f"<code>{html.escape(repr(run or net))}</code>"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        write(net, path, _data_of(run), run)
        text = pathlib.Path(path).read_text("utf-8")
    title = html.escape(repr(run or net))
    return f'<iframe title="{title}" srcdoc="{html.escape(text)}" width="100%" height="640" style="border: 0"></iframe>'


def _data_of(run: Any) -> Data | None:
    """Samples to show, where the run's data are still there."""
    from .errors import LociError

    try:
        return run.data() if run is not None else None
    except LociError:
        return None
