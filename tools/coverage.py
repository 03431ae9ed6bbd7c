#!/usr/bin/python3
"""Which lines and branches of src/ and cli/ the tests run, by gcc's counts.

    tools/coverage.py [--suite NAME]... [--keep] [--everything] [--jobs N]

Builds in build-lines, runs the suites that run the code (all of them but the page's unless named) and prints a line for
each folder and for each file below 95 % of lines. --keep: counts add to those of the last time. --everything: also what
`make test` leaves to `make test-long`.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-lines"
OPTIONS = ["-Db_coverage=true", "-Doptimization=1", "-Db_lundef=false", "-Dman=disabled"]
SUITES = ["unit", "gradient", "exchange", "codegen", "training", "drawing", "fuzz", "cli", "machines", "python"]
AIM = 95


class Count:
    """Lines or branches: how many there are, and how many ran."""

    def __init__(self):
        self.ran = self.all = 0

    def add(self, ran, every):
        self.ran += ran
        self.all += every

    def __str__(self):
        return f"{100 * self.ran / self.all if self.all else 100:5.1f} % of {self.all:6,}"


def files():
    """[(path, lines ran, lines, branches ran, branches)] from all counts in the build folder; a source that is compiled
    once per instruction set counts once, and has run where one of them did."""
    done = subprocess.run(["gcovr", "--root", ROOT, "--filter", "src/", "--filter", "cli/", "--json-summary", "-", BUILD],
                          check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return [(file["filename"], file["line_covered"], file["line_total"], file["branch_covered"], file["branch_total"])
            for file in json.loads(done.stdout)["files"]]


def show():
    folders = collections.defaultdict(lambda: (Count(), Count()))
    low = []
    for path, lines_ran, lines, branches_ran, branches in files():
        parts = path.split("/")
        for name in {parts[0] + "/", "/".join(parts[:2]) if len(parts) > 2 else parts[0] + "/"}:
            folders[name][0].add(lines_ran, lines)
            folders[name][1].add(branches_ran, branches)
        if lines and 100 * lines_ran < AIM * lines:
            low.append((lines_ran / lines, path, lines - lines_ran))
    print("folder                    lines            branches")
    for name, (lines, branches) in sorted(folders.items()):
        print(f"{name:<20} {lines}  {branches}")
    print(f"\nfiles below {AIM} % of lines:")
    for share, path, missing in sorted(low):
        print(f"  {100 * share:5.1f} %  {missing:4} not run  {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", metavar="NAME", help="of the tests, in place of all")
    parser.add_argument("--keep", action="store_true", help="go on from the counts that are there")
    parser.add_argument("--everything", action="store_true", help="leave no case of a test out")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="tests at a time")
    chosen = parser.parse_args()
    if subprocess.run(["tools/build.sh", BUILD, *OPTIONS], cwd=ROOT, check=False).returncode:
        return 1
    if not chosen.keep:
        for counts in BUILD.rglob("*.gcda"):
            counts.unlink()
    suites = [word for name in chosen.suite or SUITES for word in ("--suite", name)]
    more = {"LOCI_EVERYTHING": "1"} if chosen.everything else {}
    subprocess.run(["meson", "test", "-C", BUILD, "--no-rebuild", "--timeout-multiplier", "10", "--num-processes",
                    str(chosen.jobs), *suites], cwd=ROOT, check=False, env={**os.environ, **more},
                   stdin=subprocess.DEVNULL)
    show()
    return 0


if __name__ == "__main__":
    sys.exit(main())
