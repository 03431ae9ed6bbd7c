#!/usr/bin/python3
"""Regression against scikit-learn's MLPRegressor, on the same splits:  bench/regression.py [--loci build/cli/loci]

Five seeds, each with a split of its own, a quarter of it to test on. MLPRegressor stands behind a scaler of columns and
of targets and has at least as many parameters; its layers, alpha and early stopping are chosen anew for each split, by
cross-validation on the training part. The options of Loci's networks were chosen once, on `--validation` of the first
three training parts. `places-64` is Loci's own: where in a picture of 64 x 64 pixels a digit stands.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # both on one thread

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = {
    "diabetes": "--hidden 8 --dendrite-sites 4 --epochs 60 --batch 16 --loss huber",
    "friedman1": "--hidden 64 --axon-sites 2 --dendrite-sites 8 --epochs 60 --batch 32 --lr 0.02",
    "places-64": "--hidden 128,32 --dendrite-sites 12,8,8 --input grid --activation gelu --epochs 50 --batch 64 "
                 "--lr 0.02",
}
# Layers, alpha and epochs that MLPRegressor chooses from.
PEER = {
    "diabetes": ([(100,), (50, 50)], [1e-4, 0.1, 1, 10], 400),
    "friedman1": ([(200,), (64, 64)], [1e-4, 1e-2, 0.1], 150),
}


def split(name, seed):
    if name == "diabetes":
        x, y = load_diabetes(return_X_y=True)
    else:
        x, y = make_friedman1(10000, noise=1.0, random_state=seed)
    return [part.astype("f4") for part in train_test_split(x, y, test_size=0.25, random_state=seed)]


def loci(program, data, options, seed, work):
    """The summary of a run."""
    started = time.monotonic()
    command = [program, "train", *options.split(), "--data", data, "--seed", str(seed), "--test-every", "0",
               "--threads", "1", "--quiet", "--json", "--force", "--out", work / "run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout) | {"seconds": time.monotonic() - started}


def peer(name, parts, seed):
    """R2, parameters and seconds of MLPRegressor; the seconds are of the last fit alone."""
    layers, alphas, epochs = PEER[name]
    x_train, x_test, y_train, y_test = parts
    model = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), MLPRegressor(max_iter=epochs, random_state=seed)), transformer=StandardScaler())
    prefix = "regressor__mlpregressor__"
    grid = {prefix + "hidden_layer_sizes": layers, prefix + "alpha": alphas, prefix + "early_stopping": [False, True]}
    search = GridSearchCV(model, grid, cv=3).fit(x_train, y_train)
    network = search.best_estimator_.regressor_[-1]
    parameters = sum(array.size for array in network.coefs_ + network.intercepts_)
    return search.score(x_test, y_test), parameters, search.refit_time_


def spread(values):
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def compare(name, program, seeds, work):
    ours, theirs = [], []
    for seed in seeds:
        parts = split(name, seed)
        x_train, x_test, y_train, y_test = parts
        np.savez(work / "data.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
        ours.append(loci(program, work / "data.npz", OURS[name], seed, work))
        theirs.append(peer(name, parts, seed))
    for who, r2, parameters, seconds in (
            ("Loci", [run["test_r2"] for run in ours], [run["parameters"] for run in ours],
             [run["seconds"] for run in ours]),
            ("MLPRegressor", *zip(*theirs))):
        sizes = f"{min(parameters):,}" + (f" to {max(parameters):,}" if max(parameters) > min(parameters) else "")
        print(f"| {name} | {who} | {sizes} | {spread(r2)} | {', '.join(f'{value:.3f}' for value in r2)} | "
              f"{np.mean(seconds):.1f} s |", flush=True)


def find_places(program, seeds, work):
    runs = [loci(program, "places-64", OURS["places-64"], seed, work) for seed in seeds]
    errors = [run["test_mae"] for run in runs]
    print(f"\n`places-64`, {runs[0]['parameters']:,} parameters: off by {spread(errors)} pixels "
          f"({', '.join(f'{error:.3f}' for error in errors)}), {np.mean([run['seconds'] for run in runs]):.0f} s a run")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loci", type=pathlib.Path, default=ROOT / "build/cli/loci")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="seeds 1 to N")
    parser.add_argument("--only", choices=OURS, help="one of the three")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")  # of fits that stop at their last epoch
    seeds = range(1, arguments.seeds + 1)
    print("| data | network | parameters | R2, test part | each seed | time of a training |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for name in PEER:
            if arguments.only in (None, name):
                compare(name, arguments.loci.resolve(), seeds, pathlib.Path(work))
        if arguments.only in (None, "places-64"):
            find_places(arguments.loci.resolve(), seeds, pathlib.Path(work))


if __name__ == "__main__":
    main()
