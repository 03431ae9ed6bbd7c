#!/usr/bin/python3
"""Makes small files for the cases:  make.py WHAT PATH...   (see the functions below)"""

import random
import struct
import sys
import zlib
from pathlib import Path


def shapes(seed, count, size=8):
    """Labelled images of size x size bytes: 0 a vertical bar, 1 a horizontal one, 2 a diagonal."""
    rng = random.Random(seed)
    for i in range(count):
        label = i % 3
        at = rng.randrange(1, size - 1)
        image = bytearray(rng.randrange(40) for _ in range(size * size))
        for k in range(size):
            y, x = [(k, at), (at, k), (k, (k + at) % size)][label]
            image[y * size + x] = 200 + rng.randrange(56)
        yield label, bytes(image)


def idx(folder, classes=3):
    """Four IDX files: 240 + 60 images of 8 x 8 pixels and three classes."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    for part, seed, count in ("train", 1, 240), ("t10k", 2, 60):
        samples = list(shapes(seed, count))
        labels = bytes(min(label, int(classes) - 1) for label, _ in samples)
        images = b"".join(image for _, image in samples)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, 8, 8) + images)


def csv(path):
    """A table of 120 rows: three named classes, one of them with a comma in its name."""
    rng = random.Random(3)
    names = ["plain", "comma, too", "third"]
    with open(path, "w", encoding="utf-8") as out:
        out.write("length,width,kind\n")
        for i in range(120):
            c = i % 3
            out.write(f"{c + rng.random():.3f},{10 * c + 3 * rng.random():.3f},\"{names[c]}\"\n")


def png(path, rows):
    """An 8-bit grey PNG from rows of bytes."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) +
                           chunk(b"IEND", b""))


def bar(path, dark="0"):
    """A picture of 8 x 8: a vertical bar, light on dark, or with a second argument 1 dark on light."""
    rows = [[230 if x == 3 else 10 for x in range(8)] for _ in range(8)]
    if dark == "1":
        rows = [[255 - value for value in row] for row in rows]
    png(path, rows)


if __name__ == "__main__":
    {"idx": idx, "csv": csv, "bar": bar}[sys.argv[1]](*sys.argv[2:])
