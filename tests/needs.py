"""Whether `loci train --dry-run` says how much memory a run takes: within 20% of what it then takes at most.

    needs.py PROGRAM

It takes minutes, so it is for `make test-long`, which sets LOCI_EVERYTHING.
"""

import json
import os
import subprocess
import sys
import tempfile

RUNS = (
    "paper-mlp --data glyphs --epochs 1",
    "--hidden 512 --dendrite-sites 4,2 --data glyphs-256 --epochs 1 --validation 5800",
    "--hidden 64 --dendrite-sites 2,2 --data glyphs-1024 --epochs 1 --validation 5980 --batch 16 --no-test",
    "--hidden 128 --neuron lif --time-steps 10 --data glyphs --epochs 1 --validation 55000",
)
MOST_OFF = 0.2


def peak(command: list[str]) -> int:
    """Bytes that a command takes at most. Tests have all memory filled that is set aside, touched later or not."""
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: exit status {status}")
    return usage.ru_maxrss * 1024


def main() -> int:
    if "LOCI_EVERYTHING" not in os.environ:
        return 77
    program, failed = sys.argv[1], 0
    for options in RUNS:
        command = [program, "train", *options.split(), "--threads", "2"]
        told = json.loads(subprocess.run([*command, "--dry-run", "--json"], check=True, capture_output=True).stdout)
        with tempfile.TemporaryDirectory() as folder:
            taken = peak([*command, "--out", f"{folder}/run"])
        off = told["bytes"] / taken - 1
        print(f"{options}: {told['bytes'] / 1e6:.0f} MB told, {taken / 1e6:.0f} MB taken, {100 * off:+.0f}%")
        failed += abs(off) > MOST_OFF
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
