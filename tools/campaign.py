#!/usr/bin/python3
"""Fuzzes targets of tests/fuzz for as long as it takes, and goes on where it ended.

    tools/campaign.py                    what there is, and how much each was run
    tools/campaign.py csv npz            runs these until each has had its executions
    tools/campaign.py all                runs all, the one that had the least of its executions first
    tools/campaign.py --coverage csv     which lines of its parser the inputs so far reach

Inputs that reach something new are kept in campaigns/NAME/corpus, what ended a target in campaigns/NAME/found, what it
printed in campaigns/NAME/log, and how often it was run in campaigns/totals.json. Running what was kept is not counted.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

import fuzzing
import reach

ROOT = fuzzing.ROOT
FOLDER, BUILD = ROOT / "campaigns", ROOT / "build-campaign"
# Those that open a file, or many, for each execution; the others have ten times as many.
OPENING = {"checkpoint", "csv", "fetch", "folder", "frames", "import", "inflate", "model", "npz", "recordings", "run",
           "schema", "spikes"}
FEWER, MANY = 10**6, 10**7
PAGE = fuzzing.PAGE


def wanted(name):
    return FEWER if name in OPENING else MANY


def names():
    return sorted([*fuzzing.names(), PAGE])


class Totals:
    """Executions and seconds by name, kept in a file."""

    def __init__(self):
        self.path = FOLDER / "totals.json"
        self.read()

    def read(self):
        self.of = json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, name):
        return self.of.setdefault(name, {"executions": 0, "seconds": 0})

    def add(self, name, executions, seconds):
        self.read()  # another campaign may have added meanwhile
        entry = self.get(name)
        entry["executions"] += executions
        entry["seconds"] = round(entry["seconds"] + seconds)
        new = self.path.with_suffix(".tmp")
        new.write_text(json.dumps(self.of, indent=1, sort_keys=True) + "\n")
        new.replace(self.path)

    def share(self, name):
        return self.get(name)["executions"] / wanted(name)


def command(name, seconds):
    corpus, found = FOLDER / name / "corpus", FOLDER / name / "found"
    if name == PAGE:
        return ["node", ROOT / "tests/fuzz/fuzz_page.mjs", f"--seconds={seconds}", f"--found={found}"]
    return [BUILD / f"tests/fuzz/fuzz_{name}", f"-max_total_time={seconds}", *fuzzing.engine_options(name, FOLDER / name / "words"),
            "-print_final_stats=1", f"-artifact_prefix={found}/", corpus, *fuzzing.corpora(name)]


def executions_in(text):
    """Those of one run, without those of the inputs that were there already."""
    begun = re.search(r"^#(\d+)\s+INITED", text, re.M)
    counted = [int(number) for number in re.findall(r"^#(\d+)\s|number_of_executed_units: +(\d+)", text, re.M)
               for number in number if number]
    return max(counted, default=0) - int(begun.group(1)) if begun and counted else 0


def run_once(name, seconds, totals):
    """Whether nothing was found."""
    if name != PAGE:
        fuzzing.build(BUILD, name, *fuzzing.OPTIONS)
    for part in "corpus", "found":
        (FOLDER / name / part).mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with fuzzing.memory_folder(name) as environment:
        done = subprocess.run([str(word) for word in command(name, seconds)], cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env={**os.environ, **environment})
    text = done.stdout.decode(errors="replace")
    with open(FOLDER / name / "log", "a", encoding="utf-8") as log:
        log.write(f"== {time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}")
    count = executions_in(text)
    totals.add(name, count, time.monotonic() - start)
    say = "no finding" if done.returncode == 0 else f"FOUND SOMETHING: campaigns/{name}/found, campaigns/{name}/log"
    print(f"{name}: {count} executions more, {totals.get(name)['executions']} of {wanted(name)}; {say}", flush=True)
    return done.returncode == 0


def show(totals):
    print(f"{'target':<12} {'executions':>12} {'of':>10} {'hours':>6} {'inputs':>7} findings")
    for name in names():
        entry, counts = totals.get(name), []
        for part in "corpus", "found":
            path = FOLDER / name / part
            counts.append(sum(not file.startswith("slow-unit") for file in os.listdir(path)) if path.exists() else 0)
        print(f"{name:<12} {entry['executions']:>12} {wanted(name):>10} {entry['seconds'] / 3600:>6.1f} {counts[0]:>7} "
              f"{counts[1]:>8}")


def run_all(chosen, seconds, minutes, totals):
    """Round after round, the one that lacks most of its executions first, until none lacks any or time is over."""
    left, end = set(chosen), time.monotonic() + 60 * minutes
    found = False
    while left and time.monotonic() < end:
        for name in sorted(left, key=totals.share):
            if totals.share(name) >= 1 or time.monotonic() >= end:
                left.discard(name)
            elif not run_once(name, seconds, totals):
                found = True
                left.discard(name)  # the rest would find the same again
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=int, default=300, help="of one turn of a target (default 300)")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of all turns together (default: no end)")
    parser.add_argument("--coverage", action="store_true", help="show what is reached; nothing is fuzzed")
    parser.add_argument("--steps", type=int, default=0, metavar="N",
                        help="for coverage: also each input changed at every Nth of its first bytes, as make test does")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    totals, chosen = Totals(), names() if arguments.names == ["all"] else arguments.names
    for name in chosen:
        if name not in names():
            parser.error(f"there is no target {name}; there are {', '.join(names())}")
    if not chosen:
        show(totals)
        return 0
    if arguments.coverage:
        return reach.show(chosen, FOLDER, arguments.steps)
    return run_all(chosen, arguments.seconds, arguments.minutes, totals)


if __name__ == "__main__":
    sys.exit(main())
