#!/usr/bin/python3
"""What Python costs: training and calls through the package, against the program and the C library, taking turns.

    PYTHONPATH=build/python bench/python.py --build build

Training is that of a preset by `loci train`, by loci.train() and by a loop over loci.Trainer with the same options and
seed, whose models must be the same bytes. Calls are net(x) and net.prepare()(x), one input and 10,000, against
loci_network_run() and loci_prepared_run() in C (bench/calls.c), on one thread. Differences and ratios are taken turn by
turn, and their medians printed.
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

import loci

COUNT, SINGLE = 10000, 1000


def inputs(pixels: int) -> numpy.ndarray:
    """As bench/calls.c makes them."""
    i = numpy.arange(COUNT * pixels, dtype=numpy.uint64) * 7919 % 1000
    return (
        numpy.where(i < 200, i.astype(numpy.float32) / 200, numpy.float32(0))
        .astype(numpy.float32)
        .reshape(COUNT, pixels)
    )


def python_calls(path: pathlib.Path) -> list[float]:
    """Microseconds a call: the network one by one and in one call, then likewise of the prepared one."""
    net = loci.load(path)
    x, times = inputs(784), []
    for run in net, net.prepare():
        run(x[0])
        start = time.perf_counter()
        for i in range(SINGLE):
            run(x[i])
        one = time.perf_counter()
        run(x)
        end = time.perf_counter()
        times += [1e6 * (one - start) / SINGLE, 1e6 * (end - one)]
    return times


def c_calls(build: pathlib.Path, path: pathlib.Path) -> list[float]:
    """Likewise in C."""
    done = subprocess.run(
        [build / "bench/calls", path, str(COUNT), str(SINGLE)], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def compare_calls(build: pathlib.Path, path: pathlib.Path, turns: int) -> None:
    names = ["net(x), one", f"net(x), {COUNT}", "prepared, one", f"prepared, {COUNT}"]
    rows = []
    for _ in range(turns):
        rows.append(list(zip(c_calls(build, path), python_calls(path))))
    print("| call | C, us | Python, us | difference, us | ratio |\n|---|---|---|---|---|")
    for k, name in enumerate(names):
        c, python = ([row[k][side] for row in rows] for side in (0, 1))
        apart = statistics.median(b - a for a, b in zip(c, python))
        ratio = statistics.median(b / a for a, b in zip(c, python))
        print(f"| {name} | {statistics.median(c):.1f} | {statistics.median(python):.1f} | {apart:.1f} | {ratio:.3f} |")


def timed(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def compare_training(build: pathlib.Path, folder: pathlib.Path, arguments: argparse.Namespace) -> None:
    preset, data_name, epochs = arguments.preset, arguments.data, arguments.epochs

    def program() -> None:
        subprocess.run(
            [
                build / "cli/loci",
                "train",
                preset,
                "--data",
                data_name,
                "--epochs",
                str(epochs),
                "--threads",
                str(arguments.threads),
                "--out",
                folder / "c",
                "--force",
                "--quiet",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def function() -> None:
        loci.train(
            preset,
            data=data_name,
            epochs=epochs,
            threads=arguments.threads,
            out=folder / "python",
            force=True,
            progress=False,
        )

    def loop() -> None:
        data = loci.Data(data_name)
        net = loci.Network(preset, data=data)
        trainer = loci.Trainer(net, data, epochs=epochs, threads=arguments.threads)
        while not trainer.finished:
            trainer.step()
        trainer.finish()
        net.save(folder / "loop.safetensors")

    ways = {"loci train": program, "loci.train()": function, "loci.Trainer, step by step": loop}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.turns):
        for name, way in ways.items():
            seconds[name].append(timed(way))
    models = [
        (folder / name).read_bytes() for name in ("c/model.safetensors", "python/model.safetensors", "loop.safetensors")
    ]
    same = models[0] == models[1] == models[2]
    print(
        f"\n{preset} on {data_name}, {epochs} epochs, {arguments.threads} threads; models "
        f"{'are the same bytes' if same else 'DIFFER'}\n\n| way | seconds | ratio |\n|---|---|---|"
    )
    for name in ways:
        ratio = statistics.median(b / a for a, b in zip(seconds["loci train"], seconds[name]))
        print(f"| {name} | {statistics.median(seconds[name]):.2f} | {ratio:.3f} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--preset", default="arbor-mlp-10k")
    parser.add_argument("--data", default="glyphs")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    subprocess.run(["ninja", "--quiet", "-C", arguments.build, "bench/calls"], check=True)
    loci.threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compare_training(arguments.build, folder, arguments)
        print()
        compare_calls(arguments.build, folder / "loop.safetensors", arguments.turns)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
