"""What the spiking peers share: leaky integrate-and-fire neurons as in snnTorch's Leaky,

    U[t] = beta U[t-1] + I[t] - theta S[t-1],  S[t] = U[t] > theta,  no gradient through the reset,

an arctangent surrogate, and leaky integrators as readout, whose mean over time is the logit.
"""

import math

import torch
from torch.nn.functional import linear


class Spike(torch.autograd.Function):
    """x > 0, with the derivative 1 / (1 + (pi k x / 2)^2)."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return (x > 0).float()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad / (1 + (math.pi / 2 * ctx.slope * x).square()), None


class Neurons:
    """Hidden layers and the readout. outside: a constant input's current is computed once a batch."""

    def __init__(self, spec, outside, poisson=False):
        # What of Loci's choices this file knows.
        assert (spec["reset"], spec["surrogate"], spec["readout"]) == ("subtract", "arctangent", "membrane-mean")
        self.steps, self.beta, self.threshold = spec["time_steps"], spec["beta"], spec["threshold"]
        self.slope, self.logit_scale = spec["slope"], spec["logit_scale"]
        self.outside, self.poisson = outside, poisson

    def __call__(self, images, weights, biases):  # weights [m, n] of all layer pairs
        membranes = [torch.zeros(len(images), len(weight)) for weight in weights[:-1]]
        spikes = list(membranes)
        readout = total = torch.zeros(len(images), len(weights[-1]))
        if self.outside:
            constant = linear(images, weights[0], biases[0])
        for _ in range(self.steps):
            current = constant if self.outside else linear(
                torch.bernoulli(images) if self.poisson else images, weights[0], biases[0])
            for l, membrane in enumerate(membranes):
                membranes[l] = self.beta * membrane + current - self.threshold * spikes[l].detach()
                spikes[l] = Spike.apply(membranes[l] - self.threshold, self.slope)
                current = linear(spikes[l], weights[l + 1], biases[l + 1])
            readout = self.beta * readout + current
            total = total + readout
        return total / self.steps * self.logit_scale


def add_product(parser):
    parser.add_argument("--product", choices=["inside", "outside"], default="inside",
                        help="of the input layer: in the time loop, as in every tutorial, or once a batch")
