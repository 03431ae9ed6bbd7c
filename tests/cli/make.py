#!/usr/bin/python3
"""Makes small files for the cases:  make.py WHAT PATH...   (see the functions below)"""

import random
import struct
import sys
import zipfile
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


def png(path, rows, channels=1):
    """An 8-bit PNG from rows of bytes: grey, or red, green and blue side by side."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", len(rows[0]) // channels, len(rows), 8, 0 if channels == 1 else 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) +
                           chunk(b"IEND", b""))


def bar(path, dark="0"):
    """A picture of 8 x 8: a vertical bar, light on dark, or with a second argument 1 dark on light."""
    rows = [[230 if x == 3 else 10 for x in range(8)] for _ in range(8)]
    if dark == "1":
        rows = [[255 - value for value in row] for row in rows]
    png(path, rows)


def houses(path):
    """A table of 150 houses: what they cost and let for follows from the other columns; trust is a weight."""
    rng = random.Random(5)
    with open(path, "w", encoding="utf-8") as out:
        out.write("area,rooms,age,trust,price,rent\n")
        for _ in range(150):
            area, rooms, age = rng.uniform(40, 220), rng.randrange(1, 8), rng.uniform(0, 90)
            price = 60000 + 1800 * area + 9000 * rooms - 700 * age + rng.uniform(-9000, 9000)
            rent = price / 260 + rng.uniform(-40, 40)
            out.write(f"{area:.1f},{rooms},{age:.0f},{rng.choice([0.5, 1, 2])},{price:.0f},{rent:.1f}\n")


def npy(descr, shape, data):
    """The bytes of a .npy file."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + data


def words(*texts):
    """The bytes of a .npy file of texts."""
    length = max(map(len, texts))
    return npy(f"<U{length}", (len(texts),), b"".join(t.ljust(length, "\0").encode("utf-32-le") for t in texts))


def save(path, arrays):
    """A .npz of .npy files by name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)


def arrays(path, kind):
    """A .npz of the pictures of shapes(), 240 of them, as people save them; kind says how:
    words: labels in words and no test part; named: numbers, beside the names of the classes; first: labels from 1;
    binary: pixels that are 0 or 1, with a test part; lost: a test part of pixels up to 255 beside such; objects;
    moments: rows of a number and a moment in seconds since 1970, which is to be predicted, too."""
    names = ["upright", "level", "slanted"]
    samples = list(shapes(4, 240))
    pixels = b"".join(image for _, image in samples)
    bits = bytes(value > 127 for value in pixels)
    labels = bytes(label + (kind == "first") for label, _ in samples)
    content = {"x_train": npy("|u1", (240, 8, 8), bits if kind in ("binary", "lost") else pixels),
               "y_train": npy("|u1", (240,), labels)}
    if kind == "words":
        content["y_train"] = words(*(names[label] for label, _ in samples))
    if kind == "named":
        content["classes"] = words(*names)
    if kind == "moments":
        rows = [(i % 7, 1.7e9 + i) for i in range(240)]
        content["x_train"] = npy("<f8", (240, 2), b"".join(struct.pack("<2d", *row) for row in rows))
        content["y_train"] = npy("<f8", (240,), b"".join(struct.pack("<d", row[1]) for row in rows))
    if kind == "objects":
        content["y_train"] = npy("|O", (240,), b"pickled")
    if kind in ("binary", "lost"):
        content["x_test"] = npy("|u1", (60, 8, 8), (bits if kind == "binary" else pixels)[:60 * 64])
        content["y_test"] = npy("|u1", (60,), labels[:60])
    save(path, content)


def numbers(path, kind="f"):
    """A .npz of 120 + 40 pictures of 8 x 8, a bright spot each, and where it is: row and column; kind i: whole numbers."""
    rng = random.Random(7)
    letter, descr = ("f", "<f4") if kind == "f" else ("q", "<i8")
    content = {}
    for part, count in ("train", 120), ("test", 40):
        spots = [(rng.randrange(8), rng.randrange(8)) for _ in range(count)]
        pixels = b"".join(bytes(255 * (i == 8 * y + x) for i in range(64)) for y, x in spots)
        content[f"x_{part}"] = npy("|u1", (count, 8, 8), pixels)
        content[f"y_{part}"] = npy(descr, (count, 2), b"".join(struct.pack(f"<2{letter}", *spot) for spot in spots))
    save(path, content)


def lights(seed, count):
    """Pictures of 8 x 8: a bright square somewhere on a dark ground, in red, green or blue, which is the label."""
    rng = random.Random(seed)
    for i in range(count):
        label, top, left = i % 3, rng.randrange(5), rng.randrange(5)
        rows = [bytearray(rng.randrange(20) for _ in range(24)) for _ in range(8)]
        for y in range(top, top + 4):
            for x in range(left, left + 4):
                rows[y][3 * x + label] = 235
        yield label, rows


def colour(path, first="0"):
    """A .npz of 240 + 60 such pictures, [n, 8, 8, 3]; with a second argument 1 [n, 3, 8, 8]."""
    content = {}
    for part, seed, count in ("train", 1, 240), ("test", 2, 60):
        samples = list(lights(seed, count))
        planes = [bytes(v for row in rows for v in row) for _, rows in samples]
        if first == "1":
            planes = [b"".join(plane[k::3] for k in range(3)) for plane in planes]
        shape = (count, 3, 8, 8) if first == "1" else (count, 8, 8, 3)
        content[f"x_{part}"] = npy("|u1", shape, b"".join(planes))
        content[f"y_{part}"] = npy("|u1", (count,), bytes(label for label, _ in samples))
    save(path, content)


def pictures(folder):
    """A folder of the same pictures, in train and test, each with a sub-folder a class."""
    for part, seed, count in ("train", 1, 240), ("test", 2, 60):
        for i, (label, rows) in enumerate(lights(seed, count)):
            path = Path(folder) / part / ["red", "green", "blue"][label]
            path.mkdir(parents=True, exist_ok=True)
            png(path / f"{i:03}.png", rows, 3)


def sweeps(seed, count):
    """What happens in 12 steps on 8 channels, [(step, channel)] beside the class: 0 they fire one after another, 1 the
    other way round, 2 all at once; by 10 speakers, each of whom begins at a step of their own."""
    rng = random.Random(seed)
    for i in range(count):
        label, speaker = i % 3, i // 3 % 10
        begin = speaker % 4
        events = [(begin + [c // 2, (7 - c) // 2, 2][label], c) for c in range(8) if rng.random() < 0.9]
        yield label, speaker, sorted(events + [(rng.randrange(12), rng.randrange(8))])


def events(path, kind="whole"):
    """A .npz of such; kind alone: without a test part, unlabelled: nothing but the samples to test."""
    content = {}
    for part, seed, count in ("train", 1, 120), ("test", 2, 60):
        samples = list(sweeps(seed, count))
        counts = bytearray(count * 96)
        for i, (_, _, happened) in enumerate(samples):
            for step, channel in happened:
                counts[96 * i + 8 * step + channel] += 1
        content[f"events_{part}"] = npy("|u1", (count, 12, 8), bytes(counts))
        content[f"y_{part}"] = npy("|u1", (count,), bytes(label for label, _, _ in samples))
    if kind == "alone":
        del content["events_test"], content["y_test"]
    if kind == "unlabelled":
        content = {"events": content["events_test"]}
    save(path, content)


def recordings(folder, damage=""):
    """A folder of train.h5 and test.h5 of the same, 10 ms a step; damage: what is wrong with the first sample of the
    test part, with its types or places, or what is missing; chunked, packed and latest are only other ways to write the
    same. Exit status 77 where there is no h5py."""
    try:
        import h5py
        import numpy
    except ImportError:
        sys.exit(77)
    Path(folder).mkdir()
    for part, seed, count in ("train", 1, 120), ("test", 2, 60):
        samples = list(sweeps(seed, count))
        times = [numpy.array([0.01 * step + 0.005 for step, _ in s[2]], numpy.float16) for s in samples]
        units = [numpy.array([channel for _, channel in s[2]], numpy.uint16) for s in samples]
        if part == "test":
            if damage == "channel":
                units[0][0] = 8
            elif damage == "time":
                times[0][0] = -0.01
            elif damage == "length":
                units[0] = units[0][1:]
        latest = {"libver": "latest"} if damage == "latest" else {}
        with h5py.File(Path(folder) / f"{part}.h5", "w", **latest) as file:
            for name, lists, kind in ("times", times, numpy.float16), ("units", units, numpy.uint16):
                if damage == name:
                    continue
                how = {"chunks": (50,), "compression": "gzip"} if damage == "packed" else {}
                how = {"chunks": (7,), "maxshape": (None,)} if damage in ("chunked", "latest", "sides") else how
                into = file.create_dataset(f"spikes/{name}", (count,), h5py.vlen_dtype(kind), **how)
                for i, one in enumerate(lists):
                    into[i] = one
            if damage == "external":  # their numbers are another file's
                file.create_dataset("labels", (count,), numpy.uint16, external=[("elsewhere", 0, h5py.h5f.UNLIMITED)])
            elif damage == "virtual":
                layout = h5py.VirtualLayout((count,), numpy.uint16)
                layout[:] = h5py.VirtualSource("elsewhere.h5", "labels", (count,))
                file.create_virtual_dataset("labels", layout)
            elif damage != "labels":
                labels = numpy.array([s[0] for s in samples], numpy.uint16)
                how = {"chunks": (count,), "fletcher32": True} if damage in ("latest", "sum") else {}
                if damage == "packed":
                    how = {"chunks": (7,), "compression": "gzip", "shuffle": True, "fletcher32": True}
                if damage in ("chunked", "compact"):  # in their header
                    kept = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                    kept.set_layout(h5py.h5d.COMPACT)
                    h5py.h5d.create(file.id, b"labels", h5py.h5t.STD_U16LE, h5py.h5s.create_simple((count,)), kept)
                    file["labels"][:] = labels
                else:
                    file.create_dataset("labels", data=labels, **how)
            file["extra/speaker"] = numpy.array([s[1] for s in samples], numpy.uint16)
            if damage == "chunked":
                file["extra/keys"] = ["rising", "falling", "ünison"]
                continue
            file["extra/keys"] = [b"rising", b"falling", "ünison".encode()]
            for i in range(7 if damage == "latest" else 0):  # the header goes on elsewhere
                file["labels"].attrs[f"note {i}"] = "what it was recorded with"
    path = Path(folder) / "test.h5"
    content = path.read_bytes()
    if damage == "list":  # the first list claims to go on
        claim = struct.pack("<IQ", len(times[0]), content.index(b"GCOL"))
        content = content.replace(claim, struct.pack("<I", 1 << 20) + claim[4:], 1)
    lists = b"\x19\0\0\0\x10\0\0\0"  # what stands before the type of their numbers
    whole, bits = b"\x10\0\0\0\2\0\0\0\0\0\x10\0", b"\x10\0\0\0\2\0\0\0\0\0\x10\x7f"
    fraction = b"\x11\x20\x0f\0\2\0\0\0\0\0\x10\0\x0a"
    if damage == "no-bytes":  # of the numbers of times
        content = content.replace(fraction, fraction[:4] + bytes(4) + fraction[8:])
    if damage == "exponent":  # begins behind the number
        content = content.replace(fraction, fraction[:-1] + b"\x7f")
    if damage == "bits":  # more than a whole number's bytes have
        content = content.replace(lists + whole, lists + bits)
    if damage == "label-bits":
        content = content.replace(whole, bits).replace(lists + bits, lists + whole)
    if damage == "compact":  # and fewer than there are samples
        content = content.replace(b"\3\0" + struct.pack("<H", 2 * count), b"\3\0" + struct.pack("<H", 8))
    if damage == "sum":  # of a byte that is another by now
        first = struct.pack("<8H", *(s[0] for s in samples[:8]))
        content = content.replace(first, first[:1] + b"\1" + first[2:], 1)
    if damage == "tables":  # of names: one, 65,535 times
        most, end = 65535, len(content)
        here = struct.pack("<QQ", 0, end)  # a key, where the table is
        content += b"SNOD\1\0" + struct.pack("<H", most) + bytes(40 * most)
        place, tree = content[80:96], struct.pack("<Q", len(content))  # where tree and names of the first group are
        content = content.replace(place, tree + place[8:])
        content += b"TREE\0\0" + struct.pack("<H", most) + bytes(16) + here * most
    if damage == "sides":  # of chunks, of which an older layout says another thing
        at = content.index(b"\3\2\2")
        content = content[:at] + b"\2" + content[at + 1:]
    path.write_bytes(content)


if __name__ == "__main__":
    {"idx": idx, "csv": csv, "bar": bar, "houses": houses, "numbers": numbers, "arrays": arrays, "colour": colour,
     "pictures": pictures, "events": events, "recordings": recordings}[sys.argv[1]](*sys.argv[2:])
