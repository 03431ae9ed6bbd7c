#!/usr/bin/python3
"""Times Loci against PyTorch and the BLAS, taking turns, and prints tables of ratios.

Each row is one alternating run: Loci and what it is compared with take turns, so that whatever else the machine does
falls on all of them. The ratios of each turn are taken, then their median. The same number of threads for all, the
BLAS included. All read the same bytes: MNIST where it is found, the built-in glyphs otherwise; and all go on with the
same model. At the end stands which limits are held; a limit that is missed is no failure of this program.

    run.py                                              everything, on one thread and on two
    run.py --parts training --rows paper-mlp,paper-snn --turns 5 --threads 2
    run.py --check                                      no timing: do the peers compute what Loci computes?
    run.py --json >a.json; run.py --from a.json b.json --markdown      several runs in one report
"""

import argparse
import dataclasses
import json
import pathlib
import sys
import tempfile

import blas
import inference
import measure
import report
import rows
import scaling
import training

PARTS = ["training", "inference", "pruned", "threads", "memory", "lists"]
NOTES = """Seconds are medians. An epoch of PyTorch is computed from 30 to 100 batches, of paper-snn from 5; an epoch of
Loci with Poisson input from 5, too. The dense floor is the input layer's two products alone."""


def chosen(text, known, parser):
    """The names in text, in the order they are known by; all of them for None."""
    names = known if text is None else text.split(",")
    for name in names:
        if name not in known:
            parser.error(f"there is no '{name}'; there are {', '.join(known)}")
    return [name for name in known if name in names]


def thread_counts(text, quick, parser):
    cores = measure.cores()
    if text is None:
        return [1, 2] if cores > 1 and not quick else [1]
    counts = text.split(",")
    if not all(count.isdecimal() and 1 <= int(count) <= cores for count in counts):
        parser.error(f"--threads: give numbers between 1 and {cores}, the number of cores")
    return [int(count) for count in counts]


def run(bench, parts, names, threads):
    """Everything asked for, by part."""
    each = {"training": lambda count: training.run(bench, [rows.BY_NAME[name] for name in names], count),
            "inference": lambda count: inference.run(bench, count),
            "memory": lambda count: training.memory(bench, count)}
    once = {"pruned": lambda: inference.pruned(bench), "lists": lambda: inference.lists(bench),
            "threads": lambda: scaling.run(bench, names) if measure.cores() > 1 else []}
    results = {part: [] for part in PARTS}
    for part in parts:
        if part in once:
            results[part] = once[part]()
        else:
            results[part] = [entry for count in threads for entry in each[part](count)]
    return results


def merged(paths):
    """Results of several runs; of what was measured twice, the last."""
    result = {part: [] for part in PARTS} | {"quick": False}
    for path in paths:
        try:
            loaded = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            sys.exit(f"bench: {path}: is nothing that --json printed; {error}")
        loaded["quick"] |= result["quick"]
        for part in PARTS:
            entries = {tuple(entry.get(key) for key in ("name", "threads", "images", "density")): entry
                       for entry in result[part] + loaded.pop(part)}
            result[part] = list(entries.values())
        result.update(loaded)
    return result


def show(results, markdown):
    if not markdown:
        print(f"{results['data']}, {results['machine']}\n")
        if results["quick"]:
            print("A quick run: its figures say nothing.\n")
    for title, table in report.sections(results):
        print(f"### {title}\n\n{table}\n" if markdown else f"{title}\n\n{table}\n")
    if not markdown:
        print(NOTES)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=measure.HERE.parent / "build")
    parser.add_argument("--parts", help="what to measure, separated by commas: " + ", ".join(PARTS))
    parser.add_argument("--rows", help="of training and threads, likewise: " + ", ".join(rows.BY_NAME))
    parser.add_argument("--turns", type=int, help="how often each takes its turn (default 3; threads, lists: 5)")
    parser.add_argument("--epochs", type=int, help="Loci's epochs a turn (default 2)")
    parser.add_argument("--threads", help="numbers, separated by commas (default 1,2; quick: 1)")
    parser.add_argument("--quick", action="store_true", help="as little as possible, to see that all of it runs")
    parser.add_argument("--check", action="store_true", help="compare what is computed, not how fast")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/benchmarks.md, nothing else")
    parser.add_argument("--from", dest="paths", type=pathlib.Path, nargs="+", metavar="FILE",
                        help="measure nothing: report what earlier runs printed with --json")
    arguments = parser.parse_args()
    arguments.parts = chosen(arguments.parts, PARTS, parser)
    arguments.rows = chosen(arguments.rows, list(rows.BY_NAME), parser)
    arguments.threads = thread_counts(arguments.threads, arguments.quick, parser)
    for name in "turns", "epochs":
        if getattr(arguments, name) is not None and getattr(arguments, name) < 1:
            parser.error(f"--{name}: give a number of 1 or more")
    return arguments


def main():
    arguments = parse()
    if arguments.paths:
        show(merged(arguments.paths), arguments.markdown)
        return
    if not measure.have_torch():
        sys.exit("bench: PyTorch is missing; apt-get install --no-install-recommends python3-torch")
    effort = rows.QUICK if arguments.quick else rows.Effort()
    if arguments.turns:
        effort = dataclasses.replace(effort, turns=arguments.turns, scaling_turns=arguments.turns,
                                     list_turns=arguments.turns)
    if arguments.epochs:
        effort = dataclasses.replace(effort, epochs=arguments.epochs)
    about = measure.machine()
    paths = blas.choose(1 if arguments.quick else 5)
    measure.blas_core = paths["core"]
    measure.say("BLAS of the peers: " + ", ".join(f"{name} {rate:.0f} GFLOP/s" for name, rate in paths["gflops"].items())
                + f"; as it comes {paths['as_it_comes']}, taken {paths['name']}")
    with tempfile.TemporaryDirectory() as work:
        bench = measure.Bench(arguments.build.resolve(), pathlib.Path(work), effort)
        if arguments.check:
            # Random spikes differ.
            checked = [rows.BY_NAME[name] for name in arguments.rows if "poisson" not in name]
            sys.exit(0 if all([training.check(bench, row) for row in checked]) else 1)
        results = run(bench, arguments.parts, arguments.rows, arguments.threads)
    results = {"machine": about, "data": bench.data_name, "quick": arguments.quick, "blas": paths,
               "code_path": bench.code_path} | results
    if arguments.json:
        print(json.dumps(results))
    else:
        show(results, arguments.markdown)


if __name__ == "__main__":
    main()
