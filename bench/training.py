"""Training epochs: Loci, its PyTorch peers and the dense floor, taking turns."""

import json
import statistics
import sys

from measure import HERE, PYTHON, measure, ratio, say

CHECK_STEPS = 4
# How far a loss may be off after those steps: float32 sums in another order, and spikes that flip because of them.
CHECK_TOLERANCE = 1e-4


def train_loci(bench, row, data, threads, *options):
    return bench.train(row.preset, data, "--init", bench.model(row.preset), *row.options, *options, threads=threads)


def train_peer(bench, row, peer, data, threads, *options):
    return measure([PYTHON, "-B", HERE / peer.command[0], data, bench.model(row.preset), *peer.command[1:],
                    "--lr", row.lr, "--batch", row.batch, "--threads", threads, *options], threads)


def take_turn(bench, row, threads):
    """Seconds an epoch and megabytes, by the title of who took them."""
    batches, images = -(-60000 // row.batch), min(row.images, bench.effort.images)
    loci = train_loci(bench, row, bench.subset(images), threads, "--epochs", bench.effort.epochs)
    result = {"Loci": (loci.json["seconds_per_epoch"] * 60000 / images, loci.megabytes)}
    for peer in row.peers:
        torch = train_peer(bench, row, peer, bench.data, threads, "--batches", min(peer.batches, bench.effort.batches),
                           "--warm-up", min(peer.warm_up, bench.effort.batches))
        if torch.json["parameters"] != loci.json["parameters"]:
            sys.exit(f"bench: {row.name}: the two networks differ in their number of parameters")
        result[peer.title] = (torch.json["seconds_per_batch"] * batches, torch.megabytes)
    floor = measure([PYTHON, "-B", HERE / "dense_floor.py", 784, row.hidden, row.batch,
                     "--batches", bench.effort.floor_batches], threads)
    result["floor"] = (floor.json["seconds_per_batch"] * batches * row.products, floor.megabytes)
    return result


def summary(row, threads, turns):
    """Medians, and for each peer the ratios, of a row's turns."""
    def seconds(title):
        return [turn[title][0] for turn in turns]

    def megabytes(title):
        return max(turn[title][1] for turn in turns)

    ours, floor = seconds("Loci"), seconds("floor")
    return {"name": row.name, "title": row.title, "threads": threads, "seconds": ours, "megabytes": megabytes("Loci"),
            "floor_seconds": floor, "floor_ratio": statistics.median(a / b for a, b in zip(ours, floor)),
            "peers": [{"title": peer.title, "seconds": seconds(peer.title), "megabytes": megabytes(peer.title)}
                      | ratio(ours, seconds(peer.title)) for peer in row.peers]}


def run(bench, rows, threads):
    results = []
    for row in rows:
        turns = []
        for number in range(bench.effort.turns):
            turns.append(take_turn(bench, row, threads))
            say(f"{row.name}, threads: {threads}, turn {number + 1}: " + ", ".join(
                f"{title} {seconds:.2f} s" for title, (seconds, _) in turns[-1].items()))
        results.append(summary(row, threads, turns))
    return results


def memory(bench, threads):
    """Peak memory of a training as a user starts it: with the data set's files as they are, and its test part."""
    images = bench.subset(bench.effort.images) if bench.effort.images < 60000 else bench.data_name
    peak = bench.loci("train", "paper-mlp", "--data", images, "--epochs", 1, "--out", bench.work / "run", "--force",
                      threads=threads).megabytes
    say(f"paper-mlp, threads: {threads}: {peak:.0f} MB")
    return [{"name": "paper-mlp", "threads": threads, "megabytes": peak}]


def check(bench, row):
    """Losses of a few steps on one batch, from the same model: forward, gradients and Adam, all at once."""
    data = bench.subset(row.batch)
    train_loci(bench, row, data, 1, "--batch", row.batch, "--epochs", CHECK_STEPS, "--lr", row.lr, "--schedule",
               "constant", "--warmup", 0, "--shift", 0)
    lines = (bench.work / "run/metrics.jsonl").read_text().splitlines()
    ours = [json.loads(line)["train_loss"] for line in lines]
    agree = True
    for peer in row.peers:
        theirs = train_peer(bench, row, peer, data, 1, "--losses", CHECK_STEPS).json["losses"]
        off = max(abs(a - b) / b for a, b in zip(ours, theirs))
        first = abs(ours[0] - theirs[0]) / theirs[0]
        agree = agree and off <= CHECK_TOLERANCE
        print(f"{row.name}, {peer.title}: losses {' '.join(f'{x:.5f}' for x in ours)}; PyTorch's are off by "
              f"{first:.0e} before the first step, at most {off:.0e} later: "
              f"{'the same' if off <= CHECK_TOLERANCE else 'DIFFERENT'}", flush=True)
    return agree
