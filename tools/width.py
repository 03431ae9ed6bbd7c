#!/usr/bin/python3
"""Prints src/base/width.c's tables from Python's copy of the Unicode character database."""

import unicodedata


def without_width(c):
    """Marks that stand over another character, what only steers, and the later parts of a Hangul syllable."""
    steers = unicodedata.category(chr(c)) in ("Mn", "Me", "Cf") and c != 0xAD
    return steers or 0x1160 <= c <= 0x11FF or 0xD7B0 <= c <= 0xD7FF


def is_wide(c):
    return unicodedata.east_asian_width(chr(c)) in ("W", "F") and not without_width(c)


def ranges(holds):
    """First and last of each run; characters that are not assigned do not end one."""
    found, inside = [], False
    for c in range(0xA0, 0x110000):
        if unicodedata.category(chr(c)) in ("Cn", "Cs", "Co"):
            continue
        if holds(c) and inside:
            found[-1][1] = c
        elif holds(c):
            found.append([c, c])
        inside = holds(c)
    return found


print(f"/* Unicode {unicodedata.unidata_version} */")
for name, holds in (("nothing", without_width), ("wide", is_wide)):
    body = " ".join(f"{{0x{low:x}, 0x{high:x}}}," for low, high in ranges(holds))
    print(f"static const range {name}[] = {{{body}}};\n")
