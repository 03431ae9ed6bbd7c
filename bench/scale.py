#!/usr/bin/python3
"""How a training step grows with the size of a net of finite range, and how it compares with an earlier program.

    PYTHONPATH=build/python bench/scale.py grow [--sides 100,178,316,562,1000] [--threads 1] [--turns 3]
    bench/scale.py against PROGRAM [--turns 2]          256 x 256 inputs to 16,384 neurons, a range of 10 pixels
    bench/scale.py reach PROGRAM --data mnist [--turns 3]          arbor-mlp-10k, from the start and after 40 epochs

grow: a sheet of SIDE x SIDE pixels to a tenth as many neurons, 8 dendrites each, within 10 pixels, then 10 outputs;
batches of 128 images in which digits cover about a fifth. Each size is a process of its own, which tells seconds of a
step (the least of some) and its largest resident memory; sizes take turns; exponents are least squares over logarithms.
against, reach: PROGRAM is the `loci` of an earlier build; both take turns, and ratios are of the least seconds an epoch.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy

BATCH, DENDRITES, PIXELS = 128, 8, 10
HERE = os.path.dirname(os.path.abspath(__file__))


def images(side: int, count: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Rings of ten sizes at places of their own: [count, side, side] bytes, and which."""
    random = numpy.random.default_rng(7)
    labels = random.integers(0, 10, count)
    row, column = numpy.ogrid[:side, :side]
    out = numpy.zeros((count, side, side), numpy.uint8)
    for image, label in zip(out, labels):
        y, x = side * (0.5 + 0.1 * random.standard_normal(2))
        away = numpy.hypot(row - y, column - x) / side
        image[numpy.abs(away - 0.12 - 0.025 * label) < 0.06] = 255
    return out, labels


def one_size(side: int, threads: int) -> None:
    """Prints what a step of this size takes, as a line of JSON."""
    import loci

    x, y = images(side, 2 * BATCH)
    net = loci.Network(
        inputs=(side, side),
        hidden=(side * side // 10,),
        outputs=10,
        dim=3,
        planes="fixed",
        input="sheet",
        sign="charge",
        tied="no",
        scale="trained",
        axon_sites=1,
        dendrite_sites=(DENDRITES, 1),
        gap=0.1,
        extent=side / 16,
        range=(PIXELS / 8, -1),
    )
    loci.threads(threads)
    trainer = loci.Trainer(net, x, y, epochs=100, batch=BATCH, lr=0.01)
    seconds = []
    trainer.step()
    for _ in range(4):
        start = time.perf_counter()
        trainer.step()
        seconds.append(time.perf_counter() - start)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": min(seconds), "bytes": most, "parameters": net.parameters.size}))


def exponent(sizes: list[int], values: list[float]) -> float:
    return float(numpy.polyfit(numpy.log(sizes), numpy.log(values), 1)[0])


def grow(sides: list[int], threads: int, turns: int) -> None:
    found: dict[int, list[dict]] = {side: [] for side in sides}
    for _ in range(turns):
        for side in sides:
            command = [sys.executable, __file__, "one", str(side), "--threads", str(threads)]
            found[side].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    print(f"| inputs | neurons | parameters | connections a matrix has | seconds a step | memory |\n|{'---:|' * 6}")
    seconds, memory, inputs = [], [], [side * side for side in sides]
    for side in sides:
        seconds.append(min(run["seconds"] for run in found[side]))
        memory.append(min(run["bytes"] for run in found[side]))
        neurons = side * side // 10
        print(
            f"| {side * side:,} | {neurons:,} | {found[side][0]['parameters']:,} | {side * side * neurons:,} | "
            f"{seconds[-1]:.3f} | {memory[-1] / 2**20:,.0f} MB |"
        )
    print(f"\nexponents: time {exponent(inputs, seconds):.2f}, memory {exponent(inputs, memory):.2f}")


def epoch(program: str, words: list[str]) -> tuple[float, int]:
    """Seconds of the fastest epoch of a training, and its largest resident memory."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "run")
        command = [program, "train", *words, "--threads", "1", "--seed", "1", "--out", out, "--quiet"]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        if status != 0:
            sys.exit(f"{' '.join(command)} failed")
        with open(os.path.join(out, "metrics.jsonl"), encoding="utf-8") as lines:
            return min(json.loads(line)["seconds"] for line in lines), usage.ru_maxrss * 1024


def take_turns(what: str, programs: list[str], words: list[str], turns: int, steps: int = 1) -> None:
    found: list[list[tuple[float, int]]] = [[], []]
    for _ in range(turns):
        for which, program in enumerate(programs):
            found[which].append(epoch(program, words))
    before, now = (min(seconds for seconds, _ in runs) / steps for runs in found)
    memory = [min(most for _, most in runs) / 2**20 for runs in found]
    print(f"{what}: {before:.3f} s before, {now:.3f} s now: {before / now:.1f} times; "
          f"memory {memory[0]:,.0f} MB before, {memory[1]:,.0f} MB now")


def against(program: str, turns: int) -> None:
    here = os.path.join(HERE, "..", "build", "cli", "loci")
    with tempfile.TemporaryDirectory() as folder:
        x, y = images(256, 2 * BATCH + 16)
        data = os.path.join(folder, "rings.npz")
        part = 2 * BATCH
        numpy.savez(data, x_train=x[:part], y_train=y[:part], x_test=x[part:], y_test=y[part:])
        words = (
            "--hidden 16384 --dim 3 --planes fixed --input sheet --sign charge --tied no --scale trained --axon-sites 1 "
            f"--dendrite-sites 8,1 --gap 0.1 --range 0.15625,-1 --epochs 1 --batch {BATCH} --data {data}"
        )
        take_turns("a step of 256 x 256 to 16,384", [program, here], words.split(), turns, 2)


def reach(program: str, data: str, turns: int) -> None:
    here = os.path.join(HERE, "..", "build", "cli", "loci")
    with tempfile.TemporaryDirectory() as folder:
        begun = os.path.join(folder, "begun")
        words = ["arbor-mlp-10k", "--data", data]
        subprocess.run([here, "train", *words, "--epochs", "40", "--out", begun, "--quiet"], check=True)
        take_turns("arbor-mlp-10k, an epoch after 40", [program, here], [*words, "--init", begun, "--epochs", "3"], turns)
        take_turns("arbor-mlp-10k, an epoch from the start", [program, here], [*words, "--epochs", "3"], turns)
        take_turns("paper-mlp, an epoch", [program, here], ["paper-mlp", "--data", data, "--epochs", "2"], turns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("grow", "against", "reach", "one"))
    parser.add_argument("program", nargs="?")
    parser.add_argument("--sides", default="100,178,316,562,1000")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--data", default="mnist")
    given = parser.parse_args()
    if given.what == "one":
        one_size(int(given.program), given.threads)
    elif given.what == "grow":
        grow([int(side) for side in given.sides.split(",")], given.threads, given.turns)
    elif given.program is None:
        parser.error("which program?")
    elif given.what == "against":
        against(given.program, given.turns)
    else:
        reach(given.program, given.data, given.turns)


if __name__ == "__main__":
    main()
