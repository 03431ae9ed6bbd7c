"""The data sets that Loci knows by name, and fetching them."""

from __future__ import annotations

import os
import sys
from typing import Any

from .library import NULL, ffi, lib, raise_for, text, to_c

__all__ = ["datasets", "fetch"]


def datasets() -> dict[str, str]:
    """The data sets that ``loci.Data`` knows by name, with a line about each."""
    found, i = {}, 0
    while entry := lib.loci_catalogue(i):
        found[text(entry.name)] = text(entry.description)
        i += 1
    return found


class _Fetching:
    def __init__(self, shows: bool) -> None:
        self.shows = shows
        self.raised: BaseException | None = None


def _stop(kind: Any, value: BaseException, trace: Any) -> int:
    """What the callback raises, Ctrl-C too, ends the download: what has come is kept, then it is raised."""
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return 1


@ffi.def_extern(onerror=_stop)
def loci_python_fetch(user: Any, file: Any, done: int, total: int) -> int:
    if ffi.from_handle(user).shows and total:
        sys.stderr.write(f"\r{text(file)}: {100 * done // total}%".ljust(60))
        sys.stderr.flush()
    return 0


def fetch(name: str, directory: str | os.PathLike[str] | None = None) -> None:
    """Downloads a data set, as ``loci data fetch`` does, and checks it; one that is there and whole is not fetched.

    Args:
        name: one of ``loci.datasets()``.
        directory: where to, a folder ``name`` in it; None = the cache.

    Raises:
        NotFoundError: there is no such data set.
        NetworkFailure: it cannot be reached; what has come is kept, and the same call goes on.
    """
    where, place = NULL if directory is None else ffi.new("char[]", to_c(directory)), ffi.new("char[]", 4096)
    if name in datasets() and lib.loci_catalogue_locate(to_c(name), where, place, len(place)) == 0:
        return
    fetching = _Fetching(sys.stderr.isatty())
    user = ffi.new_handle(fetching)
    chosen, error = ffi.new("loci_fetch_options *"), ffi.new("loci_error *")
    lib.loci_fetch_options_defaults(chosen)
    chosen.directory, chosen.progress, chosen.user = where, lib.loci_python_fetch, user
    status = lib.loci_fetch(to_c(name), chosen, error)
    if fetching.shows:
        sys.stderr.write("\r" + " " * 60 + "\r")
    if fetching.raised is not None:
        raise fetching.raised
    if status != 0:
        raise_for(status, error)
