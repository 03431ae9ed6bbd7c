#!/usr/bin/python3
"""loci.torch.SpatialLinear against the same layer in eager PyTorch:  bench/torch_layer.py [--build build]

Forward and backward of 784 to 256 neurons with 8 dendrite sites, a batch of 128, all parameters trained, no gradient
for the images, which a first layer does not need. The peer is each of the ways below; all take turns in one process, a
few steps each, on the same threads. Each holds its parameters as it likes best: neurons last.

    w_ij = s c_i sum_b e_jb k_ijb,  k = 1 / sqrt(|p_i - q_jb|^2 + gap^2)
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

INPUTS, OUTPUTS, SITES, BATCH, GAP = 784, 256, 8, 128, 0.1


def broadcast(torch, p, c, q, e):
    """All distances at once, the derivative left to autograd."""
    x, y = p[0][:, None, None] - q[0], p[1][:, None, None] - q[1]
    return ((x * x + y * y + GAP * GAP).rsqrt() * e).sum(1) * c[:, None]  # [n, D, m] -> [n, m]


def by_cdist(torch, p, c, q, e):
    """Distances by cdist, the gap a third coordinate."""
    at = torch.cat([p.t(), torch.full((INPUTS, 1), GAP)], 1)
    to = torch.cat([q.reshape(2, -1).t(), torch.zeros(SITES * OUTPUTS, 1)], 1)
    k = torch.cdist(at, to, compute_mode="donot_use_mm_for_euclid_dist").reciprocal()
    return (k.view(INPUTS, SITES, OUTPUTS) * e).sum(1) * c[:, None]


def by_products(torch, p, c, q, e):
    """|p|^2 + |q|^2 - 2 p q by one product, which loses digits where sites are near."""
    ones = torch.ones(INPUTS, 1)
    at = torch.cat([p.t() * -2, (p * p).sum(0)[:, None] + GAP * GAP, ones], 1)
    flat = q.reshape(2, -1)
    k = (at @ torch.cat([flat, torch.ones(1, flat.shape[1]), (flat * flat).sum(0)[None]])).rsqrt()
    return (k.view(INPUTS, SITES, OUTPUTS) * e).sum(1) * c[:, None]


def by_sites(torch, p, c, q, e):
    """One dendrite site after the other: arrays of [n, m] stay in the cache. The derivative is left to autograd."""
    weights = 0
    for b in range(SITES):
        x, y = p[0][:, None] - q[0, b], p[1][:, None] - q[1, b]
        weights = weights + (x * x + y * y + GAP * GAP).rsqrt() * e[b]
    return weights * c[:, None]


def hand(torch, p, c, q, e):
    """All distances at once, the derivative by hand: that of bench/arbor_mlp_torch.py."""
    return HAND.apply(p[:, None], c[None], q, e, GAP, 0)


def hand_by_sites(torch, p, c, q, e):
    """One dendrite site after the other, the derivative by hand."""
    return HAND_BY_SITES.apply(p, c, q, e)


WAYS = {way.__name__: way for way in (broadcast, by_cdist, by_products, by_sites, hand, hand_by_sites)}


def define_hand_by_sites(torch):
    class HandBySites(torch.autograd.Function):
        @staticmethod
        def forward(ctx, p, c, q, e):
            k = torch.empty(SITES, INPUTS, OUTPUTS)
            weights, y = torch.zeros(INPUTS, OUTPUTS), torch.empty(INPUTS, OUTPUTS)
            for b in range(SITES):
                x = torch.sub(p[0][:, None], q[0, b], out=k[b])
                torch.sub(p[1][:, None], q[1, b], out=y)
                x.mul_(x).addcmul_(y, y).add_(GAP * GAP).rsqrt_()
                weights.addcmul_(x, e[b])
            ctx.save_for_backward(p, c, q, e, k)
            return weights.mul_(c[:, None])

        @staticmethod
        def backward(ctx, grad):
            p, c, q, e, k = ctx.saved_tensors
            to_p, to_c = torch.zeros(INPUTS, 3), torch.zeros(INPUTS)
            to_q, to_e = torch.empty_like(q), torch.empty_like(e)
            ones, sent = torch.ones(OUTPUTS, 1), torch.stack([p[0] * c, p[1] * c, c])
            u = torch.empty_like(grad)
            for b in range(SITES):
                torch.mul(grad, k[b], out=u)
                torch.mv(u.t(), c, out=to_e[b])
                to_c.addmv_(u, e[b])
                u.mul_(k[b]).mul_(k[b]).mul_(e[b])
                to_p.addmm_(u, torch.cat([q[:, b].t(), ones], 1))
                pull = sent @ u
                to_q[:, b] = pull[:2] - q[:, b] * pull[2]
            return (to_p[:, :2] - p.t() * to_p[:, 2:]).t() * c, to_c, to_q, to_e

    return HandBySites


CLOCK = time.perf_counter


def milliseconds(step, times=1):
    """Of one step, the mean of some in a row."""
    start = CLOCK()
    for _ in range(times):
        step()
    return (CLOCK() - start) * 1e3 / times


def differs(torch, ours, theirs):
    """The largest difference of weights and gradients, as a share of the largest number of each."""
    return max(((a - b).abs().max() / b.abs().max()).item() for a, b in zip(ours, theirs))


def child(options):
    """One process, one number of threads: prints a JSON object."""
    import torch

    sys.path.insert(0, str(options.build / "python"))
    import arbor_mlp_torch
    import loci

    global CLOCK, HAND, HAND_BY_SITES
    CLOCK = time.process_time if options.processor else time.perf_counter
    HAND, HAND_BY_SITES = arbor_mlp_torch.Weights, define_hand_by_sites(torch)
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    loci.threads(options.threads)
    layer = loci.torch.SpatialLinear(INPUTS, OUTPUTS, dendrite_sites=SITES, gap=GAP, seed=1)
    x, g = torch.rand(BATCH, INPUTS), torch.rand(BATCH, OUTPUTS)
    numbers = [layer.axon_position[:, 0].t(), layer.axon_charge[:, 0], layer.dendrite_position.permute(2, 1, 0),
               layer.dendrite_charge.t(), layer.log_scale, layer.bias]
    p, c, q, e, log_scale, bias = own = [t.detach().clone(memory_format=torch.contiguous_format).requires_grad_()
                                         for t in numbers]

    def ours():
        layer.zero_grad(set_to_none=True)
        layer(x).backward(g)

    def theirs(way):
        for parameter in own:
            parameter.grad = None
        torch.addmm(bias, x, way(torch, p, c, q, e) * log_scale.exp()).backward(g)

    ours()
    mine = [layer.axon_position.grad[:, 0].t(), layer.axon_charge.grad[:, 0],
            layer.dendrite_position.grad.permute(2, 1, 0), layer.dendrite_charge.grad.t(), layer.log_scale.grad,
            layer.bias.grad]
    apart, turns = {}, []
    for name, way in WAYS.items():
        theirs(way)
        apart[name] = differs(torch, mine, [parameter.grad for parameter in own])
    for _ in range(options.turns + 1):  # the first is not counted
        turns.append([milliseconds(ours, options.steps),
                      *(milliseconds(lambda: theirs(way), options.steps) for way in WAYS.values())])
    json.dump({"threads": options.threads, "torch": torch.__version__, "differ": apart, "turns": turns[1:]}, sys.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "build")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--steps", type=int, default=4, help="of each in a turn (default 4)")
    parser.add_argument("--processor", action="store_true",
                        help="count the processor's time, which says more on a busy machine, of one thread")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.processor and options.threads != [1]:
        parser.error("--processor is for --threads 1: two threads spend time in waiting for each other")
    if options.child:
        options.threads = options.threads[0]
        child(options)
        return
    import blas
    import measure

    print(measure.machine())
    core = blas.choose(3)["core"]
    print(f"PyTorch's BLAS: {core or 'as it comes'}")
    for threads in options.threads:
        command = [measure.PYTHON, "-B", __file__, "--child", "--threads", threads, "--build", options.build.resolve(),
                   "--turns", options.turns, "--steps", options.steps]
        command += ["--processor"] * options.processor
        done = subprocess.run([str(word) for word in command], env=measure.environment(threads, core), text=True,
                              stdout=subprocess.PIPE, check=True)
        report(json.loads(done.stdout))


def report(result):
    ours, *others = zip(*result["turns"])
    print(f"{result['threads']} thread{'s' * (result['threads'] > 1)}, PyTorch {result['torch']}; Loci "
          f"{statistics.median(ours):.2f} ms")
    rows = [(statistics.median(theirs), name, statistics.median(b / a for a, b in zip(ours, theirs)))
            for name, theirs in zip(WAYS, others)]
    for time_of_way, name, ratio in sorted(rows):
        print(f"  {name:14} {time_of_way:7.2f} ms, {ratio:5.2f} times as long; gradients differ by "
              f"{result['differ'][name]:.0e} of the largest")


if __name__ == "__main__":
    main()
