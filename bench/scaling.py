"""Training on two threads: against one, and beside a process that never stops computing."""

import contextlib
import subprocess
import time

import rows
from measure import PYTHON, cores, ratio, say
from training import train_loci

SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"  # ends when this program does


@contextlib.contextmanager
def spinning():
    """A process that keeps one core busy."""
    child = subprocess.Popen([PYTHON, "-c", SPIN])
    try:
        time.sleep(0.3)  # until it has started
        yield
    finally:
        child.kill()
        child.wait()


def epoch(bench, row, threads):
    """Seconds of an epoch, and the bytes of the model."""
    images = min(row.images, bench.effort.images)
    seconds = train_loci(bench, row, bench.subset(images), threads, "--epochs", 1).json["seconds_per_epoch"]
    return seconds * 60000 / images, (bench.work / "run/model.safetensors").read_bytes()


def warns(bench):
    """Whether asking for more threads than there are cores is answered."""
    asked = bench.train("arbor-mlp-10k", bench.subset(600), "--epochs", 1, threads=cores() + 1)
    return "more threads than cores" in asked.errors


def run(bench, names):
    results = []
    for row in (rows.BY_NAME[name] for name in rows.SCALED if name in names):
        one, two, beside, same = [], [], [], True
        for _ in range(bench.effort.scaling_turns):
            seconds, model = epoch(bench, row, 1)
            one.append(seconds)
            seconds, other = epoch(bench, row, 2)
            two.append(seconds)
            same = same and other == model
            with spinning():
                beside.append(epoch(bench, row, 2)[0])
        results.append({"name": row.name, "title": row.title, "one": one, "two": two, "beside": beside, "same": same,
                        "speedup": ratio(two, one), "slowdown": ratio(two, beside), "warns": warns(bench)})
        say(f"{row.name}: two threads {results[-1]['speedup']['ratio']:.2f} times as fast as one; beside a spinning "
            f"process {results[-1]['slowdown']['ratio']:.2f} times the time; {'same' if same else 'DIFFERENT'} bytes")
    return results
