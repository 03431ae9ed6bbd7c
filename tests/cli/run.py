#!/usr/bin/python3
"""Golden tests of the command line:  run.py [--update] LOCI [CASE...]

A case is a folder with cmd.sh; beside it stand cmd.sh.stdout.exact and cmd.sh.stderr.exact, what it must print
(absent: nothing), and cmd.sh.exit, its exit status (absent: 0). It runs in an empty folder, with `loci` on PATH and
the helpers of tools.sh. Only times are normalised. Exit status 77 skips it: what it takes is missing here. --update
writes down what was printed: look at it before committing.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

SKIPPED = 77

TIMES = [
    (re.compile(r'("seconds[a-z_]*": )[-0-9.e]+'), r"\1TIME"),
    (re.compile(r"\b\d+ h \d\d min\b|\b\d+ min \d\d s\b|\b\d+(\.\d+)? s\b"), "TIME"),
    (re.compile(r" +TIME"), " TIME"),  # a column of times is padded
]


def normalise(text):
    for pattern, replacement in TIMES:
        text = pattern.sub(replacement, text)
    return text


def execute(case, loci, folder, preload):
    """Runs a case; returns {file name: what it should hold}."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "loci").symlink_to(loci)
    work = folder / "work"
    work.mkdir()
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LC_ALL": "C.UTF-8",
        "BASH_ENV": str(HERE / "tools.sh"),
        "TOOLS": str(HERE),
    }
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload.resolve())
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
    done = subprocess.run(["/bin/bash", "-eu", str(case / "cmd.sh")], cwd=work, env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return {
        "cmd.sh.stdout.exact": normalise(done.stdout.decode(errors="replace")),
        "cmd.sh.stderr.exact": normalise(done.stderr.decode(errors="replace")),
        "cmd.sh.exit": f"{done.returncode}\n" if done.returncode else "",
    }


def is_skipped(found):
    return found["cmd.sh.exit"] == f"{SKIPPED}\n"


def compare(case, found):
    """Prints every difference from what is written down; returns whether there is none."""
    same = True
    for name, text in found.items():
        path = case / name
        wanted = path.read_text() if path.exists() else ""
        if wanted != text:
            same = False
            sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), text.splitlines(True),
                                                       f"{case.name}/{name}", "now"))
    return same


def write_down(case, found):
    for name, text in found.items():
        if text:
            (case / name).write_text(text)
        else:
            (case / name).unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true", help="write down what is printed now")
    parser.add_argument("--preload", type=pathlib.Path, help="a library for the program: one that waits for no disk")
    parser.add_argument("loci", type=pathlib.Path)
    parser.add_argument("cases", nargs="*", help="all when none is named")
    options = parser.parse_args()
    names = options.cases or sorted(path.parent.name for path in HERE.glob("*/cmd.sh"))
    if not names:
        sys.exit("no cases")
    failed, skipped = [], []
    for name in names:
        case = HERE / name
        with tempfile.TemporaryDirectory(prefix="loci-cli-") as folder:
            found = execute(case, options.loci.resolve(), pathlib.Path(folder), options.preload)
        if is_skipped(found):
            print(f"{name}: {found['cmd.sh.stderr.exact']}", end="")
            skipped.append(name)
        elif options.update:
            write_down(case, found)
        elif not compare(case, found):
            failed.append(name)
    if failed:
        sys.exit(f"differs: {' '.join(failed)}")
    if skipped == names:
        sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
