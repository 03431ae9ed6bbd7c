#!/usr/bin/python3
"""First tries on small tables against scikit-learn's defaults:  bench/tables.py [--loci build/cli/loci] [--splits 20]

Ten public sets that scikit-learn ships or makes. Each split puts a quarter of the rows aside, stratified by class; both
learn the rest, one after the other: `loci train --data train.csv --test test.csv`, no option of network or training
given, and MLPClassifier() or MLPRegressor() behind a StandardScaler, which for numbers scales the targets, too. Classes
are told by accuracy, numbers (diabetes, friedman1) by R2. With --choose nothing is tested: a quarter of each training
part is held out in place of the test part. That is what defaults were chosen by; OPTIONS may be given to try others.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # both on one thread

import numpy as np
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETS = {
    "iris": lambda: datasets.load_iris(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "breast cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "two moons": lambda: datasets.make_moons(1000, noise=0.2, random_state=0),
    "circles": lambda: datasets.make_circles(1000, noise=0.1, factor=0.5, random_state=0),
    "classification": lambda: datasets.make_classification(1000, 20, n_informative=10, n_classes=3, random_state=0),
    "hastie": lambda: datasets.make_hastie_10_2(2000, random_state=0),
    "diabetes": lambda: datasets.load_diabetes(return_X_y=True),
    "friedman1": lambda: datasets.make_friedman1(1000, noise=1.0, random_state=0),
}
NUMBERS = {"diabetes", "friedman1"}


def split(name, seed, choose):
    """x and y to learn from, then x and y to measure on."""
    x, y = SETS[name]()
    for part in range(2 if choose else 1):
        stratify = None if name in NUMBERS else y
        x, x_out, y, y_out = train_test_split(x, y, test_size=0.25, random_state=seed + 1000 * part, stratify=stratify)
    return x, y, x_out, y_out


def write(path, x, y, numbers):
    with path.open("w", encoding="ascii") as file:
        print(*(f"x{column}" for column in range(x.shape[1])), "class", sep=",", file=file)
        for row, target in zip(x, y):
            print(*(repr(float(value)) for value in row), repr(float(target)) if numbers else f"c{int(target)}", sep=",",
                  file=file)


def loci(program, name, parts, seed, options, work):
    """Score, parameters and seconds."""
    write(work / "train.csv", parts[0], parts[1], name in NUMBERS)
    write(work / "test.csv", parts[2], parts[3], name in NUMBERS)
    command = [program, "train", "--data", work / "train.csv", "--test", work / "test.csv", "--seed", str(seed), "--out",
               work / "run", "--threads", "1", "--quiet", "--json", "--force", *options]
    command += ["--target", "class"] if name in NUMBERS else []
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    summary = json.loads(done.stdout)
    score = summary["test_r2" if name in NUMBERS else "test_accuracy"]
    return score, summary["parameters"], time.monotonic() - started


def peer(name, parts, seed):
    network = (MLPRegressor if name in NUMBERS else MLPClassifier)(random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    if name in NUMBERS:
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
    started = time.monotonic()
    model.fit(parts[0], parts[1])
    seconds = time.monotonic() - started
    fitted = (model.regressor_ if name in NUMBERS else model)[-1]
    return model.score(parts[2], parts[3]), sum(array.size for array in fitted.coefs_ + fitted.intercepts_), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loci", type=pathlib.Path, default=ROOT / "build/cli/loci")
    parser.add_argument("--splits", type=int, default=20, metavar="N", help="splits and seeds 1 to N")
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="NAME", help="some of the sets")
    parser.add_argument("--choose", action="store_true", help="measure on rows held out of the training part")
    parser.add_argument("options", nargs="*", help="of loci train, after --")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")  # of fits that stop at their last epoch
    print("| data | Loci | scikit-learn | difference | parameters | of it | time | of it |\n|---|---|---|---|---|---|---|---|")
    for name in arguments.only:
        ours, theirs = [], []
        with tempfile.TemporaryDirectory() as work:
            for seed in range(1, arguments.splits + 1):
                parts = split(name, seed, arguments.choose)
                ours.append(loci(arguments.loci.resolve(), name, parts, seed, arguments.options, pathlib.Path(work)))
                theirs.append(peer(name, parts, seed))
        scores = [100 * np.array([run[0] for run in runs]) for runs in (ours, theirs)]
        means = [f"{np.mean(score):.1f} ± {np.std(score, ddof=1):.1f}" for score in scores]
        print(f"| {name}{', R2' if name in NUMBERS else ''} | {means[0]} | {means[1]} | "
              f"{np.mean(scores[0] - scores[1]):+.1f} | {ours[0][1]:,} | {theirs[0][1]:,} | "
              f"{np.mean([run[2] for run in ours]):.2f} s | {np.mean([run[2] for run in theirs]):.2f} s |", flush=True)


if __name__ == "__main__":
    main()
