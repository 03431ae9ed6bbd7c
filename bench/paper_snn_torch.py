#!/usr/bin/python3
"""The peer of `loci train paper-snn`: the paper's spiking network in PyTorch, both ways a user writes it.

The wiring of paper_mlp_torch.py, made once a batch; leaky integrate-and-fire neurons as in snnTorch's Leaky:

    U[t] = beta U[t-1] + I[t] - theta S[t-1],  S[t] = U[t] > theta,  no gradient through the reset,

an arctangent surrogate, and leaky integrators as readout, whose mean over time is the logit.

--product inside: the input layer stands in the time loop, as in every tutorial. --product outside: a constant
input's current is computed once a batch. --coding poisson: a pixel spikes with its value as probability, anew in
each step.
"""

import math

import torch
from torch.nn.functional import linear

import torch_common
from paper_mlp_torch import PaperWiring


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


class PaperSNN(PaperWiring):
    def __init__(self, spec, arrays, outside, poisson):
        super().__init__(spec, arrays)
        assert len(spec["hidden"]) == 1
        # What of Loci's choices this file knows.
        assert (spec["reset"], spec["surrogate"], spec["readout"]) == ("subtract", "arctangent", "membrane-mean")
        self.steps, self.beta, self.threshold = spec["time_steps"], spec["beta"], spec["threshold"]
        self.slope, self.outside, self.poisson = spec["slope"], outside, poisson

    def forward(self, images):
        first, second = self.weight(0), self.weight(1)
        membrane = spikes = torch.zeros(len(images), len(first))
        readout = total = torch.zeros(len(images), len(second))
        if self.outside:
            current = linear(images, first, self.bias[0])
        for _ in range(self.steps):
            if not self.outside:
                current = linear(torch.bernoulli(images) if self.poisson else images, first, self.bias[0])
            membrane = self.beta * membrane + current - self.threshold * spikes.detach()
            spikes = Spike.apply(membrane - self.threshold, self.slope)
            readout = self.beta * readout + linear(spikes, second, self.bias[1])
            total = total + readout
        return total / self.steps * self.logit_scale


if __name__ == "__main__":
    parser = torch_common.parser(__doc__)
    parser.add_argument("--product", choices=["inside", "outside"], default="inside")
    parser.add_argument("--coding", choices=["constant", "poisson"], default="constant")
    options = parser.parse_args()
    if options.coding == "poisson" and options.product == "outside":
        parser.error("Poisson input changes from step to step: its product stands inside the loop")
    torch.set_num_threads(options.threads)
    torch_common.main(PaperSNN(*torch_common.read_loci(options.model), options.product == "outside",
                               options.coding == "poisson"), options)
