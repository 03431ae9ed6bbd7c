"""The C library, and how it is called: handles, errors, threads. Nothing here computes anything."""

from __future__ import annotations

import functools
import os
import threading
import weakref
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, Iterator

from . import errors
from ._native import ffi, lib

__all__ = ["Handle", "call", "ffi", "lib", "text", "threads", "use_pool"]

NULL = ffi.NULL


def text(pointer: Any) -> str:
    """A text of the library; "" of NULL."""
    return ffi.string(pointer).decode("utf-8", "replace") if pointer else ""


def to_c(value: str | os.PathLike[str]) -> bytes:
    """A text for the library. A path may hold any bytes but 0."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise errors.ArgumentError("a text with a zero byte in it")
    return encoded


def raise_for(status: int, error: Any) -> None:
    """Raises what a call left in its error object."""
    raise errors.of_status(text(lib.loci_status_name(status)), text(error.where), text(error.message))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function whose last argument is an error object, and raises what it says."""
    error = ffi.new("loci_error *")
    status = function(*arguments, error)
    if status != 0:
        raise_for(status, error)


_live: weakref.WeakSet[Handle] = weakref.WeakSet()


class Handle:
    """Something the library made, freed when nothing refers to it any more.

    It serves one call at a time: whoever calls holds ``lock``. ``needs`` are other handles that must live as long.
    """

    __slots__ = ("__weakref__", "lock", "needs", "pointer")

    def __init__(self, pointer: Any, free: Callable[[Any], None], *needs: Any) -> None:
        self.pointer = pointer
        self.needs = needs
        self.lock = threading.RLock()
        # A finalizer holds what is needed until it has run, in reference cycles too.
        weakref.finalize(self, _free, free, pointer, needs).atexit = False
        _live.add(self)


def _free(free: Callable[[Any], None], pointer: Any, needs: Any) -> None:
    del needs
    free(pointer)


def make(
    kind: str, create: Callable[..., int], free: Callable[[Any], None], *arguments: Any, needs: tuple = ()
) -> Handle:
    """A handle of type ``kind`` from a function whose first argument receives it."""
    out = ffi.new(f"{kind} **")
    call(create, out, *arguments)
    return Handle(out[0], free, *needs)


# ---- worker threads ----

_pool: Handle | None = None
_pool_lock = threading.Lock()
_wanted = 0


def new_pool(count: int | None = None) -> Handle:
    """Worker threads of one's own. None: as many as ``threads()`` says."""
    wanted = _wanted if count is None else _check_threads(count)
    return make("loci_pool", lib.loci_pool_create, functools.partial(_free_pool, os.getpid()), wanted)


def _free_pool(process: int, pointer: Any) -> None:
    """After a fork the threads are gone, and freeing would wait for them."""
    if process == os.getpid():
        lib.loci_pool_free(pointer)


def _check_threads(count: int) -> int:
    if not 0 <= count <= 256:
        raise errors.ArgumentError(f"{count} is not a number from 0 to 256", "threads", "0 is one per core")
    return count


def threads(count: int | None = None) -> int:
    """How many threads calls may use, the caller's included; with ``count`` sets it, 0 is one per core.

    Results do not depend on it.
    """
    global _pool, _wanted
    if count is not None:
        _check_threads(count)
        with _pool_lock:
            _pool, _wanted = None, count
    return _wanted or int(lib.loci_cores())


@contextmanager
def use_pool() -> Iterator[Any]:
    """The threads that calls share; NULL, the calling thread alone, while another call has them."""
    global _pool
    if not _pool_lock.acquire(blocking=False):
        yield NULL
        return
    try:
        if _pool is None:
            _pool = new_pool()
        yield _pool.pointer
    finally:
        _pool_lock.release()


def _after_fork() -> None:
    """A child process has neither the other threads nor whoever held their locks."""
    global _pool, _pool_lock
    _pool, _pool_lock = None, threading.Lock()
    for handle in list(_live):
        handle.lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)
