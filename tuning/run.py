#!/usr/bin/python3
"""Runs a plan of trainings and ranks them by validation accuracy. The test set is never read.

    tuning/run.py tuning/plans/arbor-mlp-10k.txt [--seeds 1,2] [--jobs 2] [--loci build/cli/loci] [--work DIR] [--logs DIR]

A plan is a text file. A line of `loci train` options is one candidate; a line "base: ..." sets the options that the
following lines begin with; "#" begins a remark. What was run before is not run again: its figures stand in the log,
tuning/logs/PLAN.tsv, with one line per candidate and seed. --no-test is always given.

With --work the runs are kept in that folder. Then the script may be started several times, on one machine or on many that
share the folder and the log: each run is done by one of them, and one whose process was killed is gone on with. The
last to end leaves the whole log.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import socket
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


HEADING = "\t".join(["options", "seed", *COLUMNS])


def line(options, seed, figures):
    return "\t".join([options, str(seed), *(f"{figure:.6g}" for figure in figures)])


class Log:
    """A line for each run, written as it ends; by several processes, each puts in what the others did not know."""

    def __init__(self, path, shared):
        self.path, self.shared, self.lock, self.found = path, shared, threading.Lock(), {}
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write([HEADING])

    def write(self, lines):
        """All or nothing, whoever else writes."""
        temporary = self.path.with_name(f"{self.path.name}.{socket.gethostname()}.{os.getpid()}.tmp")
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        temporary.replace(self.path)

    def add(self, options, seed, figures):
        with self.lock:
            if not self.shared:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line(options, seed, figures) + "\n")
                return
            self.found[options, seed] = line(options, seed, figures)
            self.merge()

    def merge(self):
        """What this process found stands in the log, whatever another one put in its place meanwhile."""
        there = self.path.read_text(encoding="utf-8").splitlines()
        known = {tuple(each.split("\t")[:2]) for each in there}
        more = [text for (options, seed), text in self.found.items() if (options, str(seed)) not in known]
        if more:
            self.write(there + more)


def train(loci, options, where, more=()):
    """What the program tells of one run; None when it failed."""
    command = [loci, "train", *shlex.split(options), "--no-test", *where, "--threads", "1", "--quiet", "--json", *more]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        print(ended.stderr.strip(), file=sys.stderr)
        return None
    return json.loads(ended.stdout)


def figures_of(summary):
    return [summary[column] for column in COLUMNS]


def train_alone(arguments, options, seed):
    """The figures of one run, in a folder that is removed then."""
    with tempfile.TemporaryDirectory() as folder:
        summary = train(arguments.loci, options, ["--seed", str(seed), "--out", f"{folder}/run"])
    return figures_of(summary) if summary else None


def train_shared(arguments, options, seed, wait):
    """Likewise, of a run that stays; "elsewhere" where another process is at work on it and is not waited for."""
    folder = arguments.work / arguments.plan.stem / hashlib.sha256(options.encode()).hexdigest()[:16]
    told = train(arguments.loci, options, ["--resume", "--seeds", str(seed), "--out", folder],
                 [] if wait else ["--no-wait"])
    if told is None:
        return None
    return figures_of(told["runs"][0]) if told["runs"] else "elsewhere"


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
    parser.add_argument("--work", type=pathlib.Path, help="folder for runs, which several processes may share")
    parser.add_argument("--logs", type=pathlib.Path, default=HERE / "logs", help="folder for the log (default tuning/logs)")
    arguments = parser.parse_args()
    plan, path = read_plan(arguments.plan), arguments.logs / f"{arguments.plan.stem}.tsv"
    shared = arguments.work is not None
    log, done = Log(path, shared), read_log(path)
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    missing = [(options, seed) for seed in seeds for options in plan if (options, seed) not in done]
    elsewhere = []

    def run(candidate, wait):
        figures = train_shared(arguments, *candidate, wait) if shared else train_alone(arguments, *candidate)
        if figures == "elsewhere":
            elsewhere.append(candidate)
        elif figures is not None:
            log.add(*candidate, figures)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(run, missing, [False] * len(missing)))
        if elsewhere:
            print(f"waiting for {len(elsewhere)} runs that other processes are at work on", file=sys.stderr)
        left = list(elsewhere)
        list(pool.map(run, left, [True] * len(left)))
    log.merge()
    show(plan, read_log(path))


if __name__ == "__main__":
    main()
