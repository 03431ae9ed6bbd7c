#!/usr/bin/python3
"""The peer of `loci train paper-mlp`: the same network in PyTorch, as a careful user writes it.

784-2048-10; every neuron has two trained coordinates; a layer pair has one learned distance between its planes;
a weight is 1 / distance; the output of input and hidden neurons is multiplied by 2 sigmoid(k v) - 1; biases, ReLU,
Adam with rate 0.005, batch 600, cross-entropy. The images are one tensor in memory, shuffled by an index: a
DataLoader would spend more time than the network. Prints one JSON object.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy
import torch


def read_idx(path):
    """An IDX file of unsigned bytes as a writable array."""
    raw = path.read_bytes()
    rank = raw[3]
    shape = numpy.frombuffer(raw, ">u4", rank, 4)
    return numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * rank).reshape(shape).copy()


def read_split(folder, name):
    images = read_idx(folder / f"{name}-images-idx3-ubyte")
    labels = read_idx(folder / f"{name}-labels-idx1-ubyte")
    return (torch.from_numpy(images).reshape(len(images), -1).float() / 255,
            torch.from_numpy(labels).long())


class InverseDistance(torch.autograd.Function):
    """w_ji = sign_i / distance(q_j, p_i), planes `gap` apart, with its derivative by hand.

    Left to autograd, the same formula keeps six arrays of the size of the weights and takes 2.5 times as long.
    Distances come from coordinate differences: |p|^2 + |q|^2 - 2 p.q would cancel.
    """

    @staticmethod
    def forward(ctx, q, p, gap, sign):  # [m, 2], [n, 2], [], [n] -> [m, n]
        x = q[:, None, 0] - p[None, :, 0]
        y = q[:, None, 1] - p[None, :, 1]
        k = (x * x).addcmul_(y, y).add_(gap * gap).rsqrt_()
        ctx.save_for_backward(q, p, gap, sign, k)
        return k * sign

    @staticmethod
    def backward(ctx, grad):
        q, p, gap, sign, k = ctx.saved_tensors
        scratch = grad * k
        grad_sign = scratch.sum(0)
        scratch.mul_(sign).mul_(k).mul_(k)  # G c k^3
        rows, columns = scratch.sum(1), scratch.sum(0)
        return (scratch @ p - q * rows[:, None], scratch.t() @ q - p * columns[:, None],
                -gap * columns.sum(), grad_sign)


class PaperMLP(torch.nn.Module):
    """A network whose weights follow from the positions of its neurons (Erb et al., 2025)."""

    def __init__(self, sizes, steepness, logit_scale):
        super().__init__()
        self.steepness, self.logit_scale = steepness, logit_scale
        parameters = lambda tensors: torch.nn.ParameterList(map(torch.nn.Parameter, tensors))
        self.position = parameters(torch.randn(n, 2) for n in sizes)
        self.inhibition = parameters(torch.randn(n) for n in sizes[:-1])
        self.gap = parameters(torch.ones(()) for _ in sizes[1:])
        self.bias = parameters(torch.zeros(n) for n in sizes[1:])

    def weight(self, pair):
        sign = 2 * torch.sigmoid(self.steepness * self.inhibition[pair]) - 1
        return InverseDistance.apply(self.position[pair + 1], self.position[pair],
                                     self.gap[pair], sign)

    def forward(self, activation):
        last = len(self.bias) - 1
        for pair, bias in enumerate(self.bias):
            activation = torch.nn.functional.linear(activation, self.weight(pair), bias)
            if pair < last:
                activation = torch.relu(activation)
        return activation * self.logit_scale


def train_epoch(network, optimizer, images, labels, batch):
    order, total = torch.randperm(len(images)), 0.0
    for chosen in order.split(batch):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(network(images[chosen]), labels[chosen])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chosen)
    return total / len(images)


@torch.no_grad()
def accuracy(network, images, labels):
    right = sum((network(x).argmax(1) == y).sum().item()
                for x, y in zip(images.split(1000), labels.split(1000)))
    return right / len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="holds the four IDX files, not compressed")
    parser.add_argument("--epochs", type=int, default=1, help="timed ones, after a short warm-up (default 1)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steepness", type=float, default=10)
    parser.add_argument("--logit-scale", type=float, default=0.01)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    images, labels = read_split(arguments.folder, "train")
    test_images, test_labels = read_split(arguments.folder, "t10k")
    network = PaperMLP([images.shape[1], 2048, int(labels.max()) + 1], arguments.steepness,
                       arguments.logit_scale)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.005)

    train_epoch(network, optimizer, images[:6000], labels[:6000], 600)  # allocators, code paths
    seconds = []
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        loss = train_epoch(network, optimizer, images, labels, 600)
        seconds.append(time.perf_counter() - start)
    json.dump({"torch": torch.__version__, "threads": arguments.threads,
               "parameters": sum(p.numel() for p in network.parameters()), "train_loss": loss,
               "test_accuracy": accuracy(network, test_images, test_labels),
               "seconds_per_epoch": sum(seconds) / len(seconds)}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
