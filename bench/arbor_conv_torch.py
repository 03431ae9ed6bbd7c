#!/usr/bin/python3
"""The peer of `loci train arbor-conv-10k`: shared arbors, in PyTorch, as a good user writes it.

The stencils follow from the sites by arbor_mlp_torch.py's rule, with as many coordinates as there are; convolution,
rectifier and pooling are PyTorch's, which has oneDNN for them. --memory channels-last keeps the maps of a place side by
side, as Loci does; contiguous is PyTorch's default. docs/benchmarks.md has both.

Images are moved by up to one pixel, as the preset does; the rate is constant, since a schedule costs no time.
"""

import torch

import torch_common
from arbor_mlp_torch import shifted


class Weights(torch.autograd.Function):
    """w [n, m] = s sum_b c_i e_jb max(k - 1 / range, 0), one site a sender, the derivative by hand.

    p [C, n], c [n], q [C, D, m], e [D, m].
    """

    @staticmethod
    def forward(ctx, p, c, q, e, gap, cutoff):
        square = torch.full((p.shape[1], *e.shape), gap * gap)
        for mine, theirs in zip(p, q):
            apart = mine[:, None, None] - theirs
            square.addcmul_(apart, apart)
        k = square.rsqrt_()
        near = torch.relu(k - cutoff)
        ctx.cutoff = cutoff
        ctx.save_for_backward(p, c, q, e, k)
        return (near * e).sum(1) * c[:, None]

    @staticmethod
    def backward(ctx, grad):  # [n, m]
        p, c, q, e, k = ctx.saved_tensors
        near = torch.relu(k - ctx.cutoff)
        gk = near * grad[:, None]
        grad_e = torch.einsum("idm,i->dm", gk, c)
        grad_c = torch.einsum("idm,dm->i", gk, e)
        u = torch.where(near > 0, k * k * k, torch.zeros(())) * grad[:, None] * e  # G e k^3, without c
        u = u.view(len(c), -1)
        flat_q = q.reshape(len(q), -1)
        to_p = torch.cat([flat_q, torch.ones(1, flat_q.shape[1])]) @ u.t() * c
        to_q = torch.cat([p * c, c[None]]) @ u
        return (to_p[:-1] - p * to_p[-1], grad_c, (to_q[:-1] - flat_q * to_q[-1]).view_as(q), grad_e, None, None)


def listed(spec, name, count, standard):
    """An option of one number a layer, as many as are wanted."""
    values = spec.get(name, standard)
    return (values + values[-1:] * count)[:count]


class ArborConv(torch.nn.Module):
    def __init__(self, spec, arrays, memory):
        super().__init__()
        assert spec["planes"] == "fixed" and spec["sign"] == "charge" and spec["softening"] == 0 and not spec["hidden"]
        self.layers = len(spec["maps"])
        self.memory = memory
        self.image = (spec["height"], spec["width"])
        self.gap = listed(spec, "gap", self.layers + 1, [0.1])
        self.cutoff = [1 / reach if reach > 0 else 0 for reach in listed(spec, "range", self.layers + 1, [-1])]
        self.window = listed(spec, "window", self.layers, [5])
        self.pool = listed(spec, "pool", self.layers, [2])
        self.stride = listed(spec, "stride", self.layers, [1])
        self.p, self.c, self.q, self.e = (torch.nn.ParameterList() for _ in range(4))
        self.log_scale, self.bias = torch.nn.ParameterList(), torch.nn.ParameterList()
        for l in range(self.layers + 1):
            q = arrays[f"pair{l}.dendrite.position"]  # [m, D, C]
            self.q.append(torch.nn.Parameter(q.permute(2, 1, 0).contiguous()))
            self.e.append(torch.nn.Parameter(arrays[f"pair{l}.dendrite.charge"].t().contiguous()))
            self.log_scale.append(torch.nn.Parameter(arrays[f"pair{l}.log_scale"]))
            self.bias.append(torch.nn.Parameter(arrays[f"layer{l + 1}.bias"]))
            if l > 0:
                self.p.append(torch.nn.Parameter(arrays[f"pair{l}.axon.position"][:, 0].t().contiguous()))
                self.c.append(torch.nn.Parameter(arrays[f"pair{l}.axon.charge"][:, 0].contiguous()))

    def weight(self, l, height, width):
        """[height * width * maps, m]: places row by row, the maps of a place side by side."""
        y = torch.arange(height, dtype=torch.float32) - (height - 1) / 2
        x = torch.arange(width, dtype=torch.float32) - (width - 1) / 2
        maps = 1 if l == 0 else len(self.c[l - 1])
        place = torch.stack([x.repeat(height), y.repeat_interleave(width)]).repeat_interleave(maps, 1)
        p, c = place, torch.ones(place.shape[1])
        if l > 0:
            p = torch.cat([place, self.p[l - 1].repeat(1, height * width)])
            c = self.c[l - 1].repeat(height * width)
        made = Weights.apply(p, c, self.q[l], self.e[l], self.gap[l], self.cutoff[l])
        return made * self.log_scale[l].exp()

    def forward(self, images):
        x = images.view(-1, 1, *self.image).contiguous(memory_format=self.memory)
        for l in range(self.layers):
            window, maps = self.window[l], x.shape[1]
            stencil = self.weight(l, window, window).view(window, window, maps, -1).permute(3, 2, 0, 1)
            stencil = stencil.contiguous(memory_format=self.memory)
            x = torch.nn.functional.conv2d(x, stencil, self.bias[l], self.stride[l], window // 2)
            if self.pool[l] > 1:  # before the rectifier, which is the same and less work
                x = torch.nn.functional.max_pool2d(x, self.pool[l])
            x = torch.relu(x)
        height, width = x.shape[2:]
        flat = x.permute(0, 2, 3, 1).reshape(len(x), -1)
        return torch.addmm(self.bias[-1], flat, self.weight(self.layers, height, width))


if __name__ == "__main__":
    parser = torch_common.parser(__doc__)
    parser.add_argument("--memory", choices=["channels-last", "contiguous"], default="channels-last")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    memory = torch.channels_last if options.memory == "channels-last" else torch.contiguous_format
    torch_common.main(ArborConv(*torch_common.read_loci(options.model), memory), options, shifted)
