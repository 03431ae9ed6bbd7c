#!/usr/bin/python3
"""Keeps what `loci reproduce` found, and writes the tables of docs/results.md from all that was kept so far.

    tools/results.py [FOLDER ...] [--loci build/cli/loci]

FOLDER is an --out of `loci reproduce`. Of each finished run its configuration, summary and curve of cuts go to
docs/reproduction/runs, so that a later reproduction begins there and repeats nothing:

    cp -r docs/reproduction repeated && loci reproduce all --data mnist --out repeated

Models are kept of the two runs that figures are drawn from.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD, PAGE, IMAGES = ROOT / "docs/reproduction", ROOT / "docs/results.md", ROOT / "docs/images"
KEPT = ["config.json", "summary.json", "sparsity_curve.json"]
DRAWN = ["paper-mlp-s1", "paper-mlp-relaxed-s1"]
FROM, TO = "<!-- tools/results.py: from here -->\n", "<!-- to here -->\n"


def keep(folder):
    """Copies the finished runs of a reproduction into the record."""
    for summary in sorted(folder.glob("runs/*/summary.json")):
        run, kept = summary.parent, RECORD / "runs" / summary.parent.name
        kept.mkdir(parents=True, exist_ok=True)
        for name in KEPT + (["model.safetensors"] if run.name in DRAWN else []):
            if (run / name).exists():
                shutil.copy(run / name, kept / name)


def tables(loci, work):
    """The page that `loci reproduce` writes of the record, as a part of a longer one; copies its figures."""
    shutil.copytree(RECORD / "runs", work / "runs")
    subprocess.run([loci, "reproduce", "all", "--data", "mnist", "--no-train", "--quiet", "--out", work],
                   stdout=subprocess.DEVNULL, check=True)
    text = (work / "results.md").read_text(encoding="utf-8")
    text = re.sub(r"^# .*\n+", "", text, flags=re.MULTILINE)  # the title; docs/results.md has its own
    text = re.sub(r"^#", "##", text, flags=re.MULTILINE)  # its sections are parts of one of ours
    for figure in re.findall(r"\((\S+)\.svg\)", text):
        shutil.copy(work / f"{figure}.png", IMAGES)
    return re.sub(r"\((\S+)\.svg\)", r"(images/\1.png)", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--loci", type=pathlib.Path, default=ROOT / "build/cli/loci")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        keep(folder)
    with tempfile.TemporaryDirectory() as work:
        text = tables(arguments.loci.resolve(), pathlib.Path(work))
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(FROM)
    PAGE.write_text(before + FROM + "\n" + text.strip() + "\n\n" + TO + rest.split(TO)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
