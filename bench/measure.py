"""Running programs against the clock, and what they need to run."""

import collections
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
PROGRAMS = ["cli/loci", "bench/dump_data", "bench/inference", "bench/lists"]

Result = collections.namedtuple("Result", "json megabytes errors")


# The code path that the peers' BLAS is told to take; None: what it takes by itself.
blas_core = None


def environment(threads, core):
    """Whatever the caller's environment says."""
    own = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    if core is not None:
        own["OPENBLAS_CORETYPE"] = core
    return {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"} | own


def measure(command, threads):
    """The JSON object a command prints, its peak memory, and what it said on the way. Its failure ends this program
    with its own message."""
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen([str(word) for word in command], env=environment(threads, blas_core), text=True,
                                 stdout=subprocess.PIPE, stderr=errors)
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        errors.seek(0)
        said = errors.read()
        if child.returncode:
            sys.exit(f"bench: {' '.join(str(word) for word in command[:3])} failed; {said.strip()}")
    return Result(json.loads(text), usage.ru_maxrss * 1024 / 1e6, said)


def ratio(ours, theirs):
    """How many times longer theirs take: all turns, median, lowest and highest."""
    ratios = [b / a for a, b in zip(ours, theirs)]
    return {"ratios": ratios, "ratio": statistics.median(ratios), "ratio_low": min(ratios), "ratio_high": max(ratios)}


def machine():
    """CPU, cores and load: what the figures depend on."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii")
                  if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return f"{model}, {cores()} cores, {platform.system()} {platform.release()}, load {load:.2f} before the start"


def cores():
    return len(os.sched_getaffinity(0))


def have_torch():
    return subprocess.run([PYTHON, "-c", "import torch"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def say(text):
    print(text, file=sys.stderr, flush=True)


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
    """The programs of a build folder, data and models in a folder of its own."""

    def __init__(self, build, work, effort):
        self.build, self.work, self.effort = build, work, effort
        if not (build / "build.ninja").exists():
            sys.exit(f"bench: {build}: is no build folder; run make, or name another with --build")
        if subprocess.run(["ninja", "-C", build, *PROGRAMS], stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"bench: {build}: does not build; run ninja there to see why")
        self.data, self.data_name = work / "data", self.dump(work / "data")
        self.models, self.subsets = {}, {}

    def dump(self, folder):
        """Writes MNIST, or the glyphs where it is not there, into folder; returns the name."""
        folder.mkdir()
        for name in "mnist", "glyphs":
            dump = [self.build / "bench/dump_data", name, folder]
            done = subprocess.run(dump, capture_output=True, check=False)
            if done.returncode == 0:
                self.code_path = json.loads(done.stdout)["code_path"]
                return name
        return sys.exit("bench: no data; run bench/dump_data of the build folder to see why")

    def subset(self, count):
        """Training data, cut to so many images."""
        if count >= 60000:
            return self.data
        if count not in self.subsets:
            self.subsets[count] = first_images(self.data, self.work / f"first-{count}", count)
        return self.subsets[count]

    def loci(self, command, *options, threads=1):
        return measure([self.build / "cli/loci", command, *options, "--threads", threads, "--json"], threads)

    def train(self, preset, data, *options, threads=1, out="run"):
        """Trains into self.work / out."""
        return self.loci("train", preset, "--data", data, "--out", self.work / out, "--force", "--no-test", *options,
                         threads=threads)

    def model(self, preset):
        """What Loci and its peers go on with: a net after some steps."""
        if preset not in self.models:
            self.train(preset, self.subset(min(3000, self.effort.images)), "--epochs", 1)
            self.models[preset] = self.work / f"{preset}.safetensors"
            (self.work / "run/model.safetensors").rename(self.models[preset])
        return self.models[preset]
