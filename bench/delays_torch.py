#!/usr/bin/python3
"""A spiking net whose weights and delays follow from distances, in PyTorch, against Loci, taking turns.

    PYTHONPATH=build/python bench/delays_torch.py [--data spoken] [--turns 3] [--threads 2]

140-128-20 neurons, 6 dendrites, 100 steps, delays up to 25: training steps of 128 samples of the same events. In PyTorch
the taps of a projection, [receivers, senders, 26], are made from the distances of all pairs of sites by one scatter, and
a projection is a convolution over time, its own or, if that is faster, one product of all delayed copies of the spikes.
Neurons and readout go through their steps in one function each, with a way back of their own: nothing of what autograd
would keep or do step by step is left. The faster of the two is what Loci is compared with; beside them stands the same
convolution with steps that autograd follows, as such nets are mostly written. The last line of each turn is the ratio.
Before, both tell the loss of the same network on the test part.
"""

import argparse
import math
import statistics
import time
import warnings

import numpy
import torch

import loci

HIDDEN, CLASSES, STEPS, LONGEST, BATCH = 128, 20, 100, 25, 128
BETA, THRESHOLD, SLOPE, GAP, LR = 0.9, 0.3, 2.0, 0.2, 0.01


class Neurons(torch.autograd.Function):
    """Leaky integrate-and-fire, [T, B, m] currents to spikes, the arctangent surrogate, reset by subtraction."""

    @staticmethod
    def forward(ctx, currents):
        u, s = torch.zeros_like(currents[0]), torch.zeros_like(currents[0])
        membranes, spikes = torch.empty_like(currents), torch.empty_like(currents)
        for t in range(len(currents)):
            u = torch.add(currents[t], u, alpha=BETA).sub_(s, alpha=THRESHOLD)
            s = (u > THRESHOLD).float()
            membranes[t], spikes[t] = u, s
        ctx.save_for_backward(membranes)
        return spikes

    @staticmethod
    def backward(ctx, given):
        (membranes,) = ctx.saved_tensors
        through = given / (1 + (math.pi / 2 * SLOPE * (membranes - THRESHOLD)).square())
        for t in range(len(through) - 2, -1, -1):
            through[t].add_(through[t + 1], alpha=BETA)
        return through


class Spike(torch.autograd.Function):
    """One step of the threshold alone, for steps that autograd follows."""

    @staticmethod
    def forward(ctx, over):
        ctx.save_for_backward(over)
        return (over > 0).float()

    @staticmethod
    def backward(ctx, given):
        (over,) = ctx.saved_tensors
        return given / (1 + (math.pi / 2 * SLOPE * over).square())


def neurons_step_by_step(currents):
    """What Neurons does."""
    u = s = torch.zeros_like(currents[0])
    spikes = []
    for now in currents:
        u = BETA * u + now - THRESHOLD * s.detach()
        s = Spike.apply(u - THRESHOLD)
        spikes.append(s)
    return torch.stack(spikes)


def integrators_step_by_step(currents):
    """What Integrators does."""
    u, membranes = torch.zeros_like(currents[0]), []
    for now in currents:
        u = BETA * u + now
        membranes.append(u)
    return torch.stack(membranes)


class Integrators(torch.autograd.Function):
    """Leaky integrators [T, B, m]."""

    @staticmethod
    def forward(ctx, currents):
        membranes = currents.clone()
        for t in range(1, len(membranes)):
            membranes[t].add_(membranes[t - 1], alpha=BETA)
        return membranes

    @staticmethod
    def backward(ctx, given):
        g = given.clone()
        for t in range(len(g) - 2, -1, -1):
            g[t].add_(g[t + 1], alpha=BETA)
        return g


class Projection(torch.nn.Module):
    """Taps [m, n, LONGEST + 1] from where sites stand."""

    def __init__(self, net, pair):
        super().__init__()
        take = lambda name: torch.nn.Parameter(torch.from_numpy(net[f"pair{pair}.{name}"].copy()))  # noqa: E731
        self.p, self.c = take("axon.position"), take("axon.charge")
        self.q, self.e = take("dendrite.position"), take("dendrite.charge")
        self.log_scale, self.log_speed = take("log_scale"), take("log_speed")
        self.bias = torch.nn.Parameter(torch.from_numpy(net[f"layer{pair + 1}.bias"].copy()))

    def taps(self):
        apart = self.p[:, 0][None, :, None] - self.q[:, None]  # [m, n, D, C]; one axon site
        r = (apart.square().sum(-1) + GAP**2).sqrt()
        w = self.log_scale.exp() * self.c[:, 0][None, :, None] * self.e[:, None] / r
        delay = (r / self.log_speed.exp()).clamp(0, LONGEST)
        k = delay.detach().floor()
        share = delay - k
        k = k.long().flatten(0, 1)
        at = torch.cat([k, (k + 1).clamp(max=LONGEST)], 1)
        parts = torch.cat([((1 - share) * w).flatten(0, 1), (share * w).flatten(0, 1)], 1)
        taps = torch.zeros(len(k), LONGEST + 1).scatter_add(1, at, parts)
        return taps.view(len(self.q), len(self.p), LONGEST + 1)

    def forward(self, spikes, convolve):
        taps = self.taps()
        if convolve:  # [B, n, T]
            padded = torch.nn.functional.pad(spikes.permute(1, 2, 0), (LONGEST, 0))
            return torch.nn.functional.conv1d(padded, taps.flip(2), self.bias).permute(2, 0, 1).contiguous()
        steps, batch, n = spikes.shape
        padded = torch.cat([spikes.new_zeros(LONGEST, batch, n), spikes])
        windows = padded.unfold(0, LONGEST + 1, 1)  # [T, B, n, LONGEST + 1], the last one is now
        return torch.tensordot(windows, taps.flip(2), ([2, 3], [1, 2])) + self.bias


WAYS = ("convolution", "product", "autograd")


class Net(torch.nn.Module):
    """In one of the WAYS."""

    def __init__(self, net, way):
        super().__init__()
        self.layers = torch.nn.ModuleList([Projection(net, 0), Projection(net, 1)])
        self.convolve = way != "product"
        by_step = way == "autograd"
        self.fire = neurons_step_by_step if by_step else Neurons.apply
        self.integrate = integrators_step_by_step if by_step else Integrators.apply

    def forward(self, spikes):
        hidden = self.fire(self.layers[0](spikes, self.convolve))
        return self.integrate(self.layers[1](hidden, self.convolve)).softmax(-1).sum(0)


def events_of(data, count):
    """[T, count, channels] and labels of the first samples."""
    x, y = data.arrays("train")
    return torch.from_numpy(numpy.ascontiguousarray(x[:count].transpose(1, 0, 2)).astype(numpy.float32)), y[:count]


def time_torch(net, spikes, labels, way, batches):
    """Seconds a batch."""
    model = Net(net, way)
    optimiser = torch.optim.Adam(model.parameters(), LR)
    labels, start = torch.from_numpy(labels).long(), 0.0
    for k in range(batches + 1):
        if k == 1:  # the first one warms up
            start = time.perf_counter()
        part = slice(k * BATCH, (k + 1) * BATCH)
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(spikes[:, part]), labels[part])
        loss.backward()
        optimiser.step()
    return (time.perf_counter() - start) / batches


def time_loci(net, data, batches, threads):
    """Likewise."""
    trainer = loci.Trainer(net, data, epochs=1, batch=BATCH, lr=LR, schedule="constant", threads=threads)
    trainer.step()
    start = time.perf_counter()
    for _ in range(batches):
        trainer.step()
    return (time.perf_counter() - start) / batches


def loss_of(net, data):
    """Of the test part, before anything is trained."""
    x, y = data.arrays("test")
    with torch.no_grad():
        spikes = torch.from_numpy(numpy.ascontiguousarray(x.transpose(1, 0, 2)))
        parts = [Net(net, "convolution")(spikes[:, k : k + BATCH]) for k in range(0, len(y), BATCH)]
        return torch.nn.functional.cross_entropy(torch.cat(parts), torch.from_numpy(y).long()).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="spoken")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    warnings.simplefilter("ignore")
    data = loci.Data(arguments.data)
    spikes, labels = events_of(data, (arguments.batches + 1) * BATCH)
    given = {
        "neuron": "lif",
        "coding": "events",
        "hidden": (HIDDEN,),
        "dendrite_sites": 6,
        "axon_sites": 1,
        "time_steps": STEPS,
        "delay": "distance",
        "speed": 0.2,
        "train_speed": "layer",
        "longest_delay": LONGEST,
        "readout": "softmax-sum",
        "beta": BETA,
        "gap": GAP,
        "threshold": THRESHOLD,
        "slope": SLOPE,
    }
    net = loci.Network(data=data, seed=1, **given)
    told = loss_of(net, data)
    print(f"the same network on the test part: loss {told:.5f} in PyTorch, {net.evaluate(data).loss:.5f} in Loci")
    ratios = []
    for turn in range(arguments.turns):
        net = loci.Network(data=data, seed=1, **given)
        ways = {name: time_torch(net, spikes, labels, name, arguments.batches) for name in WAYS}
        ours = time_loci(net, data, arguments.batches, arguments.threads)
        ratios.append(min(ways.values()) / ours)
        told = ", ".join(f"{name} {seconds * 1e3:.0f} ms" for name, seconds in ways.items())
        print(f"turn {turn + 1}: a batch takes PyTorch {told}; Loci {ours * 1e3:.1f} ms; ratio {ratios[-1]:.1f}")
    print(f"median {statistics.median(ratios):.1f} times as fast, {arguments.threads} threads")


if __name__ == "__main__":
    main()
