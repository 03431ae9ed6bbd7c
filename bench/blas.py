"""Which of its code paths the BLAS of the peers takes here, and which is the fastest: theirs in all that follows.

OpenBLAS chooses by the processor's name. One that is newer than itself it may take for the oldest; told a better one by
OPENBLAS_CORETYPE, it is several times as fast.
"""

import json
import statistics
import subprocess

import measure

CORES = ["HASWELL", "ZEN", "SKYLAKEX", "COOPERLAKE"]  # of x86-64; a processor that lacks what one needs dies of it
BETTER = 1.25  # as it comes, unless another is so much faster: small products have paths of their own, and noise is 5%


def products(core):
    """What the dense floor prints with this code path, None if it cannot run; core: None = as it comes."""
    done = subprocess.run([measure.PYTHON, "-B", measure.HERE / "dense_floor.py", "784", "2048", "600", "--batches", "3"],
                          env=measure.environment(1, core), capture_output=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def choose(turns=5):
    """{"name", "core", "as_it_comes", "gflops": {name: GFLOP/s}}: `core` is what to set, None for nothing."""
    seconds, names = {}, {}
    for turn in range(turns):
        for core in [None, *CORES] if turn == 0 else list(seconds):
            result = products(core)
            if result is not None and (turn > 0 or result["blas"] not in names.values()):
                names[core] = result["blas"]
                seconds.setdefault(core, []).append(result["seconds_per_batch"])
    medians = {core: statistics.median(times) for core, times in seconds.items()}
    best = min(medians, key=medians.get)
    if medians[None] < BETTER * medians[best]:
        best = None
    flops = 2 * 2 * 784 * 2048 * 600
    return {"name": names[best], "core": best, "as_it_comes": names[None],
            "gflops": {names[core]: flops / time / 1e9 for core, time in medians.items()}}
