"""Inference with prepared weights: against PyTorch, against the BLAS where most is pruned, and on lists or without."""

import statistics
import sys

import rows
from measure import HERE, PYTHON, measure, ratio, say

TOLERANCE = 1e-4  # of the largest logit; a difference above it ends the benchmark


def agree(net, ours, theirs):
    if max(abs(a - b) for a, b in zip(ours, theirs)) > TOLERANCE * max(abs(b) for b in theirs):
        sys.exit(f"bench: {net}: Loci and PyTorch give different logits for the same image")


def trained_model(bench, net):
    """Of a network after a few epochs: how many neurons are silent, which Loci skips, depends on it."""
    folder = bench.work / f"{net}-trained"
    if not folder.exists():
        bench.train(net, bench.subset(bench.effort.images), "--epochs", 3, out=folder.name)
    return folder / "model.safetensors"


def run(bench, threads):
    """One image and many, taking turns with the peers."""
    net, effort = rows.INFERENCE_NET, bench.effort
    model = trained_model(bench, net)
    ours, theirs = [], {peer.title: [] for peer in rows.INFERENCE_PEERS}
    for _ in range(effort.turns):
        loci = measure([bench.build / "bench/inference", model, bench.data, effort.seconds, threads,
                        rows.INFERENCE_IMAGES], threads).json
        ours.append((loci["one"]["loci_seconds"], loci["batch"]["loci_seconds"]))
        for peer in rows.INFERENCE_PEERS:
            torch = measure([PYTHON, "-B", HERE / peer.command[0], bench.data, model, *peer.command[1:],
                             "--images", rows.INFERENCE_IMAGES, "--seconds", effort.seconds, "--threads", threads],
                            threads).json
            agree(net, loci["logits"], torch["logits"])
            theirs[peer.title].append((torch["one"], torch["batch"]))
    results = []
    for i, images in enumerate((1, rows.INFERENCE_IMAGES)):
        seconds = [turn[i] for turn in ours]
        peers = [{"title": title, "seconds": [turn[i] for turn in turns]} | ratio(seconds, [turn[i] for turn in turns])
                 for title, turns in theirs.items()]
        results.append({"name": net, "threads": threads, "images": images, "seconds": seconds, "peers": peers})
        say(f"{net}, images: {images}, threads: {threads}: Loci {statistics.median(seconds) * 1e6:.1f} us, " +
            ", ".join(f"{peer['title']} {statistics.median(peer['seconds']) * 1e6:.1f} us" for peer in peers))
    return results


def pruned_model(bench, net):
    """A run folder of a network at the sparsity of the race."""
    options, epochs, after = rows.PRUNED[net]
    data = bench.subset(bench.effort.images)
    bench.train(net, data, "--epochs", epochs, *options, out=f"{net}-pruned")
    if after is None:
        return bench.work / f"{net}-pruned"
    return prune(bench, bench.work / f"{net}-pruned", rows.SPARSITY, bench.work / f"{net}-cut", after)


def prune(bench, model, sparsity, out, options=()):
    bench.loci("prune", model, "--sparsity", sparsity, "--data", bench.data, "--no-test", "--out", out, "--force",
               *options)
    return out


def pruned(bench):
    """The race with sgemv and sgemm on the expanded matrices, one thread, in one process."""
    results = []
    for net in rows.PRUNED:
        race = measure([bench.build / "bench/inference", pruned_model(bench, net), bench.data,
                        bench.effort.turns * bench.effort.seconds], 1).json
        if race["difference"] > TOLERANCE:
            sys.exit(f"bench: {net}: pruned, its logits differ from the BLAS's by {race['difference']:.1e}")
        results.append({"name": net} | race)
        say(f"{net}, {1 - race['connections_kept'] / race['connections']:.1%} pruned: one image "
            f"{race['one']['ratio']:.2f} times as fast as the BLAS, {race['images']} images "
            f"{race['batch']['ratio']:.2f}")
    return results


def lists(bench):
    """Running on lists of the kept connections or with zeros in place of the cut ones, around the density where the
    library changes from one to the other."""
    results = []
    for net in rows.LISTED:
        data = bench.subset(bench.effort.list_images)
        bench.train(net, data, "--epochs", 1, out=f"{net}-whole")
        for density in bench.effort.densities:
            cut = prune(bench, bench.work / f"{net}-whole", 1 - density, bench.work / f"{net}-listed")
            race = measure([bench.build / "bench/lists", cut, data, bench.work / "lists", bench.effort.list_turns],
                           1).json
            results.append({"name": net} | race)
            say(f"{net}, {race['density']:.1%} kept: lists are faster by {race['epoch']['ratio']:.2f} in training, "
                f"{race['batch']['ratio']:.2f} for many images, {race['one']['ratio']:.2f} for one")
    return results
