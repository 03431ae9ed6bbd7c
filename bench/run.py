#!/usr/bin/python3
"""Times one epoch of paper-mlp in Loci and in PyTorch, taking turns, and prints the ratio.

One thread each, the BLAS included. Both read the same bytes: MNIST where it is found, the built-in glyphs otherwise.
Taking turns spreads whatever else the machine does over both; the ratio of each pair is taken, then the median.
"""

import argparse
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
# One thread; and each BLAS picks its own code for this CPU, whatever the caller's environment says.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"} | {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def output(command, quiet=False):
    """What a command prints; its failure ends this program with its own message."""
    done = subprocess.run([str(word) for word in command], env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE if quiet else None, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: {command[0]} failed; {(done.stderr or '').strip()}")
    return done.stdout


def machine():
    """CPU, cores and load: what the figures depend on."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii")
                  if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return (f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
            f"load {load:.2f} before the start")


def data_set(build, folder):
    """Dumps MNIST, or the glyphs where it is not there, into folder; returns the name."""
    for name in "mnist", "glyphs":
        dump = [build / "bench/dump_data", name, folder]
        if subprocess.run(dump, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return name
    return sys.exit("bench: no data; run ninja bench/dump_data in the build folder")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    parser.add_argument("--pairs", type=int, default=3, help="how often each takes its turn (default 3)")
    parser.add_argument("--epochs", type=int, default=2, help="epochs a turn (default 2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    arguments = parser.parse_args()
    if subprocess.run([PYTHON, "-c", "import torch"], stderr=subprocess.DEVNULL, check=False).returncode:
        sys.exit("bench: PyTorch is missing; apt-get install --no-install-recommends python3-torch")
    subprocess.run(["ninja", "-C", arguments.build, "bench/dump_data"], check=True,
                   stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as work:
        data = pathlib.Path(work, "data")
        data.mkdir()
        name = data_set(arguments.build.resolve(), data)
        about = machine()
        loci = [arguments.build.resolve() / "cli/loci", "train", "paper-mlp", "--data", data, "--threads", "1",
                "--epochs", arguments.epochs, "--out", f"{work}/run", "--force", "--json"]
        model = json.loads(output([loci[0], "info", "paper-mlp", "--json"], quiet=True))["options"]
        torch = [PYTHON, "-B", HERE / "paper_mlp_torch.py", data, "--epochs", arguments.epochs,
                 "--steepness", model["steepness"], "--logit-scale", model["logit_scale"]]
        pairs = []
        for turn in range(arguments.pairs):
            results = [json.loads(output(command, quiet=True)) for command in (loci, torch)]
            if results[0]["parameters"] != results[1]["parameters"]:
                sys.exit("bench: the two networks differ in their number of parameters")
            pairs.append([result["seconds_per_epoch"] for result in results])
            print(f"pair {turn + 1}: Loci {pairs[-1][0]:.2f} s, PyTorch {pairs[-1][1]:.2f} s",
                  file=sys.stderr)

    ratios = [peer / ours for ours, peer in pairs]
    columns = {"Loci": [ours for ours, _ in pairs], f"PyTorch {results[1]['torch']}": [p for _, p in pairs],
               "ratio": ratios}
    if arguments.json:
        json.dump({"machine": about, "data": name, "parameters": results[0]["parameters"],
                   "seconds_loci": columns["Loci"], "seconds_torch": [p for _, p in pairs],
                   "ratio": statistics.median(ratios)}, sys.stdout)
        print()
        return
    print(f"One epoch of paper-mlp (784-2048-10, batch 600) on {name}, one thread\n{about}\n")
    print(f"{'':18}{'median':>10}{'lowest':>10}{'highest':>10}")
    for title, values in columns.items():
        unit = "x" if title == "ratio" else "s"
        print(f"{title:18}" + "".join(f"{f(values):9.2f}{unit}" for f in (statistics.median, min, max)))
    print(f"\nLoci trains {statistics.median(ratios):.2f} times as fast as PyTorch here.")


if __name__ == "__main__":
    main()
