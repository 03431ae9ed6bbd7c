#!/usr/bin/python3
"""Says what a figure is and whether anything is drawn:  look.py FILE..."""

import struct
import sys
import xml.etree.ElementTree as tree
import zlib
from pathlib import Path


def svg(data):
    root = tree.fromstring(data)
    assert root.tag.endswith("svg") and float(root.get("width").rstrip("pt")) > 200
    shapes = sum(1 for node in root.iter() if node.tag.endswith(("path", "use")))
    return "svg", shapes > 30


def pdf(data):
    assert b"%%EOF" in data[-16:]
    return "pdf", len(data) > 3000


def png(data):
    """Cairo writes 8-bit RGB; a share of the dots must not be white."""
    at, pixels = 8, b""
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 2)
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        if name == b"IDAT":
            pixels += data[at + 8:at + 8 + length]
        at += 12 + length
    row = 3 * width + 1
    lines = zlib.decompress(pixels)
    assert len(lines) == row * height
    # a line is predicted from its neighbours: one that differs from them does not become zeros
    changing = sum(1 for y in range(height) if any(lines[y * row + 1:(y + 1) * row]))
    return "png", changing > height / 4


for name in sys.argv[1:]:
    content = Path(name).read_bytes()
    look = {b"%PDF": pdf, b"\x89PNG": png}.get(content[:4], svg)
    what, drawn = look(content)
    print(f"{name}: {what}, {'drawn' if drawn else 'BLANK'}")
