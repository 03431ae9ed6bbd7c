#!/usr/bin/python3
"""loci.SpatialClassifier against scikit-learn's MLPClassifier:
    PYTHONPATH=build/python LOCI_DATA=FOLDER bench/estimators.py [--data mnist digits] [--threads 1]

Two sets: the first 10,000 training images of MNIST, tested on its 10,000 test images, with seeds 1, 2, 3 (MNIST is
looked for in $LOCI_DATA); and load_digits, a quarter of it put aside to test on, stratified, ten splits with seeds 1 to
10. Pixels are divided by their largest value for both. Each as it comes, each tuned by hand, and ours once without
being told that rows are images; they take turns on the same rows. Times are processor seconds of fit() alone, all
threads together, medians: on one thread, which is what is taken where nothing is said, that is how long it takes where
nothing else runs. With --choose nothing is tested: a fifth of the training rows is held out in place of the test part,
and all candidates are listed. That is what TUNED was chosen by.
"""

import argparse
import gzip
import os
import pathlib
import statistics
import sys
import time
import warnings

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv[:-1] else "1"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = THREADS  # read when numpy is imported

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import loci
import measure

SHAPES = {"mnist": (28, 28), "digits": (8, 8)}
SEEDS = {"mnist": range(1, 4), "digits": range(1, 11)}
RANGE = {"range": (1.2, 2)}
SMALL = {"hidden": 64, "axon_sites": (1, 2), "dendrite_sites": (12, 8), "batch": 64, "lr": 0.03}
LARGE = {"hidden": (192, 80), "batch": 32, "lr": 0.02}
CANDIDATES = {
    ("mnist", MLPClassifier): [
        {},
        {"hidden_layer_sizes": (256,), "early_stopping": True},
        {"hidden_layer_sizes": (512,), "early_stopping": True},
        {"hidden_layer_sizes": (256,), "alpha": 0.1},
        {"hidden_layer_sizes": (512,), "alpha": 0.1},
        {"hidden_layer_sizes": (512,), "alpha": 1},
        {"hidden_layer_sizes": (512,), "alpha": 0.1, "learning_rate_init": 0.0005},
        {"hidden_layer_sizes": (256, 128), "alpha": 0.1},
    ],
    ("digits", MLPClassifier): [
        {},
        {"hidden_layer_sizes": (200,)},
        {"hidden_layer_sizes": (400,)},
        {"hidden_layer_sizes": (200,), "alpha": 0.1},
        {"hidden_layer_sizes": (200,), "learning_rate_init": 0.005},
        {"hidden_layer_sizes": (400,), "alpha": 0.1, "learning_rate_init": 0.005},
        {"hidden_layer_sizes": (400,), "learning_rate_init": 0.003, "early_stopping": True},
        {"hidden_layer_sizes": (100, 100), "alpha": 0.1},
    ],
    ("mnist", loci.SpatialClassifier): [
        {},
        {"epochs": 20},
        {"epochs": 20, "batch": 64, "lr": 0.03},
        SMALL | {"lr": 0.02, "epochs": 20, "dendrite_sites": (9, 8), "options": RANGE},
        SMALL | {"lr": 0.02, "epochs": 15, "dendrite_sites": (9, 8), "options": RANGE, "hidden": 128},
    ],
    ("digits", loci.SpatialClassifier): [
        {},
        LARGE | {"epochs": 47, "options": {"elastic": 0}},
        LARGE | {"epochs": 47, "options": {"elastic": 0.7}},
        LARGE | {"epochs": 80, "options": {"elastic": 0.7}},
        LARGE | {"epochs": 80, "options": {"elastic": 0.5, "rotate": 5}},
        SMALL | {"epochs": 100, "options": RANGE | {"elastic": 0.7}},
        SMALL | {"epochs": 150, "options": RANGE | {"elastic": 0.7}},
        SMALL | {"epochs": 100, "options": RANGE | {"elastic": 0.7}, "dendrite_sites": (16, 12)},
        SMALL | {"epochs": 200, "options": RANGE | {"elastic": 0.5, "rotate": 5}, "dendrite_sites": (16, 12)},
    ],
}
TUNED = {
    ("mnist", MLPClassifier): {"hidden_layer_sizes": (256, 128), "alpha": 0.1},
    ("digits", MLPClassifier): {"hidden_layer_sizes": (400,), "alpha": 0.1, "learning_rate_init": 0.005},
    ("mnist", loci.SpatialClassifier): {"epochs": 20},
    ("digits", loci.SpatialClassifier): LARGE | {"epochs": 80, "options": {"elastic": 0.5, "rotate": 5}},
}
AS_A_TABLE = loci.SpatialClassifier, {"image_shape": None}


def images(name):
    """MNIST's images [n, 784] as 0..1 in float32, and their labels."""
    folder = pathlib.Path(os.environ.get("LOCI_DATA", ".")) / "mnist"

    def read(kind, start):
        with gzip.open(folder / f"{name}-{kind}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=start)

    x = read("images-idx3", 16).reshape(-1, 784)
    return (x / 255).astype(np.float32), read("labels-idx1", 8).astype(int)


def parts(name, seed, choose):
    """x and y to learn from, then x and y to measure on."""
    if name == "digits":
        x, y = load_digits(return_X_y=True)
        x, x_out, y, y_out = train_test_split(x / 16, y, test_size=0.25, random_state=seed, stratify=y)
    else:
        (x, y), (x_out, y_out) = images("train"), images("t10k")
        x, y = x[:10000], y[:10000]
    if choose:
        x, x_out, y, y_out = train_test_split(x, y, test_size=0.2, random_state=seed + 1000, stratify=y)
    return x, y, x_out, y_out


def fit(kind, name, given, seed, rows):
    """Accuracy, parameters and seconds."""
    ours = kind is loci.SpatialClassifier
    model = kind(random_state=seed, **({"image_shape": SHAPES[name]} if ours else {}) | given)
    started = time.process_time()
    model.fit(rows[0], rows[1])
    seconds = time.process_time() - started
    count = model.network_.parameters.size if ours else sum(array.size for array in model.coefs_ + model.intercepts_)
    return model.score(rows[2], rows[3]), count, seconds


def compare(name, contestants, seeds, choose):
    """A row of the table for each contestant, (label, class, parameters); they take turns."""
    runs = {label: [] for label, *_ in contestants}
    for seed in seeds:
        rows = parts(name, seed, choose)
        for label, kind, given in contestants:
            runs[label].append(fit(kind, name, given, seed, rows))
    for label, found in runs.items():
        scores = [100 * score for score, *_ in found]
        spread = f" ± {statistics.stdev(scores):.2f}" if len(scores) > 1 else ""
        print(
            f"| {name} | {label} | {statistics.mean(scores):.2f}%{spread} | {found[0][1]:,} | "
            f"{statistics.median(seconds for *_, seconds in found):.2f} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=SHAPES, default=list(SHAPES), metavar="NAME", help="mnist, digits")
    parser.add_argument("--threads", type=int, default=1, help="of each contestant")
    parser.add_argument("--seeds", type=int, metavar="N", help="seeds and splits 1 to N")
    parser.add_argument("--choose", action="store_true", help="measure all candidates on rows held out")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)  # of fits that stop at their last epoch
    loci.threads(arguments.threads)
    print(f"{measure.machine()}; {arguments.threads} thread(s)\n")
    print("| data | estimator | accuracy | parameters | seconds to fit |\n|---|---|---|---|---|")
    for name in arguments.data:
        contestants = [] if arguments.choose else [("`SpatialClassifier` without `image_shape`", *AS_A_TABLE)]
        for kind in loci.SpatialClassifier, MLPClassifier:
            if arguments.choose:
                contestants += [(f"{kind.__name__} {given}", kind, given) for given in CANDIDATES[name, kind]]
            else:
                contestants += [
                    (f"`{kind.__name__}`, as it comes", kind, {}),
                    (f"`{kind.__name__}`, tuned", kind, TUNED[name, kind]),
                ]
        seeds = range(1, arguments.seeds + 1) if arguments.seeds else SEEDS[name]
        compare(name, contestants, seeds, arguments.choose)


if __name__ == "__main__":
    main()
