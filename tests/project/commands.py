#!/usr/bin/python3
"""Whether the commands that the documents show can be typed:  commands.py LOCI ROOT

Each option of each command exists, and each figure that one is asked for. Each training is one that can be: it is begun with data that are not there, and what
it has to say is that they are not, for a plan is looked at before its data are.
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

NOWHERE = "nowhere.csv"
# What is looked at before data are, and is not there either.
NEEDS_MORE = {"--teacher", "--init", "--resume", "--live"}
STANDS_FOR = re.compile(r"^(DIR|MODEL|PRESET|DATA|RUN|PATH|FILE|[A-Z]+|\.\.\.|.*\[.*|.*\|.*)$")


def commands(text):
    """(words, whether they are whole) of all commands in code blocks and between backticks, where a command may be cut
    short; a line that ends with a backslash goes on."""
    blocks = re.findall(r"(?m)(?:^    .*\n)+", text) + re.findall(r"(?s)```(?:sh|console)?\n(.*?)```", text)
    lines = [(line, True) for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += [(" ".join(quoted.split()), "--data" in quoted) for quoted in re.findall(r"`(loci [^`]*)`", text)]
    for line, whole in lines:
        found = re.match(r"^\s*(?:mpirun .*? )?(loci .*)$", re.sub(r"\s+(#|\().*$", "", line))
        if found is None:
            continue
        for part in re.split(r"&&|;|\||&", found.group(1)):
            try:
                words = shlex.split(part)
            except ValueError:
                continue
            if words and words[0] == "loci":
                yield words[1:], whole


def run(loci, words, folder):
    done = subprocess.run([loci, *words], cwd=folder, capture_output=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def options_of(loci, command, folder, known={}):  # noqa: B006 (kept from call to call)
    if command not in known:
        status, said, _ = run(loci, [command, "--help"], folder)
        known[command] = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", said)) if status == 0 else None
    return known[command]


def training_fails(loci, words, folder):
    """Why this training is refused, or None. What stands for something else cannot be judged."""
    if NEEDS_MORE & set(words) or any(STANDS_FOR.match(word) for word in words):
        return None
    changed, skip = [], False
    for word in words:
        changed.append(NOWHERE if skip else word)
        skip = word == "--data"
    if "--data" not in words:
        changed += ["--data", NOWHERE]
    status, _, said = run(loci, [*changed, "--out", "run"] if "--out" not in words else changed, folder)
    return None if status == 1 and NOWHERE in said else said.strip() or f"exit status {status}"


def main():
    loci, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    sources = [root / "README.md", *sorted(root.glob("docs/*.md")), *sorted(root.glob("examples/*/README.md"))]
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        figures = re.findall(r"(?m)^ +([a-z0-9]+)  ", run(loci, ["figure", "--help"], folder)[1])
        for source in sources:
            for words, whole in commands(source.read_text()):
                command = words[0] if words else ""
                if not re.fullmatch(r"[a-z]+", command):
                    continue
                known = options_of(loci, command, folder)
                faults = [f"no command {command}"] if known is None else []
                faults += [f"no option {word}" for word in (re.split("=", w)[0] for w in words)
                           if known and re.match(r"--?[a-z]", word) and word not in known]
                if command == "figure" and known and len(words) > 1 and re.fullmatch(r"[a-z0-9]+", words[1]):
                    faults += [] if words[1] in figures else [f"no figure {words[1]}"]
                if command == "train" and whole and not faults:
                    why = training_fails(loci, words, folder)
                    faults += [why] if why else []
                tried += 1
                wrong += bool(faults)
                for fault in faults:
                    print(f"{source.relative_to(root)}: loci {' '.join(words)}: {fault}")
    print(f"{tried} commands, {wrong} wrong")
    return wrong > 0 or tried < 100


if __name__ == "__main__":
    sys.exit(main())
