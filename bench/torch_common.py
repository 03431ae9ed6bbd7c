"""What the PyTorch peers share: reading data and Loci's models, the training step and the clock.

A peer goes on training a model that Loci wrote, so that both hold the same network. The images are one tensor in
memory, shuffled by an index: a DataLoader would spend more time than the network.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "examples"))
import read_model  # noqa: E402 - the reader that docs/format.md speaks of


def read_idx(path):
    """An IDX file of unsigned bytes as a writable array."""
    raw = path.read_bytes()
    rank = raw[3]
    shape = numpy.frombuffer(raw, ">u4", rank, 4)
    return numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * rank).reshape(shape).copy()


def read_training(folder):
    """Images [count, height * width] in [0, 1], labels [count]."""
    images = read_idx(folder / "train-images-idx3-ubyte")
    labels = read_idx(folder / "train-labels-idx1-ubyte")
    return (torch.from_numpy(images).reshape(len(images), -1).float() / 255,
            torch.from_numpy(labels).long())


def read_test(folder):
    """Images [count, height * width] in [0, 1] of the test part."""
    images = read_idx(folder / "t10k-images-idx3-ubyte")
    return torch.from_numpy(images).reshape(len(images), -1).float() / 255


def read_loci(path):
    """A model's specification, and its arrays by name as tensors."""
    model = read_model.Model(path)
    assert not model.pruning, "the peers know no pruned networks"
    return model.spec, {name: torch.from_numpy(array.copy()) for name, array in model.arrays.items()}


def parser(description):
    result = argparse.ArgumentParser(description=description.splitlines()[0])
    result.add_argument("data", type=pathlib.Path, help="folder of the IDX files, not compressed")
    result.add_argument("model", type=pathlib.Path, help="a Loci model to start from")
    result.add_argument("--batch", type=int, required=True)
    result.add_argument("--lr", type=float, required=True)
    result.add_argument("--batches", type=int, default=100, help="timed ones; an epoch is computed from them")
    result.add_argument("--warm-up", type=int, default=10, help="batches before, not timed (default 10)")
    result.add_argument("--threads", type=int, default=1)
    result.add_argument("--losses", type=int, default=0,
                        help="no timing: the losses of so many steps, each on all the data")
    return result


def shuffled(count, batch):
    """Batches of indices without end, in a new order every epoch."""
    while True:
        yield from torch.randperm(count).split(batch)


def main(network, arguments, prepare=lambda images: images):
    """Trains and prints one JSON object. prepare: what is done to each batch of images."""
    torch.manual_seed(1)
    images, labels = read_training(arguments.data)
    optimizer = torch.optim.Adam(network.parameters(), lr=arguments.lr)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    result = {"torch": torch.__version__, "threads": arguments.threads,
              "parameters": sum(p.numel() for p in network.parameters() if p.requires_grad)}
    if arguments.losses:
        result["losses"] = [step(images, labels) for _ in range(arguments.losses)]
    else:
        batches = shuffled(len(images), arguments.batch)
        for chosen, _ in zip(batches, range(arguments.warm_up)):  # allocators, code paths
            step(prepare(images[chosen]), labels[chosen])
        start = time.perf_counter()
        for chosen, _ in zip(batches, range(arguments.batches)):
            step(prepare(images[chosen]), labels[chosen])
        result["seconds_per_batch"] = (time.perf_counter() - start) / arguments.batches
    json.dump(result, sys.stdout)
    print()
