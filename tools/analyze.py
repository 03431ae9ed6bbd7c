#!/usr/bin/python3
"""Looks through src/ and cli/ by gcc's -fanalyzer, clang's analyzer and cppcheck; prints what is not in the list.

    tools/analyze.py [--tool gcc|clang|cppcheck] [FILE...]

tools/analyzers.txt lists findings that are none, each with the reason: `TOOL | FILE | PART OF THE MESSAGE | WHY`; FILE
may have a *. One that nothing matches any more is told, too, when all files were looked through. tools/contracts.h tells
gcc and clang what functions that fail return. Needs the compile commands of a build in build/; what was built for several
instruction sets is looked at once.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tools/analyzers.txt"
TOOLS = "gcc", "clang", "cppcheck"
CPPCHECK = ["--std=c11", "--enable=warning,performance,portability", "--inline-suppr", "--quiet", "--error-exitcode=0",
            "--template={file}:{line}:{column}: {severity}: {message} [{id}]", "--suppress=missingIncludeSystem",
            "--suppress=unmatchedSuppression", "-D__GNUC__=12", "-D__x86_64__", "--max-configs=1",
            f"--library={ROOT / 'tools/cppcheck.cfg'}"]
# Before each file but those that define the functions of which it tells.
CONTRACTS = ["-D_GNU_SOURCE=", "-include", ROOT / "tools/contracts.h"]
TOLD_OF = re.compile(r"^int (loci_fail|cli_fail|cli_fail_sample)\(", re.M)
# Analyses of whole paths alone: what is a matter of style, clang-format and the compilers say.
CLANG_CHECKS = "-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*"


def commands():
    """{file: arguments of its compiler} of what the project is made of."""
    found = {}
    for entry in json.loads((ROOT / "build/compile_commands.json").read_text()):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if path.is_relative_to(ROOT / "src") or path.is_relative_to(ROOT / "cli"):
            found.setdefault(path, shlex.split(entry["command"]))
    return found


def flags_of(words):
    """Definitions, folders and the language, for another program than the compiler."""
    kept, words = [], iter(words)
    for word in words:
        if word in ("-I", "-D", "-isystem"):
            kept += [word, next(words)]
        elif word.startswith(("-I", "-D", "-isystem", "-std=")) and word != "-DNDEBUG":  # what is asserted is known
            kept.append(word)
    return kept


def run(words):
    done = subprocess.run([str(word) for word in words], cwd=ROOT / "build", stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"})
    return done.stdout.decode(errors="replace")


def findings(tool, path, words):
    """[(file, line, message)]"""
    flags = flags_of(words) + ([] if TOLD_OF.search(path.read_text()) else CONTRACTS)
    if tool == "gcc":
        # without the time that optimising takes, and one way to say a path is enough
        text = run(["gcc", *flags, "-O1", "-fanalyzer", "-fdiagnostics-path-format=none", "-ftrack-macro-expansion=0",
                    "-c", "-o", "/dev/null", path])
    elif tool == "clang":
        text = run(["clang-tidy", f"--checks={CLANG_CHECKS}", "--quiet", path, "--", *flags])
    else:
        text = run(["cppcheck", *CPPCHECK, *[word for word in flags_of(words) if word.startswith(("-I", "-D"))], path])
    found = []
    for where, line, kind, message in re.findall(r"^(\S+?):(\d+):\d+: (warning|error|performance|portability): (.*)$", text, re.M):
        place = (ROOT / "build" / where).resolve()
        if place.is_relative_to(ROOT):
            found.append((str(place.relative_to(ROOT)), int(line), f"{message}" if kind != "error" else f"error: {message}"))
    return found


def read_list():
    lines = [line.split(" | ") for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        if len(line) != 4:
            sys.exit(f"{LIST}: not TOOL | FILE | PART | WHY: {' | '.join(line)}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", action="append", choices=TOOLS)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    tools = arguments.tool or TOOLS
    all_commands, known = commands(), read_list()
    given = {pathlib.Path(file).resolve() for file in arguments.files}
    wanted = sorted(given & set(all_commands) if given else all_commands)
    jobs = [(tool, path, all_commands[path]) for tool in tools for path in wanted]
    used, told = set(), set()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for (tool, _, _), found in zip(jobs, pool.map(lambda job: findings(*job), jobs)):
            for file, line, message in found:
                matching = [i for i, (by, where, part, _) in enumerate(known)
                            if by == tool and fnmatch.fnmatch(file, where) and part in message]
                used.update(matching)
                if not matching and (tool, file, line, message) not in told:
                    told.add((tool, file, line, message))
                    print(f"{file}:{line}: {tool}: {message}", flush=True)
    stale = [known[i] for i in range(len(known)) if i not in used and known[i][0] in tools and not arguments.files]
    for entry in stale:
        print(f"{LIST.name}: nothing matches any more: {' | '.join(entry)}")
    print(f"{len(jobs)} runs over {len(wanted)} files; {len(told)} findings, {len(used)} known to be none")
    return 1 if told or stale else 0


if __name__ == "__main__":
    sys.exit(main())
