#!/usr/bin/python3
"""Reading a large table: how fast, beside pandas, and how much memory training on it takes.

    bench/tables_read.py --folder /var/tmp/tables              # 2 GB of text, some minutes; the folder is made
    bench/tables_read.py --folder /var/tmp/tables --megabytes 200 --no-training

Makes a CSV of 50 columns of numbers with four decimals and one of two words, unless the folder has it already. Then, in
turns, in a process each: pandas.read_csv(FILE), bench/read_table FILE, which opens it as a data set, split and all, and
`loci data info FILE`, which measures its columns, too. A turn of each before the first is not counted: it brings the file
into memory. MB/s are of wall-clock time and, for a machine that does other things, of processor time. Then `loci train`
for an epoch, whose peak resident memory should stay below 1 GB.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

from measure import PYTHON, machine

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 50, 20000  # of a block that is written at once
PANDAS = "import sys, pandas; print(pandas.read_csv(sys.argv[1]).shape)"


def block(draw):
    """Rows of text: sign, digit, point, four digits, comma for each number, laid out as bytes."""
    numbers = (draw.normal(size=(ROWS, COLUMNS)) * 10000).astype(numpy.int32).clip(-99999, 99999)
    text = numpy.empty((ROWS, COLUMNS, 8), numpy.uint8)
    text[..., 0], text[..., 2], text[..., 7] = ord("-"), ord("."), ord(",")
    rest = abs(numbers)
    for place in 6, 5, 4, 3, 1:
        rest, digit = numpy.divmod(rest, 10)
        text[..., place] = digit + ord("0")
    shown = numpy.ones(text.shape, bool)
    shown[..., 0] = numbers < 0
    label = numpy.frombuffer(b"ab", numpy.uint8)[(numbers[:, 0] + numbers[:, 1] > 0).astype(int)]
    rows = numpy.concatenate([text.reshape(ROWS, -1), label[:, None],
                              numpy.full((ROWS, 1), ord("\n"), numpy.uint8)], axis=1)
    shown = numpy.concatenate([shown.reshape(ROWS, -1), numpy.ones((ROWS, 2), bool)], axis=1)
    return rows[shown].tobytes()


def make_table(path, megabytes):
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = numpy.random.default_rng(1)
    unfinished = path.with_suffix(".part")
    with open(unfinished, "wb") as file:
        file.write(("".join(f"x{i}," for i in range(COLUMNS)) + "kind\n").encode())
        while file.tell() < megabytes * 1e6:
            file.write(block(draw))
    unfinished.rename(path)


def run(command):
    """Seconds by the clock, seconds of processors, peak megabytes."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], stdout=output, stderr=subprocess.STDOUT,
                                 cwd=os.environ.get("TMPDIR", "/var/tmp"))
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        if status:
            output.seek(0)
            sys.exit(f"tables_read: {command[0]} failed: {output.read().decode(errors='replace')}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where the table is, or is made")
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--no-training", action="store_true")
    arguments = parser.parse_args()

    table = arguments.folder.resolve() / f"numbers-{arguments.megabytes}.csv"
    make_table(table, arguments.megabytes)
    size = table.stat().st_size / 1e6
    build = arguments.build.resolve()
    if subprocess.run(["ninja", "-C", build, "cli/loci", "bench/read_table"], stdout=subprocess.DEVNULL,
                      check=False).returncode:
        sys.exit(f"tables_read: {build}: does not build")
    readers = {"pandas.read_csv": [PYTHON, "-c", PANDAS, table],
               "bench/read_table": [build / "bench/read_table", table],
               "loci data info": [build / "cli/loci", "data", "info", table]}
    print(f"{machine()}\n{table.name}: {size:.0f} MB, {COLUMNS + 1} columns, {arguments.turns} turns, median", flush=True)
    results = {name: [] for name in readers}
    for turn in range(arguments.turns + 1):
        for name, command in readers.items():
            result = run(command)
            if turn:
                results[name].append(result)
    for name, turns in results.items():
        clock, processor, memory = (statistics.median(column) for column in zip(*turns))
        print(f"{name:18} {size / clock:6.0f} MB/s by the clock, {size / processor:6.0f} MB/s of processor time, "
              f"{memory:6.0f} MB at most", flush=True)
    if arguments.no_training:
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        clock, _, memory = run([build / "cli/loci", "train", "--hidden", 8, "--data", table, "--epochs", 1,
                                "--quiet", "--out", pathlib.Path(folder) / "run"])
    print(f"loci train         {clock:6.0f} s, {memory:6.0f} MB at most: {'ok' if memory < 1000 else 'TOO MUCH'}")


if __name__ == "__main__":
    main()
