"""What is known of data beyond their arrays, on its way through a pickle."""

from __future__ import annotations

from typing import Any

from .library import NULL, ffi, lib, text

__all__: list[str] = []

_NUMBERS = ("validation_groups", "duration", "event_channels", "grouped", "deep", "dark", "reading", "unlabelled")


def facts_of(data: Any) -> dict[str, Any]:
    """What arrays do not say of a data set of the library: names of columns, what is held out together, times."""
    found = ffi.new("loci_data_facts *")
    lib.loci_dataset_facts(data, found)
    facts: dict[str, Any] = {name: getattr(found, name) for name in _NUMBERS}
    names, keys = found.column_names, found.row_keys
    width, count = lib.loci_dataset_width(data), lib.loci_dataset_count(data, lib.LOCI_TRAIN)
    facts["columns"] = text(found.columns) or None
    facts["column_names"] = [ffi.string(names[f]) for f in range(width)] if names != NULL else None
    facts["row_keys"] = bytes(ffi.buffer(keys, 8 * count)) if keys != NULL else None
    return facts


def facts_for(facts: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The same as the library takes it, and what it points into."""
    struct = ffi.new("loci_data_facts *")
    keep: list[Any] = []
    for name in _NUMBERS:
        setattr(struct, name, facts[name])
    if facts["columns"] is not None:
        keep.append(ffi.new("char[]", facts["columns"].encode()))
        struct.columns = keep[-1]
    if facts["column_names"] is not None:
        names = [ffi.new("char[]", name) for name in facts["column_names"]]
        keep += [names, ffi.new("const char *[]", names)]
        struct.column_names = keep[-1]
    if facts["row_keys"] is not None:
        keep.append(ffi.from_buffer("uint64_t[]", facts["row_keys"]))
        struct.row_keys = keep[-1]
    return struct, keep
