#!/usr/bin/python3
"""The dense floor: what a batch costs if nothing is done but the two dense products of the input layer.

A batch X [B, n] times weights [n, m], and X' times a gradient [B, m], by the BLAS behind numpy.
"""

import argparse
import ctypes
import json
import time

import numpy



def blas_path():
    """What the OpenBLAS that numpy has loaded calls the code it runs."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in paths:
        name = ctypes.CDLL(path).openblas_get_corename
        name.restype = ctypes.c_char_p
        return name().decode()
    return "no OpenBLAS"


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("n", type=int)
parser.add_argument("m", type=int)
parser.add_argument("batch", type=int)
parser.add_argument("--batches", type=int, default=20)
options = parser.parse_args()

random = numpy.random.default_rng(1)
X, W, G = (random.random(shape, numpy.float32) for shape in (
    (options.batch, options.n), (options.n, options.m), (options.batch, options.m)))
out, gradient = numpy.empty_like(G), numpy.empty_like(W)
for turn in range(options.batches + 2):
    if turn == 2:
        start = time.perf_counter()
    numpy.matmul(X, W, out=out)
    numpy.matmul(X.T, G, out=gradient)
seconds = (time.perf_counter() - start) / options.batches
print(json.dumps({"numpy": numpy.__version__, "blas": blas_path(), "seconds_per_batch": seconds}))
