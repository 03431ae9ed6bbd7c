#!/usr/bin/python3
"""The peer of `loci train paper-mlp`: the same network in PyTorch, as a careful user writes it.

784-2048-10; every neuron has two trained coordinates; a layer pair has one learned distance between its planes;
a weight is 1 / distance; the output of input and hidden neurons is multiplied by 2 sigmoid(k v) - 1; biases, ReLU,
Adam, cross-entropy.
"""

import torch

import torch_common


class InverseDistance(torch.autograd.Function):
    """w_ji = sign_i / distance(q_j, p_i), planes `gap` apart, with its derivative by hand.

    Left to autograd, the same formula keeps six arrays of the size of the weights and takes 2.5 times as long.
    Distances come from coordinate differences: |p|^2 + |q|^2 - 2 p.q would cancel.
    """

    @staticmethod
    def forward(ctx, q, p, gap, sign):  # [m, 2], [n, 2], [1], [n] -> [m, n]
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


class PaperWiring(torch.nn.Module):
    """Layers whose weights follow from the positions of their neurons (Erb et al., 2025)."""

    def __init__(self, spec, arrays):
        super().__init__()
        self.steepness, self.logit_scale = spec["steepness"], spec["logit_scale"]
        self.pairs = len(spec["hidden"]) + 1
        listed = lambda name, layers: torch.nn.ParameterList(
            torch.nn.Parameter(arrays[name.format(l)]) for l in layers)
        self.position = listed("layer{}.position", range(self.pairs + 1))
        self.inhibition = listed("pair{}.axon.charge", range(self.pairs))
        self.gap = listed("pair{}.gap", range(self.pairs))
        self.bias = listed("layer{}.bias", range(1, self.pairs + 1))

    def weight(self, pair):
        sign = 2 * torch.sigmoid(self.steepness * self.inhibition[pair].squeeze(1)) - 1
        return InverseDistance.apply(self.position[pair + 1], self.position[pair],
                                     self.gap[pair], sign)


class PaperMLP(PaperWiring):
    def forward(self, activation):
        for pair, bias in enumerate(self.bias):
            activation = torch.nn.functional.linear(activation, self.weight(pair), bias)
            if pair < self.pairs - 1:
                activation = torch.relu(activation)
        return activation * self.logit_scale


if __name__ == "__main__":
    options = torch_common.parser(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    torch_common.main(PaperMLP(*torch_common.read_loci(options.model)), options)
