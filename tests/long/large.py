"""Makes data of 5,500,000 images of 28 x 28, as IDX and as arrays, in a folder: large.py FOLDER. All pixels are 0 but for
those of the last image, which are 0, 1, 2, ... modulo 251; its label is 1, all others are 0."""

import pathlib
import struct
import sys
import zipfile

COUNT, SIDE = 5_500_000, 28
LAST = bytes(i % 251 for i in range(SIDE * SIDE))
FEW = 10  # of the test part


def with_hole(path, head, size, tail):
    """A file of head, a hole and tail, size bytes behind the head."""
    with open(path, "wb") as out:
        out.write(head)
        out.seek(size - len(tail), 1)
        out.write(tail)


def idx(folder):
    folder.mkdir()
    for part, count in ("train", COUNT), ("t10k", FEW):
        with_hole(folder / f"{part}-images-idx3-ubyte", struct.pack(">IIII", 0x803, count, SIDE, SIDE),
                  count * SIDE * SIDE, LAST)
        with_hole(folder / f"{part}-labels-idx1-ubyte", struct.pack(">II", 0x801, count), count, b"\1")


def npy_header(shape):
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode()


def member(archive, name, shape, size, tail):
    """Stored, in the 64-bit form where it has to be; the zeros go through a piece at a time."""
    zeros = bytes(1 << 24)
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=size > 1 << 31) as out:
        out.write(npy_header(shape))
        left = size - len(tail)
        while left:
            piece = min(left, len(zeros))
            out.write(zeros[:piece])
            left -= piece
        out.write(tail)


def arrays(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for part, count in ("train", COUNT), ("test", FEW):
            member(archive, f"x_{part}", (count, SIDE, SIDE), count * SIDE * SIDE, LAST)
            member(archive, f"y_{part}", (count,), count, b"\1")


if __name__ == "__main__":
    idx(pathlib.Path(sys.argv[1]) / "idx")
    arrays(pathlib.Path(sys.argv[1]) / "arrays.npz")
