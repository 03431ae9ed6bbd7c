"""Which lines of a parser the inputs of its fuzz target reach: by clang's counts, of a build without an engine."""

import bisect
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import fuzzing

ROOT, BUILD = fuzzing.ROOT, fuzzing.ROOT / "build-coverage"
FLAGS = "-fprofile-instr-generate -fcoverage-mapping"
OPTIONS = [f"-Dc_args={FLAGS}", f"-Dc_link_args={FLAGS}", *fuzzing.SANITIZE]


def counts_of(program, inputs, steps):
    """{file: {line: how often}} of all inputs; steps: what replay.c does to each beside."""
    with tempfile.TemporaryDirectory() as folder:
        raw, merged = pathlib.Path(folder) / "raw", pathlib.Path(folder) / "merged"
        subprocess.run([program, *inputs], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, "LLVM_PROFILE_FILE": str(raw), "REPLAY_STEP": str(steps)})
        subprocess.run(["llvm-profdata", "merge", "-sparse", raw, "-o", merged], check=True)
        text = subprocess.run(["llvm-cov", "export", "-format=lcov", f"-instr-profile={merged}", program], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    counts, lines, starts = {}, {}, {}
    for record in text.splitlines():
        key, _, value = record.partition(":")
        if key == "SF":
            source = pathlib.Path(value).resolve()
            lines, begins = counts.setdefault(source, {}), starts.setdefault(source, {})
        elif key == "FN":
            line, name = value.split(",")
            begins[int(line)] = name.rpartition(":")[2]  # of a static one: "file.c:name"
        elif key == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = lines.get(int(line), 0) + int(count)
    return {source: without(lines, starts[source], source) for source, lines in counts.items()}


def without(lines, begins, source):
    """Lines without those of functions that read nothing."""
    leave_out = set(next((names for file, (names, _) in fuzzing.NOT_READING.items()
                          if source == (ROOT / "src" / file).resolve()), ()))
    unknown = leave_out - set(begins.values())
    if begins and unknown:
        sys.exit(f"{source} has no function {', '.join(unknown)} (tools/reach.py)")
    places = sorted(begins)
    kept = {}
    for line, count in lines.items():
        at = bisect.bisect_right(places, line)
        if at == 0 or begins[places[at - 1]] not in leave_out:
            kept[line] = count
    return kept


def ranges(numbers):
    """1, 2, 3, 7 -> "1-3, 7"."""
    out = []
    for number in sorted(numbers):
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in out)


def page_counts():
    """{file: {line: how often}} of what reads data in a page, by node's counts over ten thousand changed inputs."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["node", ROOT / "tests/fuzz/fuzz_page.mjs", "--runs=10000", "--seed=1"], check=False,
                       stdout=subprocess.DEVNULL, env={**os.environ, "NODE_V8_COVERAGE": folder})
        scripts = [script for path in pathlib.Path(folder).glob("*.json")
                   for script in json.loads(path.read_text())["result"]]
    counts = {}
    for name, functions in fuzzing.PAGE_PARSERS.items():
        source = ROOT / "viewer/src" / name
        text = source.read_text(encoding="utf-8")
        found = [function for script in scripts if script["url"].endswith(f"/viewer/src/{name}")
                 for function in script["functions"] if not functions or function["functionName"] in functions]
        places = {}  # a range within another comes after it
        for span in (span for function in found for span in function["ranges"]):
            for at in range(span["startOffset"], span["endOffset"]):
                places[at] = span["count"]
        lines, at = {}, 0
        for number, line in enumerate(text.splitlines(keepends=True), 1):
            first = at + len(line) - len(line.lstrip())
            at += len(line)
            if line.strip() and not line.lstrip().startswith("//") and first in places:
                lines[number] = places[first]
        counts[source] = lines
    return counts


def show(names, campaigns, steps):
    """Prints a line for each parser file, and the lines that nothing reached."""
    for name in names:
        if name == fuzzing.PAGE:
            show_one(name, page_counts())
            continue
        inputs = fuzzing.corpora(name)
        if (campaigns / name / "corpus").exists():
            inputs.append(campaigns / name / "corpus")
        counts = counts_of(fuzzing.build(BUILD, name, *OPTIONS), inputs, steps)
        show_one(name, {path: counts.get(path, {}) for path in
                        ((ROOT / "src" / source).resolve() for source in fuzzing.PARSERS[name])})
    return 0


def show_one(name, counts):
    reached = total = 0
    for source, lines in counts.items():
        missing = [line for line, count in lines.items() if count == 0]
        reached, total = reached + len(lines) - len(missing), total + len(lines)
        share = 100 * (1 - len(missing) / len(lines)) if lines else 0
        print(f"    {source.relative_to(ROOT)!s:<34} {share:5.1f} %  not reached: {ranges(missing) or 'nothing'}")
    print(f"{name}: {100 * reached / total if total else 0:.1f} % of {total} lines", flush=True)
