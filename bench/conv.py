#!/usr/bin/python3
"""An epoch of `arbor-conv-10k` beside the same network in PyTorch, taking turns.

    LOCI_DATA=... PYTHONPATH=build/python bench/conv.py build/cli/loci [--turns 3] [--threads 1]

Both train the network that Loci starts with, from the same images in memory, moved by up to one pixel; PyTorch in the
better of two orders of its arrays. Before that the outputs of both are compared. Times are the least of all turns, and
the ratio is the median of the turns'.
"""

import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
WAY = ["--elastic", "0", "--schedule", "constant", "--test-every", "0", "--warmup", "0"]


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def train(program, folder, name, threads, *options):
    out = folder / name
    run(
        program,
        "train",
        "arbor-conv-10k",
        "--data",
        "mnist",
        "--epochs",
        "1",
        *WAY,
        "--threads",
        threads,
        "--out",
        out,
        "--force",
        "--quiet",
        *options,
    )
    return json.loads((out / "summary.json").read_text())


def unpack(folder):
    """MNIST as the peers read it: IDX files that are not packed."""
    source = pathlib.Path(os.environ.get("LOCI_DATA", "")) / "mnist"
    for packed in source.glob("*-ubyte.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    if not (folder / "train-images-idx3-ubyte").exists():
        sys.exit(f"{source}: no packed IDX files of MNIST; give their folder's parent as LOCI_DATA")


def compare(model):
    """The largest difference of outputs, as a share of the largest output."""
    import loci
    import torch

    sys.path.insert(0, str(HERE))
    import arbor_conv_torch
    import torch_common

    x = numpy.random.default_rng(1).random((64, 28, 28), numpy.float32)
    ours = loci.load(model)(x)
    net = arbor_conv_torch.ArborConv(*torch_common.read_loci(model), torch.channels_last)
    theirs = net(torch.from_numpy(x).reshape(64, -1)).detach().numpy()
    return float(abs(ours - theirs).max() / abs(ours).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, default=60, help="PyTorch's, a turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        unpack(folder)
        first = train(options.program, folder, "first", options.threads)
        model = folder / "first" / "model.safetensors"
        print(f"parameters {first['parameters']}; outputs differ by {compare(model):.1e} of the largest")
        ours, theirs = [], []
        for _ in range(options.turns):
            ours.append(train(options.program, folder, "again", options.threads, "--init", model)["seconds_per_epoch"])
            peers = []
            for memory in ("channels-last", "contiguous"):
                out = run(
                    sys.executable,
                    "-B",
                    HERE / "arbor_conv_torch.py",
                    folder,
                    model,
                    "--lr",
                    "0.01",
                    "--batch",
                    "128",
                    "--batches",
                    options.batches,
                    "--threads",
                    options.threads,
                    "--memory",
                    memory,
                )
                peers.append(json.loads(out)["seconds_per_batch"] * -(-60000 // 128))
            theirs.append(min(peers))
            print(
                f"Loci {ours[-1]:.1f} s; PyTorch channels-last {peers[0]:.1f} s, contiguous {peers[1]:.1f} s",
                flush=True,
            )
        ratio = statistics.median(b / a for a, b in zip(ours, theirs))
        print(
            f"an epoch, {options.threads} thread{'s' * (options.threads > 1)}: Loci {min(ours):.1f} s, "
            f"PyTorch {min(theirs):.1f} s; median ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
