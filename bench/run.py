#!/usr/bin/python3
"""Times training in Loci and in PyTorch, taking turns, and prints one table of ratios.

Each row is one alternating run: Loci, its PyTorch peers and the dense floor (dense_floor.py) take turns, so that
whatever else the machine does falls on all of them. The ratios of each turn are taken, then their median. The same
number of threads for all, the BLAS included. All read the same bytes: MNIST where it is found, the built-in glyphs
otherwise; and all go on with the same model.

    run.py                                              every row, 3 turns, one thread
    run.py --rows paper-mlp,paper-snn --pairs 5 --threads 2
    run.py --check                                      no timing: do the peers compute what Loci computes?
"""

import argparse
import collections
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"
CHECK_STEPS = 4
# How far a loss may be off after those steps: float32 sums in another order, and spikes that flip because of them.
CHECK_TOLERANCE = 1e-4


@dataclasses.dataclass
class Peer:
    title: str
    command: list  # the script and its options
    batches: int = 100  # timed ones
    warm_up: int = 10


@dataclasses.dataclass
class Row:
    name: str
    title: str
    preset: str
    peers: list
    batch: int = 600
    lr: float = 0.005
    hidden: int = 2048
    options: list = dataclasses.field(default_factory=list)  # Loci's, beyond the preset
    images: int = 60000  # of an epoch that Loci is timed for
    products: int = 1  # how often the input layer's two products are needed a batch, in the dense floor


LOOP, HOISTED = "layer inside the time loop", "input product taken out of it"
ROWS = [
    Row("paper-mlp", "paper-mlp", "paper-mlp", [Peer("gradient by hand", ["paper_mlp_torch.py"])]),
    Row("paper-snn", "paper-snn, constant current", "paper-snn", [
        Peer(LOOP, ["paper_snn_torch.py", "--product", "inside"], batches=5, warm_up=1),
        Peer(HOISTED, ["paper_snn_torch.py", "--product", "outside"], batches=5, warm_up=1)]),
    Row("paper-snn-poisson", "paper-snn, Poisson input", "paper-snn",
        [Peer(LOOP, ["paper_snn_torch.py", "--coding", "poisson"], batches=5, warm_up=1)],
        options=["--coding", "poisson"], images=3000, products=25),
    Row("arbor-mlp-10k", "arbor-mlp-10k", "arbor-mlp-10k", [
        Peer("gradient by hand", ["arbor_mlp_torch.py", "--derivative", "hand"], batches=60, warm_up=5),
        Peer("autograd", ["arbor_mlp_torch.py", "--derivative", "autograd"], batches=60, warm_up=5)],
        batch=128, lr=0.02, hidden=128),
]

Result = collections.namedtuple("Result", "json megabytes")


def environment(threads):
    """Each BLAS picks its own code for this CPU, whatever the caller's environment says."""
    return {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"} | {
        "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def measure(command, threads):
    """The JSON object a command prints, and its peak memory. Its failure ends this program with its own message."""
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen([str(word) for word in command], env=environment(threads), text=True,
                                 stdout=subprocess.PIPE, stderr=errors)
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        if child.returncode:
            errors.seek(0)
            sys.exit(f"bench: {command[0]} failed; {errors.read().strip()}")
    return Result(json.loads(text), usage.ru_maxrss / 1024)


def machine():
    """CPU, cores and load: what the figures depend on."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii")
                  if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return (f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
            f"load {load:.2f} before the start")


def data_set(build, folder):
    """Dumps MNIST, or the glyphs where it is not there, into folder; returns the name."""
    folder.mkdir()
    for name in "mnist", "glyphs":
        dump = [build / "bench/dump_data", name, folder]
        if subprocess.run(dump, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return name
    return sys.exit("bench: no data; run ninja bench/dump_data in the build folder")


def first_images(source, folder, count):
    """The data set with only its first training images."""
    folder.mkdir()
    for name in "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte":
        (folder / name).symlink_to(source / name)
    for name, header, size in (("train-images-idx3-ubyte", 16, 28 * 28), ("train-labels-idx1-ubyte", 8, 1)):
        with open(source / name, "rb") as file:
            raw = file.read(header + count * size)
        (folder / name).write_bytes(raw[:4] + count.to_bytes(4, "big") + raw[8:])
    return folder


class Bench:
    def __init__(self, build, work, threads):
        self.build, self.work, self.threads = build, work, threads
        self.data = work / "data"
        self.data_name = data_set(build, self.data)
        self.models, self.subsets = {}, {}

    def subset(self, count):
        if count >= 60000:
            return self.data
        if count not in self.subsets:
            self.subsets[count] = first_images(self.data, self.work / f"first-{count}", count)
        return self.subsets[count]

    def train(self, row, data, *options):
        return measure([self.build / "cli/loci", "train", row.preset, "--data", data, "--threads", self.threads,
                        "--out", self.work / "run", "--force", "--no-test", "--json", *row.options, *options],
                       self.threads)

    def model(self, row):
        """What Loci and its peers go on with: a net after some steps."""
        if row.preset not in self.models:
            self.train(row, self.subset(3000), "--epochs", 1)
            self.models[row.preset] = self.work / f"{row.preset}.safetensors"
            (self.work / "run/model.safetensors").rename(self.models[row.preset])
        return self.models[row.preset]

    def peer(self, row, peer, data, *options):
        return measure([PYTHON, "-B", HERE / peer.command[0], data, self.model(row), *peer.command[1:], "--lr", row.lr,
                        "--threads", self.threads, *options], self.threads)

    def turn(self, row, epochs):
        """Seconds an epoch and megabytes, by the title of who took them."""
        batches = -(-60000 // row.batch)
        loci = self.train(row, self.subset(row.images), "--epochs", epochs, "--init", self.model(row))
        result = {"Loci": (loci.json["seconds_per_epoch"] * 60000 / row.images, loci.megabytes)}
        for peer in row.peers:
            torch = self.peer(row, peer, self.data, "--batch", row.batch, "--batches", peer.batches,
                              "--warm-up", peer.warm_up)
            if torch.json["parameters"] != loci.json["parameters"]:
                sys.exit("bench: the two networks differ in their number of parameters")
            result[peer.title] = (torch.json["seconds_per_batch"] * batches, torch.megabytes)
        floor = measure([PYTHON, "-B", HERE / "dense_floor.py", 784, row.hidden, row.batch], self.threads)
        result["floor"] = (floor.json["seconds_per_batch"] * batches * row.products, floor.megabytes)
        return result

    def check(self, row):
        """Losses of a few steps on one batch, from the same model: forward, gradients and Adam, all at once."""
        data = self.subset(row.batch)
        self.train(row, data, "--batch", row.batch, "--epochs", CHECK_STEPS, "--lr", row.lr, "--init", self.model(row),
                   "--schedule", "constant", "--warmup", 0, "--shift", 0)
        lines = (self.work / "run/metrics.jsonl").read_text().splitlines()
        ours = [json.loads(line)["train_loss"] for line in lines]
        agree = True
        for peer in row.peers:
            theirs = self.peer(row, peer, data, "--batch", row.batch, "--losses", CHECK_STEPS).json["losses"]
            off = max(abs(a - b) / b for a, b in zip(ours, theirs))
            first = abs(ours[0] - theirs[0]) / theirs[0]
            agree = agree and off <= CHECK_TOLERANCE
            print(f"{row.name}, {peer.title}: losses {' '.join(f'{x:.5f}' for x in ours)}; PyTorch's are off by "
                  f"{first:.0e} before the first step, at most {off:.0e} later: "
                  f"{'the same' if off <= CHECK_TOLERANCE else 'DIFFERENT'}")
        return agree


def summary(row, turns):
    """Medians, and for each peer the ratios, of a row's turns."""
    column = lambda title, what: [turn[title][what] for turn in turns]
    ours, floor = column("Loci", 0), column("floor", 0)
    result = {"row": row.name, "seconds": column("Loci", 0), "megabytes": max(column("Loci", 1)),
              "floor_seconds": floor, "floor_ratio": statistics.median(a / b for a, b in zip(ours, floor)),
              "peers": []}
    for peer in row.peers:
        seconds = column(peer.title, 0)
        ratios = [b / a for a, b in zip(ours, seconds)]
        result["peers"].append({"title": peer.title, "seconds": seconds, "megabytes": max(column(peer.title, 1)),
                                "ratios": ratios, "ratio": statistics.median(ratios)})
    return result


def table(rows):
    """Markdown that also reads well as plain text."""
    lines = [["one epoch of", "PyTorch written with", "Loci", "PyTorch", "PyTorch / Loci", "lowest - highest",
              "dense floor", "Loci / floor", "memory Loci", "PyTorch"]]
    for row in rows:
        median = statistics.median
        for i, peer in enumerate(row["peers"]):
            lines.append([row["title"] if i == 0 else "", peer["title"], f"{median(row['seconds']):.2f} s",
                          f"{median(peer['seconds']):.1f} s", f"**{peer['ratio']:.2f}**",
                          f"{min(peer['ratios']):.2f} - {max(peer['ratios']):.2f}",
                          f"{median(row['floor_seconds']):.2f} s", f"{row['floor_ratio']:.2f}",
                          f"{row['megabytes']:.0f} MB", f"{peer['megabytes']:.0f} MB"])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
                     for line in lines)


def chosen_rows(text, parser):
    """The rows named, in the order of the table; all of them for None."""
    known = [row.name for row in ROWS]
    names = known if text is None else text.split(",")
    for name in names:
        if name not in known:
            parser.error(f"there is no row '{name}'; there are {', '.join(known)}")
    return [row for row in ROWS if row.name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    parser.add_argument("--rows", help="names, separated by commas: " + ", ".join(row.name for row in ROWS))
    parser.add_argument("--pairs", type=int, default=3, help="how often each takes its turn (default 3)")
    parser.add_argument("--epochs", type=int, default=2, help="Loci's epochs a turn (default 2)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="compare what is computed, not how fast")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    arguments = parser.parse_args()
    rows = chosen_rows(arguments.rows, parser)
    build = arguments.build.resolve()
    if subprocess.run([PYTHON, "-c", "import torch"], stderr=subprocess.DEVNULL, check=False).returncode:
        sys.exit("bench: PyTorch is missing; apt-get install --no-install-recommends python3-torch")
    subprocess.run(["ninja", "-C", build, "cli/loci", "bench/dump_data"], check=True, stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as work:
        about = machine()
        bench = Bench(build, pathlib.Path(work), arguments.threads)
        if arguments.check:
            sys.exit(0 if all([bench.check(row) for row in rows if "poisson" not in row.name]) else 1)
        results = []
        for row in rows:
            turns = []
            for number in range(arguments.pairs):
                turns.append(bench.turn(row, arguments.epochs))
                print(f"{row.name}, turn {number + 1}: " + ", ".join(
                    f"{title} {seconds:.2f} s" for title, (seconds, _) in turns[-1].items()), file=sys.stderr)
            results.append(summary(row, turns) | {"title": row.title})

    if arguments.json:
        print(json.dumps({"machine": about, "data": bench.data_name, "threads": arguments.threads, "rows": results}))
        return
    print(f"{bench.data_name}, {arguments.threads} thread(s), {arguments.pairs} turns\n{about}\n\n{table(results)}\n\n"
          "Seconds are medians. An epoch of PyTorch is computed from 60 to 100 batches, of its spiking nets from 5;\n"
          "an epoch of Loci with Poisson input from 5, too. The dense floor is the input layer's two products alone.")


if __name__ == "__main__":
    main()
