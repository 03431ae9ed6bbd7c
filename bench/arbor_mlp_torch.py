#!/usr/bin/python3
"""The peer of `loci train arbor-mlp-10k`: neurons with several sites, in PyTorch, as a good user writes it.

    w_ij = s sum_ab c_ia e_jb max(k - 1 / range, 0),  k = 1 / sqrt(|p_ia - q_jb|^2 + gap^2)

All distances of a layer pair at once, by broadcasting; the receiving neurons last in memory, so that the sum over a
neuron's sites runs over whole rows. This is the fastest of those tried; see docs/benchmarks.md. --derivative
autograd leaves the rest to PyTorch, --derivative hand has it written out, which saves about half.

Images are moved by up to one pixel, as the preset does; the rate is constant, since a schedule costs no time.
"""

import torch

import torch_common


def weights_autograd(p, c, q, e, gap, cutoff):  # [2, A, n], [A, n], [2, D, m], [D, m] -> [n, m]
    x = p[0][:, :, None, None] - q[0]
    y = p[1][:, :, None, None] - q[1]
    k = (x * x + y * y + gap * gap).rsqrt()  # [A, n, D, m]
    if cutoff > 0:
        k = torch.relu(k - cutoff)
    return ((k * e).sum(2) * c[:, :, None]).sum(0)


class Weights(torch.autograd.Function):
    """The same with the derivative by hand: no array of the size of all distances but k is kept, 0 beyond the range."""

    @staticmethod
    def forward(ctx, p, c, q, e, gap, cutoff):
        x = p[0][:, :, None, None] - q[0]
        y = p[1][:, :, None, None] - q[1]
        k = x.mul_(x).addcmul_(y, y).add_(gap * gap).rsqrt_()
        near = k
        if cutoff > 0:
            near = torch.sub(k, cutoff, out=y).relu_()
            k = torch.nn.functional.threshold_(k, cutoff, 0)
        ctx.cutoff = cutoff
        ctx.save_for_backward(p, c, q, e, k)
        return (torch.mul(near, e, out=y).sum(2) * c[:, :, None]).sum(0)

    @staticmethod
    def backward(ctx, grad):
        p, c, q, e, k = ctx.saved_tensors
        axons, dendrites = c.numel(), e.numel()
        k_flat = k.view(axons, dendrites)
        near = k if ctx.cutoff == 0 else torch.sub(k, ctx.cutoff).relu_()
        gk = (near * grad[:, None]).view(axons, dendrites)
        grad_e = torch.mv(gk.t(), c.flatten()).view_as(e)
        grad_c = torch.mv(gk, e.flatten()).view_as(c)
        if ctx.cutoff > 0:
            gk = torch.mul(k, grad[:, None], out=near).view(axons, dendrites)
        u = gk.mul_(k_flat).mul_(k_flat).mul_(e.view(1, -1))  # G e k^3, without c
        flat_p, flat_c, flat_q = p.reshape(2, -1), c.flatten(), q.reshape(2, -1)
        to_p = torch.cat([flat_q, torch.ones(1, dendrites)]) @ u.t() * flat_c
        to_q = torch.cat([flat_p * flat_c, flat_c[None]]) @ u
        return ((to_p[:2] - flat_p * to_p[2]).view_as(p), grad_c,
                (to_q[:2] - flat_q * to_q[2]).view_as(q), grad_e, None, None)


class ArborWiring(torch.nn.Module):
    """Neurons with several sites. rule: Weights.apply or weights_autograd."""

    def __init__(self, spec, arrays, rule):
        super().__init__()
        assert (spec["dim"], spec["planes"], spec["sign"], spec["softening"]) == (3, "fixed", "charge", 0)
        self.pairs = len(spec["hidden"]) + 1
        self.gap = [(spec["gap"] + spec["gap"][-1:] * l)[l] for l in range(self.pairs)]
        ranges = [(spec["range"] + spec["range"][-1:] * l)[l] for l in range(self.pairs)]
        self.cutoff = [1 / reach if reach > 0 else 0 for reach in ranges]
        self.rule = rule

        def turned(array, trained=True):  # neurons last
            return torch.nn.Parameter(array.permute(*reversed(range(array.dim()))).contiguous(), trained)

        def listed(name):
            return torch.nn.ParameterList(turned(arrays[name.format(l)]) for l in range(self.pairs))

        self.p, self.c = listed("pair{}.axon.position"), listed("pair{}.axon.charge")
        self.q, self.e = listed("pair{}.dendrite.position"), torch.nn.ParameterList()
        for l in range(self.pairs):  # a single dendrite site has no charge of its own: it is 1
            name = f"pair{l}.dendrite.charge"
            ones = torch.ones(arrays[f"pair{l}.dendrite.position"].shape[:2])
            self.e.append(turned(arrays.get(name, ones), name in arrays))
        self.log_scale = listed("pair{}.log_scale")
        self.bias = torch.nn.ParameterList(
            torch.nn.Parameter(arrays[f"layer{l + 1}.bias"]) for l in range(self.pairs))

    def weight(self, l):  # [n, m]
        weight = self.rule(self.p[l], self.c[l], self.q[l], self.e[l], self.gap[l], self.cutoff[l])
        return weight * self.log_scale[l].exp()


class ArborMLP(ArborWiring):
    def forward(self, activation):
        for l in range(self.pairs):
            activation = torch.addmm(self.bias[l], activation, self.weight(l))
            if l < self.pairs - 1:
                activation = torch.relu(activation)
        return activation


def shifted(images):
    """Each image moved by -1, 0 or 1 pixel in both directions."""
    padded = torch.nn.functional.pad(images.view(-1, 28, 28), (1, 1, 1, 1))
    down, right = torch.randint(3, (2, len(images)))
    windows = padded.unfold(1, 28, 1).unfold(2, 28, 1)  # [B, 3, 3, 28, 28], nothing copied
    return windows[torch.arange(len(images)), down, right].view(-1, 784)


if __name__ == "__main__":
    parser = torch_common.parser(__doc__)
    parser.add_argument("--derivative", choices=["autograd", "hand"], default="hand")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rule = Weights.apply if options.derivative == "hand" else weights_autograd
    torch_common.main(ArborMLP(*torch_common.read_loci(options.model), rule), options, shifted)
