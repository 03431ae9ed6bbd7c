#!/usr/bin/python3
"""The peer of inference.c for `arbor-mlp-10k`: PyTorch, eager, no gradients, one image and many.

--weights prepared: three matrices made once, torch.addmm and ReLU in place, the fastest of what was tried
(docs/benchmarks.md). --weights module: the same matrices in an nn.Sequential of nn.Linear and nn.ReLU, as most code
has it. --weights anew: made from the positions in each call, which is what the training script's network does when
it is called. Prints seconds of a call, the median over sweeps.
"""

import argparse
import json
import pathlib
import statistics
import time

import torch

import torch_common
from arbor_mlp_torch import ArborMLP, Weights

SINGLE = 256  # images that are run one by one, as in inference.c

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("data", type=pathlib.Path, help="folder of the IDX files, not compressed")
parser.add_argument("model", type=pathlib.Path, help="a Loci model")
parser.add_argument("--weights", choices=["prepared", "module", "anew"], default="prepared")
parser.add_argument("--images", type=int, default=10000, help="in the large batch (default 10000)")
parser.add_argument("--seconds", type=float, default=1, help="of each of the two (default 1)")
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()
torch.set_num_threads(options.threads)

network = ArborMLP(*torch_common.read_loci(options.model), Weights.apply)
images = torch_common.read_test(options.data)[:options.images]
with torch.no_grad():
    matrices = [network.weight(pair) for pair in range(network.pairs)]
biases = list(network.bias)


def prepared(activation):
    for bias, matrix in zip(biases[:-1], matrices):
        activation = torch.addmm(bias, activation, matrix).relu_()
    return torch.addmm(biases[-1], activation, matrices[-1])


def module():
    layers = []
    for bias, matrix in zip(biases, matrices):
        linear = torch.nn.Linear(*matrix.shape)
        linear.weight = torch.nn.Parameter(matrix.T.contiguous())
        linear.bias = bias
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


run = {"prepared": lambda: prepared, "module": module, "anew": lambda: network}[options.weights]()


def sweep(batches):
    """Seconds a call."""
    start = time.perf_counter()
    for batch in batches:
        run(batch)
    return (time.perf_counter() - start) / len(batches)


def timed(batches):
    until = time.perf_counter() + options.seconds
    sweep(batches[:8])
    seconds = [sweep(batches)]
    while time.perf_counter() < until:
        seconds.append(sweep(batches))
    return statistics.median(seconds)


with torch.no_grad():
    one = timed([images[i:i + 1] for i in range(min(SINGLE, len(images)))])
    many = timed([images])
    print(json.dumps({"torch": torch.__version__, "threads": options.threads, "one": one, "batch": many,
                      "logits": run(images[:1])[0].tolist()}))
