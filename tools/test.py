#!/usr/bin/python3
"""Builds and runs the test suites; the last line is `N passed, N failed`.

`make test` runs everything once in an ordinary build and the suites that look at memory again under the
address and undefined-behaviour sanitizers. `make test-long` leaves nothing out of the first, and adds every
code path of the processor, other compilers, the thread sanitizer, fuzzing and the scripts in tests/long.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import fuzzing

ROOT = pathlib.Path(__file__).resolve().parent.parent
DYNAMIC = ["unit", "fuzz"]  # suites that run the code, not look at the tree
LONG = ["cli", "gradient", "drawing", "codegen", "training"]  # under sanitizers by --long alone: what takes long
WATCHED = ["fuzz"]  # what make test runs under sanitizers alone
COMPUTING = ["unit", "exchange", "gradient", "cli", "training"]  # suites whose results products enter
COMPILED = [*DYNAMIC, "gradient", "cli"]  # what another compiler is judged by
AT_ONCE = 2  # of what --long runs beside another
FIRST = ["aarch64.sh", "campaigns.sh"]  # scripts that take longest: in the end nothing waits for one of them
ALONE = ["bench.sh"]  # scripts that time
# gcc says of its format warnings that sanitizers make them guess wrong; reports need no more than line numbers
ADDRESS = ["-Db_sanitize=address,undefined", "-Dc_args=-Wno-format-truncation -g1", *fuzzing.SANITIZE]


class Tally:
    """What passed, failed and was skipped, by name, and the last lines of what failed."""

    def __init__(self):
        self.passed, self.failed, self.skipped, self.lines = [], [], [], []

    def add(self, name, status, printed=""):
        into = {0: self.passed, 77: self.skipped}.get(status, self.failed)
        into.append(name)
        if into is self.failed:
            self.lines += [f"-- {name}", *printed.splitlines()[-12:]]

    def report(self):
        if any(not line.startswith("-- ") for line in self.lines):
            print("\n".join(self.lines))
        for title, names in ("Skipped", self.skipped), ("Failed", self.failed):
            if names:
                print(f"{title}: {', '.join(names)}")
        print(f"{len(self.passed)} passed, {len(self.failed)} failed", flush=True)


def run(command, quiet=False, **environment):
    """Runs a command in the project's folder; returns the exit status. Quiet: output only if it fails."""
    sys.stdout.flush()
    done = subprocess.run([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE if quiet else None,
                          stderr=subprocess.STDOUT if quiet else None,
                          env={**os.environ, **environment}, check=False)
    if quiet and done.returncode not in (0, 77):
        sys.stdout.write(done.stdout.decode(errors="replace"))
    return done.returncode


def builder(folder, options, names=()):
    """The command that builds a folder: all of it, or what suites need."""
    return ["tools/build.sh", *(["--suites", ",".join(names)] if names else []), folder, *options]


def build(tally, folder, options, names=(), **environment):
    print(f"== {folder}", flush=True)
    status = run(builder(folder, options, names), **environment)
    if status:
        tally.add(f"{folder} does not build", 1)
    return status == 0


def suites(tally, folder, names=(), slowdown=1, title="", without=(), **environment):
    """Runs meson's tests in a build folder and counts them from its log."""
    log = ROOT / folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    chosen = [word for name in names for word in ("--suite", name)]
    chosen += [word for name in without for word in ("--no-suite", name)]
    # one more than there are processors: a test may sleep
    run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
         "--timeout-multiplier", slowdown, "--num-processes", len(os.sched_getaffinity(0)) + 1, *chosen], **environment)
    if not log.exists():
        tally.add(f"{folder} has no test log", 1)
        return
    for line in log.read_text().splitlines():
        test = json.loads(line)
        status = {"OK": 0, "EXPECTEDFAIL": 0, "SKIP": 77}.get(test["result"], 1)
        printed = test.get("stdout", "") + test.get("stderr", "")
        tally.add(f"{folder}{title}: {test['name'].split(' / ')[-1]}", status, printed)


def build_meanwhile(folder, options, names):
    """Begins to build what is needed later, with the time that the tests of now leave; a later build() finishes it."""
    return subprocess.Popen(["nice", "-n", "19", *builder(folder, options, names)], cwd=ROOT, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ordinary(tally, without, watched, **environment):
    """Builds and tests; returns the build of the sanitizers, for the suites `watched`, that was begun then."""
    built = build(tally, "build", [])
    next_build = build_meanwhile("build-sanitize", ADDRESS, watched)
    if built:
        suites(tally, "build", without=without, **environment)
    return next_build


def finds_leaks(program):
    """Whether the leak sanitizer works: it watches by ptrace, which some containers and debuggers keep from it."""
    done = subprocess.run([program], env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"},
                          capture_output=True, check=False)
    return done.returncode == 0


def sanitizers(tally, watched, begun):
    begun.wait()  # what went wrong in it is said by building once more
    if build(tally, "build-sanitize", ADDRESS, watched):
        leaks = finds_leaks(ROOT / "build-sanitize/tests/test_base")
        if not leaks:
            print("The leak sanitizer cannot work here; leaks are not looked for.", flush=True)
        suites(tally, "build-sanitize", watched, 3, ASAN_OPTIONS=f"detect_leaks={leaks:d}")


def clang(tally):
    if build(tally, "build-clang", ["--werror", "-Dman=disabled"], COMPILED, CC="clang"):
        suites(tally, "build-clang", COMPILED)


def paths(tally):
    """The suites that compute, on every code path that this machine has, our kernels' and oneDNN's, but the one that it
    takes by itself: the last of them."""
    there = []
    for isa, products in ("x86-64", "SSE41"), ("v3", "AVX2"), ("v4", "AVX512_CORE"):
        chosen = {"LOCI_ISA": isa, "ONEDNN_MAX_CPU_ISA": products}
        if run(["build/cli/loci", "--version"], quiet=True, **chosen):
            tally.add(f"LOCI_ISA={isa}: not on this machine", 77)
        else:
            there.append(chosen)
    for chosen in there[:-1]:
        print(f"== {' '.join(f'{name}={value}' for name, value in chosen.items())}", flush=True)
        suites(tally, "build", COMPUTING, 2, f" ({chosen['LOCI_ISA']})", **chosen)
    if build(tally, "build-plain", ["-Ddnnl=disabled", "-Dman=disabled"], COMPUTING):
        suites(tally, "build-plain", COMPUTING, 2)


def threads(tally):
    watched = ["unit", "gradient", "training", "machines"]
    if build(tally, "build-thread", ["-Db_sanitize=thread", *fuzzing.CLANG], watched, CC="clang"):
        suites(tally, "build-thread", watched, 10, TSAN_OPTIONS="halt_on_error=1", LOCI_SLOWDOWN="10")


def fuzz_one(name, seconds):
    with tempfile.TemporaryDirectory() as found, fuzzing.memory_folder(name) as environment:
        words = pathlib.Path(environment["TMPDIR"]) / "words"
        status = run([f"build-fuzz/tests/fuzz/fuzz_{name}", f"-max_total_time={seconds}",
                      *fuzzing.engine_options(name, words), "-artifact_prefix=build-fuzz/", found,
                      *fuzzing.corpora(name)], quiet=True, **environment)
    print(f"fuzz_{name}: {'no finding' if status == 0 else 'FOUND SOMETHING'}", flush=True)
    return status


def fuzz(tally, seconds):
    """Each target mutates its corpus for a while; what it finds is kept in the build folder."""
    if not build(tally, "build-fuzz", fuzzing.OPTIONS, CC="clang"):
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        names = fuzzing.names()
        for name, status in zip(names, pool.map(lambda name: fuzz_one(name, seconds), names)):
            tally.add(f"fuzz_{name}", status)


def run_script(script):
    start, folder = time.monotonic(), tempfile.mkdtemp()
    status = run(["sh", script, "build", folder], quiet=True)
    shutil.rmtree(folder)
    say = {0: "ok", 77: "skipped"}.get(status, "FAILED")
    print(f"{script.name}: {say}, {time.monotonic() - start:.0f} s", flush=True)
    return status


def scripts(tally):
    """tests/long/*.sh get the build folder and an empty folder to work in; 77 means skipped."""
    found = sorted((ROOT / "tests/long").glob("*.sh"), key=lambda script: (script.name not in FIRST, script.name))
    together = [script for script in found if script.name not in ALONE]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(zip(together, pool.map(run_script, together)))
    results += [(script, run_script(script)) for script in found if script.name in ALONE]
    for script, status in results:
        tally.add(script.name, status)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="also what takes long")
    parser.add_argument("--fuzz-seconds", type=int, default=10, help="for each target (default 10)")
    arguments = parser.parse_args()

    start, tally = time.monotonic(), Tally()
    everything = {"LOCI_EVERYTHING": "1"} if arguments.long else {}  # tests then leave nothing out
    watched = [*DYNAMIC, *LONG] if arguments.long else DYNAMIC
    begun = ordinary(tally, [] if arguments.long else WATCHED, watched, **everything)
    sanitizers(tally, watched, begun)
    if arguments.long:
        paths(tally)
        clang(tally)
        threads(tally)
        fuzz(tally, arguments.fuzz_seconds)
        scripts(tally)
    print(f"\nTook {time.monotonic() - start:.0f} s.")
    tally.report()
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
