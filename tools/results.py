#!/usr/bin/python3
"""Keeps what `loci reproduce` found, and writes the tables of docs/results.md from all that was kept so far.

    tools/results.py [FOLDER ...] [--loci build/cli/loci]

FOLDER is an --out of `loci reproduce`. Each data set has a record, docs/reproduction/DATA.jsonl: of each finished run
a line with its configuration, summary and curve of cuts, sorted by name. A later reproduction begins there and repeats
nothing:

    tools/results.py --unpack mnist repeated && loci reproduce all --data mnist --out repeated

Models are kept of the two runs that figures are drawn from.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD, PAGE, IMAGES = ROOT / "docs/reproduction", ROOT / "docs/results.md", ROOT / "docs/images"
# What a line keeps of a run, each from the file of that name and `.json`.
KEPT = ["config", "summary", "sparsity_curve"]
DRAWN = ["mnist/paper-mlp-s1", "mnist/paper-mlp-relaxed-s1"]
# What is shown of each data set, and whether with its figures.
SHOWN = {
    "mnist": (["all"], True),
    "glyphs": (["table1", "table2", "table3", "frontier", "--epochs", "20"], False),
    "spoken": (["time"], False),
    "fashion-mnist": (["frontier"], True),
}
# Figures of other data have the data's name before their own.
UNNAMED = "mnist"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def kept_model(dataset, run):
    """Where the model of a run is kept, if it is one of those that figures are drawn from."""
    return RECORD / "models" / dataset / f"{run}.safetensors" if f"{dataset}/{run}" in DRAWN else None


def read_record(dataset):
    """All that is kept of a data set: name of the run -> its line."""
    path = RECORD / f"{dataset}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line["run"]: line for line in map(json.loads, lines)}


def write_record(dataset, record):
    lines = [json.dumps(record[run]) + "\n" for run in sorted(record)]
    (RECORD / f"{dataset}.jsonl").write_text("".join(lines), encoding="utf-8")


def keep(folder):
    """Takes the finished runs of a reproduction into the record."""
    found = {}
    for summary in sorted(folder.glob("runs/*/summary.json")):
        run, dataset = summary.parent, read_json(summary)["dataset"]
        parts = {key: read_json(run / f"{key}.json") for key in KEPT if (run / f"{key}.json").exists()}
        parts["config"].pop("origin", None)  # where the run and its teacher stood is nobody's business
        if parts["config"].get("teacher"):
            parts["config"]["teacher"] = f"runs/{pathlib.PurePath(parts['config']['teacher']).name}"
        found.setdefault(dataset, {})[run.name] = {"run": run.name} | parts
        model = kept_model(dataset, run.name)
        if model and (run / "model.safetensors").exists():
            model.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(run / "model.safetensors", model)
    for dataset, runs in found.items():
        write_record(dataset, read_record(dataset) | runs)


def unpack(dataset, folder):
    """Writes a record as the run folders it was made from, for `loci reproduce --out FOLDER`."""
    for name, line in read_record(dataset).items():
        run = folder / "runs" / name
        run.mkdir(parents=True)
        for key in line.keys() & set(KEPT):
            text = json.dumps(line[key], indent=2, ensure_ascii=False)
            (run / f"{key}.json").write_text(text + "\n", encoding="utf-8")
        model = kept_model(dataset, name)
        if model and model.exists():
            shutil.copy(model, run / "model.safetensors")


def wrapped(text):
    """Prose in lines of at most 120 columns; tables, headings and images stay as they are."""
    whole = re.compile(r"$|[|#]|!\[")
    return "\n".join(line if whole.match(line) else
                     textwrap.fill(line, 120, break_long_words=False, break_on_hyphens=False)
                     for line in text.split("\n"))


def tables(dataset, loci, work):
    """The page that `loci reproduce` writes of the record, as a part of a longer one; copies its figures."""
    targets, figures = SHOWN[dataset]
    unpack(dataset, work)
    subprocess.run([loci, "reproduce", *targets, "--data", dataset, "--no-train", "--quiet", "--out", work],
                   stdout=subprocess.DEVNULL, check=True)
    text = (work / "results.md").read_text(encoding="utf-8")
    text = text.replace(f"{work}/", "")  # commands are given as from the folder itself
    text = re.sub(r"^# .*\n+", "", text, flags=re.MULTILINE)  # the title; docs/results.md has its own
    text = re.sub(r"^#", "##", text, flags=re.MULTILINE)  # its sections are parts of one of ours
    text = re.sub(r"^\|.*\| (- \| missing(, missing)*|missing) \|.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("the tables show which", "rows of which none is there are left out here")
    if not figures:
        return wrapped(re.sub(r"^!\[.*\n+", "", text, flags=re.MULTILINE))
    prefix = "" if dataset == UNNAMED else f"{dataset}-"
    for figure in re.findall(r"\((\S+)\.svg\)", text):
        shutil.copy(work / f"{figure}.png", IMAGES / f"{prefix}{figure}.png")
    return wrapped(re.sub(r"\((\S+)\.svg\)", rf"(images/{prefix}\1.png)", text))


def write(dataset, text):
    """Puts a page of tables between the two marks that stand for it in docs/results.md."""
    begin, end = (f"<!-- tools/results.py: {dataset}{which} -->\n" for which in ["", " ends"])
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(begin)
    PAGE.write_text(before + begin + "\n" + text.strip() + "\n\n" + end + rest.split(end)[1], encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--loci", type=pathlib.Path, default=ROOT / "build/cli/loci")
    parser.add_argument("--unpack", metavar="DATA", help="write DATA's record into FOLDER, a new one, and no more")
    arguments = parser.parse_args()
    if arguments.unpack:
        if len(arguments.folders) != 1 or arguments.folders[0].exists():
            parser.error("--unpack takes one FOLDER that is not there yet")
        if not read_record(arguments.unpack):
            parser.error(f"{RECORD} has no record of {arguments.unpack}")
        unpack(arguments.unpack, arguments.folders[0])
        return
    for folder in arguments.folders:
        keep(folder)
    for dataset in SHOWN:
        with tempfile.TemporaryDirectory() as work:
            write(dataset, tables(dataset, arguments.loci.resolve(), pathlib.Path(work)))


if __name__ == "__main__":
    main()
