"""Options by name, checked by the library's own tables: ``prune_by="range"`` is ``--prune-by range``."""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

import numpy

from . import errors
from .library import NULL, ffi, lib, text, to_c

__all__ = ["describe", "of_data", "of_network", "of_training"]


def _read(table: Callable[[Any], Any]) -> dict[str, Any]:
    """The rows of a table of the library, by their names in Python."""
    count = ffi.new("size_t *")
    rows = table(count)
    return {text(rows[i].name).replace("-", "_"): rows[i] for i in range(count[0])}


@functools.cache
def of_network() -> dict[str, Any]:
    """The options of a network."""
    return _read(lib.loci_spec_fields)


@functools.cache
def of_training() -> dict[str, Any]:
    """The options of a training."""
    return _read(lib.loci_train_fields)


@functools.cache
def of_data() -> dict[str, Any]:
    """The options that say how data are read."""
    return _read(lib.loci_data_fields)


for _table in of_network, of_training, of_data:
    errors.known_options.update(_table())


def describe(name: str) -> str:
    """One line about an option, as ``loci train --help`` has it.

    >>> import loci
    >>> loci.options.describe("batch")
    'batch N: samples a step'
    """
    for table in of_network(), of_training(), of_data():
        if name in table:
            row = table[name]
            argument = f" {text(row.argument)}" if row.argument else ""
            return errors.in_python(f"{name}{argument}: {text(row.help)}")
    raise TypeError(_unknown("describe()", name, [*of_network(), *of_training(), *of_data()]))


def nearest(name: str, names: Iterable[str]) -> str:
    """The one of some names that a misspelt one may mean; "" where none is near."""
    known = [ffi.new("char[]", other.encode()) for other in names]
    array = ffi.new("const char *[]", known)
    return text(lib.loci_suggest(name.encode(), array, len(known)))


def _unknown(who: str, name: str, names: Iterable[str]) -> str:
    near = nearest(name, names)
    return f"{who} has no option '{name}'" + (f"; did you mean '{near}'?" if near else "")


def check_names(who: str, given: Mapping[str, Any], allowed: Mapping[str, Any], elsewhere: Mapping[str, str]) -> None:
    """Raises TypeError for a name that is no option here; ``elsewhere`` says where it may be one."""
    for name in given:
        if name in allowed:
            continue
        if name in elsewhere:
            raise TypeError(f"{who} has no option '{name}'; {elsewhere[name]}")
        raise TypeError(_unknown(who, name, allowed))


def as_text(value: Any) -> str:
    """A value as it would be typed: (8, 16) is "8,16", True is "yes"."""
    if isinstance(value, (bool, numpy.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, (int, numpy.integer)):
        return str(int(value))
    if isinstance(value, (float, numpy.floating)):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    if isinstance(value, Iterable) and not isinstance(value, (Set, Mapping)):  # these have no order to go by
        return ",".join(as_text(entry) for entry in value)
    raise TypeError(f"an option cannot be a {type(value).__name__}")


def _models(value: Any) -> str:
    """One model to learn from, or several, which commas separate."""
    if isinstance(value, (str, os.PathLike)):
        return as_text(value)
    models = [as_text(model) for model in value]
    for model in models:
        if len(models) > 1 and "," in model:
            message = f"'{model}' has a comma in it, which would separate models"
            raise errors.ArgumentError(message, "teacher", "name it alone, or by a link")
    return ",".join(models)


def pairs(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Options as the library takes them; None is not given. An empty text, which it would take for none, is a mistake."""
    found = []
    for name, value in given.items():
        if value is None:
            continue
        typed = (_models if name == "teacher" else as_text)(value)
        if typed == "" and (isinstance(value, str) or name not in ("hidden", "maps")):
            raise errors.ArgumentError("is empty; None is none", name)
        found.append((name.replace("_", "-"), typed))
    return found


def seed_of(value: Any) -> int:
    """A seed as the library takes it."""
    try:
        seed = operator.index(value)
    except TypeError:
        raise TypeError(f"seed is a whole number, not a {type(value).__name__}") from None
    if not 0 <= seed < 2**63:
        raise errors.ArgumentError(f"{seed} is not a whole number from 0 to {2**63 - 1}", "seed")
    return seed


class Given:
    """Options as an array of the library's, which lives as long as this does."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._texts = [(ffi.new("char[]", to_c(name)), ffi.new("char[]", to_c(value))) for name, value in pairs(given)]
        self.count = len(self._texts)
        self.array = ffi.new("loci_given[]", max(self.count, 1))
        self.names = ffi.new("const char *[]", max(self.count, 1))
        for i, (name, value) in enumerate(self._texts):
            self.array[i].name, self.array[i].text = name, value
            self.names[i] = name


def read(table: Mapping[str, Any], get: Callable[..., int], pointer: Any) -> dict[str, Any]:
    """All options of a struct as Python values."""
    buffer = ffi.new("char[]", 1024)
    values = {}
    for name in table:
        if get(pointer, name.replace("_", "-").encode(), buffer, 1024) == 0:
            values[name] = _value(table[name], text(buffer))
    return values


def _number(word: str) -> int | float:
    try:
        return int(word)
    except ValueError:
        return float(word)


def _value(row: Any, word: str) -> Any:
    if row.names != NULL:
        return {"yes": True, "no": False}.get(word, word) if not row.argument else word
    numbers = tuple(_number(part) for part in word.split(","))
    return numbers if "," in text(row.argument) else numbers[0]
