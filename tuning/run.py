#!/usr/bin/python3
"""Runs a plan of trainings and ranks them by validation accuracy. The test set is never read.

    tuning/run.py tuning/plans/arbor-mlp-10k.txt [--seeds 1,2] [--jobs 2] [--loci build/cli/loci] [--work DIR]

A plan is a text file. A line of `loci train` options is one candidate; a line "base: ..." sets the options that the
following lines begin with; "#" begins a remark. What was run before is not run again: its figures stand in the log,
tuning/logs/PLAN.tsv, with one line per candidate and seed. --no-test is always given.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["validation_accuracy", "train_loss", "parameters", "seconds_per_epoch"]


def read_plan(path):
    """The candidates' options, in order."""
    base, plan = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("base:"):
            base = line.removeprefix("base:").strip()
        elif line:
            plan.append(f"{base} {'' if line == '-' else line}".strip())
    return plan


def read_log(path):
    """(options, seed) -> figures."""
    done = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            options, seed, *figures = line.split("\t")
            done[options, int(seed)] = [float(figure) for figure in figures]
    return done


class Log:
    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\t".join(["options", "seed", *COLUMNS]) + "\n", encoding="utf-8")

    def add(self, options, seed, figures):
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write("\t".join([options, str(seed), *(f"{figure:.6g}" for figure in figures)]) + "\n")


def train(loci, options, seed, work):
    """The figures of one run; None when it failed."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=work))
    command = [loci, "train", *shlex.split(options), "--no-test", "--seed", str(seed), "--threads", "1", "--quiet",
               "--json", "--out", folder / "run"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    shutil.rmtree(folder)
    if ended.returncode != 0:
        print(ended.stderr.strip(), file=sys.stderr)
        return None
    summary = json.loads(ended.stdout)
    return [summary[column] for column in COLUMNS]


def show(plan, done):
    by_options = collections.defaultdict(list)
    for (options, _), figures in done.items():
        if options in plan:
            by_options[options].append(figures)
    common = os.path.commonprefix(plan)
    common = common[:common.rfind(" ") + 1] if len(plan) > 1 else ""
    print(f"loci train {common.strip()} ...")
    for options, runs in sorted(by_options.items(), key=lambda item: -statistics.mean(run[0] for run in item[1])):
        each = " ".join(f"{100 * run[0]:.2f}" for run in runs)
        print(f"{100 * statistics.mean(run[0] for run in runs):6.2f}%  ({each})  loss {runs[0][1]:.4f}  "
              f"{runs[0][2]:.0f} parameters  {runs[0][3]:.2f} s  {options.removeprefix(common) or '-'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=pathlib.Path)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each (default 2)")
    parser.add_argument("--loci", type=pathlib.Path, default=HERE.parent / "build/cli/loci")
    parser.add_argument("--work", type=pathlib.Path, help="folder for runs under way (default: a temporary one)")
    arguments = parser.parse_args()
    plan, path = read_plan(arguments.plan), HERE / "logs" / f"{arguments.plan.stem}.tsv"
    log, done = Log(path), read_log(path)
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    missing = [(options, seed) for seed in seeds for options in plan if (options, seed) not in done]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        def run(candidate):
            figures = train(arguments.loci, *candidate, arguments.work)
            if figures is not None:
                log.add(*candidate, figures)
        list(pool.map(run, missing))
    show(plan, read_log(path))


if __name__ == "__main__":
    main()
