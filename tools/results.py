#!/usr/bin/python3
"""Keeps what `loci reproduce` found, and writes the tables of docs/results.md from all that was kept so far.

    tools/results.py [FOLDER ...] [--loci build/cli/loci]

FOLDER is an --out of `loci reproduce`. Of each finished run its configuration, summary and curve of cuts go to
docs/reproduction, each data set to a folder, so that a later reproduction begins there and repeats nothing:

    cp -r docs/reproduction/mnist repeated && loci reproduce all --data mnist --out repeated

Models are kept of the two runs that figures are drawn from.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD, PAGE, IMAGES = ROOT / "docs/reproduction", ROOT / "docs/results.md", ROOT / "docs/images"
KEPT = ["config.json", "summary.json", "sparsity_curve.json"]
DRAWN = ["mnist/paper-mlp-s1", "mnist/paper-mlp-relaxed-s1"]
# What is shown of each data set, and whether with its figures.
SHOWN = {
    "mnist": (["all"], True),
    "glyphs": (["table1", "table2", "table3", "frontier", "--epochs", "20"], False),
}


def keep(folder):
    """Copies the finished runs of a reproduction into the record."""
    for summary in sorted(folder.glob("runs/*/summary.json")):
        run, dataset = summary.parent, json.loads(summary.read_text(encoding="utf-8"))["dataset"]
        kept = RECORD / dataset / "runs" / run.name
        kept.mkdir(parents=True, exist_ok=True)
        for name in KEPT + (["model.safetensors"] if f"{dataset}/{run.name}" in DRAWN else []):
            if (run / name).exists():
                shutil.copy(run / name, kept / name)
        # Where the run stood is nobody's business.
        config = (kept / "config.json").read_text(encoding="utf-8")
        (kept / "config.json").write_text(re.sub(r'  "origin": .*\n', "", config), encoding="utf-8")


def tables(dataset, loci, work):
    """The page that `loci reproduce` writes of the record, as a part of a longer one; copies its figures."""
    targets, figures = SHOWN[dataset]
    shutil.copytree(RECORD / dataset / "runs", work / "runs")
    subprocess.run([loci, "reproduce", *targets, "--data", dataset, "--no-train", "--quiet", "--out", work],
                   stdout=subprocess.DEVNULL, check=True)
    text = (work / "results.md").read_text(encoding="utf-8")
    text = text.replace(f"{work}/", "")  # commands are given as from the folder itself
    text = re.sub(r"^# .*\n+", "", text, flags=re.MULTILINE)  # the title; docs/results.md has its own
    text = re.sub(r"^#", "##", text, flags=re.MULTILINE)  # its sections are parts of one of ours
    if not figures:
        return re.sub(r"^!\[.*\n+", "", text, flags=re.MULTILINE)
    for figure in re.findall(r"\((\S+)\.svg\)", text):
        shutil.copy(work / f"{figure}.png", IMAGES)
    return re.sub(r"\((\S+)\.svg\)", r"(images/\1.png)", text)


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
    arguments = parser.parse_args()
    for folder in arguments.folders:
        keep(folder)
    for dataset in SHOWN:
        with tempfile.TemporaryDirectory() as work:
            write(dataset, tables(dataset, arguments.loci.resolve(), pathlib.Path(work)))


if __name__ == "__main__":
    main()
